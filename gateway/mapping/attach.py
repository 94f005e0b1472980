"""Rules to nodes: where in the structure of a set each rule's segment or loop stands."""

from __future__ import annotations

from gateway.definition import suggestion
from gateway.guide.structure import Loop
from gateway.guide.structure import trigger
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults


def attach(rules: tuple[Rule, ...], loop: Loop) -> list[tuple[Rule, list[int]]]:
    """Each rule with the indexes of its nodes in the loop. Where a tag stands at several, the
    neighbours that have one node only narrow it down, as rules stand in wire order."""
    found = [(rule, _candidates(rule, loop)) for rule in rules]
    attached = []
    for number, (rule, indexes) in enumerate(found):
        if len(indexes) > 1:
            low = max((i[0] for _, i in found[:number] if len(i) == 1), default=0)
            high = min((i[0] for _, i in found[number:] if len(i) == 1), default=len(loop.items))
            indexes = [index for index in indexes if low <= index <= high] or indexes
        attached.append((rule, indexes))
    return attached


def _candidates(rule: Rule, loop: Loop) -> list[int]:
    first = 1 if loop.id else 0  # the trigger of a loop belongs to the loop's own rule
    places = loop.places.get(rule.tag, ())
    return [
        index
        for index in places
        if index >= first and isinstance(loop.items[index], Loop) == rule.is_loop
    ]


def _no_node(rule: Rule, loop: Loop) -> str:
    where = f"in loop {loop.path}" if loop.id else "at the top of the set"
    nodes = loop.items[1:] if loop.id else loop.items
    if any(trigger(node) == rule.tag for node in nodes):
        right, wrong = ("seg", "loop") if rule.is_loop else ("loop", "seg")
        return f"{rule.tag} {where} is no {wrong}; write {right}: {rule.tag}"
    known = {trigger(node) for node in nodes}
    return f"{rule.tag} does not stand {where}{suggestion(rule.tag, known)}"


def check_nodes(rules: tuple[Rule, ...], loops: list[Loop], faults: Faults) -> None:
    """Reports the rules that fit no node in any of the loops that their level may be."""
    for rule in rules:
        nodes = [loop.items[index] for loop in loops for index in _candidates(rule, loop)]
        if nodes:
            check_nodes(rule.inside, [node for node in nodes if isinstance(node, Loop)], faults)
        elif loops:
            faults.add(rule.node, _no_node(rule, loops[0]))
