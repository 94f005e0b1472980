"""A document waits behind an earlier one of its number that is held, and goes with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import order_response
from engine_wire import x12
from homes import Desk
from homes import make_plain_home
from homes import tell_alerts

from gateway.engine import resolving
from gateway.store import rows

ORDERS = "ORDERS:D:96A:UN"
LINE = ("LIN+1++4006381333931:EN", "QTY+21:4:PCE")


def order_of(number: str, *lines: str, function: str = "9") -> list[str]:
    """An ORDERS; without lines it does not fit the canonical model and is held."""
    return [f"BGM+220+{number}+{function}", "DTM+137:20260116:102", *lines, "UNS+S"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = make_plain_home(tmp_path)
    tell_alerts(home)
    desk = Desk(home)
    yield desk
    desk.close()


def receive(desk: Desk, *orders: list[str], control: int = 900) -> None:
    desk.receive("alpenmed", edifact(*orders, kind=ORDERS, control=control))


def test_a_change_waits_behind_the_order_that_is_held(desk: Desk) -> None:
    receive(desk, order_of("PO-9"), order_of("PO-9", *LINE, function="5"), order_of("PO-8", *LINE))
    assert desk.numbers("alpenmed") == ["PO-8"]
    assert desk.held_codes() == ["document-invalid", "earlier-held"]
    first, change = desk.held()
    desk.act(command="release", key=first.id)
    desk.work()
    assert desk.held() == []
    assert sorted(desk.numbers("alpenmed")) == ["PO-8", "PO-9", "PO-9"]
    with desk.gateway.store.reading() as tx:
        freed = tx.holds.get(change.id)
        published = [e.document for e in tx.journal.after(0) if e.event == "document-published"]
    assert (freed.who, freed.resolution) == ("gateway", "released")
    assert published[1:] == [first.target, change.target]


def test_it_goes_on_too_when_the_earlier_one_is_rejected(desk: Desk) -> None:
    receive(desk, order_of("PO-9"))
    receive(desk, order_of("PO-9", *LINE, function="5"), control=901)
    desk.act(command="reject", key=desk.held()[0].id)
    desk.work()
    assert desk.held() == []
    [document] = desk.documents("alpenmed")
    assert document["data"]["purpose"] == "replace"


def test_a_person_is_told_of_the_first_only_and_may_let_a_later_one_pass(desk: Desk) -> None:
    receive(desk, order_of("PO-9"), order_of("PO-9", *LINE))
    with desk.gateway.store.reading() as tx:
        assert len(tx.alerts.subjects("held")) == 1
    desk.act(command="release", key=desk.held()[1].id)
    desk.work()
    assert desk.held_codes() == ["document-invalid"]
    assert desk.numbers("alpenmed") == ["PO-9"]


def test_each_waits_for_all_before_it(desk: Desk) -> None:
    receive(desk, order_of("PO-9"), order_of("PO-9"), order_of("PO-9", *LINE))
    first, second, last = desk.held()
    desk.act(command="release", key=first.id)
    desk.work()
    assert [hold.id for hold in desk.held()] == [second.id, last.id]
    assert desk.held_codes() == ["document-invalid", "earlier-held"]
    desk.act(command="release", key=second.id)
    desk.work()
    assert desk.held() == []
    assert desk.numbers("alpenmed") == ["PO-9"] * 3


def test_any_number_that_waits_for_one_goes_on_by_looking_at_each_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that the store reads when the first is decided: thrice the waiting ones, thrice them."""
    real, seen = rows.stream, []

    def counted(*arguments: Any, **words: Any) -> Iterator[Any]:
        for row in real(*arguments, **words):
            seen.append(row)
            yield row

    looked_at = {}
    for many in (10, 30):
        changes = [order_of(f"PO-{many}", *LINE, function="5") for _ in range(many)]
        receive(desk, order_of(f"PO-{many}"), *changes, control=many)
        resolving.release(desk.gateway, desk.held()[0].id, "test")
        seen.clear()
        with monkeypatch.context() as patch:
            patch.setattr(rows, "stream", counted)
            assert resolving.release_waiting(desk.gateway) == many
        looked_at[many] = len(seen)
        assert desk.held() == []
    assert looked_at[30] == 3 * looked_at[10]


def test_other_kinds_partners_and_test_documents_do_not_wait(desk: Desk) -> None:
    receive(desk, order_of("4500123457"))
    desk.receive("alpenmed", edifact(order_response("AB-1"), control=902))
    tried = edifact(order_of("4500123457", *LINE), kind=ORDERS, control=903, test=True)
    desk.receive("alpenmed", tried)
    desk.receive("harbor-medical", x12(confirmation("SO-1", order="4500123457")))
    assert desk.held_codes() == ["document-invalid"]


