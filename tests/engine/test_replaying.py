"""Read again with a map that was mended: the ERP gets what differs, and what it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import x12
from homes import Desk
from homes import make_plain_home

OVERLAY = """\
overlay: x12/004010/855
tables:
  unit:
    UN: EA
    EA: EA (read)
"""
IN_UN = [segment.replace("*BX*", "*UN*") for segment in confirmation("SO-1")]
REFUSING = """\
overlay: x12/004010/855
require: [REF(CT)]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(make_plain_home(tmp_path))
    desk.receive("harbor-medical", x12(IN_UN, confirmation("SO-2")))
    yield desk
    desk.close()


def mend(desk: Desk, overlay: str = OVERLAY) -> None:
    maps = desk.home / "partners/harbor-medical/maps"
    maps.mkdir(exist_ok=True)
    (maps / "855.yaml").write_text(overlay)
    assert "error" not in desk.act(command="reload")


def by_number(desk: Desk) -> dict[str, list[dict[str, object]]]:
    """The documents of each number, in the order they were made."""
    found: dict[str, list[dict[str, object]]] = {}
    for one in sorted(desk.documents("harbor-medical"), key=lambda one: one["id"]):
        found.setdefault(one["data"]["id"], []).append(one)
    return found


def interchange(desk: Desk) -> str:
    with desk.gateway.store.reading() as tx:
        [stored] = [one for one in tx.interchanges.listed() if one.direction == "in"]
    return stored.id


def unit(document: dict[str, object]) -> str:
    return document["data"]["lines"][0]["quantity"]["unit"]  # type: ignore[index]


def test_what_reads_differently_goes_to_the_erp_with_what_it_replaces(desk: Desk) -> None:
    answers = desk.sent("harbor-medical")
    mend(desk)
    reply = desk.act(command="replay", key=interchange(desk), who="ada")
    desk.work()
    found = by_number(desk)
    first, second = found["SO-1"]
    assert reply == {"replaced": {first["id"]: second["id"]}, "same": 1, "rejected": []}
    assert second["replaces"] == first["id"]
    assert (unit(first), unit(second)) == ("C62", "EA")
    assert len(found["SO-2"]) == 1
    assert desk.sent("harbor-medical") == answers


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    mend(desk)
    for replaced in (1, 0):
        reply = desk.act(command="replay", key=interchange(desk), who="ada")
        assert len(reply["replaced"]) == replaced
    [*_, newest] = by_number(desk)["SO-1"]
    with desk.gateway.store.reading() as tx:
        [carried] = tx.sets.carrying(str(newest["id"]))
    assert carried.interchange == interchange(desk)


def test_what_reads_as_it_once_did_replaces_and_repeats_nothing(desk: Desk) -> None:
    """Who passes over what is repeated would keep the wrong one."""
    mend(desk)
    desk.act(command="replay", key=interchange(desk), who="ada")
    (desk.home / "partners/harbor-medical/maps/855.yaml").unlink()
    desk.act(command="reload")
    desk.act(command="replay", key=interchange(desk), who="ada")
    desk.work()
    first, second, third = by_number(desk)["SO-1"]
    assert third["data"] == first["data"]
    assert third["replaces"] == second["id"]
    assert "repeats" not in third


def test_one_document_alone(desk: Desk) -> None:
    mend(desk)
    [other] = by_number(desk)["SO-2"]
    reply = desk.act(command="replay", key=other["id"], who="ada")
    assert reply == {"replaced": {}, "same": 1, "rejected": []}


def test_whoever_names_what_was_replaced_is_told_so(desk: Desk) -> None:
    [first] = by_number(desk)["SO-1"]
    mend(desk)
    [new] = desk.act(command="replay", key=first["id"], who="ada")["replaced"].values()
    error = desk.act(command="replay", key=first["id"], who="ada")["error"]
    assert error.startswith("document SO-1 was read again before and another one replaces it")
    assert desk.act(command="replay", key=new, who="ada")["same"] == 1


def test_what_would_be_rejected_now_stays_as_it_is(desk: Desk) -> None:
    mend(desk, REFUSING)
    reply = desk.act(command="replay", key=interchange(desk), who="ada")
    assert reply == {"replaced": {}, "same": 0, "rejected": ["SO-1", "SO-2"]}
    assert {len(one) for one in by_number(desk).values()} == {1}


def test_a_held_document_makes_room_for_what_its_map_reads_now(desk: Desk) -> None:
    without_lines = ["BGM+220+PO-9+9", "DTM+137:20260116:102", "UNS+S"]
    desk.receive("alpenmed", edifact(without_lines, kind="ORDERS:D:96A:UN"))
    [first] = desk.held()
    assert desk.act(command="replay", key=first.target, who="ada")["same"] == 1
    assert desk.held() == [first]
    maps = desk.home / "partners/alpenmed/maps"
    maps.mkdir()
    (maps / "ORDERS.yaml").write_text("overlay: edifact/D96A/ORDERS\ndefault: {currency: CHF}\n")
    assert desk.act(command="reload")["broken"] == {}
    assert len(desk.act(command="replay", key=first.target, who="ada")["replaced"]) == 1
    [second] = desk.held()
    assert second.target != first.target
    desk.act(command="release", key=second.id)
    desk.work()
    [document] = desk.documents("alpenmed")
    assert document["data"]["currency"] == "CHF"
    assert "replaces" not in document


@pytest.mark.parametrize("key", ["01KB2Q9W3F8ZJ6M4T5R7V8X9Y0", ""])
def test_what_no_partner_sent_cannot_be_read_again(key: str, desk: Desk) -> None:
    sent = desk.send("alpenmed", order("1"))
    assert "came from a partner" in desk.act(command="replay", key=key or sent["document"])["error"]
