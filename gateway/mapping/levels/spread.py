"""A ship notice's facts laid out as levels: grouped by the layout, level by level, numbered as
they stand. At the line's level a quantity is the sum of what stands below; at the lowest it is
the fact's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.mapping.levels.amounts import rest
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.declare import ALL
from gateway.mapping.levels.declare import COUNTED
from gateway.mapping.levels.declare import DIVIDED
from gateway.mapping.levels.declare import LEFT_OUT
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import PACKAGES
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.facts import Content
from gateway.mapping.levels.facts import Notice
from gateway.mapping.levels.facts import Package
from gateway.mapping.levels.facts import gather
from gateway.mapping.levels.facts import without
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.lots import OF_LOTS
from gateway.mapping.levels.plain import OF_ROOT
from gateway.mapping.levels.tree import top_down
from gateway.mapping.path import Scope
from gateway.mapping.path import find

PACKAGE = "package"


@dataclass(slots=True)
class Spread:
    """`scope` is what the map's rules write; `notice` the facts it carries; `lost` the path and
    level of each package that the layout has no level for."""

    scope: Scope
    notice: Notice
    homes: Homes = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Node:
    """A level to be: all facts at or below it, and the levels below by kind and number."""

    facts: list[_Fact] = field(default_factory=list)
    below: dict[tuple[str, Any], _Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Fact:
    """A content, or with None an order or package with nothing in it."""

    order: int | None
    package: int
    content: Content | None

    @property
    def line(self) -> tuple[int, int | None] | None:
        return (self.content.line, self.content.lot) if self.content else None


def spread(hierarchy: Hierarchy, document: Scope) -> Spread:
    """The levels of a document, in the hierarchy's layout."""
    notice = gather(document)
    lost = _leave_out(hierarchy, notice) if hierarchy.layout else []
    spreader = _Spreader(hierarchy, notice, without(document, "orders", "lines", "packages"))
    spreader.lay_out()
    return Spread(spreader.scope, notice, spreader.homes, lost)


def _leave_out(hierarchy: Hierarchy, notice: Notice) -> list[tuple[str, str]]:
    """Takes out the packages that have no level inside that of the package around them; what is
    in them is in that one, or in none."""
    depths = {hierarchy.holds[code]: depth for depth, code in enumerate(hierarchy.layout)}
    place = {-1: -1}
    kept: list[Package] = []
    lost = []
    for number in top_down([package.parent for package in notice.packages]):
        package = notice.packages[number]
        package.parent = place[package.parent]
        outer = depths[kept[package.parent].data["level"]] if package.parent >= 0 else 0
        level = str(package.data.get("level", ""))
        if level in PACKAGES and depths.get(level, 0) > outer:
            place[number] = len(kept)
            kept.append(package)
        else:
            place[number] = package.parent
            lost.append((package.path, level))
    notice.packages = kept
    for content in notice.contents:
        content.package = place[content.package]
    return lost


