"""Levels become the flat document of a ship notice: lines, packages and what is in each.

Each level's parent is found by its number, never by its place; a carton may stand above or below
the line it holds. Lines of one order that say the same are one line, their quantities added; so
are the lots of a line. A package is known by its SSCC within the package around it; without one,
two are never the same. What was received is neither changed nor copied deeply.
"""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import SHIPMENT
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.marked import apart
from gateway.mapping.levels.plain import OF_ROOT
from gateway.mapping.levels.plain import another_label
from gateway.mapping.levels.plain import expand
from gateway.mapping.levels.plain import part_of
from gateway.mapping.levels.shipped import Below
from gateway.mapping.levels.shipped import Contents
from gateway.mapping.levels.shipped import Lines
from gateway.mapping.levels.shipped import Order
from gateway.mapping.levels.shipped import Telling
from gateway.mapping.levels.shipped import Use
from gateway.mapping.levels.told import Told
from gateway.mapping.levels.tree import find_parents
from gateway.mapping.levels.tree import top_down
from gateway.mapping.path import Scope

_Around = tuple[Order | None, Below | None, Telling | None]
"""The closest of each kind above a level: an order, the packages below a line, a package."""

Remarks = dict[str, tuple[Code, str]]
"""What a person should look at, by the path of a level, and the SSCC or serial number there that it
is about, "" where it is about the level."""

_SHIPMENT: _Around = (None, None, None)


def fold(hierarchy: Hierarchy, document: Scope, homes: Homes | None = None) -> Remarks:
    """Replaces `hl` and `levels` of a document as read by `orders`, `lines` and `packages`;
    `homes` is filled when given."""
    document.pop("hl", None)
    levels = document.pop("levels", [])
    folder = _Folder(hierarchy, document, homes)
    parents = find_parents(levels)
    around = [_SHIPMENT] * (len(levels) + 1)  # the last one stands for the shipment
    for index in top_down(parents):
        around[index] = folder.add_level(levels[index], around[parents[index]], f"levels[{index}]")
    return folder.finish()


def fold_ordered(hierarchy: Hierarchy, document: Scope) -> bool:
    """The same, False unless each level has a number of its own and stands below its parent, the
    shipment, which comes first, has none, and there is nothing to remark."""
    head = document.pop("hl", {})
    if "parent" in head:
        return False
    folder = _Folder(hierarchy, document, None)
    around = {"": _SHIPMENT, head.get("number", ""): _SHIPMENT}
    for level in document.pop("levels", ()):
        head = level.get("hl", {})
        number, above = head.get("number", ""), around.get(head.get("parent", ""))
        if above is None or number in around:
            return False
        around[number] = folder.add_level(level, above, number)
    return not folder.finish()


