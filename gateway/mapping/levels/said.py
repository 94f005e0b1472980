"""Whether two ship notices say the same, and what one does not say.

They say the same whatever their keys and order. Two unmarked cartons with the same contents may
change places, nothing else may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Iterator
from typing import Any

import orjson

from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.facts import Notice
from gateway.mapping.levels.facts import gather
from gateway.mapping.levels.facts import without
from gateway.mapping.levels.tree import top_down
from gateway.mapping.normal import alike
from gateway.mapping.normal import normal
from gateway.mapping.normal import spelled
from gateway.mapping.path import Scope


class _Words:
    """Numbers for what is said: the same for the same, in both notices. `spell` makes data a text
    that is the same for the same data."""

    def __init__(self, spell: Callable[[Any], Hashable]) -> None:
        self.spell = spell
        self.known: dict[Hashable, int] = {}

    def number(self, said: Hashable) -> int:
        return self.known.setdefault(said, len(self.known))

    def data(self, value: Any) -> int:
        return self.number(self.spell(value))


class _Said:
    """What a notice says, in words and sums that do not depend on keys and order."""

    def __init__(self, notice: Notice, words: _Words) -> None:
        self.notice = notice
        self.words = words
        self.orders = [words.data(order.data) for order in notice.orders]
        self.lines: list[int] = []
        self.lots: list[list[int]] = []
        self.amounts: dict[tuple[int, ...], Any] = {}
        self.add_lines()
        taken = {line.order for line in notice.lines}
        self.bare = Counter(order for n, order in enumerate(self.orders) if n not in taken)
        self.packages = self.all_packages(self.all_contents())

    def order(self, number: int | None) -> int:
        return -1 if number is None else self.orders[number]

    def add_lines(self) -> None:
        words = self.words
        for line in self.notice.lines:
            said = (words.data(line.data), self.order(line.order), line.amount is None)
            number = words.number(said)
            lots = [words.data(lot.data) for lot in line.lots]
            self.lines.append(number)
            self.lots.append(lots)
            self.sum((number,), line.amount)
            for said_lot, lot in zip(lots, line.lots, strict=True):
                self.sum((number, said_lot), lot.amount)

    def sum(self, key: tuple[int, ...], amount: Any) -> None:
        if key in self.amounts:
            amount = total((self.amounts[key], amount))
        self.amounts[key] = normal(amount)

    def all_contents(self) -> list[frozenset[Hashable]]:
        """What is in each package, so much of each in all."""
        found: list[dict[Hashable, list[Any]]] = [{} for _ in self.notice.packages]
        for one in self.notice.contents:
            if one.package >= 0:
                lot = self.lots[one.line][one.lot] if one.lot is not None else -1
                key = (self.lines[one.line], lot, one.unit, one.amount is None)
                found[one.package].setdefault(key, []).append(one.amount)
        return [
            frozenset((key, normal(total(amounts))) for key, amounts in contents.items())
            for contents in found
        ]

    def all_packages(self, contents: list[frozenset[Hashable]]) -> list[int]:
        """Each package with all that is in it and its place."""
        packages = self.notice.packages
        inside: list[list[int]] = [[] for _ in packages]
        order = top_down([package.parent for package in packages])
        full = [-1] * len(packages)
        for number in reversed(order):
            package = packages[number]
            own = (
                self.words.data(package.data),
                self.order(package.order),
                contents[number],
                tuple(sorted(inside[number])),
            )
            full[number] = self.words.number(own)
            if package.parent >= 0:
                inside[package.parent].append(full[number])
        for number in order:
            if packages[number].parent >= 0:
                full[number] = self.words.number((full[number], full[packages[number].parent]))
        return full

    def is_same(self, other: _Said) -> bool:
        alike = (self.amounts, self.bare) == (other.amounts, other.bare)
        return alike and Counter(self.packages) == Counter(other.packages)


def missing(notice: Notice, again: Notice) -> Iterator[str]:
    """The paths of what the second notice does not say as the first does."""
    if _is_spelled_alike(notice, again):
        return
    words = _Words(lambda data: spelled(normal(data)))
    one, other = _Said(notice, words), _Said(again, words)
    paths = [*_missing_lines(one, other)]
    bare = one.bare - other.bare
    paths += [f"orders[{number}]" for number, order in enumerate(one.orders) if order in bare]
    if not paths:
        left = Counter(one.packages) - Counter(other.packages)
        said = zip(notice.packages, one.packages, strict=True)
        paths += [package.path for package, number in said if number in left]
    if not paths and (one.amounts, one.bare) != (other.amounts, other.bare):
        paths.append("lines")
    if not paths and not one.is_same(other):
        paths.append("packages")
    yield from paths


def _missing_lines(one: _Said, other: _Said) -> Iterator[str]:
    for number, line in enumerate(one.lines):
        if (line,) not in other.amounts:
            yield f"lines[{number}]"
            continue
        if one.amounts[line,] != other.amounts[line,]:
            yield f"lines[{number}].quantity.value"
        for index, lot in enumerate(one.lots[number]):
            if (line, lot) not in other.amounts:
                yield f"lines[{number}].lots[{index}]"
            elif one.amounts[line, lot] != other.amounts[line, lot]:
                yield f"lines[{number}].lots[{index}].quantity"


def same_facts(one: Scope, other: Scope) -> bool:
    """Whether two ship notices say the same of the same shipment."""
    return says_the_same(one, gather(one), other)


def says_the_same(one: Scope, notice: Notice, other: Scope) -> bool:
    """The same of a document whose facts are gathered."""
    parts = ("orders", "lines", "packages")
    if not alike(without(one, *parts), without(other, *parts)):
        return False
    return not list(missing(notice, gather(other)))


def _is_spelled_alike(one: Notice, other: Notice) -> bool:
    """Whether both say the same in the very same words; quick, and often so."""
    words = _Words(lambda data: orjson.dumps(data, option=orjson.OPT_SORT_KEYS))
    try:
        return _Said(one, words).is_same(_Said(other, words))
    except orjson.JSONEncodeError:
        return False
