"""Messages that somebody changed (matrix row G): never taken, and refused in no time."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from as2_kit import NOW
from as2_kit import ORDER
from as2_kit import PLAIN
from as2_kit import SIGNED
from as2_kit import attacker
from as2_kit import build
from as2_kit import key
from as2_kit import open_entity
from as2_kit import ours
from as2_kit import received
from as2_kit import round_trip
from as2_kit import theirs
from as2_kit import trust
from asn1crypto import cms as oracle
from asn1crypto import core

from gateway.as2 import As2Error
from gateway.as2 import Compress
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import OwnKey
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import Trust
from gateway.as2 import Window
from gateway.as2 import open_message
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2.mic import mic_of
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.oids import DIGESTS
from gateway.as2.signatures import choose
from gateway.as2.signatures import sign
from gateway.as2.signing import sign_detached

STRICT = Policy(encrypt=False)
SEALED_ONLY = Policy(sign=False)
BINARY = Style(encrypt=None, signature_encoding="binary")
SEALED = Style(encrypt="aes-256-gcm")
TAIL = b"\r\n--b7f2c1d0e9S--\r\n"


def refused(message: Entity, policy: Policy = STRICT, by: OwnKey | None = None) -> str:
    """The disposition of the refusal."""
    with pytest.raises(MessageError) as found:
        open_entity(message, policy, by=by)
    return found.value.disposition.text


def with_body(message: Entity, body: bytes) -> Entity:
    return Entity(message.headers, Octets.of(body))


def changed(style: Style, change: Callable[[bytes], bytes]) -> Entity:
    message = received(build(style))
    body = bytes(message.body)
    assert change(body) != body
    return with_body(message, change(body))


def flip(at: int) -> Callable[[bytes], bytes]:
    """Flips a bit so many octets from the end, or from the beginning."""

    def change(body: bytes) -> bytes:
        place = at % len(body)
        return body[:place] + bytes((body[place] ^ 1,)) + body[place + 1 :]

    return change


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new, 1)


def signature_of(message: Entity) -> tuple[bytes, bytes]:
    """The signed part and the SignedData of a message whose signature is binary."""
    signed, second = split_multipart(message, 2)
    return bytes(signed), bytes(read_entity(second).body)


def with_signature(edit: Callable[[oracle.SignedData], None], style: Style = BINARY) -> Entity:
    """The message with its SignedData changed."""
    message = received(build(style))
    encoded = signature_of(message)[1]
    info = oracle.ContentInfo.load(encoded)
    edit(info["content"])
    new = info.dump(force=True)
    assert new != encoded
    return with_body(message, bytes(message.body).replace(encoded, new))


def with_attributes(edit: Callable[[list], None]) -> Entity:
    """The message with signed attributes of somebody's making, and a genuine signature over them:
    what is wrong with them must be seen, whoever signed."""

    def change(data: oracle.SignedData) -> None:
        info = data["signer_infos"][0]
        attributes = list(info["signed_attrs"])
        edit(attributes)
        info["signed_attrs"] = oracle.CMSAttributes(attributes)
        digest = DIGESTS["sha-256"]
        octets = info["signed_attrs"].untag().dump(force=True)
        scheme = choose(ours().private_key, digest, pss=False)
        info["signature"] = sign(ours().private_key, scheme, hashlib.sha256(octets).digest())

    return with_signature(change)


def attribute(name: str, *values: object) -> oracle.CMSAttribute:
    return oracle.CMSAttribute({"type": name, "values": list(values)})


def drop(name: str) -> Callable[[list], None]:
    def edit(attributes: list) -> None:
        attributes[:] = [one for one in attributes if one["type"].native != name]

    return edit


def twice(name: str) -> Callable[[list], None]:
    return lambda found: found.extend([one for one in found if one["type"].native == name])


def instead(name: str, *values: object) -> Callable[[list], None]:
    def edit(attributes: list) -> None:
        drop(name)(attributes)
        attributes.append(attribute(name, *values))

    return edit


def bad_second_signer(data: oracle.SignedData) -> None:
    second = data["signer_infos"][0].copy()
    octets = second["signature"].native
    second["signature"] = octets[:-1] + bytes((octets[-1] ^ 1,))
    data["signer_infos"].append(second)


def no_signer(data: oracle.SignedData) -> None:
    data["signer_infos"] = oracle.SignerInfos([])


def other_digest(data: oracle.SignedData) -> None:
    data["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha512"}


def nobody(data: oracle.SignedData) -> None:
    data["signer_infos"][0]["sid"].chosen["serial_number"] = 42


def swapped_part() -> Entity:
    """The signed part of another message under this one's signature."""
    message = received(build(BINARY))
    other, _ = signature_of(received(build(BINARY, ORDER.replace(b"4500012345", b"4500099999"))))
    own, _ = signature_of(message)
    return with_body(message, bytes(message.body).replace(own, other))


