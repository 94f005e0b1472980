"""Dates and times: X12 DT and TM, and the periods of EDIFACT DTM (C507 with DE 2379).

Canonical: `2026-09-15`, `2026-09`, `2026-W38`, `2026`, a period `2026-09-18/2026-09-25`; times
`14:05`, `14:05:30`. A format without an equivalent here stays as `edifact:2379:<format>:<value>`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from gateway.edi.finding import Code
from gateway.guide.dictionary import ElementDef
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.codec import Values

_FULL_LENGTH = 8  # CCYYMMDD
_PIVOT = 50  # two-digit years: 00 to 49 are 20xx
_RAW = "edifact:2379:"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])(?:([0-5][0-9])([0-9]{0,2}))?")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,2}))?)?")
_UNFIT_DATE = Unfit(Code.DATE_INVALID, "a calendar date, CCYYMMDD or YYMMDD")
_UNFIT_DAYS = Unfit(Code.DATE_INVALID, "two calendar dates, CCYYMMDD-CCYYMMDD")
_UNFIT_TIME = Unfit(Code.TIME_INVALID, "a time, HHMM, HHMMSS or HHMMSSdd")


def _read_day(digits: str) -> str | None:
    """CCYYMMDD or YYMMDD to an ISO date, None when there is no such day."""
    if not (digits.isascii() and digits.isdecimal()):
        return None
    if len(digits) == _FULL_LENGTH - 2:
        digits = ("20" if int(digits[:2]) < _PIVOT else "19") + digits
    if len(digits) != _FULL_LENGTH:
        return None
    return _calendar(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")


def _calendar(day: str) -> str | None:
    try:
        return day if _DATE.fullmatch(day) and datetime.date.fromisoformat(day) else None
    except ValueError:
        return None


def _read_clock(digits: str) -> str | None:
    """HHMM[SS[d[d]]] to HH:MM[:SS[.dd]], None when there is no such time."""
    match = _TIME.fullmatch(digits)
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    text = f"{hours}:{minutes}" + (f":{seconds}" if seconds else "")
    return f"{text}.{fraction}" if fraction else text


def _write_clock(clock: str) -> str | None:
    match = _CLOCK.fullmatch(clock)
    digits = "".join(group or "" for group in match.groups()) if match else ""
    return digits if _TIME.fullmatch(digits) else None


def date(element: ElementDef) -> Codec:
    """An X12 date: eight digits where the element allows them, else six (1950 to 2049)."""

    def read(texts: Texts) -> Values | Unfit:
        day = _read_day(texts[0])
        return _UNFIT_DATE if day is None else (day,)

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- dates have no mark
        day = values[0] or ""
        digits = day.replace("-", "")
        if _calendar(day) is None:
            return Unfit(Code.VALUE_UNWRITABLE, "a calendar date such as 2026-09-15")
        short = digits if element.max >= _FULL_LENGTH else digits[2:]
        if _read_day(short) != day:
            return Unfit(Code.VALUE_UNWRITABLE, "a date from 1950 to 2049")
        return (short,)

    return Codec("date", read, write)


def _read_days(texts: Texts) -> Values | Unfit:
    first, _, last = texts[0].partition("-")
    days = _read_day(first), _read_day(last)
    whole = len(texts[0]) == 2 * _FULL_LENGTH + 1
    return (f"{days[0]}/{days[1]}",) if whole and all(days) else _UNFIT_DAYS


def _write_days(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- dates have no mark
    first, _, last = (values[0] or "").partition("/")
    if _calendar(first) is None or _calendar(last) is None:
        known = "a calendar date such as 2026-09-15, or a period 2026-09-15/2026-09-20"
        return Unfit(Code.VALUE_UNWRITABLE, known)
    return (f"{first.replace('-', '')}-{last.replace('-', '')}",)


DAYS = Codec("days", _read_days, _write_days)
"""Two days as X12 writes them in format RD8: 20260915-20260920."""


def _read_time(texts: Texts) -> Values | Unfit:
    clock = _read_clock(texts[0])
    return _UNFIT_TIME if clock is None else (clock,)


def _write_time(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- times have no mark
    digits = _write_clock(values[0] or "")
    return Unfit(Code.VALUE_UNWRITABLE, "a time such as 14:05") if digits is None else (digits,)


TIME = Codec("time", _read_time, _write_time)


@dataclass(frozen=True, slots=True)
class Format:
    """One format of DE 2379: its shape on the wire (a pattern with the parts `date`, `time`,
    `end`, `until`), how its date is read, and the canonical shapes that are written in it."""

    code: str
    wire: re.Pattern[str]
    read_date: Callable[[str], str | None] = _read_day
    date: re.Pattern[str] | None = None
    time: re.Pattern[str] | None = None


def _read_month(digits: str) -> str | None:
    return _calendar(f"{digits[:4]}-{digits[4:]}-01") and f"{digits[:4]}-{digits[4:]}"


def _read_week(digits: str) -> str | None:
    try:
        datetime.date.fromisocalendar(int(digits[:4]), int(digits[4:]), 1)
    except ValueError:
        return None
    return f"{digits[:4]}-W{digits[4:]}"


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("D", "[0-9]"))


_DAY = _shape(r"DDDD-DD-DD")
_SPAN = _shape(r"DDDD-DD-DD/DDDD-DD-DD")
_MINUTES = _shape(r"DD:DD")
_SECONDS = _shape(r"DD:DD:DD")

FORMATS = {
    format_.code: format_
    for format_ in (
        Format("102", _shape("(?P<date>D{8})"), date=_DAY),
        Format("203", _shape("(?P<date>D{8})(?P<time>D{4})"), date=_DAY, time=_MINUTES),
        Format("204", _shape("(?P<date>D{8})(?P<time>D{6})"), date=_DAY, time=_SECONDS),
        Format("602", _shape("(?P<date>D{4})"), lambda year: year, date=_shape("DDDD")),
        Format("610", _shape("(?P<date>D{6})"), _read_month, date=_shape("DDDD-DD")),
        Format("616", _shape("(?P<date>D{6})"), _read_week, date=_shape("DDDD-WDD")),
        Format("401", _shape("(?P<time>D{4})"), time=_MINUTES),
        Format("402", _shape("(?P<time>D{6})"), time=_SECONDS),
        Format("718", _shape("(?P<date>D{8})-?(?P<end>D{8})"), date=_SPAN),
        Format(
            "719",
            _shape("(?P<date>D{8})(?P<time>D{4})-?(?P<end>D{8})(?P<until>D{4})"),
            date=_SPAN,
            time=_shape("DD:DD/DD:DD"),
        ),
        # two-digit years and a double of 718: understood, never written
        Format("101", _shape("(?P<date>D{6})")),
        Format("201", _shape("(?P<date>D{6})(?P<time>D{4})")),
        Format("202", _shape("(?P<date>D{6})(?P<time>D{6})")),
        Format("711", _shape("(?P<date>D{8})-?(?P<end>D{8})")),
    )
}


def _read_period(texts: Texts) -> Values | Unfit:
    value, code = texts
    format_ = FORMATS.get(code)
    if format_ is None:
        return f"{_RAW}{code}:{value}", None
    match = format_.wire.fullmatch(value)
    parts = match.groupdict() if match else {}
    days = [format_.read_date(parts[name]) for name in ("date", "end") if parts.get(name)]
    clocks = [_read_clock(parts[name]) for name in ("time", "until") if parts.get(name)]
    if not match or None in days or None in clocks:
        return Unfit(Code.DATE_INVALID, f"a date or time in format {code}")
    return "/".join(map(str, days)) or None, "/".join(map(str, clocks)) or None


def _write_period(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- no decimal mark
    day, clock = values
    if day and day.startswith(_RAW) and not clock:
        code, _, value = day.removeprefix(_RAW).partition(":")
        if code not in FORMATS and value:
            return value, code
    for format_ in FORMATS.values():
        if _fits(format_.date, day) and _fits(format_.time, clock):
            return _write_format(format_, day, clock)
    return Unfit(Code.VALUE_UNWRITABLE, "a date, time or period such as 2026-09-15 and 14:05")


def _fits(shape: re.Pattern[str] | None, value: str | None) -> bool:
    return shape.fullmatch(value) is not None if shape and value else shape is None and not value


def _write_format(format_: Format, day: str | None, clock: str | None) -> Texts | Unfit:
    days = re.sub("[-W]", "", day or "").split("/")
    clocks = (clock or "").replace(":", "").split("/")
    wire = "".join(d + (clocks[i] if i < len(clocks) else "") for i, d in enumerate(days))
    if _read_period((wire, format_.code)) != (day or None, clock or None):
        return Unfit(Code.VALUE_UNWRITABLE, "a real date and time")
    return wire, format_.code


PERIOD = Codec("period", _read_period, _write_period, elements=2, values=2)
