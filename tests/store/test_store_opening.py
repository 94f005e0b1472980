from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from store_samples import BYTES
from store_samples import add
from store_samples import transmission
from store_samples import undone

from gateway.edi.finding import TransientError
from gateway.store import NoStoreError
from gateway.store import Store
from gateway.store import StoreError
from gateway.store.connecting import sqlite_readers
from gateway.store.payloads import hash_of


@pytest.mark.skipif(
    "GATEWAY_TEST_POSTGRES" not in os.environ,
    reason="the store was tested on SQLite only: GATEWAY_TEST_POSTGRES is not set",
)
def test_postgresql_is_reached():
    url = sa.make_url(os.environ["GATEWAY_TEST_POSTGRES"])
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1


def pragma(tx, name):
    return tx._connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_commit_is_synced_to_the_write_ahead_log(sqlite_store):
    with sqlite_store.transaction() as tx:
        assert pragma(tx, "journal_mode") == "wal"
        assert pragma(tx, "synchronous") == 2  # FULL
        assert pragma(tx, "foreign_keys") == 1


def test_what_was_committed_is_there_after_reopening(database):
    with Store.open(database) as store:
        add(store, transmission())
    with Store.open(database, read_only=True) as store, store.reading() as tx:
        assert tx.transmissions.get("T1") == transmission()


def test_what_raised_was_never_there(store):
    with undone(store) as tx:
        tx.payloads.add(BYTES)
        tx.transmissions.add(transmission())
    with store.reading() as tx:
        assert tx.transmissions.lanes() == []
        assert tx.payloads.find_size(hash_of(BYTES)) is None


def test_a_home_without_a_database_says_so_to_readers(tmp_path):
    with pytest.raises(NoStoreError):
        Store.open(tmp_path / "var" / "gateway.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_whoever_looks_while_the_tables_are_made_sees_that_nothing_is_there_yet(tmp_path):
    path = tmp_path / "gateway.db"
    path.touch()
    with pytest.raises(NoStoreError):
        Store.open(path, read_only=True)


@pytest.mark.parametrize("left", [None, b""])
@pytest.mark.parametrize("read_only", [True, False])
def test_one_that_is_gone_is_not_made_anew(tmp_path, left, read_only):
    path = tmp_path / "gateway.db"
    if left is not None:
        path.write_bytes(left)
    with pytest.raises(StoreError, match="gone or empty"):
        Store.open(path, begun=True, read_only=read_only)
    assert path.exists() == (left is not None)


def test_nothing_is_written_into_one_that_was_removed_or_replaced(tmp_path):
    path, aside = tmp_path / "gateway.db", tmp_path / "aside.db"
    with Store.open(path) as store:
        add(store, transmission("T1"))
        path.rename(aside)
        with pytest.raises(TransientError, match="was removed: stop the gateway"):
            add(store, transmission("T2"))
        path.write_text("another file")
        with pytest.raises(TransientError, match="is another file now"):
            add(store, transmission("T2"))
        aside.replace(path)
        add(store, transmission("T2"))


def test_one_that_is_damaged_is_to_be_restored(tmp_path):
    path = tmp_path / "gateway.db"
    path.write_bytes(b"no database at all, but longer than its header of a hundred bytes " * 9)
    with pytest.raises(StoreError, match="not a database; restore it from its backup"):
        Store.open(path)


def test_a_database_that_cannot_be_written_is_named(tmp_path):
    path = tmp_path / "gateway.db"
    Store.open(path).close()
    refused = f"database {path}: attempt to write a readonly database; let this user write it"
    engine = sqlite_readers(path)
    with pytest.raises(StoreError, match=re.escape(refused)), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM holds")


def test_a_read_only_store_gives_no_write_transaction(database):
    Store.open(database).close()
    store = Store.open(database, read_only=True)
    with pytest.raises(StoreError, match="read-only"), store.transaction():
        pass
    store.close()


def test_a_reading_transaction_cannot_write(store):
    with pytest.raises(StoreError, match=r"(?i)read-?only"), store.reading() as tx:
        tx.payloads.add(BYTES)


def test_a_reader_keeps_its_snapshot_beside_the_writer(store):
    with store.reading() as before:
        assert before.transmissions.lanes() == []
        add(store, transmission())
        assert before.transmissions.lanes() == []
    with store.reading() as after:
        assert len(after.transmissions.lanes()) == 1


def test_another_process_reads_while_we_hold_the_write_lock(sqlite_store, tmp_path):
    add(sqlite_store, transmission())
    script = (
        "import sys; from pathlib import Path; from gateway.store import Store\n"
        "with Store.open(Path(sys.argv[1]), read_only=True) as s, s.reading() as tx:\n"
        "    print(tx.transmissions.get('T1').name)"
    )
    with sqlite_store.transaction():
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "var" / "gateway.db")],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == "po-7.edi"


def test_a_write_transaction_holds_the_lock_from_its_start(sqlite_store, tmp_path):
    other = sqlite3.connect(tmp_path / "var" / "gateway.db", timeout=0, isolation_level=None)
    with sqlite_store.transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")


def test_a_database_locked_by_another_program_is_transient(sqlite_store, tmp_path):
    with sqlite_store.transaction() as tx:
        pragma(tx, "busy_timeout=0")
    other = sqlite3.connect(tmp_path / "var" / "gateway.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TransientError, match="locked"), sqlite_store.transaction():
        pass
    other.execute("ROLLBACK")
    add(sqlite_store, transmission())


def test_a_transaction_inside_another_is_refused(store):
    with pytest.raises(StoreError, match="already open"), store.transaction(), store.transaction():
        pass
    add(store, transmission())


def test_writers_of_one_process_follow_each_other(store):
    def draw() -> None:
        for _ in range(10):
            with store.transaction() as tx:
                drawn.append(
                    tx.control_numbers.draw("harbor", "x12.group", at=transmission().received_at)
                )

    drawn: list[int] = []
    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 81))


def test_a_newer_database_is_refused(tmp_path):
    path = tmp_path / "gateway.db"
    Store.open(path).close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    for read_only in (True, False):
        with pytest.raises(StoreError, match="9999"):
            Store.open(path, read_only=read_only)


def test_a_path_may_hold_any_character(tmp_path):
    path = tmp_path / "a home? 100% #1 & more" / "gateway.db"
    Store.open(path).close()
    assert path.is_file()


def test_a_file_that_is_no_database_raises(tmp_path: Path):
    path = tmp_path / "gateway.db"
    path.write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(path)


@pytest.mark.parametrize(
    "address", ["postgresql://u:secret@h:port/d", "postgresql://u:secret@[::1/d"]
)
def test_an_address_that_cannot_be_read_is_said_without_its_password(address):
    with pytest.raises(StoreError, match="its address cannot be read") as raised:
        Store.open(address)
    assert "secret" not in str(raised.value)
