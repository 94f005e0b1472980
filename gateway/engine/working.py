"""The work, round after round: take, translate, publish, look at the clock.

What fails in the world (a folder, a disk) is reported once, tried again in the next round, and
holds up nothing else.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.finding import TransientError
from gateway.engine import inbound
from gateway.engine import outbound
from gateway.engine import publishing
from gateway.engine import taking
from gateway.engine.as2_leaving import hasten
from gateway.engine.gateway import Gateway
from gateway.engine.holding import hold_file
from gateway.engine.log import log
from gateway.engine.mending import left_names
from gateway.engine.mending import unclaimed
from gateway.engine.overseeing import mark_overdue
from gateway.engine.overseeing import tell_lasting
from gateway.engine.resolving import release_waiting
from gateway.store import Direction
from gateway.store import StoreError
from gateway.store import Transmission
from gateway.transport import FolderError

T = TypeVar("T")

_INTERNAL = "internal-error"
_PAUSE = 0.05
_WAITING_PAUSE = 0.2
_AFTER_FAILURE = 5.0


class Worker:
    """One thread's work. Everything it does can be done again after a crash. `going` is asked
    between two files whether to go on."""

    def __init__(self, gateway: Gateway, going: Callable[[], bool] = lambda: True) -> None:
        self._gateway = gateway
        self._going = going
        self._taker = taking.Taker(gateway, going)
        self._failing: dict[str, Exception] = {}
        self._failed: dict[str, Exception] = {}
        self._told: dict[str, set[str]] = {}

    def start(self) -> None:
        """Makes the folders, tells who is broken, and finishes what a crash or the definitions of
        before left unfinished."""
        for partner in self._gateway.partners:
            for folder in self._gateway.home.folders(partner):
                with suppress(OSError):  # whoever needs the folder says what is wrong with it
                    folder.mkdir(parents=True, exist_ok=True)
        self._tell_broken()
        hasten(self._gateway)
        self._recover()
        self._failed = self._failing

    def round(self) -> bool:
        """One round; True when something was done, so that another may find more."""
        self._failing = {}
        self._gateway.store.require_file()
        done = self._recover() if self._failed else 0
        done += self._taker.take(self._note_failure)
        done += self._translate_waiting()
        done += publishing.publish_pending(self._gateway, self._note_failure, self._going)
        done += mark_overdue(self._gateway)
        done += release_waiting(self._gateway)
        self._failed = self._failing
        self._tell("folder-failed", self.folders)
        if not done:
            known = self._gateway.partners.keys() | self._gateway.broken.keys()
            self._tell("left", self.left | unclaimed(self._gateway.home, known))
        return bool(done)

    @property
    def failures(self) -> list[Exception]:
        """What made the world fail in the last round."""
        return list(self._failed.values())

    @property
    def troubles(self) -> list[str]:
        """What failed in the last round and is no folder: the database above all."""
        return [str(error) for error in self.failures if not isinstance(error, FolderError)]

    def break_off(self, error: Exception) -> None:
        """The round could not go on; it is one of its failures, until another round ends."""
        self._note_failure(error)
        self._failed = self._failing

    @property
    def folders(self) -> dict[str, str]:
        """The folders of the home that could not be used in the last round, and why."""
        root = self._gateway.home.root
        return {
            str(error.folder.relative_to(root)): error.reason
            for error in self.failures
            if isinstance(error, FolderError)
        }

    @property
    def left(self) -> dict[str, str]:
        """What lies in the folders and can never be taken, and why."""
        return left_names(self._gateway.home, self._taker.left)

    @property
    def waiting(self) -> bool:
        """Files lie in the folders that are not complete yet, or come in the next round."""
        return self._taker.waiting

    def drain(self) -> None:
        """Rounds until folders and jobs are empty, but for what is failing."""
        while (done := self.round()) or self.waiting:
            if not done:
                time.sleep(_PAUSE)

    def translate(self, transmission: Transmission) -> bool:
        """The job boundary: whatever goes wrong holds this one file, visibly, and no other."""
        work = inbound if transmission.direction is Direction.IN else outbound
        try:
            attempt(
                lambda: work.translate(self._gateway, transmission),
                lambda reason: _hold(self._gateway, transmission, reason),
                about=transmission.id,
            )
        except (TransientError, OSError) as error:
            self._note_failure(error)
            return False
        return True

    def _recover(self) -> int:
        claimed = taking.recover(self._gateway, self._note_failure)
        published = publishing.recover(self._gateway, self._note_failure)
        if claimed or published:
            log("recovered", files=claimed, publications=published)
        return claimed + published

    def _tell_broken(self) -> None:
        broken = self._gateway.broken
        if broken:
            faults = [fault for faults in broken.values() for fault in faults]
            log("definitions-refused", faults=faults)
        tell_lasting(
            self._gateway,
            "partner-broken",
            {
                f"partners/{name}": {"partner": name, "faults": list(faults)}
                for name, faults in broken.items()
            },
        )

    def _tell(self, kind: str, matters: dict[str, str]) -> None:
        """One alert of each matter, with its reason, while it lasts."""
        if self._told.get(kind) != matters.keys():
            details = {name: {"reason": reason} for name, reason in matters.items()}
            tell_lasting(self._gateway, kind, details)
            self._told[kind] = set(matters)

    def _translate_waiting(self) -> int:
        with self._gateway.store.reading() as tx:
            waiting = [
                transmission
                for partner, direction in tx.transmissions.lanes()
                if partner not in self._gateway.waiting
                for transmission in tx.transmissions.waiting(partner, direction)
            ]
        return sum(self._going() and self.translate(transmission) for transmission in waiting)

    def _note_failure(self, error: Exception) -> None:
        """Logged once for as long as it lasts."""
        reason = str(error)
        if reason not in self._failed | self._failing:
            log("work-failed", level=logging.ERROR, reason=reason)
        self._failing[reason] = error


def attempt(work: Callable[[], T], otherwise: Callable[[str], T], about: str = "") -> T:
    """The work's outcome; what `otherwise` makes of the reason when the work has a fault of ours.
    A failing world is passed on, as TransientError or OSError. An exception's own words may quote a
    document, and are told nowhere: the log says where it was, with the id of what the work is
    `about`.
    """
    try:
        return work()
    except (TransientError, OSError):
        raise
    except DefinitionError as error:
        return otherwise("; ".join(error.faults))
    except Exception as error:  # noqa: BLE001 -- the job boundary
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        kind = type(error).__name__
        log(_INTERNAL, level=logging.ERROR, correlation=about, kind=kind, places=places)
        named = f" that have the correlation {about}" if about else ""
        return otherwise(f"a fault of its own; the lines {_INTERNAL} of its log{named} say where")


def _hold(gateway: Gateway, transmission: Transmission, reason: str) -> None:
    findings = (Finding(Code.INTERNAL, Severity.ERROR, detail={"reason": reason[:2000]}),)
    with gateway.step("hold") as step:
        hold_file(step, transmission, findings)


def work_on(worker: Worker) -> float | None:
    """One round; the seconds to rest after it, None until something happens."""
    try:
        if worker.round():
            return 0.0
    except (TransientError, StoreError, OSError) as error:
        worker.break_off(error)
        return _AFTER_FAILURE
    if worker.waiting:
        return _WAITING_PAUSE
    return _AFTER_FAILURE if worker.failures else None
