"""Exact arithmetic on the decimal texts of quantities."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context
from decimal import Decimal
from typing import Any

from gateway.mapping.decimals import is_decimal

_EXACT = Context(prec=100)
_PLACES = 10


def add(one: str, other: str) -> str:
    if one.isdecimal() and other.isdecimal():
        return str(int(one) + int(other))
    return f"{_EXACT.add(Decimal(one), Decimal(other)):f}"


def total(amounts: Iterable[Any]) -> str | None:
    """The sum; None when one of them is unknown or there are none."""
    amount: str | None = None
    for one in amounts:
        if not isinstance(one, str) or not is_decimal(one):
            return None
        amount = one if amount is None else add(amount, one)
    return amount


def rest(whole: Any, parts: list[Any]) -> str | None:
    """What is left of a whole after its parts; None when nothing is, or it cannot be known."""
    if parts == [whole]:
        return None
    taken = total(parts) if parts else "0"
    if taken is None or not isinstance(whole, str) or not is_decimal(whole):
        return None
    if whole.isdecimal() and taken.isdecimal():
        return str(int(whole) - int(taken)) if int(whole) > int(taken) else None
    left = _EXACT.subtract(Decimal(whole), Decimal(taken))
    return f"{left:f}" if left > 0 else None


def exceeds(one: str, other: str) -> bool:
    """Whether the first is more."""
    if one.isdecimal() and other.isdecimal():
        return int(one) > int(other)
    return Decimal(one) > Decimal(other)


def share(whole: Any, count: int) -> str | None:
    """An equal share of a whole; None when it does not come out even."""
    if not isinstance(whole, str) or not is_decimal(whole):
        return None
    part = _EXACT.divide(Decimal(whole), Decimal(count))
    even = _EXACT.multiply(part, Decimal(count)) == Decimal(whole)
    text = f"{part.normalize(_EXACT):f}"
    return text if even and len(text.partition(".")[2]) <= _PLACES else None
