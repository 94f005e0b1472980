"""Paths into canonical documents: `price.amount`, `ids[].scheme`, `ids[1].scheme`, `tracking[]`.

A path is relative to a scope, which is an object of the document. `[]` is the item that one
occurrence of a segment adds to a list; all `[]` of a list in one rule are the same item.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Scope = dict[str, Any]

_STEP = r"[a-z][a-z0-9_]*"
_PATH = re.compile(
    rf"(?P<before>{_STEP}(?:\.{_STEP})*)(?:\[(?P<index>\d*)\](?:\.(?P<after>{_STEP}(?:\.{_STEP})*))?)?"
)


@dataclass(frozen=True, slots=True)
class Path:
    """`before` are the names up to the list (or to the value), `after` those inside its item.
    `listed` is the list's own path, "" without one; `index` counts from 0 and is None where the
    path has no list or takes the new item (`new`)."""

    text: str
    before: tuple[str, ...]
    listed: str = ""
    new: bool = False
    index: int | None = None
    after: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, list indexes left out."""
        return self.before + self.after

    def at(self, index: int | None) -> str:
        """The path as text with the item's number in place of `[]`."""
        return self.text if index is None else self.text.replace("[]", f"[{index}]", 1)


def parse_path(text: str) -> Path | None:
    """None when the text is no path."""
    match = _PATH.fullmatch(text)
    if match is None:
        return None
    before = tuple(match["before"].split("."))
    after = tuple(match["after"].split(".")) if match["after"] else ()
    if match["index"] is None:
        return Path(text, before)
    index = int(match["index"]) if match["index"] else None
    return Path(text, before, match["before"], new=index is None, index=index, after=after)


def find(value: Any, names: tuple[str, ...]) -> Any:
    """What stands at the end of the names, None when there is nothing."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def find_list(scope: Scope, names: tuple[str, ...]) -> list[Any]:
    found = find(scope, names)
    return found if isinstance(found, list) else []


def find_at(scope: Scope, path: Path, item: int | None) -> Any:
    """The value of a path; `item` is the index that its `[]` stands for."""
    if not path.listed:
        return find(scope, path.before)
    index = path.index if item is None else item
    items = find_list(scope, path.before)
    return find(items[index], path.after) if index is not None and index < len(items) else None


def items_at(scope: Scope, path: Path) -> list[Any]:
    """The list that a path leads to, which may be in a numbered item of another:
    `responses[0].substitute_item.ids`."""
    found = find_at(scope, path, None)
    return found if isinstance(found, list) else []


def is_free(scope: Scope, names: tuple[str, ...]) -> bool:
    """True when a value can be set there: nothing stands there or in the way."""
    value: Any = scope
    for name in names:
        if not isinstance(value, dict):
            return False
        if name not in value:
            return True
        value = value[name]
    return False


def put(scope: Scope, names: tuple[str, ...], value: Any) -> bool:
    """Sets a value; False, and nothing changes, when another value is in the way."""
    if not is_free(scope, names):
        return False
    for name in names[:-1]:
        scope = scope.setdefault(name, {})
    scope[names[-1]] = value
    return True


def open_list(scope: Scope, names: tuple[str, ...]) -> list[Any] | None:
    """The list at the end of the names, made when absent; None when a value is in the way."""
    found = find(scope, names)
    if found is None and not put(scope, names, found := []):
        return None
    return found if isinstance(found, list) else None


def open_items(scope: Scope, path: Path) -> list[Any] | None:
    """The same list, made when absent; None when a value is in the way."""
    found = open_list(scope, path.before)
    if path.index is None or found is None:
        return found
    found.extend({} for _ in range(path.index + 1 - len(found)))
    item = found[path.index]
    return open_list(item, path.after) if isinstance(item, dict) else None
