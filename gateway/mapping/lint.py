"""What makes a map ambiguous: rules that tie for a segment, and paths with two homes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any
from typing import NamedTuple

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.guide.structure import Loop
from gateway.mapping.attach import attach
from gateway.mapping.lint_loss import lint_paths
from gateway.mapping.path import Path
from gateway.mapping.rules import Rule
from gateway.mapping.scopes import Member
from gateway.mapping.scopes import all_bindings
from gateway.mapping.scopes import member_names
from gateway.mapping.scopes import scopes
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable


def lint(rules: tuple[Rule, ...], root: Loop, tables: dict[str, CodeTable], faults: Faults) -> None:
    """Reports every ambiguity of a map's rules, and totals of what no rule fills."""
    _lint_ties(rules, root, faults)
    for members in scopes(rules):
        _lint_homes(members, faults)
        _lint_totals(members, tables, faults)


def _lint_ties(rules: tuple[Rule, ...], loop: Loop, faults: Faults) -> None:
    """Each segment is claimed by exactly one rule: the one with most conditions."""
    attached = attach(rules, loop)
    for (one, first), (other, second) in combinations(attached, 2):
        rank_alike = set(first) & set(second) and _rank(one) == _rank(other)
        if rank_alike and not _exclude(one, other):
            where = one.node.seen_from(other.node)
            text = f"{other.id} and {one.id} ({where}) claim the same {one.tag}"
            faults.add(other.node, f"{text}; tell them apart by where")
    for rule, indexes in attached:
        for index in indexes:
            node = loop.items[index]
            if isinstance(node, Loop):
                _lint_ties(rule.inside, node, faults)


def _rank(rule: Rule) -> int:
    return len(rule.where) + len(rule.when)


def _exclude(one: Rule, other: Rule) -> bool:
    """True when no segment meets the conditions of both, or their guards never hold together."""
    return _apart_by(_tests(one), _tests(other)) or _apart_by(_guards(one), _guards(other))


def _apart_by(one: dict[Any, set[str]], other: dict[Any, set[str]]) -> bool:
    return any(key in one and not one[key] & values for key, values in other.items())


def _tests(rule: Rule) -> dict[Any, set[str]]:
    return {condition.reference: set(condition.values) for condition in rule.where}


def _guards(rule: Rule) -> dict[Any, set[str]]:
    return {(guard.from_top, guard.path): set(guard.values) for guard in rule.when}


class Home(NamedTuple):
    """A path that a rule puts something at."""

    names: tuple[str, ...]
    is_list: bool
    rule: Rule
    node: Node


def _lint_homes(members: list[Member], faults: Faults) -> None:
    """In one scope a path has one home, and no path runs through another's value."""
    homes: dict[tuple[str, ...], Home] = {}
    _lint_second_homes(members, faults)
    for home in (home for member in members for home in _homes(member)):
        other = homes.setdefault(home.names, home)
        shared = other is home or (home.is_list and other.is_list)
        if not shared and not _apart(home.rule, other.rule):
            faults.add(home.node, _twice(home, other))
    for home in homes.values():
        for length in range(1, len(home.names)):
            other = homes.get(home.names[:length], home)
            if other is not home:
                path = ".".join(other.names)
                faults.add(home.node, f"{'.'.join(home.names)} runs through {path}, a value")
    for rule, binds in members:
        if binds:
            _lint_items(rule, faults)


def _lint_totals(members: list[Member], tables: dict[str, CodeTable], faults: Faults) -> None:
    """A formula counts and adds what rules of its scope fill."""
    names = member_names(members, tables)
    computed = [one for rule, binds in members if binds for one in rule.computed]
    for total in computed:
        for formula in total.formula.choices:
            for path in (formula.names, *formula.others):
                lint_paths(names, {path: total.node}, faults)


def lint_tables(rules: tuple[Rule, ...], written: dict[str, Node], faults: Faults) -> None:
    """A table that an overlay writes and no rule uses would change nothing, unsaid."""
    used = set(_table_names(rules))
    for name, node in written.items():
        if name not in used:
            faults.add(node, f"no rule uses a code table {name!r}{suggestion(name, used)}")


def _table_names(rules: tuple[Rule, ...]) -> Iterator[str]:
    for rule in rules:
        yield from (rows.keyed for rows in rule.rows if rows.keyed)
        inner = (binding for rows in rule.rows for binding in (*rows.bindings, *rows.shared))
        for binding in (*rule.bindings, *inner):
            yield from binding.arguments[:1] if binding.codec == "code" else ()
        yield from _table_names(rule.inside)


def _homes(member: Member) -> Iterator[Home]:
    rule = member.rule
    if not member.binds and rule.each:
        yield Home(rule.each.before, True, rule, rule.node)
    if not member.binds:
        return
    for binding in rule.bindings:
        for path in () if binding.also or binding.same else binding.paths:
            yield Home(path.before, bool(path.listed), rule, binding.node)
    for rows in rule.rows:
        if rows.into:
            yield Home(rows.into.before, True, rule, rows.node)
        if rows.text:
            yield Home(rows.text.before, False, rule, rows.node)


def _lint_second_homes(members: list[Member], faults: Faults) -> None:
    """What stands under `also` or `same` has its first home in the same scope."""
    bindings = [one for rule, binds in members if binds for one in all_bindings(rule)]
    further = [binding for binding in bindings if binding.also or binding.same]
    first = {path.text for one in bindings if one not in further for path in one.paths}
    for binding in further:
        word = "also" if binding.also else "same"
        for path in binding.paths:
            if path.listed:
                text = f"{word}: {path.text} is in a list; write a rule of its own"
                faults.add(binding.node, text)
            elif path.text not in first:
                text = f"{word}: {path.text} has no first home; bind it without {word}"
                faults.add(binding.node, f"{text}{suggestion(path.text, first)}")


def _twice(home: Home, other: Home) -> str:
    where = other.node.seen_from(home.node)
    return (
        f"{'.'.join(home.names)} is already bound by {other.rule.id} ({where}); "
        f"a path has one home in its scope: drop that rule, or write a second home under also"
    )


def _apart(one: Rule, other: Rule) -> bool:
    """True when the rules set the same path to different constants, or are guarded so: only one
    can be meant."""
    if _apart_by(_guards(one), _guards(other)):
        return True
    sets = {path.text: text for path, text in one.sets}
    return any(sets.get(path.text, text) != text for path, text in other.sets)


def _lint_items(rule: Rule, faults: Faults) -> None:
    """Inside the items that one occurrence makes, a path is bound once too."""
    groups = [rule.bindings, *(rows.bindings + rows.shared for rows in rule.rows)]
    for bindings in groups:
        seen: set[Path] = set()
        for binding in bindings:
            for path in binding.paths:
                if path in seen and (path.listed or bindings is not rule.bindings):
                    faults.add(binding.node, f"{path.text} is bound twice")
                seen.add(path)
