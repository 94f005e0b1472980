"""What a map loses without saying so: texts cut, values written only under a guard."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.mapping.loss import Loss
from gateway.mapping.path import Path
from gateway.mapping.rules import Rule
from gateway.mapping.scopes import Names
from gateway.mapping.source import Faults

Steps = tuple[str, ...]


class Written(NamedTuple):
    """A path of the document, from its top, and the rule that writes it. `guard`: the rule around
    it that is not always in force."""

    names: Steps
    rule: Rule
    guard: Rule | None
    node: Node
    cut: bool = False


def lint_losses(rules: tuple[Rule, ...], losses: tuple[Loss, ...], faults: Faults) -> None:
    """Reports every loss that `lossy` does not declare, and guards that cannot be checked."""
    written = list(_written(rules, (), None))
    always = {one.names for one in written if one.guard is None}
    for one in written:
        if one.cut and not _declared(one.names, losses):
            what = ".".join(one.names)
            faults.add(one.node, f"{what} is cut when it is too long; {_declare(what)}")
    guarded = [one for one in written if one.guard and one.names not in always]
    for _, group in groupby(guarded, key=lambda one: one.rule.id):
        lost = [one for one in group if not _declared(one.names, losses)]
        if lost:
            _report_guard(lost, faults)
    known: dict[str, str] = {}
    _lint_guards(rules, known, known, faults)


def _declared(names: Steps, losses: tuple[Loss, ...]) -> bool:
    return any(loss.covers(".".join(names)) for loss in losses)


def _declare(what: str) -> str:
    return f"declare it: lossy: [{{what: {what}, policy: note, why: ...}}]"


def _report_guard(lost: list[Written], faults: Faults) -> None:
    """One fault for all that a rule loses, named by what the paths have in common."""
    first, *others = [one.names for one in lost]
    length = len(first)
    for names in others:
        alike = [one == other for one, other in zip(first, names, strict=False)]
        length = min(length, alike.index(False) if False in alike else len(alike))
    what = ".".join(first[: max(length, 1)])
    node = lost[0].guard.when[0].node if lost[0].guard else lost[0].node
    faults.add(node, f"{what} is not written while the guard does not hold; {_declare(what)}")


def _written(rules: tuple[Rule, ...], prefix: Steps, guard: Rule | None) -> Iterator[Written]:
    for rule in rules:
        around = guard or (rule if rule.when else None)
        inner = prefix + rule.each.before if rule.each else prefix
        if rule.each and rule.when and guard is None:
            yield Written(inner, rule, around, rule.node)
        for binding in rule.bindings:
            for path in binding.paths:
                cut = binding.codec == "cut"
                yield Written(inner + path.names, rule, around, binding.node, cut)
        for rows in rule.rows:
            target = rows.into or rows.text
            if target:
                yield Written(inner + target.names, rule, around, rows.node)
        yield from _written(rule.inside, inner, around)


def _lint_guards(
    rules: tuple[Rule, ...], scope: dict[str, str], top: dict[str, str], faults: Faults
) -> None:
    """A guard looks at what was read before its rule, by a segment of another tag: those of one
    tag come in any order."""
    for rule in rules:
        for guard in rule.when:
            known = top if guard.from_top else scope
            path = guard.path.text
            if path not in known:
                hint = suggestion(path, known)
                faults.add(guard.node, f"when: no rule before {rule.id} reads {path}{hint}")
            elif known[path] == rule.tag:
                faults.add(
                    guard.node, f"when: {path} is read from a {rule.tag} that may come later"
                )
        inner = {} if rule.each else scope
        inner |= dict.fromkeys(_plain_paths(rule), rule.tag)
        _lint_guards(rule.inside, inner, top, faults)


def _plain_paths(rule: Rule) -> Iterator[str]:
    paths: list[Path] = [path for binding in rule.bindings for path in binding.paths]
    paths += [path for path, _ in rule.sets]
    yield from (path.text for path in paths if not path.listed)


def lint_paths(names: Names, nodes: dict[Steps, Node], faults: Faults) -> None:
    """Reports the paths of defaults and losses that the map's documents do not have."""
    for path, node in nodes.items():
        found = names
        for step in path:
            if step not in found:
                hint = suggestion(step, found)
                faults.add(node, f"no rule of the map has {'.'.join(path)}{hint}")
                break
            found = found[step]
