"""Engines for SQLite and PostgreSQL: what must hold on every connection before any SQL runs.

SQLite: write-ahead log, every commit synced, foreign keys, one writing connection in the whole
process and any number of reading ones that cannot write (SQLite before 3.51.3 can damage a log
that two connections reset). PostgreSQL: nothing but a snapshot for readers.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import ExceptionContext
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool
from sqlalchemy.pool import StaticPool

from gateway.edi.finding import TransientError
from gateway.store.errors import RepeatedError
from gateway.store.errors import StoreError

# Only another program's lock (a backup, a shell) can make the one writer wait.
BUSY_SECONDS = 30
_POSTGRES_DRIVER = "postgresql+psycopg"
_UNLIMITED = -1  # readers are few; one more connection is better than a reader that gives up
# unique_violation of SQL:2003, and SQLite's two names for it
_TAKEN = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_READ_ONLY = "SQLITE_READONLY"
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR")
"""A disk without room is an I/O error to SQLite where it opens a database."""
_SQLITE_PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
    "synchronous=FULL",
)


def sqlite_path(url_or_path: str | Path) -> Path | None:
    """The file of a SQLite database, or None where a URL names a server."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    try:
        url = make_url(url_or_path)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(f"database: its address cannot be read: {error}") from error
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


def sqlite_writer(path: Path) -> Engine:
    """The one writing connection to the file, which is made where it is missing."""
    engine = _sqlite_engine(path, mode="rwc", poolclass=StaticPool)
    event.listen(engine, "connect", _write_ahead)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def sqlite_readers(path: Path) -> Engine:
    """Connections that cannot write; each transaction sees one snapshot."""
    engine = _sqlite_engine(path, mode="ro", poolclass=QueuePool, max_overflow=_UNLIMITED)
    event.listen(engine, "begin", _begin_deferred)
    return engine


def postgres_engines(url: str) -> tuple[Engine, Engine]:
    """The writing and the reading engine of a server; one pool."""
    try:
        writer = create_engine(
            make_url(url).set(drivername=_POSTGRES_DRIVER),
            pool_pre_ping=True,
            max_overflow=_UNLIMITED,
        )
    except ImportError as error:
        raise StoreError("PostgreSQL needs a driver: install edi-gateway[postgres]") from error
    except ArgumentError as error:
        raise StoreError(f"database: {error}") from error
    event.listen(writer, "handle_error", partial(_in_our_words, "database"))
    readers = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return writer, readers


def _sqlite_engine(path: Path, *, mode: str, **pool: Any) -> Engine:
    uri = f"file:{quote(str(path))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # without an isolation level the driver leaves BEGIN to us
        return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "handle_error", partial(_in_our_words, f"database {path}"))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first cannot lose it later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _in_our_words(name: str, context: ExceptionContext) -> None:
    """The driver's faults as ours: an identity that is taken, a database that fails or is wrong."""
    fault, original = context.sqlalchemy_exception, context.original_exception
    code = str(getattr(original, "sqlstate", "") or getattr(original, "sqlite_errorname", ""))
    if code in _TAKEN:
        raise RepeatedError(str(original))
    if isinstance(fault, OperationalError | InterfaceError) and not code.startswith(_READ_ONLY):
        raise TransientError(f"{name}: {original}{_next_step(code)}")
    if isinstance(fault, DatabaseError):
        raise StoreError(f"{name}: {original}{_next_step(code)}")


def _next_step(code: str) -> str:
    if code.startswith(_READ_ONLY):
        return "; let this user write it and its folder"
    if code.startswith(_NO_ROOM):
        return "; make room on its disk, or see whether that fails"
    return "; restore it from its backup" if code.startswith(_DAMAGED) else ""
