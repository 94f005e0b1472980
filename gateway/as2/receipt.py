"""MDNs made: what became of a message, signed when that was asked for (RFC 4130 7.4, 7.6)."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime

from gateway.as2.building import Built
from gateway.as2.building import Letter
from gateway.as2.building import outer_fields
from gateway.as2.disposition import Disposition
from gateway.as2.mic import Mic
from gateway.as2.mic import mic_of
from gateway.as2.names import write_name
from gateway.as2.octets import Octets
from gateway.as2.parts import Part
from gateway.as2.parts import multipart
from gateway.as2.parts import sign_part
from gateway.as2.policy import Style
from gateway.as2.request import Request
from gateway.as2.signing import Signer

PROCESSED_SENTENCE = "The message was received and its security checked."
_NOTE = "This does not say that its content was understood or accepted."


def build_receipt(
    request: Request,
    disposition: Disposition,
    mic: Mic | None,
    style: Style,
    *,
    signer: Signer | None,
    at: datetime,
    message_id: str,
    boundary: str,
    product: str = "",
    sentence: str = PROCESSED_SENTENCE,
) -> Built:
    """The MDN for a request, from its receiver to its sender, in an HTTP answer or as an
    asynchronous POST of its own. Signed with `signer` under the MIC's digest (else SHA-256) when
    the request asked for that; `signer` None makes it unsigned all the same. `boundary` as in
    Letter. Everything but the ids, times and boundary is the same for the same disposition."""
    report = _report(request, disposition, mic, style, at, boundary, product, sentence)
    part = report
    if signer is not None and request.receipt is not None and request.receipt.signed:
        octets = report.octets()
        hashed = mic_of(octets, mic.algorithm if mic else "sha-256")
        part = sign_part(octets, hashed, style, signer, boundary + "S")
    letter = Letter(
        sender=request.receiver,
        receiver=request.sender,
        message_id=message_id,
        attachments=(),
        at=at,
        boundary=boundary,
        subject="Message disposition notification",
        product=product,
    )
    return Built(tuple(outer_fields(letter, style, part.fields, None)), part.body)


def _report(
    request: Request,
    disposition: Disposition,
    mic: Mic | None,
    style: Style,
    at: datetime,
    boundary: str,
    product: str,
    sentence: str,
) -> Part:
    text = Part(
        [("Content-Type", "text/plain; charset=us-ascii"), ("Content-Transfer-Encoding", "7bit")],
        Octets.of(_text(request, disposition, at, sentence).encode("ascii", "replace")),
    )
    notification = Part(
        [
            ("Content-Type", "message/disposition-notification"),
            ("Content-Transfer-Encoding", "7bit"),
        ],
        Octets.of(_notification(request, disposition, mic, style, product).encode()),
    )
    kind = f'multipart/report; report-type=disposition-notification; boundary="{boundary}R"'
    body = multipart(boundary + "R", [text.octets(), notification.octets()])
    return Part([("Content-Type", kind)], body)


def _text(request: Request, disposition: Disposition, at: datetime, sentence: str) -> str:
    """The part for people (RFC 4130 7.6); what the sender wrote is made printable."""
    lines = [
        sentence,
        _NOTE if disposition.accepted else "Its content was not taken.",
        "",
        f"Message-ID: {_printable(request.message_id)}",
        f"From: {write_name(request.sender)}",
        f"To: {write_name(request.receiver)}",
        f"Subject: {_printable(request.subject)}",
        f"Sent: {_printable(request.date)}",
        f"Received: {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"Status: {disposition}",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _notification(
    request: Request, disposition: Disposition, mic: Mic | None, style: Style, product: str
) -> str:
    """The part for programs; Original-Message-ID exactly as received (rfc4130bis 5.3.3)."""
    receiver = write_name(request.receiver)
    fields = [
        ("Reporting-UA", product or "AS2"),
        ("Original-Recipient", f"rfc822; {receiver}"),
        ("Final-Recipient", f"rfc822; {receiver}"),
        ("Original-Message-ID", _printable(request.message_id)),
        ("Disposition", str(disposition)),
    ]
    if mic is not None:
        fields.append(("Received-Content-MIC", mic.field(plain=style.plain_micalg)))
    return "".join(f"{name}: {value}\r\n" for name, value in fields)


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text[:998]
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in text)[:998]
