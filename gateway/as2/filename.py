"""File names of attachments (EDIINT-Features FN): kept where they are safe, else refused."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

from gateway.as2.disposition import IllegalFilenameError
from gateway.as2.mime import Headers

_LONGEST = 200
"""In UTF-8 octets: file systems end at 255, and a receiver may add something of its own."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u202a-\u202e\u2066-\u2069\ufeff\ufffd]')
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def find_filename(headers: Headers) -> str | None:
    """The name a part gives its file, as sent: Content-Disposition's, else Content-Type's."""
    for field, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        name = headers.value(field)[1].get(parameter)
        if name:
            return _encoded_words(name) if name.startswith("=?") else name
    return None


def safe_filename(name: str) -> str:
    """The name without the folders some products put before it. Raises IllegalFilenameError for one
    that climbs out of a folder, is reserved somewhere, is too long, or is not a name at all."""
    steps = re.split(r"[\\/]", _DRIVE.sub("", name.strip()))
    last = steps[-1].strip()
    if ".." in steps or last in ("", ".") or last != last.rstrip("."):
        raise IllegalFilenameError("a file name that is a path")
    if _FORBIDDEN.search(last) or _RESERVED.fullmatch(last) or last.startswith((".", "~", "-")):
        raise IllegalFilenameError("a file name with forbidden letters or a reserved name")
    if len(last.encode("utf-8", "surrogatepass")) > _LONGEST or not last.isprintable():
        raise IllegalFilenameError("a file name that is too long or unprintable")
    return last


def _encoded_words(name: str) -> str:
    """RFC 2047 words, which have no place in parameters but are sent."""
    try:
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "ascii")
            for piece, charset in decode_header(name)
        )
    except (HeaderParseError, UnicodeDecodeError, LookupError, ValueError):
        return name
