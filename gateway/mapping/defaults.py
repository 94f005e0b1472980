"""Defaults: what a partner means where it says nothing.

They belong to the reader of a document, not to the document: `with_defaults` fills them in for the
ERP and says which; what is marked so is taken out again before a document is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from gateway.definition import Node
from gateway.mapping.form import join_path
from gateway.mapping.path import Scope
from gateway.mapping.path import parse_path
from gateway.mapping.source import Faults

Defaults = Mapping[tuple[str, ...], str]
"""Values by the names of their path; lists on the way are transparent."""


def parse_defaults(node: Node, faults: Faults) -> dict[tuple[str, ...], Node]:
    defaults = {}
    for key, entry in faults.expect_mapping(node).items():
        path = parse_path(key)
        value = faults.expect_text(entry)
        if path is None or path.listed:
            faults.add(entry, f"{key!r} is no path; write lines.quantity.unit")
        elif not value:
            faults.add(entry, f"default {key}: a value is needed")
        else:
            defaults[path.before] = entry
    return defaults


def with_defaults(document: Scope, defaults: Defaults) -> tuple[Scope, list[str]]:
    """A copy with every default filled in whose object is there, and the paths filled."""
    if not defaults:
        return document, []
    filled = deepcopy(document)
    marked: list[str] = []
    for names, value in defaults.items():
        for scope, path in _owners(filled, names[:-1], ""):
            if names[-1] not in scope:
                scope[names[-1]] = value
                marked.append(join_path(path, names[-1]))
    return filled, marked


def without_defaults(document: Scope, marked: Iterable[str]) -> Scope:
    """The document without the values at the marked paths."""
    marks = set(marked)
    return _without(document, marks, "") if marks else document


def _owners(value: Any, names: tuple[str, ...], path: str) -> Iterator[tuple[Scope, str]]:
    """The objects at the end of the names, with their paths."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _owners(item, names, f"{path}[{index}]")
    elif isinstance(value, dict) and not names:
        yield value, path
    elif isinstance(value, dict) and names[0] in value:
        yield from _owners(value[names[0]], names[1:], join_path(path, names[0]))


def _without(value: Any, marks: set[str], path: str) -> Any:
    if isinstance(value, list):
        return [_without(item, marks, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    members = ((key, member, join_path(path, key)) for key, member in value.items())
    return {key: _without(member, marks, at) for key, member, at in members if at not in marks}
