"""What a sender makes of an answer (matrix row J): only a valid receipt completes a delivery."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import THEIRS
from as2_pair import As2Desk
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import partner_port
from as2_pair import write_private
from as2_posts import Posted
from as2_posts import Sink
from as2_posts import own_key
from as2_posts import post
from asn1crypto import cms as oracle
from engine_wire import order

from gateway.as2 import PROCESSED
from gateway.as2 import Built
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Mic
from gateway.as2 import Octets
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import Trust
from gateway.as2 import build_receipt
from gateway.as2 import open_message
from gateway.as2 import read_request
from gateway.as2.disposition import DecryptionError
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.names import bare_message_id
from gateway.transport.http_server import Reply
from gateway.transport.http_server import text_reply

BINARY = Style(signature_encoding="binary")
Change = Callable[[Built], Built]


def receipt_for(
    posted: Posted,
    disposition: object = PROCESSED,
    *,
    signer: str = HARBOR[0],
    signed: bool = True,
    mic: Callable[[Mic], Mic | None] = lambda mic: mic,
    message_id: Callable[[str], str] = lambda value: value,
) -> Built:
    """Harbor's receipt for what Northfield posted, or one that is not quite that."""
    message = Entity(Headers.of(posted[0]), Octets.of(posted[1]))
    request = read_request(message.headers)
    now = datetime.now(UTC)
    trust = Trust([Pinned(own_key(NORTH[0]).certificate)], now, Policy())
    opened = open_message(request, message, trust, [own_key(HARBOR[0])])
    request = replace(request, message_id=message_id(request.message_id))
    request = replace(request, receipt=replace(request.receipt, signed=signed))
    return build_receipt(
        request,
        disposition,
        mic(opened.mic),
        BINARY,
        signer=Signer(own_key(signer), now),
        at=now,
        message_id="<mdn-1@harbor>",
        boundary="c8a1",
    )


def reply(built: Built) -> Reply:
    return Reply(200, built.headers, bytes(built.body))


def folded(built: Built) -> Built:
    body = bytes(built.body).replace(
        b"Disposition: automatic-action/MDN-sent-automatically; processed",
        b"Disposition: automatic-action/MDN-sent-automatically;\r\n\tprocessed",
    )
    assert body != bytes(built.body)
    return replace(built, body=Octets.of(body))


def without_text(built: Built) -> Built:
    second = split_multipart(Entity(Headers.of(built.headers), built.body), 2)[1]
    return replace(built, body=Octets.of(b"--c8a1R\r\n", second, b"\r\n--c8a1R--\r\n"))


def without_signer(built: Built) -> Built:
    message = Entity(Headers.of(built.headers), built.body)
    encoded = bytes(read_entity(split_multipart(message, 2)[1]).body)
    info = oracle.ContentInfo.load(encoded)
    info["content"]["signer_infos"] = oracle.SignerInfos([])
    new = info.dump(force=True)
    assert new != encoded
    return replace(built, body=Octets.of(bytes(built.body).replace(encoded, new)))


ANSWERS: dict[str, tuple[Callable[[Posted], Reply], str]] = {
    "valid": (lambda sent: reply(receipt_for(sent)), "received"),
    "brackets missing": (
        lambda sent: reply(receipt_for(sent, message_id=bare_message_id)),
        "received",
    ),
    "unsigned": (lambda sent: reply(receipt_for(sent, signed=False)), "queued"),
    "wrong signer": (lambda sent: reply(receipt_for(sent, signer="a stranger")), "queued"),
    "no signer": (lambda sent: reply(without_signer(receipt_for(sent))), "queued"),
    "MIC missing": (lambda sent: reply(receipt_for(sent, mic=lambda _: None)), "held"),
    "MIC different": (
        lambda sent: reply(receipt_for(sent, mic=lambda mic: replace(mic, digest=bytes(32)))),
        "held",
    ),
    "MIC of another algorithm": (
        lambda sent: reply(receipt_for(sent, mic=lambda mic: replace(mic, algorithm="sha-512"))),
        "held",
    ),
    "of another message": (
        lambda sent: reply(receipt_for(sent, message_id=lambda _: "<2@northfield>")),
        "queued",
    ),
    "refused": (lambda sent: reply(receipt_for(sent, DecryptionError.disposition)), "held"),
    "a page": (lambda _: Reply(200, (("Content-Type", "text/html"),), b"<html></html>"), "queued"),
    "nothing": (lambda _: Reply(200), "queued"),
    "204 where a receipt was due": (lambda _: Reply(204), "queued"),
    "a sentence": (lambda _: text_reply(200, "processed"), "queued"),
}
UNSIGNED_ANSWERS = {"folded header": folded, "text part missing": without_text}


@pytest.fixture
def north(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[As2Desk]:
    desk = As2Desk(make_pair(tmp_path, getattr(request, "param", {}))[0])
    desk.open()
    yield desk
    desk.close()


@pytest.mark.parametrize("name", ANSWERS)
def test_row_j_an_answer_and_what_becomes_of_the_order(
    north: As2Desk, name: str, tmp_path: Path
) -> None:
    answer, state = ANSWERS[name]
    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer) as sink:
        assert north.send("harbor-medical", order("1"))["state"] == state
        assert len(sink.posted) == 1
    assert len(north.held()) == (state == "held")
    if state == "queued":
        assert "with no receipt" in north.entry("as2-not-sent")["reason"]


