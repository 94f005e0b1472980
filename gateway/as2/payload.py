"""What a message is about: one document, or several attachments (RFC 6362), with their names."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.as2.disposition import DuplicateFilenameError
from gateway.as2.disposition import IllegalFilenameError
from gateway.as2.filename import find_filename
from gateway.as2.filename import safe_filename
from gateway.as2.mime import Entity
from gateway.as2.mime import Headers
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.policy import Policy
from gateway.as2.transfer import decode

_ATTACHED = ("multipart/related", "multipart/mixed")


@dataclass(frozen=True, slots=True)
class Payload:
    """One document: its content without transfer encoding, its media type in lower case, its
    header fields, and its file name where it has one that is safe."""

    content: Octets
    content_type: str
    headers: Headers
    filename: str | None = None


def read_payloads(entity: Entity, policy: Policy, scratch: Scratch | None) -> tuple[Payload, ...]:
    """The document of an innermost entity, or all attachments of a multipart; all or none. Raises
    IllegalFilenameError, DuplicateFilenameError, and MimeError or TransferError."""
    if entity.headers.content_type not in _ATTACHED:
        return (_payload(entity, policy, scratch, set()),)
    seen: set[str] = set()
    limits = policy.limits
    parts = [read_entity(part, limits.headers) for part in split_multipart(entity, limits.parts)]
    return tuple(_payload(part, policy, scratch, seen) for part in parts)


def _payload(entity: Entity, policy: Policy, scratch: Scratch | None, seen: set[str]) -> Payload:
    headers = entity.headers
    content = decode(entity.body, headers.get("Content-Transfer-Encoding"), scratch)
    try:
        filename = _filename(headers, seen)
    except (IllegalFilenameError, DuplicateFilenameError):
        if policy.keep_filenames:
            raise
        filename = None
    return Payload(content, headers.content_type, headers, filename)


def _filename(headers: Headers, seen: set[str]) -> str | None:
    sent = find_filename(headers)
    if sent is None:
        return None
    name = safe_filename(sent)
    if name.casefold() in seen:
        raise DuplicateFilenameError("two attachments of the same name")
    seen.add(name.casefold())
    return name
