"""What SQLite and PostgreSQL both can do but SQLAlchemy spells per dialect."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import MetaData
from sqlalchemy import Table


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert the row unless one with its key or identity is there; whether it was new."""
    return connection.execute(_insert_new(connection.dialect.name, table), row).first() is not None


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    statement = insert_into(dialect, table).on_conflict_do_nothing()
    # not every driver counts the rows of an INSERT, but each returns them
    return statement.returning(*table.primary_key.columns)


def insert_or_add(
    connection: Connection, table: Table, row: dict[str, Any], column: str, count: int
) -> int:
    """Insert the row, or where its key is there add `count` to `column`; the column's value."""
    statement = _insert_or_add(connection.dialect.name, table, column, count)
    return int(connection.execute(statement, row).scalar_one())


@cache
def _insert_or_add(dialect: str, table: Table, column: str, count: int) -> Any:
    return (
        insert_into(dialect, table)
        .on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={column: table.c[column] + count},
        )
        .returning(table.c[column])
    )


def partial(dialect: str, metadata: MetaData) -> None:
    """Indexes of some rows are so in this dialect too."""
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_options[dialect]["where"] = index.dialect_options["sqlite"]["where"]


def insert_into(dialect: str, table: Table) -> Any:
    """Only the dialect in use is loaded: PostgreSQL's has megabytes."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
