"""Messages and receipts with other implementations, each a process of its own, both ways (row A).

The peers are installed by tests/as2/peers/install.py; one that is not there is named and skipped.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator

import pytest
from as2_kit import ANYTHING
from as2_kit import ORDER
from as2_kit import answer_of
from as2_kit import build
from as2_kit import content_of
from as2_kit import ours
from as2_kit import receipt_request
from as2_kit import theirs
from as2_kit import trust
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.x509 import load_der_x509_certificate
from peer_process import Peer
from peer_process import libas2_process
from peer_process import pyas2lib_process

from gateway.as2 import Built
from gateway.as2 import Compress
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Layer
from gateway.as2 import Octets
from gateway.as2 import Outcome
from gateway.as2 import OwnKey
from gateway.as2 import Style
from gateway.as2 import open_message
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2 import settle

URL = "https://northfield.example/mdn"
RECEIPTS = {
    "none": None,
    "sync-unsigned": receipt_request(signed=False),
    "sync-signed": receipt_request(),
    "async-unsigned": receipt_request(signed=False, url=URL),
    "async-signed": receipt_request(url=URL),
}


def certificate_pem(key: OwnKey) -> str:
    found = load_der_x509_certificate(key.certificate.encoded)
    return found.public_bytes(Encoding.PEM).decode()


def key_pem(key: OwnKey) -> str:
    private = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode()


def words() -> dict[str, str]:
    """The peer is Harbor."""
    return {
        "own": "Harbor Medical",
        "own_pem": key_pem(theirs()) + certificate_pem(theirs()),
        "own_key": key_pem(theirs()),
        "own_certificate": certificate_pem(theirs()),
        "other": "NORTHFIELD",
        "other_pem": certificate_pem(ours()),
    }


def raw(built: Built) -> str:
    """Header and body as they go over the wire, in base64."""
    head = "".join(f"{name}: {value}\r\n" for name, value in built.headers)
    return base64.b64encode(head.encode() + b"\r\n" + bytes(built.body)).decode()


def entity(told: dict) -> Entity:
    return Entity(
        Headers.of([(name, value) for name, value in told["headers"]]),
        Octets.of(base64.b64decode(told["body"])),
    )


@pytest.fixture(scope="module")
def pyas2() -> Iterator[Peer]:
    with pyas2lib_process("pyas2_driver.py", words()) as peer:
        yield peer


@pytest.fixture(scope="module")
def libas2() -> Iterator[Peer]:
    with libas2_process("libas2_driver.js", words()) as peer:
        yield peer


def judged(told: dict, built: Built, receipt: str) -> Outcome:
    """The peer's receipt as the sender sees it."""
    signed = receipt.endswith("-signed")
    read = read_receipt(entity(told), trust(theirs()))
    assert (read.signer is not None) == signed
    return settle(read, dict(built.headers)["Message-ID"], built.mics, signed=signed)


SIGN = (None, "sha-1", "sha-224", "sha-256", "sha-384", "sha-512")
ENCRYPT = {
    None: None,
    "3des": "tripledes_192_cbc",
    "aes-128-cbc": "aes_128_cbc",
    "aes-192-cbc": "aes_192_cbc",
    "aes-256-cbc": "aes_256_cbc",
}
FULL = list(itertools.product(SIGN, ENCRYPT, Compress, RECEIPTS))
DAILY = [one for one in FULL if one[0] in (None, "sha-256") and one[1] in (None, "aes-256-cbc")]


def pyas2_opens(pyas2: Peer, sign, encrypt, compress, receipt) -> None:
    algorithms = (sign or "sha-256",)
    wanted = RECEIPTS[receipt]
    if receipt.endswith("-signed"):
        wanted = receipt_request(url=wanted.url, algorithms=algorithms)
    style = Style(sign=sign, encrypt=encrypt, compress=compress, plain_micalg=True)
    built = build(style, receipt=wanted)
    told = pyas2.ask("open", raw=raw(built), options={})
    assert (told["status"], told["why"]) == ("processed", "None")
    assert base64.b64decode(told["content"]) == ORDER
    layers = (bool(told["signed"]), bool(told["encrypted"]), bool(told["compressed"]))
    assert layers == (bool(sign), bool(encrypt), compress is not Compress.NONE)
    assert (told["mdn"] is None) == (receipt == "none")
    if told["mdn"]:
        # pyas2lib takes a MIC of signed messages only; a signed receipt without one proves nothing
        silent = sign is None and receipt.endswith("-signed")
        outcome = Outcome.MIC_MISMATCH if silent else Outcome.DELIVERED
        assert judged(told["mdn"], built, receipt) is outcome


