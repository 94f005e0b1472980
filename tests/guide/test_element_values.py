"""Values against the type, length and codes of their element."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.guide.dictionary import ElementDef
from gateway.guide.periods import _PICTURES
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


@pytest.mark.parametrize("decimals", range(10))
def test_a_number_with_implied_decimals_has_digits_and_a_sign_only(decimals: int):
    """Nn (X12.6): the decimal point is implied, n digits from the right."""
    element = ElementDef("1", "Element", f"N{decimals}", 2, 4)
    faults = [find_fault(element, value) for value in ("1234", "-1234", "12.3", "1", "12345", "A1")]
    assert faults[:3] == [None, None, "element-invalid"]
    assert faults[3:] == ["element-too-short", "element-too-long", "element-invalid"]


PERIODS = """
code  right                          wrong
2     150926                         310926
3     022928                         022926
101   260915                         260931
102   20260915                       20260931
103   26381                          26388
105   26366                          26367
106   0229                           0230
107   366                            367
108   53                             54
109   12                             13
110   31                             32
201   2609151830                     2609152430
202   260915183059                   260915183060
203   202609151830                   202609311830
204   20260915183059                 20260915186059
301   2609151830GMT                  2609151830
302   260915183059CET                260915183059C1
303   202609151830GMT                202609151830
304   20260915183059CET              20260915183059
305   02291830                       02301830
306   151830                         151860
401   1830                           2460
402   183059                         183060
404   183059GMT                      183059
501   0800-1700                      0800-2500
502   080000170000                   0800001700
600   20                             2
601   26                             2
602   2026                           26
603   261                            263
604   20262                          20260
608   20264                          20265
609   2612                           2613
610   202612                         202613
615   2653                           2654
616   202653                         202654
701   2601-2653                      2601-2654
702   202601202653                   202601202600
707   261-264                        261-265
708   20261-20264                    20261-20265
709   2601-2612                      2601-2613
710   202601202612                   202601202613
711   2026091520260925               2026091520260931
713   2609180800-2609251700          2609180800-2609252500
715   2601-2653                      2601-2654
716   202601-202653                  202601-202654
717   260918-260925                  260918-260931
718   20260918-20260925              20260918-20260931
719   202609180800-202609251700      202609180800-202609312500
"""


def test_every_format_that_is_judged_has_its_row():
    codes = [row.split()[0] for row in PERIODS.strip().splitlines()[1:]]
    assert codes == list(_PICTURES)


@pytest.mark.parametrize("row", PERIODS.strip().splitlines()[1:])
def test_a_date_is_right_or_wrong_by_its_format_code(row: str):
    code, right, wrong = row.split()
    assert is_period(right, code)
    assert not is_period(wrong, code)
