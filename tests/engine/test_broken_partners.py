"""A partner whose definition is broken: the others go on, its files wait untouched, one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import order_response
from engine_wire import x12
from homes import Desk
from homes import Run
from homes import make_plain_home
from homes import tell_alerts

FAULT = "partners/alpenmed/partner.yaml:6: partner.yaml has no key colour"
DROPPED = edifact(order_response("AB-1"))
ORDER = json.dumps(order("4500000001"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """alpenmed is broken, and files wait for both partners; alerts are written to a file."""
    home = make_plain_home(tmp_path / "home")
    tell_alerts(home)
    break_alpenmed(home)
    (home / "inbox/harbor-medical/edi/855.edi").write_text(x12(confirmation("SO-1")))
    (home / "inbox/alpenmed/edi/ordrsp.edi").write_text(DROPPED)
    (home / "outbox/alpenmed/documents/order.json").write_text(ORDER)
    return home


def break_alpenmed(home: Path) -> None:
    path = home / "partners/alpenmed/partner.yaml"
    path.write_text(path.read_text() + "colour: red\n")


def mend_alpenmed(home: Path) -> None:
    path = home / "partners/alpenmed/partner.yaml"
    path.write_text(path.read_text().replace("colour: red\n", ""))


def alerts(home: Path) -> list[dict[str, object]]:
    path = home / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def assert_waits_untouched(home: Path) -> None:
    assert (home / "inbox/alpenmed/edi/ordrsp.edi").read_text() == DROPPED
    assert (home / "outbox/alpenmed/documents/order.json").read_text() == ORDER


def test_the_others_go_on_and_its_files_wait(home: Path, gateway: Run) -> None:
    for _ in range(2):
        done = gateway("--home", home, "once")
        assert done.returncode == 1
        assert FAULT in done.stderr
        assert_waits_untouched(home)
    assert len(list(home.glob("inbox/harbor-medical/documents/*.json"))) == 1
    mend_alpenmed(home)
    done = gateway("--home", home, "once")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(home.glob("inbox/alpenmed/documents/*.json"))) == 1
    assert len(list(home.glob("outbox/alpenmed/edi/ORDERS*"))) == 1


def test_it_is_alerted_once_and_again_when_it_is_broken_again(home: Path, gateway: Run) -> None:
    for _ in range(2):
        gateway("--home", home, "once")
    [alert] = alerts(home)
    assert (alert["kind"], alert["partner"]) == ("partner-broken", "alpenmed")
    assert str(alert["faults"]).count(FAULT) == 1
    mend_alpenmed(home)
    gateway("--home", home, "once")
    break_alpenmed(home)
    gateway("--home", home, "once")
    assert len(alerts(home)) == 2


def test_status_tells_it_before_and_after_the_first_start(home: Path, gateway: Run) -> None:
    for _ in range(2):
        status = gateway("--home", home, "status")
        assert status.returncode == 0
        assert f"to mend   {FAULT}" in status.stdout
        faults = json.loads(gateway("--home", home, "status", "--json").stdout)["faults"]
        assert [fault.startswith(FAULT) for fault in faults] == [True]
        gateway("--home", home, "once")


def test_partner_commands_tell_its_fault_and_serve_the_others(home: Path, gateway: Run) -> None:
    shown = gateway("--home", home, "partner", "show", "alpenmed")
    assert shown.returncode == 1
    assert FAULT in shown.stderr
    assert gateway("--home", home, "partner", "show", "harbor-medical").returncode == 0
    assert gateway("--home", home, "partner", "check", "harbor-medical").returncode == 0
    listed = gateway("--home", home, "partner", "list")
    assert listed.returncode == 1
    assert "harbor-medical" in listed.stdout
    assert FAULT in listed.stderr
    words = ("--name", "Maple", "--dialect", "x12", "--identifier", "ZZ:MAPLEMED")
    assert gateway("--home", home, "partner", "add", "maple", *words).returncode == 0


def test_a_home_whose_partners_cannot_be_seen_does_not_seem_to_have_none(
    home: Path, gateway: Run
) -> None:
    (home / "partners").rename(home / "elsewhere")
    (home / "partners").write_text("a file in the way")
    for command in ("once", "run", "status"):
        done = gateway("--home", home, command)
        assert (done.returncode, done.stderr) == (
            1,
            "partners:1: cannot be read: Not a directory\n",
        )


def test_partners_that_could_not_be_told_apart_both_wait(desk: Desk, gateway: Run) -> None:
    home = desk.home
    copied = home / "partners/a-copy"
    copied.mkdir()
    text = (home / "partners/harbor-medical/partner.yaml").read_text()
    (copied / "partner.yaml").write_text(text)
    told = gateway("--home", home, "partner", "check").stderr
    assert "partners/a-copy/partner.yaml:1: ZZ:HARBORMED is already the identifier" in told
    assert "partners/harbor-medical/partner.yaml:1: ZZ:HARBORMED is already" in told
    desk.act(command="reload")
    assert sorted(desk.gateway.partners) == ["alpenmed", "harbor-medical"]
    desk.close()
    started = Desk(home)
    assert sorted(started.gateway.partners) == ["alpenmed"]
    started.close()


def test_a_running_gateway_keeps_the_old_one_and_takes_up_the_others(desk: Desk) -> None:
    break_alpenmed(desk.home)
    path = desk.home / "partners/harbor-medical/partner.yaml"
    path.write_text(path.read_text() + "done_marker: .done\n")
    assert "alpenmed" in desk.act(command="reload")["broken"]
    assert desk.gateway.partners["harbor-medical"].done_marker == ".done"
    desk.receive("alpenmed", DROPPED)
    assert len(desk.documents("alpenmed")) == 1


def test_nothing_held_of_it_is_decided_without_its_definition(desk: Desk) -> None:
    desk.drop("inbox/alpenmed/edi", "stranger.edi", edifact(order_response("AB-1"), sender="1:14"))
    desk.work()
    [hold] = desk.held()
    desk.close()
    break_alpenmed(desk.home)
    started = Desk(desk.home)
    for command in ("release", "reject"):
        error = started.act(command=command, key=hold.id)["error"]
        assert "alpenmed is to be mended first" in error
        assert FAULT in error
    started.close()


@pytest.mark.parametrize("failpoint", ["receive.after-commit", "translate.after-commit"])
def test_what_a_crash_left_of_it_waits(tmp_path: Path, gateway: Run, failpoint: str) -> None:
    home = make_plain_home(tmp_path / "crashed")
    (home / "inbox/alpenmed/edi/ordrsp.edi").write_text(DROPPED)
    gateway("--home", home, "once", failpoint=failpoint)
    break_alpenmed(home)
    gateway("--home", home, "once")
    assert json.loads(gateway("--home", home, "held", "list", "--json").stdout) == []
    for folder in ("inbox/alpenmed/documents", "outbox/alpenmed/edi"):
        assert list((home / folder).iterdir()) == []
    mend_alpenmed(home)
    assert gateway("--home", home, "once").returncode == 0
    assert len(list(home.glob("inbox/alpenmed/documents/*.json"))) == 1
    assert len(list(home.glob("outbox/alpenmed/edi/CONTRL*"))) == 1