def pyas2_sends(pyas2: Peer, sign, encrypt, compress, receipt) -> None:
    plain = (sign or "sha-256").replace("-", "")
    options = {
        "sign": sign is not None,
        "digest_alg": plain,
        "encrypt": encrypt is not None,
        "enc_alg": ENCRYPT[encrypt] or "aes_128_cbc",
        "compress": compress is not Compress.NONE,
        "mdn_mode": None if receipt == "none" else receipt.partition("-")[0].upper(),
        "mdn_digest_alg": plain if receipt.endswith("-signed") else None,
    }
    content = base64.b64encode(ORDER).decode()
    message = entity(pyas2.ask("build", content=content, options=options))
    request = read_request(message.headers)
    opened = open_message(request, message, trust(theirs(), policy=ANYTHING), [ours()])
    assert content_of(opened) == ORDER
    assert opened.payloads[0].filename == "order.edi"
    assert (Layer.SIGNED in opened.layers) == (sign is not None)
    assert (Layer.ENCRYPTED in opened.layers) == (encrypt is not None)
    assert (Layer.COMPRESSED in opened.layers) == (compress is not Compress.NONE)
    assert (request.receipt is None) == (receipt == "none")
    if request.receipt:
        told = pyas2.ask("settle", raw=raw(answer_of(message, opened, signer=ours())))
        assert told == {"status": "processed", "why": None}


@pytest.mark.parametrize("words", DAILY, ids=str)
def test_row_a_pyas2lib_opens_and_answers(pyas2, words):
    pyas2_opens(pyas2, *words)


@pytest.mark.parametrize("words", [one for one in DAILY if one[2] is not Compress.AFTER], ids=str)
def test_row_a_pyas2lib_sends_and_is_answered(pyas2, words):
    pyas2_sends(pyas2, *words)


@pytest.mark.long
@pytest.mark.parametrize("words", [one for one in FULL if one not in DAILY], ids=str)
def test_row_a_pyas2lib_opens_everything(pyas2, words):
    pyas2_opens(pyas2, *words)


@pytest.mark.long
@pytest.mark.parametrize(
    "words", [one for one in FULL if one not in DAILY and one[2] is not Compress.AFTER], ids=str
)
def test_row_a_pyas2lib_sends_everything(pyas2, words):
    pyas2_sends(pyas2, *words)


# its GCM goes into an EnvelopedData without a tag of its own, which RFC 5084 does not know
LIBAS2_ENCRYPT = {None: False, "aes-128-cbc": "aes128-CBC", "aes-256-cbc": "aes256-CBC"}
LIBAS2 = [
    (sign, encrypt, receipt)
    for sign in (None, "sha-1", "sha-256", "sha-512")
    for encrypt in LIBAS2_ENCRYPT
    for receipt in RECEIPTS
]


@pytest.mark.parametrize("words", LIBAS2, ids=str)
def test_row_a_libas2_opens_and_answers(libas2, words):
    sign, encrypt, receipt = words
    signed = receipt.endswith("-signed")
    style = Style(sign=sign, encrypt=encrypt, content_encoding="base64")
    wanted = RECEIPTS[receipt]
    if signed:
        wanted = receipt_request(url=wanted.url, algorithms=(sign or "sha-256",))
    built = build(style, receipt=wanted)
    options = {
        "verify": bool(sign),
        "decrypt": bool(encrypt),
        "sign": "sha-256",
        "encrypt": False,
        "answer": {"signing": "sha-256" if signed else False},
    }
    told = libas2.ask("open", raw=raw(built), options=options)
    assert (told.get("processed"), told.get("why"), told.get("fault")) == (True, None, None)
    assert base64.b64decode(told["content"]) == ORDER
    if receipt != "none":
        # like pyas2lib, it takes a MIC of signed messages only
        outcome = Outcome.MIC_MISMATCH if signed and not sign else Outcome.DELIVERED
        assert judged(told["mdn"], built, receipt) is outcome


@pytest.mark.parametrize("words", LIBAS2, ids=str)
def test_row_a_libas2_sends_and_is_answered(libas2, words):
    sign, encrypt, receipt = words
    signed = receipt.endswith("-signed")
    asked = {"async": receipt.startswith("async"), "signing": "sha-256" if signed else False}
    options = {
        "sign": sign,
        "encrypt": LIBAS2_ENCRYPT[encrypt],
        "mdn": None if receipt == "none" else asked,
    }
    content = base64.b64encode(ORDER).decode()
    told = libas2.ask("build", content=content, options=options)
    assert "fault" not in told
    message = entity(told)
    request = read_request(message.headers)
    opened = open_message(request, message, trust(theirs(), policy=ANYTHING), [ours()])
    assert content_of(opened) == ORDER
    assert (Layer.SIGNED in opened.layers) == (sign is not None)
    assert (Layer.ENCRYPTED in opened.layers) == (encrypt is not None)
    if request.receipt:
        answer = answer_of(message, opened, signer=ours())
        told = libas2.ask("settle", raw=raw(answer), signed=request.receipt.signed)
        assert told["processed"] is True
        assert told["of"] == request.message_id
        assert base64.b64decode(told["mic"]["mic"]) == opened.mic.digest
