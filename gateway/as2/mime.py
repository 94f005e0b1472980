"""MIME on raw octets (RFC 2045, 2046, 2231): header fields, entities, multiparts.

What was signed or digested is always a cut of what was received, never something written again.
Line breaks may be CRLF or LF, fields folded, names in any case; the octets stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.as2.octets import Octets
from gateway.as2.parameters import media_type
from gateway.as2.parameters import read_parameters

Fields = tuple[tuple[str, str], ...]
"""Header fields in order, names as written, values unfolded; octets read as ISO 8859-1."""

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NAME = re.compile(r"[!-9;-~]{1,200}")
_BLANKS = " \t\r\n\v\f"
_FIRST = re.compile(rb"\r?\n|[!-9;-~]{1,200}[ \t]{0,99}:")
"""How a header begins: with the empty line that ends it, or a field."""
_MOST_FIELDS = 1_000
_LONGEST_EPILOGUE = 8
"""Some mailers end with a line break or two of their own."""
_MOST_DELIMITERS = 10_000
_BOUNDARY = re.compile(r"[ -~]{0,199}[!-~]")
_DELIMITED = re.compile(rb"(--)?[ \t]{0,99}(\r?\n)?")
"""What follows a boundary on a delimiter line."""


class MimeError(ValueError):
    """The octets are not the MIME they should be."""


class Headers:
    """Header fields in the order and spelling they came in, found by name in any case."""

    __slots__ = ("_first", "fields")

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self._first: dict[str, str] = {}
        for name, value in fields:
            self._first.setdefault(name.lower(), value)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str] | tuple[bytes, bytes]]) -> Headers:
        """From name and value pairs, as HTTP servers and clients give them."""
        return cls(tuple((_text(name), _text(value).strip()) for name, value in pairs))

    def get(self, name: str, default: str = "") -> str:
        """The first field of that name."""
        return self._first.get(name.lower(), default)

    def has(self, name: str) -> bool:
        return name.lower() in self._first

    def value(self, name: str) -> tuple[str, dict[str, str]]:
        """A structured field as its value in lower case and its parameters: a Content-Type of
        `multipart/signed` and `{"boundary": ...}`."""
        return read_parameters(self.get(name))

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters."""
        return media_type(self.get("Content-Type"))


@dataclass(frozen=True, slots=True)
class Entity:
    """Header fields and a body. `octets` is the whole as received; None for an HTTP message,
    whose header fields are no part of its octets."""

    headers: Headers
    body: Octets
    octets: Octets | None = None


def read_entity(octets: Octets, limit: int = 65_536) -> Entity:
    """Splits at the first empty line; `limit` is how long the header may be. Raises MimeError."""
    head = octets[0:limit]
    end, start = _header_end(head)
    return Entity(Headers(read_fields(head[:end])), octets.cut(start), octets)


def _header_end(head: bytes) -> tuple[int, int]:
    """Where the last field ends and where the body starts. What does not begin like a header is
    seen at once: it may be decrypted garbage, and that must not be told by the time it takes."""
    first = _FIRST.match(head)
    if first is None:
        raise MimeError("no header")
    if first[0].endswith(b"\n"):
        return 0, first.end()
    found = [(at, at + len(end)) for end in (b"\n\r\n", b"\n\n") if (at := head.find(end)) >= 0]
    if not found:
        raise MimeError("a header without an end")
    return min(found)


def read_fields(head: bytes) -> Fields:
    """Header fields, unfolded; empty lines between them are skipped. Raises MimeError."""
    fields = []
    if b"\n " in head or b"\n\t" in head:
        head = _FOLD.sub(b"", head)
    for line in head.decode("latin-1").split("\n"):
        name, colon, value = line.partition(":")
        name = name.rstrip(_BLANKS)
        if not name and not colon:
            continue
        if not colon or not _NAME.fullmatch(name):
            raise MimeError("a line that is no header field")
        fields.append((name, value.strip(_BLANKS)))
        if len(fields) > _MOST_FIELDS:
            raise MimeError("too many header fields")
    return tuple(fields)


def split_multipart(entity: Entity, most: int) -> list[Octets]:
    """The parts of a multipart body, each with its header. The line break before a delimiter
    belongs to the delimiter (RFC 2046 5.1.1). After the last delimiter nothing but line breaks
    may stand (RFC 2616 3.7.2): octets there would be covered by no signature, and let an attacker
    try out the padding of what is encrypted. Raises MimeError."""
    boundary = entity.headers.value("Content-Type")[1].get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise MimeError("a multipart without a usable boundary")
    body, parts = entity.body, []
    start = None
    for at, after, last in _delimiters(body, b"--" + boundary.encode("latin-1")):
        if start is not None:
            parts.append(body.cut(start, max(start, at)))
        if last:
            _check_epilogue(body[after : after + _LONGEST_EPILOGUE + 1])
            return parts
        if len(parts) >= most:
            raise MimeError("too many parts")
        start = after
    raise MimeError("a multipart without its last delimiter")


def _delimiters(body: Octets, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter line begins, with the line break before it, where it ends, and whether
    it is the last. A line that only begins like one is content."""
    found, seen = body.find(delimiter), 0
    while found >= 0:
        seen += 1
        if seen > _MOST_DELIMITERS:
            raise MimeError("too many lines that look like a delimiter")
        before = body[max(0, found - 2) : found]
        rest = body[found + len(delimiter) : found + len(delimiter) + 110]
        match = _DELIMITED.match(rest)
        after = found + len(delimiter) + (match.end() if match else 0)
        if match and (not before or before.endswith(b"\n")) and (match[2] or after == len(body)):
            at = found - (2 if before == b"\r\n" else 1 if before else 0)
            yield at, after, bool(match[1])
        found = body.find(delimiter, found + len(delimiter))


def _check_epilogue(octets: bytes) -> None:
    if len(octets) > _LONGEST_EPILOGUE or octets.strip():
        raise MimeError("octets follow the last delimiter")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
