"""Levels become the flat document of a ship notice: lines, packages and what is in each.

Each level's parent is found by its number, never by its place; a carton may stand above or below
the line it holds. Lines of one order that say the same are one line, their quantities added; so
are the lots of a line. A package is known by its SSCC within the package around it; without one,
two are never the same. What was received is neither changed nor copied deeply.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import NamedTuple

from gateway.mapping.levels.amounts import add
from gateway.mapping.levels.amounts import share
from gateway.mapping.levels.declare import DIVIDED
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import SHIPMENT
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.lots import lift_lot
from gateway.mapping.levels.sscc import expand_ranges
from gateway.mapping.path import Scope

OF_ROOT = {"hl": "hl", "level": "packaging_level", "packaging": "packaging", "notes": "notes"}
"""What a level without a code may say and still be the shipment, and the shipment's fields."""


@dataclass(slots=True)
class _Order:
    """`id` is that of its row, "" while it has none."""

    data: Scope
    reference: Scope
    paths: list[str] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    id: str = ""


@dataclass(slots=True)
class _Lot:
    ref: str
    data: Scope
    amount: str | None


@dataclass(slots=True)
class _Line:
    """`data` are without the quantity, whose amount is None where none was told."""

    id: str
    data: Scope
    quantity: Scope
    amount: str | None
    lots: list[_Lot] = field(default_factory=list)


@dataclass(slots=True)
class _Use:
    """A line as one level tells it: so much of it and of a lot, in the package around it or in
    those `below`, each with what it says it holds."""

    line: _Line
    lot: _Lot | None
    amount: str | None
    package: Scope | None
    below: list[tuple[Scope, Scope]] = field(default_factory=list)


class _Around(NamedTuple):
    """The closest of each kind above a level."""

    order: _Order | None = None
    use: _Use | None = None
    package: Scope | None = None


def fold(hierarchy: Hierarchy, document: Scope, homes: Homes | None = None) -> None:
    """Replaces `hl` and `levels` of a document as read by `orders`, `lines` and `packages`;
    `homes` is filled when given."""
    document.pop("hl", None)
    levels = document.pop("levels", [])
    folder = _Folder(hierarchy, document, homes)
    parents = find_parents(levels)
    around = [_Around()] * (len(levels) + 1)  # the last one stands for the shipment
    for index in top_down(parents):
        path = f"levels[{index}]" if homes is not None else ""
        around[index] = folder.add_level(levels[index], around[parents[index]], path)
    folder.finish()


def find_parents(levels: list[Scope]) -> list[int]:
    """The index of each level's parent by its number (HL02, CPS02); -1 where it has none, or one
    that is not there."""
    heads = [level.get("hl", {}) for level in levels]
    numbers: dict[str | None, int] = {}
    for index, head in enumerate(heads):
        numbers.setdefault(head.get("number"), index)
    return [numbers.get(head["parent"], -1) if "parent" in head else -1 for head in heads]


def top_down(parents: list[int]) -> list[int]:
    """The indexes, each after its parent; those on or below a cycle are left out."""
    if all(parent < index for index, parent in enumerate(parents)):
        return list(range(len(parents)))
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    order: list[int] = []
    waiting = children.get(-1, [])[::-1]
    while waiting:
        order.append(waiting.pop())
        waiting += reversed(children.get(order[-1], []))
    return order


