"""A list of a definition file, edited: what changes changes, all else stays as it was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.definition import edit_list
from gateway.definition import write_line
from gateway.edi.finding import DefinitionError

words = st.text("aé7#:{}[],'\"-& ", min_size=1, max_size=6)
items = st.fixed_dictionaries(
    {"file": words, "use": st.one_of(words, st.lists(words, min_size=1, max_size=3))}
)
shapes = st.tuples(items, st.sampled_from(["line", "line and comment", "block"]), st.booleans())


def written(item: dict, shape: str, commented: bool) -> str:
    """An entry as a person may write it."""
    above = "# a comment above: it stays\n\n" if commented else ""
    if shape == "block":
        text = yaml.safe_dump(item, allow_unicode=True, sort_keys=False)
        return above + "- " + text.rstrip("\n").replace("\n", "\n  ") + "\n"
    behind = "  # behind it" if shape == "line and comment" else ""
    return f"{above}- {write_line(item)}{behind}\n"


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("# a comment above")]


@settings(max_examples=60, deadline=None)
@given(st.lists(shapes, max_size=5), st.data())
def test_what_is_edited_and_what_stays(entries: list, data: st.DataObject) -> None:
    text = "".join(written(*entry) for entry in entries)
    was = [entry[0] for entry in entries]
    places = data.draw(st.sets(st.sampled_from(range(len(was))))) if was else set()
    replaced = {place: data.draw(st.lists(items, max_size=2)) for place in places}
    added = data.draw(st.lists(items, max_size=2))
    expected = [
        one for place, item in enumerate(was) for one in replaced.get(place, [item])
    ] + added
    changed = edit_list(
        text,
        {place: [write_line(one) for one in ones] for place, ones in replaced.items()},
        [write_line(one) for one in added],
        "certificates.yaml",
    )
    assert (yaml.safe_load(changed) or []) == expected
    assert comments(changed) == comments(text)
    untouched = [written(*entry) for place, entry in enumerate(entries) if place not in replaced]
    assert all(one.partition("\n\n")[2] in changed for one in untouched)


def test_a_list_in_one_line_becomes_lines() -> None:
    changed = edit_list("[{file: a}, {file: b}]\n", {0: []}, ["{file: c}"], "x.yaml")
    assert changed == "- {file: b}\n- {file: c}\n"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_a_list_begins(text: str) -> None:
    assert yaml.safe_load(edit_list(text, {}, ["{file: a}"], "x.yaml")) == [{"file": "a"}]


def test_what_is_no_yaml_is_said_with_its_place() -> None:
    with pytest.raises(DefinitionError, match=r"x\.yaml:2"):
        edit_list("- {file: [a\n", {}, ["{file: c}"], "x.yaml")
