"""Scopes of a map: the rules that bind into one object of the document.

A rule with `each` opens a scope for its own bindings and everything inside it; a rule without
stays in the scope around it, however deep its loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from gateway.mapping.path import Path
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Rows
from gateway.mapping.rules import Rule
from gateway.mapping.tables import CodeTable


class Member(NamedTuple):
    """A rule in a scope. `binds` is False where it only adds items to one of the scope's lists,
    its own bindings then make up another scope."""

    rule: Rule
    binds: bool


def scopes(rules: tuple[Rule, ...], opener: Rule | None = None) -> Iterator[list[Member]]:
    """Each scope as its rules in the order of the map, the outermost scope first."""
    members = [Member(opener, binds=True)] if opener else []
    members += _gather(rules)
    yield members
    for rule, binds in members:
        if not binds:
            yield from scopes(rule.inside, rule)


def _gather(rules: tuple[Rule, ...]) -> Iterator[Member]:
    for rule in rules:
        yield Member(rule, binds=rule.each is None)
        if rule.each is None:
            yield from _gather(rule.inside)


def own_lists(rule: Rule) -> tuple[str, ...]:
    """The lists of which the rule's own bindings take a new item, each once."""
    paths = [path for binding in rule.bindings for path in binding.paths]
    paths += [path for path, _ in rule.sets]
    return tuple(dict.fromkeys(path.listed for path in paths if path.new))


def last_takers(rules: tuple[Rule, ...]) -> dict[str, frozenset[str]]:
    """By rule id the lists for which no later rule of the same scope takes items."""
    last: dict[str, set[str]] = {}
    for members in scopes(rules):
        taker: dict[str, str] = {}
        for rule, binds in members:
            into = [rows.into.text for rows in rule.rows if rows.into]
            each = [rule.each.text] if rule.each else []
            taker |= dict.fromkeys([*own_lists(rule), *into] if binds else each, rule.id)
        for taken, id_ in taker.items():
            last.setdefault(id_, set()).add(taken)
    return {id_: frozenset(taken) for id_, taken in last.items()}


def all_bindings(rule: Rule) -> tuple[Binding, ...]:
    """What a rule binds into its scope, also by single codes of its rows."""
    return rule.bindings + tuple(binding for rows in rule.rows for _, binding in rows.also)


def second_homes(rules: tuple[Rule, ...]) -> dict[str, frozenset[str]]:
    """By rule id the paths that have a second home in the scope its bindings belong to."""
    homes: dict[str, frozenset[str]] = {}
    for members in scopes(rules):
        bindings = [one for rule, binds in members if binds for one in all_bindings(rule)]
        second = {path.text for binding in bindings if binding.also for path in binding.paths}
        if second:
            homes |= {rule.id: frozenset(second) for rule, binds in members if binds}
    return homes


Names = dict[str, "Names"]
"""The field names a rule has a home for, nested as in the document; lists are transparent."""


def item_names(rule: Rule, tables: dict[str, CodeTable]) -> dict[str, Names]:
    """For each list a rule takes items of, the names it can carry in an item."""
    served: dict[str, Names] = {}
    if rule.each:
        served[rule.each.text] = _scope_names(rule, tables)
    paths = [path for binding in rule.bindings for path in binding.paths]
    for path in [*paths, *(path for path, _ in rule.sets)]:
        if path.new:
            _add(served.setdefault(path.listed, {}), path.after)
    for rows in rule.rows:
        if rows.into:
            _add_rows(served.setdefault(rows.into.text, {}), rows)
    return served


def root_names(rule: Rule, tables: dict[str, CodeTable]) -> frozenset[str]:
    """The fields of its scope without which a rule has nothing to write."""
    members = next(scopes(rule.inside, rule))
    totals = {computed.formula.names[0] for member in members for computed in member.rule.computed}
    return frozenset(_scope_names(rule, tables)) | totals


def member_names(members: list[Member], tables: dict[str, CodeTable]) -> Names:
    """Every field name of one scope."""
    names: Names = {}
    for rule, binds in members:
        if not binds and rule.each:
            _merge(_add(names, rule.each.before), _scope_names(rule, tables))
            continue
        paths: list[Path] = [path for binding in rule.bindings for path in binding.paths]
        for path in [*paths, *(path for path, _ in rule.sets)]:
            _add(names, path.names)
        for rows in rule.rows:
            target = rows.into or rows.text
            if target:
                _add_rows(_add(names, target.names), rows)
            for word in tables[rows.keyed].written if rows.keyed in tables else ():
                _add(names, (word,))
    return names


def document_names(rules: tuple[Rule, ...], tables: dict[str, CodeTable]) -> Names:
    """Every field name of the documents that a map's rules make."""
    return member_names(next(scopes(rules)), tables)


def _scope_names(opener: Rule, tables: dict[str, CodeTable]) -> Names:
    return member_names(next(scopes(opener.inside, opener)), tables)


def _add_rows(names: Names, rows: Rows) -> None:
    for binding in rows.bindings + rows.shared:
        for path in binding.paths:
            _add(names, path.names)


def _add(names: Names, path: tuple[str, ...]) -> Names:
    for name in path:
        names = names.setdefault(name, {})
    return names


def _merge(names: Names, more: Names) -> None:
    for name, inner in more.items():
        _merge(names.setdefault(name, {}), inner)


def carries(names: Names, value: Any) -> bool:
    """Whether every field of a value has a home among the names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            known = names.get(name)
            if known is None or not (isinstance(inner, str) or carries(known, inner)):
                return False
    elif isinstance(value, list):
        for item in value:
            if not (isinstance(item, str) or carries(names, item)):
                return False
    return True
