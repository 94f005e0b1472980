"""The canonical envelope around a document's data, and the business keys in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.mapping import Map
from gateway.mapping import with_defaults

_ORDERED = orjson.OPT_SORT_KEYS
_PRETTY = orjson.OPT_INDENT_2


@dataclass(frozen=True, slots=True)
class Keys:
    """`number` is the document's own, `order` that of the purchase it belongs to; `others` are
    further orders that a notice or an invoice tells of."""

    number: str
    order: str | None
    others: tuple[str, ...] = ()


def keys_of(document_type: str, data: dict[str, Any]) -> Keys:
    """The business keys of a document's data; they correlate a purchase's documents. Blanks around
    them, which partners pad their fields with, stay in the data and do not part what belongs
    together."""
    number = str(data.get("id", "")).strip()
    if document_type == "purchase_order":
        return Keys(number, number or None)
    scopes = (data, *data.get("lines", ()), *data.get("orders", ()))
    orders = tuple(dict.fromkeys(filter(None, map(_reference, scopes))))
    order = orders[0] if orders else None
    return Keys(number or order or "", order, orders[1:])


def _reference(scope: dict[str, Any]) -> str | None:
    reference = scope.get("order_reference")
    found = reference.get("id") if isinstance(reference, dict) else None
    return (str(found).strip() or None) if found else None


def to_document(map_: Map, data: dict[str, Any]) -> dict[str, object]:
    """What was read, as a document without an identity: type, schema, data, and the paths that
    the partner's defaults filled in."""
    filled, defaulted = with_defaults(data, map_.defaults)
    document: dict[str, object] = {
        "type": map_.document,
        "schema": f"{map_.document}/1",
        "data": filled,
    }
    if defaulted:
        document["defaulted"] = defaulted
    return document


def envelope_json(
    *,
    document_id: str,
    document_type: str,
    partner: str,
    test: bool,
    data: dict[str, Any],
    defaulted: Sequence[str] = (),
    repeats: str | None = None,
    replaces: str | None = None,
) -> bytes:
    """The file the ERP gets: the envelope of the canonical model around the data. `defaulted` are
    the paths that the partner's map filled in; they were not received. `repeats` is the document
    that said the very same before, in another interchange, `replaces` that which was read of the
    same bytes before."""
    envelope: dict[str, Any] = {
        "id": document_id,
        "type": document_type,
        "schema": f"{document_type}/1",
        "partner": partner,
        "test": test,
        "data": data,
    }
    if defaulted:
        envelope["defaulted"] = list(defaulted)
    if repeats:
        envelope["repeats"] = repeats
    if replaces:
        envelope["replaces"] = replaces
    return orjson.dumps(envelope, option=_PRETTY) + b"\n"


def content_hash(document_type: str, data: dict[str, Any]) -> str:
    """The same for the same content, whatever the order of its keys."""
    text = orjson.dumps([document_type, data], option=_ORDERED)
    return hashlib.sha256(text).hexdigest()
