"""The `hierarchy` rule of a map: what each level holds, and in which order a partner nests them.

It is written as one rule and compiled as ordinary ones: a loop rule for each level, all adding to
one list of `levels` that exists only between the wire and the document. The shipment's level is
the document itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.mapping import scopes
from gateway.mapping.rules import Rule
from gateway.mapping.scopes import Names
from gateway.mapping.source import Faults
from gateway.mapping.source import entries_of
from gateway.mapping.source import items_of
from gateway.mapping.source import text_of
from gateway.mapping.tables import CodeTable

SHIPMENT, ORDER, LINE = "shipment", "order", "line"
PACKAGES = ("pallet", "carton", "inner")
HOLDS = (SHIPMENT, ORDER, LINE, *PACKAGES)
"""What a level can hold. Levels without codes (CPS) are packages, with their lines inside."""

LEFT_OUT, PARENTS, ALL = "left_out", "parents", "all"
_CHILDREN = (LEFT_OUT, PARENTS, ALL)
TOLD, COUNTED, DIVIDED = "told", "counted", "divided"
_PACKED = (TOLD, COUNTED, DIVIDED)
APART, IN_IDS, MARKED = "apart", "in_ids", "marked"
_LOTS = (APART, IN_IDS, MARKED)
_OPTIONS = ("layout", "structures", "children", "packed", "lots")
_OWN = ("hierarchy", "holds", *_OPTIONS)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """`holds`: what each level code stands for, empty where levels have no codes. `layout`: the
    codes from the outermost level in. `structures`: BSN05 by layout. `children`: whether HL04 is
    written for no level, those with levels below, or all. `packed`: what a package below a line
    tells of what it holds: the quantity, its number only, or nothing, and they share the line
    evenly. `lots`: where lots are written: in fields of their own, with their serial numbers among
    the item's identifiers, or in marks of a line that holds all of them."""

    tag: str
    holds: dict[str, str] = field(default_factory=dict)
    layout: tuple[str, ...] = ()
    structures: dict[str, str] = field(default_factory=dict)
    children: str = LEFT_OUT
    packed: str = TOLD
    lots: str = APART


def expand(rules: Node, faults: Faults) -> Node:
    """The rules with those of its levels in place of the hierarchy's. Its options stay in a rule by
    the id of its tag, so that an overlay can change them: one of their own, or that of the only
    level."""
    expanded: list[Node] = []
    for node in items_of(rules):
        expanded += _level_rules(node, faults) if "hierarchy" in entries_of(node) else [node]
    return Node(expanded, rules.file, rules.line) if expanded else rules


def _level_rules(node: Node, faults: Faults) -> list[Node]:
    entries = entries_of(node)
    tag = faults.expect_text(entries["hierarchy"])
    if "levels" not in entries:
        heads = {"loop": tag, "each": "levels", f"{tag}01": "hl.number", f"{tag}02": "hl.parent"}
        return [_made({**_texts(heads, node), **entries}, node)]
    own = {key: value for key, value in entries.items() if key in ("hierarchy", *_OPTIONS)}
    options = {"id": _text(tag, node), **own}
    for key in entries.keys() - own.keys() - {"levels"}:
        faults.add(entries[key], f"unknown key {key!r}{suggestion(key, (*_OPTIONS, 'levels'))}")
    levels = faults.expect_mapping(entries["levels"])
    rules = [_level_rule(tag, code, level, faults) for code, level in levels.items()]
    holds = {code: entries_of(level).get("holds", node) for code, level in levels.items()}
    unknown = {**_heads(tag), "id": f"{tag}(other)", "each": "levels", f"{tag}03": "hl.level"}
    options["holds"] = _made(holds, node)
    return [_made(options, node), *rules, _made(_texts(unknown, node), node)]


def _heads(tag: str) -> dict[str, str]:
    return {"loop": tag, f"{tag}01": "hl.number", f"{tag}02": "hl.parent", f"{tag}04": "hl.child"}


