"""`gateway run`: folders watched, work done as it comes, commands taken from the control socket."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from gateway.edi.finding import DefinitionError
from gateway.edi.finding import TransientError
from gateway.engine.commanding import ANSWER_WITHIN
from gateway.engine.commanding import Reply
from gateway.engine.commanding import Request
from gateway.engine.commanding import act
from gateway.engine.exchanging import Exchanging
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import open_gateway
from gateway.engine.home import Home
from gateway.engine.log import log
from gateway.engine.mending import folder_lines
from gateway.engine.overseeing import Teller
from gateway.engine.overseeing import send_alerts
from gateway.engine.starting import alone_in
from gateway.engine.taking import WATCHED
from gateway.engine.working import Worker
from gateway.engine.working import work_on
from gateway.store import Entry
from gateway.transport import ControlServer
from gateway.transport import HomeLock
from gateway.transport import Watch

_TROUBLES = {
    "file-left",
    "file-held",
    "set-rejected",
    "interchange-rejected",
    "interchange-conflict",
    "document-refused",
    "document-rejected",
    "document-held",
    "acknowledgment-rejected",
    "acknowledgment-unmatched",
    "as2-refused",
    "as2-conflict",
    "as2-failed",
    "as2-not-sent",
    "as2-receipt-not-sent",
}
"""Journal events that `gateway once` reports by its exit status."""

Signature = tuple[tuple[str, int, int], ...]


def once(root: Path) -> list[str]:
    """Drains folders and jobs; a line for each thing that was held, rejected or refused
    meanwhile, or that is to be mended. Raises HomeLockedError where a gateway runs, TransientError
    where the world fails."""
    with HomeLock(Home(root.resolve()).lock):
        gateway = open_gateway(root)
        try:
            before = _last_entry(gateway)
            worker = Worker(gateway)
            worker.start()
            with Exchanging(gateway) as exchanging:
                worker.drain()
                exchanging.drain(worker)
            while send_alerts(gateway):
                pass
            failing = worker.troubles + exchanging.troubles
            return [*_troubles(gateway, before), *_to_mend(gateway, worker, failing)]
        finally:
            gateway.store.close()


def _last_entry(gateway: Gateway) -> int:
    with gateway.store.reading() as tx:
        latest = tx.journal.latest(limit=1)
    return latest[0].id or 0 if latest else 0


def _troubles(gateway: Gateway, before: int) -> list[str]:
    with gateway.store.reading() as tx:
        entries = tx.journal.after(before, _TROUBLES)
    return [_trouble(entry) for entry in entries]


def _to_mend(gateway: Gateway, worker: Worker, failing: list[str]) -> list[str]:
    """What a person must mend. Raises TransientError where anything else is failing."""
    if failing:
        raise TransientError("; ".join(failing))
    faults = [fault for faults in gateway.broken.values() for fault in faults]
    return [*faults, *folder_lines(worker.folders)]


def _trouble(entry: Entry) -> str:
    detail = entry.detail
    words = ("name", "names", "reference", "number")
    name = next((detail[word] for word in words if detail.get(word)), entry.document)
    codes = ", ".join(detail.get("findings", ()))
    return f"{entry.event}: {entry.partner} {name} {codes}".rstrip()


@dataclass(slots=True)
class Signals:
    """What the world tells a running gateway: look now, and stop."""

    wake: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False

    def stop(self) -> None:
        """Only a flag: a signal handler may not wait for the event's lock."""
        self.stopped = True

    def rest(self, seconds: float | None) -> None:
        """Until something happens, at most `seconds`; a stop is seen within a second."""
        while not self.stopped and (seconds is None or seconds > 0):
            if self.wake.wait(min(1.0, seconds or 1.0)):
                return
            seconds = None if seconds is None else seconds - 1.0


