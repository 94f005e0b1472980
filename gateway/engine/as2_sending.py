"""Messages of ours: made and stored once, posted as often as it takes, with the same bytes."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO
from typing import Any

from gateway.as2 import Attachment
from gateway.as2 import Built
from gateway.as2 import CertificateError
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Letter
from gateway.as2 import Octets
from gateway.as2 import ReceiptError
from gateway.as2 import ReceiptRequest
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import build_message
from gateway.as2 import current
from gateway.as2.policy import STRONG_DIGESTS
from gateway.edi.finding import TransientError
from gateway.engine.as2_arriving import is_answered
from gateway.engine.as2_arriving import taken
from gateway.engine.as2_leaving import goes_by_folder
from gateway.engine.as2_leaving import leave_as2
from gateway.engine.as2_opening import PRODUCT
from gateway.engine.as2_opening import as2_of
from gateway.engine.as2_opening import scratch_in
from gateway.engine.as2_settling import apply
from gateway.engine.as2_settling import believed
from gateway.engine.as2_settling import fail
from gateway.engine.as2_settling import judged
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.working import attempt
from gateway.partner.as2 import As2Partner
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.transport.http_client import Answer
from gateway.transport.http_client import Destination
from gateway.transport.http_client import post_body
from gateway.transport.tls import TlsFiles

_WORTH_ANOTHER_TRY = (408, 425, 429)
LONGEST_ASKED = timedelta(hours=4)
"""For no server we wait longer than this, whatever it asks for."""
_CONTENT_TYPES = {"x12": "application/EDI-X12", "edifact": "application/EDIFACT"}


def send_message(gateway: Gateway, message: As2Message) -> bool:
    """One try to deliver a queued message; what came of it is committed. False where the
    partner's server did not answer."""
    with gateway.store.reading() as tx:
        message = tx.as2.get(message.id)
    if message.state is not As2State.QUEUED:
        return True  # decided while it stood behind others
    partner = gateway.partners.get(message.partner)
    if partner is not None and goes_by_folder(partner, message):
        leave_as2(gateway, message)
        return True
    if partner is None or partner.as2 is None or not partner.as2.url:
        _give_up(gateway, message, "the partner has no AS2 address any more")
        return True
    built: As2Message | None = message
    if message.payload is None:
        built = attempt(
            lambda: _build(gateway, partner, message),
            lambda reason: _give_up(gateway, message, f"the gateway failed on it: {reason}"),
            about=message.interchange or message.id,
        )
    return built is None or _post(gateway, partner, built)


def _give_up(gateway: Gateway, message: As2Message, reason: str) -> None:
    with gateway.step("as2-sent") as step:
        if step.tx.as2.get(message.id).state is As2State.QUEUED:
            fail(step, message, reason)


def _build(gateway: Gateway, partner: Partner, message: As2Message) -> As2Message | None:
    """The message as it will go out, however often; its bytes and MICs are committed. Without a key
    or certificate for it, it is given up."""
    with ExitStack() as files:
        with gateway.store.reading() as tx:
            interchange = tx.interchanges.get(message.interchange or "")
            content = files.enter_context(tx.payloads.open(interchange.payload))
        octets = Octets.in_file(content, interchange.offset, interchange.size)
        kind = as2_of(partner).content_type or _CONTENT_TYPES[partner.dialect.name]
        parts = (Attachment(octets, kind, message.name),)
        style, scratch = as2_of(partner).style, scratch_in(gateway, files)
        try:
            built = made(gateway, partner, message, parts, style, scratch)
        except CertificateError as error:
            _give_up(gateway, message, f"{error}, see `gateway cert list`")
            return None
        with gateway.step("as2-build") as step:
            step.tx.as2.change(
                message.id,
                headers=built.headers,
                payload=step.tx.payloads.add_chunks(built.body.chunks(), len(built.body)),
                mics=tuple(str(mic) for mic in built.mics),
            )
            return step.tx.as2.get(message.id)


def made(
    gateway: Gateway,
    partner: Partner,
    message: As2Message,
    attachments: tuple[Attachment, ...],
    style: Style,
    scratch: Any = None,
) -> Built:
    """A message to the partner, with the keys and certificates of now."""
    as2, at, own = as2_of(partner), gateway.clock(), gateway.own
    letter = Letter(
        sender=as2.our_id,
        receiver=as2.id,
        message_id=message.message_id,
        attachments=attachments,
        at=at,
        boundary=secrets.token_hex(12),
        subject=message.name,
        receipt=_receipt_request(gateway, as2),
        product=PRODUCT,
    )
    signer = Signer(current(own.sign if own else (), at), at) if style.sign else None
    to = [current(as2.encrypt, at).certificate] if style.encrypt else []
    return build_message(letter, style, signer=signer, to=to, scratch=scratch)


def _receipt_request(gateway: Gateway, as2: As2Partner) -> ReceiptRequest | None:
    if as2.receipt == "none":
        return None
    ours = gateway.settings.as2
    url = ours.url if ours else ""
    digest = as2.style.sign or STRONG_DIGESTS[0]
    return ReceiptRequest(
        to=url or as2.our_id,
        signed=as2.receipt_signed,
        algorithms=(digest,),
        url=url if as2.receipt == "async" else None,
    )


def destination(gateway: Gateway, as2: As2Partner, url: str) -> Destination:
    """Where and as whom to post to a partner. Raises TransientError where certificates of its
    server were agreed, and none is in use now."""
    client = usable_files(gateway, "client")
    pinned = as2.certificates("tls", gateway.clock())
    if as2.agreed_on("tls") and not pinned:
        raise TransientError("no certificate of the partner's server is in use now")
    return Destination(
        url=url,
        timeout=as2.timeout.total_seconds(),
        user=as2.user,
        password=as2.password,
        pinned=tuple(one.encoded for one in pinned),
        client=client,
        chunked=as2.style.chunked,
        proxy=gateway.settings.as2.proxy if gateway.settings.as2 else "",
    )