class _Folder:
    """The document while levels are added to it."""

    def __init__(self, hierarchy: Hierarchy, document: Scope, homes: Homes | None) -> None:
        self.holds = hierarchy.holds
        self.packed = hierarchy.packed
        self.document = document
        self.homes = homes
        self.rooted = False
        self.orders: list[Order] = []
        self.told: Told[Order] = Told()
        self.lines = Lines()
        self.uses: list[Use] = []
        self.packages: list[Scope] = []
        self.marked: dict[tuple[str, str], list[Scope]] = {}
        self.outer: set[str] = set()
        self.under: dict[str, Order] = {}
        self.serials: dict[tuple[str | None, str], Scope] = {}
        self.remarks: Remarks = {}

    def note(self, path: str, home: str) -> None:
        if self.homes is not None:
            self.homes.setdefault(path, home)

    def add_level(self, level: Scope, around: _Around, path: str) -> _Around:
        """Adds what a level tells, and says what is around those below it. No two have one path."""
        if not self.holds:
            return self.add_plain_level(level, around, path)
        code = level["hl"].get("level", "") if "hl" in level else ""
        holds = self.holds.get(code, SHIPMENT)
        order, below, package = around
        if holds == LINE:
            return order, self.add_line(level, order, package, path), package
        if holds == ORDER:
            return self.add_order(level, path), below, package
        if holds == SHIPMENT:
            return around
        return order, below, self.add_package(level, around, path, holds)

    def add_plain_level(self, level: Scope, around: _Around, path: str) -> _Around:
        """A level without a code: the shipment if it is the root and no package itself, else a
        package, or as many as its range of SSCCs."""
        lines = level.get("lines", [])
        own = {name: value for name, value in level.items() if name != "lines"}
        order, below, package = around
        packages = [package]
        if lines and (beside := another_label(own)) is not None:
            self.remarks[path] = Code.CONTENTS_SHARED, beside
        if around == _SHIPMENT and not self.rooted and own.keys() <= OF_ROOT.keys():
            self.rooted = True
            told = {OF_ROOT[name]: value for name, value in own.items() if name != "hl"}
            if told:
                self.document["shipment"] = {**self.document.get("shipment", {}), **told}
            self.note(path, "shipment")
        else:
            packages = [self.add_package(one, around, path) for one in expand(own, lines)]
        for one in packages:
            for number, line in enumerate(lines):
                at = f"{path}.lines[{number}]"
                for part, lot in self.parts_of(line, len(packages), at):
                    self.add_line(part, order, one, at, lot)
        return order, below, packages[0]

    def parts_of(self, line: Scope, packages: int, path: str) -> list[tuple[Scope, str]]:
        """What one of the packages that share a line has of it, lot by lot, and where each is
        told."""
        if packages > 1 or "marks" not in line:
            return [(part_of(line, packages), "")]
        parts = apart(line)
        if parts is None:
            self.remarks[path] = Code.QUANTITY_EXCEEDED, ""
            return [(line, "")]
        return [(part, path + lot if lot else "") for part, lot in parts]

    def add_order(self, level: Scope, path: str) -> Order | None:
        """The order; in the same words it is the same order."""
        data = {name: value for name, value in level.items() if name != "hl"}
        if not data:
            return None
        order = self.told.find(data)
        if order is None:
            order = Order(data)
            self.orders.append(order)
            self.told.add(data, order)
            if data.keys() != {"order_reference"}:
                order.add_row(self.document)
        order.paths.append(path)
        return order

    def add_package(self, level: Scope, around: _Around, path: str, holds: str = "") -> Telling:
        """The package; with the same SSCC in the same place it is the same package."""
        order, below, outer = around
        package: Scope = {"id": f"p{len(self.packages) + 1}"}
        if outer is not None:
            package["parent_id"] = outer[0]["id"]
            self.outer.add(outer[0]["id"])
        if holds:
            package["level"] = holds
        package |= level
        package.pop("hl", None)
        packed = package.pop("packed", None)
        same = self.find_package(package) if "sscc" in package else None
        if same is not None:
            package = same
        else:
            self.packages.append(package)
            if order is not None:
                self.under[package["id"]] = order
        if below is not None:
            below.append(((package, path), packed or {}))
        if self.homes is not None:
            self.note(path, f"packages[{int(package['id'][1:]) - 1}]")
        return package, path

    def find_package(self, package: Scope) -> Scope | None:
        """The package with this SSCC that says the same; None, and it is known from now on."""
        key = (package.get("parent_id", ""), package["sscc"])
        known = self.marked.get(key)
        if known is None:
            self.marked[key] = [package]
            return None
        for one in known:
            if {**package, "id": one["id"]} == one:
                return one
        known.append(package)
        return None

    def add_line(
        self,
        level: Scope,
        order: Order | None,
        package: Telling | None,
        path: str,
        lot_at: str = "",
    ) -> Below:
        """Adds one use of a line; the packages below it are still to come. `lot_at` is where its
        lot is told, if not as one."""
        line, lot, amount = self.lines.add(level, order)
        row = self.lines.find_lot(line, lot, amount) if lot else None
        if row is not None and "serial_numbers" in lot:
            self.note_serials(line, row, path)
        if self.homes is not None:
            home = f"lines[{int(line['id']) - 1}]"
            self.note(path, home)
            if "number" in level.get("lot", {}) and "number" not in lot:
                self.note(f"{path}.lot.number", f"{home}.item.ids")
            if row is not None:
                self.note(lot_at or f"{path}.lot", f"{home}.lots[{line['lots'].index(row)}]")
        below: Below = []
        self.uses.append((line, row, amount, package, below))
        return below

    def note_serials(self, line: Scope, lot: Scope, path: str) -> None:
        """Two pieces of an item never have one serial number; a lot may be told in parts, and with
        it all of them."""
        ids, here = line.get("item", {}).get("ids", [{}]), set()
        for serial in lot["serial_numbers"]:
            known = self.serials.setdefault((ids[0].get("value"), serial), lot)
            if known is not lot or serial in here:
                self.remarks[path] = Code.SERIAL_REPEATED, serial
            here.add(serial)

    def finish(self) -> Remarks:
        """Adds contents, lines and packages to the document, now that all is known."""
        contents = Contents(self.packed, self.outer, self.lines.shared)
        for use in self.uses:
            contents.add(use)
        for package in self.packages:
            if "contents" not in package and package["id"] not in self.outer:
                order = self.under.get(package["id"])
                if order is not None:
                    if not order.id:
                        order.add_row(self.document)
                    package["order_id"] = order.id
        self.finish_orders()
        if self.lines.rows:
            self.document["lines"] = self.lines.rows
        if self.packages:
            self.document["packages"] = self.packages
        exceeded = dict.fromkeys(contents.exceeded, (Code.QUANTITY_EXCEEDED, ""))
        again = {path: (Code.PACKAGE_REPEATED, sscc) for path, sscc in contents.repeated.items()}
        return self.remarks | exceeded | again

    def finish_orders(self) -> None:
        """A row for each order without lines."""
        for order in self.orders:
            if not order.id and not order.lines:
                order.add_row(self.document)
            if self.homes is None:
                continue
            row = f"orders[{int(order.id[1:]) - 1}]" if order.id else ""
            for path in order.paths:
                self.note(path, row or f"lines[{int(order.lines[0]['id']) - 1}]")
