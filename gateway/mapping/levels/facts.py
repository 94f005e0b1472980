"""The facts of a ship notice: so much of one line, of one lot, in one package.

Lines, lots, packages and orders of a document refer to each other by keys (`id`, `ref`) that mean
nothing outside it; a `Notice` has them by number. Two notices say the same whatever their keys and
order, and two unmarked cartons with the same contents may change places, nothing else may.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.tree import top_down
from gateway.mapping.normal import normal
from gateway.mapping.path import Scope
from gateway.mapping.path import find


@dataclass(slots=True)
class Order:
    """`path` is where the document tells it; `data` without its key."""

    path: str
    data: Scope

    @property
    def reference(self) -> Scope:
        return self.data.get("order_reference") or {}


@dataclass(slots=True)
class Lot:
    data: Scope
    amount: Any


@dataclass(slots=True)
class Line:
    """`data` are without keys, lots, amount and what the order says of the reference."""

    order: int | None
    data: Scope
    amount: Any
    lots: list[Lot] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """`path` is where the document tells it; `parent` is -1 for none, `order` the one it stands
    under where nothing is inside."""

    path: str
    parent: int
    order: int | None
    data: Scope


@dataclass(slots=True)
class Content:
    """`package` is -1 where it is in none; `unit` only if it is not the line's."""

    line: int
    lot: int | None
    package: int
    amount: Any = None
    unit: Any = None


@dataclass(slots=True)
class Notice:
    orders: list[Order] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def chain(self, package: int) -> Iterator[int]:
        """A package and those around it, the innermost first."""
        while package >= 0:
            yield package
            package = self.packages[package].parent


def gather(document: Scope) -> Notice:
    """The facts; `value-unwritable` for each key that leads nowhere. Amounts that follow from
    others are filled in: of a line or lot from its parts, of the only part from the whole."""
    gatherer = _Gatherer(document)
    gatherer.add_orders_and_lines()
    gatherer.add_packages()
    gatherer.complete()
    return gatherer.notice


def items_of(scope: Scope, name: str) -> list[Scope]:
    items = scope.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def without(scope: Scope, *names: str) -> Scope:
    return {name: value for name, value in scope.items() if name not in names}


class _Gatherer:
    def __init__(self, document: Scope) -> None:
        self.document = document
        self.notice = Notice()
        self.order_ids = _keys(items_of(document, "orders"), "id")
        self.line_ids = _keys(items_of(document, "lines"), "id")
        self.lot_refs: list[dict[Any, int]] = []

    def refer(self, item: Scope, name: str, path: str, keys: dict[Any, int]) -> int | None:
        """The number of what a key names."""
        key = item.get(name)
        if key is None:
            return None
        found = keys.get(key) if isinstance(key, str) else None
        if found is None:
            detail = {"path": f"{path}.{name}", "expected": "the key of something in this document"}
            finding = Finding(Code.VALUE_UNWRITABLE, value=str(key)[:99], detail=detail)
            self.notice.findings.append(finding)
        return found

    def add_orders_and_lines(self) -> None:
        for number, row in enumerate(items_of(self.document, "orders")):
            self.notice.orders.append(Order(f"orders[{number}]", without(row, "id")))
        known: dict[str, int] = {}
        for number, item in enumerate(items_of(self.document, "lines")):
            path = f"lines[{number}]"
            order = self.refer(item, "order_id", path, self.order_ids)
            reference = item.get("order_reference")
            reference = reference if isinstance(reference, dict) else {}
            shared = without(reference, "line_id")
            if order is None and shared:
                order = known.setdefault(text_of(shared), len(self.notice.orders))
                if order == len(self.notice.orders):
                    self.notice.orders.append(Order(path, {"order_reference": shared}))
            self.notice.lines.append(self.line(item, order, reference))

    def line(self, item: Scope, order: int | None, reference: Scope) -> Line:
        data = without(item, "id", "order_id", "lots", "order_reference", "quantity")
        said = self.notice.orders[order].reference if order is not None else {}
        own = {name: v for name, v in reference.items() if name not in said or said[name] != v}
        if own:
            data["order_reference"] = own
        quantity = item.get("quantity")
        amount = quantity.get("value") if isinstance(quantity, dict) else None
        if isinstance(quantity, dict) and without(quantity, "value"):
            data["quantity"] = without(quantity, "value")
        lots = items_of(item, "lots")
        self.lot_refs.append(_keys(lots, "ref"))
        told = [Lot(without(lot, "ref", "quantity"), lot.get("quantity")) for lot in lots]
        return Line(order, data, amount, told)

    def add_packages(self) -> None:
        items = items_of(self.document, "packages")
        keys = _keys(items, "id")
        for number, item in enumerate(items):
            path = f"packages[{number}]"
            parent = self.refer(item, "parent_id", path, keys)
            order = self.refer(item, "order_id", path, self.order_ids)
            data = without(item, "id", "parent_id", "order_id", "contents")
            parent = -1 if parent is None else parent
            self.notice.packages.append(Package(path, parent, order, data))
        placed = set(top_down([package.parent for package in self.notice.packages]))
        for number, item in enumerate(items):
            path = f"packages[{number}]"
            if number not in placed:
                self.refer(item, "parent_id", path, {})
                self.notice.packages[number].parent = -1
            for index, content in enumerate(items_of(item, "contents")):
                self.add_content(content, number, f"{path}.contents[{index}]")

    def add_content(self, content: Scope, package: int, path: str) -> None:
        line = self.refer(content, "line_id", path, self.line_ids)
        if line is not None:
            lot = self.refer(content, "lot_ref", path, self.lot_refs[line])
            unit = content.get("unit")
            unit = (
                unit if unit != find(self.notice.lines[line].data, ("quantity", "unit")) else None
            )
            found = Content(line, lot, package, content.get("quantity"), unit)
            self.notice.contents.append(found)

    def complete(self) -> None:
        parts: dict[tuple[int, int | None], list[Content]] = {}
        for content in self.notice.contents:
            parts.setdefault((content.line, content.lot), []).append(content)
        for number, line in enumerate(self.notice.lines):
            if len(line.lots) == 1 and line.lots[0].amount is None and (number, None) not in parts:
                line.lots[0].amount = line.amount
            for index, lot in enumerate(line.lots):
                lot.amount = _completed(lot.amount, parts.get((number, index), []))
            if line.lots and line.amount is None and (number, None) not in parts:
                line.amount = total(lot.amount for lot in line.lots)
            if not line.lots:
                line.amount = _completed(line.amount, parts.get((number, None), []))


