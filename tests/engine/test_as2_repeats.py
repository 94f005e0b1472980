"""What comes twice is delivered once and answered the same, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import partner_port
from as2_pair import until
from as2_posts import MESSAGE_ID
from as2_posts import Posted
from as2_posts import Sink
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850 as order
from as2_posts import own_key
from as2_posts import post
from as2_posts import receipt_in

from gateway.store import hash_of_chunks
from gateway.transport.http_client import Answer


@dataclass
class Harbor:
    """Harbor's gateway, and Northfield's server as a sink; each answer is read the same whether it
    comes at once or later."""

    desk: As2Desk
    sink: Sink
    later: bool

    def craft(self, content: str, message_id: str = MESSAGE_ID, **changes: object) -> Posted:
        url = f"http://127.0.0.1:{self.sink.port}/" if self.later else None
        return crafted(content, message_id, url=url, **changes)

    def post(self, message: Posted) -> Answer:
        answer = post(self.desk, message)
        if not self.later or answer.status != 204:
            return answer
        before = len(self.sink.posted)
        self.desk.work()
        assert len(self.sink.posted) == before + 1
        headers, body = self.sink.posted[-1]
        return Answer(200, headers, body)

    def orders(self) -> int:
        self.desk.work()
        return len(self.desk.documents("northfield"))


@pytest.fixture(params=[False, True], ids=["in the answer", "asynchronous"])
def harbor(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Harbor]:
    home = make_pair(tmp_path, {})[1]
    port = partner_port(home)
    # what Harbor answers with a 997 must not meet Northfield's sink
    settings = home / "partners/northfield/partner.yaml"
    settings.write_text(settings.read_text() + "acknowledge: never\n")
    with Sink(port, tmp_path / "sink") as sink:
        desk = As2Desk(home)
        desk.open()
        harbor = Harbor(desk, sink, request.param)
        yield harbor
        harbor.desk.close()


def test_row_i_the_same_again_gets_the_stored_receipt(harbor: Harbor) -> None:
    message = harbor.craft(order())
    first, second = harbor.post(message), harbor.post(message)
    assert disposition(first) == "processed"
    assert first.body == second.body
    assert harbor.orders() == 1
    assert "as2-repeated" in harbor.desk.events()


def test_row_i_the_same_content_signed_and_encrypted_anew_is_the_same(harbor: Harbor) -> None:
    first = harbor.post(harbor.craft(order()))
    second = harbor.post(harbor.craft(order()))
    assert first.body == second.body
    assert harbor.orders() == 1


def test_row_i_another_message_under_the_same_id_is_refused(harbor: Harbor) -> None:
    harbor.post(harbor.craft(order()))
    other = harbor.craft(order(701))
    answer = harbor.post(other)
    if harbor.later:
        assert answer.status == 409
    else:
        assert disposition(answer) == "processed/Error: unexpected-processing-error"
    assert harbor.orders() == 1
    assert "used before" in harbor.desk.entry("as2-conflict")["reason"]
    with harbor.desk.gateway.store.reading() as tx:
        assert tx.payloads.get(hash_of_chunks([other[1]])) == other[1]


@pytest.mark.parametrize("harbor", [True], indirect=True)
def test_row_i_another_message_does_not_replace_one_that_waits(harbor: Harbor) -> None:
    """The first was answered 204, so it is ours to deliver, though it is not opened yet."""
    first, second = harbor.craft(order(700)), harbor.craft(order(701))
    assert [post(harbor.desk, one).status for one in (first, second)] == [204, 409]
    assert harbor.orders() == 1
    assert harbor.desk.entry("interchange-accepted")["reference"] == "000000700"
    assert "used before" in harbor.desk.entry("as2-conflict")["reason"]


def test_row_i_garbage_under_a_used_id_is_not_tried_for_ever(harbor: Harbor) -> None:
    """Else whoever knows one Message-ID could ask as often as a padding oracle needs."""
    headers, body = harbor.craft(order())
    harbor.post((headers, body))
    for number in range(20):
        post(harbor.desk, (headers, body[:-40] + bytes([number]) * 40))
    assert post(harbor.desk, (headers, body)).status == 429
    assert harbor.orders() == 1


def test_row_i_what_was_refused_is_processed_afresh(harbor: Harbor) -> None:
    stranger = own_key("a stranger")
    refused = harbor.post(harbor.craft(order(), key=stranger))
    assert disposition(refused) == "processed/Error: authentication-failed"
    assert harbor.orders() == 0
    assert disposition(harbor.post(harbor.craft(order()))) == "processed"
    assert harbor.orders() == 1


def test_row_i_eight_at_once_are_one(harbor: Harbor) -> None:
    message = harbor.craft(order())
    with ThreadPoolExecutor(8) as posting:
        answers = list(posting.map(lambda _: post(harbor.desk, message), range(8)))
    assert len({answer.body for answer in answers}) == 1
    assert harbor.orders() == 1


def test_row_i_the_same_id_of_another_partner_is_another_message(harbor: Harbor) -> None:
    home = harbor.desk.home
    text = (home / "partners/northfield/partner.yaml").read_text()
    other = home / "partners/southfield"
    (other / "certs").mkdir(parents=True)
    for name in ("their.pem", "certificates.yaml"):
        (other / "certs" / name).write_bytes(
            (home / "partners/northfield/certs" / name).read_bytes()
        )
    (other / "partner.yaml").write_text(text.replace("NORTHFIELD", "SOUTHFIELD"))
    harbor.desk.act(command="reload")
    harbor.post(harbor.craft(order()))
    theirs = order().replace("NORTHFIELD", "SOUTHFIELD")
    answer = harbor.post(harbor.craft(theirs, sender="SOUTHFIELD"))
    assert disposition(answer) == "processed"
    harbor.desk.work()
    assert len(harbor.desk.documents("southfield")) == harbor.orders() == 1


def test_row_i_the_same_again_after_a_restart(harbor: Harbor) -> None:
    message = harbor.craft(order())
    first = harbor.post(message)
    harbor.desk.close()
    harbor.desk = As2Desk(harbor.desk.home)
    harbor.desk.open()
    assert harbor.post(message).body == first.body
    assert harbor.orders() == 1


def test_row_i_the_same_while_the_first_is_at_work(harbor: Harbor) -> None:
    message = harbor.craft(order())
    with ThreadPoolExecutor(2) as posting:
        with harbor.desk.exchange._receiver.alone("northfield", MESSAGE_ID):
            waiting = [posting.submit(post, harbor.desk, message) for _ in range(2)]
            until(lambda: harbor.desk.exchange._receiver)
            assert not any(one.done() for one in waiting)
        answers = [one.result() for one in waiting]
    assert answers[0].body == answers[1].body
    assert harbor.orders() == 1


def test_row_i_a_repeat_that_asks_for_the_receipt_the_first_did_not_want(harbor: Harbor) -> None:
    post(harbor.desk, crafted(order(), receipt=None))
    answer = harbor.post(harbor.craft(order()))
    assert disposition(answer) == "processed/Warning: duplicate-document"
    assert receipt_in(answer.headers, answer.body).mic is not None
    assert harbor.orders() == 1
