"""An AS2 message made: attachments, then compression, signature and encryption around them.

Layers are run from the inside out; what each adds are octets before and after, so that a large
document is never in memory. The MIC the partner must return is taken on the way (RFC 5402 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from email.utils import format_datetime

from gateway.as2.certificate import Certificate
from gateway.as2.compressed import compress
from gateway.as2.enveloped import encrypt
from gateway.as2.mic import Mic
from gateway.as2.mic import mic_of
from gateway.as2.mic import read_algorithm
from gateway.as2.names import check_message_id
from gateway.as2.names import write_name
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.oids import CIPHERS
from gateway.as2.parameters import parameter
from gateway.as2.parts import FieldList
from gateway.as2.parts import Part
from gateway.as2.parts import checked
from gateway.as2.parts import encoded
from gateway.as2.parts import multipart
from gateway.as2.parts import sign_part
from gateway.as2.policy import Compress
from gateway.as2.policy import Style
from gateway.as2.request import ReceiptRequest
from gateway.as2.request import receipt_fields
from gateway.as2.signing import Signer


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document to send: its media type, the file name to tell the receiver, if any, and the id
    other parts know it by; one with an id is in a multipart, even if it is alone."""

    content: Octets
    content_type: str = "application/edi-consent"
    filename: str | None = None
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be made. `boundary`: letters and digits that occur in no document, at most 50,
    from a random source; with `message_id` it makes the message unlike any other."""

    sender: str
    receiver: str
    message_id: str
    attachments: tuple[Attachment, ...]
    at: datetime
    boundary: str
    subject: str = "AS2 message"
    receipt: ReceiptRequest | None = None
    product: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A message or receipt ready for HTTP: header fields without Content-Length, the body, and
    the MICs of which the partner must return one."""

    headers: tuple[tuple[str, str], ...]
    body: Octets
    mics: tuple[Mic, ...] = ()


def build_message(
    letter: Letter,
    style: Style,
    *,
    signer: Signer | None = None,
    to: Sequence[Certificate] = (),
    scratch: Scratch | None = None,
) -> Built:
    """The message as `style` wants it. `signer` is needed to sign, `to` (the partner's
    certificate first, perhaps our own for a readable copy) to encrypt. Raises ValueError for
    names, ids or styles that cannot be written."""
    check_message_id(letter.message_id)
    part = _attached(letter, style, scratch)
    checked_octets = [] if style.sign is not None else _checked_unsigned(part, style)
    signed_mic = None
    if style.compress is Compress.BEFORE:
        wrapped = style.sign is not None or style.encrypt is not None
        part = _compressed(part, style, scratch, wrapped=wrapped)
    if style.sign is not None:
        signed = part.octets()
        checked_octets = [signed]
        signed_mic = mic_of(signed, style.sign)
        part = sign_part(signed, signed_mic, style, signer, letter.boundary + "S")
    if style.compress is Compress.AFTER:
        part = _compressed(part, style, scratch, wrapped=style.encrypt is not None)
    if style.encrypt is not None:
        part = _encrypted(part, to, style, scratch)
    headers = outer_fields(letter, style, part.fields, letter.receipt)
    return Built(tuple(headers), part.body, _mics(letter, style, checked_octets, signed_mic))


def _checked_unsigned(part: Part, style: Style) -> list[Octets]:
    """The runs of octets the MIC may be over where nothing is signed. There are two only for a
    message that is compressed and nothing else, where RFC 5402 4.3 counts the header and
    rfc4130bis 8.3.1 does not, unless it is known what this partner does."""
    if style.encrypt is not None:
        return [part.octets()]
    if style.compress is Compress.NONE or style.compressed_mic_bare:
        return [part.body]
    return [part.octets(), part.body]


