from __future__ import annotations

import os
import socket
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.edi.finding import Code
from gateway.edi.finding import TransientError
from gateway.transport import FileStability
from gateway.transport import Sweep
from gateway.transport import candidates

WHOLE = b"UNB+UNOC:3+A+B+260302:1200+77'UNZ+1+77'"
SETTLE, PATIENCE = 2.0, 60.0


class Look:
    """Sweeps of one folder at chosen seconds after the present."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = FileStability()
        self.start = datetime.now(UTC)

    def at(
        self, seconds: float, *, done_marker: str | None = None, most: int | None = None
    ) -> Sweep:
        return candidates(
            self.folder,
            self.start + timedelta(seconds=seconds),
            self.seen,
            settle=SETTLE,
            patience=PATIENCE,
            done_marker=done_marker,
            most=most,
        )


@pytest.fixture
def look(tmp_path):
    folder = tmp_path / "edi"
    folder.mkdir()
    return Look(folder)


def names(sweep: Sweep) -> list[str]:
    return [path.name for path in sweep.ready]


def test_a_finished_file_is_taken_once_it_rests(look):
    (look.folder / "po.edi").write_bytes(WHOLE)
    assert names(look.at(0.5)) == []
    assert look.at(0.5).unfinished == 1
    assert names(look.at(3)) == ["po.edi"]


def test_of_many_the_oldest_come_first_and_the_others_next(look):
    for second, name in enumerate(["c.edi", "a.edi", "b.edi"]):
        (look.folder / name).write_bytes(WHOLE)
        os.utime(look.folder / name, (second, second))
    (look.folder / "d.tmp").write_bytes(WHOLE)
    sweep = look.at(3, most=2)
    assert (names(sweep), sweep.unfinished) == (["c.edi", "a.edi"], 1)


def test_what_could_not_be_moved_stands_behind_the_others(look):
    for second, name in enumerate(["a.edi", "b.edi", "c.edi", "d.edi"]):
        (look.folder / name).write_bytes(WHOLE)
        os.utime(look.folder / name, (second, second))
    for path in look.at(3, most=2).ready:
        look.seen.step_aside(path)
    assert names(look.at(3, most=2)) == ["c.edi", "d.edi"]
    look.seen.step_aside(look.folder / "c.edi")
    sweep = look.at(3, most=2)
    assert (names(sweep), sweep.unfinished) == (["d.edi", "a.edi"], 0)
    look.seen.step_aside(look.folder / "a.edi")
    (look.folder / "d.edi").unlink()
    assert names(look.at(3)) == ["b.edi", "c.edi", "a.edi"]


def test_a_file_that_still_changes_waits_for_its_rest(look):
    # long before the file's own times, so that only what we saw counts
    path = look.folder / "po.edi"
    path.write_bytes(WHOLE)
    assert names(look.at(-100)) == []
    path.write_bytes(WHOLE + b"\r\n")
    assert names(look.at(-97)) == []
    assert names(look.at(-94)) == ["po.edi"]


def test_a_file_without_its_trailer_is_taken_only_after_patience(look):
    (look.folder / "po.edi").write_bytes(WHOLE[:-8])
    assert names(look.at(SETTLE + 1)) == []
    assert names(look.at(PATIENCE + 1)) == ["po.edi"]


def test_an_old_modification_time_does_not_hurry_a_copy_in_progress(look):
    path = look.folder / "po.edi"
    path.write_bytes(WHOLE)
    os.utime(path, (0, 0))
    assert names(look.at(0.5)) == []


def test_a_clock_set_back_does_not_stop_a_file(look):
    (look.folder / "po.edi").write_bytes(WHOLE)
    look.at(0)
    assert names(look.at(-3600)) == []
    assert names(look.at(-3597)) == ["po.edi"]


def test_temporary_names_and_empty_folders_give_nothing(look):
    for name in (".po.edi", "po.edi.part", "po.edi~"):
        (look.folder / name).write_bytes(WHOLE)
    assert look.at(1000) == Sweep([], [], 0)


def test_a_missing_folder_is_empty(tmp_path):
    assert Look(tmp_path / "nowhere").at(0) == Sweep([], [], 0)


def test_a_folder_that_is_a_file_is_transient(tmp_path):
    path = tmp_path / "edi"
    path.write_bytes(b"")
    with pytest.raises(TransientError):
        Look(path).at(0)


def test_files_come_oldest_first(look):
    for age, name in ((10, "b.edi"), (30, "c.edi"), (20, "a.edi")):
        path = look.folder / name
        path.write_bytes(WHOLE)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert names(look.at(10)) == ["c.edi", "a.edi", "b.edi"]


def test_what_is_no_file_is_reported_once_while_it_stays(look):
    (look.folder / "a-directory").mkdir()
    (look.folder / "a-link.edi").symlink_to("/etc/passwd")
    os.mkfifo(look.folder / "a-pipe.edi")
    findings = sorted(
        (each.finding for each in look.at(100).unreadable), key=lambda finding: finding.value
    )
    assert {finding.code for finding in findings} == {Code.FILE_UNREADABLE}
    assert [(finding.value, finding.detail["reason"]) for finding in findings] == [
        ("a-directory", "a directory"),
        ("a-link.edi", "a symbolic link"),
        ("a-pipe.edi", "a named pipe"),
    ]
    assert look.at(200) == Sweep([], [], 0)
    (look.folder / "a-directory").rmdir()
    look.at(300)
    (look.folder / "a-directory").mkdir()
    assert len(look.at(400).unreadable) == 1


def test_a_socket_is_reported_too(look):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(look.folder / "s"))
        assert look.at(1).unreadable[0].finding.detail == {"reason": "a socket"}


@pytest.mark.parametrize("marker", ["po.edi.done", "po.done"])
def test_where_a_marker_is_used_it_alone_decides(look, marker):
    (look.folder / "po.edi").write_bytes(WHOLE[:-8])
    assert names(look.at(1000, done_marker=".done")) == []
    (look.folder / marker).touch()
    assert names(look.at(0, done_marker=".done")) == ["po.edi"]


def test_a_file_of_a_name_seen_before_starts_anew(look):
    path = look.folder / "po.edi"
    path.write_bytes(WHOLE)
    look.at(1)
    path.unlink()
    look.at(2)
    assert look.seen.resting == {}


def test_a_backlog_is_listed_once_however_few_are_taken_at_a_time(look, monkeypatch):
    for second in range(60):
        path = look.folder / f"{second % 7}-{second}.edi"
        path.write_bytes(WHOLE)
        os.utime(path, (second, second))
    looked_at = []
    real = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda path: looked_at.append(path) or real(path))
    taken = []
    while ready := look.at(3, most=2).ready:
        taken += ready
        for path in ready:
            path.unlink()
    assert [path.stem.partition("-")[2] for path in taken] == [str(each) for each in range(60)]
    assert len(looked_at) <= 2 * 60


def test_what_changes_or_comes_while_a_backlog_is_taken_has_its_turn_behind_it(look):
    for second, name in enumerate(["a.edi", "b.edi", "c.edi", "d.edi"]):
        (look.folder / name).write_bytes(WHOLE)
        os.utime(look.folder / name, (second, second))
    assert names(look.at(3, most=1)) == ["a.edi"]
    (look.folder / "a.edi").unlink()
    (look.folder / "b.edi").write_bytes(WHOLE[:-8])
    (look.folder / "c.edi").unlink()
    (look.folder / "e.edi").write_bytes(WHOLE)
    sweep = look.at(3, most=1)
    assert names(sweep) == ["d.edi"]
    assert sweep.unfinished == 1, "b.edi has no trailer yet"
    (look.folder / "d.edi").unlink()
    (look.folder / "b.edi").write_bytes(WHOLE)
    os.utime(look.folder / "b.edi", (1, 1))
    assert names(look.at(7, most=2)) == ["b.edi", "e.edi"]
