"""Stretches of segments: where sets are cut, and what may be missing in between."""

from __future__ import annotations

from gateway.mapping.compiled.habits import Habits
from gateway.mapping.compiled.habits import Slot
from gateway.mapping.compiled.habits import StepTaken

ST: StepTaken = ((0,), 0)
BEG: StepTaken = ((1,), 0)
REF: StepTaken = ((4,), 0)
CASE: StepTaken = ((4,), 1)
N9: StepTaken = ((6,), 0)
MSG: StepTaken = ((6, 0, 1), 0)
PO1: StepTaken = ((7,), 0)
PID: StepTaken = ((7, 0, 2), 0)
DTM: StepTaken = ((7, 0, 3), 0)
SE: StepTaken = ((9,), 0)


def habits(*sets: list[StepTaken]) -> Habits:
    found = Habits()
    found.loops = {N9[0], PO1[0]}
    for one in sets:
        found.note(one)
    return found


def test_a_loop_that_comes_again_begins_a_stretch() -> None:
    found = habits([ST, BEG, PO1, PID, PO1, PID, SE]).stretches()
    assert [slot.key for slot in found[ST]] == [ST[0], BEG[0]]
    assert [slot.key for slot in found[PO1]] == [PO1[0], PID[0], SE[0]]


def test_a_loop_that_comes_once_does_not() -> None:
    found = habits([ST, BEG, PO1, PID, SE])
    assert list(found.stretches()) == [ST]
    assert found.starts() == {ST[0]: 1}


def test_what_not_every_stretch_has_is_optional() -> None:
    found = habits([ST, BEG, PO1, PID, PO1, DTM, SE]).stretches()
    assert found[PO1] == [
        Slot(PO1[0], (0,), optional=False),
        Slot(PID[0], (0,), optional=True),
        Slot(DTM[0], (0,), optional=True),
        Slot(SE[0], (0,), optional=True),
    ]


def test_what_stands_in_a_loop_is_optional_there_and_not_in_the_set() -> None:
    with_note, without = [ST, BEG, N9, MSG, SE], [ST, BEG, SE]
    slots = {slot.key: slot.optional for slot in habits(with_note, without).stretches()[ST]}
    assert slots == {ST[0]: False, BEG[0]: False, N9[0]: True, MSG[0]: False, SE[0]: False}


def test_a_segment_in_a_row_has_a_slot_each_time_up_to_three() -> None:
    few = habits([ST, BEG, REF, CASE, REF, SE]).stretches()[ST]
    assert [(slot.key, slot.rules) for slot in few[2:5]] == [
        (REF[0], (0,)),
        (REF[0], (1,)),
        (REF[0], (0,)),
    ]
    many = habits([ST, BEG, REF, REF, REF, REF, SE]).stretches()
    assert [slot.key for slot in many[ST]] == [ST[0], BEG[0]]
    assert [slot.key for slot in many[REF]] == [REF[0], SE[0]]


def test_what_is_rare_is_left_out() -> None:
    usual, rare = [ST, BEG, SE], [ST, BEG, REF, SE]
    found = habits(*([usual] * 20), rare).stretches()[ST]
    assert [slot.key for slot in found] == [ST[0], BEG[0], SE[0]]


def test_only_the_last_sets_count() -> None:
    found = habits([ST, REF, SE], *([[ST, BEG, SE]] * 40)).stretches()[ST]
    assert [slot.key for slot in found] == [ST[0], BEG[0], SE[0]]
