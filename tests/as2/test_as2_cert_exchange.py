"""Certificate exchange messages: written, read, and refused (row P)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from as2_kit import ANYTHING
from as2_kit import NOW
from as2_kit import SIGNED
from as2_kit import build
from as2_kit import key
from as2_kit import letter
from as2_kit import open_built
from as2_kit import theirs

from gateway.as2 import Answer
from gateway.as2 import Attachment
from gateway.as2 import CertExchange
from gateway.as2 import Headers
from gateway.as2 import Octets
from gateway.as2 import Offer
from gateway.as2 import Opened
from gateway.as2 import Payload
from gateway.as2 import Style
from gateway.as2 import read_exchange
from gateway.as2 import write_exchange
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.as2.keys import bundle_certificates

NEW = key("Northfield Hospitals 2027")
BY = NOW + timedelta(days=30)
OFFER = Offer(NEW.certificate, ("verify", "encrypt"), BY)
REQUEST = CertExchange("R-1", offers=(OFFER, Offer(theirs().certificate, ("tls", "client"))))
NAMED = NEW.certificate.issued_by, NEW.certificate.serial
ANSWERS = (Answer(*NAMED, accepted=True), Answer("CN=<&>", 7, accepted=False, reason='no "<&>"'))
RESPONSE = CertExchange("R-1", answers=ANSWERS)


def written(exchange: CertExchange) -> tuple[Attachment, ...]:
    return write_exchange(exchange, "NORTHFIELD", NOW, "https://northfield.example/as2?a=1&b=2")


OPENED = open_built(build(SIGNED))


def read_parts(parts: tuple[Attachment, ...]) -> Opened:
    """As if a message with these parts had been opened."""
    payloads = (
        Payload(
            one.content,
            one.content_type.partition(";")[0],
            Headers.of([("Content-ID", f"<{one.content_id}>")]),
        )
        for one in parts
    )
    return replace(OPENED, payloads=tuple(payloads))


def read(parts: tuple[Attachment, ...], style: Style = SIGNED, **changes: object):
    built = build(style, attachments=parts, **changes)
    opened = open_built(built)
    return read_exchange(opened, letter().sender)


@pytest.mark.parametrize("exchange", [REQUEST, RESPONSE], ids=["request", "response"])
@pytest.mark.parametrize("style", [Style(), SIGNED, Style(content_encoding="base64")])
def test_row_p_what_is_written_is_read(exchange: CertExchange, style: Style) -> None:
    assert read(written(exchange), style) == exchange


def test_row_p_its_parts_are_as_the_draft_has_them() -> None:
    """multipart/related in any case, of the XML's type; the certificates named by Content-ID."""
    body = bytes(build(SIGNED, attachments=written(RESPONSE)).body)
    assert b'multipart/related; type="application/ediint-cert-exchange+xml"' in body
    body = bytes(build(SIGNED, attachments=written(REQUEST)).body)
    assert body.count(b"application/pkcs7-mime; smime-type=certs-only") == 2
    assert body.count(b"Content-ID: <") == 3


def test_row_p_of_a_bundle_only_the_certificate_that_is_named_counts() -> None:
    parts = written(CertExchange("R-1", offers=(OFFER,)))
    bundle = Octets.of(bundle_certificates([theirs().certificate, NEW.certificate]))
    exchange = read((parts[0], replace(parts[1], content=bundle)))
    assert exchange.offers == (OFFER,)


def test_row_p_a_document_is_no_certificate_exchange() -> None:
    assert read_exchange(open_built(build(SIGNED)), "NORTHFIELD") is None


def test_row_p_nobody_s_certificate_exchange_is_not_read() -> None:
    with pytest.raises(InsufficientSecurityError):
        read(written(REQUEST), Style(sign=None))
    expired = key("Northfield Hospitals", first=-400, days=100)
    built = build(SIGNED, attachments=written(REQUEST), by=expired)
    opened = open_built(built, replace(ANYTHING, expired_certificate=True), by=expired)
    with pytest.raises(InsufficientSecurityError):
        read_exchange(opened, "NORTHFIELD")


