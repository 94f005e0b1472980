"""The sender's judgment of a receipt: only a valid one completes a delivery (matrix row J)."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

import pytest
from as2_kit import MESSAGE_ID
from as2_kit import NOW
from as2_kit import attacker
from as2_kit import build
from as2_kit import open_built
from as2_kit import posted
from as2_kit import received
from as2_kit import theirs
from as2_kit import trust
from asn1crypto import cms as oracle

from gateway.as2 import DUPLICATE
from gateway.as2 import PROCESSED
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Mic
from gateway.as2 import Octets
from gateway.as2 import Outcome
from gateway.as2 import ReceiptError
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import build_receipt
from gateway.as2 import is_receipt
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2 import settle
from gateway.as2.disposition import DecryptionError
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.names import bare_message_id

SENT = build(Style())
MIC = open_built(SENT).mic


def answer(disposition=PROCESSED, mic: Mic | None = MIC, *, signer=None, signed=True, **fields):
    request = replace(read_request(received(SENT).headers), **fields)
    if not signed:
        request = replace(request, receipt=replace(request.receipt, signed=False))
    built = build_receipt(
        request,
        disposition,
        mic,
        Style(),
        signer=Signer(signer or theirs(), NOW),
        at=NOW,
        message_id="<mdn-1@harbor.example>",
        boundary="c8a1",
    )
    return received(built)


def judged(message: Entity, *, signed: bool = True, message_id: str = MESSAGE_ID):
    receipt = read_receipt(message, trust(theirs()))
    return settle(receipt, message_id, SENT.mics, signed=signed)


def test_row_j_a_signed_receipt_with_our_mic_completes():
    assert judged(answer()) is Outcome.DELIVERED


def test_row_j_a_duplicate_was_delivered_before():
    assert judged(answer(DUPLICATE)) is Outcome.DELIVERED_WITH_WARNING


def test_row_j_a_refusal_ends_the_delivery():
    assert judged(answer(DecryptionError.disposition, None)) is Outcome.REFUSED


def test_row_j_an_unsigned_receipt_where_a_signed_one_was_asked_for():
    with pytest.raises(ReceiptError, match="not signed"):
        judged(answer(signed=False))
    assert judged(answer(signed=False), signed=False) is Outcome.DELIVERED


def test_row_j_a_receipt_signed_by_somebody_else():
    with pytest.raises(ReceiptError, match="none of the partner's"):
        judged(answer(signer=attacker()))


@pytest.mark.parametrize(
    "mic",
    [
        None,
        Mic(b"another digest", "sha-256"),
        Mic(MIC.digest, "sha-512"),
        Mic(MIC.digest[:20], "sha-1"),
    ],
    ids=["missing", "different", "same digest, other algorithm", "other algorithm"],
)
def test_row_j_a_mic_that_is_not_ours_fails_the_delivery(mic):
    assert judged(answer(mic=mic)) is Outcome.MIC_MISMATCH


def test_row_j_an_unsigned_receipt_needs_no_mic_but_no_wrong_one_either():
    assert judged(answer(mic=None, signed=False), signed=False) is Outcome.DELIVERED
    wrong = answer(mic=Mic(b"another digest", "sha-256"), signed=False)
    assert judged(wrong, signed=False) is Outcome.MIC_MISMATCH


@pytest.mark.parametrize("other", ["<another@northfield.example>", ""])
def test_row_j_a_receipt_of_another_message(other):
    with pytest.raises(ReceiptError, match="another message"):
        judged(answer(message_id=other))


def test_row_j_missing_brackets_are_forgiven():
    assert judged(answer(message_id=bare_message_id(MESSAGE_ID))) is Outcome.DELIVERED


def test_row_j_the_original_message_id_is_returned_as_it_came():
    for sent in ("<a@b>", "a@b", '<200\\"~~foo~~\\">'):
        receipt = read_receipt(answer(message_id=sent), trust(theirs()))
        assert receipt.message_id == sent


@pytest.mark.parametrize(
    "head, body",
    [
        (b"Content-Type: text/html\r\n", b"<html>Login</html>"),
        (b"", b""),
        (b"Content-Length: 0\r\n", b""),
        (b"Content-Type: multipart/report; boundary=x\r\n", b""),
        (b"Content-Type: multipart/signed; boundary=x\r\n", b"--x\r\n\r\n\r\n--x--\r\n"),
        (b"Content-Type: text/plain\r\n", b"Disposition: a/b; processed"),
    ],
    ids=["HTML 200", "empty 200", "204", "empty report", "no signature", "plain text"],
)
def test_row_j_an_answer_that_is_no_receipt(head, body):
    with pytest.raises(ReceiptError):
        judged(posted(head, body))


def rewritten(message: Entity, old: bytes, new: bytes) -> Entity:
    body = bytes(message.body)
    assert old in body
    return Entity(message.headers, Octets.of(body.replace(old, new)))


def test_row_j_folded_and_odd_fields_are_read():
    message = rewritten(
        answer(signed=False),
        b"Disposition: automatic-action/MDN-sent-automatically; processed",
        b"DISPOSITION: automatic-action/MDN-sent-automatically;\r\n\tprocessed",
    )
    assert judged(message, signed=False) is Outcome.DELIVERED


def test_row_j_a_folded_content_type_is_read():
    message = answer()
    fields = [(name, value.replace("; ", ";\r\n\t")) for name, value in message.headers.fields]
    assert judged(Entity(Headers(tuple(fields)), message.body)) is Outcome.DELIVERED


def test_row_j_the_part_for_people_may_be_missing():
    message = answer(signed=False)
    second = split_multipart(message, 2)[1]
    body = Octets.of(b"--c8a1R\r\n", second, b"\r\n--c8a1R--\r\n")
    receipt = read_receipt(Entity(message.headers, body), trust(theirs()))
    assert receipt.text == ""
    assert settle(receipt, MESSAGE_ID, SENT.mics, signed=False) is Outcome.DELIVERED


def test_row_j_two_notifications_are_one_too_many():
    message = answer(signed=False)
    first, second = split_multipart(message, 2)
    parts = (b"--c8a1R\r\n", second, b"\r\n--c8a1R\r\n", second, b"\r\n--c8a1R--\r\n")
    with pytest.raises(ReceiptError):
        judged(Entity(message.headers, Octets.of(*parts)), signed=False)
    assert b"received" in bytes(first)


def test_row_j_a_changed_receipt_is_refused():
    with pytest.raises(ReceiptError):
        judged(rewritten(answer(DecryptionError.disposition), b"/Error: decryption-failed", b""))


def test_a_posted_receipt_is_told_from_a_message():
    assert is_receipt(answer())
    assert is_receipt(answer(signed=False))
    assert not is_receipt(received(SENT))
    assert not is_receipt(received(build(Style(encrypt=None))))
    assert not is_receipt(posted(b"Content-Type: multipart/signed\r\n", b"?"))


def test_row_j_what_is_larger_than_any_receipt_is_not_read():
    padded = replace(answer(), body=Octets.of(bytes(answer().body), b"\r\n" * (1 << 19)))
    with pytest.raises(ReceiptError, match="larger"):
        read_receipt(padded, trust(theirs()))


def test_a_receipt_is_signed_under_the_digest_that_was_asked_for():
    signed = answer(mic=Mic(bytes(64), "sha-512"))
    assert 'micalg="sha-512"' in signed.headers.get("Content-Type").replace("sha512", "sha-512")
    second = read_entity(split_multipart(signed, 2)[1])
    [info] = oracle.ContentInfo.load(b64decode(bytes(second.body)))["content"]["signer_infos"]
    assert info["digest_algorithm"]["algorithm"].native == "sha512"


def test_a_receipt_goes_from_the_receiver_to_the_sender():
    headers = answer().headers
    assert headers.get("AS2-From") == '"Harbor Medical"'
    assert headers.get("AS2-To") == "NORTHFIELD"
    assert read_receipt(answer(), trust(theirs())).recipient == '"Harbor Medical"'
    assert headers.get("Message-ID") != MESSAGE_ID
