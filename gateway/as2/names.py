"""AS2-From and AS2-To names, Message-IDs and version numbers (RFC 4130 6, rfc4130bis 5.3.3, 6)."""

from __future__ import annotations

import re

from gateway.as2.disposition import MessageIdError
from gateway.as2.disposition import UnknownRelationshipError
from gateway.as2.disposition import UnsupportedFormatError

_NAME = re.compile(r"[ -~]{1,128}")
_ATOMIC = re.compile(r"[!#-\[\]-~]{1,128}")
_ESCAPED = re.compile(r'\\(["\\])')
_IDENTIFIER = re.compile(r"[!-~]{1,998}")
_VERSION = re.compile(r"\s*(\d{1,3})\.\d")


def read_name(value: str) -> str:
    """An AS2 name without its quotes; case and blanks inside count. Raises
    UnknownRelationshipError for what can be nobody's name."""
    name = value.strip(" \t")
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = _ESCAPED.sub(r"\1", name[1:-1])
    if not _NAME.fullmatch(name):
        raise UnknownRelationshipError("an AS2 name is empty, too long or not printable ASCII")
    return name


def write_name(name: str) -> str:
    """An AS2 name for a header field, quoted only where it must be."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not an AS2 name: {name!r}")
    if _ATOMIC.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def check_message_id(value: str, *, blanks: bool = False) -> None:
    """Raises MessageIdError for one that is missing, too long, or has blanks (unless allowed)
    or other letters than printable ASCII. Missing angle brackets are forgiven."""
    if not _IDENTIFIER.fullmatch(value.replace(" ", "_") if blanks else value):
        raise MessageIdError("the Message-ID is missing, too long or has blanks or odd letters")


def bare_message_id(value: str) -> str:
    """A Message-ID without blanks around it and angle brackets, to compare by."""
    value = value.strip()
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
    return value


def check_version(value: str) -> None:
    """Every 1.x is ours and none means 1.0; raises UnsupportedFormatError for another major number.
    What is no version at all is taken for 1.0."""
    found = _VERSION.match(value)
    if found and found[1] != "1":
        raise UnsupportedFormatError("an AS2-Version that is not 1.x")
