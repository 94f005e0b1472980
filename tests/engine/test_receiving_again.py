"""What comes again in other company: known by its own bytes, and answered no more than it must."""

from __future__ import annotations

from engine_wire import confirmation
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
