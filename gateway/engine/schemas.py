"""The canonical model: JSON Schemas of the documents, and every fault of a document at once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.finding import TransientError

_MOST_FAULTS = 100


class Schemas:
    """The schemas of maps/canonical, compiled when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._validators: dict[str, Any] = {}

    @cached_property
    def types(self) -> list[str]:
        """The document types we know. Raises TransientError where the folder cannot be read."""
        names = sorted(path.stem for path in self.folder.glob("*.json") if path.stem != "types")
        if not names:
            raise TransientError(f"{self.folder} cannot be read")
        return names

    def schema(self, document_type: str) -> dict[str, Any]:
        """The schema of a document's data."""
        content = (self.folder / f"{document_type}.json").read_bytes()
        schema: dict[str, Any] = orjson.loads(content)
        return schema

    @cached_property
    def definitions(self) -> dict[str, Any]:
        """The types that schemas refer to."""
        found: dict[str, Any] = orjson.loads((self.folder / "types.json").read_bytes())
        return found

    def fits(self, document_type: str, data: dict[str, Any]) -> bool:
        return bool(self._validator(document_type).is_valid(data))

    def check(self, document_type: str, data: dict[str, Any]) -> list[Finding]:
        """What the schema finds wrong, each fault with its path."""
        findings = []
        for error in self._validator(document_type).iter_errors(data):
            path = "".join(_step(part) for part in error.instance_path).removeprefix(".") or "data"
            detail = {"path": path, "expected": error.message}
            findings.append(
                Finding(Code.DOCUMENT_INVALID, Severity.ERROR, Position(), None, detail)
            )
            if len(findings) == _MOST_FAULTS:
                break
        return findings

    def _validator(self, document_type: str) -> Any:
        if document_type not in self._validators:
            import jsonschema_rs  # takes a while, and reading commands never need it

            registry = jsonschema_rs.Registry([("json-schema:///types.json", self.definitions)])
            self._validators[document_type] = jsonschema_rs.Draft202012Validator(
                self.schema(document_type), registry=registry, base_uri="json-schema:///"
            )
        return self._validators[document_type]


def _step(part: str | int) -> str:
    return f"[{part}]" if isinstance(part, int) else f".{part}"
