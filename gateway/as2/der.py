"""ASN.1 in its distinguished and basic encodings (X.690), read by offsets, and written as DER.

Knows tags and lengths, nothing of CMS. Reading accepts what partners' streaming encoders make:
indefinite lengths (8.1.3.6) and strings in constructed pieces (8.7.3). Every fault is a DerError.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.as2.octets import CHUNK
from gateway.as2.octets import Octets

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31
CONSTRUCTED = 0x20

_DEPTH = 24
"""CMS and certificates nest about 12 deep; more is an attack on the reader."""
_CHILDREN = 20_000
"""How many elements a list may hold. Only the pieces of a string, which are streamed, are more."""
_CRUMB = 64
"""How long such pieces, when they are more, must be on average, in octets."""


class DerError(ValueError):
    """The octets are not the ASN.1 they should be."""


def context(number: int, *, constructed: bool = True) -> int:
    """The identifier octet of a context-specific tag [number]."""
    return 0x80 | number | (CONSTRUCTED if constructed else 0)


class Reader:
    """The octets being read, and the ends found of elements whose length is not written."""

    __slots__ = ("data", "ends")

    def __init__(self, data: bytes | Octets) -> None:
        self.data = data
        self.ends: dict[int, int] = {}

    def element(self, at: int, limit: int, depth: int = 0) -> Element:
        """The element at an offset; it must end at or before `limit`."""
        head = self.data[at : at + 10]
        if at + 2 > limit or head[0] & 0x1F == 0x1F:
            raise DerError("an element is cut short or its tag is not one of ours")
        tag, first = head[0], head[1]
        if first < 0x80:
            start = at + 2
            end = start + first
        elif first == 0x80:
            return self._indefinite(tag, at, limit, depth)
        else:
            size = first & 0x7F
            start = at + 2 + size
            if size > 8 or start > limit:
                raise DerError("a length is too long")
            end = start + int.from_bytes(head[2 : 2 + size], "big")
        if end > limit:
            raise DerError("an element is longer than what holds it")
        return Element(self, tag, at, start, end, end, depth)

    def _indefinite(self, tag: int, at: int, limit: int, depth: int) -> Element:
        if not tag & CONSTRUCTED or depth > _DEPTH:
            raise DerError("an element without a length is primitive or nested too deep")
        start = at + 2
        end = self.ends.get(start)
        if end is None:
            end = start
            count = 0
            while (mark := self.data[end : end + 2]) != b"\0\0":
                if len(mark) < 2:
                    raise DerError("an element without a length never ends")
                end = self.element(end, limit, depth + 1).after
                count += 1
                _check_pieces(count, end - start)
            self.ends[start] = end
        if end + 2 > limit:
            raise DerError("an element is longer than what holds it")
        return Element(self, tag, at, start, end, end + 2, depth)


@dataclass(slots=True)
class Element:
    """One element: identifier octet, offsets of its first octet, its content, and what follows.
    Never changed; not frozen, because a message makes a hundred and freezing is half their cost."""

    reader: Reader
    tag: int
    at: int
    start: int
    end: int
    after: int
    depth: int

    def expect(self, tag: int) -> Element:
        """This element if it has that tag, constructed or not for strings; else DerError."""
        if self.tag != tag and not (tag == OCTET_STRING and self.tag == tag | CONSTRUCTED):
            raise DerError(f"tag {self.tag:#04x} where {tag:#04x} should be")
        return self

    def children(self) -> list[Element]:
        if not self.tag & CONSTRUCTED or self.depth > _DEPTH:
            raise DerError("an element is primitive or nested too deep")
        reader, end, depth = self.reader, self.end, self.depth + 1
        found, at = [], self.start
        while at < end:
            element = reader.element(at, end, depth)
            found.append(element)
            at = element.after
            if len(found) > _CHILDREN:
                raise DerError("too many elements")
        return found

    def inner(self) -> Element:
        """The one element inside, as of an explicit tag."""
        children = self.children()
        if len(children) != 1:
            raise DerError("one element should be inside")
        return children[0]

    @property
    def raw(self) -> bytes:
        """The whole element as it was written."""
        return self.reader.data[self.at : self.after]

    @property
    def content(self) -> bytes:
        """The content octets; those of a string in pieces joined."""
        if self.tag & CONSTRUCTED and self.tag & 0xC0 == 0 and self.tag not in (SEQUENCE, SET):
            return b"".join(self.chunks())
        return self.reader.data[self.start : self.end]

    @property
    def integer(self) -> int:
        content = self.expect(INTEGER).content
        if not 0 < len(content) <= 64:
            raise DerError("an integer is empty or absurd")
        return int.from_bytes(content, "big", signed=True)

    def chunks(self) -> Iterator[bytes]:
        """The content of a string in chunks, its pieces one after the other."""
        if not self.tag & CONSTRUCTED:
            for start in range(self.start, self.end, CHUNK):
                yield self.reader.data[start : min(start + CHUNK, self.end)]
            return
        if self.depth > _DEPTH:
            raise DerError("a string is nested too deep")
        at, count = self.start, 0
        while at < self.end:
            piece = self.reader.element(at, self.end, self.depth + 1)
            yield from piece.expect(OCTET_STRING).chunks()
            at = piece.after
            count += 1
            _check_pieces(count, at - self.start)

    def canonical(self) -> bytes:
        """The element in DER: lengths written, strings whole (the order of a SET is kept)."""
        if not self.tag & CONSTRUCTED:
            return encode(self.tag, self.content)
        if self.tag == OCTET_STRING | CONSTRUCTED:
            return encode(OCTET_STRING, self.content)
        return encode(self.tag, b"".join(child.canonical() for child in self.children()))


def _check_pieces(count: int, size: int) -> None:
    """Encoders cut long strings every kilobyte or more; a string in crumbs only costs time."""
    if count > _CHILDREN and size < count * _CRUMB:
        raise DerError("a string in too many small pieces")


def read(data: bytes | Octets) -> Element:
    """The one element the octets hold. A line break after it is forgiven: mailers append one."""
    if len(data) <= CHUNK:
        data = bytes(data)  # short ones are read faster from memory
    element = Reader(data).element(0, len(data))
    if bytes(data[element.after : element.after + 3]) not in (b"", b"\r\n", b"\n"):
        raise DerError("octets follow the last element")
    return element


def encode(tag: int, content: bytes) -> bytes:
    return header(tag, len(content)) + content


def header(tag: int, size: int) -> bytes:
    """The identifier and length octets of an element with `size` octets of content."""
    if size < 0x80:
        return bytes((tag, size))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def sequence(*parts: bytes) -> bytes:
    return encode(SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """A SET OF in the order DER asks for (X.690 11.6)."""
    return encode(SET, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    size = value.bit_length() // 8 + 1
    return encode(INTEGER, value.to_bytes(size, "big", signed=True))


def octet_string(content: bytes) -> bytes:
    return encode(OCTET_STRING, content)


def null() -> bytes:
    return b"\x05\x00"


def object_identifier(dotted: str) -> bytes:
    """`1.2.840.113549` as an encoded OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(septets))
    return encode(OBJECT_IDENTIFIER, bytes(content))


def enclose(size: int, *layers: tuple[int, bytes, bytes]) -> tuple[bytes, bytes]:
    """What stands before and after `size` octets that are inside nested elements: each layer, from
    the inside out, is its tag and the encoded elements before and after the inner one."""
    head = tail = b""
    for tag, before, after in layers:
        inside = len(before) + len(head) + size + len(tail) + len(after)
        head = header(tag, inside) + before + head
        tail += after
    return head, tail