def _level_rule(tag: str, code: str, level: Node, faults: Faults) -> Node:
    """The loop rule of one level code."""
    given = dict(faults.expect_mapping(level))
    holds = text_of(given.pop("holds", _text("", level)))
    if holds not in HOLDS:
        hint = suggestion(holds, HOLDS)
        faults.add(level, f"a level holds one of {', '.join(HOLDS)}, not {holds!r}{hint}")
    made = _texts(_heads(tag), level)
    made["where"] = _made(_texts({f"{tag}03": code}, level), level)
    if holds != SHIPMENT:
        made["each"] = _text("levels", level)
        made["set"] = _made(_texts({"hl.level": code}, level), level)
    return _made({**made, **given}, level)


def _made(entries: dict[str, Node], node: Node) -> Node:
    return Node(entries, node.file, node.line)


def _text(text: str, node: Node) -> Node:
    return Node(text, node.file, node.line)


def _texts(texts: dict[str, str], node: Node) -> dict[str, Node]:
    return {key: _text(text, node) for key, text in texts.items()}


def take(rules: Node, faults: Faults) -> tuple[Node, Hierarchy | None]:
    """The ordinary rules, and the hierarchy that its options declare."""
    found = [node for node in items_of(rules) if "hierarchy" in entries_of(node)]
    if not found:
        return rules, None
    for node in found[1:]:
        faults.add(node, "a map has one hierarchy")
    others = []
    for node in items_of(rules):
        entries = entries_of(node)
        if "hierarchy" not in entries:
            others.append(node)
        elif "loop" in entries:
            rule = {key: value for key, value in entries.items() if key not in _OWN}
            others.append(_made(rule, node))
        else:
            faults.expect_keys(node, ("id", *_OWN))
    return Node(others, rules.file, rules.line), _parse(found[0], faults)


def _parse(node: Node, faults: Faults) -> Hierarchy:
    entries = entries_of(node)
    holds, structures = (
        {key: text_of(value) for key, value in entries_of(entries.get(name, node)).items()}
        if name in entries
        else {}
        for name in ("holds", "structures")
    )
    place = entries.get("layout", node)
    layout = [faults.expect_text(item) for item in items_of(place)]
    for code in layout:
        if code not in holds:
            faults.add(place, f"layout: there is no level {code!r}{suggestion(code, holds)}")
    words = [holds.get(code) for code in layout]
    if holds and (words[:1] != [SHIPMENT] or words.count(LINE) != 1):
        faults.add(place, "a layout starts with the shipment and has one level of lines")
    if len(set(words)) < len(words):
        faults.add(place, "a layout has each level once")
    return Hierarchy(
        tag=text_of(entries["hierarchy"]),
        holds=holds,
        layout=tuple(layout),
        structures=structures,
        children=_choice(entries.get("children"), "children", _CHILDREN, faults),
        packed=_choice(entries.get("packed"), "packed", _PACKED, faults),
        lots=_choice(entries.get("lots"), "lots", _LOTS[:2] if holds else _LOTS, faults),
    )


def _choice(node: Node | None, name: str, words: tuple[str, ...], faults: Faults) -> str:
    text = faults.expect_text(node) if node else words[0]
    if text in words or node is None:
        return text
    faults.add(node, f"{name} is one of {', '.join(words)}{suggestion(text, words)}")
    return words[0]


def document_names(
    rules: tuple[Rule, ...], tables: dict[str, CodeTable], hierarchy: Hierarchy | None
) -> Names:
    """Every field name of the documents of a map. What a level has stands in a line, a package or
    an order; packages are also named by their level, `packages.pallet`."""
    names = scopes.document_names(rules, tables)
    if hierarchy is None:
        return names
    level = names.pop("levels", {})
    line = {**level, **level.get("lines", {})}
    names["orders"] = level
    names["lines"] = {**line, "lots": line.get("lot", {})}
    names["packages"] = {**level, **{word: {} for word in (*PACKAGES, "contents")}}
    return names
