"""A ship notice's facts laid out as levels: grouped by the layout, level by level, numbered as
they stand. At the line's level a quantity is the sum of what stands below; at the lowest it is
the fact's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from typing import NamedTuple

from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.declare import ALL
from gateway.mapping.levels.declare import COUNTED
from gateway.mapping.levels.declare import DIVIDED
from gateway.mapping.levels.declare import IN_IDS
from gateway.mapping.levels.declare import LEFT_OUT
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import MARKED
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import PACKAGES
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.facts import Content
from gateway.mapping.levels.facts import Notice
from gateway.mapping.levels.facts import Order
from gateway.mapping.levels.facts import Package
from gateway.mapping.levels.facts import gather
from gateway.mapping.levels.facts import without
from gateway.mapping.levels.grouping import Node
from gateway.mapping.levels.grouping import Step
from gateway.mapping.levels.grouping import group
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.lots import OF_LOTS
from gateway.mapping.levels.lots import numbers_of
from gateway.mapping.levels.marked import add_part
from gateway.mapping.levels.marked import take_mark
from gateway.mapping.levels.plain import OF_ROOT
from gateway.mapping.levels.tree import top_down
from gateway.mapping.path import Scope


@dataclass(slots=True)
class Spread:
    """`scope` is what the map's rules write; `notice` the facts it carries; `lost` the path and
    level of each package that the layout has no level for."""

    scope: Scope
    notice: Notice
    lost: list[tuple[str, str]]


def spread(hierarchy: Hierarchy, document: Scope, homes: Homes | None = None) -> Spread:
    """The levels of a document, in the hierarchy's layout; `homes` is filled when given."""
    notice = gather(document)
    lost = _leave_out(hierarchy, notice) if hierarchy.layout else []
    scope = without(document, "orders", "lines", "packages")
    _Spreader(hierarchy, notice, scope, homes).lay_out(group(hierarchy, notice))
    return Spread(scope, notice, lost)


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


class _Level(NamedTuple):
    """One that is made; `order` and `line` are the closest at or above it."""

    node: Node
    scope: Scope
    path: str
    order: int | None = None
    line: int | None = None


