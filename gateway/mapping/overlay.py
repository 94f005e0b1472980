"""A partner's overlay: rules changed, inserted and dropped by id, the guide narrowed.

The overlay is merged into the base map's nodes before they are read as rules, so that every fault
points to the file and line it was written on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.guide.narrowing import Narrowing
from gateway.mapping.source import Faults
from gateway.mapping.source import entries_of
from gateway.mapping.source import items_of
from gateway.mapping.source import text_of
from gateway.mapping.syntax import tag_of

OVERLAY_KEYS = (
    "overlay",
    "include",
    "tables",
    "default",
    "lossy",
    "change",
    "insert",
    "drop",
    "require",
    "forbid",
    "codes",
    "max_length",
)
_PLACES = ("before", "after", "inside")


def name_rules(rules: Node, faults: Faults, prefix: str = "") -> Node:
    """The rules with an id each: its own, or its path with the values of `where`."""
    taken: dict[str, int] = {}
    named = []
    for node in items_of(rules):
        entries = entries_of(node)
        name = text_of(entries["id"]) if "id" in entries else prefix + _default_name(node)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1 and "id" in entries:
            faults.add(entries["id"], f"two rules have the id {name!r}")
        name = f"{name}#{taken[name]}" if taken[name] > 1 else name
        entries = {**entries, "id": Node(name, node.file, node.line)}
        if "inside" in entries:
            entries["inside"] = name_rules(entries["inside"], faults, f"{name}/")
        named.append(Node(entries, node.file, node.line) if entries_of(node) else node)
    return Node(named, rules.file, rules.line) if items_of(rules) else rules


def _default_name(node: Node) -> str:
    entries = entries_of(node)
    where = entries_of(entries["where"]) if "where" in entries else {}
    values = [",".join(map(text_of, value.items or [value])) for value in where.values()]
    told = ",".join(value for value in values if value)
    return tag_of(node) + (f"({told})" if told else "")


@dataclass(slots=True)
class _Edits:
    """What an overlay does to rules, by id, and the ids met on the way."""

    change: dict[str, Node]
    drop: dict[str, Node]
    insert: dict[tuple[str, str], list[Node]]
    faults: Faults
    met: set[str] = field(default_factory=set)


def edit_rules(rules: Node, overlay: Node, faults: Faults) -> Node:
    """The base map's rules (named) with the overlay's `change`, `insert` and `drop` applied."""
    entries = entries_of(overlay)
    edits = _Edits(
        change=faults.expect_mapping(entries["change"]) if "change" in entries else {},
        drop=_drops(entries.get("drop"), faults),
        insert=_inserts(entries.get("insert"), faults),
        faults=faults,
    )
    edited = name_rules(_edit_list(rules, edits), faults)
    _check_met(edits)
    return edited


def _drops(node: Node | None, faults: Faults) -> dict[str, Node]:
    drops = faults.expect_mapping(node) if node else {}
    for name, reason in drops.items():
        if not faults.expect_text(reason).strip():
            faults.add(reason, f"drop {name}: a reason is needed")
    return drops


def _inserts(node: Node | None, faults: Faults) -> dict[tuple[str, str], list[Node]]:
    inserts: dict[tuple[str, str], list[Node]] = {}
    for item in faults.expect_list(node) if node else ():
        entries = faults.expect_keys(item, (*_PLACES, "rules"))
        places = [place for place in _PLACES if place in entries]
        if len(places) != 1 or "rules" not in entries:
            faults.add(item, "insert takes rules and one of before, after and inside")
            continue
        target = faults.expect_text(entries[places[0]])
        inserts.setdefault((places[0], target), []).extend(faults.expect_list(entries["rules"]))
    return inserts


def _edit_list(rules: Node, edits: _Edits) -> Node:
    edited: list[Node] = []
    for node in items_of(rules):
        name = text_of(entries_of(node).get("id", Node("", node.file, node.line)))
        edits.met.add(name)
        edited += edits.insert.get(("before", name), [])
        if name not in edits.drop:
            edited.append(_edit_rule(node, name, edits))
        edited += edits.insert.get(("after", name), [])
    return Node(edited, rules.file, rules.line)


def _edit_rule(node: Node, name: str, edits: _Edits) -> Node:
    entries = dict(entries_of(node))
    for key, entry in entries_of(edits.change[name]).items() if name in edits.change else ():
        if entry.value == "" and f"{name}.{key}" not in edits.drop:
            edits.faults.add(entry, f"{name}.{key} is removed under drop, with a reason")
        elif key in ("seg", "loop", "id", "inside"):
            edits.faults.add(entry, f"{key} is not changed; drop the rule and insert another")
        else:
            entries[key] = _merge_rows(entries.get(key), entry) if key == "rows" else entry
    for key in list(entries):
        if f"{name}.{key}" in edits.drop:
            edits.met.add(f"{name}.{key}")
            del entries[key]
    if "inside" in entries:
        entries["inside"] = _edit_list(entries["inside"], edits)
    inner = edits.insert.get(("inside", name), [])
    if inner:
        present = items_of(entries["inside"]) if "inside" in entries else []
        entries["inside"] = Node([*present, *inner], node.file, node.line)
    return Node(entries, node.file, node.line)


def _merge_rows(before: Node | None, entry: Node) -> Node:
    """Changed rows keep what the change does not name, unless it names a run of its own."""
    new = entries_of(entry)
    if before is None or before.mapping is None or entry.mapping is None or "over" in new:
        return entry
    return Node({**entries_of(before), **new}, entry.file, entry.line)


def _check_met(edits: _Edits) -> None:
    named: Iterator[tuple[str, Node]] = iter(
        [
            *edits.change.items(),
            *edits.drop.items(),
            *((target, nodes[0]) for (_, target), nodes in edits.insert.items() if nodes),
        ]
    )
    for name, node in named:
        if name not in edits.met:
            hint = suggestion(name, edits.met)
            edits.faults.add(node, f"the base map has no rule {name!r}{hint}")


def parse_narrowing(overlay: Node, faults: Faults) -> Narrowing:
    """`require`, `forbid`, `codes` and `max_length` of an overlay."""
    entries = entries_of(overlay)
    codes = faults.expect_mapping(entries["codes"]) if "codes" in entries else {}
    lengths = faults.expect_mapping(entries["max_length"]) if "max_length" in entries else {}
    for node in lengths.values():
        if not _is_number(node):
            faults.add(node, "max_length is a number of characters")
    return Narrowing(
        require=_texts(entries.get("require"), faults),
        forbid=_texts(entries.get("forbid"), faults),
        codes={place: _texts(node, faults) for place, node in codes.items()},
        max_length={place: int(text_of(n)) for place, n in lengths.items() if _is_number(n)},
    )


def _is_number(node: Node) -> bool:
    return text_of(node).isascii() and text_of(node).isdecimal()


def _texts(node: Node | None, faults: Faults) -> frozenset[str]:
    nodes = faults.expect_list(node) if node else []
    return frozenset(faults.expect_text(item) for item in nodes)


def find_place(overlay: Node, fault: str) -> Node:
    """The node that a narrowing's fault (`require: PO1/XX: ...`) speaks of."""
    word, _, rest = fault.partition(": ")
    place = rest.partition(": ")[0]
    node = entries_of(overlay).get(word, overlay)
    listed = next((item for item in items_of(node) if item.text == place), node)
    return entries_of(node).get(place, listed)
