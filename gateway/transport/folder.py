"""Finding files that are finished, in a folder where others write and delete as they please."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from pathlib import Path

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import TransientError
from gateway.transport.endings import HEAD_BYTES
from gateway.transport.endings import TAIL_BYTES
from gateway.transport.endings import is_complete
from gateway.transport.names import is_temporary
from gateway.transport.names import readable_name

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


class FolderError(TransientError):
    """A folder that cannot be used; `reason` follows its name in a sentence."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} {reason}")
        self.folder, self.reason = folder, reason


@dataclass(frozen=True, slots=True)
class Rest:
    """A file's size, modification time and inode, and since when (epoch seconds) we saw them."""

    size: int
    modified: int
    inode: int
    since: float


@dataclass(slots=True)
class FileStability:
    """What earlier sweeps of a folder saw, by path. It may be lost: then files only wait a little
    longer. `left`: what can never be taken, and why. `stuck`: what could not be moved, with the
    number of that try: it stands behind all others, and behind those that wait for theirs longer.
    `queued`: what was listed and not looked at yet, the oldest first, without what is stuck;
    `unfinished`: how many of those before it must rest longer."""

    resting: dict[Path, Rest] = field(default_factory=dict)
    left: dict[Path, str] = field(default_factory=dict)
    stuck: dict[Path, int] = field(default_factory=dict)
    tries: int = 0
    queued: deque[Path] = field(default_factory=deque)
    unfinished: int = 0

    def step_aside(self, path: Path) -> None:
        """It could not be moved just now."""
        self.tries += 1
        self.stuck[path] = self.tries

    def seconds_at_rest(self, path: Path, status: os.stat_result, now: float) -> float:
        """How long size and modification time have not changed.

        The inode's change time counts too, so that a file which lay here before we started is not
        made to wait; a copying tool can set the modification time back, but not that one.
        """
        seen = self.resting.get(path)
        found = (status.st_size, status.st_mtime_ns, status.st_ino)
        if seen is None or found != (seen.size, seen.modified, seen.inode) or seen.since > now:
            seen = self.resting[path] = Rest(*found, since=now)
        return max(now - seen.since, now - status.st_ctime)

    def is_unchanged(self, path: Path) -> bool:
        """Whether the file is as the last sweep saw it; False too where it vanished."""
        try:
            status = path.lstat()
        except FileNotFoundError:
            return False
        seen = self.resting.get(path)
        found = (status.st_size, status.st_mtime_ns, status.st_ino)
        return seen is not None and found == (seen.size, seen.modified, seen.inode)

    def forget_missing(self, present: Collection[Path]) -> None:
        """Drop what is no longer in the folder, so that a new file of that name starts anew."""
        for known in (self.resting, self.left, self.stuck):
            for path in known.keys() - present:
                del known[path]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something in the folder that is no readable file, reported once while it stays."""

    path: Path
    finding: Finding


@dataclass(frozen=True, slots=True)
class Sweep:
    """One look at a folder: files to take, oldest first; what can never be taken, reported once;
    and how many files need to rest longer or were not looked at, without those that are stuck."""

    ready: list[Path]
    unreadable: list[Unreadable]
    unfinished: int


def candidates(
    folder: Path,
    now: datetime,
    seen: FileStability,
    *,
    settle: float,
    patience: float,
    done_marker: str | None = None,
    most: int | None = None,
) -> Sweep:
    """The files that may be taken now, `most` of them where given.

    A file at rest for `settle` seconds is taken when it ends with its own trailer, otherwise
    after `patience` seconds. Where `done_marker` (such as `.done`) is given, a file is taken
    exactly when its marker is there. The folder is listed when all that was listed before has had
    its turn: each file is sorted once, however few are taken at a time. Raises FolderError where
    the folder cannot be read; a missing folder is an empty one.
    """
    stuck = deque[Path]() if seen.queued else _list(folder, seen, done_marker)
    ready: list[Path] = []
    unreadable: list[Unreadable] = []
    while len(ready) != most and (queue := seen.queued or stuck):
        path = queue.popleft()
        try:
            status = path.lstat()
        except OSError:
            continue
        reason = _why_unreadable(path, status)
        if reason is not None:
            unreadable += _report(path, reason, seen)
            continue
        seen.left.pop(path, None)
        rested = seen.seconds_at_rest(path, status, now.timestamp())
        if done_marker is None:
            finished = _is_finished(path, rested, settle, patience)
            seen.unfinished += not finished
        else:
            finished = any(os.path.lexists(marker) for marker in markers_of(path, done_marker))
        if finished:
            ready.append(path)
    return Sweep(ready, unreadable, seen.unfinished + len(seen.queued))


def _list(folder: Path, seen: FileStability, done_marker: str | None) -> deque[Path]:
    """Queues what lies in the folder; what is stuck, the longest untried first."""
    found = _entries(folder)
    seen.forget_missing(found.keys())
    seen.unfinished = 0
    seen.queued.extend(
        path
        for path in sorted(found, key=lambda path: (found[path].st_mtime_ns, path.name))
        if not (path in seen.stuck or is_temporary(path.name) or _is_marker(path, done_marker))
    )
    return deque(sorted(seen.stuck, key=lambda path: seen.stuck[path]))


def left_in(folder: Path) -> dict[Path, str]:
    """What lies there and can never be taken, and why. Raises FolderError."""
    reasons = {
        path: _why_unreadable(path, status)
        for path, status in _entries(folder).items()
        if not is_temporary(path.name)
    }
    return {path: reason for path, reason in reasons.items() if reason is not None}


def markers_of(path: Path, done_marker: str) -> tuple[Path, Path]:
    """The two names a marker may have: `order.edi.done` and `order.done`."""
    return path.with_name(path.name + done_marker), path.with_name(path.stem + done_marker)


def paths_in(folder: Path) -> list[Path]:
    """What lies in a folder, in the order of its names; a missing one is empty, one behind a link
    that leads nowhere is not. Raises FolderError."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        found = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
        if found.exists():
            return []
        raise FolderError(folder, "cannot be read: a link leads nowhere") from None
    except OSError as error:
        raise FolderError(folder, f"cannot be read: {error.strerror}") from error


def _entries(folder: Path) -> dict[Path, os.stat_result]:
    """Everything in the folder with its own status; what vanishes meanwhile is left out."""
    found: dict[Path, os.stat_result] = {}
    for path in paths_in(folder):
        try:
            found[path] = path.lstat()
        except OSError:
            continue
    return found


def _why_unreadable(path: Path, status: os.stat_result) -> str | None:
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        return _KINDS.get(kind, "not a file")
    return None if os.access(path, os.R_OK) else "not readable for the gateway"


def _report(path: Path, reason: str, seen: FileStability) -> list[Unreadable]:
    """The finding, unless it was given before."""
    if path in seen.left:
        return []
    seen.left[path] = reason
    finding = Finding(
        Code.FILE_UNREADABLE, value=readable_name(path.name), detail={"reason": reason}
    )
    return [Unreadable(path, finding)]


def _is_marker(path: Path, done_marker: str | None) -> bool:
    return done_marker is not None and path.name.endswith(done_marker)


def _is_finished(path: Path, rested: float, settle: float, patience: float) -> bool:
    if rested < settle:
        return False
    return rested >= patience or _ends_with_its_trailer(path)


def _ends_with_its_trailer(path: Path) -> bool:
    """False too where the file vanished or cannot be read just now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        return is_complete(head, file.read(TAIL_BYTES))
