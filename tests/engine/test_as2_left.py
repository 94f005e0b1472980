"""A partner moves from AS2 to folders: what it did not get goes there, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from engine_wire import answer_997
from engine_wire import order
from homes import Run

from gateway.engine import running
from gateway.store import as2_messages

HARBOR = "harbor-medical"


@pytest.fixture
def north(tmp_path: Path) -> Iterator[As2Desk]:
    """Northfield, whose partner's server cannot be reached."""
    desk = As2Desk(make_pair(tmp_path)[0])
    yield desk
    desk.close()


def collect_from_now_on(desk: As2Desk) -> None:
    """Harbor has no AS2 any more."""
    definition = desk.home / "partners" / HARBOR / "partner.yaml"
    definition.write_text(definition.read_text().partition("as2:\n")[0])
    assert "error" not in desk.act(command="reload")


def test_what_waits_for_its_next_try_goes_into_the_folder(north: As2Desk) -> None:
    assert north.send(HARBOR, order("4500000001"))["state"] == "queued"
    collect_from_now_on(north)
    assert north.sent(HARBOR) == []
    [name] = north.act(command="resend", key=north.receipt(HARBOR)["document"])["names"]
    north.work()
    assert [path.name for path in north.files(f"outbox/{HARBOR}/edi")] == [name]
    receipt = north.receipt(HARBOR)
    assert (receipt["state"], "as2" in receipt, north.held()) == ("sent", False, [])
    north.receive(HARBOR, answer_997(receipt["group"], "AK9*A*1*1*1"))
    assert north.receipt(HARBOR)["state"] == "accepted"


def test_it_goes_at_its_next_try_by_itself(north: As2Desk) -> None:
    north.send(HARBOR, order("4500000001"))
    collect_from_now_on(north)
    north.later = north.gateway.partners[HARBOR].deadline
    north.work()
    assert north.receipt(HARBOR)["state"] == "sent"
    assert len(north.sent(HARBOR)) == 1
    assert north.entry("as2-left")["name"] == north.files(f"outbox/{HARBOR}/edi")[0].name


@pytest.mark.parametrize("decision", ["release", "resend"])
def test_what_was_given_up_goes_into_the_folder(north: As2Desk, decision: str) -> None:
    north.change(f"partners/{HARBOR}/partner.yaml", "as2:\n", "as2:\n  retry_after: [1 s]\n")
    north.send(HARBOR, order("4500000001"))
    north.later = timedelta(minutes=1)
    north.work()
    assert north.receipt(HARBOR)["state"] == "held"
    collect_from_now_on(north)
    [hold] = north.held()
    key = hold.id if decision == "release" else north.message().interchange
    for _ in range(2):
        north.act(command=decision, key=key)
    assert len(north.sent(HARBOR)) == 1
    assert (north.receipt(HARBOR)["state"], north.held()) == ("sent", [])


def test_it_goes_also_where_we_have_no_as2_any_more(north: As2Desk, gateway: Run) -> None:
    north.send(HARBOR, order("4500000001"))
    collect_from_now_on(north)
    north.close()
    settings = north.home / "gateway.yaml"
    settings.write_text(settings.read_text().partition("as2:\n")[0])
    for _ in range(2):
        assert gateway("--home", north.home, "once").returncode == 0
        assert len(north.sent(HARBOR)) == 1
    assert north.receipt(HARBOR)["state"] == "sent"


def test_all_of_it_goes_there_however_much_there_is(
    north: As2Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        north.send(HARBOR, order(f"450000000{number}"))
    collect_from_now_on(north)
    north.gateway.settings = replace(north.gateway.settings, as2=None)
    monkeypatch.setattr(as2_messages, "_PORTION", 1)
    with running._exchange(north.gateway) as exchange:
        assert exchange is None
    north.work()
    assert len(north.sent(HARBOR)) == 3
