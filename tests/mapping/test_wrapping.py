"""Long text in short rows: cut hard, and exactly what it was when joined again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mapping_desk import Desk

from gateway.edi.finding import Code
from gateway.mapping.wrapping import cut_rows
from gateway.mapping.wrapping import join_rows


@given(text=st.text("ab \n", min_size=1, max_size=40), wrap=st.integers(0, 9))
def test_joined_rows_are_the_text(text: str, wrap: int) -> None:
    rows = cut_rows(text, wrap)
    assert join_rows(rows, wrap) == text
    assert not wrap or max(map(len, rows)) <= wrap


def test_a_full_line_before_another_needs_an_empty_row(desk: Desk) -> None:
    assert cut_rows("four\nmore.", 4) == ["four", "", "more", "."]
    name = "edifact/D96A/ORDERS"
    rule = "- {seg: FTX, each: notes, rows: {over: FTX04-1..FTX04-5, text: text | wrap(4)}}"
    trial = desk.load(rule, name=name)
    document = {"notes": [{"text": "four\nmore."}]}
    assert trial.write(document) == "FTX++++four::more:."
    assert trial.read("FTX++++four::more:.").document == document


def test_one_row_a_segment_cannot_hold_an_empty_one(desk: Desk) -> None:
    rules = "- loop: N9\n  inside:\n  - {seg: MSG, rows: {over: MSG01, text: text | wrap(4)}}"
    emission = desk.load(rules).emit({"text": "four\nmore."})
    assert {(f.code, f.detail["path"]) for f in emission.findings} == {(Code.NOT_CARRIED, "text")}
