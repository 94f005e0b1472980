"""Certificate exchange messages (CEM, draft-meadors-certificate-exchange-14).

A request offers certificates, each for some uses and to be answered by a day; a response says of
each whether it is accepted. Either is XML in the first part of a multipart/related, with the
certificates in the others. It counts only in a message whose signature was verified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from gateway.as2.building import Attachment
from gateway.as2.certificate import Certificate
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.as2.keys import bundle_certificates
from gateway.as2.keys import read_certificates
from gateway.as2.octets import Octets
from gateway.as2.opening import Opened
from gateway.as2.payload import Payload

CONTENT_TYPE = "application/ediint-cert-exchange+xml"
_SPACE = "urn:ietf:params:xml:ns:ediintcertificateexchange"
_SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
_SPACES = {"x": _SPACE, "ds": _SIGNATURES}
_USES = {
    "verify": "digitalSignature",
    "encrypt": "keyEncipherment",
    "tls": "tlsServer",
    "client": "tlsClient",
}
"""What the receiver does with a certificate, and what the request calls it."""
_LARGEST = 256 << 10
_MOST_OFFERS = 10
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """A certificate; `uses` are the receiver's: verify, encrypt, tls and client; `respond_by` when
    an answer is wanted, and the certificate will be used from. Those that issued it do not count:
    what a person accepts is this one and no other."""

    certificate: Certificate
    uses: tuple[str, ...]
    respond_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the certificate of this issuer and serial number is accepted, or why not."""

    issuer: str
    serial: int
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CertExchange:
    """A request with its offers, or a response to the request of this id with its answers."""

    request_id: str
    offers: tuple[Offer, ...] = ()
    answers: tuple[Answer, ...] = ()


def read_exchange(opened: Opened, sender: str) -> CertExchange | None:
    """The certificate exchange in a message, if it is one. Raises InsufficientSecurityError where
    nothing proves its sender, UnexpectedProcessingError where it cannot be read."""
    described = next((one for one in opened.payloads if one.content_type == CONTENT_TYPE), None)
    if described is None:
        return None
    if opened.signature is None or opened.signature.expired:
        raise InsufficientSecurityError("a certificate exchange that nobody signed")
    try:
        return _read(_root(described.content), opened.payloads, sender)
    except (ElementTree.ParseError, ValueError) as fault:
        raise UnexpectedProcessingError(f"not a certificate exchange: {fault}") from fault


def _root(content: Octets) -> ElementTree.Element:
    """The XML, in UTF-8 and without a DTD, so that there are no entities to expand."""
    if len(content) > _LARGEST:
        raise ValueError("it is too long")
    text = bytes(content).decode("utf-8-sig")
    if "<!DOCTYPE" in text:
        raise ValueError("it has a DTD")
    return ElementTree.fromstring(text)  # noqa: S314 -- see above


def _read(root: ElementTree.Element, payloads: Iterable[Payload], sender: str) -> CertExchange:
    name = _text(root, "x:TradingPartnerInfo/x:Name")
    if name.strip('"') != sender:
        raise ValueError(f"it is of {name[:100]!r}, not of its sender")
    request_id = root.get("requestId", "")
    parts = {_bare(one.headers.get("Content-ID")): one.content for one in payloads}
    offers = tuple(_offer(one, parts) for one in root.findall("x:TrustRequest", _SPACES))
    answers = tuple(_answer(one) for one in root.findall("x:TrustResponse", _SPACES))
    wanted = "Response" if answers else "Request"
    if root.tag != f"{{{_SPACE}}}EDIINTCertificateExchange{wanted}" or not request_id:
        raise ValueError("it is neither a request nor a response")
    if not 0 < len(offers) + len(answers) <= _MOST_OFFERS or (offers and answers):
        raise ValueError("it has no certificate, or too many")
    return CertExchange(request_id[:200], offers, answers)


