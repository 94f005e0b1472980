"""AS2 beside the worker: partners wait for each other no more than they must.

Each partner has a lane for what it sent, one for our messages and one for our receipts, in which
one thing is done after the other. A lane whose server is silent ends at the first try, and stands
at the end of the queue: it holds up its own, and others at most for one try.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from collections.abc import Collection
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait
from contextlib import ExitStack
from datetime import datetime
from datetime import timedelta
from functools import partial
from types import TracebackType

from gateway.edi.finding import TransientError
from gateway.engine.as2_receiving import Receiver
from gateway.engine.as2_sending import LONGEST_ASKED
from gateway.engine.as2_sending import send_message
from gateway.engine.as2_sending import send_receipt
from gateway.engine.as2_sending import usable_files
from gateway.engine.as2_settling import fail_overdue
from gateway.engine.expiring import warn_of_expiring
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.working import attempt
from gateway.partner.settings import As2Settings
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import StoreError
from gateway.transport.http_server import HttpServer
from gateway.transport.tls import ServerTls
from gateway.transport.tls import server_context

_OPENING = 16
"""Partners whose messages are opened side by side, whatever the servers of others do."""
_POSTING = 64
"""Lanes that may wait for a partner's server side by side."""
_AFTER_FAILURE = 2.0
_OWN_FAULT = (
    "a fault of the gateway's own; nothing is lost, it is tried again; report the lines"
    " internal-error of its log, which `gateway once --verbose` shows too"
)
_LOOK_AT_CERTIFICATES = timedelta(hours=1)

Lane = tuple[str, str]
"""A partner, and what is done for it: open, send, receipt."""
_ROUND: Lane = ("lanes", "start")
Job = Callable[[], bool]
"""Whether the lane goes on after it: not where the partner's server was silent."""
Jobs = list[Job]