def run(root: Path, signals: Signals, ready: Callable[[Gateway], None]) -> None:
    """Works until it is told to stop; calls `ready` when it is about to look. Raises
    HomeLockedError where another gateway runs."""
    home = Home(root.resolve())
    with alone_in(home, lambda: signals.stopped):
        known = _signature(home)
        gateway = open_gateway(root)
        try:
            _run(gateway, known, signals, ready)
        finally:
            gateway.store.close()


class _Requests:
    """Commands wait here for the working thread, which alone writes."""

    def __init__(
        self, wake: threading.Event, worker: Worker, troubles: Callable[[], list[str]]
    ) -> None:
        self._wake, self._worker, self._troubles = wake, worker, troubles
        self._waiting: queue.Queue[tuple[Request, queue.Queue[Reply]]] = queue.Queue()

    def take(self, request: Request) -> Reply:
        """Called by the control socket's threads."""
        if request.get("command") == "ping":
            worker = self._worker
            seen = {"failing": worker.folders, "left": worker.left, "troubles": self._troubles()}
            return {"running": True, **seen}
        answer: queue.Queue[Reply] = queue.Queue(1)
        self._waiting.put((request, answer))
        self._wake.set()
        try:
            return answer.get(timeout=ANSWER_WITHIN)
        except queue.Empty:
            return {"error": "the gateway is busy; it does this as soon as it can"}

    def serve(self, gateway: Gateway) -> bool:
        """Whether there were any."""
        served = False
        while not self._waiting.empty():
            request, answer = self._waiting.get()
            answer.put(act(self._worker, gateway, request))
            served = True
        return served


def _run(
    gateway: Gateway, known: Signature, signals: Signals, ready: Callable[[Gateway], None]
) -> None:
    worker = Worker(gateway, lambda: not signals.stopped)
    worker.start()
    with ExitStack() as opened:
        exchanging = opened.enter_context(Exchanging(gateway, signals.wake.set))

        def troubles() -> list[str]:
            return worker.troubles + exchanging.troubles

        requests = _Requests(signals.wake, worker, troubles)
        opened.enter_context(ControlServer(gateway.home.socket, requests.take))
        opened.enter_context(Teller(gateway, troubles))
        exchanging.start()
        log("started", home=str(gateway.home.root), partners=sorted(gateway.partners))
        ready(gateway)
        while not signals.stopped:
            poll = gateway.settings.poll.total_seconds()
            with Watch(_watched(gateway), signals.wake, poll=poll):
                while not signals.stopped and (found := _seen(gateway.home, known)) == known:
                    signals.wake.clear()
                    served = requests.serve(gateway)
                    rest = work_on(worker)
                    exchanging.follow(more=served or rest == 0)
                    signals.rest(rest)
            if not signals.stopped:
                known = found
                _reload(gateway, worker)
        log("stopped")


def _watched(gateway: Gateway) -> list[Path]:
    return [
        gateway.home.folder(key, partner)
        for partner in gateway.partners
        for key in WATCHED.values()
    ]


def _signature(home: Home) -> Signature:
    """What changes when a definition file of the home changes."""
    files = [
        home.settings,
        *home.certificates.glob("*"),
        *home.partners.glob("*/*.yaml"),
        *home.partners.glob("*/maps/*"),
        *home.partners.glob("*/certs/*"),
        *home.own_maps.rglob("*"),
    ]
    found = []
    for path in sorted(files):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _seen(home: Home, known: Signature) -> Signature:
    """The signature of now; what is known while the files cannot be looked at."""
    try:
        return _signature(home)
    except OSError as error:
        log("definitions-unseen", level=logging.ERROR, reason=str(error))
        return known


def _reload(gateway: Gateway, worker: Worker) -> None:
    """Takes up changed definitions; where one is faulty the old one stays, and it is reported:
    here, or by the worker who is broken."""
    try:
        gateway.reload()
    except DefinitionError as error:
        log("definitions-refused", faults=error.faults)
        return
    worker.start()
    log("definitions-reloaded", partners=sorted(gateway.partners))
