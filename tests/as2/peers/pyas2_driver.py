"""pyas2lib as the partner Harbor: one JSON object a line in, one out. Runs in a virtual environment
of its own (tests/as2/peers/install.py), never imported by the gateway or its tests."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable

from pyas2lib import as2

SENT: dict[str, as2.Message] = {}


def parties(words: dict) -> tuple[as2.Organization, as2.Partner]:
    """Harbor, with its key, and Northfield, as Harbor knows it."""
    organization = as2.Organization(
        as2_name=words["own"],
        sign_key=words["own_pem"].encode(),
        decrypt_key=words["own_pem"].encode(),
        mdn_url=words.get("mdn_url", "https://harbor.example/mdn"),
        domain="harbor.example",
    )
    options = words.get("options", {})
    partner = as2.Partner(
        as2_name=words["other"],
        verify_cert=words["other_pem"].encode(),
        encrypt_cert=words["other_pem"].encode(),
        validate_certs=False,
        **options,
    )
    return organization, partner


def told(payload: as2.Message | as2.Mdn) -> dict:
    content = payload.content
    return {
        "headers": list(payload.headers.items()),
        "body": base64.b64encode(content).decode(),
    }


def build(words: dict) -> dict:
    organization, partner = parties(words)
    message = as2.Message(organization, partner)
    content = base64.b64decode(words["content"])
    message.build(content, filename="order.edi", content_type="application/edi-x12")
    SENT[message.message_id] = message
    return told(message)


def open_(words: dict) -> dict:
    organization, partner = parties(words)
    message = as2.Message()
    status, exception, mdn = message.parse(
        base64.b64decode(words["raw"]),
        find_org_cb=lambda _name: organization,
        find_partner_cb=lambda _name: partner,
    )
    content = message.content if exception[0] is None else b""
    return {
        "status": status,
        "why": str(exception[0]),
        "content": base64.b64encode(content or b"").decode(),
        "signed": message.signed,
        "encrypted": message.encrypted,
        "compressed": message.compressed,
        "mdn": told(mdn) if mdn else None,
    }


def settle(words: dict) -> dict:
    mdn = as2.Mdn()
    raw = base64.b64decode(words["raw"])
    status, detail = mdn.parse(raw, lambda number, _name: SENT.get(number))
    return {"status": status, "why": detail}


def serve(work: dict[str, Callable[[dict], dict]]) -> None:
    """Answers until there are no more questions."""
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps(work[asked["do"]](asked)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve({"build": build, "open": open_, "settle": settle})
