"""Rows of `sets`: transaction sets and EDIFACT messages, with the verdict on each."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from gateway.edi.finding import Finding
from gateway.store.inserting import insert_all
from gateway.store.records import TransactionSet
from gateway.store.rows import get
from gateway.store.rows import move
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import interchanges
from gateway.store.schema import sets
from gateway.store.states import VERDICT_MOVES
from gateway.store.states import Direction
from gateway.store.states import Verdict

_c = sets.c


class Sets:
    """Transaction sets of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_all(self, found: Iterable[TransactionSet]) -> int:
        """Insert sets as they come, in constant memory; how many there were.

        The interchange and the documents they name must be in already.
        """
        return insert_all(self._connection, sets, (row_of(each) for each in found))

    def get(self, set_id: str) -> TransactionSet:
        """By id. Raises NotFoundError."""
        return get(self._connection, TransactionSet, sets, set_id)

    def of_interchange(self, interchange_id: str) -> list[TransactionSet]:
        """The sets of an interchange, in its order."""
        query = (
            select(sets)
            .where(_c.interchange == interchange_id)
            .order_by(_c.group_index, _c.set_index)
        )
        return records(self._connection, TransactionSet, query)

    def count(self, interchange_id: str) -> int:
        """How many sets of an interchange are stored."""
        query = select(func.count()).where(_c.interchange == interchange_id)
        return self._connection.scalar(query) or 0

    def carrying(self, document_id: str) -> list[TransactionSet]:
        """The sets that carry or carried a document, newest first."""
        query = select(sets).where(_c.document == document_id).order_by(_c.id.desc())
        return records(self._connection, TransactionSet, query)

    def of_group(
        self, partner: str, group_reference: str, *, group_code: str | None = None
    ) -> list[TransactionSet]:
        """The sets of our newest group with this control number (AK102), in its order;
        `group_code` is AK101."""
        sent = (
            select(interchanges.c.id)
            .join(sets, _c.interchange == interchanges.c.id)
            .where(
                _c.group_reference == group_reference,
                interchanges.c.partner == partner,
                interchanges.c.direction == Direction.OUT,
            )
            .order_by(interchanges.c.id.desc())
            .limit(1)
        )
        query = (
            select(sets)
            .where(_c.interchange == sent.scalar_subquery(), _c.group_reference == group_reference)
            .order_by(_c.set_index)
        )
        if group_code is not None:
            query = query.where(_c.group_code == group_code)
        return records(self._connection, TransactionSet, query)

    def carry(self, set_id: str, document_id: str) -> None:
        """The set carries another document from now on."""
        changed = update(sets).where(_c.id == set_id).values(document=document_id)
        self._connection.execute(changed)

    def judge(
        self, set_id: str, verdict: Verdict, *, findings: tuple[Finding, ...] | None = None
    ) -> None:
        """Set the verdict, and the findings where given. Raises NotFoundError, MoveRefusedError."""
        move(
            self._connection,
            _c.verdict,
            set_id,
            verdict,
            VERDICT_MOVES,
            **({} if findings is None else {"findings": findings}),
        )
