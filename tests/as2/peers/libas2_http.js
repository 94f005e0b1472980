// libas2 behind HTTP as the partner Harbor; the same questions as pyas2_http.py answers, with the
// options of libas2_driver.js. node libas2_http.js FOLDER
'use strict'
const http = require('http')
const { AS2Composer, AS2Parser, agreement, serve } = require('./libas2_driver.js')

const trades = {}
const address = { port: 0, url: '' }

function wordsOf (name) {
  const mdnUrl = `http://127.0.0.1:${address.port}/`
  return { ...trades[name].words, id: name, url: address.url, mdn_url: mdnUrl }
}

function raw (message, body) {
  const pairs = message.rawHeaders
  let head = ''
  for (let at = 0; at < pairs.length; at += 2) head += `${pairs[at]}: ${pairs[at + 1]}\r\n`
  return Buffer.concat([Buffer.from(head + '\r\n', 'latin1'), body])
}

async function bodyOf (stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function written (node) {
  const { headers, body } = await node.buildObject()
  const unfolded = Object.entries(headers).map(([name, value]) => [name, value.replace(/\s+/g, ' ')])
  const content = Buffer.from(body)
  return [{ ...Object.fromEntries(unfolded), 'Content-Length': content.length }, content]
}

async function post (url, node) {
  const [headers, body] = await written(node)
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers }, async answer => {
      resolve(raw(answer, await bodyOf(answer)))
    })
    request.on('error', reject)
    request.end(body)
  })
}

// it checks the signature and hands out the MIC, which whoever asks compares
async function settle (name, received) {
  if (!received.includes('message/disposition-notification')) return false
  const trade = trades[name]
  const node = await AS2Parser.parse(received)
  const signed = received.includes('multipart/signed')
  const { notification } = await node.dispositionIn(
    signed ? { cert: trade.words.other_pem } : undefined
  )
  const { processed } = notification.disposition
  const mic = notification.receivedContentMic
  const known = trade.sent.includes(notification.originalMessageId)
  trade.told.push([processed && known ? 'processed' : 'failed', mic ? mic.mic : ''])
  return true
}

async function take (request, response) {
  const received = raw(request, await bodyOf(request))
  const name = request.headers['as2-to']
  if (await settle(name, received)) return response.writeHead(200).end()
  const node = await AS2Parser.parse(received)
  const made = await node.dispositionOut({ agreement: agreement(wordsOf(name)) })
  if (made.disposition.notification.disposition.processed) {
    trades[name].taken.push(Buffer.from(made.contentNode.content).toString('base64'))
  }
  const url = request.headers['receipt-delivery-option']
  if (!request.headers['disposition-notification-to']) {
    response.writeHead(200).end()
  } else if (url) {
    response.writeHead(204).end()
    await post(url, made.dispositionNode)
  } else {
    const [headers, body] = await written(made.dispositionNode)
    response.writeHead(200, headers).end(body)
  }
}

serve({
  async listen (words) {
    for (const trade of words.trades) {
      trades[trade.own] = { words: { ...words, ...trade }, taken: [], sent: [], told: [] }
    }
    const server = http.createServer((request, response) => {
      take(request, response).catch(fault => {
        process.stderr.write(`${fault.stack}\n`)
        if (!response.headersSent) response.writeHead(500).end()
      })
    })
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
    server.unref()
    address.port = server.address().port
    address.url = words.url
    return { port: address.port }
  },

  async send (words) {
    const trade = trades[words.trade]
    const composer = new AS2Composer({
      message: { filename: 'answer.edi', content: Buffer.from(words.content, 'base64') },
      agreement: agreement(wordsOf(words.trade))
    })
    const node = await composer.compile()
    trade.sent.push(node.messageId())
    await settle(words.trade, await post(address.url, node))
    return {}
  },

  async taken (words) {
    return { taken: trades[words.trade].taken }
  },

  async told (words) {
    return { told: trades[words.trade].told }
  }
})