class _Spreader:
    """The levels while they are made."""

    def __init__(
        self, hierarchy: Hierarchy, notice: Notice, scope: Scope, homes: Homes | None
    ) -> None:
        self.hierarchy = hierarchy
        self.codes = {hierarchy.holds[code]: code for code in hierarchy.layout}
        self.notice = notice
        self.scope = scope
        self.homes = homes
        self.levels: list[Scope] = []
        self.contents: list[Content] = []
        self.numbered = 0
        self.marked: dict[tuple[str, int], tuple[Scope, str]] = {}

    def note(self, path: str, told: Order | Package) -> None:
        if self.homes is not None:
            self.homes[path] = told.path

    @cached_property
    def told(self) -> Counter[tuple[int, int | None]]:
        """How many contents there are of each line and lot."""
        return Counter((one.line, one.lot) for one in self.contents)

    def lay_out(self, root: Node) -> None:
        self.contents = root.contents
        head = {"number": "1"}
        structure = self.hierarchy.structures.get("".join(self.hierarchy.layout))
        if self.hierarchy.holds:
            self.scope["hl"] = head | ({"structure": structure} if structure else {})
            self.place(root, self.scope, "")
        else:
            top = {"hl": head, **self.of_root()}
            self.levels.append(top)
            if self.homes is not None:
                self.homes["levels[0]"] = "shipment"
            self.place(root, top, "levels[0]")
        if self.levels:
            self.scope["levels"] = self.levels
        if self.hierarchy.children != LEFT_OUT:
            self.tell_children()

    def of_root(self) -> Scope:
        """What the shipment says at the root of levels without codes."""
        shipment = self.scope.get("shipment")
        if not isinstance(shipment, dict):
            return {}
        told = {name: shipment[own] for name, own in OF_ROOT.items() if own in shipment}
        self.scope["shipment"] = without(shipment, *OF_ROOT.values())
        return told

    def place(self, root: Node, top: Scope, path: str) -> None:
        """The levels below the topmost, each followed by those below it."""
        waiting = [self.below(_Level(root, top, path))]
        while waiting:
            level = next(waiting[-1], None)
            if level is None:
                waiting.pop()
            else:
                waiting.append(self.below(level))

    def below(self, above: _Level) -> Iterator[_Level]:
        """The levels right below one, made as they are asked for."""
        steps = list(above.node.below)
        if len(steps) > 1:
            steps.sort(key=_by_order)
        for step in steps:
            kind, key = step
            node = above.node.below[step]
            if kind == LINE and not self.codes:
                self.place_line(key, node, above.scope, above.path, above.order)
                continue
            at = f"levels[{len(self.levels)}]" if self.homes is not None else ""
            number = str(len(self.levels) + (2 if self.codes else 1))
            head = {"number": number, "parent": above.scope["hl"]["number"]}
            level: Scope = {"hl": head}
            self.levels.append(level)
            order, line = above.order, above.line
            if kind == ORDER:
                head["level"] = self.codes[ORDER]
                level |= self.notice.orders[key].data
                self.note(at, self.notice.orders[key])
                order = key
            elif kind == LINE:
                head["level"] = self.codes[LINE]
                level |= self.line(key, node.contents, order, at)
                line = key[0]
            else:
                level |= self.package(key, node.contents, line)
                if self.codes:
                    head["level"] = self.codes[level.pop("level")]
                self.note(at, self.notice.packages[key])
            yield _Level(node, level, at, order, line)

    def place_line(
        self, key: tuple[int, int | None], node: Node, parent: Scope, path: str, order: int | None
    ) -> None:
        """A line inside a level, where levels have no codes."""
        lines = parent.setdefault("lines", [])
        at = f"{path}.lines[{len(lines)}]"
        line: Scope = {"hl": {"number": str(self.numbered + 1)}}
        line |= self.line(key, node.contents, order, at)
        if self.hierarchy.lots == MARKED and self.add_mark(line, key, path, at):
            return
        self.numbered += 1
        lines.append(line)

    def add_mark(self, line: Scope, key: tuple[int, int | None], path: str, at: str) -> bool:
        """Puts a lot in the marks of its line; whether that line was placed here before."""
        number, lot = key
        mark = take_mark(line)
        known, place = self.marked.setdefault((path, number), (line, at))
        added = known is not line and add_part(known, line)
        if not added:
            known, place = line, at
        if mark is not None:
            marks = known["marks"] = [*known.get("marks", ()), mark]
            if self.homes is not None:
                self.homes[f"{place}.marks[{len(marks) - 1}]"] = f"lines[{number}].lots[{lot}]"
        return added

    def line(
        self, key: tuple[int, int | None], contents: list[Content], order: int | None, path: str
    ) -> Scope:
        """A line, or one lot of it, with as much of it as these contents are."""
        number, index = key
        line = self.notice.lines[number]
        data = {**line.data}
        if line.order is not None and line.order != order:
            own = data.get("order_reference", {})
            reference = {**self.notice.orders[line.order].reference, **own}
            if reference:
                data["order_reference"] = reference
        amount = self.amount(key, contents)
        if amount is not None:
            data["quantity"] = {"value": amount, **data.get("quantity", {})}
        if self.homes is not None:
            self.homes[path] = f"lines[{number}]"
            if index is not None:
                self.homes[f"{path}.lot"] = f"lines[{number}].lots[{index}]"
        if index is not None:
            self.add_lot(data, line.lots[index].data)
        return data

    def amount(self, key: tuple[int, int | None], contents: list[Content]) -> Any:
        """The sum of the contents; of a whole line what it tells itself, where a part is
        unknown."""
        amount = _sum(contents)
        if amount is not None:
            return amount
        number, lot = key
        if len(contents) < self.told[key]:
            return None
        line = self.notice.lines[number]
        return line.amount if lot is None else line.lots[lot].amount

    def add_lot(self, data: Scope, lot: Scope) -> None:
        """The lot's fields, as their own or among the item's identifiers (LIN*LT)."""
        if self.hierarchy.lots == IN_IDS:
            item = data.get("item") if isinstance(data.get("item"), dict) else {}
            ids = list((item or {}).get("ids", ()))
            for scheme, values in numbers_of(lot):
                ids += [{"scheme": scheme, "value": value} for value in values]
            data["item"] = {**(item or {}), "ids": ids}
            lot = without(lot, *OF_LOTS.values())
        if lot:
            data["lot"] = lot

    def package(self, number: int, contents: list[Content], line: int | None) -> Scope:
        """A package; below a line it tells how much of it is in there."""
        data = {**self.notice.packages[number].data}
        packed = self.hierarchy.packed
        if line is None or packed == DIVIDED:
            return data
        if any(content.package != number for content in contents):
            return data
        amount = total(content.amount for content in contents)
        if amount is None:
            return data
        unit = contents[0].unit
        if packed != COUNTED:
            unit = unit or self.notice.lines[line].data.get("quantity", {}).get("unit")
        return {**data, "packed": {"value": amount, **({"unit": unit} if unit else {})}}

    def tell_children(self) -> None:
        """HL04: 1 where levels stand below, 0 where none do."""
        parents = {level["hl"].get("parent") for level in self.levels}
        for scope in (self.scope, *self.levels):
            head = scope.get("hl")
            if head and (self.hierarchy.children == ALL or head["number"] in parents):
                head["child"] = "1" if head["number"] in parents else "0"


def _sum(contents: list[Content]) -> str | None:
    """How much these are; None where one is unknown, or has a unit of its own."""
    for content in contents:
        if content.unit is not None:
            return None
    return total([content.amount for content in contents])


def _by_order(step: Step) -> int:
    return step[1] if step[0] == ORDER else -1
