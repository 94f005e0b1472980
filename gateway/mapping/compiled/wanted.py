"""What of a document is wanted where only the verdict on a set is: what totals and guards read, and
what a segment may say once only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.rule import RuleReader
from gateway.mapping.compiled.shape import Shape
from gateway.mapping.load import Map

Names = tuple[str, ...]


_SSCC = ("packages", "sscc")
"""Tells which packages of a ship notice are told again."""


class Wanted:
    """Paths in the document, and paths in the objects of variables where a value may meet another.
    With guards all is wanted: they may ask for anything."""

    def __init__(self, map_: Map, readers: list[list[RuleReader]], shape: Shape | None) -> None:
        known = [one for found in readers for one in found if one.pattern is not None]
        self.everything = any(reader.rule.when for found in readers for reader in found)
        choices = shape.choices() if shape else []
        self.paths: set[Names] = {(name,) for names in choices for name in names}
        self.paths |= {path for reader in known for path in _read_by(reader)}
        if map_.hierarchy is not None:
            self.paths |= {("levels",), _SSCC, *_in_levels(known, self.paths)}
        self.met = _met(known)

    def keeps(self, variable: str, names: Names, path: Names) -> bool:
        whole = (*names, *path)
        return (
            self.everything
            or "hl" in whole
            or any(one[: len(whole)] == whole for one in self.paths)
            or any(one[: len(path)] == path for one in self.met.get(variable, ()))
        )


def _read_by(reader: RuleReader) -> Iterator[Names]:
    """What a rule's totals add up, and the values that decide whether it takes a segment."""
    for total in reader.rule.totals:
        if not reader.variable(spot_of(total.place)):
            continue
        for formula in total.formula.choices:
            for names in (formula.names, *formula.others):
                yield (*reader.names, *names)
    if not reader.rule.each:
        for path, _ in reader.rule.sets:
            yield (*reader.home.names, *path.before)


def _in_levels(known: list[RuleReader], paths: set[Names]) -> Iterator[Names]:
    """Paths in levels by the names that the schema knows them by."""
    for reader in known:
        if reader.rule.each and reader.rule.each.before == ("levels",):
            yield from ((*reader.names, *path[1:]) for path in paths if path[:1] == ("levels",))


def _met(known: list[RuleReader]) -> dict[str, set[Names]]:
    """Where a value may stand already when a rule writes it, by the variable of the object."""
    written: dict[str, Counter[Names]] = {}
    values: dict[str, set[Names]] = {}
    for reader in known:
        scope = reader.scope
        if scope == "item":
            continue  # nothing else writes into it
        again = 2 if reader.rule.repeats else 1
        for path in reader.filled:
            written.setdefault(scope, Counter())[path] += again
        values.setdefault(scope, set()).update(reader.target.places())
    return {
        scope: {path for path in found if written[scope][path] > 1}
        for scope, found in values.items()
        if scope in written
    }
