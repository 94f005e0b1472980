"""What comes again in other company: known by its own bytes, and answered no more than it must."""

from __future__ import annotations

from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import x12
from homes import Desk

FIRST = x12(confirmation("SO-1"), control=701)
SECOND = x12(confirmation("SO-2"), control=702)
STRANGER = x12(confirmation("SO-9"), control=799, sender="MAPLEMED")


def test_the_same_interchange_beside_a_new_one_is_a_duplicate(desk: Desk) -> None:
    """Not a conflict, though the file is another one."""
    desk.receive("harbor-medical", FIRST)
    desk.receive("harbor-medical", FIRST + SECOND)
    assert desk.numbers() == ["SO-1", "SO-2"]
    assert desk.held() == []
    assert desk.events().count("interchange-duplicate") == 1


def test_what_was_taken_from_a_held_file_is_not_answered_again_when_it_is_released(
    desk: Desk,
) -> None:
    desk.receive("harbor-medical", FIRST + STRANGER)
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1"]
    assert desk.events().count("interchange-accepted") == 1
    assert "interchange-duplicate" not in desk.events()
    assert "acknowledgment-repeated" not in desk.events()


def test_a_ta1_alone_uses_up_no_group_number(desk: Desk) -> None:
    """Each kind of number follows its own count, without a gap."""
    desk.receive("harbor-medical", FIRST.replace("IEA*1*", "IEA*2*"))
    sent = desk.send("harbor-medical", order("1"))
    assert (sent["interchange"], sent["group"]) == ("000000002", "1")


def test_the_same_document_in_another_interchange_says_what_it_repeats(desk: Desk) -> None:
    desk.receive("harbor-medical", FIRST)
    again, other = confirmation("SO-1"), confirmation("SO-1", order="4500123457")
    desk.receive("harbor-medical", x12(again, other, control=702))
    first, second, third = sorted(desk.documents("harbor-medical"), key=lambda one: one["id"])
    assert second["repeats"] == first["id"]
    assert second["data"] == first["data"]
    assert "repeats" not in first
    assert "repeats" not in third


def test_what_never_went_to_the_erp_is_not_repeated(desk: Desk) -> None:
    without_lines = ["BGM+220+PO-9+9", "DTM+137:20260116:102", "UNS+S"]
    for control in (901, 902):
        content = edifact(without_lines, kind="ORDERS:D:96A:UN", control=control)
        desk.receive("alpenmed", content)
        desk.act(command="reject" if control == 901 else "release", key=desk.held()[0].id)
        desk.work()
    [document] = desk.documents("alpenmed")
    assert "repeats" not in document
