"""Computed elements: `count(lines)` and `sum(lines.quantity.value)`, over nested lists too, or
over several at once: `count(hl, levels)`. Partners count differently: after `or` stands what is
understood as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gateway.mapping.decimals import is_decimal
from gateway.mapping.path import Scope
from gateway.mapping.path import parse_path

_FORMULA = re.compile(r"(?P<function>[a-z]+)\(\s*(?P<paths>[^()]+?)\s*\)")
FUNCTIONS = ("count", "sum")


@dataclass(frozen=True, slots=True)
class Formula:
    """A total over a list: how many items, or the sum of a decimal in each. `others` are further
    lists that count as well; `choices` the formulas that are understood, this one first."""

    function: str
    names: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    further: tuple[Formula, ...] = ()

    @property
    def choices(self) -> tuple[Formula, ...]:
        return (self, *self.further)

    def __str__(self) -> str:
        paths = (".".join(names) for names in (self.names, *self.others))
        return f"{self.function}({', '.join(paths)})"

    @property
    def of_nothing(self) -> str | None:
        """The total where there is nothing: none are counted, but a sum has no value."""
        return "0" if self.function == "count" else None

    def of(self, scope: Scope) -> str | None:
        """The total in plain decimal digits; None when there is nothing to count or add."""
        values = [value for names in (self.names, *self.others) for value in _walk(scope, names)]
        if self.function == "count":
            return str(len(values)) if values else None
        numbers = [Decimal(v) for v in values if isinstance(v, str) and is_decimal(v)]
        return f"{sum(numbers, Decimal(0)):f}" if numbers else None


def parse_formula(text: str) -> Formula | None:
    """None when the text is no formula of a known function over a plain path, nor several."""
    found = [_parse(part) for part in text.split(" or ")]
    known = [formula for formula in found if formula]
    return replace(known[0], further=tuple(known[1:])) if len(known) == len(found) else None


def _parse(text: str) -> Formula | None:
    match = _FORMULA.fullmatch(text.strip())
    if match is None or match["function"] not in FUNCTIONS:
        return None
    paths = [parse_path(word.strip()) for word in match["paths"].split(",")]
    names = [path.before for path in paths if path and not path.listed]
    return (
        Formula(match["function"], names[0], tuple(names[1:])) if len(names) == len(paths) else None
    )


def _walk(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _walk(value[names[0]], names[1:])