def _offer(request: ElementTree.Element, parts: dict[str, Octets]) -> Offer:
    said = {(one.text or "").strip() for one in request.findall("x:CertUsage", _SPACES)}
    uses = tuple(use for use, usage in _USES.items() if usage in said)
    content = parts.get(_bare(_text(request, "x:EndEntity/x:CertificateContentID")))
    if not uses or content is None or len(content) > _LARGEST:
        raise ValueError("a certificate without a known use, or that is not there")
    serial = int(_text(request, "x:EndEntity/x:CertificateIdentifier/ds:X509SerialNumber"))
    meant = [one for one in read_certificates(bytes(content)) if one.serial == serial]
    if len(meant) != 1:
        raise ValueError("the certificate is another than the one that is named")
    by = request.find("x:RespondByDate", _SPACES)
    return Offer(meant[0], uses, _moment(by.text or "") if by is not None else None)


def _answer(response: ElementTree.Element) -> Answer:
    status = _text(response, "x:CertStatus").lower()
    if status not in ("accepted", "rejected"):
        raise ValueError(f"a status of {status[:50]!r}")
    reason = response.find("x:ReasonForRejection", _SPACES)
    return Answer(
        issuer=_text(response, "x:CertificateReference/ds:X509IssuerName"),
        serial=int(_text(response, "x:CertificateReference/ds:X509SerialNumber")),
        accepted=status == "accepted",
        reason=(reason.text or "").strip()[:_LONGEST_REASON] if reason is not None else "",
    )


def _text(element: ElementTree.Element, path: str) -> str:
    found = element.find(path, _SPACES)
    text = (found.text or "").strip() if found is not None else ""
    if not text:
        raise ValueError(f"it lacks {path}")
    return text


def _bare(content_id: str) -> str:
    return content_id.strip().removeprefix("cid:").strip("<>")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_exchange(
    exchange: CertExchange, sender: str, at: datetime, url: str
) -> tuple[Attachment, ...]:
    """The parts of a message; `url` is where a response to its offers is to be posted."""
    kind = "Response" if exchange.answers else "Request"
    host = exchange.request_id
    bodies = [_written_answer(one) for one in exchange.answers]
    bodies += [
        _written_offer(one, f"{number}@{host}", url)
        for number, one in enumerate(exchange.offers, start=1)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<EDIINTCertificateExchange{kind} xmlns="{_SPACE}" xmlns:ds="{_SIGNATURES}"'
        f' requestId="{_quoted(exchange.request_id)}">\n<TradingPartnerInfo>'
        f'<Name qualifier="AS2">{escape(sender)}</Name>'
        f"<MessageOriginated>{_instant(at)}</MessageOriginated></TradingPartnerInfo>\n"
        f"{''.join(bodies)}</EDIINTCertificateExchange{kind}>\n"
    )
    certificates = [
        Attachment(
            Octets.of(bundle_certificates([one.certificate])),
            "application/pkcs7-mime; smime-type=certs-only",
            content_id=f"{number}@{host}",
        )
        for number, one in enumerate(exchange.offers, start=1)
    ]
    described = Attachment(Octets.of(text.encode()), CONTENT_TYPE, content_id=f"0@{host}")
    return (described, *certificates)


def _written_offer(offer: Offer, content_id: str, url: str) -> str:
    usages = "".join(f"<CertUsage>{_USES[use]}</CertUsage>" for use in offer.uses)
    by = offer.respond_by
    dated = f"<RespondByDate>{_instant(by)}</RespondByDate>" if by else ""
    named = _written_name(offer.certificate.issued_by, offer.certificate.serial)
    return (
        f"<TrustRequest>{usages}{dated}<ResponseURL>{escape(url)}</ResponseURL><EndEntity>"
        f"<CertificateIdentifier>{named}</CertificateIdentifier>"
        f"<CertificateContentID>{escape(content_id)}</CertificateContentID></EndEntity>"
        "</TrustRequest>\n"
    )


def _written_answer(answer: Answer) -> str:
    status = "Accepted" if answer.accepted else "Rejected"
    reason = _plain(answer.reason)
    why = f"<ReasonForRejection>{reason}</ReasonForRejection>" if reason else ""
    named = _written_name(answer.issuer, answer.serial)
    return (
        f"<TrustResponse><CertStatus>{status}</CertStatus>{why}"
        f"<CertificateReference>{named}</CertificateReference></TrustResponse>\n"
    )


def _written_name(issuer: str, serial: int) -> str:
    return (
        f"<ds:X509IssuerName>{_plain(issuer)}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{serial}</ds:X509SerialNumber>"
    )


def _plain(text: str) -> str:
    """Without what XML 1.0 cannot say."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
