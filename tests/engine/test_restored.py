"""A home whose database was lost, or came back from its backup."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_posts import crafted
from as2_posts import post
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


def test_nor_does_one_that_only_took_messages_by_as2(tmp_path: Path, gateway: Run) -> None:
    harbor_home = make_pair(tmp_path)[1]
    harbor = As2Desk(harbor_home)
    harbor.open()
    assert post(harbor, crafted("neither X12 nor EDIFACT")).status == 200
    harbor.work()
    assert len(harbor.held()) == 1
    harbor.close()
    (harbor_home / "var/gateway.db").unlink()
    assert not (harbor_home / "var/claimed").exists()
    assert not (harbor_home / "var/staging").exists()
    done = gateway("--home", harbor_home, "once")
    assert (done.returncode, "is gone or empty" in done.stderr) == (3, True)


def test_control_numbers_go_on_above_all_the_partner_has_seen(home: Path, gateway: Run) -> None:
    desk = Desk(home)
    desk.send("harbor-medical", order("4500000001"))
    desk.send("harbor-medical", order("4500000002"), "two.json")
    desk.close()

    def numbers(*words: object) -> tuple[int, str]:
        done = gateway("--home", home, "partner", "numbers", "harbor-medical", *words)
        return done.returncode, done.stdout + done.stderr

    expected = {"x12.interchange": 3, "x12.group": 3}
    assert json.loads(numbers("--json")[1]) == expected
    code, said = numbers("--next", 2)
    assert code == 1
    assert "numbers up to 2 were drawn for harbor-medical already: give a higher one" in said
    assert json.loads(numbers("--next", 5000, "--json")[1]) == dict.fromkeys(expected, 5000)
    desk = Desk(home)
    desk.send("harbor-medical", order("4500000003"), "three.json")
    assert any("*000005000*" in sent and "GS*PO*" in sent for sent in desk.sent("harbor-medical"))
    desk.close()


@pytest.mark.parametrize("partner", ["harbor-medical", "alpenmed"])
def test_control_numbers_of_a_partner_who_comes_from_another_system(
    home: Path, gateway: Run, partner: str
) -> None:
    done = gateway("--home", home, "partner", "numbers", partner, "--next", 4712)
    assert done.returncode == 0, done.stderr
    desk = Desk(home)
    assert desk.send(partner, order("1"))["interchange"].lstrip("0") == "4712"
    desk.close()
