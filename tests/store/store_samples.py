"""Rows as the engine would make them, with the few words a test cares about as arguments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Interchange
from gateway.store import InterchangeState
from gateway.store import Publication
from gateway.store import Store
from gateway.store import Transaction
from gateway.store import TransactionSet
from gateway.store import Transmission
from gateway.store import Verdict
from gateway.store.payloads import hash_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARTNER = "harbor-medical"
BYTES = b"ISA*00*...~IEA*1*000000007~"


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def transmission(row_id: str = "T1", **words: Any) -> Transmission:
    words = {
        "partner": PARTNER,
        "direction": Direction.IN,
        "channel": "folder",
        "name": "po-7.edi",
        "payload": hash_of(BYTES),
        "received_at": NOON,
        **words,
    }
    return Transmission(id=row_id, **words)


def interchange(row_id: str = "I1", **words: Any) -> Interchange:
    words = {
        "partner": PARTNER,
        "direction": Direction.IN,
        "dialect": "x12",
        "sender": "ZZ:HARBOR",
        "receiver": "ZZ:NORTHFIELD",
        "reference": "000000007",
        "state": InterchangeState.ACCEPTED,
        "created_at": NOON,
        "payload": hash_of(BYTES),
        "bytes_hash": hash_of(BYTES),
        "size": len(BYTES),
        **words,
    }
    return Interchange(id=row_id, **words)


def transaction_set(row_id: str = "S1", **words: Any) -> TransactionSet:
    words = {
        "interchange": "I1",
        "kind": "855",
        "reference": "0001",
        "verdict": Verdict.ACCEPTED,
        "release": "004010",
        **words,
    }
    return TransactionSet(id=row_id, **words)


def document(row_id: str = "D1", **words: Any) -> Document:
    words = {
        "partner": PARTNER,
        "direction": Direction.OUT,
        "type": "purchase_order",
        "number": "PO-4711",
        "order_number": "PO-4711",
        "payload": hash_of(BYTES),
        "content_hash": hash_of(BYTES),
        "state": DocumentState.RECEIVED,
        "created_at": NOON,
        "updated_at": NOON,
        **words,
    }
    return Document(id=row_id, **words)


def publication(row_id: str = "P1", **words: Any) -> Publication:
    words = {
        "owner": "D1",
        "kind": "document",
        "partner": PARTNER,
        "folder": "inbox/documents",
        "name": "D1.json",
        "payload": hash_of(BYTES),
        "created_at": NOON,
        **words,
    }
    return Publication(id=row_id, **words)


def as2_message(row_id: str = "A1", **words: Any) -> As2Message:
    words = {
        "partner": PARTNER,
        "direction": Direction.OUT,
        "message_id": f"<{row_id}@harbor>",
        "name": "po.edi",
        "state": As2State.QUEUED,
        "created_at": NOON,
        **words,
    }
    return As2Message(id=row_id, **words)


@contextmanager
def undone(store: Store) -> Iterator[Transaction]:
    """A write transaction that is interrupted before it commits."""
    with suppress(InterruptedError), store.transaction() as tx:
        yield tx
        raise InterruptedError


@contextmanager
def plans(tx: Transaction) -> Iterator[list[str]]:
    """How the database finds the rows of each statement meanwhile, step by step. PostgreSQL is told
    to do without what serves a small table best."""
    found: list[str] = []
    sqlite = tx._connection.dialect.name == "sqlite"
    if not sqlite:
        for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            tx._connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        words = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = cursor.connection.execute(f"{words} {statement}", parameters)
        found.extend(step for *_, step in plan.fetchall())

    sa.event.listen(tx._connection, "before_cursor_execute", note)
    yield found
    sa.event.remove(tx._connection, "before_cursor_execute", note)


@contextmanager
def steps_taken(tx: Transaction) -> Iterator[list[None]]:
    """One for each ten instructions of SQLite's machine meanwhile."""
    taken: list[None] = []
    connection: Any = tx._connection.connection.driver_connection
    connection.set_progress_handler(lambda: taken.append(None), 10)
    yield taken
    connection.set_progress_handler(None, 0)


@contextmanager
def rows_read(tx: Transaction) -> Iterator[list[Any]]:
    """The rows that SQLite gives out meanwhile."""
    found: list[Any] = []
    connection: Any = tx._connection.connection.driver_connection

    def note(_cursor: Any, row: Any) -> Any:
        found.append(row)
        return row

    connection.row_factory = note
    yield found
    connection.row_factory = None


def add(store: Store, *rows: Any) -> None:
    """Commit rows of any noun, in the order given."""
    with store.transaction() as tx:
        tx.payloads.add(BYTES)
        for row in rows:
            match row:
                case Transmission():
                    tx.transmissions.add(row)
                case Interchange():
                    tx.interchanges.add(row)
                case TransactionSet():
                    tx.sets.add_all([row])
                case Document():
                    tx.documents.add(row)
                case Publication():
                    tx.publications.add(row)
