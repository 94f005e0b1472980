"""Encrypted content of every kind, by us and by `openssl cms` (matrix row C), and several keys."""

from __future__ import annotations

import itertools

import pytest
from as2_kit import ORDER
from as2_kit import key
from as2_kit import theirs
from asn1crypto import cms as oracle
from ber_kit import as_ber
from openssl_peer import needs_openssl
from openssl_peer import peer

from gateway.as2 import Octets
from gateway.as2 import Style
from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.content_ciphers import SealError
from gateway.as2.content_ciphers import Sealing
from gateway.as2.content_info import read_content_info
from gateway.as2.disposition import DecryptionError
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.enveloped import decrypt
from gateway.as2.enveloped import encrypt
from gateway.as2.oids import CIPHERS
from gateway.as2.transport import write_recipient

__all__ = ["peer"]

TRANSPORTS = {
    "pkcs1": "rsa2048",
    "oaep-sha-1": "rsa2048",
    "oaep-sha-256": "rsa2048",
    "ecdh": "p256",
}
PLACES = ((1, 0), (2, 1), (3, 0), (3, 2))
CASES = list(itertools.product(TRANSPORTS, (False, True), PLACES, ("der", "ber")))
OTHERS = [key("Eastgate Clinic"), key("Alpenmed GmbH", "p256")]


def open_encrypted(encoded, *keys, allowed=tuple(CIPHERS)):
    kind, data = read_content_info(encoded if isinstance(encoded, Octets) else Octets.of(encoded))
    sealed = kind == oids.AUTH_ENVELOPED_DATA
    return bytes(decrypt(data, keys, allowed, authenticated=sealed).content)


def recipients(kind, count, place):
    to = OTHERS[: count - 1]
    return [*to[:place], theirs(kind), *to[place:]]


@pytest.mark.parametrize("transport, by_key_id, place, form", CASES)
def test_row_c_what_we_encrypt_is_decrypted(transport, by_key_id, place, form):
    kind = TRANSPORTS[transport]
    style = Style(transport=transport.replace("ecdh", "pkcs1"), by_key_id=by_key_id)
    to = [one.certificate for one in recipients(kind, *place)]
    encoded = bytes(encrypt(Octets.of(ORDER), to, style))
    if form == "ber":
        encoded = as_ber(encoded)
    assert open_encrypted(encoded, theirs(kind)) == ORDER
    with pytest.raises(DecryptionError):
        open_encrypted(encoded, key("Nobody", kind))


@needs_openssl
@pytest.mark.parametrize("transport, by_key_id, place, form", CASES)
def test_row_c_what_openssl_encrypts_is_decrypted(peer, transport, by_key_id, place, form):
    kind = TRANSPORTS[transport]
    words = ["-encrypt", "-binary", "-aes256", "-in", peer.write("content", ORDER)]
    words += ["-outform", "DER"] + ["-stream"] * (form == "ber") + ["-keyid"] * by_key_id
    for number, one in enumerate(recipients(kind, *place)):
        words += ["-recip", peer.pem(f"r{number}", one)[0]]
        if transport.startswith("oaep") and one.certificate.is_rsa:
            digest = transport.removeprefix("oaep-").replace("-", "")
            words += ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", f"rsa_oaep_md:{digest}"]
    assert open_encrypted(peer.cms(*words), theirs(kind)) == ORDER


@needs_openssl
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("cipher", CIPHERS)
def test_row_c_openssl_decrypts_what_we_encrypt(peer, cipher, transport):
    kind = TRANSPORTS[transport]
    style = Style(encrypt=cipher, transport=transport.replace("ecdh", "pkcs1"))
    encoded = bytes(encrypt(Octets.of(ORDER), [theirs(kind).certificate], style))
    certificate, private = peer.pem("theirs", theirs(kind))
    words = ["-decrypt", "-binary", "-inform", "DER", "-in", peer.write("message", encoded)]
    assert peer.cms(*words, "-recip", certificate, "-inkey", private) == ORDER


@needs_openssl
@pytest.mark.parametrize(
    "cipher", ["des3", "aes128", "aes192", "aes256", "aes-128-gcm", "aes-256-gcm"]
)
@pytest.mark.parametrize("form", ["der", "ber"])
def test_the_ciphers_of_openssl(peer, cipher, form):
    words = ["-encrypt", "-binary", f"-{cipher}", "-in", peer.write("content", ORDER * 500)]
    words += ["-outform", "DER"] + ["-stream"] * (form == "ber")
    encoded = peer.cms(*words, "-recip", peer.pem("theirs", theirs())[0])
    assert open_encrypted(encoded, theirs()) == ORDER * 500


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 65_535, 65_536, 65_537])
def test_every_size_around_a_block_and_a_chunk(cipher, size):
    content = bytes(size)
    encoded = encrypt(Octets.of(content), [theirs().certificate], Style(encrypt=cipher))
    assert open_encrypted(encoded, theirs()) == content


