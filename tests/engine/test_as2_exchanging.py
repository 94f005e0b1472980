"""Orders and acknowledgments by AS2 between two gateways, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from engine_wire import order

OPEN = {"sign": "no", "encrypt": "no", "accept_unsigned": "yes", "accept_unencrypted": "yes"}
SETTINGS = {
    "today's defaults": {},
    "asynchronous receipts": {"receipt": "async"},
    "no receipts": {"receipt": "none"},
    "compressed before": {"compress": "before"},
    "compressed after, chunked": {"compress": "after", "chunked": "yes"},
    "authenticated encryption": {"encrypt": "aes-256-gcm", "transport": "oaep-sha-256"},
    "unsigned receipts": {"receipt_signed": "no"},
    "asynchronous, unsigned": {"receipt": "async", "receipt_signed": "no"},
    "the old ways": {
        "sign": "sha-1",
        "encrypt": "3des",
        "accept_digests": "sha-1",
        "accept_ciphers": "3des",
    },
    "nothing": OPEN,
    "compressed and nothing else": OPEN | {"compress": "before"},
    "the same without its header": OPEN | {"compress": "after", "compressed_mic_bare": "yes"},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_order_and_its_acknowledgment(pair_of, name: str) -> None:
    north, harbor = pair_of(**SETTINGS[name])
    north.send("harbor-medical", order("4500000001"))
    harbor.work()
    north.work()
    harbor.work()
    [received] = harbor.documents("northfield")
    assert received["data"]["id"] == "4500000001"
    receipt = north.receipt("harbor-medical")
    assert receipt["state"] == "accepted"
    assert receipt["as2"]["state"] == ("sent" if "none" in SETTINGS[name].values() else "delivered")
    assert not north.held()
    assert not harbor.held()


@pytest.mark.parametrize("side, state", [(0, "held"), (1, "received")])
def test_only_one_side_leaves_the_header_out_of_the_mic(pair_of, side: int, state: str) -> None:
    """Who does not know of the partner's way takes either, who does takes that."""
    desks = pair_of(**OPEN, compress="before")
    file = f"partners/{('harbor-medical', 'northfield')[side]}/partner.yaml"
    desks[side].change(file, "compress:", "compressed_mic_bare: yes\n  compress:")
    north, harbor = desks
    assert north.send("harbor-medical", order("4500000001"))["state"] == state
    assert (harbor.message("in").mics[0] in north.message("out").mics) == (state == "received")
    assert len(north.held()) == (state == "held")


def test_the_receipt_says_received_when_the_partner_has_it(pair) -> None:
    north, harbor = pair
    receipt = north.send("harbor-medical", order("4500000001"))
    assert receipt["state"] == "received"
    ours, theirs = north.message("out"), harbor.message("in")
    assert receipt["as2"]["message_id"] == ours.message_id == theirs.message_id
    assert receipt["as2"]["mic"] == theirs.mics[0]
    assert ours.disposition == theirs.disposition
    assert north.gateway.store.payload(ours.receipt) == harbor.gateway.store.payload(theirs.receipt)
    assert north.gateway.store.payload(ours.payload) == harbor.gateway.store.payload(theirs.payload)


def test_why_the_partner_refused_a_message_is_told_in_its_own_words(pair) -> None:
    north, harbor = pair
    harbor.later = timedelta(days=400)  # our certificate is out of date there
    receipt = north.send("harbor-medical", order("1"))
    [finding] = receipt["findings"]
    refused = "refused: processed/Error: authentication-failed"
    assert finding["message"].startswith(f'The message was not delivered: "{refused}".')
