"""Certificates change on a day that was agreed; no message fails before, on or after it."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import write_private
from engine_wire import order

from gateway.as2 import read_certificates
from gateway.engine.as2_sending import usable_files
from gateway.store import As2State

DAY = timedelta(days=1)
CHANGE = datetime.now(UTC) + 10 * DAY
BEFORE, OVERLAP, AFTER = timedelta(), 10 * DAY + timedelta(hours=1), 20 * DAY


def days(count: int) -> str:
    return (CHANGE + count * DAY).isoformat()


def add_second_key(home: Path, name: str) -> None:
    key, certificate = key_of(name, 2)
    write_private(home / "certs/new.key", key)
    write_private(home / "certs/new.pem", certificate)


def ours(home: Path, *lines: str) -> None:
    (home / "certs/certificates.yaml").write_text("".join(f"- {{{line}}}\n" for line in lines))


def theirs(home: Path, name: str, *lines: str) -> None:
    [folder] = (home / "partners").iterdir()
    write_private(folder / "certs/new.pem", key_of(name, 2)[1])
    text = "".join(f"- {{{line}}}\n" for line in lines)
    (folder / "certs/certificates.yaml").write_text(text)


OLD, NEW = "file: own.pem, key: own.key", "file: new.pem, key: new.key"


def roll_signing(north: Path, harbor: Path) -> None:
    """Northfield signs with its new key from the day on; Harbor takes both for two days."""
    add_second_key(north, "northfield")
    ours(north, f"{OLD}, use: [sign, decrypt]", f"{NEW}, use: sign, from: '{days(0)}'")
    theirs(
        harbor,
        "northfield",
        f"file: their.pem, use: verify, until: '{days(2)}'",
        "file: their.pem, use: encrypt",
        f"file: new.pem, use: verify, from: '{days(-2)}'",
    )


def roll_encryption(north: Path, harbor: Path) -> None:
    """Northfield encrypts to Harbor's new certificate from the day on; Harbor opens both."""
    add_second_key(harbor, "harbor-medical")
    ours(harbor, f"{OLD}, use: [sign, decrypt]", f"{NEW}, use: decrypt")
    theirs(
        north,
        "harbor-medical",
        "file: their.pem, use: [verify, encrypt]",
        f"file: new.pem, use: encrypt, from: '{days(0)}'",
    )


def roll_receipts(north: Path, harbor: Path) -> None:
    """Harbor signs its receipts with its new key from the day on; Northfield takes both."""
    add_second_key(harbor, "harbor-medical")
    ours(harbor, f"{OLD}, use: [sign, decrypt]", f"{NEW}, use: sign, from: '{days(0)}'")
    theirs(
        north,
        "harbor-medical",
        "file: their.pem, use: [verify, encrypt]",
        "file: new.pem, use: verify",
    )


@pytest.mark.parametrize("moment", [BEFORE, OVERLAP, AFTER], ids=["before", "on the day", "after"])
@pytest.mark.parametrize("roll", [roll_signing, roll_encryption, roll_receipts])
@pytest.mark.parametrize("receipt", ["sync", "async"])
def test_row_p_no_message_fails(roll, moment: timedelta, receipt: str, tmp_path: Path) -> None:
    homes = make_pair(tmp_path, {"receipt": receipt})
    roll(*homes)
    north, harbor = (As2Desk(home) for home in homes)
    for desk in (north, harbor):
        desk.later = moment
        desk.open()
    north.send("harbor-medical", order("1"))
    harbor.work()
    north.work()
    assert north.receipt("harbor-medical")["as2"]["state"] == "delivered"
    north.close()
    harbor.close()


def test_row_p_the_old_key_is_not_taken_after_its_window(tmp_path: Path) -> None:
    homes = make_pair(tmp_path)
    roll_signing(*homes)
    ours(homes[0], f"{OLD}, use: [sign, decrypt]")
    north, harbor = (As2Desk(home) for home in homes)
    harbor.open()
    harbor.later = north.later = AFTER
    assert north.send("harbor-medical", order("1"))["state"] == "held"
    assert "authentication-failed" in harbor.entry("as2-refused")["disposition"]
    north.close()
    harbor.close()


def roll_tls(side: Path, other: Path, us: str, use: str) -> None:
    """`side` shows its new certificate from the day on; `other` takes both for two days."""
    for number, name in ((8, "tls-old"), (9, "tls-new")):
        key, certificate = key_of(us, number)
        write_private(side / f"certs/{name}.key", key)
        write_private(side / f"certs/{name}.pem", certificate)
        write_private(other / f"partners/{us}/certs/{name}.pem", certificate)
    append(
        side / "certs",
        f"file: tls-old.pem, key: tls-old.key, use: {use}",
        f"file: tls-new.pem, key: tls-new.key, use: {use}, from: '{days(0)}'",
    )
    append(
        other / "partners" / us / "certs",
        f"file: tls-old.pem, use: {use}, until: '{days(2)}'",
        f"file: tls-new.pem, use: {use}, from: '{days(-2)}'",
    )


