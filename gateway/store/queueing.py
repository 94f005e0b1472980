"""The one writing connection of a SQLite file, taken in turns, and commits that several share.

A commit waits for the disk, and the disk takes a hundred rows as fast as one. So a transaction that
may share its commit works in a savepoint of the transaction that is open; the last of those that
queue commits for all, and each goes on once that has happened. What one of them undoes is undone
for itself alone. Where the database fails, all of them have failed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy import Engine

from gateway.edi.finding import TransientError
from gateway.store.errors import StoreError

_MOST = 64
"""Transactions under one commit, so that the first of them does not wait for ever."""


class _Group:
    """Transactions of which all are committed or none. Raises TransientError."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self._transaction = self.connection.begin()
        self._ended = threading.Event()
        self._committed = False
        self._fault = "database: the commit failed"
        self.size = 0

    @contextmanager
    def savepoint(self) -> Iterator[Connection]:
        """SQLAlchemy's own costs more than most statements in it."""
        self.size += 1
        self.connection.exec_driver_sql("SAVEPOINT one")
        done = False
        try:
            yield self.connection
            done = True
        finally:
            if not done and not self.broken:
                self.connection.exec_driver_sql("ROLLBACK TO one")
            if not self.broken:
                self.connection.exec_driver_sql("RELEASE one")

    @property
    def broken(self) -> bool:
        """SQLite undoes everything where the disk is full or fails."""
        return not self.connection.connection.in_transaction

    def end(self) -> None:
        try:
            if not self.broken:
                self._transaction.commit()
                self._committed = True
        except (TransientError, StoreError) as error:
            self._fault = str(error)
        finally:
            self.connection.close()
            self._ended.set()

    def wait(self) -> None:
        """Until it is on disk. Raises TransientError where it is not and never will be."""
        self._ended.wait()
        if not self._committed:
            raise TransientError(self._fault)


class Queue:
    """Who writes next."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting: deque[None] = deque()
        self._group: _Group | None = None

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction with a commit of its own."""
        with self._next():
            self._end_group()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def shared(self) -> Iterator[Connection]:
        """A short transaction that may share its commit; it is on disk when the block has ended."""
        with self._next():
            group = self._group = self._group or _Group(self._engine)
            try:
                with group.savepoint() as connection:
                    yield connection
            finally:
                if not self._waiting or group.size >= _MOST or group.broken:
                    self._end_group()
        group.wait()

    @contextmanager
    def _next(self) -> Iterator[None]:
        """Who waits here will come, so whoever leaves may leave the open group to them."""
        self._waiting.append(None)
        with self._turn:
            self._waiting.pop()
            yield

    def _end_group(self) -> None:
        group, self._group = self._group, None
        if group is not None:
            group.end()
