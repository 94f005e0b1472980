"""Records to rows and back: a field is the column of its name.

Statements that every document needs are built once: building one costs five times its execution.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any
from typing import TypeVar

from sqlalchemy import BindParameter
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Executable
from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import Update
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import update

from gateway.store.errors import MoveRefusedError
from gateway.store.errors import NotFoundError
from gateway.store.records import Alert
from gateway.store.records import As2Message
from gateway.store.records import Document
from gateway.store.records import Entry
from gateway.store.records import Hold
from gateway.store.records import Interchange
from gateway.store.records import Publication
from gateway.store.records import TransactionSet
from gateway.store.records import Transmission

Record = (
    Alert
    | As2Message
    | Document
    | Entry
    | Hold
    | Interchange
    | Publication
    | TransactionSet
    | Transmission
)
R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=StrEnum)


def row_of(record: Record) -> dict[str, Any]:
    """The record's fields by column name."""
    return {name: getattr(record, name) for name in record.__slots__}


def records(connection: Connection, kind: type[R], query: Executable, **bound: Any) -> list[R]:
    """Every row of the query as a record."""
    return list(stream(connection, kind, query, **bound))


def stream(connection: Connection, kind: type[R], query: Executable, **bound: Any) -> Iterator[R]:
    """The rows of the query as records, one after the other."""
    names = kind.__slots__
    for row in connection.execute(query, bound).mappings():
        yield kind(**{name: row[name] for name in names})


def one(connection: Connection, kind: type[R], query: Executable, **bound: Any) -> R | None:
    """The query's first row as a record."""
    return next(stream(connection, kind, query, **bound), None)


def get(connection: Connection, kind: type[R], table: Table, row_id: str) -> R:
    """The row with this id. Raises NotFoundError."""
    found = one(connection, kind, _by_id(table), row_id=row_id)
    if found is None:
        raise NotFoundError(f"no row {row_id} in {table.name}")
    return found


@cache
def _by_id(table: Table) -> Select[Any]:
    return select(table).where(table.c.id == bindparam("row_id"))


def move(
    connection: Connection,
    state: Column[S],
    row_id: str,
    to: S,
    moves: Mapping[S, frozenset[S]],
    **changes: Any,
) -> None:
    """Set the state column, only where the row is in a state that may move there.

    Raises NotFoundError where there is no such row, MoveRefusedError where its state forbids it.
    """
    sources = [source for source, targets in moves.items() if to in targets]
    bound = {"row_id": row_id, "sources": sources, state.name: to, **changes}
    if connection.execute(_move(state), bound).rowcount:
        return
    table = state.table
    current = connection.execute(select(state).where(table.c.id == row_id)).scalar()
    if current is None:
        raise NotFoundError(f"no row {row_id} in {table}")
    raise MoveRefusedError(f"{table} {row_id} is {current} and cannot become {to}")


@cache
def _move(state: Column[Any]) -> Update:
    """Sets the columns that are bound beside `row_id` and `sources`."""
    sources: BindParameter[Any] = bindparam("sources", expanding=True)
    table = state.table
    return update(table).where(table.c.id == bindparam("row_id"), state.in_(sources))
