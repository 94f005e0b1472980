"""What a person decides on an interchange whose control number was used before.

It is taken as a new one after all, or refused, and then its partner is told why.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.edi.finding import Code
from gateway.engine.answering import answer
from gateway.engine.deciding import Decision
from gateway.engine.deciding import Fate
from gateway.engine.deciding import read_one
from gateway.engine.deciding import survey_one
from gateway.engine.delivering import take_sets
from gateway.engine.gateway import Step
from gateway.store import Interchange as StoredInterchange
from gateway.store import InterchangeState
from gateway.store import NotFoundError
from gateway.store import Transmission


def accept_conflict(step: Step, stored: StoredInterchange) -> None:
    """A person decided that an interchange with a used control number is a new one after all.

    Raises NotFoundError where its partner is no more.
    """
    partner = step.gateway.partners.get(stored.partner)
    if partner is None:
        raise NotFoundError(f"there is no partner {stored.partner} any more: add it first")
    transmission, found = survey_again(step, stored)
    if found.report.rejected:
        step.tx.interchanges.move(stored.id, InterchangeState.REJECTED)
        answer(step, partner, found.report, stored.id)
        return
    step.tx.interchanges.move(stored.id, InterchangeState.ACCEPTED)
    decision = replace(found, fate=Fate.ACCEPT, partner=partner, id=stored.id)
    accepted = {stored.ordinal: decision}
    with step.tx.payloads.open(transmission.payload) as source:
        read = read_one(source, step.gateway.definitions, stored, partner)
        take_sets(step, transmission, accepted, read)


def refuse_conflict(step: Step, stored: StoredInterchange) -> None:
    """A person decided that it is none: its partner is told that the number was used before."""
    step.tx.interchanges.move(stored.id, InterchangeState.REJECTED)
    partner = step.gateway.partners.get(stored.partner)
    if partner is None:
        return
    report = survey_again(step, stored)[1].report
    used = [one for one in stored.findings if one.code is Code.INTERCHANGE_CONFLICT]
    end = replace(report.end, findings=[*report.end.findings, *used])
    answer(step, partner, replace(report, end=end), stored.id)


def survey_again(step: Step, stored: StoredInterchange) -> tuple[Transmission, Decision]:
    """The file that a stored interchange came in, and the interchange as it is in it."""
    assert stored.transmission is not None  # noqa: S101 -- it came in a file
    transmission = step.tx.transmissions.get(stored.transmission)
    with step.tx.payloads.open(transmission.payload) as source:
        return transmission, survey_one(source, step.gateway.definitions, stored)