def changed(old: str, new: str) -> Callable[[tuple[Attachment, ...]], tuple[Attachment, ...]]:
    def change(parts: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
        text = bytes(parts[0].content).decode()
        assert old in text
        return (replace(parts[0], content=Octets.of(text.replace(old, new).encode())), *parts[1:])

    return change


def of_version_6(bundle: bytes) -> bytes:
    assert b"\xa0\x03\x02\x01\x02" in bundle
    return bundle.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05")


DTD = '?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
BROKEN = {
    "no XML": changed("</TrustRequest>", ""),
    "a DTD": changed("?>", DTD),
    "another sender": changed(">NORTHFIELD<", ">SOMEBODY<"),
    "no request id": changed('requestId="R-1"', ""),
    "another root": changed("EDIINTCertificateExchangeRequest", "Something"),
    "no offers": lambda parts: changed("TrustRequest>", "Other>")(parts),
    "no known use": changed("digitalSignature", "other"),
    "another serial number": changed(f">{NAMED[1]}<", ">1<"),
    "no number": changed(f">{NAMED[1]}<", ">x<"),
    "a number without end": changed(f">{NAMED[1]}<", f">{'9' * 5000}<"),
    "no day": changed("RespondByDate>2", "RespondByDate>x2"),
    "no certificate": lambda parts: (parts[0], *parts[2:]),
    "another certificate": lambda parts: (
        parts[0],
        replace(parts[2], content_id=parts[1].content_id),
    ),
    "what is no certificate": lambda parts: (
        parts[0],
        replace(parts[1], content=Octets.of(b"0\x80")),
        parts[2],
    ),
    "a certificate of version 6": lambda parts: (
        parts[0],
        replace(parts[1], content=Octets.of(of_version_6(bytes(parts[1].content)))),
        parts[2],
    ),
    "too long": changed("?>", "?>" + " " * 300_000),
    "UTF-16": lambda parts: (
        replace(parts[0], content=Octets.of(bytes(parts[0].content).decode().encode("utf-16"))),
        *parts[1:],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_row_p_what_cannot_be_read_is_refused(name: str) -> None:
    request = written(CertExchange("R-1", (replace(OFFER, uses=("verify",)), REQUEST.offers[1])))
    with pytest.raises(UnexpectedProcessingError):
        read(BROKEN[name](request))


@pytest.mark.parametrize(
    "change",
    [changed("Accepted", "Perhaps"), changed("Response xmlns", "Request xmlns")],
    ids=["another status", "another root"],
)
def test_row_p_an_answer_that_says_nothing_is_refused(change) -> None:
    with pytest.raises(UnexpectedProcessingError):
        read(change(written(RESPONSE)))


def test_row_p_too_many_certificates_are_refused() -> None:
    many = CertExchange("R-1", offers=(OFFER,) * 11)
    with pytest.raises(UnexpectedProcessingError):
        read(written(many))


@pytest.mark.filterwarnings("ignore:PKCS#7 certificates could not be parsed as DER")
def test_row_p_whatever_was_changed_is_read_or_refused() -> None:
    dice = random.Random(850)
    for _ in range(1500):
        parts = [*written(dice.choice((REQUEST, RESPONSE)))]
        place = dice.randrange(len(parts))
        octets = bytearray(bytes(parts[place].content))
        for _ in range(dice.randrange(1, 4)):
            start = dice.randrange(len(octets))
            octets[start : start + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        parts[place] = replace(parts[place], content=Octets.of(bytes(octets)))
        payloads = read_parts(tuple(parts))
        try:
            found = read_exchange(payloads, "NORTHFIELD")
        except UnexpectedProcessingError:
            continue
        assert found is not None
