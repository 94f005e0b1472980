"""An AS2 message opened: layer after layer to its payload, with its MIC (RFC 4130 7.3.1, 5402 4).

Encrypted content in CBC can be changed by those who cannot read it, so until a signature inside
was verified everything wrong with it is one and the same decryption-failed (rfc4130bis 10): the
answer tells nobody whether the padding happened to be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.as2 import oids
from gateway.as2.compressed import decompress
from gateway.as2.content_info import read_content_info
from gateway.as2.content_info import read_signed
from gateway.as2.der import Element
from gateway.as2.disposition import PROCESSED
from gateway.as2.disposition import UNAUTHENTICATED
from gateway.as2.disposition import AuthenticationError
from gateway.as2.disposition import DecompressionError
from gateway.as2.disposition import DecryptionError
from gateway.as2.disposition import Disposition
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.disposition import MessageError
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.as2.enveloped import Decrypted
from gateway.as2.enveloped import decrypt
from gateway.as2.keys import OwnKey
from gateway.as2.keys import usable
from gateway.as2.mic import Mic
from gateway.as2.mic import mic_of
from gateway.as2.mime import Entity
from gateway.as2.mime import MimeError
from gateway.as2.mime import read_entity
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.payload import Payload
from gateway.as2.payload import read_payloads
from gateway.as2.request import Request
from gateway.as2.request import mic_algorithm
from gateway.as2.verifying import Signature
from gateway.as2.verifying import Trust
from gateway.as2.verifying import encapsulated_content
from gateway.as2.verifying import verify_signed

_CMS_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_UNREADABLE: dict[str, type[MessageError]] = {
    "enveloped-data": DecryptionError,
    "authenveloped-data": DecryptionError,
    "compressed-data": DecompressionError,
    "signed-data": AuthenticationError,
}
"""What a body that is no CMS at all is refused as, by the smime-type it was announced with."""


class Layer(StrEnum):
    """What can be around a payload."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"


@dataclass(frozen=True, slots=True)
class Opened:
    """A message taken: `layers` from the outermost in. `disposition` is processed, perhaps with a
    warning; `signature` and `decrypted` tell which certificate, digest, key and cipher it was."""

    payloads: tuple[Payload, ...]
    mic: Mic
    layers: tuple[Layer, ...]
    disposition: Disposition
    signature: Signature | None
    decrypted: Decrypted | None


def open_message(
    request: Request,
    message: Entity,
    trust: Trust,
    own: Sequence[OwnKey],
    scratch: Scratch | None = None,
) -> Opened:
    """Opens a message: `message` has the HTTP header fields and the body, `trust` the partner's
    certificates, policy and the moment, `own` our decryption keys. Raises MessageError only."""
    peeling = _Peeling(trust, own, scratch)
    try:
        entity = peeling.peel(message)
        mic = peeling.mic_of(entity, request)
    except (ValueError, IndexError) as fault:
        raise peeling.refusal(fault, UnexpectedProcessingError) from fault
    try:
        peeling.check_policy()
        payloads = read_payloads(entity, trust.policy, scratch)
    except MessageError as refusal:
        refusal.mic = mic if peeling.may_tell else None
        raise
    except (ValueError, IndexError) as fault:
        raise peeling.refusal(fault, UnexpectedProcessingError) from fault
    expired = peeling.signature is not None and peeling.signature.expired
    return Opened(
        payloads=payloads,
        mic=mic,
        layers=tuple(peeling.layers),
        disposition=UNAUTHENTICATED if expired else PROCESSED,
        signature=peeling.signature,
        decrypted=peeling.decrypted,
    )


