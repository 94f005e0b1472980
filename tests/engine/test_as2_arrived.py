"""What the partner is known to have is neither held nor posted again where its receipt is missing:
a receipt proves a delivery, and an acknowledgment or a person's word does so too."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import partner_port
from as2_posts import Posted
from as2_posts import Sink
from engine_wire import answer_997
from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12
from homes import Run
from test_as2_answers import give
from test_as2_answers import receipt_for
from test_as2_answers import reply

from gateway.as2.disposition import DecryptionError
from gateway.store import As2State
from gateway.transport.http_server import Reply

HARBOR = "harbor-medical"
ACCEPTED = "AK9*A*1*1*1"
Confirm = Callable[[As2Desk], None]


def acknowledge(north: As2Desk) -> None:
    north.receive(HARBOR, answer_997(north.receipt(HARBOR)["group"], ACCEPTED), "997.edi")


def telephone(north: As2Desk) -> None:
    document = north.receipt(HARBOR)["document"]
    assert "error" not in north.act(command="settle", key=document, note="by telephone")


CONFIRMED = pytest.mark.parametrize("confirm", [acknowledge, telephone])


@pytest.fixture
def north(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[As2Desk]:
    desk = As2Desk(make_pair(tmp_path, getattr(request, "param", {}))[0])
    desk.open()
    yield desk
    desk.close()


ASYNC = pytest.mark.parametrize(
    "north", [{"receipt": "async", "receipt_deadline": "1 hour"}], indirect=True
)


def silent(north: As2Desk, answer: Callable[[Posted], Reply] | Reply | None = None) -> Sink:
    """Harbor's server, which takes every message and gives no receipt, or answers otherwise."""
    folder = north.home.parent / "sink"
    return Sink(partner_port(north.home), folder, otherwise=answer or Reply(200))


def let_pass(north: As2Desk, time: timedelta) -> None:
    north.later += time
    north.work()


@ASYNC
@CONFIRMED
def test_a_receipt_that_never_comes_is_noted_and_nothing_held(
    north: As2Desk, confirm: Confirm
) -> None:
    with silent(north) as sink:
        north.send(HARBOR, order("1"))
        confirm(north)
        let_pass(north, timedelta(minutes=61))
        receipt = north.receipt(HARBOR)
        assert (receipt["state"], receipt["as2"]["state"]) == ("accepted", "no_receipt")
        assert (north.held(), north.message().state) == ([], As2State.NO_RECEIPT)
        assert north.entry("as2-no-receipt")["reason"] == "no receipt came in time"
        let_pass(north, timedelta(days=2))
        assert len(sink.posted) == 1


def test_an_acknowledgment_ends_the_tries(north: As2Desk) -> None:
    with silent(north) as sink:
        assert north.send(HARBOR, order("1"))["state"] == "queued"
        let_pass(north, timedelta(minutes=6))
        acknowledge(north)
        let_pass(north, timedelta(days=1))
        assert len(sink.posted) == 2
    assert (north.held(), north.message().state) == ([], As2State.NO_RECEIPT)
    assert north.receipt(HARBOR)["state"] == "accepted"
    with north.gateway.store.reading() as tx:
        states = [one.state.value for one in tx.interchanges.listed() if one.direction == "out"]
    assert "queued" not in states


def test_an_acknowledgment_during_the_first_post_ends_them_too(north: As2Desk) -> None:
    """It comes by the inbox before the partner's server has answered with nothing."""

    def answer(_: Posted) -> Reply:
        text = answer_997(north.receipt(HARBOR)["group"], ACCEPTED)
        north.drop(f"inbox/{HARBOR}/edi", "997.edi", text)
        super(As2Desk, north).work()
        return Reply(200)

    with silent(north, answer) as sink:
        north.send(HARBOR, order("1"))
        let_pass(north, timedelta(days=1))
        assert len(sink.posted) == 1
    assert (north.receipt(HARBOR)["state"], north.held()) == ("accepted", [])


@CONFIRMED
def test_what_is_held_as_not_delivered_is_held_no_longer(
    north: As2Desk, confirm: Confirm, gateway: Run
) -> None:
    north.change(f"partners/{HARBOR}/partner.yaml", "as2:\n", "as2:\n  retry_after: [1 s]\n")
    with silent(north) as sink:
        north.send(HARBOR, order("1"))
        let_pass(north, timedelta(minutes=1))
        [hold] = north.held()
        assert north.receipt(HARBOR)["state"] == "held"
        confirm(north)
        assert (north.held(), north.message().state) == ([], As2State.NO_RECEIPT)
        assert north.receipt(HARBOR)["state"] == "accepted"
        refused = north.act(command="release", key=hold.id)
        assert "already settled" in refused["error"]
        assert len(sink.posted) == 2
    shown = gateway("--home", north.home, "held", "show", hold.id).stdout
    who = "sam" if confirm is telephone else "gateway"
    assert f"settled by {who}" in shown
    assert "no_receipt" in gateway("--home", north.home, "trace", "1").stdout


