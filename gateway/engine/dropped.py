"""A document as the ERP team dropped it: its shape, its schema, and every fault of both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.engine.schemas import Schemas
from gateway.mapping import without_defaults

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_LONGEST_NUMBER = 80
_ENVELOPE = {"type", "schema", "data", "id", "partner", "test", "defaulted"}
_TOLD = {"repeats", "replaces"}  # by us to the ERP, which may hand a document on


@dataclass(frozen=True, slots=True)
class Dropped:
    """A document as dropped: its type, its data, and where its sender gave them the id of the
    event and the partner it is for."""

    type: str
    data: dict[str, Any]
    event: str | None = None
    test: bool = False
    partner: str | None = None


def read_document(content: bytes, schemas: Schemas) -> tuple[Dropped | None, list[Finding]]:
    """A dropped file's document, or what is wrong with it: every fault of its shape."""
    if not content.strip():
        return None, [Finding(Code.EMPTY_FILE, detail={"content": "one document as JSON"})]
    text = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return None, [_not_json(text, error, len(content) - len(text))]
    try:
        again = orjson.dumps(whole)
    except orjson.JSONEncodeError:  # what is read may be nested deeper than what is written
        return None, [_shape("the file", "values nested less than 255 levels deep", None)]
    value = whole[0] if isinstance(whole, list) and len(whole) == 1 else whole
    if not isinstance(value, dict):
        return None, [_shape("the file", "one object with type and data", value)]
    findings = list(_envelope_faults(value, schemas))
    if findings:
        return None, findings
    findings = schemas.check(value["type"], value["data"])
    if not findings and not _is_all(text, again):
        findings = [_shape(name, "each name once", None) for name in _repeated_names(text)]
    event = value.get("id")
    data = without_defaults(value["data"], value.get("defaulted", ()))
    test = value.get("test") is True
    dropped = Dropped(value["type"], data, event, test, value.get("partner"))
    return (None if has_errors(findings) else dropped), findings


def number_named(content: bytes) -> str | None:
    """The order that a dropped file names, or else its own number, whatever is wrong with it."""
    try:
        value = orjson.loads(content.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        return None
    document = value[0] if isinstance(value, list) and len(value) == 1 else value
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict):
        return None
    reference = data.get("order_reference")
    named = reference.get("id") if isinstance(reference, dict) else None
    found = str(named or data.get("id") or "").strip()
    return found if found.isprintable() and 0 < len(found) <= _LONGEST_NUMBER else None


def of_another(dropped: Dropped | None, partner: str) -> list[Finding]:
    """What is wrong with a document that says it is for somebody else."""
    if dropped is None or dropped.partner in (None, partner):
        return []
    return [_shape("partner", f"{partner}, as its folder says", dropped.partner)]


def _envelope_faults(value: dict[str, Any], schemas: Schemas) -> Iterator[Finding]:
    document_type = value.get("type")
    if not isinstance(document_type, str) or document_type not in schemas.types:
        yield _shape("type", f"one of {', '.join(schemas.types)}", document_type)
        return
    schema = value.get("schema", f"{document_type}/1")
    if schema != f"{document_type}/1":
        yield _shape("schema", f"{document_type}/1", schema)
    if not isinstance(value.get("data"), dict):
        yield _shape("data", "an object", value.get("data"))
    event = value.get("id")
    if event is not None and (not isinstance(event, str) or not 0 < len(event) <= 200):
        yield _shape("id", "a text of 1 to 200 characters", event)
    partner = value.get("partner")
    if partner is not None and not isinstance(partner, str):
        yield _shape("partner", "the name of a partner", partner)
    defaulted = value.get("defaulted", [])
    if not isinstance(defaulted, list) or not all(isinstance(path, str) for path in defaulted):
        yield _shape("defaulted", "a list of paths", defaulted)
    if not isinstance(value.get("test"), bool | None):  # 1 is no yes, and must not go out live
        yield _shape("test", "true or false", value["test"])
    for key in sorted(set(value) - _ENVELOPE - _TOLD):
        yield _shape(key, f"one of {', '.join(sorted(_ENVELOPE))}", key)


def _is_all(text: bytes, again: bytes) -> bool:
    """Whether a text surely says no more than what was read from it, written again; quick, and
    usually so."""
    return again.translate(None, _BLANKS) == text.translate(None, _BLANKS)


def _repeated_names(text: bytes) -> list[str]:
    """The names that an object has more than once, of which a reader of JSON takes the last."""
    found: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            found.extend(name for name, count in counted.items() if count > 1)
        return made

    try:
        json.loads(text, object_pairs_hook=note)
    except RecursionError:  # only a value that another one replaces can be nested so deep
        found.append("the file")
    return found


def _shape(path: str, expected: str, value: object) -> Finding:
    shown = None if value is None else str(value)[:99]
    detail = {"path": path, "expected": expected}
    return Finding(Code.DOCUMENT_INVALID, Severity.ERROR, Position(), shown, detail)


def _not_json(text: bytes, error: json.JSONDecodeError, mark: int) -> Finding:
    try:
        text.decode()
        offset, reason = len(error.doc[: error.pos].encode("utf-8", "replace")), error.msg
    except UnicodeDecodeError as fault:
        offset, reason = fault.start, "this is not UTF-8"
    position = Position(offset=mark + min(offset, len(text)))
    detail = {"expected": "one JSON object", "reason": reason}
    return Finding(Code.JSON_INVALID, Severity.ERROR, position, None, detail)
