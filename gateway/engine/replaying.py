"""What a partner sent, read again with the definitions of now: for a map that was wrong.

Nothing is taken back and nothing answered anew. A document that reads differently goes to the ERP
as a new one, which names the one that it replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

import orjson

from gateway.ack.report import Verdict as Judged
from gateway.engine.conflicting import survey_again
from gateway.engine.deciding import Decision
from gateway.engine.deciding import read_one
from gateway.engine.delivering import deliver
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.keeping import WITH_ERP
from gateway.engine.reading import SetRead
from gateway.mapping import with_defaults
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Interchange
from gateway.store import InterchangeState
from gateway.store import MoveRefusedError
from gateway.store import NotFoundError
from gateway.store import Resolution
from gateway.store import TransactionSet
from gateway.store import Transmission


@dataclass(slots=True)
class Replayed:
    """The ids of new documents by those they replace, how many read the same, and the numbers of
    those that are not accepted now and stay as they are."""

    replaced: dict[str, str] = field(default_factory=dict)
    same: int = 0
    rejected: list[str] = field(default_factory=list)


def replay(gateway: Gateway, key: str, who: str) -> Replayed:
    """Reads an interchange of a partner's, or the one document, again; `key` is the id of either.

    Raises NotFoundError, MoveRefusedError where the interchange was not accepted.
    """
    with gateway.step("resolve") as step:
        stored, only = _find(step, key)
        if stored.state is not InterchangeState.ACCEPTED:
            raise MoveRefusedError(
                f"interchange {stored.reference} is {stored.state}: only what was accepted is read "
                "again"
            )
        partner = gateway.partners.get(stored.partner)
        if partner is None:
            raise NotFoundError(f"there is no partner {stored.partner} any more: add it first")
        transmission, found = survey_again(step, stored)
        again = _Again(step, transmission, replace(found, partner=partner, id=stored.id), who)
        sets = {(s.group_index, s.set_index): s for s in step.tx.sets.of_interchange(stored.id)}
        with step.tx.payloads.open(transmission.payload) as source:
            for read in read_one(source, gateway.definitions, stored, partner):
                if isinstance(read, SetRead):
                    carried = sets[read.group.index if read.group else 0, read.set.ordinal]
                    if carried.document and only in (None, carried.document):
                        again.take(carried, read)
        return again.replayed


def _find(step: Step, key: str) -> tuple[Interchange, str | None]:
    """The interchange, and the document where the key is that of one."""
    carried = step.tx.sets.carrying(key)
    try:
        stored = step.tx.interchanges.get(carried[0].interchange if carried else key)
    except NotFoundError:
        stored = None
    if stored is None or stored.direction is Direction.OUT:
        _refuse_replaced(step, key)
        raise NotFoundError(
            f"nothing with the id {key} came from a partner: give the id of a document or an "
            "interchange of theirs, as `gateway trace NUMBER --json` shows it"
        )
    return stored, key if carried else None


def _refuse_replaced(step: Step, key: str) -> None:
    """A document of a partner's that no set carries any more was read again."""
    try:
        document = step.tx.documents.get(key)
    except NotFoundError:
        return
    if document.direction is Direction.IN:
        raise MoveRefusedError(
            f"document {document.number} was read again before and another one replaces it: give "
            f"the id of its newest, which `gateway trace {document.number}` shows last"
        )


@dataclass(slots=True)
class _Again:
    """The sets of one interchange, read again."""

    step: Step
    transmission: Transmission
    decision: Decision
    who: str
    replayed: Replayed = field(default_factory=Replayed)

    def take(self, carried: TransactionSet, read: SetRead) -> None:
        old = self.step.tx.documents.get(carried.document or "")
        if read.report.verdict is Judged.REJECTED or read.reading is None:
            self.replayed.rejected.append(old.number)
        elif self.is_same(old, read):
            self.replayed.same += 1
        else:
            self.supersede(old, carried, read)

    def is_same(self, old: Document, read: SetRead) -> bool:
        """Whether the ERP would get what it has: the same fields, those the map fills in too."""
        assert read.reading is not None and read.map is not None  # noqa: S101, PT018
        said = orjson.loads(self.step.tx.payloads.get(old.payload))
        now = with_defaults(read.reading.document, read.map.defaults)
        return now == (said["data"], said.get("defaulted", []))

    def supersede(self, old: Document, carried: TransactionSet, read: SetRead) -> None:
        """What is still held makes room first; what never went to the ERP has nothing to replace
        there."""
        step = self.step
        hold = step.tx.holds.find_open(old.id)
        if hold is not None:
            step.tx.holds.resolve(
                hold.id, Resolution.REJECTED, at=step.at, who=self.who, note="read again"
            )
            step.tx.documents.move(old.id, DocumentState.REJECTED, at=step.at)
        replaces = old.id if old.state in WITH_ERP else None
        new = deliver(step, self.transmission, self.decision, read, replaces=replaces)
        step.tx.sets.carry(carried.id, new)
        self.replayed.replaced[old.id] = new
        step.record(
            "document-replaced",
            partner=old.partner,
            transmission=self.transmission.id,
            interchange=carried.interchange,
            document=new,
            order_number=old.order_number,
            replaces=old.id,
            who=self.who,
        )
