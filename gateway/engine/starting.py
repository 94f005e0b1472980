"""A gateway starts where a command still works: it waits for that, not for another gateway."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.edi.finding import TransientError
from gateway.engine.home import Home
from gateway.engine.log import log
from gateway.transport import HomeLock
from gateway.transport import HomeLockedError
from gateway.transport import ask

WAIT = 30.0
"""Seconds; then whoever started it is to decide."""
_LOOK_AGAIN = 0.2


@contextmanager
def alone_in(home: Home, stopped: Callable[[], bool]) -> Iterator[None]:
    """The home's lock while the block lasts. Raises HomeLockedError where a gateway runs there,
    or a command goes on for longer than WAIT."""
    lock = HomeLock(home.lock)
    _acquire(lock, home, stopped)
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: HomeLock, home: Home, stopped: Callable[[], bool]) -> None:
    end, told = time.monotonic() + WAIT, False
    while True:
        try:
            lock.acquire()
        except HomeLockedError as error:
            if stopped() or time.monotonic() > end or _runs(home):
                raise
            if not told:
                log("home-busy", process=error.pid, waits_seconds=WAIT)
                told = True
            time.sleep(_LOOK_AGAIN)
        else:
            return


def _runs(home: Home) -> bool:
    """Whether a gateway answers there, or is too busy to; a command has no socket."""
    try:
        return ask(home.socket, {"command": "ping"}, timeout=5) is not None
    except TransientError:
        return True
