"""Who is let in, and where an asynchronous receipt goes and what becomes of it (row K)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import partner_port
from as2_posts import Sink
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850
from as2_posts import own_key
from as2_posts import post
from as2_posts import receipt_in
from homes import Run

from gateway.as2 import Style
from gateway.as2.disposition import AuthenticationError
from gateway.transport.http_server import Reply

PARTNER = "partners/northfield/partner.yaml"


@pytest.fixture
def harbor(tmp_path: Path) -> Iterator[As2Desk]:
    """Harbor's gateway, whose operator has a program write down what it is told."""
    home = make_pair(tmp_path, {"plain_http": "no"})[1]
    script = tmp_path / "tell.py"
    script.write_text(f"import sys\nopen({str(tmp_path / 'told')!r}, 'a').write(sys.stdin.read())")
    settings = home / "gateway.yaml"
    text = f"alert: {{command: [{sys.executable}, {script}]}}\n"
    settings.write_text(settings.read_text() + text)
    (home / PARTNER).write_text((home / PARTNER).read_text() + "acknowledge: never\n")
    desk = As2Desk(home)
    desk.open()
    yield desk
    desk.close()


@pytest.fixture
def mailbox(harbor: As2Desk, tmp_path: Path) -> Iterator[Sink]:
    """Where Northfield's receipts are agreed to go."""
    with Sink(partner_port(harbor.home), tmp_path / "sink") as sink:
        yield sink


def told(folder: Path) -> list[str]:
    path = folder / "told"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [json.loads(line)["kind"] for line in lines]


def test_row_k_the_names_of_both_must_be_agreed(harbor: As2Desk) -> None:
    headers, body = crafted(order_850())
    other = tuple((name, "SOUTHFIELD" if name == "AS2-To" else value) for name, value in headers)
    assert post(harbor, (other, body)).status == 403
    assert harbor.messages("in") == []


def test_row_k_a_client_certificate_that_was_agreed_once_is_still_asked_for(
    harbor: As2Desk,
) -> None:
    """The agreement does not end with the certificate's window."""
    path = harbor.home / "partners/northfield/certs/certificates.yaml"
    path.write_text(path.read_text() + "- {file: their.pem, use: client, until: 2026-01-01}\n")
    assert "error" not in harbor.act(command="reload")
    assert post(harbor, crafted(order_850())).status == 403
    assert harbor.messages("in") == []


def test_row_f_a_refusal_says_one_sentence_and_its_reason_to_us_alone(
    harbor: As2Desk, tmp_path: Path
) -> None:
    answer = post(harbor, crafted(order_850(), key=own_key("a stranger")))
    text = receipt_in(answer.headers, answer.body).text
    assert AuthenticationError.sentence in text
    reason = harbor.entry("as2-refused")["reason"]
    assert reason == "the signer is none of the partner's certificates"
    assert reason not in text
    harbor.work()
    assert told(tmp_path) == ["as2-refused"]


def test_row_k_an_address_for_receipts_that_is_not_agreed_is_told_and_traced(
    harbor: As2Desk, tmp_path: Path, gateway: Run
) -> None:
    for _ in range(2):
        assert post(harbor, crafted(order_850(), url="http://127.0.0.1:9/as2")).status == 403
    harbor.work()
    assert told(tmp_path) == ["as2-refused"]
    message_id = harbor.entry("as2-receipt-address-refused")["message_id"]
    traced = gateway("--home", harbor.home, "trace", message_id)
    assert traced.returncode == 0
    assert "url http://127.0.0.1:9/as2" in traced.stdout


def test_row_f_a_refusal_returns_the_digest_of_what_could_be_read(harbor: As2Desk) -> None:
    answer = post(harbor, crafted(order_850(), style=Style(encrypt=None)))
    assert disposition(answer) == "processed/Error: insufficient-message-security"
    assert receipt_in(answer.headers, answer.body).mic is not None


def test_row_f_who_wants_no_receipt_learns_of_a_refusal_by_the_status(harbor: As2Desk) -> None:
    refused = crafted(order_850(), style=Style(encrypt=None), receipt=None)
    assert post(harbor, refused).status == 403
    assert post(harbor, refused).status == 403
    assert harbor.documents("northfield") == []
    assert post(harbor, crafted(order_850(), receipt=None)).status == 200


def test_row_f_a_message_id_that_cannot_be_is_refused(harbor: As2Desk) -> None:
    headers, body = crafted(order_850())
    odd = tuple((name, "<an id@n>" if name == "Message-ID" else value) for name, value in headers)
    answer = post(harbor, (odd, body))
    assert disposition(answer) == "processed/Error: invalid-message-id"
    harbor.work()
    assert harbor.documents("northfield") == []


ADDRESSES = {
    "https://mdn.northfield.example/as2?from=harbor": True,
    "https://MDN.northfield.example:443/": True,
    "http://mdn.northfield.example:443/": False,
    "http://127.0.0.1:8080/": True,
    "https://mdn.northfield.example:8443/": False,
    "https://mdn.northfield.example.attacker.example/": False,
    "https://mdn.northfield.example@attacker.example/": False,
    "https://attacker.example/mdn.northfield.example:443": False,
    "ftp://mdn.northfield.example/": False,
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_row_k_where_receipts_may_be_posted(harbor: As2Desk, url: str) -> None:
    agreed = '["mdn.northfield.example:443", "127.0.0.1:8080"] #'
    harbor.change(PARTNER, "receipt_urls: ", f"receipt_urls: {agreed}")
    status = post(harbor, crafted(order_850(), url=url)).status
    assert status == (204 if ADDRESSES[url] else 403)


def test_row_k_an_address_that_is_not_agreed_any_more_gets_nothing(
    harbor: As2Desk, mailbox: Sink, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{mailbox.port}/"
    assert post(harbor, crafted(order_850(), url=url)).status == 204
    harbor.change(PARTNER, f'["127.0.0.1:{mailbox.port}"]', "[]")
    harbor.work()
    assert mailbox.posted == []
    assert "not agreed" in harbor.entry("as2-receipt-not-sent")["reason"]
    assert told(tmp_path) == ["as2-receipt"]


def test_row_k_a_receipt_that_is_not_wanted_is_not_posted_again(
    harbor: As2Desk, mailbox: Sink, tmp_path: Path
) -> None:
    mailbox.otherwise = Reply(403)
    assert post(harbor, crafted(order_850(), url=f"http://127.0.0.1:{mailbox.port}/")).status == 204
    harbor.work()
    assert harbor.entry("as2-receipt-not-sent")["reason"] == "status 403"
    assert harbor.message("in").next_at is None
    assert told(tmp_path) == ["as2-receipt"]


def test_row_i_a_repeat_may_name_another_agreed_address(
    harbor: As2Desk, mailbox: Sink, tmp_path: Path
) -> None:
    with Sink(0, tmp_path / "other") as other:
        agreed = f'["127.0.0.1:{mailbox.port}", "127.0.0.1:{other.port}"]'
        harbor.change(PARTNER, f'["127.0.0.1:{mailbox.port}"]', agreed)
        for sink in (mailbox, other):
            url = f"http://127.0.0.1:{sink.port}/"
            assert post(harbor, crafted(order_850(), url=url)).status == 204
            harbor.work()
        [first], [again] = mailbox.posted, other.posted
    assert first[1] == again[1]
