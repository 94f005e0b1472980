"""What `status` says needs a person, and that it leaves nothing out."""

from __future__ import annotations

import json
import os
import socket
from contextlib import chdir
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from engine_wire import order
from homes import ROOT
from homes import Desk
from homes import Run
from homes import make_plain_home
from homes import tell_alerts


def needs(home: Path, gateway: Run) -> list[str]:
    """The lines under `Needs a person`."""
    _, _, rest = gateway("--home", home, "status").stdout.partition("Needs a person:\n")
    return [line.strip() for line in rest.splitlines() if line.startswith("  ")]


def test_it_says_how_many_it_does_not_list(tmp_path: Path, gateway: Run) -> None:
    desk = Desk(make_plain_home(tmp_path / "home"))
    for number in range(103):
        text = json.dumps(order(str(number)))
        desk.drop("outbox/harbor-medical/documents", f"{number}.json", text)
    desk.work()
    desk.later = timedelta(days=1)
    desk.work()
    desk.close()
    told = needs(desk.home, gateway)
    assert len(told) == 101
    assert told[0] == "overdue   harbor-medical: purchase_order 102"
    assert told[-1] == "overdue   and 3 older ones"


def test_it_names_what_the_erp_dropped_and_was_refused(tmp_path: Path, gateway: Run) -> None:
    desk = Desk(make_plain_home(tmp_path / "home"))
    desk.later = timedelta(days=-8)
    desk.send("alpenmed", b"no order", "long ago.json")
    desk.later = timedelta()
    for name in ("anew.json", "mended.json", "refused.json"):
        desk.send("alpenmed", b"no order", name)
    desk.send("alpenmed", b"no order", "anew.json")
    desk.send("alpenmed", order("1"), "mended.json")
    desk.close()
    assert needs(desk.home, gateway) == [
        "refused   alpenmed: anew.json (json-invalid)",
        "refused   alpenmed: refused.json (json-invalid)",
    ]
    [first, _] = json.loads(gateway("--home", desk.home, "status", "--json").stdout)["refused"]
    assert (first["name"], first["findings"]) == ("anew.json", ["json-invalid"])


def lay(path: Path, kind: str) -> None:
    """Something that is no regular file."""
    match kind:
        case "a directory":
            path.mkdir()
        case "a symbolic link":
            path.symlink_to("/etc/hostname")
        case "a named pipe":
            os.mkfifo(path)
        case "a socket":
            # its name may not be long
            with chdir(path.parent), closing(socket.socket(socket.AF_UNIX)) as made:
                made.bind(path.name)


@pytest.mark.parametrize("kind", ["a directory", "a symbolic link", "a named pipe", "a socket"])
@pytest.mark.parametrize("folder", ["inbox/harbor-medical/edi", "outbox/alpenmed/documents"])
def test_what_can_never_be_taken_is_told_as_long_as_it_lies_there(
    tmp_path: Path, gateway: Run, kind: str, folder: str
) -> None:
    desk = Desk(make_plain_home(tmp_path / "home"))
    odd = desk.home / folder / "odd.edi"
    lay(odd, kind)
    todo = "put a file in its place that the gateway may read"
    told = f"to mend   {folder}/odd.edi: {kind}; {todo}"
    assert told in needs(desk.home, gateway)
    for _ in range(2):
        desk.work()
        assert desk.worker.left == {f"{folder}/odd.edi": kind}
        assert told in needs(desk.home, gateway)
    odd.rename(tmp_path / "elsewhere")
    desk.work()
    desk.close()
    assert (desk.worker.left, needs(desk.home, gateway)) == ({}, [])


def test_it_is_told_of_by_an_alert_whenever_it_is_there_again(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    tell_alerts(home)
    gone = home / "inbox/maple/edi"
    gone.mkdir(parents=True)
    odd = home / "inbox/harbor-medical/edi/odd.edi"
    for times in (1, 2):
        desk = Desk(home)
        odd.mkdir()
        (gone / "855.edi").write_text("for nobody")
        desk.work()
        desk.work()
        told = [json.loads(line) for line in (home / "alerts.jsonl").read_text().splitlines()]
        assert [(one["kind"], one["subject"]) for one in told] == times * [
            ("left", "inbox/harbor-medical/edi/odd.edi"),
            ("left", "inbox/maple/edi"),
        ]
        assert told[0]["reason"] == "a directory"
        assert told[1]["reason"].startswith("files wait, and there is no partner maple")
        odd.rmdir()
        (gone / "855.edi").unlink()
        desk.work()
        desk.close()


def test_what_a_person_rejected_of_theirs_needs_nobody_any_more(
    tmp_path: Path, gateway: Run
) -> None:
    desk = Desk(make_plain_home(tmp_path / "home"))
    notice = ROOT / "tests/cases/x12-856-level-unknown/input.edi"
    desk.receive("harbor-medical", notice.read_bytes())
    [hold] = desk.held()
    [held] = needs(desk.home, gateway)
    assert held.endswith("(level-unknown)")
    desk.act(command="reject", key=hold.id)
    desk.close()
    assert needs(desk.home, gateway) == []


def test_without_its_database_it_still_says_what_it_sees(tmp_path: Path, gateway: Run) -> None:
    home = make_plain_home(tmp_path / "home")
    (home / "inbox/harbor-medical/edi/odd.edi").mkdir()
    (home / "var").mkdir()
    (home / "var/gateway.db").write_bytes(b"this is no database" * 100)
    shown = gateway("--home", home, "status")
    assert (shown.returncode, shown.stdout.splitlines()[0]) == (
        3,
        "Gateway: not running; start it: gateway run",
    )
    told, broken = needs(home, gateway)
    assert told.startswith("to mend   inbox/harbor-medical/edi/odd.edi: a directory")
    assert broken.endswith("file is not a database; restore it from its backup")
    seen = gateway("--home", home, "status", "--json")
    assert (seen.returncode, len(json.loads(seen.stdout)["faults"])) == (3, 2)
    assert seen.stderr == f"Error: {broken.removeprefix('to mend   ')}\n"


def test_what_no_server_takes_is_told_until_it_is_taken(tmp_path: Path, gateway: Run) -> None:
    home, harbor_home = make_pair(tmp_path)
    north = As2Desk(home)
    north.send("harbor-medical", order("1"))
    message = north.message()
    tried = f"(tries: 1, next {message.next_at:%H:%M}Z)"
    assert needs(home, gateway) == [f"not sent  harbor-medical: {message.name} {tried}"]
    harbor = As2Desk(harbor_home)
    harbor.open()
    north.later += timedelta(minutes=6)
    north.work()
    assert needs(home, gateway) == []
    north.close()
    harbor.close()
