"""A document kept, whichever way it goes: its row, its file and its business keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.edi.finding import Finding
from gateway.engine.documents import Keys
from gateway.engine.documents import content_hash
from gateway.engine.documents import envelope_json
from gateway.engine.gateway import Step
from gateway.mapping import with_defaults
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Publication
from gateway.store import Transmission

WITH_ERP = (DocumentState.READY, DocumentState.PUBLISHED)
"""The states of what the ERP gets or has."""


def keep_document(
    step: Step,
    transmission: Transmission,
    document_type: str,
    data: dict[str, Any],
    keys: Keys,
    *,
    state: DocumentState,
    test: bool,
    findings: tuple[Finding, ...],
    defaults: Mapping[tuple[str, ...], str] | None = None,
    event_key: str | None = None,
    receipt_name: str | None = None,
    replaces: str | None = None,
) -> Document:
    """The document of a file, with what the partner's `defaults` fill in for the ERP alone;
    `replaces` is that which was read of it before."""
    document_id, digest = step.gateway.new_id(), content_hash(document_type, data)
    filled, defaulted = with_defaults(data, defaults or {})
    content = envelope_json(
        document_id=document_id,
        document_type=document_type,
        partner=transmission.partner,
        test=test,
        data=filled,
        defaulted=defaulted,
        repeats=None if replaces else _repeated(step, transmission, keys.number, digest, test=test),
        replaces=replaces,
    )
    document = Document(
        id=document_id,
        partner=transmission.partner,
        direction=transmission.direction,
        type=document_type,
        number=keys.number,
        order_number=keys.order,
        payload=step.tx.payloads.add(content),
        content_hash=digest,
        state=state,
        created_at=step.at,
        updated_at=step.at,
        transmission=transmission.id,
        event_key=event_key,
        findings=findings,
        test=test,
        receipt_name=receipt_name,
    )
    step.tx.documents.add(document)
    step.tx.documents.add_orders(document_id, keys.others)
    return document


def _repeated(
    step: Step, transmission: Transmission, number: str, digest: str, *, test: bool
) -> str | None:
    """The document of the partner's that said the very same, of which the ERP must know."""
    if transmission.direction is Direction.OUT:
        return None  # such a one is never sent again
    told = step.tx.documents.find_saying(
        digest,
        number=number,
        partner=transmission.partner,
        direction=Direction.IN,
        test=test,
        states=WITH_ERP,
    )
    return told.id if told is not None else None


def owe_document(step: Step, document: Document) -> None:
    """Queues the document's file for the ERP."""
    step.tx.publications.add(
        Publication(
            id=step.gateway.new_id(),
            owner=document.id,
            kind="document",
            partner=document.partner,
            folder="inbox/test" if document.test else "inbox/documents",
            name=f"{document.type}-{document.id}.json",
            payload=document.payload,
            created_at=step.at,
        )
    )
