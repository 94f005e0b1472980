"""Values against the type, length and codes of their element."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.guide.dictionary import ElementDef
from gateway.guide.periods import is_period
from gateway.guide.values import find_fault
from gateway.guide.values import is_date


@pytest.mark.parametrize(
    "kind, length, value, fault",
    [
        ("AN", (1, 5), "A b-é", None),
        ("AN", (1, 5), "  A  ", None),
        ("AN", (2, 5), "A", "element-too-short"),
        ("AN", (2, 5), "ABCDEF", "element-too-long"),
        ("AN", (1, 9), "A\nB", "element-invalid"),
        ("N0", (1, 3), "-123", None),
        ("N2", (1, 3), "1234", "element-too-long"),
        ("N0", (1, 3), "1.2", "element-invalid"),
        ("N0", (1, 3), "+12", "element-invalid"),
        ("N0", (1, 3), "١٢", "element-invalid"),
        ("R", (1, 4), "-12.34", None),
        ("R", (1, 4), ".5", None),
        ("R", (1, 4), "5.", None),
        ("R", (1, 4), "12.345", "element-too-long"),
        ("R", (1, 4), "1,5", "element-invalid"),
        ("R", (1, 4), ".", "element-invalid"),
        ("R", (1, 9), "1E5", "element-invalid"),
        ("DT", (8, 8), "20240229", None),
        ("DT", (8, 8), "20230229", "date-invalid"),
        ("DT", (8, 8), "240229", "element-too-short"),
        ("DT", (6, 6), "240229", None),
        ("DT", (6, 6), "241301", "date-invalid"),
        ("TM", (4, 8), "2359", None),
        ("TM", (4, 8), "23595999", None),
        ("TM", (4, 8), "2400", "time-invalid"),
        ("TM", (4, 8), "12345", "time-invalid"),
        ("B", (1, 4), "\x00~\xff*", None),
        ("B", (1, 4), "\x00~\xff*1", "element-too-long"),
        ("B", (2, 4), "\n", "element-too-short"),
        ("ID", (2, 3), "A", "element-too-short"),
        ("N9", (1, 3), "12a", "element-invalid"),
        ("an", (3, 3), "AB", "element-too-short"),
        ("a", (1, 3), "AB", None),
        ("a", (1, 3), "A1", "element-invalid"),
        ("n", (1, 3), "-1.25", None),
        ("n", (1, 3), "1,25", None),
        ("n", (1, 3), ",5", "element-invalid"),
        ("n", (1, 3), "5,", "element-invalid"),
        ("n", (1, 3), "12345", "element-too-long"),
    ],
)
def test_a_value_is_right_or_named(kind, length, value, fault):
    assert find_fault(ElementDef("1", "Element", kind, *length), value) == fault


@pytest.mark.parametrize("kind", ["ID", "AN", "an", "N0", "n"])
def test_a_value_outside_the_list_is_a_wrong_code(kind):
    element = ElementDef("1", "Element", kind, 1, 2, frozenset({"1", "2"}))
    assert find_fault(element, "1") is None
    assert find_fault(element, "3") == "code-invalid"


def test_a_code_may_be_filled_with_blanks():
    assert find_fault(ElementDef("1", "Element", "ID", 3, 3, frozenset({"SA"})), "SA ") is None


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: date):
    text = f"{day:%m%d}".rjust(4, "0")
    assert is_date(f"{day.year:04d}{text}")


@given(st.text(max_size=9))
def test_no_text_makes_a_date_check_fall_over(text):
    is_date(text)


@pytest.mark.parametrize(
    "code, value, right",
    [
        ("102", "20260915", True),
        ("102", "20260931", False),
        ("102", "2026-09-15", False),
        ("102", "202609150800", False),
        ("101", "260229", False),
        ("203", "202609151830", True),
        ("203", "202609152530", False),
        ("204", "20260915183059", True),
        ("201", "2609151830", True),
        ("602", "2026", True),
        ("610", "202613", False),
        ("616", "202653", True),
        ("616", "202654", False),
        ("718", "20260918-20260925", True),
        ("718", "2026091820260925", True),
        ("718", "20260918-20260931", False),
        ("719", "202609180800-202609251700", True),
        ("804", "30", True),
        ("ZZZ", "next Tuesday", True),
    ],
)
def test_a_period_is_as_its_format_says(code, value, right):
    assert is_period(value, code) is right