@pytest.mark.parametrize("north", [{"receipt_signed": "no"}], indirect=True)
@pytest.mark.parametrize("name", UNSIGNED_ANSWERS)
def test_row_j_an_odd_answer_that_is_good(north: As2Desk, name: str, tmp_path: Path) -> None:
    def answer(sent: Posted) -> Reply:
        return reply(UNSIGNED_ANSWERS[name](receipt_for(sent, signed=False)))

    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer):
        assert north.send("harbor-medical", order("1"))["state"] == "received"


ASYNC = pytest.mark.parametrize(
    "north", [{"receipt": "async", "receipt_deadline": "1 hour"}], indirect=True
)


def posted_order(north: As2Desk, folder: Path) -> Posted:
    """An order whose receipt is still to come."""
    with Sink(partner_port(north.home), folder / "sink", otherwise=Reply(204)) as sink:
        assert north.send("harbor-medical", order("1"))["state"] == "sent"
        [sent] = sink.posted
    return sent


def give(north: As2Desk, built: Built) -> int:
    return post(north, (built.headers, bytes(built.body))).status


@ASYNC
def test_row_j_late(north: As2Desk, tmp_path: Path) -> None:
    sent = posted_order(north, tmp_path)
    north.later = timedelta(minutes=61)
    north.work()
    assert north.receipt("harbor-medical")["state"] == "held"
    assert give(north, receipt_for(sent)) == 200
    north.work()
    assert north.receipt("harbor-medical")["state"] == "received"
    assert north.held() == []


@ASYNC
def test_row_j_twice(north: As2Desk, tmp_path: Path) -> None:
    sent = posted_order(north, tmp_path)
    assert [give(north, receipt_for(sent)) for _ in range(2)] == [200, 200]
    assert north.events().count("as2-delivered") == 1
    assert "as2-receipt-repeated" in north.events()
    refusal = receipt_for(sent, DecryptionError.disposition)
    assert give(north, refusal) == 200
    north.work()
    assert north.receipt("harbor-medical")["state"] == "received"


@ASYNC
def test_row_j_for_a_message_nobody_sent(north: As2Desk, tmp_path: Path) -> None:
    sent = posted_order(north, tmp_path)
    other = receipt_for(sent, message_id=lambda _: "<2@northfield>")
    assert give(north, other) == 400
    assert "we sent no message" in north.entry("as2-receipt-not-believed")["reason"]
    assert north.receipt("harbor-medical")["state"] == "sent"


@ASYNC
def test_row_j_another_partner_s_receipt_settles_nothing(north: As2Desk, tmp_path: Path) -> None:
    """Not even a good one, signed by a partner of ours, about a message that is not theirs."""
    sent = posted_order(north, tmp_path)
    harbor, other = (north.home / "partners" / name for name in ("harbor-medical", "alpenmed"))
    write_private(other / "certs/their.pem", key_of("alpenmed", 1)[1])
    (other / "certs/certificates.yaml").write_text(THEIRS)
    text = (harbor / "partner.yaml").read_text().replace("HARBORMED", "ALPENMED")
    (other / "partner.yaml").write_text(text)
    assert "error" not in north.act(command="reload")
    receipt = receipt_for(sent, signer="alpenmed")
    named = [("AS2-From", "ALPENMED") if one[0] == "AS2-From" else one for one in receipt.headers]
    assert give(north, replace(receipt, headers=tuple(named))) == 400
    assert "we sent no message" in north.entry("as2-receipt-not-believed")["reason"]
    assert north.receipt("harbor-medical")["state"] == "sent"


def test_what_is_asked_for_and_what_is_kept(north: As2Desk, tmp_path: Path) -> None:
    """A receipt in the answer, signed, with the digest of our signature and no weaker one; it is
    the proof of the delivery, and kept as it came."""
    answers: list[Reply] = []

    def answer(sent: Posted) -> Reply:
        answers.append(reply(receipt_for(sent)))
        return answers[0]

    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer) as sink:
        north.send("harbor-medical", order("1"))
        [(headers, _)] = sink.posted
    asked = read_request(Headers.of(headers)).receipt
    assert (asked.signed, asked.algorithms, asked.url) == (True, ("sha-256",), None)
    kept = north.message()
    assert north.gateway.store.payload(kept.receipt) == answers[0].body
    assert set(answers[0].headers) <= set(kept.receipt_headers)


@ASYNC
@pytest.mark.parametrize("name", ["wrong signer", "unsigned", "no signer"])
def test_row_j_posted_and_not_to_be_believed(north: As2Desk, name: str, tmp_path: Path) -> None:
    sent = posted_order(north, tmp_path)
    answer = ANSWERS[name][0](sent)
    assert post(north, (answer.headers, answer.body)).status == 400
    assert north.receipt("harbor-medical")["state"] == "sent"


@ASYNC
def test_row_l_a_receipt_that_is_faster_than_the_answer(north: As2Desk, tmp_path: Path) -> None:
    """The partner's receipt is here before our own commit that the message went."""

    def answer(sent: Posted) -> Reply:
        assert give(north, receipt_for(sent)) == 200
        return Reply(204)

    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer):
        assert north.send("harbor-medical", order("1"))["state"] == "received"
    assert "as2-sent" not in north.events()
    assert north.events().count("as2-delivered") == 1
