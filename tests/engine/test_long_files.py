"""A long file is stored in several transactions: others write in between, and a kill loses none."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_wire import confirmation
from engine_wire import invoice
from engine_wire import x12
from homes import Desk
from homes import Run
from homes import make_plain_home

from gateway.edi.finding import TransientError
from gateway.engine import delivering
from gateway.engine import inbound

SETS = 120


def numbers(sets: int) -> list[str]:
    return [f"SO-{number}" for number in range(sets)]


def long_file(sets: int = SETS) -> str:
    """Two interchanges: confirmations of more than two portions, and ten invoices."""
    confirmations = x12(*(confirmation(number) for number in numbers(sets)), control=701)
    invoices = x12(*(invoice(f"INV-{n}") for n in range(10)), kind="810", control=702)
    return confirmations + invoices


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """One for which files are long sooner."""
    monkeypatch.setattr(inbound, "SHORT", 5_000)
    monkeypatch.setattr(inbound, "PORTION", 50)
    desk = Desk(make_plain_home(tmp_path))
    yield desk
    desk.close()


def answers(home: Path) -> list[str]:
    return [path.read_text() for path in sorted(home.glob("outbox/harbor-medical/edi/997-*.edi"))]


def assert_all_is_there_once(home: Path, documents: list[dict[str, Any]], sets: int = SETS) -> None:
    found = [one["data"]["id"] for one in documents]
    assert sorted(found) == sorted([*numbers(sets), *(f"INV-{n}" for n in range(10))])
    first, second = answers(home)
    assert f"AK9*A*{sets}*{sets}*{sets}~" in first
    assert "AK9*A*10*10*10~" in second


def test_a_long_file_takes_several_transactions(desk: Desk) -> None:
    desk.receive("harbor-medical", long_file())
    assert_all_is_there_once(desk.home, desk.documents("harbor-medical"))
    with desk.gateway.store.reading() as tx:
        entries = tx.journal.after(0)
        states = [one.state for one in tx.interchanges.listed() if one.direction == "in"]
    instants = {one.at for one in entries if one.event in ("document-ready", "file-translated")}
    assert len(instants) == 3
    assert states == ["accepted", "accepted"]


@pytest.mark.parametrize("at", [0, 49, 50, 70, 119, 125])
def test_what_fails_in_the_middle_goes_on_where_it_was(
    at: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = 0

    def fails_once(*words: Any, **named: Any) -> Any:
        nonlocal kept
        kept += 1
        if kept == at + 1:
            raise TransientError("the disk is full")
        return keep(*words, **named)

    keep = delivering.keep_document
    monkeypatch.setattr(delivering, "keep_document", fails_once)
    desk.drop("inbox/harbor-medical/edi", "long.edi", long_file())
    desk.work()
    desk.work()
    assert kept == SETS + 10 + 1 + at % inbound.PORTION
    assert_all_is_there_once(desk.home, desk.documents("harbor-medical"))
    assert desk.held() == []


def test_a_partner_who_has_gone_meanwhile_leaves_the_rest_to_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_words: Any, **_named: Any) -> Any:
        raise TransientError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(delivering, "answer", fails)
        desk.drop("inbox/harbor-medical/edi", "long.edi", long_file())
        desk.work()
    partner = desk.gateway.partners.pop("harbor-medical")
    desk.work()
    assert set(desk.held_codes()) == {"partner-unknown"}
    desk.gateway.partners["harbor-medical"] = partner
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    desk.work()
    assert_all_is_there_once(desk.home, desk.documents("harbor-medical"))


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    "passing",
    [pytest.param(1, marks=pytest.mark.long), 2, pytest.param(3, marks=pytest.mark.long)],
)
def test_killed_between_two_transactions(
    side: str, passing: int, tmp_path: Path, gateway: Run
) -> None:
    home = make_plain_home(tmp_path)
    sets = 2 * inbound.PORTION + 200
    (home / "inbox/harbor-medical/edi/long.edi").write_text(long_file(sets))
    failpoint = f"translate.{side}-commit:{passing}"
    killed = gateway("--home", home, "once", failpoint=failpoint)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = gateway("--home", home, "once")
    assert done.returncode == 0, done.stderr
    documents = home.glob("inbox/harbor-medical/documents/*.json")
    assert_all_is_there_once(home, [json.loads(path.read_text()) for path in documents], sets)
