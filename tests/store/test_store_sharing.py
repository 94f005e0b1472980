"""Transactions that share a commit: all of them are on disk or none, and nobody goes on before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from store_samples import NOON

from gateway.edi.finding import TransientError
from gateway.store import Entry
from gateway.store import Store
from gateway.store import Transaction

MANY = 8


def events_of(store: Store) -> list[str]:
    with store.reading() as tx:
        return [entry.event for entry in tx.journal.after(0)]


def append(store: Store, name: str, then: Callable[[Transaction], None] | None = None) -> list[str]:
    """Appends in a shared transaction; what the journal says once that has returned."""
    with store.transaction(shared=True) as tx:
        tx.journal.append(Entry(at=NOON, event=name))
        if then is not None:
            then(tx)
    return events_of(store)


def commits_of(store: Store) -> list[object]:
    seen: list[object] = []
    event.listen(store._writer, "commit", seen.append)
    return seen


@contextmanager
def queue_behind(
    store: Store, works: list[Callable[[], list[str]]]
) -> Iterator[list[Future[list[str]]]]:
    """All of the works wait for their turn when it comes."""
    with ThreadPoolExecutor(len(works)) as pool:
        with store.transaction():
            started = [pool.submit(work) for work in works]
            while len(store._queue._waiting) < len(works):
                time.sleep(0.001)
        yield started


def fails(_tx: Transaction) -> None:
    raise LookupError("of its own")


def test_those_that_queue_share_a_commit(sqlite_store: Store) -> None:
    commits = commits_of(sqlite_store)
    works = [lambda name=f"{n}": append(sqlite_store, name) for n in range(MANY)]
    with queue_behind(sqlite_store, works) as started:
        for number, future in enumerate(started):
            assert f"{number}" in future.result(10)
    assert len(commits) == 2  # the one they queued behind, and theirs


def test_nobody_goes_on_before_the_commit(sqlite_store: Store) -> None:
    go, inside = threading.Event(), threading.Event()

    def slow(_tx: Transaction) -> None:
        inside.set()
        go.wait(10)

    works = [lambda: append(sqlite_store, "first"), lambda: append(sqlite_store, "slow", slow)]
    with queue_behind(sqlite_store, works) as [first, last]:
        assert inside.wait(10)
        time.sleep(0.1)
        early = first.done()
        seen = events_of(sqlite_store)
        go.set()
        # whichever came first: what has returned is there, and what is not there has not returned
        assert early == ("first" in seen)
        assert {*last.result(10)} >= {"slow"}
        assert "first" in first.result(10)


def test_what_one_undoes_is_undone_for_itself(sqlite_store: Store) -> None:
    works = [lambda name=f"{n}": append(sqlite_store, name) for n in range(MANY)]
    works[3] = lambda: append(sqlite_store, "3", fails)
    with (
        queue_behind(sqlite_store, works) as started,
        pytest.raises(LookupError, match="of its own"),
    ):
        started[3].result(10)
    assert sorted(events_of(sqlite_store)) == sorted(f"{n}" for n in range(MANY) if n != 3)


def test_where_sqlite_undoes_everything_all_have_failed(sqlite_store: Store) -> None:
    def lost(tx: Transaction) -> None:
        """What SQLite may do where the disk fails."""
        tx._connection.connection.execute("ROLLBACK")  # type: ignore[attr-defined]
        raise TransientError("database: the disk fails")

    works = [lambda name=f"{n}": append(sqlite_store, name) for n in range(MANY)]
    works[-1] = lambda: append(sqlite_store, "lost", lost)
    with queue_behind(sqlite_store, works) as started:
        faults = [future.exception(10) for future in started]
    assert isinstance(faults[-1], TransientError)
    there = {f"{n}" for n, fault in enumerate(faults) if fault is None}
    assert {*events_of(sqlite_store)} == there
    assert all(isinstance(fault, TransientError) for fault in faults if fault is not None)
    assert "after" in append(sqlite_store, "after")


def test_where_the_disk_is_full_nothing_is_half_done(sqlite_store: Store) -> None:
    limit = "PRAGMA max_page_count={}"

    def fill(tx: Transaction) -> None:
        tx._connection.exec_driver_sql(limit.format(1))  # SQLite takes the pages there are
        for number in range(200):
            tx.payloads.add(b"%d" % number * 5000)

    works = [lambda name=f"{n}": append(sqlite_store, name) for n in range(MANY)]
    works[-1] = lambda: append(sqlite_store, "full", fill)
    with queue_behind(sqlite_store, works) as started:
        failed = [isinstance(future.exception(10), TransientError) for future in started]
    assert failed[-1]
    assert sorted(events_of(sqlite_store)) == sorted(f"{n}" for n in range(MANY) if not failed[n])
    with sqlite_store.transaction() as tx:
        tx._connection.exec_driver_sql(limit.format(1 << 30))
    assert "after" in append(sqlite_store, "after")


def test_one_that_is_alone_ends_what_is_open(sqlite_store: Store) -> None:
    commits = commits_of(sqlite_store)

    def alone() -> list[str]:
        with sqlite_store.transaction() as tx:
            tx.journal.append(Entry(at=NOON, event="alone"))
            return events_of(sqlite_store)

    works = [lambda name=f"{n}": append(sqlite_store, name) for n in range(MANY)]
    with queue_behind(sqlite_store, [*works, alone]) as started:
        seen = started[-1].result(10)
        for future in started:
            future.result(10)
    assert "alone" not in seen
    assert len(events_of(sqlite_store)) == MANY + 1
    assert len(commits) <= 4


def test_each_is_on_disk_when_it_returns(store: Store) -> None:
    """On every database, with as many at once as there are threads."""
    with ThreadPoolExecutor(MANY) as pool:
        names = [f"{n}" for n in range(100)]
        for name, seen in zip(
            names, pool.map(lambda name: append(store, name), names), strict=True
        ):
            assert name in seen