class _Folder:
    """The document while levels are added to it."""

    def __init__(self, hierarchy: Hierarchy, document: Scope, homes: Homes | None) -> None:
        self.hierarchy = hierarchy
        self.document = document
        self.homes = homes
        self.rooted = False
        self.orders: list[_Order] = []
        self.lines: list[_Line] = []
        self.alike: dict[Any, list[_Line]] = {}
        self.uses: list[_Use] = []
        self.packages: list[Scope] = []
        self.marked: dict[tuple[str, str], list[Scope]] = {}
        self.under: dict[str, _Order] = {}

    def note(self, path: str, home: str) -> None:
        if self.homes is not None:
            self.homes.setdefault(path, home)

    def add_level(self, level: Scope, around: _Around, path: str) -> _Around:
        """Adds what a level tells, and says what is around those below it."""
        if not self.hierarchy.holds:
            return self.add_plain_level(level, around, path)
        holds = self.hierarchy.holds.get(level.get("hl", {}).get("level", ""), SHIPMENT)
        order, use, package = around
        if holds == LINE:
            return _Around(order, self.add_line(level, around, path), package)
        if holds == ORDER:
            return _Around(self.add_order(level, path), use, package)
        if holds == SHIPMENT:
            return around
        return _Around(order, use, self.add_package({"level": holds, **level}, around, path))

    def add_plain_level(self, level: Scope, around: _Around, path: str) -> _Around:
        """A level without a code: the shipment if it is the root and no package itself, else a
        package, or as many as its range of SSCCs."""
        lines = level.get("lines", [])
        own = {name: value for name, value in level.items() if name != "lines"}
        inner = [around]
        if around == _Around() and not self.rooted and own.keys() <= OF_ROOT.keys():
            self.rooted = True
            told = {OF_ROOT[name]: value for name, value in own.items() if name != "hl"}
            if told:
                self.document["shipment"] = {**self.document.get("shipment", {}), **told}
            self.note(path, "shipment")
        else:
            packages = [self.add_package(one, around, path) for one in _expand(own, lines)]
            inner = [around._replace(package=package) for package in packages]
        for one in inner:
            for number, line in enumerate(lines):
                self.add_line(_part(line, len(inner)), one, f"{path}.lines[{number}]")
        return inner[0]

    def add_order(self, level: Scope, path: str) -> _Order | None:
        """The order; in the same words it is the same order."""
        data = {name: value for name, value in level.items() if name != "hl"}
        order = next((one for one in self.orders if one.data == data), None)
        if order is None and data:
            order = _Order(data, data.get("order_reference", {}))
            self.orders.append(order)
            if data.keys() != {"order_reference"}:
                self.add_row(order)
        if order is not None:
            order.paths.append(path)
        return order

    def add_row(self, order: _Order) -> str:
        """Gives the order a row of its own, for what no line can say."""
        if not order.id:
            rows = self.document.setdefault("orders", [])
            order.id = f"o{len(rows) + 1}"
            rows.append({"id": order.id, **order.data})
        return order.id

    def add_package(self, level: Scope, around: _Around, path: str) -> Scope:
        """The package; with the same SSCC in the same place it is the same package."""
        number = len(self.packages) + 1
        package: Scope = {"id": f"p{number}"}
        if around.package is not None:
            package["parent_id"] = around.package["id"]
        package.update(level)
        package.pop("hl", None)
        packed = package.pop("packed", {})
        same = None
        if "sscc" in package:
            known = self.marked.setdefault((package.get("parent_id", ""), package["sscc"]), [])
            same = next((one for one in known if {**package, "id": one["id"]} == one), None)
            if same is None:
                known.append(package)
        if same is None:
            self.packages.append(package)
            if around.order is not None:
                self.under[package["id"]] = around.order
        package = same or package
        if around.use is not None:
            around.use.below.append((package, packed))
        if self.homes is not None:
            self.note(path, f"packages[{int(package['id'][1:]) - 1}]")
        return package

    def add_line(self, level: Scope, around: _Around, path: str) -> _Use:
        data = {**level}
        data.pop("hl", None)
        data.pop("lot", None)
        quantity = {**data.pop("quantity", {})}
        amount = quantity.pop("value", None)
        lot_data = lift_lot(data, level.get("lot", {}))
        line = self.find_line(data, quantity, amount, around.order)
        lot = _find_lot(line, lot_data, amount) if lot_data else None
        if self.homes is not None:
            home = f"lines[{int(line.id) - 1}]"
            self.note(path, home)
            if "number" in level.get("lot", {}) and "number" not in lot_data:
                self.note(f"{path}.lot.number", f"{home}.item.ids")
            if lot is not None:
                self.note(f"{path}.lot", f"{home}.lots[{line.lots.index(lot)}]")
        use = _Use(line, lot, amount, around.package)
        self.uses.append(use)
        return use

    def find_line(
        self, data: Scope, quantity: Scope, amount: str | None, order: _Order | None
    ) -> _Line:
        """The line that says the same for the same order, with this much more; else a new one."""
        own = data.get("order_reference", {})
        ids = data.get("item", {}).get("ids") or [{}]
        key = (id(order), own.get("line_id"), ids[0].get("value"), amount is None)
        alike = self.alike.setdefault(key, [])
        for line in alike:
            if line.data == data and line.quantity == quantity:
                if amount is not None and line.amount is not None:
                    line.amount = add(line.amount, amount)
                return line
        line = _Line(str(len(self.lines) + 1), data, quantity, amount)
        alike.append(line)
        self.lines.append(line)
        if order is not None:
            order.lines.append(line)
        return line

    def finish(self) -> None:
        """Adds contents, lines and packages to the document, now that all is known."""
        self.add_contents()
        outer = {package.get("parent_id") for package in self.packages}
        for package in self.packages:
            order = self.under.get(package["id"])
            if order is not None and "contents" not in package and package["id"] not in outer:
                package["order_id"] = self.add_row(order)
        order_of = {line.id: order for order in self.orders for line in order.lines}
        for order in self.orders:
            home = f"lines[{int(order.lines[0].id) - 1}]" if order.lines else ""
            if order.id or not order.lines:
                home = f"orders[{int(self.add_row(order)[1:]) - 1}]"
            for path in order.paths:
                self.note(path, home)
        lines = [_tell_line(line, order_of.get(line.id)) for line in self.lines]
        parts = {"lines": lines, "packages": self.packages}
        self.document.update({name: items for name, items in parts.items() if items})

    def add_contents(self) -> None:
        outer = {package.get("parent_id") for package in self.packages}
        known: dict[Any, Scope] = {}
        for use in self.uses:
            around = [(use.package, {"value": use.amount})] if use.package is not None else []
            inner = [(one, packed) for one, packed in use.below if one["id"] not in outer]
            for package, packed in inner or around:
                amount = packed.get("value")
                if amount is None and (len(inner) == 1 or self.hierarchy.packed == DIVIDED):
                    amount = share(use.amount, len(inner) or 1)
                unit = packed.get("unit")
                if unit == use.line.quantity.get("unit"):
                    unit = None
                lot = use.lot.ref if use.lot else None
                key = (package["id"], use.line.id, lot, unit, amount is None)
                content = known.get(key)
                if content is None:
                    content = {"line_id": use.line.id}
                    told = (("lot_ref", lot), ("unit", unit), ("quantity", amount))
                    content.update((name, value) for name, value in told if value is not None)
                    package.setdefault("contents", []).append(content)
                    known[key] = content
                elif amount is not None:
                    content["quantity"] = add(content["quantity"], amount)


