"""Taking a file out of its folder by one rename, and reading what was taken."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import TransientError
from gateway.transport.disk import sync_folder
from gateway.transport.folder import FolderError
from gateway.transport.folder import markers_of
from gateway.transport.names import readable_name
from gateway.transport.names import require_plain

_CHUNK = 1024 * 1024
_HEAD = 512


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that is ours now. `key` is its name in the claimed folder, and identifies it."""

    path: Path
    id: str
    name: str

    @property
    def key(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Content:
    """Size in bytes, SHA-256 in hex and the first 512 bytes of a file."""

    size: int
    hash: str
    head: bytes


def claim(
    path: Path, claimed_folder: Path, claim_id: str, *, done_marker: str | None = None
) -> Claimed | None:
    """Move a file to `<claimed_folder>/<claim_id>-<name>` and sync both folders.

    None where the file vanished or is no regular file any more. Its marker goes with it. Raises
    FolderError where it cannot be moved, above all across file systems.
    """
    if "-" in require_plain(claim_id):
        raise ValueError(f"a claim id has no hyphen: {claim_id}")
    name = readable_name(path.name)
    target = claimed_folder / f"{claim_id}-{name}"
    try:
        claimed_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(claimed_folder, f"cannot be made: {error.strerror}") from error
    try:
        if not _is_file(path) or not _move(path, target):
            return None
        sync_folder(claimed_folder)
    except OSError as error:
        ours = not os.access(claimed_folder, os.W_OK | os.X_OK)
        folder, verb = (claimed_folder, "written") if ours else (path.parent, "emptied")
        raise FolderError(folder, f"cannot be {verb}: {error.strerror}") from error
    remove_markers(path, done_marker)
    return Claimed(target, claim_id, name)


def remove_markers(path: Path, done_marker: str | None) -> None:
    """Without its file a marker would vouch for the next file of that name; harmless when there
    is none."""
    if done_marker is not None and not _is_file(path):
        for marker in markers_of(path, done_marker):
            marker.unlink(missing_ok=True)


def claimed_files(claimed_folder: Path) -> list[Claimed]:
    """What lies claimed, in the order of the ids: after a restart, work to finish."""
    if not claimed_folder.is_dir():
        return []
    return [
        Claimed(path, *path.name.split("-", 1))
        for path in sorted(claimed_folder.iterdir())
        if "-" in path.name and _is_file(path)
    ]


def release_claim(claimed: Claimed) -> None:
    """Remove a claimed file whose bytes are committed; harmless when it is gone."""
    claimed.path.unlink(missing_ok=True)


def measure(path: Path, *, max_bytes: int) -> Content | Finding:
    """Read a file once, in constant memory; a finding where it is larger than `max_bytes`."""
    digest, size, head = hashlib.sha256(), 0, b""
    with _opened(path) as source:
        while chunk := source.read(_CHUNK):
            head = head or chunk[:_HEAD]
            size += len(chunk)
            if size > max_bytes:
                return _too_large(path, max_bytes)
            digest.update(chunk)
    return Content(size, digest.hexdigest(), head)


def read_file(path: Path, *, max_bytes: int) -> bytes | Finding:
    """The bytes of a file; a finding where it is larger than `max_bytes`."""
    with _opened(path) as source:
        data = source.read(max_bytes + 1)
    return _too_large(path, max_bytes) if len(data) > max_bytes else data


def _is_file(path: Path) -> bool:
    """A regular file by its own status, not through a link; False where it vanished."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _move(path: Path, target: Path) -> bool:
    """Rename; whether it was a file. A link put in its place meanwhile stays aside, unfollowed."""
    try:
        path.rename(target)
    except FileNotFoundError:
        return False
    with suppress(FileNotFoundError):  # the folder itself may be gone by now
        sync_folder(path.parent)
    return _is_file(target)


def _opened(path: Path) -> BinaryIO:
    """A regular file, never through a link and never waiting for a pipe's writer."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise TransientError(f"{path} cannot be read: {error.strerror}") from error
    return os.fdopen(descriptor, "rb")


def _too_large(path: Path, max_bytes: int) -> Finding:
    return Finding(
        Code.FILE_TOO_LARGE, value=readable_name(path.name), detail={"limit": str(max_bytes)}
    )
