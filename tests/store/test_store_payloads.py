from __future__ import annotations

import errno
from pathlib import Path

import pytest
from store_samples import undone

from gateway.edi.finding import TransientError
from gateway.store import NotFoundError
from gateway.store import Store
from gateway.store.payloads import INLINE_BYTES
from gateway.store.payloads import hash_of

LARGE = b"x" * (INLINE_BYTES + 1)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b"", b"ISA*00*", b"x" * INLINE_BYTES, LARGE])
def test_bytes_come_back_by_their_hash(store, data):
    with store.transaction() as tx:
        key = tx.payloads.add(data)
    assert key == hash_of(data)
    assert store.payload(key) == data


def test_small_bytes_lie_in_the_database_and_large_ones_in_a_file(sqlite_store, tmp_path):
    folder = tmp_path / "var" / "payloads"
    with sqlite_store.transaction() as tx:
        tx.payloads.add(b"x" * INLINE_BYTES)
        assert files(folder) == []
        key = tx.payloads.add(LARGE)
    assert files(folder) == [folder / key[:2] / key]


def test_the_same_bytes_are_kept_once(store):
    with store.transaction() as tx:
        assert tx.payloads.add(LARGE) == tx.payloads.add(LARGE)
        assert tx.payloads.find_size(hash_of(LARGE)) == len(LARGE)


def test_a_file_is_copied_so_that_its_writer_cannot_change_it(sqlite_store, tmp_path):
    source = tmp_path / "claimed"
    source.write_bytes(LARGE)
    with sqlite_store.transaction() as tx:
        key = tx.payloads.add_file(source)
    source.write_bytes(b"changed")
    assert sqlite_store.payload(key) == LARGE


def test_an_interrupted_transaction_leaves_a_file_that_the_next_one_uses(sqlite_store):
    with undone(sqlite_store) as tx:
        tx.payloads.add(LARGE)
    with sqlite_store.reading() as tx, pytest.raises(NotFoundError):
        tx.payloads.get(hash_of(LARGE))
    with sqlite_store.transaction() as tx:
        key = tx.payloads.add(LARGE)
    assert sqlite_store.payload(key) == LARGE


def test_half_written_files_are_removed_when_the_store_is_opened(tmp_path):
    folder = tmp_path / "payloads"
    folder.mkdir()
    (folder / ".new-abc").write_bytes(b"half")
    Store.open(tmp_path / "gateway.db").close()
    assert files(folder) == []


def test_a_damaged_or_missing_file_is_reported_not_returned(sqlite_store, tmp_path):
    with sqlite_store.transaction() as tx:
        key = tx.payloads.add(LARGE)
    path = tmp_path / "var" / "payloads" / key[:2] / key
    path.write_bytes(b"y" * len(LARGE))
    with pytest.raises(TransientError, match="does not match"):
        sqlite_store.payload(key)
    path.unlink()
    with pytest.raises(TransientError, match="cannot be read"):
        sqlite_store.payload(key)


def test_a_full_disk_is_transient_and_nothing_is_left(sqlite_store, tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gateway.store.payloads.os.fsync", full)
    with pytest.raises(TransientError, match="No space"), sqlite_store.transaction() as tx:
        tx.payloads.add(LARGE)
    with sqlite_store.reading() as tx:
        assert tx.payloads.find_size(hash_of(LARGE)) is None
    assert files(tmp_path / "var" / "payloads") == []