def test_old_and_new_keys_are_both_tried():
    old, new = key("Harbor old"), key("Harbor new")
    for one in (old, new):
        encoded = encrypt(Octets.of(ORDER), [one.certificate], Style())
        assert open_encrypted(encoded, old, new) == ORDER


def test_a_cipher_the_partner_may_not_use_is_refused_before_any_key_is_used():
    encoded = encrypt(Octets.of(ORDER), [theirs().certificate], Style(encrypt="3des"))
    with pytest.raises(InsufficientSecurityError):
        open_encrypted(encoded, allowed=("aes-256-cbc",))


@pytest.mark.parametrize("by_key_id", [False, True])
@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_asn1crypto_reads_the_same(kind, by_key_id):
    style = Style(by_key_id=by_key_id)
    encoded = bytes(encrypt(Octets.of(ORDER), [theirs(kind).certificate], style))
    data = oracle.ContentInfo.load(encoded)["content"]
    (info,) = data["recipient_infos"]
    wanted = {"rsa2048": ("ktri", "v2" if by_key_id else "v0"), "p256": ("kari", "v3")}[kind]
    assert (info.name, info.chosen["version"].native) == wanted
    content = data["encrypted_content_info"]
    assert content["content_encryption_algorithm"]["algorithm"].native == "aes256_cbc"
    assert len(content["encrypted_content"].native) == len(ORDER) // 16 * 16 + 16


def test_asn1crypto_reads_sealed_content():
    style = Style(encrypt="aes-256-gcm")
    encoded = bytes(encrypt(Octets.of(ORDER), [theirs().certificate], style))
    info = oracle.ContentInfo.load(encoded)
    assert info["content_type"].dotted == "1.2.840.113549.1.9.16.1.23"


def test_a_short_tag_is_easily_guessed_and_not_taken():
    """RFC 5084 3.2: 12 to 16 octets."""
    sealing = Sealing(bytes(32), bytes(12))
    sealed = list(sealing.seal([b"an order"]))
    for size in (16, 12):
        assert b"".join(Sealing(bytes(32), bytes(12)).open(sealed, sealing.tag[:size]))
    for size in (11, 8, 4, 0):
        with pytest.raises(SealError):
            list(Sealing(bytes(32), bytes(12)).open(sealed, sealing.tag[:size]))


def sealed_with(attribute: bytes, told: bytes) -> bytes:
    """An AuthEnvelopedData whose tag covers one attribute, and which tells another."""
    content_key, nonce = bytes(range(32)), bytes(range(12))
    sealing = Sealing(content_key, nonce, der.set_of([attribute]))
    encrypted = b"".join(sealing.seal([ORDER]))
    cipher = der.sequence(
        CIPHERS["aes-256-gcm"].oid, der.sequence(der.octet_string(nonce), der.integer(16))
    )
    recipient = write_recipient(theirs().certificate, content_key, "pkcs1", by_key_id=False)
    data = der.sequence(
        der.integer(0),
        der.set_of([recipient]),
        der.sequence(oids.DATA, cipher, der.encode(0x80, encrypted)),
        der.encode(der.context(1), told),
        der.octet_string(sealing.tag),
    )
    return der.sequence(oids.AUTH_ENVELOPED_DATA, der.encode(der.context(0), data))


def test_the_tag_covers_the_attributes():
    """RFC 5083 2.2: they are authenticated with what is encrypted."""
    one, other = (
        der.sequence(oids.CONTENT_TYPE, der.set_of([kind]))
        for kind in (oids.DATA, oids.SIGNED_DATA)
    )
    assert open_encrypted(sealed_with(one, one), theirs()) == ORDER
    with pytest.raises(DecryptionError):
        open_encrypted(sealed_with(one, other), theirs())


def test_a_hundred_recipients_are_enough():
    """Each costs time to look at, and nobody has more."""
    many = [theirs().certificate] * 100
    assert open_encrypted(encrypt(Octets.of(ORDER), many, Style()), theirs()) == ORDER
    with pytest.raises(DecryptionError, match="too many recipients"):
        open_encrypted(encrypt(Octets.of(ORDER), [*many, *many], Style()), theirs())
