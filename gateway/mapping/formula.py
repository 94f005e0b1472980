"""Computed elements: `count(lines)` and `sum(lines.quantity.value)`, over nested lists too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.mapping.decimals import is_decimal
from gateway.mapping.path import Scope
from gateway.mapping.path import parse_path

_FORMULA = re.compile(r"(?P<function>[a-z]+)\(\s*(?P<path>[^()\s]+)\s*\)")
FUNCTIONS = ("count", "sum")


@dataclass(frozen=True, slots=True)
class Formula:
    """A total over a list: how many items, or the sum of a decimal in each."""

    function: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.function}({'.'.join(self.names)})"

    @property
    def of_nothing(self) -> str | None:
        """The total where there is nothing: none are counted, but a sum has no value."""
        return "0" if self.function == "count" else None

    def of(self, scope: Scope) -> str | None:
        """The total in plain decimal digits; None when there is nothing to count or add."""
        values = list(_walk(scope, self.names))
        if self.function == "count":
            return str(len(values)) if values else None
        numbers = [Decimal(v) for v in values if isinstance(v, str) and is_decimal(v)]
        return f"{sum(numbers, Decimal(0)):f}" if numbers else None


def parse_formula(text: str) -> Formula | None:
    """None when the text is no formula of a known function over a plain path."""
    match = _FORMULA.fullmatch(text.strip())
    path = parse_path(match["path"]) if match else None
    if match is None or path is None or path.listed or match["function"] not in FUNCTIONS:
        return None
    return Formula(match["function"], path.before)


def _walk(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _walk(value[names[0]], names[1:])
