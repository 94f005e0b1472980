"""How an interchange opens: ISA, or UNA and UNB, and the delimiters and charset they declare.

X12.5: the ISA segment has fixed widths, so its 106 characters tell the element separator (the
fourth), the component separator (ISA16) and the segment terminator. ISO 9735-1 §7 and annex A:
UNA lists the service characters; without it the defaults of the syntax level hold.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace

from gateway.edi.dialect import EDIFACT
from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters

_BREAK = rb"(?:\r?\n)?"


def _tag(letters: str) -> bytes:
    """A tag, which a wrapped line may break."""
    return _BREAK.join(letter.encode() for letter in letters)


OPENING = re.compile(
    rb"(?:%b|%b)(?=[^A-Za-z0-9 ])|%b(?=[^A-Za-z0-9]{5})" % (_tag("ISA"), _tag("UNB"), _tag("UNA"))
)
LONGEST_HEADER = 600
"""No ISA or UNB is longer; so many bytes are looked at before anything is decided."""

_ISA_LENGTH = 106
_USUAL_WIDTH = 80
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_REPETITION_SINCE = "00402"

_UNASSIGNED = re.compile(r"[\x80-\x9f]")
_WESTERN = {"iso-8859-1", "iso-8859-9"}
_DOUBLED = re.compile(r"[\x80-\x9f]|[\xc2\xc3][\xa0-\xbf]")
"""In Western text also a capital before a sign, which is how UTF-8 writes an ä."""

_CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso-8859-1",
    "UNOD": "iso-8859-2",
    "UNOE": "iso-8859-5",
    "UNOF": "iso-8859-7",
    "UNOG": "iso-8859-3",
    "UNOH": "iso-8859-4",
    "UNOI": "iso-8859-6",
    "UNOJ": "iso-8859-8",
    "UNOK": "iso-8859-9",
    "UNOL": "iso-8859-15",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first bytes of an interchange declare. `skip` are the bytes before its header
    segment (the UNA); the header segment itself is read like any other. `wrapped`: line
    breaks inside segments are not data."""

    dialect: Dialect
    delimiters: Delimiters
    charset: str
    offset: int
    skip: int = 0
    wrapped: bool = False
    findings: tuple[Finding, ...] = ()


def charset_of(level: str) -> str | None:
    """The Python codec of an EDIFACT syntax identifier (0001): UNOA to UNOY; None if unknown."""
    return _CHARSETS.get(level)


def read_opening(data: bytes, offset: int, *, final: bool) -> Opening | None:
    """The opening at the start of `data`, or None while more bytes are needed.

    A header that breaks its own rules still opens, with a HEADER_INVALID finding, as long as its
    separators can be told.
    """
    if len(data) < LONGEST_HEADER and not final:
        return None
    data = data[:LONGEST_HEADER]
    opening = _read_header(data, offset)
    if opening.findings:  # some systems wrap the whole interchange at 80 columns, header included
        unwrapped = _read_header(data.translate(None, b"\r\n"), offset)
        if not unwrapped.findings:
            opening = replace(unwrapped, skip=_wrapped_length(data, unwrapped.skip))
    terminator = opening.delimiters.segment.encode("latin-1")
    # Levels A and B have no control characters: there a line break is never data.
    wrapped = opening.charset == "ascii" or _is_wrapped(data, terminator, offset)
    return replace(opening, wrapped=wrapped and terminator not in b"\r\n")


def _read_header(data: bytes, offset: int) -> Opening:
    return _read_isa(data, offset) if data.startswith(b"ISA") else _read_una_unb(data, offset)


def _wrapped_length(data: bytes, length: int) -> int:
    """The bytes that hold so many besides the line breaks before the one that follows them."""
    places = [at for at, byte in enumerate(data) if byte not in b"\r\n"]
    return places[length] if length < len(places) else len(data)


def _is_wrapped(data: bytes, terminator: bytes, offset: int) -> bool:
    """Lines break inside segments at one width: 80 columns, or whatever is seen twice. The first
    line may be the rest of one that began before the interchange."""
    lines = data.replace(b"\r\n", b"\n").split(b"\n")[:-1]
    width = max(map(len, lines), default=0)
    whole = lines[1:] if offset and lines and len(lines[0]) < width else lines
    broken = [len(line) for line in whole if line and not line.rstrip().endswith(terminator)]
    return set(broken) == {width} and (width == _USUAL_WIDTH or len(broken) > 1)


def _invalid(tag: str, offset: int, expected: str, value: str, **detail: str) -> Finding:
    position = Position(tag=tag, offset=offset)
    detail["expected"] = expected
    return Finding(Code.HEADER_INVALID, Severity.ERROR, position, value, detail)


def _read_isa(data: bytes, offset: int) -> Opening:
    separator, header = data[3:4] or b"*", data[:_ISA_LENGTH]
    if _is_fixed(header, separator):
        return _x12_opening(header, offset, (separator, header[104:105], header[105:106]), ())
    # Not of fixed width: the sixteenth separator still stands before ISA16 and the terminator.
    finding = _invalid("ISA", offset, "106 characters", _text(header))
    last = data.split(separator, 16)[-1]
    marks = (separator, last[0:1], last[1:2])
    if len(set(marks)) < 3 or not all(marks) or any(mark.isalnum() for mark in marks):
        marks = (separator, b":", b"\n" if separator == b"~" else b"~")
    return _x12_opening(data, offset, marks, (finding,))


