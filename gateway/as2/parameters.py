"""Structured field values and their parameters (RFC 2045 5.1), continued and encoded ones too
(RFC 2231), read from what partners write and written for those who read strictly."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_ESCAPED = re.compile(r'\\(["\\])')
_TOKEN = re.compile(r"[!#$%&'*+.^_`{|}~0-9A-Za-z-]+")


def media_type(field: str) -> str:
    """The first word of a field value in lower case; quotes around it, or around the whole value,
    which some products send, are forgiven."""
    return field.partition(";")[0].strip(' \t"').lower()


def read_parameters(field: str) -> tuple[str, dict[str, str]]:
    """A field value as its first word in lower case and its parameters, names in lower case."""
    if field[:1] == '"' and field[-1:] == '"':
        field = field.strip('"')
    value, pairs = media_type(field), _PARAMETER.findall(field)
    if "*" not in field:
        return value, {name.lower(): _letters(unquoted(text)) for name, text in reversed(pairs)}
    found: dict[str, list[tuple[int, bool, str]]] = {}
    for name, text in pairs:
        section = _SECTION.fullmatch(name.lower())
        if section is None:
            continue
        place = (int(section[2] or 0), section[3] is not None, unquoted(text))
        found.setdefault(section[1], []).append(place)
    return value, {name: _joined(sections) for name, sections in found.items()}


def unquoted(text: str) -> str:
    """A token, or a quoted string without its quotes. A backslash before anything but a quote or
    a backslash is kept: it is part of a Windows path, whatever RFC 2045 says."""
    text = text.strip()
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    return _ESCAPED.sub(r"\1", text[1:-1])


def parameter(name: str, value: str, *, quoted: bool = True) -> str:
    """One parameter to write: a token or quoted string, and an extended one for other letters."""
    ascii_ = "".join(one if one.isascii() else "_" for one in value)
    if not quoted and _TOKEN.fullmatch(ascii_):
        written = f"{name}={ascii_}"
    else:
        escaped = ascii_.replace("\\", "\\\\").replace('"', '\\"')
        written = f'{name}="{escaped}"'
    if value.isascii():
        return written
    return f"{written}; {name}*=UTF-8''{_percent(value)}"


def _letters(text: str) -> str:
    """Text whose octets were read as ISO 8859-1, as UTF-8 if it can be."""
    return text if text.isascii() else _decoded(text.encode("latin-1", "replace"), "utf-8")


def _joined(sections: list[tuple[int, bool, str]]) -> str:
    """Sections in order; an extended value wins over a plain one of the same name."""
    ordered = sorted(sections, key=lambda section: (section[0], not section[1]))
    wanted, parts, charset = 0, [], "utf-8"
    for number, extended, text in ordered:
        if number != wanted:
            continue
        wanted += 1
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        octets = text.encode("latin-1", "replace")
        parts.append(_PERCENT.sub(_octet, octets) if extended else octets)
    return _decoded(b"".join(parts), charset if any(one[1] for one in sections) else "utf-8")


def _octet(escape: re.Match[bytes]) -> bytes:
    return bytes((int(escape[1], 16),))


def _percent(value: str) -> str:
    """The letters as UTF-8, all but letters and digits as %XX (RFC 2231 4)."""
    return "".join(
        chr(octet) if octet < 0x80 and chr(octet).isalnum() else f"%{octet:02X}"
        for octet in value.encode("utf-8", "replace")
    )


def _decoded(octets: bytes, charset: str) -> str:
    """Letters in the charset named; names without one are UTF-8 if they can be."""
    for name in (charset or "utf-8", "latin-1"):
        try:
            return octets.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return ""
