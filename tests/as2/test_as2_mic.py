"""Over which octets the MIC is, and with which algorithm (matrix row E)."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace

import pytest
from as2_kit import ANYTHING
from as2_kit import ORDER
from as2_kit import SIGNED
from as2_kit import build
from as2_kit import open_built
from as2_kit import open_entity
from as2_kit import receipt_request
from as2_kit import received
from asn1crypto import cms as oracle

from gateway.as2 import Compress
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Octets
from gateway.as2 import Policy
from gateway.as2 import Style
from gateway.as2 import check_request
from gateway.as2 import read_mic
from gateway.as2 import read_request
from gateway.as2.disposition import UnsupportedMicError
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.request import mic_algorithm

PART = (
    b"Content-Type: application/EDI-X12\r\nContent-Transfer-Encoding: binary\r\n"
    b'Content-Disposition: attachment; filename="order.edi"\r\n\r\n' + ORDER
)
LAYERS = {"signed": ("sha-256", None), "encrypted": (None, "aes-256-cbc"), "plain": (None, None)}


@pytest.mark.parametrize(
    "kind, compress", [*itertools.product(LAYERS, (Compress.NONE, Compress.AFTER))], ids=str
)
def test_row_e_the_octets(kind, compress):
    """RFC 4130 7.3.1 and RFC 5402 4: the part with its header, but for a message in plain text the
    body alone."""
    sign, encrypt = LAYERS[kind]
    opened = open_built(build(Style(sign=sign, encrypt=encrypt, compress=compress)))
    bare = kind == "plain" and compress is Compress.NONE
    assert opened.mic.digest == hashlib.sha256(ORDER if bare else PART).digest()


def test_row_e_what_is_compressed_before_it_is_signed():
    """RFC 5402 4.1: the MIC is over the compressed part, since that was signed."""
    built = build(Style(encrypt=None, compress=Compress.BEFORE))
    body = bytes(built.body)
    start = body.index(b"\r\n") + 2
    part = body[start : body.index(b"\r\n--b7f2c1d0e9S", start)]
    assert open_built(built).mic.digest == hashlib.sha256(part).digest()


def test_row_e_what_is_signed_with_its_content_inside():
    """An opaque SignedData (RFC 8551 3.5.2): over that content as it was signed, compressed."""
    built = build(replace(SIGNED, signature_encoding="binary", compress=Compress.BEFORE))
    signed, second = split_multipart(received(built), 2)
    opaque = oracle.ContentInfo.load(bytes(read_entity(second).body))
    opaque["content"]["encap_content_info"]["content"] = bytes(signed)
    fields = dict(built.headers) | {"Content-Type": "application/pkcs7-mime"}
    message = Entity(Headers(tuple(fields.items())), Octets.of(opaque.dump(force=True)))
    assert open_entity(message).mic.digest == hashlib.sha256(bytes(signed)).digest()


BARE = replace(ANYTHING, compressed_mic_bare=True)


@pytest.mark.parametrize("compress", [Compress.BEFORE, Compress.AFTER], ids=str)
@pytest.mark.parametrize("kind", LAYERS)
def test_row_e_a_partner_that_counts_no_header(kind, compress):
    """rfc4130bis 8.3.1, as OpenAS2 does it: nothing changes but for what is only compressed."""
    sign, encrypt = LAYERS[kind]
    built = build(Style(sign=sign, encrypt=encrypt, compress=compress, compressed_mic_bare=True))
    [mic] = built.mics
    assert open_built(built, BARE).mic == mic
    assert (open_built(built).mic == mic) == (kind != "plain")
    assert (mic.digest == hashlib.sha256(ORDER).digest()) == (kind == "plain")


FORMAT = "signed-receipt-protocol=optional, pkcs7-signature"
OPTIONS = {
    "the first one": (f"{FORMAT}; signed-receipt-micalg=optional, sha-512, sha-256", "sha-512"),
    "another order": (f"{FORMAT}; signed-receipt-micalg=optional, sha-256, sha-512", "sha-256"),
    "sha256": (f"{FORMAT}; signed-receipt-micalg=optional, sha256", "sha-256"),
    "SHA-256": (f"{FORMAT}; signed-receipt-micalg=optional, SHA-256", "sha-256"),
    "sha2-256": (f"{FORMAT}; signed-receipt-micalg=optional, sha2-256", "sha-256"),
    "rsa-sha256": (f"{FORMAT}; signed-receipt-micalg=optional, rsa-sha256", "sha-256"),
    "in quotes": (f'{FORMAT}; signed-receipt-micalg=optional, "sha-384"', "sha-384"),
    "required": (f"{FORMAT}; signed-receipt-micalg=required, sha-384", "sha-384"),
    "no importance": (f"{FORMAT}; signed-receipt-micalg=sha-384", "sha-384"),
    "unknown ones first": (f"{FORMAT}; signed-receipt-micalg=optional, md5, x, sha-384", "sha-384"),
    "a forbidden one first": (f"{FORMAT}; signed-receipt-micalg=optional, sha1, sha256", "sha-256"),
    "unknown ones only": (f"{FORMAT}; signed-receipt-micalg=optional, md5, x", None),
    "a forbidden one only": (f"{FORMAT}; signed-receipt-micalg=optional, sha1", None),
    "none listed": (FORMAT, "sha-512"),
    "an empty list": (f"{FORMAT}; signed-receipt-micalg=optional", "sha-512"),
    "a format we do not make": (
        "signed-receipt-protocol=optional, pgp; signed-receipt-micalg=optional, md5",
        "sha-512",
    ),
    "the list first": (f"signed-receipt-micalg=optional,sha384;{FORMAT}", "sha-384"),
    "no blanks, odd case": (
        "Signed-Receipt-Protocol=Optional,PKCS7-Signature;SIGNED-RECEIPT-MICALG=Optional,SHA384",
        "sha-384",
    ),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_row_e_the_algorithm(case):
    """rfc4130bis 8.3: the first listed that we allow, never another; without a list that of the
    signature, here SHA-512."""
    options, algorithm = OPTIONS[case]
    message = received(build(Style(sign="sha-512")))
    fields = tuple(one for one in message.headers.fields if not one[0].startswith("Disposition"))
    fields += (
        ("Disposition-Notification-To", "edi@northfield.example"),
        ("Disposition-Notification-Options", options),
    )
    request = read_request(Headers(fields))
    if algorithm is None:
        with pytest.raises(UnsupportedMicError) as refused:
            check_request(request, Policy())
        assert str(refused.value.disposition).endswith("failed/Failure: unsupported MIC-algorithms")
    else:
        check_request(request, Policy())
        assert mic_algorithm(request, Policy(), "sha-512") == algorithm


def test_row_e_without_a_list_the_signature_s_digest_must_come_back():
    """An unsigned receipt is asked for without one; a weaker digest would not do."""
    built = build(Style(sign="sha-512"), receipt=receipt_request(signed=False))
    assert [mic.algorithm for mic in built.mics] == ["sha-512"]
    assert open_built(built).mic in built.mics


def test_the_partner_s_default_where_nothing_says_an_algorithm():
    request = replace(read_request(received(build(Style())).headers), receipt=None)
    assert mic_algorithm(request, ANYTHING) == "sha-256"
    assert mic_algorithm(request, replace(ANYTHING, default_digest="sha-1")) == "sha-1"


@pytest.mark.parametrize(
    "text, algorithm",
    [
        ("AAEC, sha-256", "sha-256"),
        ("AAEC,sha256", "sha-256"),
        ("AA\tEC , SHA-256 ", "sha-256"),
        ("AAEC, rsa-sha1", "sha-1"),
        ("AAEC, md5", "md5"),
        ("AAEC", ""),
    ],
)
def test_mics_as_partners_write_them(text, algorithm):
    mic = read_mic(text)
    assert (mic.digest, mic.algorithm) == (b"\0\1\2", algorithm)
    assert read_mic("?, sha-256") is None
    assert read_mic("") is None