class _Spreader:
    """The levels while they are made."""

    def __init__(self, hierarchy: Hierarchy, notice: Notice, scope: Scope) -> None:
        self.hierarchy = hierarchy
        self.notice = notice
        self.scope = scope
        self.homes: Homes = {}
        self.levels: list[Scope] = []
        self.count: Counter[Any] = Counter()
        self.numbered = 0

    def lay_out(self) -> None:
        root = _Node()
        for fact in _facts(self.notice):
            self.count[fact.line] += 1
            node = root
            for step in self.steps(fact):
                node = node.below.setdefault(step, _Node())
                node.facts.append(fact)
        head = {"number": "1"}
        structure = self.hierarchy.structures.get("".join(self.hierarchy.layout))
        if self.hierarchy.holds:
            self.scope["hl"] = head | ({"structure": structure} if structure else {})
            self.place(root, self.scope, "", None, None)
        else:
            top = {"hl": head, **self.of_root()}
            self.levels.append(top)
            self.homes["levels[0]"] = "shipment"
            self.place(root, top, "levels[0]", None, None)
        if self.levels:
            self.scope["levels"] = self.levels
        self.tell_children()

    def of_root(self) -> Scope:
        """What the shipment says at the root of levels without codes."""
        shipment = self.scope.get("shipment")
        if not isinstance(shipment, dict):
            return {}
        told = {name: shipment[own] for name, own in OF_ROOT.items() if own in shipment}
        self.scope["shipment"] = without(shipment, *OF_ROOT.values())
        return told

    def steps(self, fact: _Fact) -> Iterator[tuple[str, Any]]:
        """What a fact stands under, from the outermost level in. What it has nothing of is left
        out, so that the next level stands in its place."""
        chain = list(self.notice.chain(fact.package))
        if not self.hierarchy.layout:
            yield from ((PACKAGE, package) for package in reversed(chain))
            if fact.content is not None:
                yield LINE, fact.line
            return
        at = {self.notice.packages[package].data["level"]: package for package in chain}
        for code in self.hierarchy.layout[1:]:
            holds = self.hierarchy.holds[code]
            if holds == ORDER and fact.order is not None:
                yield ORDER, fact.order
            elif holds == LINE and fact.content is not None:
                yield LINE, fact.line
            elif holds in at:
                yield PACKAGE, at[holds]

    def place(
        self, node: _Node, parent: Scope, path: str, order: int | None, line: int | None
    ) -> None:
        """The levels below one level; `order` and `line` are the closest above."""
        by_order = sorted(node.below, key=lambda step: step[1] if step[0] == ORDER else -1)
        for kind, key in by_order:
            below = node.below[kind, key]
            if kind == LINE and not self.hierarchy.holds:
                lines = parent.setdefault("lines", [])
                at = f"{path}.lines[{len(lines)}]"
                self.numbered += 1
                head = {"number": str(self.numbered)}
                lines.append({"hl": head, **self.line(key, below.facts, order, at)})
                continue
            at = f"levels[{len(self.levels)}]"
            number = len(self.levels) + (2 if self.hierarchy.holds else 1)
            head = {"number": str(number), "parent": parent["hl"]["number"]}
            level: Scope = {"hl": head}
            self.levels.append(level)
            if kind == ORDER:
                level |= self.notice.orders[key].data
                self.homes[at] = self.notice.orders[key].path
                head["level"] = self.code(ORDER)
                self.place(below, level, at, key, line)
            elif kind == LINE:
                level |= self.line(key, below.facts, order, at)
                head["level"] = self.code(LINE)
                self.place(below, level, at, order, key[0])
            else:
                level |= self.package(key, below.facts, line)
                self.homes[at] = self.notice.packages[key].path
                if self.hierarchy.holds:
                    head["level"] = self.code(level.pop("level"))
                self.place(below, level, at, order, line)

    def code(self, holds: str) -> str:
        return next(code for code in self.hierarchy.layout if self.hierarchy.holds[code] == holds)

    def line(
        self, key: tuple[int, int | None], facts: list[_Fact], order: int | None, path: str
    ) -> Scope:
        """A line, or one lot of it, with as much of it as these facts are."""
        number, index = key
        line = self.notice.lines[number]
        data = dict(line.data)
        if line.order is not None and line.order != order:
            own = data.get("order_reference", {})
            reference = {**self.notice.orders[line.order].reference, **own}
            if reference:
                data["order_reference"] = reference
        amount = self.amount(key, facts)
        if amount is not None or "quantity" in data:
            told = {} if amount is None else {"value": amount}
            data["quantity"] = told | data.get("quantity", {})
        self.homes[path] = f"lines[{number}]"
        if index is not None:
            self.homes[f"{path}.lot"] = f"lines[{number}].lots[{index}]"
            self.add_lot(data, line.lots[index].data)
        return data

    def amount(self, key: tuple[int, int | None], facts: list[_Fact]) -> Any:
        """The sum of the facts; of a whole line what it tells itself, where a part is unknown."""
        parts = [fact.content for fact in facts if fact.content]
        if all(part.unit is None for part in parts):
            amount = total(part.amount for part in parts)
            if amount is not None:
                return amount
        if len(facts) < self.count[key]:
            return None
        line = self.notice.lines[key[0]]
        return line.amount if key[1] is None else line.lots[key[1]].amount

    def add_lot(self, data: Scope, lot: Scope) -> None:
        """The lot's fields, as their own or among the item's identifiers (LIN*LT)."""
        if self.hierarchy.lots_in_ids:
            item = data.get("item") if isinstance(data.get("item"), dict) else {}
            ids = list((item or {}).get("ids", ()))
            for scheme, name in OF_LOTS.items():
                told = lot.get(name, [])
                values = told if isinstance(told, list) else [told]
                ids += [{"scheme": scheme, "value": value} for value in values]
            data["item"] = {**(item or {}), "ids": ids}
            lot = without(lot, *OF_LOTS.values())
        if lot:
            data["lot"] = lot

    def package(self, number: int, facts: list[_Fact], line: int | None) -> Scope:
        """A package; below a line it tells how much of it is in there."""
        data = dict(self.notice.packages[number].data)
        parts = [fact.content for fact in facts if fact.content and fact.package == number]
        amount = total(part.amount for part in parts)
        told = self.hierarchy.packed
        if line is None or len(parts) < len(facts) or amount is None or told == DIVIDED:
            return data
        unit = parts[0].unit
        if told != COUNTED:
            unit = unit or find(self.notice.lines[line].data, ("quantity", "unit"))
        return {**data, "packed": {"value": amount, **({"unit": unit} if unit else {})}}

    def tell_children(self) -> None:
        """HL04: 1 where levels stand below, 0 where none do."""
        parents = {level["hl"].get("parent") for level in self.levels}
        heads = [scope["hl"] for scope in (self.scope, *self.levels) if "hl" in scope]
        for head in heads if self.hierarchy.children != LEFT_OUT else ():
            if self.hierarchy.children == ALL or head["number"] in parents:
                head["child"] = "1" if head["number"] in parents else "0"


