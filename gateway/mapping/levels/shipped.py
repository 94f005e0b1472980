"""The rows that levels are folded into: lines with their lots, orders, and contents of packages.

Lines of one order that are told alike but for their amounts are one line, and so are the lots of a
line and the contents of a package.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.mapping.levels.amounts import add
from gateway.mapping.levels.amounts import exceeds
from gateway.mapping.levels.amounts import share
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.declare import DIVIDED
from gateway.mapping.levels.lots import lift_lot
from gateway.mapping.levels.told import Told
from gateway.mapping.path import Scope

Telling = tuple[Scope, str]
"""A package, and the path of a level that tells of it."""

Below = list[tuple[Telling, Scope]]
"""Packages below a line, each with what it says it holds."""

Use = tuple[Scope, Scope | None, Any, Telling | None, Below]
"""A line as one level tells it: so much of it and of a lot, in the package around it or in those
below."""


@dataclass(slots=True)
class Order:
    """`id` is that of its row, "" while it has none; `lines` are the rows of its lines."""

    data: Scope
    paths: list[str] = field(default_factory=list)
    lines: list[Scope] = field(default_factory=list)
    id: str = ""

    def add_row(self, document: Scope) -> None:
        """Gives the order a row of its own, for what no line can say."""
        rows = document.setdefault("orders", [])
        self.id = f"o{len(rows) + 1}"
        rows.append({"id": self.id, **self.data})
        for line in self.lines:
            told = {"id": line["id"], "order_id": self.id, **line}
            line.clear()
            line.update(told)

    def add_line(self, row: Scope) -> None:
        """What the order says of its reference is said by each of its lines."""
        self.lines.append(row)
        if reference := self.data.get("order_reference"):
            own = row.get("order_reference")
            row["order_reference"] = {**reference, **own} if own else {**reference}


class Lines:
    """The rows of lines, and what levels told of each; `shared` are those that several tell of."""

    def __init__(self) -> None:
        self.rows: list[Scope] = []
        self.shared: set[str] = set()
        self.first: dict[Any, tuple[Scope, Scope]] = {}
        self.alike: dict[Any, Told[Scope]] = {}
        self.lots: dict[str, Told[Scope]] = {}

    def add(self, level: Scope, order: Order | None) -> tuple[Scope, Scope, Any]:
        """A level's line, its lot as told, and its amount."""
        number = str(len(self.rows) + 1)
        row: Scope = {"id": number, **level}
        if order is not None and order.id:
            row = {"id": number, "order_id": order.id, **level}
        row.pop("hl", None)
        quantity = row.pop("quantity", None) or {}
        amount = quantity.get("value")
        lot = lift_lot(row, row.pop("lot", None) or {})
        own = row["order_reference"].get("line_id") if "order_reference" in row else None
        ids = row["item"].get("ids") if "item" in row else None
        key = (id(order), own, ids[0].get("value") if ids else None, amount is None)
        line = self.find(key, level, row)
        if line is not row:
            self.shared.add(line["id"])
            if amount is not None:
                known = line["quantity"]
                line["quantity"] = {**known, "value": add(known["value"], amount)}
            return line, lot, amount
        self.rows.append(row)
        if order is not None:
            order.add_line(row)
        if amount is None and "value" in quantity:
            quantity = {name: told for name, told in quantity.items() if name != "value"}
        if quantity:
            row["quantity"] = quantity
        return row, lot, amount

    def find(self, key: Any, level: Scope, row: Scope) -> Scope:
        """The row of the line that was told alike; if there is none, this one."""
        first = self.first.get(key)
        if first is None:
            self.first[key] = level, row
            return row
        alike = self.alike.get(key)
        if alike is None:
            alike = self.alike[key] = Told()
            alike.add(_told(first[0]), first[1])
        told = _told(level)
        line = alike.find(told)
        if line is None:
            alike.add(told, row)
            return row
        return line

    def find_lot(self, line: Scope, data: Scope, amount: str | None) -> Scope:
        """The line's lot that was told alike, with this much more; else a new one."""
        lots = self.lots.get(line["id"])
        if lots is None:
            self.lots[line["id"]] = lots = Told()
            line["lots"] = []
        told = data, amount is None
        row = lots.find(told)
        if row is None:
            row = {"ref": lot_ref(len(line["lots"])), **data}
            if amount:
                row["quantity"] = amount
            line["lots"].append(row)
            lots.add(told, row)
        elif amount is not None:
            row["quantity"] = add(row["quantity"], amount)
        return row


def _told(level: Scope) -> tuple[Scope, Scope]:
    """What a level says of its line, and of the quantity but for its amount."""
    data = {**level}
    data.pop("hl", None)
    lift_lot(data, data.pop("lot", None) or {})
    quantity = {**(data.pop("quantity", None) or {})}
    quantity.pop("value", None)
    return data, quantity


def lot_ref(number: int) -> str:
    """a, b, ... z, a1, ..."""
    letter = "abcdefghijklmnopqrstuvwxyz"[number % 26]
    return f"{letter}{number // 26}" if number >= 26 else letter


class Contents:
    """What is in packages. `outer` are those with packages inside; `shared` are the lines of which
    a package may be told twice. `repeated` are levels that tell again of the same line and lot
    under the same SSCC, which is then copied or used twice, wherever it stands; `exceeded` the last
    levels below a line that hold more than it has."""

    def __init__(self, packed: str, outer: set[str], shared: set[str]) -> None:
        self.packed = packed
        self.outer = outer
        self.shared = shared
        self.known: dict[Any, Scope] = {}
        self.told: dict[Any, str] = {}
        self.repeated: dict[str, str] = {}
        self.exceeded: list[str] = []

    def add(self, use: Use) -> None:
        line, lot, whole, package, below = use
        inner = [one for one in below if one[0][0]["id"] not in self.outer] if below else below
        if not inner:
            if package is not None:
                self.put(package, _content(line, lot, None, whole))
            return
        self.shared.add(line["id"])
        told = []
        for one, packed in inner:
            amount = packed.get("value")
            if amount is None and (len(inner) == 1 or self.packed == DIVIDED):
                amount = share(whole, len(inner))
            unit, own = packed.get("unit"), line.get("quantity", {}).get("unit")
            if unit == own:
                unit = None
                told.append(amount)
            self.put(one, _content(line, lot, unit, amount))
        held = total(amount for amount in told if amount is not None)
        if held is not None and whole is not None and exceeds(held, whole):
            self.exceeded.append(inner[-1][0][1])

    def put(self, telling: Telling, content: Scope) -> None:
        """One more content of a package, or so much more of one that it has."""
        package, level = telling
        if content["line_id"] in self.shared:
            if "sscc" in package:
                self.note(package, content, level)
            names = ("line_id", "lot_ref", "unit")
            key = (package["id"], *map(content.get, names), "quantity" in content)
            known = self.known.setdefault(key, content)
            if known is not content:
                if "quantity" in content:
                    known["quantity"] = add(known["quantity"], content["quantity"])
                return
        if "contents" in package:
            package["contents"].append(content)
        else:
            package["contents"] = [content]

    def note(self, package: Scope, content: Scope, level: str) -> None:
        key = (package["sscc"], content["line_id"], content.get("lot_ref"))
        if self.told.setdefault(key, level) != level:
            self.repeated.setdefault(level, package["sscc"])


def _content(line: Scope, lot: Scope | None, unit: Any, amount: Any) -> Scope:
    content = {"line_id": line["id"]}
    if lot is not None:
        content["lot_ref"] = lot["ref"]
    if unit is not None:
        content["unit"] = unit
    if amount is not None:
        content["quantity"] = amount
    return content