def _keys(items: list[Scope], name: str) -> dict[Any, int]:
    return {item[name]: n for n, item in enumerate(items) if isinstance(item.get(name), str)}


def _completed(whole: Any, parts: list[Content]) -> Any:
    """The whole of these parts; the only part is all of it."""
    if whole is None and all(part.unit is None for part in parts):
        return total(part.amount for part in parts)
    if len(parts) == 1 and parts[0].amount is None:
        parts[0].amount = whole
    return whole


def text_of(value: Any) -> str:
    """A text that is the same for the same data."""
    return json.dumps(normal(value), sort_keys=True)


class _Said:
    """What a notice says, as texts and sums that do not depend on keys and order."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.orders = [text_of(order.data) for order in notice.orders]
        self.lines = [self.line(line) for line in notice.lines]
        self.lots = [[text_of(lot.data) for lot in line.lots] for line in notice.lines]
        taken = {line.order for line in notice.lines}
        self.bare = Counter(o for n, o in enumerate(self.orders) if n not in taken)
        self.amounts: dict[Any, Any] = {}
        for number, line in enumerate(notice.lines):
            self.sum((self.lines[number],), line.amount)
            for index, lot in enumerate(line.lots):
                self.sum((self.lines[number], self.lots[number][index]), lot.amount)
        self.contents = self.all_contents()
        self.packages = self.all_packages()

    def line(self, line: Line) -> str:
        order = self.orders[line.order] if line.order is not None else ""
        return text_of([line.data, order, line.amount is None])

    def sum(self, key: Any, amount: Any) -> None:
        known = self.amounts.get(key)
        both = total((known, amount)) if key in self.amounts else amount
        self.amounts[key] = normal(both)

    def all_contents(self) -> list[list[str]]:
        found: list[dict[Any, list[Any]]] = [{} for _ in self.notice.packages]
        for one in self.notice.contents:
            if one.package >= 0:
                lot = self.lots[one.line][one.lot] if one.lot is not None else ""
                key = (self.lines[one.line], lot, one.unit, one.amount is None)
                found[one.package].setdefault(key, []).append(one.amount)
        return [
            sorted(text_of([key, total(amounts)]) for key, amounts in contents.items())
            for contents in found
        ]

    def all_packages(self) -> list[str]:
        """Each package with all that is in it and its place."""
        packages = self.notice.packages
        inside: list[list[str]] = [[] for _ in packages]
        order = top_down([package.parent for package in packages])
        full = [""] * len(packages)
        for number in reversed(order):
            package = packages[number]
            under = self.orders[package.order] if package.order is not None else ""
            own = [package.data, under, self.contents[number], sorted(inside[number])]
            full[number] = text_of(own)
            if package.parent >= 0:
                inside[package.parent].append(full[number])
        for number in order:
            if packages[number].parent >= 0:
                full[number] += full[packages[number].parent]
        return full


def missing(notice: Notice, again: Notice) -> Iterator[str]:
    """The paths of what the second notice does not say as the first does."""
    one, other = _Said(notice), _Said(again)
    paths = []
    for number, line in enumerate(notice.lines):
        if one.lines[number] not in other.lines:
            paths.append(f"lines[{number}]")
            continue
        if one.amounts[one.lines[number],] != other.amounts[one.lines[number],]:
            paths.append(f"lines[{number}].quantity.value")
        for index in range(len(line.lots)):
            key = (one.lines[number], one.lots[number][index])
            if key not in other.amounts:
                paths.append(f"lines[{number}].lots[{index}]")
            elif one.amounts[key] != other.amounts[key]:
                paths.append(f"lines[{number}].lots[{index}].quantity")
    bare = one.bare - other.bare
    paths += [f"orders[{number}]" for number, text in enumerate(one.orders) if text in bare]
    if not paths:
        left = Counter(one.packages) - Counter(other.packages)
        said = zip(notice.packages, one.packages, strict=True)
        paths += [package.path for package, text in said if text in left]
    if not paths and (one.amounts, one.bare) != (other.amounts, other.bare):
        paths.append("lines")
    if not paths and Counter(one.packages) != Counter(other.packages):
        paths.append("packages")
    yield from paths


def same_facts(one: Scope, other: Scope) -> bool:
    """Whether two ship notices say the same of the same shipment."""
    parts = ("orders", "lines", "packages")
    plain = normal(without(one, *parts)) == normal(without(other, *parts))
    return plain and not list(missing(gather(one), gather(other)))
