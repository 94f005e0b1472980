"""What a forger may learn from our answers (matrix row H): nothing, whatever was wrong."""

from __future__ import annotations

import secrets
import statistics
import time

import pytest
from as2_kit import ANYTHING
from as2_kit import NOW
from as2_kit import ORDER
from as2_kit import build
from as2_kit import open_entity
from as2_kit import received
from as2_kit import theirs
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA1

from gateway.as2 import Entity
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Policy
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import build_receipt
from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2 import read_request
from gateway.as2.oids import CIPHERS
from gateway.as2.signing import name_certificate

KEY, VECTOR = bytes(range(32)), bytes(16)
CONTENT = b"Content-Type: application/EDI-X12\r\n\r\n" + ORDER * 100
PADDED = CONTENT + bytes((16 - len(CONTENT) % 16,)) * (16 - len(CONTENT) % 16)


def transported(key: bytes) -> bytes:
    return theirs().certificate.public_key.encrypt(key, padding.PKCS1v15())


def badly_padded() -> bytes:
    """An encrypted key whose first octets are not those of PKCS#1 v1.5."""
    numbers = theirs().certificate.public_key.public_numbers()
    block = b"\0\7" + bytes(range(1, 255))
    return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(256, "big")


def enciphered(plain: bytes) -> bytes:
    encryptor = Cipher(AES(KEY), CBC(VECTOR)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


PKCS1 = der.sequence(oids.RSA, der.null())
OAEP = der.sequence(oids.OAEP, der.sequence())
TRANSPORTS = {
    "pkcs1": (PKCS1, padding.PKCS1v15()),
    "oaep": (OAEP, padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)),
}


def envelope(key: bytes, content: bytes, transport: bytes = PKCS1) -> Entity:
    """A message whose EnvelopedData has these encrypted octets."""
    certificate = theirs().certificate
    name = name_certificate(certificate, by_key_id=False, key_id_tag=0x80)
    recipient = der.sequence(der.integer(0), name, transport, der.octet_string(key))
    cipher = der.sequence(CIPHERS["aes-256-cbc"].oid, der.octet_string(VECTOR))
    inside = der.sequence(oids.DATA, cipher, der.encode(0x80, content))
    data = der.sequence(der.integer(0), der.set_of([recipient]), inside)
    body = der.sequence(oids.ENVELOPED_DATA, der.encode(der.context(0), data))
    return Entity(received(build(Style())).headers, Octets.of(body))


FAULTS = {
    "bad v1.5 padding": lambda: envelope(badly_padded(), enciphered(PADDED)),
    "a key of a wrong length": lambda: envelope(transported(KEY[:15]), enciphered(PADDED)),
    "a wrong key": lambda: envelope(transported(secrets.token_bytes(32)), enciphered(PADDED)),
    "bad CBC padding": lambda: envelope(
        transported(KEY), enciphered(PADDED[:-16] + bytes(15) + b"\x63")
    ),
    "good padding, garbage": lambda: envelope(
        transported(KEY), enciphered(bytes(len(PADDED) - 16) + bytes((16,)) * 16)
    ),
}


def answer(message: Entity, policy: Policy) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """The MDN's header and octets; its ids, moment and boundary are always the same here."""
    with pytest.raises(MessageError) as refused:
        open_entity(message, policy)
    error = refused.value
    built = build_receipt(
        read_request(message.headers),
        error.disposition,
        error.mic,
        Style(),
        signer=Signer(theirs(), NOW),
        at=NOW,
        message_id="<mdn-1@harbor.example>",
        boundary="c8a1",
        sentence=error.sentence,
    )
    return built.headers, bytes(built.body)


def test_the_harness_makes_messages_that_can_be_opened():
    opened = open_entity(envelope(transported(KEY), enciphered(PADDED)))
    assert bytes(opened.payloads[0].content) == ORDER * 100


@pytest.mark.parametrize("fault", FAULTS)
def test_row_h_the_same_answer_whatever_was_wrong(fault):
    expected = answer(FAULTS["a wrong key"](), ANYTHING)
    assert answer(FAULTS[fault](), ANYTHING) == expected
    assert answer(FAULTS[fault](), Policy()) == expected
    assert b"processed/Error: decryption-failed" in expected[1]


def test_row_h_what_was_decrypted_must_say_what_it_is():
    """A header without Content-Type is no message, and told as garbage is."""
    bare = b"Subject: an order\r\n\r\n".ljust(31) + b"\1"
    message = envelope(transported(KEY), enciphered(bare))
    assert answer(message, ANYTHING) == answer(FAULTS["a wrong key"](), ANYTHING)


def test_nothing_unsigned_inside_cbc_is_told_apart():
    """Without a signature CBC can be changed unread: even a demand that is not met is told as a
    failed decryption."""
    unsigned = envelope(transported(KEY), enciphered(PADDED))
    assert answer(unsigned, Policy()) == answer(FAULTS["bad CBC padding"](), Policy())


def medians(rounds: int) -> dict[str, float]:
    """Seconds of processor time that each refusal takes, in turns."""
    messages = {fault: make() for fault, make in FAULTS.items()}
    times: dict[str, list[float]] = {fault: [] for fault in FAULTS}
    for _ in range(rounds):
        for fault, message in messages.items():
            start = time.thread_time()
            try:
                open_entity(message)
            except MessageError:
                times[fault].append(time.thread_time() - start)
    return {fault: statistics.median(taken) for fault, taken in times.items()}


def seconds(message: Entity) -> float:
    """Processor time of the quickest of three refusals."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        with pytest.raises(MessageError):
            open_entity(message)
        taken.append(time.thread_time() - start)
    return min(taken)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_row_h_a_key_that_cannot_be_had_is_no_short_cut(transport):
    """What is long is decrypted all the same; it takes many times as long as the key."""
    algorithm, scheme = TRANSPORTS[transport]
    content = enciphered(bytes(8 << 20))
    wrong = theirs().certificate.public_key.encrypt(secrets.token_bytes(32), scheme)
    took = [seconds(envelope(key, content, algorithm)) for key in (badly_padded(), wrong)]
    assert took[0] > took[1] / 3


@pytest.mark.long
def test_row_h_the_same_time_whatever_was_wrong():
    found = medians(2_000)
    spread = max(found.values()) / min(found.values()) - 1
    told = ", ".join(f"{fault} {took * 1e6:.0f} µs" for fault, took in found.items())
    print(f"AS2 refusals: {told}; spread {spread:.1%}")
    assert spread < 0.05, found