def append(folder: Path, *lines: str) -> None:
    path = folder / "certificates.yaml"
    path.write_text(path.read_text() + "".join(f"- {{{line}}}\n" for line in lines))


def over_tls(home: Path) -> None:
    for path in (home / "gateway.yaml", *home.glob("partners/*/partner.yaml")):
        text = path.read_text().replace("http://127.0.0.1", "https://localhost")
        path.write_text(text + ("  tls: yes\n" if path.name == "gateway.yaml" else ""))


def forget_new(home: Path) -> None:
    """On this side nobody thought of the day: the old certificate is still shown."""
    path = home / "certs/certificates.yaml"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "tls-new" not in line))


@pytest.mark.parametrize("place", ["server", "client"])
def test_row_p_tls_changes_while_it_runs(place: str, tmp_path: Path) -> None:
    """Before, on and after the day; what is not agreed for the day any more is not taken."""
    homes = make_pair(tmp_path)
    for home in homes:
        over_tls(home)
    roll_tls(homes[1], homes[0], "harbor-medical", "tls")
    roll_tls(homes[0], homes[1], "northfield", "[tls, client]" if place == "client" else "tls")
    north, harbor = (As2Desk(home) for home in homes)
    harbor.open()
    for number, moment in enumerate((BEFORE, OVERLAP, AFTER), start=1):
        north.later = harbor.later = moment
        name = f"{number}.json"
        assert north.send("harbor-medical", order(str(number)), name)["state"] == "received"
        of, use = (harbor, "tls") if place == "server" else (north, "client")
        shown = usable_files(of.gateway, use)
        assert shown.certificate.name == ("tls-old.pem" if moment is BEFORE else "tls-new.pem")
    side = harbor if place == "server" else north
    forget_new(side.home)
    assert "error" not in side.act(command="reload")
    receipt = north.send("harbor-medical", order("4"), "4.json")
    assert receipt["state"] == "queued"
    assert len(harbor.messages("in")) == 3
    north.close()
    harbor.close()


def test_row_p_no_server_certificate_in_use_is_not_any_server(tmp_path: Path) -> None:
    homes = make_pair(tmp_path)
    append(
        homes[0] / "partners/harbor-medical/certs", "file: their.pem, use: tls, until: 2026-01-01"
    )
    north = As2Desk(homes[0])
    assert north.send("harbor-medical", order("1"))["state"] == "queued"
    assert "no certificate of the partner's server" in north.entry("as2-not-sent")["reason"]
    north.close()


def test_row_p_certificates_are_taken_up_while_it_runs(tmp_path: Path) -> None:
    homes = make_pair(tmp_path)
    north, harbor = (As2Desk(home) for home in homes)
    harbor.open()
    roll_signing(*homes)
    ours(homes[0], f"{NEW}, use: [sign, decrypt]")
    assert "error" not in north.act(command="reload")
    assert north.send("harbor-medical", order("1"))["state"] == "held"
    [certificate] = read_certificates(key_of("northfield", 2)[1])
    theirs(harbor.home, "northfield", "file: new.pem, use: [verify, encrypt]")
    assert "error" not in harbor.act(command="reload")
    [as2] = [one.as2 for one in harbor.gateway.partners.values()]
    assert as2.verify[0].certificate == certificate
    [hold] = north.held()
    north.act(command="release", key=hold.id)
    assert north.receipt("harbor-medical")["state"] == "received"
    north.close()
    harbor.close()


def test_what_was_made_with_a_key_that_is_gone_is_made_anew_when_it_is_released(
    tmp_path: Path,
) -> None:
    """Harbor decrypts with its new key alone, and has told nobody."""
    homes = make_pair(tmp_path)
    add_second_key(homes[1], "harbor-medical")
    ours(homes[1], f"{OLD}, use: sign", f"{NEW}, use: decrypt")
    north, harbor = (As2Desk(home) for home in homes)
    harbor.open()
    assert north.send("harbor-medical", order("1"))["state"] == "held"
    refused = north.message()
    assert "decryption-failed" in north.entry("as2-failed")["reason"]
    theirs(
        homes[0], "harbor-medical", "file: their.pem, use: verify", "file: new.pem, use: encrypt"
    )
    assert "error" not in north.act(command="reload")
    [hold] = north.held()
    north.act(command="release", key=hold.id)
    assert north.message().state is As2State.DELIVERED
    assert north.entry("as2-made-anew")["instead_of"] == refused.message_id
    assert north.entry("as2-delivered")["message_id"] == north.message().message_id
    harbor.work()
    assert len(harbor.documents("northfield")) == 1
    north.close()
    harbor.close()
