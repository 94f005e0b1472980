"""Byte offsets of elements, components and repetitions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.place import locate
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment

EDIFACT = Delimiters("'", "+", ":", repetition="*", release="?")


def test_an_element_is_found_after_its_separator():
    segment = Segment("BEG", [], 200, "BEG*00*SA**PO1")
    assert locate(segment, Delimiters("~", "*", ">"), "ascii", 2) == 207


def test_a_released_separator_is_data():
    segment = Segment("FTX", [], 0, "FTX+A?+B??+C:D?:E:F")
    assert locate(segment, EDIFACT, "ascii", 2, 3) == segment.text.index("F", 5)


def test_what_is_missing_should_stand_at_the_end_of_what_is_there():
    segment = Segment("DTM", [], 10, "DTM+137:2026+X")
    assert locate(segment, EDIFACT, "ascii", 1, 3) == 10 + len("DTM+137:2026")
    assert locate(segment, EDIFACT, "ascii", 5) == 10 + len(segment.text)


def test_offsets_count_bytes_of_the_charset():
    segment = Segment("NAD", [], 0, "NAD+Käse+X")
    assert locate(segment, EDIFACT, "iso-8859-1", 2) == 9
    assert locate(segment, EDIFACT, "utf-8", 2) == 10
    assert locate(segment, EDIFACT, "x12", 2) == 10
    assert locate(segment, EDIFACT, "ascii", 2) == 9


values = st.text(alphabet="AZ0+:*?' é", max_size=4)
elements = st.lists(st.lists(st.lists(values, min_size=1, max_size=3), min_size=1, max_size=3))


def released(value: str) -> str:
    return "".join(f"?{character}" if character in "+:*?'" else character for character in value)


@given(elements, st.integers(0, 500))
def test_every_part_is_found_where_it_was_written(parts, offset):
    text = "NAD"
    places = {}
    for e, repetitions in enumerate(parts, start=1):
        for r, components in enumerate(repetitions, start=1):
            for c, value in enumerate(components, start=1):
                text += ":" if c > 1 else "*" if r > 1 else "+"
                places[e, c, r] = offset + len(text.encode())
                text += released(value)
    segment = Segment("NAD", [], offset, text)
    for (e, c, r), place in places.items():
        assert locate(segment, EDIFACT, "utf-8", e, c, r) == place