def test_work_rests_while_its_partner_is_to_be_mended(desk: Desk) -> None:
    receive(desk, order_of("PO-9"), order_of("PO-9", *LINE))
    first, later = desk.held()
    resolving.reject(desk.gateway, first.id, "test")
    desk.gateway.broken, partners = {"alpenmed": ("mend it",)}, desk.gateway.partners
    desk.gateway.partners = {}
    desk.work()
    assert [hold.id for hold in desk.held()] == [later.id]
    desk.gateway.broken, desk.gateway.partners = {}, partners
    desk.work()
    assert desk.held() == []


@pytest.fixture
def north(tmp_path: Path) -> Iterator[As2Desk]:
    """A home whose partner cannot be reached."""
    desk = As2Desk(make_pair(tmp_path)[0])
    yield desk
    desk.close()


def give_up(north: As2Desk) -> None:
    """Its first message is tried until it is held."""
    for _ in range(20):
        north.later += timedelta(hours=12)
        north.work()
    assert len(north.held()) == 1, north.events()


def response(number: str, to: str) -> dict[str, Any]:
    data = {
        "id": number,
        "purpose": "original",
        "status": "accepted",
        "issue_date": "2026-01-16",
        "order_reference": {"id": to, "issue_date": "2026-01-15"},
    }
    return {"type": "purchase_order_response", "data": data}


def test_a_dropped_change_waits_behind_an_order_that_could_not_be_delivered(
    north: As2Desk,
) -> None:
    north.send("harbor-medical", order("4500000001"), "first.json")
    give_up(north)
    change = north.send("harbor-medical", order("4500000001", purpose="replace"), "change.json")
    assert (change["state"], change["findings"][0]["code"]) == ("held", "earlier-held")
    assert north.send("harbor-medical", order("4500000002"), "other.json")["state"] == "queued"
    north.act(command="reject", key=north.held()[0].id)
    north.work()
    assert north.held() == []
    receipts = north.home / "outbox/harbor-medical/receipts"
    assert json.loads((receipts / "change.json.receipt.json").read_text())["state"] == "queued"


def test_a_dropped_change_goes_when_the_order_before_it_is_settled(north: As2Desk) -> None:
    first = north.send("harbor-medical", order("4500000001"), "first.json")["document"]
    give_up(north)
    north.send("harbor-medical", order("4500000001", purpose="replace"), "change.json")
    _, waiting = north.held()
    told = north.act(command="settle", key=waiting.id, note="by telephone")["error"]
    assert told.endswith(f"was never sent, it is held: see `gateway held show {waiting.id}`")
    north.act(command="settle", key=first, note="by telephone")
    assert north.held() == []
    assert north.receipt("harbor-medical", "change.json")["state"] == "queued"
    assert north.receipt("harbor-medical", "first.json")["state"] == "accepted"


def test_a_dropped_change_does_not_overtake_an_order_that_is_tried_again(
    pair: tuple[As2Desk, As2Desk],
) -> None:
    north, harbor = pair
    harbor.close()
    north.send("harbor-medical", order("4500000001"), "first.json")
    change = north.send("harbor-medical", order("4500000001", purpose="replace"), "change.json")
    assert (change["state"], change["findings"][0]["code"]) == ("held", "earlier-held")
    again = As2Desk(harbor.home)
    again.open()
    north.later += timedelta(hours=1)
    north.work()
    again.work()
    again.close()
    assert [one["data"]["purpose"] for one in again.documents("northfield")] == [
        "original",
        "replace",
    ]


def test_a_dropped_change_that_is_rejected_while_it_waits_is_refused(north: As2Desk) -> None:
    north.send("harbor-medical", order("4500000001"), "first.json")
    give_up(north)
    north.send("harbor-medical", order("4500000001", purpose="replace"), "change.json")
    north.act(command="reject", key=north.held()[1].id)
    north.work()
    receipts = north.home / "outbox/harbor-medical/receipts"
    assert json.loads((receipts / "change.json.receipt.json").read_text())["state"] == "refused"
    assert len(north.messages()) == 1


def test_a_response_waits_behind_one_to_the_same_order(north: As2Desk) -> None:
    first = north.send("harbor-medical", response("SO-1", to="4500000001"), "first.json")
    assert first["state"] == "queued", first["findings"]
    give_up(north)
    for number, order_number in (("SO-2", "4500000001"), ("SO-3", "4500000002")):
        receipt = north.send("harbor-medical", response(number, to=order_number), number)
        assert receipt["state"] == ("held" if number == "SO-2" else "queued"), receipt


def test_what_a_person_gave_up_is_sent_again_all_the_same(north: As2Desk) -> None:
    sent = north.send("harbor-medical", order("4500000001"))
    give_up(north)
    north.act(command="reject", key=north.held()[0].id)
    [finding] = north.receipt("harbor-medical")["findings"]
    assert finding["message"].endswith("sam gave it up: to send it after all, `gateway resend ID`.")
    reply = north.act(command="resend", key=sent["document"])
    assert "error" not in reply, reply
    assert north.message().state == "queued"
    north.work()
    assert north.receipt("harbor-medical")["state"] == "queued"