@ASYNC
def test_a_late_receipt_still_proves_the_delivery(north: As2Desk) -> None:
    with silent(north) as sink:
        north.send(HARBOR, order("1"))
        [sent] = sink.posted
    telephone(north)
    let_pass(north, timedelta(minutes=61))
    assert give(north, receipt_for(sent, DecryptionError.disposition)) == 200
    assert north.message().state is As2State.NO_RECEIPT
    assert give(north, receipt_for(sent)) == 200
    north.work()
    receipt = north.receipt(HARBOR)
    assert (receipt["state"], receipt["as2"]["state"]) == ("accepted", "delivered")


def test_resend_posts_it_once_more_and_says_so(north: As2Desk, gateway: Run) -> None:
    with silent(north) as sink:
        key = north.send(HARBOR, order("1"))["document"]
        let_pass(north, timedelta(minutes=6))
        acknowledge(north)
        north.close()
        done = gateway("--home", north.home, "resend", key)
        assert done.returncode == 0
        assert "goes again though it was accepted" in done.stderr
        assert len(sink.posted) == 3
        assert sink.posted[0] == sink.posted[2]
    status = gateway("--home", north.home, "status").stdout
    assert "Nothing needs a person." in status


def test_resend_of_what_was_accepted_is_delivered_with_its_receipt(north: As2Desk) -> None:
    with silent(north) as sink:
        key = north.send(HARBOR, order("1"))["document"]
        let_pass(north, timedelta(minutes=6))
        acknowledge(north)
        sink.otherwise = lambda sent: reply(receipt_for(sent))
        again = north.act(command="resend", key=key)
        assert again["answered"] == again["names"]
    assert north.message().state is As2State.DELIVERED
    assert north.receipt(HARBOR)["as2"]["state"] == "delivered"


def test_a_person_s_word_ends_the_tries_too(north: As2Desk) -> None:
    with silent(north) as sink:
        assert north.send(HARBOR, order("1"))["state"] == "queued"
        telephone(north)
        let_pass(north, timedelta(days=1))
        assert len(sink.posted) == 1
    assert (north.receipt(HARBOR)["state"], north.held()) == ("accepted", [])


def test_what_was_given_up_and_yet_arrived_is_settled(north: As2Desk) -> None:
    with silent(north, Reply(403)):
        north.send(HARBOR, order("1"))
    [hold] = north.held()
    north.act(command="reject", key=hold.id)
    assert north.receipt(HARBOR)["state"] == "rejected"
    telephone(north)
    assert north.receipt(HARBOR)["state"] == "accepted"


def test_the_message_of_a_document_says_what_is_to_be_settled(north: As2Desk) -> None:
    with silent(north, Reply(403)):
        document = north.send(HARBOR, order("1"))["document"]
        north.receive(HARBOR, x12(confirmation("SO-1")), "855.edi")
    of_order, of_answer = north.held()
    told = north.act(command="settle", key=of_order.id, note="by telephone")["error"]
    assert told.endswith(f"give the id of what it carries: {document}")
    told = north.act(command="settle", key=of_answer.id, note="by telephone")["error"]
    assert told.endswith(f"`gateway held reject {of_answer.id}` gives it up")
    assert len(north.held()) == 2


@ASYNC
def test_while_one_document_is_not_answered_for_the_message_is_held(north: As2Desk) -> None:
    with silent(north):
        first = north.send(HARBOR, order("1"), "1.json")["document"]
        second = north.send(HARBOR, order("2"), "2.json")["document"]
    carry_both(north, first, second)
    north.act(command="settle", key=first, note="by telephone")
    let_pass(north, timedelta(minutes=61))
    [hold] = [one for one in north.held() if one.target == north.messages()[0].id]
    assert [north.receipt(HARBOR, f"{n}.json")["state"] for n in (1, 2)] == ["accepted", "held"]
    north.receive(HARBOR, answer_997("1", ACCEPTED), "997.edi")
    assert hold not in north.held()


def carry_both(desk: As2Desk, first: str, second: str) -> None:
    """The first message carries the second document too."""
    with desk.gateway.step("test") as step:
        [one] = step.tx.sets.carrying(first)
        [other] = step.tx.sets.carrying(second)
        more = {"interchange": one.interchange, "reference": "0002", "set_index": 2}
        step.tx.sets.add_all(
            [replace(other, id=desk.gateway.new_id(), group_reference="1", **more)]
        )