def _facts(notice: Notice) -> Iterator[_Fact]:
    """What is in packages, then what is in none, then what has nothing in it."""
    contents = [*notice.contents, *_loose(notice)]
    for content in contents:
        yield _Fact(notice.lines[content.line].order, content.package, content)
    filled = {content.package for content in contents}
    filled |= {package.parent for package in notice.packages}
    ordered = {line.order for line in notice.lines}
    for number, package in enumerate(notice.packages):
        if number not in filled:
            yield _Fact(package.order, number, None)
            ordered.add(package.order)
    for number in range(len(notice.orders)):
        if number not in ordered:
            yield _Fact(number, -1, None)


def _loose(notice: Notice) -> Iterator[Content]:
    """What is left of lots and lines is in no package."""
    packed: dict[int, list[Content]] = {}
    for content in notice.contents:
        packed.setdefault(content.line, []).append(content)
    for number, line in enumerate(notice.lines):
        inside = packed.get(number, [])
        for index, lot in enumerate(line.lots):
            of_lot = [content for content in inside if content.lot == index]
            left = _left(lot.amount, of_lot)
            if left is not None or not of_lot:
                yield Content(number, index, -1, left)
        others = [content for content in inside if content.lot is None]
        left = _left(
            line.amount,
            [*others, *(Content(number, n, -1, lot.amount) for n, lot in enumerate(line.lots))],
        )
        if left is not None or not (others or line.lots):
            yield Content(number, None, -1, left)


def _left(whole: Any, parts: list[Content]) -> Any:
    """What no part has; all of it where there are none."""
    if any(part.unit is not None for part in parts):
        return None
    return rest(whole, [part.amount for part in parts]) if parts else whole