def _is_fixed(header: bytes, separator: bytes) -> bool:
    return (
        len(header) == _ISA_LENGTH
        and header.count(separator) == len(_ISA_SEPARATORS)
        and all(header[at : at + 1] == separator for at in _ISA_SEPARATORS)
    )


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _x12_opening(
    data: bytes, offset: int, marks: tuple[bytes, bytes, bytes], findings: tuple[Finding, ...]
) -> Opening:
    element, component, terminator = (mark.decode("latin-1") for mark in marks)
    fields = data.split(marks[0], 13)
    repetition = ""
    if len(fields) > 12 and _text(fields[12]) >= _REPETITION_SINCE:
        mark = _text(fields[11][:1])
        repetition = mark if mark and not mark.isalnum() and mark != " " else ""
    used = [mark for mark in (element, component, terminator, repetition) if mark]
    end = offset + (0 if findings else _ISA_LENGTH)
    if terminator.isalnum() or used.count(terminator) > 1:
        findings += (_bad_separator("ISA", max(offset, end - 1), used, "terminator"),)
        terminator = "~" if terminator.isalnum() else terminator
    elif len(set(used)) < len(used) or component.isalnum():
        findings += (_bad_separator("ISA", max(offset, end - 2), used, "component"),)
    delimiters = Delimiters(terminator, element, component, repetition)
    return Opening(X12, delimiters, "x12", offset, findings=findings)


def _bad_separator(tag: str, offset: int, used: list[str], which: str) -> Finding:
    """Separators are no letters or digits, and no two are the same."""
    expected = "separators that are no letters or digits, no two the same"
    return _invalid(tag, offset, expected, " ".join(used), separator=which)


def _read_una_unb(data: bytes, offset: int) -> Opening:
    skip = 0
    una = data.startswith(b"UNA")
    if una:
        marks = data[3:9].ljust(6).decode("latin-1")
        skip = _next_tag(data, 9)
    else:
        marks = "\x1f\x1d.  \x1c" if data[3:4] == b"\x1d" else ":+.? '"
    component, element, decimal, release, reserved, terminator = tuple(marks)
    header = data[skip:]
    end = header.find(terminator.encode("latin-1"))
    fields = header[: max(end, 0) or len(header)].split(element.encode("latin-1"))
    level, _, version = _text(fields[1] if len(fields) > 1 else b"").partition(component)
    findings = []
    used = [component, element, terminator, release.strip()]
    if len(set(used)) < len(used) or any(mark.isalnum() for mark in used):
        findings.append(_bad_separator("UNA", offset, used, "service"))
    if not header.startswith(b"UNB") or len(fields) < 6:
        expected = "UNB with syntax, sender, receiver, date and reference"
        value = _text(header[: end if end > 0 else len(header)])[:40]
        findings.append(_invalid("UNB", offset + skip, expected, value))
    charset = charset_of(level)
    if charset is None:
        findings.append(_unknown_level(level, offset + skip + min(len(fields[0]) + 1, len(header))))
    repetition = ""
    if version.split(component)[0] >= "4":
        repetition = reserved if una else "*"
    delimiters = Delimiters(
        terminator, element, component, repetition.strip(), release.strip(), decimal
    )
    return Opening(EDIFACT, delimiters, charset or "ascii", offset, skip, findings=tuple(findings))


def _unknown_level(level: str, offset: int) -> Finding:
    expected = f"one of {', '.join(sorted(_CHARSETS))}"
    position = Position(tag="UNB", element=1, component=1, offset=offset)
    detail = {"expected": expected, "element_id": "0001"}
    return Finding(Code.CHARSET_UNSUPPORTED, Severity.ERROR, position, level, detail)


def _next_tag(data: bytes, at: int) -> int:
    at = min(at, len(data))
    while at < len(data) and data[at] in b" \t\r\n":
        at += 1
    return at


def decode(raw: bytes, charset: str) -> tuple[str, int | None]:
    """The segment's text, and the index of its first byte that is wrong for the charset.

    X12 declares none: UTF-8 where the bytes are valid UTF-8, otherwise Windows-1252, which is
    Latin-1 and its quotes, or Latin-1, which every byte is. Text that breaks its declared charset
    is read as Latin-1 and reported; so are the codes 80 to 9F, which no part of ISO 8859 has, and
    the pairs by which UTF-8 writes Western letters: who sends them means another charset.
    """
    if charset == "x12":
        for guess in ("utf-8", "cp1252"):
            with suppress(UnicodeDecodeError):
                return raw.decode(guess), None
        return raw.decode("latin-1"), None
    try:
        text = codecs.decode(raw, charset)
    except UnicodeDecodeError as error:
        return raw.decode("latin-1"), error.start
    return text, find_unassigned(text, charset)


def find_unassigned(text: str, charset: str) -> int | None:
    """The index of the first character that stands for a byte without meaning in its charset, or
    in Western text for one that only makes sense as UTF-8."""
    if text.isascii() or not charset.startswith("iso-8859"):
        return None
    found = (_DOUBLED if charset in _WESTERN else _UNASSIGNED).search(text)
    return found.start() if found else None
