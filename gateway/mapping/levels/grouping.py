"""The facts of a ship notice as a tree: which of them stand together at each level of a layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.mapping.decimals import is_decimal
from gateway.mapping.levels.amounts import exceeds
from gateway.mapping.levels.amounts import rest
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.facts import Content
from gateway.mapping.levels.facts import Lot
from gateway.mapping.levels.facts import Notice

PACKAGE = "package"

Step = tuple[str, Any]
"""What a level holds, and its number in the notice; of a line also that of the lot."""


@dataclass(slots=True)
class Node:
    """A level to be, with those below; from the line down also the contents at or below it."""

    below: dict[Step, Node]
    contents: list[Content]

    def open(self, step: Step) -> Node:
        node = self.below.get(step)
        if node is None:
            node = self.below[step] = Node({}, [])
        return node


def group(hierarchy: Hierarchy, notice: Notice) -> Node:
    """The tree of levels, in the order in which their facts are told: what is in packages, then
    what is in none, then what has nothing in it. At its root are all contents."""
    root = Node({}, [*notice.contents, *_loose(notice)])
    grouping = _Grouping(hierarchy, notice, root)
    for content in root.contents:
        grouping.add(content)
    for order, package in _empty(notice, root.contents):
        grouping.add_empty(order, package)
    return root


class _Grouping:
    """The tree while facts are added; `ways` lead to the lines of an order in a package, and on
    from there."""

    def __init__(self, hierarchy: Hierarchy, notice: Notice, root: Node) -> None:
        self.holds = [hierarchy.holds[code] for code in hierarchy.layout[1:]]
        self.notice = notice
        self.root = root
        self.ways: dict[tuple[int | None, int], tuple[Node, list[Step]]] = {}
        self.packages: dict[int, Node] = {}

    def add(self, content: Content) -> None:
        order = self.notice.lines[content.line].order
        way = self.ways.get((order, content.package))
        if way is None:
            way = self.ways[order, content.package] = self.way(order, content.package)
        node, below = way
        node = node.open((LINE, (content.line, content.lot)))
        node.contents.append(content)
        for step in below:
            node = node.open(step)
            node.contents.append(content)

    def add_empty(self, order: int | None, package: int) -> None:
        """An order or a package with nothing in it."""
        node, below = self.way(order, package)
        for step in below:
            node = node.open(step)

    def way(self, order: int | None, package: int) -> tuple[Node, list[Step]]:
        """What is right above a line, and what stands below it."""
        if not self.holds:
            return self.package(package), []
        above, below = self.steps(order, package)
        node = self.root
        for step in above:
            node = node.open(step)
        return node, below

    def package(self, number: int) -> Node:
        """That of a package where levels have no codes, inside those of the packages around it."""
        missing = []
        while number >= 0 and number not in self.packages:
            missing.append(number)
            number = self.notice.packages[number].parent
        node = self.packages.get(number, self.root)
        for inner in reversed(missing):
            node = self.packages[inner] = node.open((PACKAGE, inner))
        return node

    def steps(self, order: int | None, package: int) -> tuple[list[Step], list[Step]]:
        """What stands above and below a line, from the outermost level in. What there is nothing
        of is left out, so that the next level stands in its place."""
        chain = list(self.notice.chain(package))
        above: list[Step] = []
        below: list[Step] = []
        at = {self.notice.packages[one].data["level"]: one for one in chain}
        steps = above
        for holds in self.holds:
            if holds == LINE:
                steps = below
            elif holds == ORDER and order is not None:
                steps.append((ORDER, order))
            elif holds in at:
                steps.append((PACKAGE, at[holds]))
        return above, below


def torn(hierarchy: Hierarchy, notice: Notice) -> dict[str, str]:
    """By its path, what carries a package that the layout puts below several orders or lines: only
    an SSCC says that it is one."""
    codes = {hierarchy.holds[code]: code for code in hierarchy.layout}
    goods: dict[int, set[int]] = {}
    for content in notice.contents if codes else ():
        for number in notice.chain(content.package):
            goods.setdefault(number, set()).add(content.line)
    found: dict[str, str] = {}
    for number, lines in goods.items():
        package = notice.packages[number]
        own = codes[package.data["level"]]
        above = hierarchy.layout[: hierarchy.layout.index(own)]
        orders = {notice.lines[line].order for line in lines}
        for kind, held in ((LINE, lines), (ORDER, orders)):
            if len(held) > 1 and codes.get(kind) in above:
                found[package.path] = (
                    "the sscc of it and of the packages around it, as its goods are of several "
                    f"{kind}s, or set a layout of {hierarchy.tag} with {own} before {codes[kind]} "
                    "in the overlay"
                )
    return found


def overfull(notice: Notice) -> dict[str, str]:
    """By its path, each amount of a line or lot that is less than what it holds."""
    found: dict[str, str] = {}

    def hold(path: str, whole: Any, parts: list[Any]) -> Any:
        held = total(parts)
        if held is None or not isinstance(whole, str) or not is_decimal(whole):
            return whole
        if not exceeds(held, whole):
            return whole
        found[path] = f"at least {held}, which its lots and packages hold"
        return held

    for number, line in enumerate(notice.lines):
        parts = [one.amount for one in line.packed.get(None, [])]
        for index, lot in enumerate(line.lots):
            packed = [one.amount for one in line.packed.get(index, [])]
            parts.append(hold(f"lines[{number}].lots[{index}].quantity", lot.amount, packed))
        hold(f"lines[{number}].quantity.value", line.amount, parts)
    return found


def _empty(notice: Notice, contents: list[Content]) -> Iterator[tuple[int | None, int]]:
    """The orders and packages with nothing in them."""
    filled = {content.package for content in contents}
    filled |= {package.parent for package in notice.packages}
    ordered = {line.order for line in notice.lines}
    for number, package in enumerate(notice.packages):
        if number not in filled:
            yield package.order, number
            ordered.add(package.order)
    for number in range(len(notice.orders)):
        if number not in ordered:
            yield number, -1


def _loose(notice: Notice) -> Iterator[Content]:
    """What is left of lots and lines is in no package."""
    for number, line in enumerate(notice.lines):
        for index, lot in enumerate(line.lots):
            packed = line.packed.get(index, [])
            left = _left(lot.amount, packed, [])
            if left is not None or not packed:
                yield Content(number, index, -1, left)
        packed = line.packed.get(None, [])
        left = _left(line.amount, packed, line.lots)
        if left is not None or not (packed or line.lots):
            yield Content(number, None, -1, left)


def _left(whole: Any, packed: list[Content], lots: list[Lot]) -> Any:
    """What no part has; all of it where there are none."""
    for part in packed:
        if part.unit is not None:
            return None
    amounts = [part.amount for part in packed] if packed else []
    if lots:
        amounts += [lot.amount for lot in lots]
    return rest(whole, amounts) if amounts else whole
