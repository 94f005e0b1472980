"""Rows found by what was said: the same answer however many there are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.levels.told import Told

WORDS = st.sampled_from(["a", "b", "c"])
SAID = st.recursive(
    WORDS | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)


@given(st.lists(SAID, max_size=40))
def test_it_finds_what_looking_one_by_one_finds(said: list[Any]) -> None:
    told: Told[int] = Told()
    known: list[Any] = []
    for one in said:
        row = told.find(one)
        assert row == (known.index(one) if one in known else None)
        if row is None:
            told.add(one, len(known))
            known.append(one)
