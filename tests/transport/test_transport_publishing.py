from __future__ import annotations

import errno
import os
import threading

import pytest

from gateway.edi.finding import TransientError
from gateway.transport import FolderError
from gateway.transport import publish
from gateway.transport import stage
from gateway.transport import stage_all


@pytest.fixture
def staging(tmp_path):
    return tmp_path / "var" / "staged"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "outbox" / "harbor" / "edi"


def test_a_staged_file_appears_whole_under_its_name(tmp_path, staging, folder):
    staged = stage(b"ISA", staging, "P1-1")
    assert not folder.exists()
    assert publish(staged, folder, "I1.edi", root=tmp_path)
    assert (folder / "I1.edi").read_bytes() == b"ISA"
    assert not staged.exists()


def test_a_staged_file_that_is_gone_was_published(tmp_path, staging, folder):
    staged = stage(b"ISA", staging, "P1-1")
    publish(staged, folder, "I1.edi", root=tmp_path)
    (folder / "I1.edi").unlink()  # the partner collected it
    assert not publish(staged, folder, "I1.edi", root=tmp_path)
    assert list(folder.iterdir()) == []


def test_staging_again_replaces_what_a_crash_left(staging):
    stage(b"half of someth", staging, "P1-1")
    assert stage(b"ISA", staging, "P1-1").read_bytes() == b"ISA"


def test_a_receipt_is_replaced_and_a_reader_never_sees_half_of_it(tmp_path, staging, folder):
    def read() -> None:
        while not stop.is_set():
            seen.add((folder / "r.json").read_bytes())

    versions = [bytes([65 + n]) * 50_000 for n in range(20)]
    publish(stage(versions[0], staging, "P"), folder, "r.json", root=tmp_path)
    stop, seen = threading.Event(), set()
    reader = threading.Thread(target=read)
    reader.start()
    for version in versions:
        publish(stage(version, staging, "P"), folder, "r.json", root=tmp_path)
    stop.set()
    reader.join()
    assert seen <= set(versions)
    assert (folder / "r.json").read_bytes() == versions[-1]


@pytest.mark.parametrize("name", ["../x", "a/b", "", "..", "a\0b"])
def test_a_name_that_is_a_path_is_refused(tmp_path, staging, folder, name):
    with pytest.raises(ValueError, match="not a file name"):
        stage(b"", staging, name)
    with pytest.raises(ValueError, match="not a file name"):
        publish(stage(b"", staging, "P"), folder, name, root=tmp_path)


def test_a_linked_folder_is_not_followed(tmp_path, staging):
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    (home / "partner").symlink_to(outside)
    (home / "edi").symlink_to(home)
    for linked in (home / "partner" / "edi", home / "partner", home / "edi"):
        with pytest.raises(TransientError):
            publish(stage(b"", staging, "P"), linked, "x", root=home)
    assert list(outside.iterdir()) == []


def test_a_link_under_the_name_is_replaced_not_written_through(tmp_path, staging, folder):
    folder.mkdir(parents=True)
    precious = tmp_path / "precious"
    precious.write_bytes(b"untouched")
    (folder / "I1.edi").symlink_to(precious)
    publish(stage(b"ISA", staging, "P"), folder, "I1.edi", root=tmp_path)
    assert precious.read_bytes() == b"untouched"
    assert (folder / "I1.edi").read_bytes() == b"ISA"


def test_a_folder_that_is_a_file_is_transient_and_keeps_the_staged_file(tmp_path, staging, folder):
    folder.parent.mkdir(parents=True)
    folder.write_bytes(b"")
    staged = stage(b"ISA", staging, "P")
    with pytest.raises(TransientError):
        publish(staged, folder, "I1.edi", root=tmp_path)
    assert staged.exists()


def test_a_folder_removed_during_the_rename_is_transient(tmp_path, staging, folder, monkeypatch):
    staged = stage(b"ISA", staging, "P")
    rename = os.rename

    def remove_then_rename(*names: object, **where: object) -> None:
        folder.rmdir()
        rename(*names, **where)

    monkeypatch.setattr("gateway.transport.publishing.os.rename", remove_then_rename)
    with pytest.raises(TransientError):
        publish(staged, folder, "I1.edi", root=tmp_path)
    assert staged.exists()


def test_one_that_has_no_room_leaves_what_there_is_to_others(staging, monkeypatch):
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if os.fstat(descriptor).st_size > 10_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr("gateway.transport.publishing.os.fsync", full)
    large, small = stage_all([("P1-1", b"ISA" * 10_000), ("P2-1", b"ISA")], staging)
    assert isinstance(large, FolderError)
    assert large.reason == "cannot be written: No space left on device"
    assert small == staging / "P2-1"
    assert list(staging.iterdir()) == [small]


def test_a_full_disk_is_transient(staging, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gateway.transport.publishing.os.fsync", full)
    with pytest.raises(TransientError, match="No space"):
        stage(b"ISA", staging, "P")
