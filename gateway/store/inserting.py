"""Rows put in. SQLAlchemy writes each statement once; from then on its text is run as it is.

Working out a statement anew costs more than what the database takes for its row.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy.engine import Dialect

from gateway.store.dialects import insert_into

# Rows sent to the database at once: enough to be fast, little enough to stream.
BATCH = 500

Row = dict[str, Any]
_Convert = Callable[[Row], Any]


def insert_row(connection: Connection, table: Table, row: Row) -> None:
    """Insert one row; raises RepeatedError where its key or identity is there."""
    text, convert = _statement(connection.dialect, table, tuple(row), False)
    connection.exec_driver_sql(text, convert(row))


def insert_missing(connection: Connection, table: Table, row: Row) -> None:
    """Insert one row unless its key or identity is there."""
    text, convert = _statement(connection.dialect, table, tuple(row), True)
    connection.exec_driver_sql(text, convert(row))


def insert_all(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert rows of the same columns as they come, a batch at a time; how many there were."""
    source = iter(rows)
    count = 0
    while batch := list(islice(source, BATCH)):
        text, convert = _statement(connection.dialect, table, tuple(batch[0]), False)
        connection.exec_driver_sql(text, [convert(row) for row in batch])
        count += len(batch)
    return count


@lru_cache(128)
def _statement(
    dialect: Dialect, table: Table, names: tuple[str, ...], missing: bool
) -> tuple[str, _Convert]:
    """The text, and what makes of a row the values as the driver takes them."""
    statement = insert_into(dialect.name, table).inline()
    if missing:
        statement = statement.on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    columns = [
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _unchanged)
        for name in compiled.positiontup or names
    ]
    if compiled.positional:
        return str(compiled), lambda row: tuple([convert(row[name]) for name, convert in columns])
    return str(compiled), lambda row: {name: convert(row[name]) for name, convert in columns}


def _unchanged(value: Any) -> Any:
    return value
