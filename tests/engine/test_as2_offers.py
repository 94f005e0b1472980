"""Certificates exchanged by message between two gateways: offered, accepted, rejected (row P)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from as2_pair import As2Desk
from as2_pair import free_port
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import write_private
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850
from as2_posts import own_key
from as2_posts import post
from click.testing import CliRunner
from engine_wire import order
from homes import Run

from gateway.as2 import Answer
from gateway.as2 import CertExchange
from gateway.as2 import Offer
from gateway.as2 import Style
from gateway.as2 import current
from gateway.as2 import write_exchange
from gateway.cli.main import cli
from gateway.engine.offering import offered_by
from gateway.engine.shelf import open_shelf
from gateway.partner.offers import Offered

NORTH, HARBOR = "northfield", "harbor-medical"
CERTS = f"partners/{NORTH}/certs"
NOW = datetime.now(UTC)
BY = (NOW + timedelta(days=30)).replace(microsecond=0)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[As2Desk, As2Desk]]:
    """Northfield, which has a second key that it decrypts with, and Harbor."""
    homes = make_pair(tmp_path)
    key, certificate = key_of(NORTH, 2)
    write_private(homes[0] / "certs/new.key", key)
    write_private(homes[0] / "certs/new.pem", certificate)
    with (homes[0] / "certs/certificates.yaml").open("a") as file:
        file.write("- {file: new.pem, key: new.key, use: decrypt}\n")
    north, harbor = (As2Desk(home) for home in homes)
    north.open()
    harbor.open()
    yield north, harbor
    north.close()
    harbor.close()


def offers(desk: As2Desk, partner: str = NORTH) -> list[Offered]:
    return offered_by(open_shelf(desk.gateway.home, desk.gateway.settings, partner))


def offer(north: As2Desk, uses: str = "sign decrypt", by: datetime | None = BY) -> str:
    words = {"moment": by.isoformat()} if by else {}
    reply = north.act(command="offer", partner=HARBOR, name="new", uses=uses, **words)
    assert "error" not in reply
    return reply["message_id"]


def decide(harbor: As2Desk, command: str, **words: str) -> dict[str, Any]:
    [one] = offers(harbor)
    return harbor.act(command=command, partner=NORTH, name=one.key[:8], **words)


def new_certificate() -> Any:
    return own_key(NORTH, 2).certificate


def works(north: As2Desk, harbor: As2Desk, number: str) -> None:
    """An order and its acknowledgment, signed and encrypted each way."""
    north.send(HARBOR, order(number), f"{number}.json")
    harbor.work()
    north.work()
    assert north.receipt(HARBOR, f"{number}.json")["state"] == "accepted"


@pytest.mark.parametrize("by", [BY, None], ids=["by a day", "without a day"])
def test_row_p_a_certificate_is_offered_and_accepted(
    desks: tuple[As2Desk, As2Desk], by: datetime | None
) -> None:
    north, harbor = desks
    before = (harbor.home / CERTS / "certificates.yaml").read_text()
    message_id = offer(north, by=by)
    [one] = offers(harbor)
    assert (one.offer.certificate, one.offer.uses) == (new_certificate(), ("verify", "encrypt"))
    assert one.offer.respond_by == by
    assert harbor.entry("certificate-offered")["message_id"] == message_id
    assert (harbor.home / CERTS / "certificates.yaml").read_text() == before, "not believed yet"
    assert harbor.documents(NORTH) == []
    assert harbor.held() == []
    reply = decide(harbor, "accept-offer")
    assert "error" not in reply, reply
    assert offers(harbor) == []
    assert harbor.act(command="reload")["partners"] == [NORTH]
    [as2] = [one.as2 for one in harbor.gateway.partners.values()]
    assert new_certificate() in [pinned.certificate for pinned in as2.verify]
    at_once = current(as2.encrypt, harbor.gateway.clock()).certificate == new_certificate()
    assert at_once == (by is None)
    late = current(as2.encrypt, NOW + timedelta(days=31)).certificate
    assert late == new_certificate()
    answer = north.entry("certificate-accepted")
    assert answer["serial"] == f"{new_certificate().serial:X}"
    assert north.message("out").state == harbor.message("out").state == "delivered"
    works(north, harbor, "1")


def test_row_p_a_certificate_is_offered_and_rejected(desks: tuple[As2Desk, As2Desk]) -> None:
    north, harbor = desks
    before = (harbor.home / CERTS / "certificates.yaml").read_text()
    offer(north)
    assert "error" not in decide(harbor, "reject-offer", reason="not the one you told us <&>")
    assert offers(harbor) == []
    assert (harbor.home / CERTS / "certificates.yaml").read_text() == before
    assert north.entry("certificate-rejected")["reason"] == "not the one you told us <&>"
    works(north, harbor, "1")


def test_row_p_the_day_of_the_answer_passes(desks: tuple[As2Desk, As2Desk]) -> None:
    """Nothing is believed because nobody said no; who accepts late does so from now."""
    north, harbor = desks
    offer(north, by=NOW + timedelta(days=1))
    north.later = harbor.later = timedelta(days=2)
    works(north, harbor, "1")
    assert len(offers(harbor)) == 1
    assert "error" not in decide(harbor, "accept-offer")
    harbor.act(command="reload")
    [as2] = [one.as2 for one in harbor.gateway.partners.values()]
    assert current(as2.encrypt, harbor.gateway.clock()).certificate == new_certificate()
    works(north, harbor, "2")


def test_row_p_encryption_follows_before_the_day(desks: tuple[As2Desk, As2Desk]) -> None:
    north, harbor = desks
    offer(north)
    decide(harbor, "accept-offer")
    harbor.act(command="reload")
    message = crafted(order_850(), key=own_key(NORTH, 2))
    assert disposition(post(harbor, message)) == "processed"
    [as2] = [one.as2 for one in harbor.gateway.partners.values()]
    assert current(as2.encrypt, datetime.now(UTC)).certificate == new_certificate()


def exchange_message(exchange: CertExchange, message_id: str = "<9@n>", **changes: Any):
    """As a product of theirs might post it."""
    parts = write_exchange(exchange, "NORTHFIELD", NOW, "https://northfield.example/")
    return crafted(b"", message_id, parts=parts, **changes)


def theirs(number: int = 2) -> CertExchange:
    certificate = own_key(NORTH, number).certificate
    return CertExchange(f"R-{number}", offers=(Offer(certificate, ("verify", "encrypt")),))


def test_row_p_an_offer_that_cannot_be_delivered_is_held_and_its_bytes_shown(
    desks: tuple[As2Desk, As2Desk],
) -> None:
    north, _ = desks
    url = north.gateway.partners[HARBOR].as2.url  # type: ignore[union-attr]
    north.change(f"partners/{HARBOR}/partner.yaml", url, f"http://127.0.0.1:{free_port()}/")
    offer(north)
    for _ in range(4):
        north.later += timedelta(hours=1)
        north.work()
    [hold] = north.held()
    assert (hold.what, north.message().interchange) == ("as2", None)
    words = ["--home", str(north.home), "held", "show", hold.id, "--bytes"]
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout_bytes == north.gateway.store.payload(north.message().payload or "")


def test_row_p_an_offer_nobody_signed_is_refused(desks: tuple[As2Desk, As2Desk]) -> None:
    harbor = desks[1]
    harbor.change(f"partners/{NORTH}/partner.yaml", "as2:", "as2:\n  accept_unsigned: yes")
    message = exchange_message(theirs(), style=Style(sign=None))
    assert disposition(post(harbor, message)).endswith("insufficient-message-security")
    assert offers(harbor) == []
    stranger = exchange_message(theirs(), "<10@n>", key=own_key("a stranger"))
    assert disposition(post(harbor, stranger)).endswith("authentication-failed")
    assert offers(harbor) == []


def test_row_p_a_repeat_offers_nothing_new(desks: tuple[As2Desk, As2Desk]) -> None:
    harbor = desks[1]
    message = exchange_message(theirs())
    answers = [post(harbor, message) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert disposition(post(harbor, exchange_message(theirs(), "<10@n>"))) == "processed"
    assert len(offers(harbor)) == 1


def test_row_p_an_answer_to_nothing_of_ours_is_refused(desks: tuple[As2Desk, As2Desk]) -> None:
    north, harbor = desks
    said = (Answer("CN=x", 7, accepted=True),)
    for number, request in enumerate(("R-9", harbor.gateway.new_id())):
        message = exchange_message(CertExchange(request, answers=said), f"<{number}@n>")
        assert disposition(post(harbor, message)).endswith("unexpected-processing-error")
    assert "certificate-accepted" not in harbor.events()
    assert north.events().count("certificate-accepted") == 0


def test_row_p_nobody_fills_the_disk_with_offers(desks: tuple[As2Desk, As2Desk]) -> None:
    harbor = desks[1]
    folder = harbor.home / CERTS / "offered"
    assert disposition(post(harbor, exchange_message(theirs()))) == "processed"
    [kept] = folder.iterdir()
    for number in range(19):
        (folder / f"{number:016x}.yaml").write_text(kept.read_text())
    refused = exchange_message(theirs(3), "<10@n>")
    assert disposition(post(harbor, refused)).endswith("unexpected-processing-error")
    assert len(list(folder.iterdir())) == 20


def test_row_p_what_was_accepted_before_a_crash_is_answered(
    desks: tuple[As2Desk, As2Desk],
) -> None:
    """The certificate is entered, the response not queued yet: the same command goes on."""
    north, harbor = desks
    offer(north)
    shelf = open_shelf(harbor.gateway.home, harbor.gateway.settings, NORTH)
    [one] = offers(harbor)
    kept = harbor.home / CERTS / f"offered/{one.key}.yaml"
    text = kept.read_text()
    assert decide(harbor, "accept-offer")["file"]
    kept.write_text(text)
    entered = shelf.described()
    assert decide(harbor, "accept-offer")["file"] == entered[-1].file
    assert shelf.described() == entered
    assert north.events().count("certificate-accepted") == 2


def test_row_p_a_certificate_that_is_here_gets_the_uses_it_lacks(
    desks: tuple[As2Desk, As2Desk],
) -> None:
    north, harbor = desks
    offer(north, uses="sign")
    decide(harbor, "accept-offer")
    offer(north)
    assert "error" not in decide(harbor, "accept-offer")
    shelf = open_shelf(harbor.gateway.home, harbor.gateway.settings, NORTH)
    new = [one for one in shelf.described() if one.certificate == new_certificate()]
    assert [(one.uses, one.window.start) for one in new] == [
        (("verify",), None),
        (("encrypt",), BY),
    ]


def test_row_p_what_cannot_be_done_is_said(desks: tuple[As2Desk, As2Desk]) -> None:
    north, harbor = desks
    assert (
        "no certificate other" in north.act(command="offer", partner=HARBOR, name="other")["error"]
    )
    assert "no partner x" in north.act(command="offer", partner="x", name="new")["error"]
    nothing = harbor.act(command="accept-offer", partner=NORTH, name="1f3a9c22")
    assert "has offered no certificate" in nothing["error"]
    offer(north)
    after = (datetime.now(UTC) + timedelta(days=4000)).isoformat()
    assert "choose another day" in decide(harbor, "accept-offer", moment=after)["error"]
    assert len(offers(harbor)) == 1


def test_an_administrator_decides_by_command(tmp_path: Path, gateway: Run) -> None:
    homes = make_pair(tmp_path)
    harbor = As2Desk(homes[1])
    harbor.open()
    first, second = replace(theirs(2), request_id="A"), replace(theirs(3), request_id="B")
    for number, exchange in enumerate((first, second)):
        assert disposition(post(harbor, exchange_message(exchange, f"<{number}@n>"))) == "processed"
    harbor.close()

    def cert(*words: str) -> Any:
        done = gateway("--home", homes[1], "cert", *words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    shown = gateway("--home", homes[1], "cert", "offers").stdout
    assert "verify, encrypt" in shown
    keys = {one["request"]: one["offer"] for one in cert("offers")}
    north = As2Desk(homes[0])
    north.open()
    day = BY.date().isoformat()
    taken = cert("accept", keys["A"], "--partner", NORTH, "--from", day)
    cert("reject", keys["B"], "--partner", NORTH, "--reason", "not agreed")
    assert cert("offers") == []
    assert taken["file"] in [one["file"].rpartition("/")[2] for one in cert("list")]
    offered = cert("offer", "own", "--partner", NORTH, "--use", "sign", "--respond-by", day)
    assert offered["message_id"] in [one.message_id for one in north.messages("in")]
    [one] = offers(north, HARBOR)
    assert one.offer.uses == ("verify",)
    north.close()
