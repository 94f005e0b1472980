"""The work, round after round: take, translate, publish, look at the clock, tell a person."""

from __future__ import annotations

import logging
import time
import traceback

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.finding import TransientError
from gateway.engine import inbound
from gateway.engine import outbound
from gateway.engine import publishing
from gateway.engine import taking
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.overseeing import mark_overdue
from gateway.engine.overseeing import send_alerts
from gateway.store import Direction
from gateway.store import StoreError
from gateway.store import Transmission
from gateway.store import TransmissionState

_PAUSE = 0.05
_AFTER_FAILURE = 5.0


class Worker:
    """One thread's work. Everything it does can be done again after a crash."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._taker = taking.Taker(gateway)

    def start(self) -> None:
        """Makes the folders, and finishes what a crash left unfinished."""
        for partner in self._gateway.partners:
            self._gateway.home.make_folders(partner)
        claimed = taking.recover(self._gateway)
        published = publishing.recover(self._gateway)
        if claimed or published:
            log("recovered", files=claimed, publications=published)

    def round(self) -> bool:
        """One round; True when something was done, so that another may find more."""
        done = self._taker.take()
        done += self._translate_waiting()
        done += publishing.publish_pending(self._gateway)
        done += mark_overdue(self._gateway)
        done += send_alerts(self._gateway)
        return bool(done)

    @property
    def waiting(self) -> bool:
        """Files lie in the folders that are not complete yet."""
        return self._taker.waiting

    def drain(self) -> None:
        """Rounds until folders and jobs are empty."""
        while self.round() or self.waiting:
            if self.waiting:
                time.sleep(_PAUSE)

    def _translate_waiting(self) -> int:
        with self._gateway.store.reading() as tx:
            waiting = [
                transmission
                for partner, direction in tx.transmissions.lanes()
                for transmission in tx.transmissions.waiting(partner, direction)
            ]
        for transmission in waiting:
            self._translate(transmission)
        return len(waiting)

    def _translate(self, transmission: Transmission) -> None:
        """The job boundary: whatever goes wrong holds this one file, visibly, and no other."""
        work = inbound if transmission.direction is Direction.IN else outbound
        try:
            work.translate(self._gateway, transmission)
        except TransientError:
            raise
        except DefinitionError as error:
            _hold(self._gateway, transmission, "; ".join(error.faults))
        except Exception as error:  # noqa: BLE001 -- the job boundary
            log(
                "internal-error",
                level=logging.ERROR,
                transmission=transmission.id,
                trace=traceback.format_exc(),
            )
            _hold(self._gateway, transmission, f"{type(error).__name__}: {error}")


def _hold(gateway: Gateway, transmission: Transmission, reason: str) -> None:
    finding = Finding(Code.INTERNAL, Severity.ERROR, value=reason[:2000])
    with gateway.step("hold") as step:
        step.tx.transmissions.move(transmission.id, TransmissionState.HELD, findings=(finding,))
        step.hold(
            "transmission", transmission.id, transmission.partner, (finding,), transmission.name
        )
        step.record(
            "file-held",
            partner=transmission.partner,
            transmission=transmission.id,
            name=transmission.name,
            reason=reason,
        )


def work_on(worker: Worker) -> float:
    """Rounds until there is nothing to do; the seconds to rest after it. A failing world is
    reported and tried again."""
    try:
        while worker.round():
            pass
    except (TransientError, StoreError, OSError) as error:
        log("round-failed", level=logging.ERROR, reason=str(error))
        return _AFTER_FAILURE
    return _PAUSE * 4 if worker.waiting else 0.0