def _find_lot(line: _Line, data: Scope, amount: str | None) -> _Lot:
    """The line's lot that says the same, with this much more; else a new one."""
    for lot in line.lots:
        if lot.data == data and (lot.amount is None) == (amount is None):
            if amount is not None and lot.amount is not None:
                lot.amount = add(lot.amount, amount)
            return lot
    lot = _Lot(lot_ref(len(line.lots)), data, amount)
    line.lots.append(lot)
    return lot


def lot_ref(number: int) -> str:
    """a, b, ... z, a1, ..."""
    letter = chr(ord("a") + number % 26)
    return f"{letter}{number // 26}" if number >= 26 else letter


def _tell_line(line: _Line, order: _Order | None) -> Scope:
    told: Scope = {"id": line.id}
    if order is not None and order.id:
        told["order_id"] = order.id
    told.update(line.data)
    if order is not None and order.reference:
        told["order_reference"] = {**order.reference, **line.data.get("order_reference", {})}
    if line.amount is not None or line.quantity:
        amount = {} if line.amount is None else {"value": line.amount}
        told["quantity"] = {**amount, **line.quantity}
    if line.lots:
        told["lots"] = [
            {"ref": lot.ref, **lot.data, **({"quantity": lot.amount} if lot.amount else {})}
            for lot in line.lots
        ]
    return told


def _expand(own: Scope, lines: list[Scope]) -> list[Scope]:
    """The packages of a plain level: one, or one for each of its SSCCs where they are as many as
    it counts and can share its lines evenly."""
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


def _amount(line: Scope) -> Any:
    return line.get("quantity", {}).get("value")


def _part(line: Scope, count: int) -> Scope:
    """The line with one package's share of its quantity."""
    if count == 1 or _amount(line) is None:
        return line
    return {**line, "quantity": {**line["quantity"], "value": share(_amount(line), count)}}
