"""File names: which are not to be taken yet, and how a foreign one is made harmless."""

from __future__ import annotations

import unicodedata
from pathlib import Path

# How copy tools, transfer clients, browsers and editors name a file that is not finished.
_TEMPORARY_STARTS = (".", "~", "#")
_TEMPORARY_ENDS = (
    "~",
    "#",
    ".bak",
    ".crdownload",
    ".download",
    ".filepart",
    ".inprogress",
    ".lock",
    ".opdownload",
    ".part",
    ".partial",
    ".swp",
    ".swx",
    ".temp",
    ".tmp",
    ".upload",
    ".uploading",
    ".writing",
)
_KEPT = frozenset("._-+=,@()[]& ")
# A file system allows 255 bytes; an id, a revision and a suffix must still fit before and after.
_NAME_BYTES = 160


def is_temporary(name: str) -> bool:
    """Whether a writer uses this name until the file is finished."""
    lower = name.lower()
    return lower.startswith(_TEMPORARY_STARTS) or lower.endswith(_TEMPORARY_ENDS)


def readable_name(name: str) -> str:
    """The name with everything that is not a letter, digit or plain mark as `_`.

    It is one path component, not hidden, at most 160 bytes of UTF-8, with its suffix kept.
    """
    composed = unicodedata.normalize("NFC", name)
    plain = "".join(sign if sign.isalnum() or sign in _KEPT else "_" for sign in composed)
    plain = plain.lstrip(". ").rstrip(" ") or "file"
    suffix = Path(plain).suffix[:16]
    stem = plain.removesuffix(suffix) if suffix else plain
    return _fitted(stem, _NAME_BYTES - len(suffix.encode())) + suffix


def require_plain(name: str) -> str:
    """The name itself, if it is one component of a path. Raises ValueError."""
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise ValueError(f"not a file name: {name!r}")
    return name


def _fitted(text: str, size: int) -> str:
    """As many whole characters as fit into `size` bytes."""
    return text.encode()[:size].decode(errors="ignore")
