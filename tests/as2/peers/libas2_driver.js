// libas2 as the partner Harbor: one JSON object a line in, one out. node libas2_driver.js FOLDER
'use strict'
const readline = require('readline')
const { AS2Composer, AS2Parser } = require(process.argv[2])

function agreement (words) {
  const options = words.options || {}
  return {
    host: {
      name: words.own,
      id: words.id || 'HARBOR',
      url: words.mdn_url || 'https://harbor.example/mdn',
      certificate: words.own_certificate,
      privateKey: words.own_key,
      decrypt: options.decrypt || false,
      sign: options.sign || false,
      mdn: options.mdn
    },
    partner: {
      name: words.other,
      id: words.other,
      url: words.url || 'https://northfield.example/as2',
      file: 'EDIX12',
      certificate: words.other_pem,
      encrypt: options.encrypt || false,
      verify: options.verify || false,
      mdn: options.answer
    }
  }
}

async function told (node) {
  const { headers, body } = await node.buildObject()
  return { headers: Object.entries(headers), body: Buffer.from(body).toString('base64') }
}

const WORK = {
  async build (words) {
    const composer = new AS2Composer({
      message: { filename: 'order.edi', content: Buffer.from(words.content, 'base64') },
      agreement: agreement(words)
    })
    return told(await composer.compile())
  },
  async open (words) {
    const node = await AS2Parser.parse(Buffer.from(words.raw, 'base64'))
    const made = await node.dispositionOut({ agreement: agreement(words) })
    return {
      processed: made.disposition.notification.disposition.processed,
      why: made.disposition.notification.disposition.description || null,
      content: made.contentNode ? Buffer.from(made.contentNode.content).toString('base64') : '',
      mdn: await told(made.dispositionNode)
    }
  },
  async settle (words) {
    const node = await AS2Parser.parse(Buffer.from(words.raw, 'base64'))
    const signed = words.signed ? { cert: words.other_pem } : undefined
    const { notification } = await node.dispositionIn(signed)
    return {
      processed: notification.disposition.processed,
      mic: notification.receivedContentMic || null,
      of: notification.originalMessageId
    }
  }
}

async function serve (work) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const words = JSON.parse(line)
    let answer
    try {
      answer = await work[words.do](words)
    } catch (fault) {
      answer = { fault: String((fault && fault.stack) || fault) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}

module.exports = { AS2Composer, AS2Parser, agreement, serve }
if (require.main === module) serve(WORK)
