"""A partner with one certificate for both: encryption follows its first new signature (row P)."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import partner_port
from as2_pair import write_private
from as2_posts import Posted
from as2_posts import Sink
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850
from as2_posts import own_key
from as2_posts import post

from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Trust
from gateway.as2 import open_message
from gateway.as2 import read_request
from gateway.engine.shelf import open_shelf

NORTH, HARBOR = "northfield", "harbor-medical"
CERTS = f"partners/{NORTH}/certs"
NOW = datetime.now(UTC)
TEN_DAYS = (NOW + timedelta(days=10)).date().isoformat()
BOTH = "- {file: their.pem, use: [verify, encrypt]}\n"
FOLLOWS = "- {file: new.pem, use: verify}\n- {file: new.pem, use: encrypt, from: first-signature}\n"
DeskOf = Callable[[str], As2Desk]


@pytest.fixture
def harbor_with(tmp_path: Path) -> Iterator[DeskOf]:
    """Harbor's desk, with these entries for Northfield's certificates, the old and the new."""
    desks: list[As2Desk] = []

    def make(entries: str) -> As2Desk:
        home = make_pair(tmp_path)[1]
        write_private(home / CERTS / "new.pem", key_of(NORTH, 2)[1])
        (home / CERTS / "certificates.yaml").write_text(entries)
        desks.append(As2Desk(home))
        desks[0].open()
        return desks[0]

    yield make
    desks[0].close()


def encrypted_to(posted: Posted) -> int:
    """Which of Northfield's keys opens what Harbor sent."""
    message = Entity(Headers.of(posted[0]), Octets.of(posted[1]))
    trust = Trust([Pinned(own_key(HARBOR).certificate)], datetime.now(UTC), Policy())
    opened = []
    for number in (1, 2):
        try:
            open_message(read_request(message.headers), message, trust, [own_key(NORTH, number)])
        except MessageError:
            continue
        opened.append(number)
    [found] = opened
    return found


def trade(desk: As2Desk, signed_with: int, spool: Path, number: int = 1) -> int:
    """An order signed with one of Northfield's keys comes; to which the answer is encrypted."""
    with Sink(partner_port(desk.home), spool / "sink") as sink:
        content, message_id = order_850(700 + number), f"<{number}@northfield>"
        answer = post(desk, crafted(content, message_id, key=own_key(NORTH, signed_with)))
        assert disposition(answer) == "processed"
        desk.work()
        [sent] = sink.posted
    return encrypted_to(sent)


def entries(desk: As2Desk) -> str:
    return (desk.home / CERTS / "certificates.yaml").read_text()


FOLLOWED = {
    "without a day": FOLLOWS,
    "before the day": f"- {{file: new.pem, use: [verify]}}\n"
    f"- {{file: new.pem, use: encrypt, from: {TEN_DAYS}}}\n",
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_row_p_encryption_follows_the_first_signature(
    harbor_with: DeskOf, name: str, tmp_path: Path
) -> None:
    desk = harbor_with(BOTH + FOLLOWED[name])
    assert trade(desk, 1, tmp_path) == 1
    assert entries(desk) == BOTH + FOLLOWED[name]
    assert trade(desk, 2, tmp_path, 2) == 2
    [start] = re.findall("new.pem, use: encrypt, from: '(.*)'", entries(desk))
    assert abs(datetime.fromisoformat(start) - datetime.now(UTC)) < timedelta(minutes=1)
    assert entries(desk).startswith(BOTH)
    before = entries(desk)
    assert "error" not in desk.act(command="reload")
    assert trade(desk, 1, tmp_path, 3) == 2, "their old signature does not lead back"
    assert entries(desk) == before


def test_row_p_a_certificate_to_sign_with_is_none_to_encrypt_to(
    harbor_with: DeskOf, tmp_path: Path
) -> None:
    desk = harbor_with(BOTH + "- {file: new.pem, use: verify}\n")
    assert trade(desk, 2, tmp_path) == 1
    assert desk.events().count("as2-accepted") == 1


def test_row_p_a_message_that_is_refused_changes_nothing(harbor_with: DeskOf) -> None:
    desk = harbor_with(BOTH + FOLLOWS)
    headers, body = crafted(order_850(), key=own_key("a stranger", 2))
    assert disposition(post(desk, (headers, body))).endswith("authentication-failed")
    headers, body = crafted(order_850(), key=own_key(NORTH, 2), to=own_key("a stranger"))
    assert disposition(post(desk, (headers, body))).endswith("decryption-failed")
    assert entries(desk) == BOTH + FOLLOWS


def test_row_p_what_cannot_follow_now_follows_later(harbor_with: DeskOf, tmp_path: Path) -> None:
    """Somebody is changing certificates; the message is taken all the same."""
    desk = harbor_with(BOTH + FOLLOWS)
    with open_shelf(desk.gateway.home, desk.gateway.settings, NORTH).alone():
        assert trade(desk, 2, tmp_path) == 1
    assert entries(desk) == BOTH + FOLLOWS
    assert trade(desk, 2, tmp_path, 2) == 2


def test_row_p_a_disk_that_fails_refuses_no_message(harbor_with: DeskOf, tmp_path: Path) -> None:
    desk = harbor_with(BOTH + FOLLOWS)
    in_the_way = desk.home / CERTS / ".certificates.yaml.new"
    in_the_way.mkdir()
    assert trade(desk, 2, tmp_path) == 1
    in_the_way.rmdir()
    assert trade(desk, 2, tmp_path, 2) == 2
