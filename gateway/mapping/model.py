"""The fields of canonical documents, by their JSON Schemas: every path of a map is one of them.

A field that no document has would be read and then refused, or never written; the map says so
when it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable

_TYPES = "types.json"
_NUMBERS: Any = {
    "properties": {name: {} for name in ("number", "parent", "level", "child", "structure")}
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What may stand in one object, by its schema. Lists are transparent; a value has no fields."""

    document: str
    types: dict[str, Any]
    names: dict[str, Any]

    def find(self, name: str) -> Fields | None:
        return self.of(self.names[name]) if name in self.names else None

    def of(self, schema: Any) -> Fields:
        """The fields of what a schema describes, behind references and lists."""
        while "$ref" in schema or "items" in schema:
            reference = schema.get("$ref", "")
            schema = self.types[reference.rpartition("/")[2]] if reference else schema["items"]
        return replace(self, names=schema.get("properties", {}))


def lint_fields(
    rules: Iterable[Rule],
    fields: Fields,
    tables: Mapping[str, CodeTable],
    faults: Faults,
    prefix: str = "",
) -> None:
    """Reports every path of the rules that leads to no field."""
    for rule in rules:
        inner, at = fields, prefix
        if rule.each:
            found = _follow(fields, rule.each.before, prefix, rule.node, faults)
            if found is None:
                continue
            inner, at = found, f"{prefix}{rule.each.text}."
        for names, node in _paths(rule, tables):
            _follow(inner, names, at, node, faults)
        for rows in rule.rows:
            item = inner
            for name in rows.into.names if rows.into else ():
                item = item.find(name) or replace(item, names={})
            for binding in rows.bindings + rows.shared if item.names else ():
                for path in binding.paths:
                    place = f"{at}{rows.into.text}." if rows.into else at
                    _follow(item, path.names, place, binding.node, faults)
        lint_fields(rule.inside, inner, tables, faults, at)


def _paths(rule: Rule, tables: Mapping[str, CodeTable]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """What a rule puts into its own scope."""
    for binding in rule.bindings:
        yield from ((path.names, binding.node) for path in binding.paths)
    yield from ((path.names, rule.node) for path, _ in rule.sets)
    for rows in rule.rows:
        target = rows.into or rows.text
        if target:
            yield target.names, rows.node
        yield from ((path.names, one.node) for _, one in rows.also for path in one.paths)
        for word in tables[rows.keyed].written if rows.keyed in tables else ():
            yield (word,), rows.node


def _follow(
    fields: Fields, names: tuple[str, ...], prefix: str, node: Node, faults: Faults
) -> Fields | None:
    """The fields at the end of a path."""
    for count, name in enumerate(names, start=1):
        found = fields.find(name)
        if found is None:
            path = (prefix + ".".join(names[:count])).removeprefix("levels.")
            faults.add(
                node, f"{fields.document} has no field {path}{suggestion(name, fields.names)}"
            )
            return None
        fields = found
    return fields


def load_fields(root: Path, document: str, *, levels: bool) -> Fields | None:
    """The fields of a document type; None where the maps folder has no schema of it. With `levels`
    the fields of lines, packages and orders stand in levels as well."""
    path = root / "canonical" / f"{document}.json"
    if not path.is_file():
        return None
    schema = json.loads(path.read_text("utf-8"))
    types = json.loads((path.parent / _TYPES).read_text("utf-8"))["$defs"]
    fields = Fields(document, types, schema["properties"])
    return replace(fields, names={**fields.names, **_of_levels(fields)}) if levels else fields


def _of_levels(fields: Fields) -> dict[str, Any]:
    """Fields between the wire and the document: the levels with their numbers, the lot of a line,
    and what a package tells of the line above it."""
    orders, lines, packages, shipment = (
        fields.of(fields.names[part]).names for part in ("orders", "lines", "packages", "shipment")
    )
    line = {**lines, "lot": lines["lots"], "packed": lines["quantity"], "hl": _NUMBERS}
    of_root = {name: shipment[name] for name in ("packaging", "notes")}
    level = {**of_root, **orders, **packages, **line, "lines": {"properties": line}}
    return {"hl": _NUMBERS, "levels": {"properties": level}}