def attributes_as_content() -> Entity:
    """What was hashed with attributes, offered as content that was signed without any."""
    message = received(build(BINARY))
    signed, encoded = signature_of(message)
    info = oracle.ContentInfo.load(encoded)
    signer = info["content"]["signer_infos"][0]
    octets = signer["signed_attrs"].untag().dump()
    del signer["signed_attrs"]
    body = bytes(message.body).replace(signed, octets).replace(encoded, info.dump(force=True))
    return with_body(message, body)


def wrapped(style: Style, around: Style) -> Entity:
    """A message as the content of another: a layer inside the same layer."""
    inner = build(style)
    fields = dict(inner.headers)
    head = f"Content-Type: {fields['Content-Type']}\r\n\r\n".encode()
    outer = build(replace(around, encrypt=None, sign=None, compress=Compress.NONE))
    part = Octets.of(head, inner.body)
    from gateway.as2.compressed import compress
    from gateway.as2.enveloped import encrypt

    if around.sign:
        signature = sign_detached(mic_of(part, "sha-256"), Signer(ours(), NOW), BINARY)
        second = b"Content-Type: application/pkcs7-signature\r\n\r\n" + signature
        pieces = (b"--outer\r\n", bytes(part), b"\r\n--outer\r\n", second, b"\r\n--outer--\r\n")
        kind, body = "multipart/signed; boundary=outer", Octets.of(b"".join(pieces))
    elif around.encrypt:
        kind, body = "application/pkcs7-mime", encrypt(part, [theirs().certificate], around)
    else:
        kind, body = "application/pkcs7-mime", compress(part)
    fields = dict(outer.headers) | {"Content-Type": kind}
    return Entity(Headers(tuple(fields.items())), body)


def by(signer: OwnKey) -> Entity:
    return received(build(SIGNED, by=signer))