class _Peeling:
    """One message on its way in: what was found so far. Each layer at most once, encryption only
    outermost."""

    def __init__(self, trust: Trust, own: Sequence[OwnKey], scratch: Scratch | None) -> None:
        self.trust = trust
        self.own = usable(own, trust.at)
        self.scratch = scratch
        self.layers: list[Layer] = []
        self.signed: Octets | None = None
        self.signature: Signature | None = None
        self.decrypted: Decrypted | None = None

    @property
    def malleable(self) -> bool:
        """Whether the sender of these octets may be somebody who changed them unread."""
        inside = self.decrypted is not None and self.decrypted.cipher.mode != "gcm"
        return inside and self.signature is None

    @property
    def may_tell(self) -> bool:
        """Whether a digest of the content tells the sender nothing new."""
        return self.decrypted is None or self.signature is not None

    def refusal(self, fault: Exception, usual: type[MessageError]) -> MessageError:
        return (DecryptionError if self.malleable else usual)(str(fault))

    def peel(self, entity: Entity) -> Entity:
        """The innermost entity."""
        while True:
            kind = entity.headers.content_type
            if kind == "multipart/signed":
                entity = self._verify(entity)
            elif kind in _CMS_TYPES:
                entity = self._open_cms(entity)
            else:
                return entity

    def mic_of(self, entity: Entity, request: Request) -> Mic:
        """The MIC, by the algorithm the request asks for; that of what was signed is known when it
        was signed by the same."""
        known = self.signature.content if self.signature else None
        signed_by = known.algorithm if known else None
        algorithm = mic_algorithm(request, self.trust.policy, signed_by)
        if known and known.algorithm == algorithm:
            return known
        return mic_of(self.checked(entity), algorithm)

    def checked(self, entity: Entity) -> Octets:
        """The octets the MIC is over."""
        if self.signed is not None:
            return self.signed
        bare = self.trust.policy.compressed_mic_bare and self.layers == [Layer.COMPRESSED]
        return entity.body if entity.octets is None or bare else entity.octets

    def check_policy(self) -> None:
        policy = self.trust.policy
        if policy.encrypt and Layer.ENCRYPTED not in self.layers:
            raise InsufficientSecurityError("the message is not encrypted")
        if policy.sign and Layer.SIGNED not in self.layers:
            fault = MimeError("the message is not signed")
            raise self.refusal(fault, InsufficientSecurityError)

    def _enter(self, layer: Layer) -> None:
        if layer in self.layers or (layer is Layer.ENCRYPTED and self.layers):
            raise MimeError(f"{layer} where it cannot be")
        self.layers.append(layer)

    def _verify(self, entity: Entity) -> Entity:
        self._enter(Layer.SIGNED)
        try:
            signed, data = read_signed(entity, self.trust.policy.limits.headers, self.scratch)
            self.signature = verify_signed(data, signed, self.trust)
        except (ValueError, IndexError) as fault:
            raise self.refusal(fault, AuthenticationError) from fault
        self.signed = signed
        return self._inner(signed)

    def _open_cms(self, entity: Entity) -> Entity:
        try:
            kind, data = read_content_info(entity.body, self.scratch)
        except (ValueError, IndexError) as fault:
            stated = entity.headers.value("Content-Type")[1].get("smime-type", "").lower()
            usual = _UNREADABLE.get(stated, UnexpectedProcessingError)
            raise self.refusal(fault, usual) from fault
        if kind in (oids.ENVELOPED_DATA, oids.AUTH_ENVELOPED_DATA):
            return self._decrypt(data, authenticated=kind == oids.AUTH_ENVELOPED_DATA)
        if kind == oids.COMPRESSED_DATA:
            return self._decompress(data)
        if kind == oids.SIGNED_DATA:
            return self._verify_opaque(data)
        raise MimeError("CMS content of an unknown type")

    def _decrypt(self, data: Element, *, authenticated: bool) -> Entity:
        self._enter(Layer.ENCRYPTED)
        allowed = self.trust.policy.ciphers
        self.decrypted = decrypt(data, self.own, allowed, self.scratch, authenticated=authenticated)
        try:
            entity = self._inner(self.decrypted.content)
        except MimeError as fault:
            raise DecryptionError(str(fault)) from fault
        if not entity.headers.has("Content-Type"):
            raise DecryptionError("what was decrypted is no message")
        return entity

    def _decompress(self, data: Element) -> Entity:
        self._enter(Layer.COMPRESSED)
        try:
            return self._inner(decompress(data, self.trust.policy.limits, self.scratch))
        except (DecompressionError, MimeError) as fault:
            raise self.refusal(fault, DecompressionError) from fault

    def _verify_opaque(self, data: Element) -> Entity:
        """A SignedData with its content inside, which RFC 8551 3.5.2 allows."""
        self._enter(Layer.SIGNED)
        try:
            content = encapsulated_content(data, self.scratch)
            self.signature = verify_signed(data, content, self.trust)
        except (ValueError, IndexError) as fault:
            raise self.refusal(fault, AuthenticationError) from fault
        self.signed = content
        return self._inner(content)

    def _inner(self, octets: Octets) -> Entity:
        return read_entity(octets, self.trust.policy.limits.headers)