def _mics(
    letter: Letter, style: Style, octets: list[Octets], signed: Mic | None
) -> tuple[Mic, ...]:
    """A MIC for every algorithm and each run of octets the partner may take: those listed, without
    a list the signature's, without a signature SHA-256 or, in RFC 4130's days, SHA-1."""
    listed = letter.receipt.algorithms if letter.receipt and letter.receipt.signed else ()
    names = [name for word in listed if (name := read_algorithm(word))]
    if not names:
        names = [style.sign] if style.sign else ["sha-256", "sha-1"]
    known = {signed.algorithm: signed} if signed else {}
    return tuple(known.get(name) or mic_of(one, name) for name in names for one in octets)


def outer_fields(
    letter: Letter, style: Style, content: FieldList, receipt: ReceiptRequest | None
) -> FieldList:
    """The HTTP header fields of a message or receipt (RFC 4130 6, rfc4130bis 6)."""
    fields = [
        ("AS2-Version", style.version),
        ("AS2-From", write_name(letter.sender)),
        ("AS2-To", write_name(letter.receiver)),
        ("Message-ID", letter.message_id),
        ("Subject", letter.subject),
        ("Date", format_datetime(letter.at.astimezone(UTC), usegmt=True)),
        ("MIME-Version", "1.0"),
    ]
    if letter.product:
        fields.append(("AS2-Product", letter.product))
    if style.features and style.version >= "1.2":
        fields.append(("EDIINT-Features", ", ".join(style.features)))
    fields += receipt_fields(receipt, plain=style.plain_micalg)
    encodings = ("binary", "7bit", "8bit")
    for name, value in content:
        silent = name == "Content-Transfer-Encoding" and value in encodings
        if not silent or style.outer_encoding:
            fields.append((name, value))
    return [(name, checked(value)) for name, value in fields]


def _attached(letter: Letter, style: Style, scratch: Scratch | None) -> Part:
    """The document, or all of them as multipart/related (RFC 6362 3)."""
    if not letter.attachments:
        raise ValueError("a message needs an attachment")
    parts = [_document(one, style, scratch) for one in letter.attachments]
    if len(parts) == 1 and not letter.attachments[0].content_id:
        return parts[0]
    boundary = letter.boundary + "A"
    kind = parts[0].fields[0][1].partition(";")[0]
    fields = [("Content-Type", f'multipart/related; type="{kind}"; boundary="{boundary}"')]
    return Part(fields, multipart(boundary, [part.octets() for part in parts]))


def _document(attachment: Attachment, style: Style, scratch: Scratch | None) -> Part:
    fields = [
        ("Content-Type", attachment.content_type),
        ("Content-Transfer-Encoding", style.content_encoding),
    ]
    if attachment.content_id:
        fields.append(("Content-ID", f"<{attachment.content_id}>"))
    if attachment.filename is not None:
        name = parameter("filename", attachment.filename, quoted=style.quote_filename)
        fields.append(("Content-Disposition", f"attachment; {name}"))
    return Part(fields, encoded(attachment.content, style.content_encoding, scratch))


def _compressed(part: Part, style: Style, scratch: Scratch | None, *, wrapped: bool) -> Part:
    encoding = style.content_encoding if wrapped else "binary"
    body = compress(part.octets(), scratch)
    return Part(
        _cms_fields("compressed-data", "smime.p7z", encoding), encoded(body, encoding, scratch)
    )


def _encrypted(
    part: Part, to: Sequence[Certificate], style: Style, scratch: Scratch | None
) -> Part:
    sealed = style.encrypt is not None and CIPHERS[style.encrypt].mode == "gcm"
    kind = "authEnveloped-data" if sealed else "enveloped-data"
    body = encrypt(part.octets(), to, style, scratch)
    return Part(_cms_fields(kind, "smime.p7m", "binary"), body)


def _cms_fields(kind: str, name: str, encoding: str) -> FieldList:
    return [
        ("Content-Type", f'application/pkcs7-mime; smime-type={kind}; name="{name}"'),
        ("Content-Transfer-Encoding", encoding),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    ]
