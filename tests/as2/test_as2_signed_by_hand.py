"""What a genuine key signed, but not as it may be signed (matrix row G): weak, or in two minds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from as2_kit import ANYTHING
from as2_kit import SIGNED
from as2_kit import build
from as2_kit import content_of
from as2_kit import open_entity
from as2_kit import ours
from as2_kit import received
from asn1crypto import cms as oracle

from gateway.as2 import Entity
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Policy
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.oids import DIGESTS
from gateway.as2.signatures import choose
from gateway.as2.signatures import sign

STRICT = Policy(encrypt=False)
STYLE = replace(SIGNED, signature_encoding="binary", algorithm_protection=True)
Edit = Callable[[oracle.SignerInfo], None]


def signed_by_hand(edit: Edit, digest: str = "sha-256") -> Entity:
    """A message whose SignerInfo was edited by its signer, who signed the attributes again under
    this digest."""
    message = received(build(STYLE))
    encoded = bytes(read_entity(split_multipart(message, 2)[1]).body)
    data = oracle.ContentInfo.load(encoded)
    info = data["content"]["signer_infos"][0]
    edit(info)
    octets = info["signed_attrs"].untag().dump(force=True)
    scheme = choose(ours().private_key, DIGESTS[digest], pss=False)
    hashed = hashlib.new(digest.replace("-", ""), octets).digest()
    info["signature"] = sign(ours().private_key, scheme, hashed)
    body = bytes(message.body).replace(encoded, data.dump(force=True))
    return replace(message, body=Octets.of(body))


def set_attribute(info: oracle.SignerInfo, name: str, *values: object) -> None:
    others = [one for one in info["signed_attrs"] if one["type"].native != name]
    changed = oracle.CMSAttribute({"type": name, "values": list(values)})
    info["signed_attrs"] = oracle.CMSAttributes([*others, changed])


def drop_protection(info: oracle.SignerInfo) -> None:
    name = "cms_algorithm_protection"
    kept = [one for one in info["signed_attrs"] if one["type"].native != name]
    info["signed_attrs"] = oracle.CMSAttributes(kept)


def weak_signature(info: oracle.SignerInfo) -> None:
    drop_protection(info)
    info["signature_algorithm"] = {"algorithm": "sha1_rsa"}


def weak_digest(info: oracle.SignerInfo) -> None:
    drop_protection(info)
    signed = split_multipart(received(build(STYLE)), 2)[0]
    set_attribute(info, "message_digest", hashlib.sha1(bytes(signed)).digest())
    info["digest_algorithm"] = {"algorithm": "sha1"}


def two_digests(info: oracle.SignerInfo) -> None:
    [right] = [one for one in info["signed_attrs"] if one["type"].native == "message_digest"]
    set_attribute(info, "message_digest", right["values"][0].native, bytes(32))


def protection(digest: str, signature: str) -> Edit:
    named = {"digest_algorithm": {"algorithm": digest}}
    named["signature_algorithm"] = {"algorithm": signature}
    return lambda info: set_attribute(info, "cms_algorithm_protection", named)


WEAK = {
    "SHA-1 under SHA-256": (weak_signature, "sha-1"),
    "SHA-256 under SHA-1": (weak_digest, "sha-256"),
}
CONTRADICTORY: dict[str, Edit] = {
    "two values of messageDigest": two_digests,
    "CMSAlgorithmProtection of another digest": protection("sha512", "sha256_rsa"),
    "CMSAlgorithmProtection of another signature": protection("sha256", "sha512_rsa"),
}


def refused(message: Entity) -> str:
    with pytest.raises(MessageError) as found:
        open_entity(message, STRICT)
    return found.value.disposition.text


@pytest.mark.parametrize("name", WEAK)
def test_row_g_each_algorithm_of_a_signature_must_be_allowed(name: str) -> None:
    message = signed_by_hand(*WEAK[name])
    assert refused(message) == "insufficient-message-security"
    assert content_of(open_entity(message, ANYTHING))


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_row_g_a_signature_that_contradicts_itself_is_refused(name: str) -> None:
    assert refused(signed_by_hand(CONTRADICTORY[name])) == "authentication-failed"


def test_the_hand_signs_well() -> None:
    assert content_of(open_entity(signed_by_hand(lambda _: None), STRICT))
    assert content_of(open_entity(signed_by_hand(protection("sha256", "sha256_rsa")), STRICT))
