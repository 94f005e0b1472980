"""Levels without codes (CPS): the shipment, a package, or as many as a range of SSCCs says."""

from __future__ import annotations

from typing import Any

from gateway.mapping.levels.amounts import share
from gateway.mapping.levels.sscc import expand_ranges
from gateway.mapping.path import Scope

OF_ROOT = {"hl": "hl", "level": "packaging_level", "packaging": "packaging", "notes": "notes"}
"""What a level without a code may say and still be the shipment, and the shipment's fields."""

_BY_KIND = ("pallet", "carton", "single")
"""The words of 7075 for which the kind of a package decides: the outermost may be a carton."""


def expand(own: Scope, lines: list[Scope]) -> list[Scope]:
    """The packages of a level: one, or one for each of its SSCCs where they are as many as it
    counts and can share its lines evenly."""
    return [_at_its_level(package) for package in _expanded(own, lines)]


def _at_its_level(package: Scope) -> Scope:
    """A package with the level that its kind is of, where a kind is told by a word of ours."""
    if package.get("level") not in _BY_KIND:
        return package
    inside = (one.get("type") for one in package.get("packaging", ()))
    kinds = {package["type"]} if "type" in package else set(inside)
    if not kinds or any(kind is None or ":" in kind for kind in kinds):
        return package
    return {**package, "level": "pallet" if "pallet" in kinds else "carton"}


def _expanded(own: Scope, lines: list[Scope]) -> list[Scope]:
    packaging = own.get("packaging", [])
    if len(packaging) != 1 or "ssccs" not in packaging[0] or "sscc" in own:
        return [own]
    told = dict(packaging[0])
    numbers = expand_ranges(told.pop("ssccs"))
    if not numbers or str(len(numbers)) != told.pop("count", "1"):
        return [own]
    if not all(share(_amount(line), len(numbers)) for line in lines if _amount(line) is not None):
        return [own]
    level = {name: value for name, value in own.items() if name != "packaging"}
    return [{**level, **told, "sscc": number} for number in numbers]


def another_label(own: Scope) -> str | None:
    """The first SSCC that a level gives beside that of its package; its lines are in both then, and
    nobody says how much of them is in which."""
    if "sscc" not in own:
        return None
    beside = (one for told in own.get("packaging", ()) for one in told.get("ssccs", ()))
    return next((str(one.get("from", "")) for one in beside), None)


def part_of(line: Scope, count: int) -> Scope:
    """The line with one package's share of its quantity."""
    if count == 1 or _amount(line) is None:
        return line
    return {**line, "quantity": {**line["quantity"], "value": share(_amount(line), count)}}


def _amount(line: Scope) -> Any:
    return line.get("quantity", {}).get("value")
