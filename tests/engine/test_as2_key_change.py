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
def test_no_message_fails(roll, moment: timedelta, receipt: str, tmp_path: Path) -> None:
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


def test_the_old_key_is_not_taken_after_its_window(tmp_path: Path) -> None:
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


def test_certificates_are_taken_up_while_it_runs(tmp_path: Path) -> None:
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
