"""The sets of accepted interchanges: each stored with its verdict, each good one's document queued
for the ERP, and each interchange answered at its end."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import BinaryIO

from gateway.ack.report import Verdict as Judged
from gateway.edi.finding import Code
from gateway.engine import settling
from gateway.engine.answering import answer
from gateway.engine.deciding import Decision
from gateway.engine.deciding import chunks
from gateway.engine.definitions import Definitions
from gateway.engine.documents import keys_of
from gateway.engine.gateway import Step
from gateway.engine.holding import waits_for
from gateway.engine.keeping import keep_document
from gateway.engine.keeping import owe_document
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import Read
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.sending import codes_of
from gateway.store import Direction
from gateway.store import DocumentState
from gateway.store import InterchangeState
from gateway.store import TransactionSet
from gateway.store import Transmission
from gateway.store import Verdict

Accepted = Mapping[int, Decision]
"""Interchanges of a file by their ordinal in it."""


def read_accepted(source: BinaryIO, definitions: Definitions, accepted: Accepted) -> Iterator[Read]:
    """What is read of the accepted interchanges of a file."""
    if not accepted:
        return iter(())
    return read_file(
        chunks(source),
        definitions,
        lambda header: accepted[header.index].partner if header.index in accepted else None,
        wanted=lambda header: header.index in accepted,
        fast=True,
    )


def take_sets(
    step: Step,
    transmission: Transmission,
    accepted: Accepted,
    found: Iterator[Read],
    most: int | None = None,
) -> bool:
    """Stores the sets that are read, `most` of them where given, and queues the acknowledgment of
    each interchange that ends; whether there was no more."""
    stored = 0
    for read in found:
        if isinstance(read, SetRead):
            decision = accepted[read.interchange.index]
            if decision.stored:
                decision.stored -= 1
                continue
            _store_set(step, transmission, decision, read)
            stored += 1
            if stored == most:
                return False
        elif isinstance(read, InterchangeRead) and read.report.header.index in accepted:
            _end(step, accepted[read.report.header.index], read)
    return True


def _end(step: Step, decision: Decision, read: InterchangeRead) -> None:
    """Every set of the interchange is stored."""
    assert decision.partner is not None  # noqa: S101 -- accepted interchanges have one
    if decision.unfinished:
        step.tx.interchanges.move(decision.id, InterchangeState.ACCEPTED)
    answer(step, decision.partner, read.report, decision.id)


def _store_set(step: Step, transmission: Transmission, decision: Decision, read: SetRead) -> None:
    partner, report = decision.partner, read.report
    assert partner is not None  # noqa: S101 -- accepted interchanges have one
    group_index = read.group.index if read.group else 0
    verdict = report.verdict
    if group_index in decision.bad_groups:
        verdict = Judged.REJECTED
    document = None
    if verdict is not Judged.REJECTED and read.reading is not None:
        document = deliver(step, transmission, decision, read)
    stored = TransactionSet(
        id=step.gateway.new_id(),
        interchange=decision.id,
        kind=report.kind,
        reference=report.reference,
        verdict=Verdict(verdict.value),
        group_index=group_index,
        group_code=read.group.functional_id if read.group else None,
        group_reference=read.group.reference if read.group else None,
        set_index=read.set.ordinal,
        release=read.set.release,
        findings=report.findings,
        document=document,
    )
    step.tx.sets.add_all([stored])
    if verdict is Judged.REJECTED:
        step.record(
            "set-rejected",
            partner=partner.name,
            transmission=transmission.id,
            interchange=decision.id,
            kind=report.kind,
            reference=report.reference,
            findings=codes_of(report.findings),
        )
        if report.is_acknowledgment(read.interchange.dialect):  # which nobody acknowledges
            step.hold("set", stored.id, partner.name, report.findings, report.reference)
    elif report.is_acknowledgment(read.interchange.dialect):
        settling.settle(step, partner, stored, read)


_HOLDING = frozenset({Code.DOCUMENT_INVALID, Code.LEVEL_UNKNOWN})
"""What a person must see before the ERP gets the document: it is no right one, or not all of it."""


def deliver(
    step: Step,
    transmission: Transmission,
    decision: Decision,
    read: SetRead,
    *,
    replaces: str | None = None,
) -> str:
    """The document of an accepted set, queued for the ERP; its id."""
    partner, reading, map_ = decision.partner, read.reading, read.map
    assert partner is not None and reading is not None and map_ is not None  # noqa: S101, PT018
    test, keys = read.interchange.test, keys_of(map_.document, reading.document)
    reasons = tuple(one for one in read.report.findings if one.code in _HOLDING) or waits_for(
        step, transmission.partner, Direction.IN, map_.document, keys, test=test
    )
    document = keep_document(
        step,
        transmission,
        map_.document,
        reading.document,
        keys,
        state=DocumentState.HELD if reasons else DocumentState.READY,
        test=test,
        findings=read.report.findings,
        defaults=map_.defaults,
        replaces=replaces,
    )
    if reasons:
        step.hold("document", document.id, partner.name, reasons, document.number)
    else:
        owe_document(step, document)
    step.record(
        "document-held" if reasons else "document-ready",
        partner=partner.name,
        transmission=transmission.id,
        interchange=decision.id,
        document=document.id,
        order_number=document.order_number,
        type=document.type,
        number=document.number,
        map=map_.name,
        findings=codes_of(reasons),
    )
    return document.id
