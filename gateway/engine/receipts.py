"""Receipts: one file beside each dropped document, rewritten whenever its state changes."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.edi.finding import Finding
from gateway.edi.sentences import finding_json
from gateway.engine.gateway import Step
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Publication
from gateway.store import Transmission

_SUFFIX = ".receipt.json"


def write_receipt(step: Step, document_id: str) -> None:
    """Queues the receipt of a document of ours as it now stands, also that of each repeat."""
    document = step.tx.documents.get(document_id)
    if document.receipt_name is None:
        return
    name = document.receipt_name
    own = f"{name.removesuffix(_SUFFIX)}.{document.id}{_SUFFIX}"
    published = step.tx.publications.of_owner(document.id)
    repeats = {one.name for one in published if one.kind == "receipt"}
    holder = step.tx.publications.find_by_name(document.partner, "outbox/receipts", name)
    if document.state is not DocumentState.QUEUED and holder and holder.owner != document.id:
        # A later file of the same name has the receipt's name now; its answer must stand.
        name = own
    receipt = _receipt(step, document)
    _put(step, document.partner, document.id, name, receipt)
    for repeat in sorted(repeats - {name, own, document.receipt_name}):
        _put(step, document.partner, document.id, repeat, _repeated(receipt, repeat))


def write_repeated_receipt(step: Step, transmission: Transmission, original: Document) -> None:
    """The answer to an event dropped again: the receipt of the one that was sent."""
    name = f"{transmission.name}{_SUFFIX}"
    receipt = _repeated(_receipt(step, original), name)
    _put(step, transmission.partner, original.id, name, receipt)


def _repeated(receipt: dict[str, Any], name: str) -> dict[str, Any]:
    return {**receipt, "file": name.removesuffix(_SUFFIX), "repeated": True}


def write_file_receipt(
    step: Step, transmission: Transmission, state: str, findings: tuple[Finding, ...]
) -> None:
    """The answer to a dropped file from which no document was made: it is `held` or `refused`."""
    receipt = {
        "file": transmission.name,
        "partner": transmission.partner,
        "state": state,
        "at": step.at.isoformat(timespec="seconds"),
        "findings": [finding_json(finding) for finding in findings],
    }
    name = f"{transmission.name}{_SUFFIX}"
    _put(step, transmission.partner, transmission.id, name, receipt)


def _receipt(step: Step, document: Document) -> dict[str, Any]:
    carried = step.tx.sets.carrying(document.id)
    interchange = step.tx.interchanges.get(carried[0].interchange) if carried else None
    receipt: dict[str, Any] = {
        "file": (document.receipt_name or "").removesuffix(_SUFFIX),
        "partner": document.partner,
        "document": document.id,
        "type": document.type,
        "number": document.number,
        "state": document.state.value,
        "at": document.updated_at.isoformat(timespec="seconds"),
    }
    if interchange is not None:
        receipt |= {
            "interchange": interchange.reference,
            "group": carried[0].group_reference,
            "set": carried[0].reference,
        }
    if document.ack_due_at is not None:
        due = document.ack_due_at.isoformat(timespec="seconds")
        receipt["acknowledgment_due"] = due
    message = step.tx.as2.of_interchange(interchange.id) if interchange else None
    if message is not None and not step.tx.publications.of_owner(message.interchange or ""):
        receipt |= _transport(message)
        if message.state is As2State.DELIVERED and document.state is DocumentState.SENT:
            receipt["state"] = "received"
    receipt["findings"] = [finding_json(finding) for finding in document.findings]
    return receipt


def _transport(message: As2Message) -> dict[str, Any]:
    """How it travels by AS2: `received` is the partner's own word, with the digest to prove it."""
    return {
        "as2": {
            "message_id": message.message_id,
            "state": message.state.value,
            "disposition": message.disposition,
            "mic": message.mics[0] if message.mics else None,
        }
    }


def _put(step: Step, partner: str, owner: str, name: str, receipt: dict[str, Any]) -> None:
    payload = step.tx.payloads.add(orjson.dumps(receipt, option=orjson.OPT_INDENT_2) + b"\n")
    step.tx.publications.put(
        Publication(
            id=step.gateway.new_id(),
            owner=owner,
            kind="receipt",
            partner=partner,
            folder="outbox/receipts",
            name=name,
            payload=payload,
            created_at=step.at,
        )
    )
