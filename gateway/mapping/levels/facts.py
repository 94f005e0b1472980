"""The facts of a ship notice: so much of one line, of one lot, in one package.

Lines, lots, packages and orders of a document refer to each other by keys (`id`, `ref`) that mean
nothing outside it; a `Notice` has them by number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.tree import top_down
from gateway.mapping.normal import normal
from gateway.mapping.normal import spelled
from gateway.mapping.path import Scope

Keys = dict[Any, int]
_NOT_ONE = -1
"""What a key leads to that nothing has, or several."""


@dataclass(slots=True)
class Order:
    """`path` is where the document tells it; `data` without its key."""

    path: str
    data: Scope

    @property
    def reference(self) -> Scope:
        return self.data.get("order_reference") or {}


@dataclass(slots=True)
class Content:
    """`package` is -1 where it is in none; `unit` only if it is not the line's."""

    line: int
    lot: int | None
    package: int
    amount: Any = None
    unit: Any = None


@dataclass(slots=True)
class Lot:
    data: Scope
    amount: Any


@dataclass(slots=True)
class Line:
    """`data` are without keys, lots, amount and what the order says of the reference. `packed` is
    what is in packages, by lot."""

    order: int | None
    data: Scope
    amount: Any
    lots: list[Lot]
    packed: dict[int | None, list[Content]]


@dataclass(slots=True)
class Package:
    """`number` is its own in the document; `parent` is -1 for none, `order` the one it stands
    under where nothing is inside."""

    number: int
    parent: int
    order: int | None
    data: Scope

    @property
    def path(self) -> str:
        return f"packages[{self.number}]"


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
    gatherer.add_lines()
    gatherer.add_packages()
    for line in gatherer.notice.lines:
        _complete(line)
    return gatherer.notice


def items_of(scope: Scope, name: str) -> list[Scope]:
    items = scope.get(name)
    if not isinstance(items, list):
        return []
    for item in items:
        if not isinstance(item, dict):
            return [one for one in items if isinstance(one, dict)]
    return items


def without(scope: Scope, *names: str) -> Scope:
    left = {**scope}
    for name in names:
        left.pop(name, None)
    return left


