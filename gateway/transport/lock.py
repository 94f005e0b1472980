"""One gateway in a home: a lock file that the operating system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from errno import ENOSPC
from pathlib import Path
from types import TracebackType

from gateway.edi.finding import TransientError


class HomeLockedError(Exception):
    """Another gateway works in this home; `pid` is its process, where it says so."""

    def __init__(self, path: Path, pid: int | None) -> None:
        whose = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"a gateway already runs in this home: {whose} holds {path}")
        self.pid = pid


class HomeLock:
    """The lock on a home while the block lasts. The file stays: removing it would free a lock
    that someone else may just have taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Raises HomeLockedError where another holds it, TransientError where the file fails."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise TransientError(f"{self._path} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise HomeLockedError(self._path, _pid_in(self._path)) from error
        except OSError as error:
            os.close(descriptor)
            raise TransientError(f"{self._path} cannot be locked: {error.strerror}") from error
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(descriptor)
            todo = "make room on its disk" if error.errno == ENOSPC else "see to its disk"
            raise TransientError(
                f"{self._path} cannot be written: {error.strerror}; {todo}"
            ) from error
        self._descriptor = descriptor
        # a worker process must not keep the home locked when we are killed
        os.register_at_fork(after_in_child=self._drop_copy)

    def release(self) -> None:
        """Free the lock; harmless when it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> HomeLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _drop_copy(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _pid_in(path: Path) -> int | None:
    text = path.read_text(encoding="ascii", errors="replace").strip()
    return int(text) if text.isdecimal() else None
