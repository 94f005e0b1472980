"""Where our disk fails while a message is opened or made, none is refused and none given up."""

from __future__ import annotations

import errno

import pytest
from as2_pair import As2Desk
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850
from as2_posts import post
from engine_wire import order

from gateway.store import As2State

Pair = tuple[As2Desk, As2Desk]


def full(*_words: object, **_more: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_row_f_a_message_that_cannot_be_opened_now_comes_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    harbor, message = pair[1], crafted(order_850())
    with monkeypatch.context() as patched:
        patched.setattr("gateway.engine.as2_opening.open_message", full)
        assert post(harbor, message).status == 503
    assert harbor.messages("in") == []
    assert disposition(post(harbor, message)) == "processed"


def test_row_l_a_message_that_cannot_be_made_now_is_made_later(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    north = pair[0]
    with monkeypatch.context() as patched:
        patched.setattr("gateway.engine.as2_sending.build_message", full)
        north.send("harbor-medical", order("4500000001"))
    assert (north.message().state, north.held()) == (As2State.QUEUED, [])
    north.work()
    assert north.message().state is As2State.DELIVERED


def test_a_fault_of_ours_is_told_with_what_to_do_and_without_its_own_words(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object) -> bool:
        raise KeyError("a piece of a document")

    north = pair[0]
    with monkeypatch.context() as patched:
        patched.setattr("gateway.engine.as2_working.send_message", fail)
        north.send("harbor-medical", order("4500000001"))
        [told] = north.exchange.troubles
    assert told.startswith("as2 harbor-medical: a fault of the gateway's own; nothing is lost")
    assert "piece of a document" not in told
    north.work()
    assert (north.message().state, north.exchange.troubles) == (As2State.DELIVERED, [])


def quoting(*_words: object, **_more: object) -> None:
    raise KeyError("a piece of a document")


def test_what_cannot_be_made_for_a_fault_of_ours_is_held_without_its_own_words(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    north = pair[0]
    monkeypatch.setattr("gateway.engine.as2_sending.build_message", quoting)
    receipt = north.send("harbor-medical", order("4500000001"))
    [hold] = north.held()
    assert "piece of a document" not in f"{hold.findings} {receipt} {north.entry('as2-failed')}"
    assert f"the correlation {north.message().interchange} say" in hold.findings[0].value
    assert "KeyError" in caplog.text
    assert "piece of a document" not in caplog.text


def test_what_cannot_be_opened_for_a_fault_of_ours_is_refused_without_its_own_words(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    harbor, message = pair[1], crafted(order_850())
    monkeypatch.setattr("gateway.engine.as2_opening.open_message", quoting)
    answer = post(harbor, message)
    assert b"piece of a document" not in answer.body
    assert "unexpected-processing-error" in disposition(answer)
    assert "the correlation <1@northfield> say" in harbor.entry("as2-refused")["reason"]
    assert "KeyError" in caplog.text
    assert "piece of a document" not in caplog.text


def test_without_a_key_that_is_in_use_it_says_so(pair: Pair) -> None:
    north = pair[0]
    file = "{file: own.pem, key: own.key, use: "
    later = f"- {file}decrypt}}\n- {file}sign, from: 2099-01-01}}\n"
    north.change("certs/certificates.yaml", f"- {file}[sign, decrypt]}}\n", later)
    north.send("harbor-medical", order("4500000001"))
    [hold] = north.held()
    told = "no key or certificate is in use now, see `gateway cert list`"
    assert hold.findings[0].value == told
    offered = north.act(command="offer", partner="harbor-medical", name="own")
    assert offered["error"] == told
