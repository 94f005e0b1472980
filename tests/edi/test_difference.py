"""Where two interchanges differ first."""

from __future__ import annotations

import pytest

from gateway.edi.difference import Difference
from gateway.edi.difference import first_difference

ISA = (
    "ISA*00*          *00*          *ZZ*HARBORMED      *ZZ*NORTHFIELD     "
    "*260115*1130*U*00401*000000700*0*P*>~"
)
WIRE = f"{ISA}GS*PR*H*N*20260115*1130*7*X*004010~ST*855*0001~BAK*00*AD*1*20260115~SE*3*0001~"


def difference(one: str, other: str) -> Difference | None:
    """Each comes in blocks of seven bytes."""
    blocks = [
        [text.encode()[at : at + 7] for at in range(0, len(text), 7)] for text in (one, other)
    ]
    return first_difference(*blocks)


def test_the_first_segment_that_differs_is_told_with_both_texts() -> None:
    found = difference(WIRE, WIRE.replace("AD*1*", "AD*2*").replace("SE*3", "SE*4"))
    assert found == Difference(4, "BAK*00*AD*1*20260115", "BAK*00*AD*2*20260115")
    assert found.shown() == (found.first, found.second)


def test_one_that_has_ended_has_no_text() -> None:
    assert difference(WIRE, WIRE + "GE*1*7~") == Difference(6, "", "GE*1*7")


@pytest.mark.parametrize(
    "other",
    [WIRE.replace("~", "~\r\n"), WIRE.replace("~", "~ \n"), WIRE.replace("~", "!")],
    ids=["line ends", "blanks", "terminators"],
)
def test_what_stands_between_segments_is_no_difference_in_them(other: str) -> None:
    assert difference(WIRE, other) is None


def test_long_texts_are_cut_around_what_differs() -> None:
    long = "MSG*" + "x" * 300
    first, second = Difference(1, f"{long}A{long}", f"{long}\nB").shown()
    assert first == f"…{'x' * 40}A{long[:59]}…"
    assert second == f"…{'x' * 40}·B"