class _Gatherer:
    def __init__(self, document: Scope) -> None:
        orders = items_of(document, "orders")
        self.lines = items_of(document, "lines")
        self.packages = items_of(document, "packages")
        told = [Order(f"orders[{n}]", without(row, "id")) for n, row in enumerate(orders)]
        self.notice = Notice(told)
        self.order_ids = _keys(orders, "id")
        self.line_ids = _keys(self.lines, "id")
        self.lot_refs: list[Keys] = []
        self.known: Keys = {}
        self.told: dict[str, tuple[Scope, int]] = {}

    def refer(self, item: Scope, name: str, keys: Keys, path: tuple[str | int, ...]) -> int | None:
        """The number of the one thing that a key names."""
        key = item.get(name)
        if key is None:
            return None
        found = keys.get(key, _NOT_ONE) if isinstance(key, str) else _NOT_ONE
        if found == _NOT_ONE:
            steps = [f"[{step}]" if isinstance(step, int) else step for step in path]
            expected = "the key of one thing in this document"
            detail = {"path": f"{''.join(steps)}.{name}", "expected": expected}
            finding = Finding(Code.VALUE_UNWRITABLE, value=str(key)[:99], detail=detail)
            self.notice.findings.append(finding)
            return None
        return found

    def add_lines(self) -> None:
        for number, item in enumerate(self.lines):
            data = without(item, "id", "order_id", "lots")
            order = None
            if "order_id" in item:
                order = self.refer(item, "order_id", self.order_ids, ("lines", number))
            reference, quantity = data.pop("order_reference", None), data.pop("quantity", None)
            if isinstance(reference, dict):
                order, own = self.order_of(reference, order, number)
                if own:
                    data["order_reference"] = own
            amount = None
            if isinstance(quantity, dict):
                unit = {**quantity}
                amount = unit.pop("value", None)
                if unit:
                    data["quantity"] = unit
            self.notice.lines.append(Line(order, data, amount, self.lots(item), {}))

    def lots(self, line: Scope) -> list[Lot]:
        told: list[Lot] = []
        refs: Keys = {}
        self.lot_refs.append(refs)
        for lot in items_of(line, "lots"):
            data = {**lot}
            ref, amount = data.pop("ref", None), data.pop("quantity", None)
            if isinstance(ref, str):
                refs[ref] = _NOT_ONE if ref in refs else len(told)
            told.append(Lot(data, amount))
        return told

    def order_of(self, reference: Scope, order: int | None, line: int) -> tuple[int | None, Scope]:
        """The number of a line's order, and what that does not say of the reference. Lines may
        tell of an order in their own words only, most of them in the same."""
        if order is None:
            shared = {**reference}
            own = {"line_id": shared.pop("line_id")} if "line_id" in shared else {}
            if not shared:
                return None, own
            told = self.told.get(str(shared.get("id")))
            if told is not None and told[0] == shared:
                return told[1], own
            order = self.find_order(shared, line)
        said = self.notice.orders[order].reference
        own = {name: v for name, v in reference.items() if name not in said or said[name] != v}
        return order, own

    def find_order(self, reference: Scope, line: int) -> int:
        """The number of the order that such lines tell of."""
        count = len(self.notice.orders)
        order = self.known.setdefault(spelled(normal(reference)), count)
        if order == count:
            self.notice.orders.append(Order(f"lines[{line}]", {"order_reference": reference}))
            self.told[str(reference.get("id"))] = reference, order
        return order

    def add_packages(self) -> None:
        packages = self.notice.packages
        keys = _keys(self.packages, "id")
        for number, item in enumerate(self.packages):
            path = ("packages", number)
            parent = self.refer(item, "parent_id", keys, path)
            order = None
            if "order_id" in item:
                order = self.refer(item, "order_id", self.order_ids, path)
            data = without(item, "id", "parent_id", "order_id", "contents")
            packages.append(Package(number, -1 if parent is None else parent, order, data))
        placed = set(top_down([package.parent for package in packages]))
        for number, item in enumerate(self.packages):
            if number not in placed:
                self.refer(item, "parent_id", {}, ("packages", number))
                packages[number].parent = -1
            for index, content in enumerate(items_of(item, "contents")):
                self.add_content(content, number, index)

    def add_content(self, content: Scope, package: int, index: int) -> None:
        path = ("packages", package, ".contents", index)
        number = self.refer(content, "line_id", self.line_ids, path)
        if number is None:
            return
        line = self.notice.lines[number]
        lot = self.refer(content, "lot_ref", self.lot_refs[number], path)
        unit = content.get("unit")
        if unit is not None and unit == line.data.get("quantity", {}).get("unit"):
            unit = None
        found = Content(number, lot, package, content.get("quantity"), unit)
        self.notice.contents.append(found)
        line.packed.setdefault(lot, []).append(found)


def _keys(items: list[Scope], name: str) -> Keys:
    keys: Keys = {}
    for number, item in enumerate(items):
        key = item.get(name)
        if isinstance(key, str):
            keys[key] = _NOT_ONE if key in keys else number
    return keys


def _complete(line: Line) -> None:
    """Fills in the amounts that follow from others."""
    packed, lots = line.packed, line.lots
    if not lots:
        line.amount = _completed(line.amount, packed.get(None, []))
        return
    if len(lots) == 1 and lots[0].amount is None and None not in packed:
        lots[0].amount = line.amount
    for index, lot in enumerate(lots):
        lot.amount = _completed(lot.amount, packed.get(index, []))
    if line.amount is None and None not in packed:
        line.amount = total(lot.amount for lot in lots)


def _completed(whole: Any, parts: list[Content]) -> Any:
    """The whole of these parts; the only part is all of it."""
    if whole is None and all(part.unit is None for part in parts):
        return total(part.amount for part in parts)
    if len(parts) == 1 and parts[0].amount is None:
        parts[0].amount = whole
    return whole
