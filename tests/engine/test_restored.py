"""A home whose database was lost, or came back from its backup."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from engine_wire import order
from homes import Desk
from homes import Run

FOLDER = "outbox/harbor-medical/edi"


def back_up(home: Path, to: Path) -> None:
    """SQLite's own backup, beside a running gateway."""
    paths = (home / "var/gateway.db", to)
    with closing(sqlite3.connect(paths[0])) as source, closing(sqlite3.connect(paths[1])) as target:
        source.backup(target)


def test_what_waited_for_its_folder_is_published_though_its_staged_file_is_gone(
    home: Path, tmp_path: Path
) -> None:
    (home / FOLDER).rmdir()
    (home / FOLDER).write_text("someone put a file here")
    desk = Desk(home)
    desk.send("harbor-medical", order("4500000001"))
    assert list(desk.worker.folders) == [FOLDER]
    back_up(home, tmp_path / "backup.db")
    desk.close()
    (home / FOLDER).unlink()
    shutil.rmtree(home / "var")
    (home / "var").mkdir()
    (tmp_path / "backup.db").rename(home / "var/gateway.db")
    desk = Desk(home)
    desk.work()
    desk.work()
    [sent] = desk.sent("harbor-medical")
    assert "*4500000001*" in sent
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert desk.events().count("interchange-published") == 1
    desk.close()


def test_a_home_that_worked_before_makes_no_new_database(home: Path, gateway: Run) -> None:
    desk = Desk(home)
    desk.send("harbor-medical", order("4500000001"))
    desk.close()
    (home / "var/gateway.db").unlink()
    for words in (("once",), ("run",), ("status",), ("held", "list"), ("trace", "4500000001")):
        done = gateway("--home", home, *words)
        assert (done.returncode, "is gone or empty" in done.stderr) == (3, True), words
        assert "restore it from its backup" in done.stderr
    assert not (home / "var/gateway.db").exists()
    shutil.rmtree(home / "var")
    assert gateway("--home", home, "once").returncode == 0