class Exchange:
    """Opens what came, posts what is due. `drain` does what there is, `start` goes on in a thread
    and takes what partners post. `wake` when there is more to do, `tell` when others have."""

    def __init__(self, gateway: Gateway, tell: Callable[[], None] = lambda: None) -> None:
        self._gateway = gateway
        self._tell = tell
        self._receiver = Receiver(gateway, self.wake, tell)
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._opening = ThreadPoolExecutor(_OPENING, "as2-open")
        self._posting = ThreadPoolExecutor(_POSTING, "as2-post")
        self._lanes: dict[Lane, Future[None]] = {}
        self._failing: dict[Lane, str] = {}
        self._thread = threading.Thread(target=self._go_on, name="as2", daemon=True)
        self._open = ExitStack()
        self._heeded: As2Settings | None = None
        self._looked_at: datetime | None = None
        self.port = 0

    def wake(self) -> None:
        self._woken.set()

    def listen(self) -> None:
        """Listens where gateway.yaml says now. Raises TransientError."""
        gateway, settings = self._gateway, self._gateway.settings.as2
        if settings == self._heeded:
            return
        if self.port:
            log("as2-stopped-listening", port=self.port)
        self._open.close()
        self._heeded, self.port = None, 0
        if settings is None or not settings.host:
            self._heeded = settings
            return
        context = server_context(self._tls) if settings.tls else None
        server = HttpServer(
            (settings.host, settings.port),
            self._receiver.admit,
            spool=gateway.home.spool,
            largest=settings.largest,
            context=context,
        )
        self.port = self._open.enter_context(server).port
        self._heeded = settings
        log("as2-listening", host=settings.host, port=self.port)

    def _tls(self) -> ServerTls:
        """Our server's key, and whom it lets show a certificate, as of now."""
        gateway = self._gateway
        files = usable_files(gateway, "tls")
        if files is None:
            raise TransientError("as2: certs/certificates.yaml has no key with use: tls")
        known = [
            certificate.encoded
            for partner in list(gateway.partners.values())
            if partner.as2
            for certificate in partner.as2.certificates("client", gateway.clock())
        ]
        return files, tuple(known)

    @property
    def troubles(self) -> list[str]:
        """What the world or we made fail, while it lasts."""
        return [f"as2 {partner}: {reason}" for (partner, _), reason in list(self._failing.items())]

    def drain(self) -> int:
        """Everything that is due, done; how much it was. A lane that fails is left."""
        done, failed = 0, set[Lane]()
        while count := self._start(failed):
            wait(self._lanes.values())
            newly = self._failing.keys() - failed
            done += count - len(newly)
            failed |= newly
        return done

    def start(self) -> None:
        """Listens as gateway.yaml says now, and works from now on in a thread. Raises
        TransientError."""
        self.listen()
        if not self._thread.is_alive():
            self._thread.start()

    def __enter__(self) -> Exchange:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is on its way is not waited for: it goes again, unchanged, at the next start."""
        self._open.close()
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(2.0)
        for pool in (self._opening, self._posting):
            pool.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(1.0)
            self._woken.clear()
            reasons: list[str] = []
            try:
                attempt(self._start, partial(self._fail, reasons=reasons))
            except (TransientError, StoreError, OSError) as error:
                log("as2-round-failed", level=logging.ERROR, reason=str(error))
                reasons.append(str(error))
            self._note(_ROUND, reasons)

    def _start(self, failed: Collection[Lane] = ()) -> int:
        """Starts every lane that has something due, is not at work and not among those that
        `failed`; how much was found."""
        started = fail_overdue(self._gateway)
        now = self._gateway.clock()
        ago = now - self._looked_at if self._looked_at else _LOOK_AT_CERTIFICATES
        if not timedelta() <= ago < _LOOK_AT_CERTIFICATES:  # before it: the clock was ahead
            self._looked_at = now
            warn_of_expiring(self._gateway)
        busy = {lane for lane, work in self._lanes.items() if not work.done()}
        due = self._due(busy)
        for lane in set(self._failing) - due.keys() - busy - {_ROUND}:
            self._note(lane, [])  # somebody has decided on what failed
        for lane in due.keys() - set(failed):
            if not self._stopped.is_set():
                pool = self._opening if lane[1] == "open" else self._posting
                self._lanes[lane] = pool.submit(self._work, lane, due[lane])
                started += 1
        return started

    def _due(self, at_work: Collection[Lane]) -> dict[Lane, Jobs]:
        """What is to be done in the lanes that rest: what those at work, or of a partner whose
        definition is to be mended, leave undone must not stand before what is due for others."""
        gateway = self._gateway
        longest = _longest_wait(gateway)
        resting = gateway.waiting | _without_our_as2(gateway)

        def busy(kind: str) -> set[str]:
            return {partner for partner, of in at_work if of == kind} | resting

        with gateway.store.reading() as tx:
            now = gateway.clock()
            unopened = tx.as2.unopened(without=busy("open"))
            due = tx.as2.due(now, longest, without=busy("send"))
            receipts = tx.as2.receipts_due(now, longest, without=busy("receipt"))
        lanes: dict[Lane, Jobs] = {}
        for message in unopened:
            if message.partner in gateway.partners:
                jobs = lanes.setdefault((message.partner, "open"), [])
                jobs.append(partial(self._open_one, message))
        for message in due:
            jobs = lanes.setdefault((message.partner, "send"), [])
            jobs.append(partial(send_message, gateway, message))
        for message in receipts:
            jobs = lanes.setdefault((message.partner, "receipt"), [])
            jobs.append(partial(send_receipt, gateway, message))
        return lanes

    def _work(self, lane: Lane, jobs: Jobs) -> None:
        reasons: list[str] = []
        for job in jobs:
            if self._stopped.is_set():
                return
            try:
                if not attempt(job, partial(self._fail, reasons=reasons)):
                    break
            except (TransientError, StoreError, OSError) as error:
                self._rest(str(error), reasons)
        self._note(lane, reasons)
        self._woken.set()
        self._tell()

    def _fail(self, _: str, reasons: list[str]) -> bool:
        """A fault of ours: its own words are for the log's line, not for who reads this."""
        return self._rest(_OWN_FAULT, reasons)

    def _rest(self, reason: str, reasons: list[str]) -> bool:
        """What failed is still due; not at once, and its lane goes on."""
        log("as2-work-failed", level=logging.ERROR, reason=reason[:500])
        reasons.append(reason)
        self._stopped.wait(_AFTER_FAILURE)
        return True

    def _note(self, lane: Lane, reasons: list[str]) -> None:
        """Why the lane failed when it last worked; that it did not, where there is no reason."""
        if reasons:
            self._failing[lane] = reasons[0]
        else:
            self._failing.pop(lane, None)

    def _open_one(self, message: As2Message) -> bool:
        """One whose answer does not wait for it, or that a crash interrupted."""
        with self._receiver.alone(message.partner, message.message_id):
            with self._gateway.store.reading() as tx:
                message = tx.as2.get(message.id)
            partner = self._gateway.partners.get(message.partner)
            if message.state is As2State.RECEIVED and partner is not None and partner.as2:
                self._receiver.open(partner, message)
        return True


def _without_our_as2(gateway: Gateway) -> set[str]:
    """Partners who still have AS2 where gateway.yaml has it no longer: theirs is to be mended."""
    if gateway.settings.as2 is not None:
        return set()
    return {name for name, partner in list(gateway.partners.items()) if partner.as2}


def _longest_wait(gateway: Gateway) -> timedelta:
    """No try is put off longer than this, whoever the partner is."""
    partners = [partner.as2 for partner in list(gateway.partners.values()) if partner.as2]
    return max([LONGEST_ASKED, *(wait for as2 in partners for wait in as2.retries)])
