"""Decimals: canonical text `-?\\d+(\\.\\d+)?` against X12 Nn and R (X12.5) and EDIFACT n
(ISO 9735-1 clause 10). Scale is kept, where the element has room for it."""

from __future__ import annotations

import re
from decimal import Decimal

_CANONICAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WIRE = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:E(?P<power>-?[0-9]+))?")
_IMPLIED = re.compile(r"(?P<sign>-?)(?P<digits>[0-9]+)")
_LARGEST_POWER = 30  # X12.5 gives no bound; a larger one is no amount and would fill memory


def is_decimal(text: str) -> bool:
    return (text.isdecimal() and text.isascii()) or _CANONICAL.fullmatch(text) is not None


def shortest(text: str) -> str:
    """The canonical form without needless zeros: `041.50` is `41.5`, `-0` is `0`."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return number if number == "0" else sign + number


def fitting(text: str, longest: int) -> str:
    """The canonical form with the scale it has, `041.50` as `41.50`; the shortest form where it
    has more digits than an element allows."""
    number = text.lstrip("-").lstrip("0")
    number = f"0{number}" if number[:1] in ("", ".") else number
    if len(number.replace(".", "").lstrip("0")) > longest or not number.strip("0."):
        return shortest(text)
    return f"-{number}" if text.startswith("-") else number


def shifted(number: str, places: int) -> str:
    """The decimal times ten to the power of `places`, exactly: a move of its point."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, part = digits.partition(".")
    if places < 0:
        whole = whole.rjust(1 - places, "0")
        whole, part = whole[:places], whole[places:] + part
    else:
        part = part.ljust(places, "0")
        whole, part = whole + part[:places], part[places:]
    whole = whole.lstrip("0") or "0"
    return sign + (f"{whole}.{part}" if part else whole)


def read_implied(text: str, places: int) -> str | None:
    """X12 Nn: `9588` as N2 is 95.88. None when it is no number."""
    match = _IMPLIED.fullmatch(text)
    if match is None:
        return None
    digits = match["digits"].rjust(places + 1, "0")
    whole = digits[: len(digits) - places].lstrip("0") or "0"
    return match["sign"] + (f"{whole}.{digits[-places:]}" if places else whole)


def write_implied(number: str, places: int, minimum: int) -> str | None:
    """None when the number has more decimals than `places`. Zeros fill up to the minimum."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, part = digits.partition(".")
    if len(part) > places:
        return None
    return sign + (whole + part.ljust(places, "0")).lstrip("0").zfill(max(minimum, 1))


def read_explicit(text: str, marks: str) -> str | None:
    """X12 R, EDIFACT n: `.5` is 0.5, `1.5E3` is 1500. None when it is no number."""
    for mark in marks:
        text = text.replace(mark, ".")
    match = _WIRE.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        return None
    number = match["sign"] + (match["whole"].lstrip("0") or "0")
    number += f".{match['part']}" if match["part"] else ""
    power = int(match["power"] or 0)
    if abs(power) > _LARGEST_POWER:
        return None
    return f"{Decimal(number).scaleb(power):f}" if power else number
