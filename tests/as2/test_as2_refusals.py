"""What a refused message is answered with (matrix row F), and how others' answers are read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from as2_kit import ANYTHING
from as2_kit import NOW
from as2_kit import ORDER
from as2_kit import attacker
from as2_kit import build
from as2_kit import key
from as2_kit import open_built
from as2_kit import ours
from as2_kit import receipt_request
from as2_kit import received
from as2_kit import theirs
from as2_kit import trust

from gateway.as2 import DUPLICATE
from gateway.as2 import Attachment
from gateway.as2 import Built
from gateway.as2 import Compress
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Policy
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import build_receipt
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2.disposition import AUTOMATIC
from gateway.as2.disposition import UNAUTHENTICATED
from gateway.as2.disposition import UnknownRelationshipError
from gateway.as2.disposition import read_disposition

SIGNED = Style(encrypt=None)
COMPRESSED = Style(sign=None, encrypt=None, compress=Compress.BEFORE)


def changed(built: Built, old: bytes, new: bytes) -> Built:
    body = bytes(built.body)
    assert old in body
    return replace(built, body=Octets.of(body.replace(old, new, 1)))


def headed(built: Built, **fields: str) -> Built:
    """The message with header fields replaced, `Message_ID` for Message-ID."""
    news = {name.replace("_", "-"): value for name, value in fields.items()}
    kept = tuple((name, news.pop(name, value)) for name, value in built.headers)
    return replace(built, headers=kept + tuple(news.items()))


def attached(*names: str, **wanted) -> Built:
    documents = tuple(Attachment(Octets.of(ORDER), filename=name) for name in names)
    return build(SIGNED, attachments=documents, **wanted)


MD5 = "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, md5"
PGP = "signed-receipt-protocol=required, pgp; signed-receipt-micalg=optional, sha-256"
MESSAGES = {
    "authentication-failed": lambda w: build(SIGNED, by=attacker(), **w),
    "integrity-check-failed": lambda w: changed(build(SIGNED, **w), b"4500012345", b"4500012346"),
    "decryption-failed": lambda w: build(Style(), to=[key("Nobody").certificate], **w),
    "decompression-failed": lambda w: replace(
        build(COMPRESSED, **w), body=build(COMPRESSED).body.cut(0, 100)
    ),
    "insufficient-message-security": lambda w: build(Style(sign="sha-1"), **w),
    "unexpected-processing-error": lambda w: headed(
        build(Style(sign=None, encrypt=None), **w), Content_Transfer_Encoding="x-rot13"
    ),
    "invalid-message-id": lambda w: headed(build(Style(), **w), Message_ID="<an id@x>"),
    "duplicate-filename": lambda w: attached("a.edi", "A.EDI", **w),
    "illegal-filename": lambda w: attached("../order.edi", **w),
    "unsupported format": lambda w: headed(
        build(Style(), **w), Disposition_Notification_Options=PGP
    ),
    "unsupported MIC-algorithms": lambda w: headed(
        build(Style(), **w), Disposition_Notification_Options=MD5
    ),
    "sender-equals-receiver": lambda w: build(Style(), receiver="NORTHFIELD", **w),
}
POLICIES = {"insufficient-message-security": Policy()}
RECEIPTS = {
    "sync unsigned": {"signed": False},
    "sync signed": {},
    "async unsigned": {"signed": False, "url": "https://northfield.example/mdn"},
    "async signed": {"url": "https://northfield.example/mdn"},
}


def refusal(built: Built, policy: Policy = ANYTHING) -> MessageError:
    with pytest.raises(MessageError) as refused:
        open_built(built, policy)
    return refused.value


def answered(built: Built, disposition, mic=None, sentence="."):
    answer = build_receipt(
        read_request(received(built).headers),
        disposition,
        mic,
        Style(),
        signer=Signer(theirs(), NOW),
        at=NOW,
        message_id="<mdn-1@harbor.example>",
        boundary="c8a1",
        sentence=sentence,
    )
    return read_receipt(received(answer), trust(theirs()))


@pytest.mark.parametrize("receipt", RECEIPTS)
@pytest.mark.parametrize("text", MESSAGES)
def test_row_f_each_refusal_says_its_disposition_signed_when_asked(text, receipt):
    wanted = receipt_request(**RECEIPTS[receipt])
    built = MESSAGES[text]({"receipt": wanted})
    error = refusal(built, POLICIES.get(text, ANYTHING))
    assert error.disposition.text == text
    read = answered(built, error.disposition, sentence=error.sentence)
    assert read.disposition == error.disposition
    asked = read_request(received(built).headers).receipt
    assert (read.signer is not None) == asked.signed
    assert error.sentence in read.text
    assert str(error) not in read.text


@pytest.mark.parametrize("receipt", RECEIPTS)
@pytest.mark.parametrize("warning", [DUPLICATE, UNAUTHENTICATED], ids=str)
def test_row_f_warnings_are_accepted(warning, receipt):
    built = build(Style(), receipt=receipt_request(**RECEIPTS[receipt]))
    read = answered(built, warning, open_built(built).mic)
    assert read.disposition == warning
    assert read.disposition.accepted


@pytest.mark.parametrize("receipt", RECEIPTS)
def test_row_f_an_unknown_relationship_can_be_told(receipt):
    built = build(Style(), receipt=receipt_request(**RECEIPTS[receipt]))
    told = answered(built, UnknownRelationshipError.disposition)
    assert str(told.disposition) == f"{AUTOMATIC}; processed/Error: unknown-trading-relationship"


def test_every_refusal_has_a_test():
    told = {one.disposition.text for one in MessageError.__subclasses__()}
    assert told == {*MESSAGES, "unknown-trading-relationship"}


@pytest.mark.parametrize("name", ["", "a" * 129, "Müller", "a\x00b", '""'])
def test_a_name_that_is_nobody_s(name):
    with pytest.raises(UnknownRelationshipError):
        read_request(received(headed(build(Style()), AS2_From=name)).headers)


def test_encryption_that_was_agreed_is_demanded():
    error = refusal(build(SIGNED), Policy())
    assert error.disposition.text == "insufficient-message-security"
    assert error.mic in build(SIGNED).mics


def test_a_signature_that_was_agreed_is_demanded():
    for encrypt, text in (
        (None, "insufficient-message-security"),
        ("aes-256-gcm", "insufficient-message-security"),
        ("aes-256-cbc", "decryption-failed"),
    ):
        error = refusal(build(Style(sign=None, encrypt=encrypt)), replace(ANYTHING, sign=True))
        assert error.disposition.text == text
        assert (error.mic is None) is (encrypt is not None)


def test_an_expired_certificate_is_refused_or_by_agreement_taken_with_a_warning():
    old = key("Northfield old", first=-700, days=600)
    built = build(Style(), by=old)
    with pytest.raises(MessageError, match="out of date"):
        open_built(built, by=old)
    opened = open_built(built, replace(ANYTHING, expired_certificate=True), by=old)
    assert opened.disposition == UNAUTHENTICATED
    assert open_built(build(Style()), by=ours()).disposition.modifier == ""


def test_what_forgives_an_expired_certificate_forgives_none_that_is_not_valid_yet():
    next_year = key("Northfield next", first=30)
    with pytest.raises(MessageError, match="out of date"):
        open_built(
            build(Style(), by=next_year), replace(ANYTHING, expired_certificate=True), by=next_year
        )


@pytest.mark.parametrize(
    "value, error, accepted, modifier, text",
    [
        ("automatic-action/MDN-sent-automatically; processed", "", True, "", ""),
        ("automatic-action/MDN-sent-automatically;processed", "", True, "", ""),
        ("AUTOMATIC-ACTION/mdn-sent-automatically; Processed", "", True, "", ""),
        ("manual-action/MDN-sent-manually; processed", "", True, "", ""),
        ("processed", "", True, "", ""),
        (
            "automatic-action/MDN-sent-automatically; processed/error: authentication-failed",
            "",
            False,
            "error",
            "authentication-failed",
        ),
        (
            "automatic-action/MDN-sent-automatically; processed/warning: duplicate-document",
            "",
            True,
            "warning",
            "duplicate-document",
        ),
        ("automatic-action/MDN-sent-automatically; processed/Warning", "", True, "warning", ""),
        (
            "automatic-action/MDN-sent-automatically; processed/error",
            "decryption-failed",
            False,
            "error",
            "decryption-failed",
        ),
        (
            "a/b; failed/Failure: sender-equals-receiver",
            "",
            False,
            "failure",
            "sender-equals-receiver",
        ),
        ("a/b; failed", "", False, "", ""),
        ("a/b; processed/Error: decryption-faild", "", False, "error", "decryption-faild"),
        ("a/b; displayed", "", False, "", ""),
        ("a/b; processed/failure: x", "", False, "failure", "x"),
        ("", "", False, "", ""),
        (";;", "", False, "", ""),
    ],
)
def test_dispositions_as_partners_write_them(value, error, accepted, modifier, text):
    read = read_disposition(value, error)
    assert (read.accepted, read.modifier) == (accepted, modifier)
    assert read.text.strip(":") == text
