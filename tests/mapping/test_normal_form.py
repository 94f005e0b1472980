"""Equality of documents: their normal form and where two of them differ."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import differences
from gateway.mapping import normal
from gateway.mapping.normal import alike

DOCUMENTS = st.recursive(
    st.sampled_from(["a", "7", "7.50", "-0.0", "x.y", None]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries({"notes": st.lists(st.fixed_dictionaries({"type": inner}))})
        | st.dictionaries(st.sampled_from(["ids", "lines", "notes", "type"]), inner, max_size=3)
    ),
    max_leaves=12,
)

OBJECTS = st.dictionaries(st.sampled_from(["ids", "lines", "notes"]), DOCUMENTS, max_size=3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ids": [{"scheme": "a"}, {"scheme": "b"}]}, {"ids": [{"scheme": "b"}, {"scheme": "a"}]}),
        ({"price": "41.50"}, {"price": "41.5"}),
        ({"lines": [], "address": {}}, {}),
        (
            {"notes": [{"type": "a", "text": "1"}, {"type": "b"}, {"type": "a", "text": "2"}]},
            {"notes": [{"type": "b"}, {"type": "a", "text": "1"}, {"type": "a", "text": "2"}]},
        ),
    ],
)
def test_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert normal(one) == normal(other)
    assert list(differences(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        (
            {"lines": [{"id": "1"}, {"id": "2"}]},
            {"lines": [{"id": "2"}, {"id": "1"}]},
            ["lines[0].id", "lines[1].id"],
        ),
        ({"id": "007"}, {"id": "7"}, ["id"]),
        ({"id": "7"}, {}, ["id"]),
        ({}, {"a": {"b": "7"}}, ["a.b"]),
        (
            {"ids": [{"v": "1"}, {"v": "2"}, {"v": "3"}]},
            {"ids": [{"v": "3"}, {"v": "1"}]},
            ["ids[1].v"],
        ),
        (
            {"notes": [{"type": "a", "text": "1"}, {"type": "a", "text": "2"}]},
            {"notes": [{"type": "a", "text": "2"}, {"type": "a", "text": "1"}]},
            ["notes[0].text", "notes[1].text"],
        ),
    ],
)
def test_different(one: dict[str, Any], other: dict[str, Any], paths: list[str]) -> None:
    assert [difference.path for difference in differences(one, other)] == paths


@given(document=DOCUMENTS)
def test_a_normal_form_is_its_own_normal_form(document: Any) -> None:
    assert normal(normal(document)) == normal(document)


@given(one=OBJECTS, other=OBJECTS)
def test_documents_differ_somewhere_or_nowhere(one: Any, other: Any) -> None:
    assert bool(list(differences(one, other))) == (normal(one) != normal(other))


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[Any, Any]:
    """A document and the same or nearly the same in other words and another order."""
    document = draw(DOCUMENTS)

    def rewrite(value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: rewrite(member) for key, member in value.items()}
            return value | draw(st.sampled_from([{}, {}, {"ids": []}, {"type": "7.5"}]))
        if isinstance(value, list):
            return draw(st.permutations([rewrite(item) for item in value]))
        return draw(st.sampled_from(["7.5", "7.50"])) if value == "7.50" else value

    return document, rewrite(document)


@given(pair=rewritten() | st.tuples(DOCUMENTS, DOCUMENTS))
def test_alike_is_equal_in_normal_form(pair: tuple[Any, Any]) -> None:
    one, other = pair
    assert alike(one, other) == (normal(one) == normal(other))
