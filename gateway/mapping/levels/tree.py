"""The tree that the numbers of levels make (HL01 and HL02, CPS01 and CPS02)."""

from __future__ import annotations

from gateway.mapping.path import Scope


def find_parents(levels: list[Scope]) -> list[int]:
    """The index of each level's parent by its number; -1 where it has none, or one that is not
    there."""
    heads = [level.get("hl", {}) for level in levels]
    numbers: dict[str | None, int] = {}
    for index, head in enumerate(heads):
        numbers.setdefault(head.get("number"), index)
    return [numbers.get(head["parent"], -1) if "parent" in head else -1 for head in heads]


def top_down(parents: list[int]) -> list[int]:
    """The indexes, each after its parent; those on or below a cycle are left out."""
    for index, parent in enumerate(parents):
        if parent >= index:
            break
    else:
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


def is_ordered(document: Scope) -> bool:
    """Whether the numbers of levels are all different, and each level's parent came before it; the
    shipment, which comes first, has none."""
    head = document.get("hl", {})
    if "parent" in head:
        return False
    seen = {"", head.get("number", "")}
    for level in document.get("levels", ()):
        head = level.get("hl", {})
        number = head.get("number", "")
        if number in seen or head.get("parent", "") not in seen:
            return False
        seen.add(number)
    return True
