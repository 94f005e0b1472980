"""`gateway run`: folders watched, work done as it comes, commands taken from the control socket."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from gateway.edi.finding import DefinitionError
from gateway.engine import resolving
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import open_gateway
from gateway.engine.log import log
from gateway.engine.taking import WATCHED
from gateway.engine.working import Worker
from gateway.engine.working import work_on
from gateway.store import Entry
from gateway.store import StoreError
from gateway.transport import ControlServer
from gateway.transport import HomeLock
from gateway.transport import Watch
from gateway.transport import ask

Request = dict[str, Any]
Reply = dict[str, Any]

_ANSWER_WITHIN = 60.0
_TROUBLES = {
    "file-held",
    "set-rejected",
    "interchange-rejected",
    "interchange-conflict",
    "document-refused",
    "document-rejected",
    "acknowledgment-unmatched",
}
"""Journal events that `gateway once` reports by its exit status."""


def act(gateway: Gateway, request: Request) -> Reply:
    """One command that changes something, carried out; the same with and without a running
    gateway. The reply has `error` when it could not be done."""
    who, key, note = (str(request.get(name) or "") for name in ("who", "key", "note"))
    try:
        match request.get("command"):
            case "release":
                return {"hold": resolving.release(gateway, key, who, note or None).id}
            case "reject":
                return {"hold": resolving.reject(gateway, key, who, note or None).id}
            case "resend":
                return {"names": resolving.resend(gateway, key, who)}
            case "reload":
                gateway.reload()
                return {"partners": sorted(gateway.partners)}
            case "ping":
                return {"running": True}
    except (StoreError, DefinitionError) as error:
        return {"error": str(error)}
    return {"error": f"no such command: {request.get('command')}"}


def command(root: Path, request: Request) -> Reply:
    """Asks the running gateway of this home, or does it here under the lock when none runs."""
    home = root.resolve()
    reply = ask(home / "var" / "control.sock", request, timeout=_ANSWER_WITHIN)
    if reply is not None:
        return reply
    with HomeLock(home / "var" / "gateway.lock"):
        gateway = open_gateway(home)
        try:
            reply = act(gateway, request)
            if "error" not in reply:
                worker = Worker(gateway)
                worker.start()
                while worker.round():
                    pass
            return reply
        finally:
            gateway.store.close()


def once(root: Path) -> list[str]:
    """Drains folders and jobs; a line for each thing that was held, rejected or refused
    meanwhile. Raises HomeLockedError where a gateway runs."""
    with HomeLock(root.resolve() / "var" / "gateway.lock"):
        gateway = open_gateway(root)
        try:
            before = _last_entry(gateway)
            worker = Worker(gateway)
            worker.start()
            worker.drain()
            return _troubles(gateway, before)
        finally:
            gateway.store.close()


def _last_entry(gateway: Gateway) -> int:
    with gateway.store.reading() as tx:
        latest = tx.journal.latest(limit=1)
    return latest[0].id or 0 if latest else 0


def _troubles(gateway: Gateway, before: int) -> list[str]:
    with gateway.store.reading() as tx:
        entries = tx.journal.after(before)
    return [_trouble(entry) for entry in entries if entry.event in _TROUBLES]


def _trouble(entry: Entry) -> str:
    name = entry.detail.get("name") or entry.detail.get("reference") or entry.document
    codes = ", ".join(entry.detail.get("findings", ()))
    return f"{entry.event}: {entry.partner} {name} {codes}".rstrip()


@dataclass(slots=True)
class Signals:
    """What the world tells a running gateway: look now, and stop."""

    wake: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True
        self.wake.set()


def run(root: Path, signals: Signals, ready: Callable[[Gateway], None]) -> None:
    """Works until it is told to stop; calls `ready` when it is about to look."""
    with HomeLock(root.resolve() / "var" / "gateway.lock"):
        gateway = open_gateway(root)
        try:
            _run(gateway, signals, ready)
        finally:
            gateway.store.close()


def _run(gateway: Gateway, signals: Signals, ready: Callable[[Gateway], None]) -> None:
    wake = signals.wake
    requests: queue.Queue[tuple[Request, queue.Queue[Reply]]] = queue.Queue()

    def take_request(request: Request) -> Reply:
        answer: queue.Queue[Reply] = queue.Queue(1)
        requests.put((request, answer))
        wake.set()
        return answer.get(timeout=_ANSWER_WITHIN)

    worker = Worker(gateway)
    worker.start()
    with ControlServer(gateway.home.socket, take_request):
        log("started", home=str(gateway.home.root), partners=sorted(gateway.partners))
        ready(gateway)
        while not signals.stopped:
            known = _signature(gateway)
            with Watch(_watched(gateway), wake, poll=gateway.settings.poll.total_seconds()):
                while not signals.stopped and _signature(gateway) == known:
                    wake.clear()
                    while not requests.empty():
                        request, answer = requests.get()
                        answer.put(act(gateway, request))
                    wake.wait(work_on(worker) or None)
            if not signals.stopped:
                _reload(gateway, worker)
        log("stopped")


def _watched(gateway: Gateway) -> list[Path]:
    return [
        gateway.home.folder(key, partner)
        for partner in gateway.partners
        for key in WATCHED.values()
    ]


def _signature(gateway: Gateway) -> tuple[tuple[str, int, int], ...]:
    """What changes when a definition file of the home changes."""
    home = gateway.home
    files = [home.settings, *home.partners.glob("*/*.yaml"), *home.partners.glob("*/maps/*.yaml")]
    found = []
    for path in sorted(files):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _reload(gateway: Gateway, worker: Worker) -> None:
    """Takes up changed definitions; faulty ones are reported and the old ones stay."""
    try:
        gateway.reload()
    except DefinitionError as error:
        log("definitions-refused", faults=error.faults)
        return
    worker.start()
    log("definitions-reloaded", partners=sorted(gateway.partners))
