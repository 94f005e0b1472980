"""Noticing that something happened in a folder. What happened is for the sweep to find out.

Notifications may be lost, doubled or unavailable (network file systems, exhausted watches), so
they only set an event, and a clock sets it too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from watchdog.events import FileSystemEvent
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.api import ObservedWatch

# Our own looking opens and closes files; waking for that would never let us sleep.
_TELLING = frozenset({"created", "modified", "moved", "closed"})
_STOP_SECONDS = 5


class _Waker(FileSystemEventHandler):
    def __init__(self, look_now: threading.Event) -> None:
        self._look_now = look_now

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _TELLING:
            self._look_now.set()


class Watch:
    """Sets `look_now` when a file appears in one of the folders, and every `poll` seconds.

    Missing folders are created, also when they vanish later. `notified` says whether the
    operating system tells us, or the clock alone.
    """

    def __init__(
        self, folders: Iterable[Path], look_now: threading.Event, *, poll: float = 2.0
    ) -> None:
        self._folders = list(folders)
        self._look_now = look_now
        self._poll = poll
        self._stopped = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="folder-clock", daemon=True)
        self._observer: BaseObserver | None = None
        self._watched: dict[Path, tuple[int, ObservedWatch]] = {}

    @property
    def notified(self) -> bool:
        return self._observer is not None

    def start(self) -> None:
        """Create the folders and look at once: what came while nobody watched counts too."""
        self._start_observer()
        self._watch_folders()
        self._look_now.set()
        self._clock.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._clock.is_alive():
            self._clock.join(_STOP_SECONDS)
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(_STOP_SECONDS)

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _tick(self) -> None:
        while not self._stopped.wait(self._poll):
            self._watch_folders()
            self._look_now.set()

    def _start_observer(self) -> None:
        observer = Observer()
        try:
            observer.start()
        except OSError:
            return
        self._observer = observer

    def _watch_folders(self) -> None:
        """Watch each folder, anew where it was removed and made again."""
        for folder in self._folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._watch(folder, folder.stat().st_ino)
            except OSError:
                continue  # the sweep says what is wrong with it; the clock tries again

    def _watch(self, folder: Path, inode: int) -> None:
        if self._observer is None:
            return
        watched = self._watched.get(folder)
        if watched is not None and watched[0] == inode:
            return
        if watched is not None:
            self._observer.unschedule(watched[1])
            del self._watched[folder]
        watch = self._observer.schedule(_Waker(self._look_now), str(folder), recursive=False)
        self._watched[folder] = (inode, watch)
