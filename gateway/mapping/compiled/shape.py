"""What the canonical schema says of a path, so that documents need not be judged one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_KNOWN = frozenset({"description", "type", "pattern", "minLength", "enum", "$ref"})
_TEXTS = frozenset({r"^[^\u0000-\u001f\u007f]+$", r"^(\n|[^\u0000-\u001f\u007f])+$"})
"""The patterns that every captured text meets: it has no control characters and is not empty."""

Judge = Callable[[str], object]
"""Tells whether a text may stand somewhere, by an answer that is true or not."""


class Shape:
    """A document's schema with its types. Lists on the way of a path are transparent."""

    def __init__(self, schema: dict[str, Any], types: dict[str, Any]) -> None:
        self.schema = schema
        self.types = types.get("$defs", types)

    def at(self, names: tuple[str, ...]) -> dict[str, Any] | None:
        """The schema of what stands at a path; None where nothing may stand."""
        found = self.schema
        for name in names:
            found = self.item(found).get("properties", {}).get(name)
            if found is None:
                return None
            found = self.resolved(found)
        return found

    def item(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema of a list's items; of anything else, itself."""
        return self.resolved(schema["items"]) if schema.get("type") == "array" else schema

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.types[schema["$ref"].rpartition("/")[2]]
        return schema

    def required(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names an object at the path cannot do without."""
        found = self.at(names)
        return tuple(self.item(found).get("required", ())) if found else ()

    def judge(self, names: tuple[str, ...]) -> Judge | bool:
        """Whether a text may stand at a path: True where any may that has no control characters,
        False where none may, else what tells."""
        found = self.at(names)
        leaf = self.item(found) if found else {}
        if leaf.get("type") != "string" or not leaf.keys() <= _KNOWN:
            return False
        if "enum" not in leaf and leaf.get("pattern", next(iter(_TEXTS))) in _TEXTS:
            return True
        pattern, words = re.compile(leaf.get("pattern", "")), leaf.get("enum")
        if words is None:
            return pattern.search
        return lambda text: text in words and bool(pattern.search(text))

    def choices(self) -> list[list[str]]:
        """The names of which a document needs all, for each way it may be right."""
        always = list(self.schema.get("required", ()))
        others = [one["required"] for one in self.schema.get("anyOf", ())]
        return [always + other for other in others] or [always]
