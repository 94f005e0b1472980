"""HTTP as partners speak it: odd requests, every status, passwords, TLS."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import As2Desk
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import partner_port
from as2_pair import until
from as2_pair import write_private
from as2_posts import Posted
from as2_posts import Sink
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import dripping
from as2_posts import order_850
from as2_posts import post
from engine_wire import order

from gateway.as2 import Style
from gateway.edi.finding import TransientError
from gateway.store import As2State
from gateway.transport.http_server import Reply
from gateway.transport.http_server import text_reply

TABLE = [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]


@pytest.fixture
def harbor(tmp_path: Path) -> Iterator[As2Desk]:
    """Harbor's gateway alone; Northfield is whoever posts."""
    desk = As2Desk(make_pair(tmp_path)[1])
    desk.open()
    yield desk
    desk.close()


@pytest.fixture
def north(tmp_path: Path) -> Iterator[As2Desk]:
    """Northfield's gateway, and nobody at Harbor's address yet."""
    desk = As2Desk(make_pair(tmp_path)[0])
    yield desk
    desk.close()


def octets(message: Posted, *lines: str, version: str = "1.1", length: bool = True) -> bytes:
    """The request as it would go over the wire."""
    headers, body = message
    fields = [f"{name}: {value}" for name, value in headers]
    fields += [f"Content-Length: {len(body)}"] if length else []
    head = [f"POST / HTTP/{version}", "Host: harbor.example", "Connection: close", *fields, *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1")


def talk(desk: As2Desk, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says when these pieces come."""
    with socket.create_connection(("127.0.0.1", desk.exchange.port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def chunked(body: bytes, size: int = 1000) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def folded(message: Posted) -> Posted:
    headers = [(name, value.replace("; ", ";\r\n\t")) for name, value in message[0]]
    return tuple(headers), message[1]


@pytest.mark.parametrize(
    "shape", ["1.0", "chunked", "expect", "slow", "folded", "64 KB of header", "lower case"]
)
def test_row_k_requests_as_products_write_them(harbor: As2Desk, shape: str) -> None:
    message = crafted(order_850())
    body, pause = message[1], 0.0
    if shape == "1.0":
        pieces = [octets(message, version="1.0"), body]
    elif shape == "chunked":
        pieces = [octets(message, "Transfer-Encoding: chunked", length=False), chunked(body)]
    elif shape == "expect":
        pieces = [octets(message, "Expect: 100-continue"), body]
    elif shape == "slow":
        half = len(body) // 2
        pieces, pause = [octets(message)[:40], octets(message)[40:], body[:half], body[half:]], 0.2
    elif shape == "folded":
        pieces = [octets(folded(message)), body]
    elif shape == "64 KB of header":
        pieces = [octets(message, *(f"X-{n}: {'x' * 1000}" for n in range(64))), body]
    else:
        lower = tuple((name.lower(), value) for name, value in message[0])
        pieces = [octets((lower, body)), body]
    answer = talk(harbor, *pieces, pause=pause)
    final = answer[answer.rindex(b"HTTP/1.1 ") :] if shape == "expect" else answer
    assert final.startswith(b"HTTP/1.1 200"), answer[:300]
    assert b"automatic-action/MDN-sent-automatically; processed\r\n" in answer
    harbor.work()
    assert len(harbor.documents("northfield")) == 1


def test_row_k_a_body_nobody_said_the_length_of_is_none(harbor: As2Desk) -> None:
    message = crafted(order_850())
    answer = talk(harbor, octets(message, length=False), message[1])
    assert b"processed\r\n" not in answer
    assert disposition(post(harbor, message)) == "processed"
    assert len(harbor.messages("in")) == 1


def test_row_k_a_sender_who_falls_silent_is_not_waited_for(
    harbor: As2Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.transport.http_server._BETWEEN_CHUNKS", 0.2)
    message = crafted(order_850())
    assert talk(harbor, octets(message), message[1][:100]).startswith(b"HTTP/1.1 408")
    assert harbor.messages("in") == []


@pytest.mark.parametrize("said", [b"", b"POST / HTTP/1.1\r\nHost: harbor", None])
def test_row_k_who_does_not_say_what_they_want_is_not_waited_for(
    harbor: As2Desk, monkeypatch: pytest.MonkeyPatch, said: bytes | None
) -> None:
    monkeypatch.setattr("gateway.transport.http_connections._HEAD_WITHIN", 0.2)
    with socket.create_connection(("127.0.0.1", harbor.exchange.port), timeout=3) as connection:
        if said is None:  # nor who begins a second request on the same connection
            connection.sendall(b"GET / HTTP/1.1\r\nHost: harbor.example\r\n\r\n")
            while not connection.recv(65536).endswith(b"ready\r\n"):
                pass
        connection.sendall(said or b"POST /")
        with suppress(ConnectionResetError):
            assert connection.recv(65536) == b""


def test_row_k_a_body_there_is_no_room_for_may_come_again(
    harbor: As2Desk, caplog: pytest.LogCaptureFixture
) -> None:
    spool = harbor.gateway.home.spool
    spool.rmdir()
    headers, _ = crafted(order_850())
    answer = post(harbor, (headers, bytes(100_000)))
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "60")
    assert f"a message cannot be kept in {spool}: No such file or directory" in caplog.text
    spool.mkdir()
    assert disposition(post(harbor, crafted(order_850()))) == "processed"


def test_row_k_who_fills_the_server_shuts_others_out_only_meanwhile(
    harbor: As2Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.transport.http_connections._MOST", 3)
    message = crafted(order_850())

    def taken() -> bool:
        with suppress(TransientError):
            return disposition(post(harbor, message)) == "processed"
        return False

    with ExitStack() as opened:
        address = ("127.0.0.1", harbor.exchange.port)
        idle = [opened.enter_context(socket.create_connection(address)) for _ in range(3)]
        assert not taken()
        idle[0].close()
        until(taken)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_row_k_an_encoded_body_is_refused(harbor: As2Desk, coding: str) -> None:
    headers, body = crafted(order_850())
    answer = post(harbor, ((*headers, ("Content-Encoding", coding)), gzip.compress(body)))
    assert answer.status == 415
    assert dict(answer.headers)["Accept-Encoding"] == "identity"
    assert harbor.messages("in") == []
    assert disposition(post(harbor, ((*headers, ("Content-Encoding", "identity")), body)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("where", ["head", "body"])
def test_row_k_a_message_that_is_cut_is_none(harbor: As2Desk, where: str, share: float) -> None:
    message = crafted(order_850())
    head, body = octets(message), message[1]
    cut = (
        head[: int(len(head) * share)] if where == "head" else head + body[: int(len(body) * share)]
    )
    with socket.create_connection(("127.0.0.1", harbor.exchange.port)) as connection:
        connection.sendall(cut)
    assert disposition(post(harbor, message)) == "processed"
    assert len(harbor.messages("in")) == 1
    assert not list(harbor.gateway.home.spool.iterdir())


@pytest.mark.parametrize(
    ("request_line", "status"),
    [("GET /", 200), ("HEAD /", 200), ("GET /other", 404), ("PUT /", 405), ("DELETE /", 405)],
)
def test_row_k_what_is_not_a_message(harbor: As2Desk, request_line: str, status: int) -> None:
    lines = f"{request_line} HTTP/1.1\r\nHost: harbor.example\r\nConnection: close\r\n\r\n"
    assert talk(harbor, lines.encode()).startswith(f"HTTP/1.1 {status}".encode())


def test_row_k_strangers_are_told_nothing(harbor: As2Desk) -> None:
    answer = post(harbor, crafted(order_850(), sender="SOMEBODY"))
    assert answer.status == 403
    assert harbor.messages("in") == []
    assert post(harbor, ((), b"hello")).status == 400


def test_row_k_a_receipt_goes_only_where_it_was_agreed(harbor: As2Desk) -> None:
    answer = post(harbor, crafted(order_850(), url="http://127.0.0.1:9/metadata"))
    assert answer.status == 403
    assert harbor.entry("as2-receipt-address-refused")["url"] == "http://127.0.0.1:9/metadata"


def test_row_k_a_message_over_the_limit(tmp_path: Path) -> None:
    home = make_pair(tmp_path)[1]
    settings = home / "gateway.yaml"
    settings.write_text(settings.read_text() + "  largest: 2 KB\n")
    desk = As2Desk(home)
    desk.open()
    message = crafted(order_850())
    assert post(desk, message).status == 413
    assert post(desk, message, chunked=True).status == 413
    assert not list(desk.gateway.home.spool.iterdir())
    desk.close()


def test_row_k_a_password_that_was_agreed_must_be_shown(tmp_path: Path) -> None:
    homes = make_pair(tmp_path, {"user": "edi", "password_file": "password"})
    for home in homes:
        [folder] = (home / "partners").iterdir()
        write_private(folder / "password", b"a secret\n")
    north, harbor = (As2Desk(home) for home in homes)
    harbor.open()
    assert post(harbor, crafted(order_850())).status == 401
    assert post(harbor, crafted(order_850()), user="edi", password="a guess").status == 401
    assert north.send("harbor-medical", order("1"))["state"] == "received"
    assert "a secret" not in str(harbor.message("in").headers)
    north.close()
    harbor.close()


def test_row_k_a_password_is_guessed_a_few_times_only(tmp_path: Path) -> None:
    home = make_pair(tmp_path, {"user": "edi", "password_file": "password"})[1]
    write_private(home / "partners/northfield/password", b"a secret\n")
    desk = As2Desk(home)
    desk.open()
    message = crafted(order_850())
    for _ in range(25):  # many clients ask first whether they must
        assert post(desk, message).status == 401
    for number in range(20):
        assert post(desk, message, user="edi", password=f"guess {number}").status == 401
    assert post(desk, message, user="edi", password="a secret").status == 429
    desk.later = timedelta(minutes=11)
    assert post(desk, message, user="edi", password="a secret").status == 200
    desk.close()


def test_row_k_more_messages_than_agreed_come_later(tmp_path: Path) -> None:
    desk = As2Desk(make_pair(tmp_path, {"most_per_minute": "2"})[1])
    desk.open()
    message = crafted(order_850())
    assert [post(desk, message).status for _ in range(3)] == [200, 200, 429]
    desk.later = timedelta(seconds=61)
    assert post(desk, message).status == 200
    desk.close()


def test_row_k_what_a_wrong_clock_counted_keeps_nobody_out(tmp_path: Path) -> None:
    desk = As2Desk(make_pair(tmp_path, {"most_per_minute": "2"})[1])
    desk.open()
    message, desk.later = crafted(order_850()), timedelta(hours=1)
    assert [post(desk, message).status for _ in range(3)] == [200, 200, 429]
    desk.later = timedelta()
    assert [post(desk, message).status for _ in range(3)] == [200, 200, 429]
    desk.close()


def test_row_k_who_only_knows_two_names_is_soon_heard_no_more(harbor: As2Desk) -> None:
    """Each refused message is kept and told: else a stranger could fill disk and mailbox."""
    for number in range(20):
        unsigned = crafted(order_850(), f"<{number}@n>", style=Style(sign=None, encrypt=None))
        assert disposition(post(harbor, unsigned)).endswith("insufficient-message-security")
    assert post(harbor, crafted(order_850())).status == 429
    assert len(harbor.messages("in")) == 20
    harbor.later = timedelta(minutes=11)
    assert disposition(post(harbor, crafted(order_850()))) == "processed"


def test_row_k_many_that_cannot_be_decrypted_are_not_even_tried(harbor: As2Desk) -> None:
    headers, body = crafted(order_850())
    for number in range(20):
        broken = body[:-40] + bytes([number]) * 40
        changed = [
            (name, f"<{number}@n>" if name == "Message-ID" else value) for name, value in headers
        ]
        assert disposition(post(harbor, (tuple(changed), broken))).endswith("decryption-failed")
    assert post(harbor, (headers, body)).status == 429
    harbor.later = timedelta(minutes=11)
    assert disposition(post(harbor, (headers, body))) == "processed"


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 413])
def test_row_k_an_answer_that_means_no(north: As2Desk, status: int, tmp_path: Path) -> None:
    with Sink(partner_port(north.home), tmp_path / "sink") as sink:
        sink.otherwise = Reply(status, (("Location", f"http://127.0.0.1:{sink.port}/other"),))
        receipt = north.send("harbor-medical", order("1"))
        assert receipt["state"] == "held"
        assert receipt["findings"][0]["code"] == "delivery-failed"
        assert len(sink.posted) == 1
    assert north.message().state is As2State.FAILED
    assert north.held_codes() == ["delivery-failed"]


DRIPS = {
    "its answer": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "its header": (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n"),
    "that it goes on": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("what", DRIPS)
def test_row_k_a_server_that_is_never_done_is_given_up(
    north: As2Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.transport.http_client._SILENCES", 0.005)
    with dripping(partner_port(north.home), *DRIPS[what]):
        north.send("harbor-medical", order("1"))
    reason = north.entry("as2-not-sent")["reason"]
    assert re.search(r": no whole answer within \d s$", reason), reason
    assert north.message().attempts == 1


def test_row_k_what_is_no_http_is_not_repeated_to_anyone(north: As2Desk) -> None:
    with dripping(partner_port(north.home), b"\x1b[31m\0\xff\r\n\r\n", b"x"):
        north.send("harbor-medical", order("1"))
    assert north.entry("as2-not-sent")["reason"].endswith(": no HTTP")


LATER = {
    "408": Reply(408),
    "425": Reply(425),
    "429": Reply(429),
    "500": Reply(500),
    "503": Reply(503),
    "a page": Reply(200, (("Content-Type", "text/html"),), b"<html>welcome</html>"),
    "nothing": Reply(200),
    "no content": Reply(204),
    "a sentence": text_reply(200, "thank you"),
    "half a receipt": Reply(200, (("Content-Type", "multipart/report; boundary=x"),), b"--x\r\n"),
}


@pytest.mark.parametrize("answer", LATER)
def test_row_k_an_answer_that_means_later(north: As2Desk, answer: str, tmp_path: Path) -> None:
    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=LATER[answer]) as sink:
        assert north.send("harbor-medical", order("1"))["state"] == "queued"
        for tries, wait in enumerate(TABLE, start=1):
            assert len(sink.posted) == tries
            north.later += wait - timedelta(seconds=30)
            north.work()
            assert len(sink.posted) == tries
            north.later += timedelta(seconds=31)
            north.work()
        assert len({posted[1] for posted in sink.posted}) == 1
        ids = {
            value for headers, _ in sink.posted for name, value in headers if name == "message-id"
        }
        assert ids == {north.message().message_id}
    assert "given up after 5 tries" in north.entry("as2-failed")["reason"]
    assert north.receipt("harbor-medical")["state"] == "held"


def asking(status: int, value: str) -> Reply:
    return Reply(status, (("Retry-After", value),))


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1, seconds=1), usegmt=True)


ASKED = {
    "seconds": (lambda: asking(503, "3600"), timedelta(hours=1)),
    "a date": (lambda: asking(429, in_an_hour()), timedelta(hours=1)),
    "a week": (lambda: asking(503, "604800"), timedelta(hours=4)),
    "less than agreed": (lambda: asking(503, "1"), TABLE[0]),
    "a day that is over": (lambda: asking(429, "Fri, 31 Dec 1999 23:59:59 GMT"), TABLE[0]),
    "nonsense": (lambda: asking(503, "soon"), TABLE[0]),
    "a year that is none": (lambda: asking(503, "1 Jan 99999999999 00:00:00"), TABLE[0]),
    "of another status": (lambda: asking(500, "3600"), TABLE[0]),
}


@pytest.mark.parametrize("name", ASKED)
def test_row_k_a_busy_server_says_when(north: As2Desk, name: str, tmp_path: Path) -> None:
    answer, wait = ASKED[name]
    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=answer()) as sink:
        north.send("harbor-medical", order("1"))
        for later, tries in ((wait - timedelta(seconds=30), 1), (timedelta(seconds=35), 2)):
            north.later += later
            north.work()
            assert len(sink.posted) == tries


def test_row_k_a_busy_server_says_when_it_takes_the_receipt(tmp_path: Path) -> None:
    with Sink(0, tmp_path / "sink", otherwise=asking(503, "3600")) as sink:
        harbor = As2Desk(make_pair(tmp_path)[1])
        receipts = f'receipt_urls: ["127.0.0.1:{partner_port(harbor.home)}'
        agreed = f'receipt_urls: ["127.0.0.1:{sink.port}'
        harbor.change("partners/northfield/partner.yaml", receipts, agreed)
        harbor.open()
        message = crafted(order_850(), url=f"http://127.0.0.1:{sink.port}/")
        assert post(harbor, message).status == 204
        until(lambda: harbor.work() or sink.posted)
        for later, tries in ((timedelta(minutes=59), 1), (timedelta(minutes=2), 2)):
            harbor.later += later
            harbor.work()
            assert len(sink.posted) == tries
        harbor.close()


def test_row_k_nobody_there_is_tried_again_and_then_arrives(pair_homes: tuple[Path, Path]) -> None:
    north, harbor = (As2Desk(home) for home in pair_homes)
    assert north.send("harbor-medical", order("1"))["state"] == "queued"
    assert "refused" in north.entry("as2-not-sent")["reason"]
    harbor.open()
    north.later += timedelta(minutes=6)
    north.work()
    assert north.receipt("harbor-medical")["state"] == "received"
    north.close()
    harbor.close()


def test_row_k_what_was_held_is_released_with_the_same_bytes(
    north: As2Desk, tmp_path: Path
) -> None:
    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=Reply(403)) as sink:
        north.send("harbor-medical", order("1"))
        [hold] = north.held()
        assert "error" not in north.act(command="release", key=hold.id)
        assert len(sink.posted) == 2
        assert sink.posted[0] == sink.posted[1]
        [hold] = north.held()
        assert "error" not in north.act(command="reject", key=hold.id)
    assert north.receipt("harbor-medical")["state"] == "rejected"
    assert north.held() == []


def test_what_is_sent_again_beside_its_hold_and_fails_is_held_once(
    north: As2Desk, tmp_path: Path
) -> None:
    with Sink(partner_port(north.home), tmp_path / "sink", otherwise=Reply(403)) as sink:
        sent = north.send("harbor-medical", order("1"))
        assert "error" not in north.act(command="resend", key=sent["document"])
        assert len(sink.posted) == 2
    assert len(north.held()) == 1


def test_row_l_a_receipt_that_comes_after_the_deadline_settles_it(tmp_path: Path) -> None:
    homes = make_pair(tmp_path, {"receipt": "async", "receipt_deadline": "1 hour"})
    north, harbor = (As2Desk(home) for home in homes)
    north.open()
    with Sink(partner_port(north.home), tmp_path / "sink") as sink:
        assert north.send("harbor-medical", order("1"))["state"] == "sent"
        north.later += timedelta(minutes=61)
        north.work()
        assert north.receipt("harbor-medical")["state"] == "held"
        [message] = sink.posted
    harbor.open()
    post(harbor, message)
    harbor.work()
    north.work()
    assert north.message().state is As2State.DELIVERED
    assert north.held() == []
    assert north.receipt("harbor-medical")["state"] in ("received", "accepted")
    north.close()
    harbor.close()


@pytest.fixture
def pair_homes(tmp_path: Path) -> tuple[Path, Path]:
    return make_pair(tmp_path)


def with_tls(homes: tuple[Path, Path], *, clients: bool) -> None:
    """Both serve https as `localhost`, and know each other's certificate."""
    for home, us, them in ((homes[0], NORTH, HARBOR), (homes[1], HARBOR, NORTH)):
        ours, theirs = key_of(us[0], 9), key_of(them[0], 9)
        write_private(home / "certs/tls.key", ours[0])
        write_private(home / "certs/tls.pem", ours[1])
        folder = home / "partners" / them[0]
        write_private(folder / "certs/tls.pem", theirs[1])
        use, their = ("[tls, client]", "[tls, client]") if clients else ("tls", "tls")
        for path, line in (
            (home / "certs", f"- {{file: tls.pem, key: tls.key, use: {use}}}\n"),
            (folder / "certs", f"- {{file: tls.pem, use: {their}}}\n"),
        ):
            text = (path / "certificates.yaml").read_text()
            (path / "certificates.yaml").write_text(text + line)
        for path in (home / "gateway.yaml", folder / "partner.yaml"):
            text = path.read_text().replace("http://127.0.0.1", "https://localhost")
            path.write_text(text + ("  tls: yes\n" if path.name == "gateway.yaml" else ""))


@pytest.mark.parametrize("clients", [False, True], ids=["server", "and client"])
def test_row_k_https_with_certificates_that_were_agreed(
    pair_homes: tuple[Path, Path], *, clients: bool
) -> None:
    with_tls(pair_homes, clients=clients)
    north, harbor = (As2Desk(home) for home in pair_homes)
    harbor.open()
    assert north.send("harbor-medical", order("1"))["state"] == "received"
    north.close()
    harbor.close()


def test_row_k_a_server_that_cannot_prove_who_it_is_gets_nothing(
    pair_homes: tuple[Path, Path],
) -> None:
    with_tls(pair_homes, clients=False)
    folder = pair_homes[0] / "partners/harbor-medical/certs"
    write_private(folder / "tls.pem", key_of("a stranger", 9)[1])
    north, harbor = (As2Desk(home) for home in pair_homes)
    harbor.open()
    assert north.send("harbor-medical", order("1"))["state"] == "queued"
    assert "verify failed" in north.entry("as2-not-sent")["reason"]
    assert harbor.messages("in") == []
    north.close()
    harbor.close()


def test_row_k_a_client_without_the_agreed_certificate_is_a_stranger(
    pair_homes: tuple[Path, Path],
) -> None:
    with_tls(pair_homes, clients=True)
    path = pair_homes[0] / "certs/certificates.yaml"
    path.write_text(path.read_text().replace("[tls, client]", "tls"))
    north, harbor = (As2Desk(home) for home in pair_homes)
    harbor.open()
    assert north.send("harbor-medical", order("1"))["state"] == "held"
    assert harbor.messages("in") == []
    north.close()
    harbor.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_row_k_tls_of_today_is_spoken(
    pair_homes: tuple[Path, Path], version: ssl.TLSVersion
) -> None:
    with_tls(pair_homes, clients=False)
    harbor = As2Desk(pair_homes[1])
    harbor.open()
    context = ssl.create_default_context(cadata=key_of(HARBOR[0], 9)[1].decode())
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", harbor.exchange.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        assert secured.version() == {"2": "TLSv1.2", "3": "TLSv1.3"}[version.name[-1]]
        secured.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert secured.recv(100).startswith(b"HTTP/1.1 200")
    harbor.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_row_k_tls_of_yesterday_is_not(pair_homes: tuple[Path, Path]) -> None:
    with_tls(pair_homes, clients=False)
    harbor = As2Desk(pair_homes[1])
    harbor.open()
    context = ssl.create_default_context(cadata=key_of(HARBOR[0], 9)[1].decode())
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", harbor.exchange.port)) as plain,
        pytest.raises((ssl.SSLError, ConnectionResetError)),
    ):
        context.wrap_socket(plain, server_hostname="localhost")
    harbor.close()


def test_row_k_ipv6(pair_homes: tuple[Path, Path]) -> None:
    if not socket.has_ipv6 or not _has_ipv6_loopback():
        pytest.skip("this machine has no IPv6")
    for home in pair_homes:
        for path in (home / "gateway.yaml", *home.glob("partners/*/partner.yaml")):
            text = path.read_text().replace("//127.0.0.1:", "//[::1]:")
            text = re.sub(r"listen: 127.0.0.1:(\d+)", r"listen: '[::1]:\1'", text)
            path.write_text(text)
    north, harbor = (As2Desk(home) for home in pair_homes)
    harbor.open()
    assert north.send("harbor-medical", order("1"))["state"] == "received"
    north.close()
    harbor.close()


def _has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


class Proxy:
    """A proxy that tunnels, and keeps where to."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.asked: list[str] = []
        self.passed = b""

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        client, _ = self._socket.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(1000)
        target = head.split()[1].decode()
        self.asked.append(target)
        host, _, port = target.rpartition(":")
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join(10)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while octets := source.recv(65536):
                self.passed += octets
                sink.sendall(octets)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


@pytest.mark.parametrize("secured", [False, True], ids=["http", "https"])
def test_row_k_through_a_proxy(pair_homes: tuple[Path, Path], *, secured: bool) -> None:
    if secured:
        with_tls(pair_homes, clients=False)
    port = partner_port_of(pair_homes[0])
    with Proxy() as proxy:
        path = pair_homes[0] / "gateway.yaml"
        path.write_text(path.read_text() + f"  proxy: http://127.0.0.1:{proxy.port}\n")
        north, harbor = (As2Desk(home) for home in pair_homes)
        harbor.open()
        assert north.send("harbor-medical", order("1"))["state"] == "received"
        host = "localhost" if secured else "127.0.0.1"
        assert proxy.asked == [f"{host}:{port}"]
        assert (b"AS2-From" in proxy.passed) is not secured
        north.close()
        harbor.close()


def partner_port_of(home: Path) -> int:
    [settings] = (home / "partners").glob("*/partner.yaml")
    return int(settings.read_text().split("url: http")[1].split(":")[2].split("/")[0])


def test_a_try_that_a_wrong_clock_put_off_is_made_when_the_clock_is_right(
    pair_homes: tuple[Path, Path],
) -> None:
    north, harbor = (As2Desk(home) for home in pair_homes)
    north.later = timedelta(days=365)
    north.send("harbor-medical", order("1"))
    assert (north.message().state, north.message().attempts) == (As2State.QUEUED, 1)
    harbor.open()
    north.later = timedelta()
    north.work()
    assert north.message().state is As2State.DELIVERED
    north.close()
    harbor.close()


def test_a_receipt_awaited_by_a_wrong_clock_is_missed_when_the_clock_is_right(
    tmp_path: Path,
) -> None:
    homes = make_pair(tmp_path, {"receipt": "async", "receipt_deadline": "1 hour"})
    north, harbor = (As2Desk(home) for home in homes)
    north.open()
    north.later = timedelta(days=365)
    with Sink(partner_port(north.home), tmp_path / "sink") as sink:
        assert north.send("harbor-medical", order("1"))["state"] == "sent"
        north.later = timedelta()
        north.work()
        [message] = sink.posted
    assert north.held_codes() == ["delivery-failed"]
    harbor.open()
    post(harbor, message)
    harbor.work()
    north.work()
    assert north.message().state is As2State.DELIVERED
    assert north.held() == []
    north.close()
    harbor.close()
