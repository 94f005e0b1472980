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
