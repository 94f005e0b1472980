"""Every combination of layers and receipts, and the 24 of rfc4130bis 2.4.2 (matrix rows A, R)."""

from __future__ import annotations

import itertools

import pytest
from as2_kit import MESSAGE_ID
from as2_kit import ORDER
from as2_kit import build
from as2_kit import content_of
from as2_kit import open_built
from as2_kit import receipt_request
from as2_kit import received
from as2_kit import round_trip

from gateway.as2 import Compress
from gateway.as2 import Layer
from gateway.as2 import Outcome
from gateway.as2 import Style
from gateway.as2 import read_request
from gateway.as2 import settle

SIGN = (None, "sha-1", "sha-224", "sha-256", "sha-384", "sha-512")
ENCRYPT = (
    None,
    "3des",
    "aes-128-cbc",
    "aes-192-cbc",
    "aes-256-cbc",
    "aes-128-gcm",
    "aes-256-gcm",
)
RECEIPTS = {
    "none": None,
    "sync-unsigned": receipt_request(signed=False),
    "sync-signed": receipt_request(),
    "async-unsigned": receipt_request(signed=False, url="https://northfield.example/mdn"),
    "async-signed": receipt_request(url="https://northfield.example/mdn"),
}
EVERYDAY = [
    (sign, encrypt, compress, receipt)
    for sign in (None, "sha-256")
    for encrypt in (None, "aes-256-cbc", "aes-256-gcm")
    for compress in Compress
    for receipt in RECEIPTS
]
ALL = list(itertools.product(SIGN, ENCRYPT, Compress, RECEIPTS))


def layers_of(sign, encrypt, compress):
    """The layers a message of these words has, from the outermost in."""
    inside = {
        Compress.NONE: [Layer.SIGNED] if sign else [],
        Compress.BEFORE: [Layer.SIGNED, Layer.COMPRESSED] if sign else [Layer.COMPRESSED],
        Compress.AFTER: [Layer.COMPRESSED, Layer.SIGNED] if sign else [Layer.COMPRESSED],
    }[compress]
    return tuple([Layer.ENCRYPTED] * bool(encrypt) + inside)


def exchange(sign, encrypt, compress, receipt):
    style = Style(sign=sign, encrypt=encrypt, compress=compress)
    done = round_trip(style, receipt=RECEIPTS[receipt])
    assert content_of(done.opened) == ORDER
    assert done.opened.layers == layers_of(sign, encrypt, compress)
    assert done.opened.mic in done.built.mics
    assert (done.receipt.signer is not None) == receipt.endswith("-signed")
    signed = receipt.endswith("-signed")
    outcome = settle(done.receipt, MESSAGE_ID, done.built.mics, signed=signed)
    assert outcome is Outcome.DELIVERED


@pytest.mark.parametrize("words", EVERYDAY, ids=str)
def test_row_a_an_order_arrives_and_its_receipt_comes_back(words):
    exchange(*words)


@pytest.mark.long
@pytest.mark.parametrize("words", [words for words in ALL if words not in EVERYDAY], ids=str)
def test_row_a_every_combination_of_layers_and_receipts(words):
    exchange(*words)


def test_the_matrix_has_630_combinations():
    assert len(ALL) == 630


PERMUTATIONS = list(
    itertools.product(
        (Compress.NONE, Compress.BEFORE),
        ((None, None), (None, "aes-128-cbc"), ("sha-256", None), ("sha-256", "aes-128-cbc")),
        ("none", "sync-unsigned", "sync-signed"),
    )
)


@pytest.mark.parametrize("number", range(1, 25))
def test_row_r_the_permutations_of_the_draft(number):
    """Numbered as in rfc4130bis 2.4.2."""
    compress, (sign, encrypt), receipt = PERMUTATIONS[number - 1]
    exchange(sign, encrypt, compress, receipt)


@pytest.mark.parametrize("receipt", RECEIPTS)
def test_the_request_says_which_receipt_is_wanted(receipt):
    wanted = RECEIPTS[receipt]
    request = read_request(received(build(Style(), receipt=wanted)).headers)
    if wanted is None:
        assert request.receipt is None
    else:
        assert request.receipt.url == wanted.url
        assert request.receipt.signed is wanted.signed


def test_a_message_in_plain_text_has_no_layers():
    opened = open_built(build(Style(sign=None, encrypt=None)))
    assert opened.layers == ()
    assert opened.payloads[0].filename == "order.edi"