DAMAGED = {
    "a bit of the content": lambda: changed(BINARY, swap(b"4500012345", b"4500012344")),
    "an octet less": lambda: changed(BINARY, swap(b"4500012345", b"450001234")),
    "an octet more": lambda: changed(BINARY, swap(b"4500012345", b"45000123456")),
    "a field more": lambda: changed(
        BINARY, swap(b"Content-Type: app", b"X: y\r\nContent-Type: app")
    ),
    "another file name": lambda: changed(BINARY, swap(b"order.edi", b"order.exe")),
    "a line break": lambda: changed(BINARY, swap(b"~\r\nIEA", b"~\nIEA")),
    "a bit of the signature": lambda: changed(BINARY, flip(-len(TAIL) - 1)),
    "the digest of the attributes": lambda: with_attributes(
        instead("message_digest", core.OctetString(bytes(32)))
    ),
    "a signing time": lambda: with_signature(
        lambda data: data["signer_infos"][0]["signed_attrs"][1]["values"].__setitem__(
            0, oracle.Time({"utc_time": core.UTCTime("260101000000Z")})
        )
    ),
    "no signer": lambda: with_signature(no_signer),
    "two signers, one bad": lambda: with_signature(bad_second_signer),
    "a signer nobody knows": lambda: with_signature(nobody),
    "another digest algorithm": lambda: with_signature(other_digest),
    "another signed part": swapped_part,
    "attributes as content": attributes_as_content,
    "messageDigest twice": lambda: with_attributes(twice("message_digest")),
    "contentType twice": lambda: with_attributes(twice("content_type")),
    "no messageDigest": lambda: with_attributes(drop("message_digest")),
    "no contentType": lambda: with_attributes(drop("content_type")),
    "another contentType": lambda: with_attributes(
        instead("content_type", oracle.ContentType("enveloped_data"))
    ),
    "no value of messageDigest": lambda: with_attributes(instead("message_digest")),
    "an attacker's certificate inside": lambda: by(attacker()),
    "a third part": lambda: changed(BINARY, swap(TAIL, b"\r\n--b7f2c1d0e9S\r\n\r\nmore" + TAIL)),
    "octets after the end": lambda: changed(BINARY, lambda body: body + b"more"),
    "cut in the signature": lambda: changed(BINARY, lambda body: body[:-200]),
    "signed twice": lambda: wrapped(SIGNED, SIGNED),
    "compressed twice": lambda: wrapped(
        replace(PLAIN, compress=Compress.BEFORE), replace(PLAIN, compress=Compress.BEFORE)
    ),
    "encrypted twice": lambda: wrapped(Style(), replace(PLAIN, encrypt="aes-256-cbc")),
    "encrypted inside a signature": lambda: wrapped(Style(sign=None), SIGNED),
    "SHA-1, which is forbidden": lambda: received(build(Style(sign="sha-1", encrypt=None))),
    "3DES, which is forbidden": lambda: received(build(Style(encrypt="3des"))),
    "no signature": lambda: received(build(PLAIN)),
    "a bit of a sealed message's tag": lambda: changed(SEALED, flip(-1)),
    "a bit of a sealed message": lambda: changed(SEALED, flip(-40)),
    "the first block in CBC": lambda: changed(Style(), flip(-2400)),
    "the last block in CBC": lambda: changed(Style(), flip(-1)),
    "a block less in CBC": lambda: changed(Style(), lambda body: body[:-16]),
    "a bit of the content key": lambda: changed(Style(), flip(300)),
    "a cut envelope": lambda: changed(Style(), lambda body: body[:-5]),
    "a bit of what is compressed": lambda: changed(
        replace(SIGNED, compress=Compress.AFTER), flip(200)
    ),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_row_g_a_changed_message_is_refused(damage):
    assert refused(DAMAGED[damage]())


CERTIFICATES = {
    "expired": (key("Northfield old", first=-700, days=600), {}, "authentication-failed"),
    "not yet valid": (key("Northfield next", first=30), {}, "authentication-failed"),
    "weak": (key("Northfield weak", "rsa1024"), {}, "insufficient-message-security"),
    "retired": (key("Northfield"), {"end": NOW}, "authentication-failed"),
    "not in use yet": (key("Northfield"), {"start": NOW.replace(2027)}, "authentication-failed"),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_row_g_certificates_that_do_not_count(case):
    signer, window, text = CERTIFICATES[case]
    message = by(signer)
    pinned = Trust([Pinned(signer.certificate, Window(**window))], NOW, STRICT)
    with pytest.raises(MessageError) as found:
        open_message(read_request(message.headers), message, pinned, [theirs()])
    assert found.value.disposition.text == text


def test_the_harness_takes_what_is_not_changed():
    for style in (SIGNED, BINARY, SEALED, Style(), replace(SIGNED, compress=Compress.AFTER)):
        open_entity(received(build(style)), STRICT)
    open_entity(with_attributes(drop("signing_time")), STRICT)


def test_a_line_break_or_two_after_the_end_are_forgiven():
    open_entity(changed(BINARY, lambda body: body + b"\r\n\r\n"), STRICT)
    assert refused(changed(BINARY, lambda body: body + b"\n" * 9))


SEEDS = {
    "signed": BINARY,
    "signed in base64": SIGNED,
    "signed and sealed": SEALED,
    "sealed only": Style(sign=None, encrypt="aes-256-gcm"),
    "signed and encrypted": Style(),
    "compressed and signed": replace(BINARY, compress=Compress.BEFORE),
    "signed and compressed": replace(BINARY, compress=Compress.AFTER),
    "signed with PSS": replace(BINARY, signature="pss"),
    "everything": Style(compress=Compress.BEFORE, transport="oaep-sha-256"),
}
SLOWEST = 0.05


def mutated(octets: bytes, dice: random.Random) -> bytes:
    """Some octets flipped, left out, put in, doubled, or everything from somewhere cut off."""
    body = bytearray(octets)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        at, size = dice.randrange(len(body) or 1), dice.choice((1, 1, 2, 8, 64))
        kind = dice.randrange(7)
        if kind <= 2:
            body[at : at + 1] = bytes((body[at] ^ (1 << dice.randrange(8)),)) if body else b""
        elif kind == 3:
            del body[at : at + size]
        elif kind == 4:
            body[at:at] = dice.randbytes(size)
        elif kind == 5:
            body[at:at] = body[at : at + size]
        elif dice.random() < 0.2:
            del body[at:]
    return bytes(body)


def mutate(message: Entity, dice: random.Random) -> Entity:
    if dice.random() < 0.15:
        fields = [
            (name, mutated(value.encode("latin-1"), dice).decode("latin-1") or "x")
            if name in ("Content-Type", "Content-Disposition") and dice.random() < 0.7
            else (name, value)
            for name, value in message.headers.fields
        ]
        return Entity(Headers(tuple(fields)), message.body)
    return with_body(message, mutated(bytes(message.body), dice))


def campaign(seconds: float, most: int, seed: int) -> int:
    """How many mutated messages and receipts were judged, which is told with the seed. Fails for
    one that was taken although its content is another, one that raises anything else, and one that
    takes too long."""
    dice = random.Random(seed)
    taken = {name: open_entity(received(build(style))) for name, style in SEEDS.items()}
    messages = {name: received(build(style)) for name, style in SEEDS.items()}
    receipt = received(round_trip(Style()).answer)
    print(f"seed {seed}")
    end, count, slowest = time.monotonic() + seconds, 0, 0.0
    genuine = read_receipt(receipt, trust(theirs()))

    def seconds_for(name: str, victim: Entity) -> float:
        start = time.process_time()
        try:
            if name == "receipt":
                judged = read_receipt(victim, trust(theirs()))
                assert judged.signer is None or judged == genuine
            else:
                opened = open_entity(victim, SEALED_ONLY if name == "sealed only" else STRICT)
                assert bytes(opened.payloads[0].content) == ORDER
                assert opened.payloads[0].filename == "order.edi"
                assert opened.mic.digest == taken[name].mic.digest
        except As2Error:
            pass
        return time.process_time() - start

    while count < most and time.monotonic() < end:
        count += 1
        name = dice.choice([*SEEDS, "receipt"])
        victim = mutate(receipt if name == "receipt" else messages[name], dice)
        took = seconds_for(name, victim)
        if took >= SLOWEST:  # another process may have been at the same caches: once more
            took = min(seconds_for(name, victim) for _ in range(3))
        assert took < SLOWEST, f"{name}: {took:.3f} s, seed {seed}"
        slowest = max(slowest, took)
    print(
        f"AS2: {count} mutated messages and receipts, seed {seed}, slowest {slowest * 1000:.1f} ms"
    )
    return count


def test_row_g_mutated_messages():
    assert campaign(seconds=5, most=1_500, seed=850) > 100


@pytest.mark.long
def test_row_g_many_mutated_messages():
    seed = int(os.environ.get("GATEWAY_TEST_SEED", 0)) or random.SystemRandom().randrange(1 << 32)
    seconds = float(os.environ.get("GATEWAY_TEST_SECONDS", "120"))
    assert campaign(seconds, 100_000, seed) > 100
