"""Dates, times and periods in the formats that DE 2379 names (EDIFACT C507)."""

from __future__ import annotations

import re
from functools import cache

from gateway.guide.values import is_date

_PICTURES = {
    "2": "DMY",
    "3": "MDY",
    "101": "YMD",
    "102": "CYMD",
    "103": "YWV",
    "105": "YJ",
    "106": "MD",
    "107": "J",
    "108": "W",
    "109": "M",
    "110": "D",
    "201": "YMDhm",
    "202": "YMDhms",
    "203": "CYMDhm",
    "204": "CYMDhms",
    "301": "YMDhmZ",
    "302": "YMDhmsZ",
    "303": "CYMDhmZ",
    "304": "CYMDhmsZ",
    "305": "MDhm",
    "306": "Dhm",
    "401": "hm",
    "402": "hms",
    "404": "hmsZ",
    "501": "hm-hm",
    "502": "hms-hms",
    "600": "C",
    "601": "Y",
    "602": "CY",
    "603": "YS",
    "604": "CYS",
    "608": "CYQ",
    "609": "YM",
    "610": "CYM",
    "615": "YW",
    "616": "CYW",
    "701": "YW-YW",
    "702": "CYW-CYW",
    "707": "YQ-YQ",
    "708": "CYQ-CYQ",
    "709": "YM-YM",
    "710": "CYM-CYM",
    "711": "CYMD-CYMD",
    "713": "YMDhm-YMDhm",
    "715": "YW-YW",
    "716": "CYW-CYW",
    "717": "YMD-YMD",
    "718": "CYMD-CYMD",
    "719": "CYMDhm-CYMDhm",
}
"""The formats of DE 2379 whose digits can be told right from wrong."""

_PIECES = {
    "C": r"\d\d",
    "Y": r"\d\d",
    "M": r"(?:0[1-9]|1[0-2])",
    "D": r"(?:0[1-9]|[12]\d|3[01])",
    "J": r"(?:00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])",
    "W": r"(?:0[1-9]|[1-4]\d|5[0-3])",
    "V": r"[1-7]",
    "Q": r"[1-4]",
    "S": r"[12]",
    "h": r"(?:[01]\d|2[0-3])",
    "m": r"[0-5]\d",
    "s": r"[0-5]\d",
    "Z": r"[A-Z]{3}",
    "-": r"-?",
}
"""Century, year, month, day, day of the year, week, day of the week, quarter, half year, hour,
minute, second, time zone; the hyphen between two dates may be left out."""

_LETTERS = {
    **dict.fromkeys("CYMDWhms", 2),
    **dict.fromkeys("JZ", 3),
}
"""How many digits a piece stands for, as DE 2379 spells its formats; all others are one."""


def spelled(format: str) -> str:  # noqa: A002 -- the element's word
    """The digits a format of DE 2379 asks for, such as CCYYMMDD; nothing for one we do not know."""
    letters = (piece.upper() * _LETTERS.get(piece, 1) for piece in _PICTURES.get(format, ""))
    return "".join(letters).replace("J", "D").replace("V", "D")


def is_period(value: str, format: str) -> bool:  # noqa: A002 -- the element's word
    """Whether the value is a possible date, time or period in a format of DE 2379; a format that
    we cannot judge takes any value."""
    picture = _PICTURES.get(format)
    if picture is None:
        return True
    match = _pattern(picture).fullmatch(value)
    days = _DAYS.findall(picture)
    return match is not None and all(map(_is_day, match.groups(), days))


_DAYS = re.compile("C?YMD|DMY|MDY|MD")
"""A day of the calendar within a picture; without a year it may be that of a leap year."""


@cache
def _pattern(picture: str) -> re.Pattern[str]:
    """The digits of a picture; each day of the calendar in it is a group."""
    grouped = _DAYS.sub(lambda day: f"({day[0]})", picture)
    return re.compile("".join(_PIECES.get(piece, piece) for piece in grouped), re.ASCII)


def _is_day(digits: str, picture: str) -> bool:
    match picture:
        case "DMY":
            digits = digits[4:] + digits[2:4] + digits[:2]
        case "MDY":
            digits = digits[4:] + digits[:4]
        case "MD":
            digits = f"2000{digits}"
    return is_date(digits)
