"""AS2 messages: one a partner, direction and Message-ID; due when their time has come."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest

from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import MoveRefusedError
from gateway.store import RepeatedError

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def message(number: int, state: As2State, **changes) -> As2Message:
    values = {
        "id": f"{number:026d}",
        "partner": "harbor-medical",
        "direction": Direction.IN
        if state in (As2State.RECEIVED, As2State.REFUSED)
        else Direction.OUT,
        "message_id": f"<{number}@harbor>",
        "name": "850.edi",
        "state": state,
        "created_at": NOW,
    }
    return As2Message(**(values | changes))


def test_what_is_kept_comes_back_as_it_was(store):
    headers = (("AS2-From", "Harbor Medical"), ("Subject", "\u00fcber"))
    with store.transaction() as tx:
        payload = tx.payloads.add(b"octets")
        kept = message(1, As2State.RECEIVED, headers=headers, payload=payload, mics=("a, sha1",))
        tx.as2.add(kept)
    with store.reading() as tx:
        assert tx.as2.get(kept.id) == kept
        assert tx.as2.find("harbor-medical", Direction.IN, kept.message_id) == kept
        assert tx.as2.find("harbor-medical", Direction.OUT, kept.message_id) is None
        assert tx.as2.find("alpenmed", Direction.IN, kept.message_id) is None


def test_a_message_id_is_once_a_partner_and_direction(store):
    with store.transaction() as tx:
        tx.as2.add(message(1, As2State.RECEIVED))
        tx.as2.add(message(2, As2State.QUEUED, message_id="<1@harbor>"))
        tx.as2.add(message(3, As2State.RECEIVED, message_id="<1@harbor>", partner="alpenmed"))
    with pytest.raises(RepeatedError), store.transaction() as tx:
        tx.as2.add(message(4, As2State.RECEIVED, message_id="<1@harbor>"))


def test_each_is_due_for_what_its_state_says(store):
    soon = NOW + timedelta(minutes=5)
    with store.transaction() as tx:
        tx.as2.add(message(1, As2State.RECEIVED))
        tx.as2.add(message(2, As2State.REFUSED, next_at=soon))
        tx.as2.add(message(3, As2State.QUEUED, next_at=soon))
        tx.as2.add(message(4, As2State.SENT, receipt_due_at=soon))
        tx.as2.add(message(5, As2State.SENT))
        tx.as2.add(message(6, As2State.DELIVERED, next_at=soon))
    with store.reading() as tx:
        assert [one.id[-1] for one in tx.as2.unopened()] == ["1"]
        for at, found in ((NOW, ["", "", ""]), (soon, ["2", "3", "4"])):
            due = (tx.as2.receipts_due(at, HOUR), tx.as2.due(at, HOUR), tx.as2.overdue(at, HOUR))
            assert ["".join(one.id[-1] for one in each) for each in due] == found


def test_a_delivered_message_does_not_fail_any_more(store):
    with store.transaction() as tx:
        tx.as2.add(message(1, As2State.DELIVERED))
    with pytest.raises(MoveRefusedError), store.transaction() as tx:
        tx.as2.move(message(1, As2State.DELIVERED).id, As2State.FAILED)


def test_many_chunks_are_one_payload(store):
    chunks = [bytes([number]) * 50_000 for number in range(4)]
    with store.transaction() as tx:
        key = tx.payloads.add_chunks(iter(chunks), 200_000)
        assert key == tx.payloads.add(b"".join(chunks))
    assert store.payload(key) == b"".join(chunks)
