"""The store: one relational database and a payload folder, opened once and passed around."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection
from sqlalchemy import Engine

from gateway.edi.finding import TransientError
from gateway.store.connecting import postgres_engines
from gateway.store.connecting import sqlite_path
from gateway.store.connecting import sqlite_readers
from gateway.store.connecting import sqlite_writer
from gateway.store.errors import NoStoreError
from gateway.store.errors import StoreError
from gateway.store.migrating import require_current
from gateway.store.migrating import upgrade
from gateway.store.migrating import version_of
from gateway.store.payloads import remove_unfinished
from gateway.store.queueing import Queue
from gateway.store.transaction import Transaction

_GONE = (
    "is gone or empty, and this home has worked before: restore it from its backup; to begin anew, "
    "with control numbers from 1, empty var first"
)


class Store:
    """All SQL goes through here. Write transactions of one process follow each other; reading
    ones run beside them, each on one snapshot."""

    def __init__(
        self, *, writer: Engine | None, readers: Engine, payloads: Path | None, file: Path | None
    ) -> None:
        self._writer = writer
        self._readers = readers
        self._payloads = payloads
        self._file, self._inode = file, 0
        self._queue = Queue(writer) if file is not None and writer is not None else None
        self._writing = threading.local()

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        read_only: bool = False,
        payloads: Path | None = None,
        begun: bool = False,
    ) -> Store:
        """Open a SQLite file or a PostgreSQL URL, and bring its schema up to date.

        Large payloads lie in `payloads`: by default a folder of that name beside a SQLite file;
        a server keeps them in the database unless a folder all nodes share is given. Where the
        work has `begun`, a new one is not made: it would draw control numbers from 1 again. Raises
        NoStoreError where a read-only database is not there yet, StoreError for another version of
        the schema and for one that is gone, TransientError where the database cannot be opened.
        """
        path = sqlite_path(url_or_path)
        if begun and path is not None and not path.is_file():
            raise StoreError(f"database {path} {_GONE}")
        if path is None:
            writer, readers = postgres_engines(str(url_or_path))
        else:
            payloads = payloads or path.parent / "payloads"
            writer, readers = _sqlite_engines(path, payloads, read_only=read_only)
        store = cls(
            writer=None if read_only else writer,
            readers=readers,
            payloads=payloads,
            file=path,
        )
        store._check_schema(begun=begun)
        store._inode = path.stat().st_ino if path is not None else 0
        return store

    def require_file(self) -> None:
        """Raises TransientError where the database's file is not that which was opened: what
        would be written into the old one is lost."""
        try:
            if self._file is None or self._file.stat().st_ino == self._inode:
                return
            fault = "is another file now: start the gateway again"
        except FileNotFoundError:
            fault = "was removed: stop the gateway and restore it from its backup"
        except OSError as error:
            fault = f"cannot be reached: {error.strerror}"
        raise TransientError(f"database {self._file} {fault}")

    @contextmanager
    def transaction(self, *, shared: bool = False) -> Iterator[Transaction]:
        """A write transaction: committed, and on disk, when the block ends; undone when it
        raises. A short one may share its commit with those that are under way in other threads.

        Any method of it may raise TransientError (locked, full, gone), and those that insert
        RepeatedError, after which the transaction can only be left. Raises StoreError when
        opened read-only or inside another transaction.
        """
        if self._writer is None:
            raise StoreError("the store was opened read-only")
        if getattr(self._writing, "now", False):
            raise StoreError("a transaction is already open in this thread")
        self.require_file()
        self._writing.now = True
        try:
            with self._begin(self._writer, shared=shared) as connection:
                yield Transaction(connection, self._payloads)
        finally:
            self._writing.now = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads, on one snapshot, beside the writer."""
        with self._readers.begin() as connection:
            yield Transaction(connection, self._payloads)

    def payload(self, key: str) -> bytes:
        """The bytes of a payload by hash. Raises NotFoundError."""
        with self.reading() as tx:
            return tx.payloads.get(key)

    def close(self) -> None:
        """Close every connection; SQLite folds its log back into the file."""
        self._readers.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, writer: Engine, *, shared: bool) -> AbstractContextManager[Connection]:
        """In turns where the database has one writing connection."""
        if self._queue is None:
            return writer.begin()
        return self._queue.shared() if shared else self._queue.alone()

    def _check_schema(self, *, begun: bool) -> None:
        with (self._writer or self._readers).begin() as connection:
            if begun and version_of(connection) is None:
                raise StoreError(f"the database {_GONE}")
            if self._writer is None:
                require_current(connection)
            else:
                upgrade(connection)


def _sqlite_engines(path: Path, payloads: Path, *, read_only: bool) -> tuple[Engine, Engine]:
    """The writing and the reading engine of a file; no connection is made yet."""
    if read_only and not path.is_file():
        raise NoStoreError(f"there is no database {path} yet")
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_unfinished(payloads)
        except OSError as error:
            raise TransientError(f"{error.filename} cannot be used: {error.strerror}") from error
    return sqlite_writer(path), sqlite_readers(path)
