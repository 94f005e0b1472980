"""Partners whose servers are silent, beside one whose server answers."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import partner_port
from as2_pair import until
from engine_wire import order
from homes import Run

from gateway.engine import as2_working


def add_silent_partners(home: Path, names: list[str], port: int, timeout: str) -> None:
    usual = str(partner_port(home))
    for name in names:
        folder = home / "partners" / name
        shutil.copytree(home / "partners/harbor-medical", folder)
        text = (folder / "partner.yaml").read_text().replace("HARBORMED", name.upper())
        text = text.replace(usual, str(port))
        (folder / "partner.yaml").write_text(f"{text}  timeout: {timeout}\n")


@contextmanager
def silent_server() -> Iterator[int]:
    """Connections are taken, and nothing is ever said on them."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening.getsockname()[1]


@contextmanager
def beside_silent(folder: Path, names: list[str], timeout: str) -> Iterator[As2Desk]:
    """Northfield at work, with Harbor's gateway and these partners to post to."""
    north_home, harbor_home = make_pair(folder)
    with silent_server() as port:
        add_silent_partners(north_home, names, port, timeout)
        harbor, north = As2Desk(harbor_home), As2Desk(north_home)
        harbor.open()
        north.exchange.start()
        yield north
        north.close()
        harbor.close()


def drop(desk: As2Desk, partner: str, number: str) -> None:
    """An order for the partner; its message waits to be posted."""
    desk.drop(f"outbox/{partner}/documents", f"{number}.json", json.dumps(order(number)))
    while desk.worker.round():
        pass
    desk.exchange.wake()


def is_received(desk: As2Desk, number: str) -> bool:
    return desk.receipt("harbor-medical", f"{number}.json").get("state") == "received"


def test_many_silent_servers_keep_nobody_waiting(tmp_path: Path) -> None:
    names = [f"silent{number}" for number in range(20)]
    with beside_silent(tmp_path, names, "60 s") as north:
        for name in names:
            drop(north, name, "1")
        drop(north, "harbor-medical", "2")
        until(lambda: north.worker.round() or is_received(north, "2"), seconds=20)


def test_a_silent_server_stands_behind_the_others_after_each_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as2_working, "_POSTING", 1)
    with beside_silent(tmp_path, ["silent"], "1 s") as north:
        for number in ("1", "2", "3"):
            drop(north, "silent", number)
        drop(north, "harbor-medical", "4")
        until(lambda: north.worker.round() or is_received(north, "4"), seconds=20)
        assert north.events().count("as2-not-sent") < 3
        until(lambda: north.events().count("as2-not-sent") == 3, seconds=20)


def large_order(number: str) -> dict[str, Any]:
    """One whose bytes lie in the payload folder."""
    made = order(number)
    [line] = made["data"]["lines"]
    made["data"]["lines"] = [{**line, "id": str(one)} for one in range(1, 3000)]
    return made


def test_what_fails_for_one_partner_is_told_while_it_lasts(tmp_path: Path, gateway: Run) -> None:
    home, _ = make_pair(tmp_path, {"retry_after": "[1 s, 1 s, 1 s]"})
    north = As2Desk(home)
    assert north.send("harbor-medical", large_order("1"))["state"] == "queued"
    moved = tmp_path / "elsewhere"
    (home / "var/payloads").rename(moved)
    north.later += timedelta(seconds=2)
    north.work()
    [told] = north.exchange.troubles
    assert told.startswith("as2 harbor-medical: ")
    assert "cannot be read" in told
    north.close()
    done = gateway("--home", home, "once")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (3, f"gateway: {told}")
    shutil.rmtree(home / "var/payloads", ignore_errors=True)
    moved.rename(home / "var/payloads")
    north = As2Desk(home)
    north.work()
    assert north.exchange.troubles == []
    assert north.events().count("as2-not-sent") == 2
    north.close()


def test_what_a_command_posts_is_in_its_receipt_when_the_command_ends(
    tmp_path: Path, gateway: Run
) -> None:
    north_home, harbor_home = make_pair(tmp_path)
    north = As2Desk(north_home)
    sent = north.send("harbor-medical", order("1"))
    assert sent["state"] == "queued"
    north.close()
    harbor = As2Desk(harbor_home)
    harbor.open()
    assert gateway("--home", north_home, "resend", sent["document"]).returncode == 0
    assert north.receipt("harbor-medical")["state"] == "received"
    harbor.close()
