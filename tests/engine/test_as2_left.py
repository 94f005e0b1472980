"""A partner moves from AS2 to folders: what it did not get goes there, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import partner_port
from as2_posts import Posted
from as2_posts import Sink
from engine_wire import answer_997
from engine_wire import order
from homes import Desk
from homes import Run
from test_as2_answers import receipt_for
from test_as2_answers import reply

from gateway.engine.commanding import act
from gateway.engine.exchanging import Exchanging
from gateway.store import As2State
from gateway.store import as2_messages
from gateway.transport.http_server import Reply

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


def test_what_waits_for_its_next_try_goes_into_the_folder_at_once(north: As2Desk) -> None:
    assert north.send(HARBOR, order("4500000001"))["state"] == "queued"
    collect_from_now_on(north)
    [path] = north.files(f"outbox/{HARBOR}/edi")
    receipt = north.receipt(HARBOR)
    assert (receipt["state"], "as2" in receipt, north.held()) == ("sent", False, [])
    assert north.entry("as2-left")["name"] == path.name
    assert north.act(command="resend", key=receipt["document"])["names"] == [path.name]
    assert north.files(f"outbox/{HARBOR}/edi") == [path]
    north.receive(HARBOR, answer_997(receipt["group"], "AK9*A*1*1*1"))
    assert north.receipt(HARBOR)["state"] == "accepted"


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
    with Exchanging(north.gateway) as exchanging:
        exchanging.drain(north.worker)
    assert len(north.sent(HARBOR)) == 3


@pytest.mark.parametrize("status", [200, 503])
def test_what_is_posted_while_the_partner_leaves_goes_one_way_only(
    north: As2Desk, tmp_path: Path, status: int
) -> None:
    def answer(sent: Posted) -> Reply:
        """The partner leaves, and somebody sends it again, while its server still takes it."""
        definition = north.home / "partners" / HARBOR / "partner.yaml"
        definition.write_text(definition.read_text().partition("as2:\n")[0])
        for command in ("reload", "resend"):
            done = act(
                north.worker,
                north.gateway,
                {"command": command, "key": north.message().interchange},
            )
            assert "error" not in done
        Desk.work(north)
        return reply(receipt_for(sent)) if status == 200 else Reply(status)

    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer) as sink:
        north.send(HARBOR, order("4500000001"))
        north.later = timedelta(minutes=6)
        north.work()
        assert len(sink.posted) == 1
    arrived = As2State.DELIVERED if status == 200 else As2State.LEFT
    assert north.message().state is arrived
    assert len(north.sent(HARBOR)) == (status != 200)
    assert north.receipt(HARBOR)["state"] in ("received", "sent")


def test_resend_goes_into_the_folder_where_we_have_no_as2_any_more(
    north: As2Desk, gateway: Run, tmp_path: Path
) -> None:
    with Sink(
        partner_port(north.home), tmp_path / "sink", otherwise=lambda sent: reply(receipt_for(sent))
    ):
        key = north.send(HARBOR, order("4500000001"))["document"]
    collect_from_now_on(north)
    north.close()
    settings = north.home / "gateway.yaml"
    settings.write_text(settings.read_text().partition("as2:\n")[0])
    done = gateway("--home", north.home, "resend", key)
    assert done.returncode == 0, done.stderr
    assert [f"{path.name}\n" for path in north.files(f"outbox/{HARBOR}/edi")] == [done.stdout]
