"""Whether a value is what its element may hold: length, characters, code, date and time.

X12.6 for AN, ID, Nn, R, DT and TM; ISO 9735-1 for a, n and an. One function for each type, in the
table at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from gateway.edi.finding import Code
from gateway.guide.dictionary import ElementDef


def find_fault(element: ElementDef, value: str) -> Code | None:
    """What is wrong with a value that is present, the first fault only: characters that are no
    number hide its length, a wrong length hides the code list."""
    return _CHECKS[element.type](element, value)


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_X12_DECIMAL = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_EDIFACT_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_UNCOUNTED = str.maketrans("", "", "-.,")
_TIME = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?", re.ASCII)


def _text(element: ElementDef, value: str) -> Code | None:
    length = len(value)
    if not element.min <= length <= element.max:
        return Code.ELEMENT_TOO_LONG if length > element.max else Code.ELEMENT_TOO_SHORT
    if not value.isprintable() and _CONTROL.search(value):
        return Code.ELEMENT_INVALID
    if element.codes is None or value in element.codes or value.rstrip(" ") in element.codes:
        return None
    return Code.CODE_INVALID


def _letters(element: ElementDef, value: str) -> Code | None:
    if any(character.isdigit() for character in value):
        return Code.ELEMENT_INVALID
    return _text(element, value)


def _number(form: re.Pattern[str]) -> Callable[[ElementDef, str], Code | None]:
    """A check for numbers of this form; sign and decimal mark do not count in the length."""

    def check(element: ElementDef, value: str) -> Code | None:
        if not form.fullmatch(value):
            return Code.ELEMENT_INVALID
        length = len(value.translate(_UNCOUNTED))
        if not element.min <= length <= element.max:
            return Code.ELEMENT_TOO_LONG if length > element.max else Code.ELEMENT_TOO_SHORT
        if element.codes is not None and value not in element.codes:
            return Code.CODE_INVALID
        return None

    return check


def _date(element: ElementDef, value: str) -> Code | None:
    fault = _text(element, value)
    return fault or (None if is_date(value) else Code.DATE_INVALID)


def _time(element: ElementDef, value: str) -> Code | None:
    fault = _text(element, value)
    return fault or (None if is_time(value) else Code.TIME_INVALID)


def _binary(element: ElementDef, value: str) -> Code | None:
    """Any octets, a character each: only their number can be wrong."""
    if len(value) > element.max:
        return Code.ELEMENT_TOO_LONG
    return Code.ELEMENT_TOO_SHORT if len(value) < element.min else None


def is_time(value: str) -> bool:
    """Whether HHMM, HHMMSS, or these with one or two decimals, is a time of day."""
    return _TIME.fullmatch(value) is not None


def is_date(value: str) -> bool:
    """Whether CCYYMMDD or YYMMDD is a day of the calendar."""
    if len(value) not in (6, 8) or not (value.isascii() and value.isdecimal()):
        return False
    try:
        date(int(value[:-4]) if len(value) == 8 else 2000 + int(value[:2]), *_month_and_day(value))
    except ValueError:
        return False
    return True


def _month_and_day(value: str) -> tuple[int, int]:
    return int(value[-4:-2]), int(value[-2:])


_CHECKS: dict[str, Callable[[ElementDef, str], Code | None]] = {
    "AN": _text,
    "ID": _text,
    "B": _binary,
    "DT": _date,
    "TM": _time,
    "R": _number(_X12_DECIMAL),
    **{f"N{decimals}": _number(_INTEGER) for decimals in range(10)},
    "an": _text,
    "a": _letters,
    "n": _number(_EDIFACT_NUMBER),
}
