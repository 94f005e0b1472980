"""Signatures of every kind, by us and by `openssl cms` (matrix row B)."""

from __future__ import annotations

import itertools

import pytest
from as2_kit import ANYTHING
from as2_kit import NOW
from as2_kit import ORDER
from as2_kit import attacker
from as2_kit import key
from as2_kit import ours
from as2_kit import trust
from asn1crypto import cms as oracle
from ber_kit import as_ber
from openssl_peer import needs_openssl
from openssl_peer import peer

from gateway.as2 import Octets
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2.content_info import read_content_info
from gateway.as2.disposition import AuthenticationError
from gateway.as2.disposition import IntegrityError
from gateway.as2.mic import mic_of
from gateway.as2.oids import DIGESTS
from gateway.as2.signing import sign_detached
from gateway.as2.verifying import encapsulated_content
from gateway.as2.verifying import verify_signed

__all__ = ["peer"]

KINDS = {"rsa": "rsa2048", "pss": "rsa2048", "p256": "p256", "p384": "p384"}
CASES = list(itertools.product(KINDS, (True, False), (False, True), (True, False), ("der", "ber")))
CONTENT = b"Content-Type: application/EDI-X12\r\n\r\n" + ORDER


def verify(encoded: bytes, signer, content: bytes | None = CONTENT, policy=ANYTHING):
    _, data = read_content_info(Octets.of(encoded))
    detached = Octets.of(content) if content is not None else None
    content = encapsulated_content(data) if detached is None else detached
    return verify_signed(data, content, trust(signer, policy=policy))


@pytest.mark.parametrize("kind, attributes, by_key_id, certificates, form", CASES)
def test_row_b_what_we_sign_is_verified(kind, attributes, by_key_id, certificates, form):
    signer = ours(KINDS[kind])
    style = Style(
        signature="pss" if kind == "pss" else "pkcs1",
        attributes=attributes,
        by_key_id=by_key_id,
        certificates=certificates,
    )
    encoded = sign_detached(mic_of(Octets.of(CONTENT), "sha-256"), Signer(signer, NOW), style)
    if form == "ber":
        encoded = as_ber(encoded)
    assert verify(encoded, signer).certificate == signer.certificate
    with pytest.raises(IntegrityError if attributes else AuthenticationError):
        verify(encoded, signer, CONTENT + b" ")
    with pytest.raises(AuthenticationError):
        verify(encoded, key("Somebody Else", KINDS[kind]))


@needs_openssl
@pytest.mark.parametrize("kind, attributes, by_key_id, certificates, form", CASES)
def test_row_b_what_openssl_signs_is_verified(
    peer, kind, attributes, by_key_id, certificates, form
):
    signer = ours(KINDS[kind])
    certificate, private = peer.pem("ours", signer)
    words = ["-sign", "-binary", "-in", peer.write("content", CONTENT), "-outform", "DER"]
    words += ["-signer", certificate, "-inkey", private, "-md", "sha384"]
    words += ["-keyopt", "rsa_padding_mode:pss"] * (kind == "pss")
    words += ["-noattr"] * (not attributes)
    words += ["-keyid"] * by_key_id
    words += ["-nocerts"] * (not certificates)
    streams = form == "ber" and kind != "pss"  # OpenSSL 3.0 fails to stream PSS
    encoded = peer.cms(*words, *(["-stream"] * streams))
    if form == "ber" and not streams:
        encoded = as_ber(encoded)
    assert verify(encoded, signer).content.algorithm == "sha-384"
    with pytest.raises((IntegrityError, AuthenticationError)):
        verify(encoded, signer, CONTENT[:-1])
    with pytest.raises(AuthenticationError):
        verify(encoded, key("Somebody Else", KINDS[kind]))


@needs_openssl
@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("kind", KINDS)
def test_row_b_openssl_verifies_what_we_sign(peer, kind, digest):
    signer = ours(KINDS[kind])
    certificate, _ = peer.pem("ours", signer)
    style = Style(signature="pss" if kind == "pss" else "pkcs1", algorithm_protection=True)
    encoded = sign_detached(mic_of(Octets.of(CONTENT), digest), Signer(signer, NOW), style)
    words = ["-verify", "-binary", "-inform", "DER", "-in", peer.write("signature", encoded)]
    words += ["-content", peer.write("content", CONTENT), "-certfile", certificate]
    assert peer.cms(*words, "-noverify") == CONTENT
    assert verify(encoded, signer).content.algorithm == digest


@needs_openssl
@pytest.mark.parametrize("stream", [False, True])
def test_an_opaque_signature_holds_its_content(peer, stream):
    certificate, private = peer.pem("ours", ours())
    words = ["-sign", "-binary", "-nodetach", "-in", peer.write("content", CONTENT)]
    words += ["-outform", "DER", "-signer", certificate, "-inkey", private]
    encoded = peer.cms(*words, *(["-stream"] * stream))
    assert verify(encoded, ours(), None).certificate == ours().certificate


@pytest.mark.parametrize("form", ["der", "ber"])
def test_asn1crypto_reads_the_same(form):
    style = Style(algorithm_protection=True)
    encoded = sign_detached(mic_of(Octets.of(CONTENT), "sha-256"), Signer(ours(), NOW), style)
    if form == "ber":
        encoded = as_ber(encoded, keep=4)  # deeper, the oracle does not read it
    data = oracle.ContentInfo.load(encoded)["content"]
    (info,) = data["signer_infos"]
    names = [attribute["type"].native for attribute in info["signed_attrs"]]
    assert sorted(names) == [
        "cms_algorithm_protection",
        "content_type",
        "message_digest",
        "signing_time",
    ]
    assert info["sid"].chosen["serial_number"].native == ours().certificate.serial
    assert data["encap_content_info"]["content"].native is None


def test_a_signature_under_a_certificate_of_the_same_name_is_refused():
    """The attacker's certificate has the partner's name and travels in the message."""
    style = Style()
    partner = key("Harbor Medical Supply")
    encoded = sign_detached(mic_of(Octets.of(CONTENT), "sha-256"), Signer(attacker(), NOW), style)
    with pytest.raises(AuthenticationError):
        verify(encoded, partner)
