"""The normal form of documents, in which equality is decided, and how two documents differ.

Lists whose order has no meaning are sorted, notes by their type only; decimals are compared by
value; absent, null and empty containers are the same. Everything else is compared as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from typing import NamedTuple

from gateway.mapping.decimals import is_decimal
from gateway.mapping.decimals import shortest

UNORDERED = frozenset({"contacts", "dates", "ids", "parties", "references", "tax_ids", "taxes"})
"""Lists in which order has no meaning, by name."""

GROUPED = frozenset({"notes"})
"""Lists in which order has meaning only among items of one `type`."""


_EMPTY: tuple[Any, ...] = ({}, [], None)


def normal(value: Any, name: str = "") -> Any:
    """The normal form of a document, or of the value that stands under `name` in one."""
    if isinstance(value, str):
        return shortest(value) if "." in value and is_decimal(value) else value
    if isinstance(value, dict):
        members = {key: normal(member, key) for key, member in value.items()}
        return {key: member for key, member in sorted(members.items()) if member not in _EMPTY}
    if isinstance(value, list):
        return _ordered([normal(item) for item in value], name)
    return value


def _ordered(items: list[Any], name: str) -> list[Any]:
    if name in UNORDERED:
        return sorted(items, key=spelled)
    return sorted(items, key=_type_of) if name in GROUPED else items


def _type_of(item: Any) -> str:
    return str(item.get("type", "")) if isinstance(item, dict) else ""


def spelled(value: Any) -> str:
    """A text that is the same for the same data."""
    return json.dumps(value, sort_keys=True)


def alike(one: Any, other: Any, name: str = "") -> bool:
    """Whether two values have the same normal form; equal parts are not brought into it."""
    if one == other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_alike_members(one.get(k), other.get(k), k) for k in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        if all(map(alike, one, other)):
            return True
    return bool(normal(one, name) == normal(other, name))


def _alike_members(one: Any, other: Any, name: str) -> bool:
    if one is None or other is None:
        return normal(one, name) in _EMPTY and normal(other, name) in _EMPTY
    return alike(one, other, name) or (normal(one) in _EMPTY and normal(other) in _EMPTY)


class Difference(NamedTuple):
    """A value that is not the same in two documents; None where one has nothing there."""

    path: str
    wanted: Any
    found: Any


def differences(wanted: Any, found: Any, path: str = "", name: str = "") -> Iterator[Difference]:
    """Each leaf in which `found` differs from `wanted`, with its path in `wanted`."""
    if alike(wanted, found, name):
        return
    if isinstance(wanted, dict | None) and isinstance(found, dict | None):
        wanted, found = wanted or {}, found or {}
        for key in dict.fromkeys([*wanted, *found]):
            one, other = wanted.get(key), found.get(key)
            if normal(one) not in _EMPTY or normal(other) not in _EMPTY:
                yield from differences(one, other, f"{path}.{key}" if path else key, key)
    elif isinstance(wanted, list | None) and isinstance(found, list | None):
        for index, one, other in _pairs(wanted or [], found or [], name):
            at = f"{path}[{index}]"
            inside = list(differences(one, other, at))
            lone = [Difference(at, one, other)] if one is None or other is None else []
            yield from inside or lone  # an item with nothing in it is an item
    else:
        yield Difference(path, wanted, found)


def _pairs(wanted: list[Any], found: list[Any], name: str) -> Iterator[tuple[int, Any, Any]]:
    """The items to compare; where order has no meaning, equal items are paired off first."""
    rest = sorted(found, key=_type_of) if name in GROUPED else list(found)
    left = list(enumerate(wanted))
    if name in GROUPED:
        left.sort(key=lambda entry: _type_of(entry[1]))
    if name in UNORDERED:
        forms = [normal(item) for item in rest]
        for entry in list(left):
            form = normal(entry[1])
            if form in forms:
                del rest[forms.index(form)]
                forms.remove(form)
                left.remove(entry)
    for position, (entry, other) in enumerate(zip_longest(left, rest)):
        index, one = entry if entry is not None else (len(wanted) + position, None)
        yield index, one, other