def usable_files(gateway: Gateway, use: str) -> TlsFiles | None:
    """The certificate and key of ours for TLS now; None where there is none."""
    own = gateway.own
    if own is None:
        return None
    described = own.tls if use == "tls" else own.client
    try:
        one = current([one for one in described if one.key is not None], gateway.clock())
    except CertificateError:
        return None
    key = one.key or one.path  # which has one: see above
    return TlsFiles(one.path, key, own.password, one.certificate.fingerprint)


def _post(gateway: Gateway, partner: Partner, message: As2Message) -> bool:
    as2 = as2_of(partner)
    with gateway.store.reading() as tx:
        body = tx.payloads.open(message.payload or "")
        size = tx.payloads.find_size(message.payload or "") or 0
    failpoint("as2.before-post")
    answer, trouble = None, ""
    try:
        with body:
            answer = post_body(destination(gateway, as2, as2.url), message.headers, body, size)
    except (TransientError, ValueError) as error:
        trouble = str(error)
    failpoint("as2.after-post")
    with gateway.step("as2-sent") as step:
        message = step.tx.as2.get(message.id)
        if message.state not in (As2State.QUEUED, As2State.NO_RECEIPT):
            pass  # its asynchronous receipt was faster
        elif answer is None:
            _retry(step, as2, message, trouble)
        else:
            _judge(step, partner, message, answer)
    return answer is not None


def _judge(step: Step, partner: Partner, message: As2Message, answer: Answer) -> None:
    as2 = as2_of(partner)
    if not 200 <= answer.status < 300:
        reason = f"the partner's server answered {answer.status}"
        if answer.status >= 500 or answer.status in _WORTH_ANOTHER_TRY:
            _retry(step, as2, message, reason, answer.asked_wait(step.at))
        else:
            fail(step, message, reason)
        return
    if as2.receipt == "sync":
        entity = Entity(Headers.of(answer.headers), Octets.of(answer.body))
        try:
            receipt = believed(step.gateway, partner, entity)
            outcome = judged(partner, message, receipt)
        except ReceiptError as error:
            _retry(step, as2, message, f"status {answer.status} with no receipt: {error}")
        else:
            apply(step, message, receipt, outcome, entity)
        return
    due = step.at + as2.receipt_deadline if as2.receipt == "async" else None
    step.tx.as2.move(message.id, As2State.SENT, next_at=None, receipt_due_at=due)
    step.record(
        "as2-sent",
        partner=partner.name,
        interchange=message.interchange,
        message_id=message.message_id,
        name=message.name,
    )
    taken(step, message)


def _retry(
    step: Step, as2: As2Partner, message: As2Message, reason: str, asked: timedelta = timedelta()
) -> None:
    """Again after the partner's next wait, or not any more: it has it, or does not answer."""
    if message.attempts >= len(as2.retries) or is_answered(step, message.interchange):
        fail(step, message, f"{reason}; given up after {message.attempts + 1} tries")
        return
    next_at = step.at + _wait(as2, message, asked)
    step.tx.as2.change(message.id, attempts=message.attempts + 1, next_at=next_at)
    step.record(
        "as2-not-sent",
        partner=message.partner,
        interchange=message.interchange,
        message_id=message.message_id,
        name=message.name,
        reason=reason[:500],
        next=next_at.isoformat(timespec="seconds"),
    )


def _wait(as2: As2Partner, message: As2Message, asked: timedelta) -> timedelta:
    """The next wait of those agreed, longer where the partner's server asked for that."""
    return max(as2.retries[message.attempts], min(asked, LONGEST_ASKED))


def send_receipt(gateway: Gateway, message: As2Message) -> bool:
    """One try to post the asynchronous receipt of a partner's message; as `send_message`."""
    partner = gateway.partners.get(message.partner)
    as2 = partner.as2 if partner else None
    url = message.receipt_url or ""
    if as2 is None or message.receipt is None or not as2.takes_receipts_at(url):
        _receipt_done(gateway, message, "its address is not agreed any more")
        return True
    body = gateway.store.payload(message.receipt)
    answer, asked = None, timedelta()
    try:
        to = destination(gateway, as2, url)
        answer = post_body(to, message.receipt_headers, BytesIO(body), len(body))
        reason = "" if 200 <= answer.status < 300 else f"status {answer.status}"
        again = answer.status >= 500 or answer.status in _WORTH_ANOTHER_TRY
        asked = answer.asked_wait(gateway.clock())
    except (TransientError, ValueError) as error:
        reason, again = str(error), True
    failpoint("as2.after-receipt-post")
    if reason and again and message.attempts < len(as2.retries):
        with gateway.step("as2-receipt") as step:
            next_at = step.at + _wait(as2, message, asked)
            step.tx.as2.change(message.id, attempts=message.attempts + 1, next_at=next_at)
    else:
        _receipt_done(gateway, message, reason)
    return answer is not None


def _receipt_done(gateway: Gateway, message: As2Message, trouble: str) -> None:
    with gateway.step("as2-receipt") as step:
        step.tx.as2.change(message.id, next_at=None)
        step.record(
            "as2-receipt-not-sent" if trouble else "as2-receipt-sent",
            partner=message.partner,
            message=message.id,
            message_id=message.message_id,
            reason=trouble[:500],
        )
        if trouble:
            step.alert("as2-receipt", message.id, partner=message.partner, reason=trouble[:500])
