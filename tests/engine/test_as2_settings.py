"""What as2 settings and certificates may say, and what is wrong with them, with file and line."""

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
from homes import partners_of

from gateway.as2.issuing import issue
from gateway.cli.as2 import as2_facts
from gateway.edi.finding import DefinitionError
from gateway.engine.expiring import expiring
from gateway.engine.gateway import open_gateway
from gateway.engine.home import Home
from gateway.partner.as2 import As2Partner
from gateway.partner.settings import load_settings

NOW = datetime.now(UTC)


def as2_of(home: Path) -> As2Partner:
    [partner] = partners_of(home).values()
    assert partner.as2 is not None
    return partner.as2


def faults_of(home: Path) -> str:
    try:
        gateway = open_gateway(home)
    except DefinitionError as error:
        return "\n".join(error.faults)
    gateway.store.close()
    return "\n".join(fault for faults in gateway.broken.values() for fault in faults)


def test_the_defaults_are_the_standards_best(tmp_path: Path) -> None:
    as2 = as2_of(make_pair(tmp_path)[0])
    assert (as2.style.sign, as2.style.encrypt) == ("sha-256", "aes-256-cbc")
    assert (as2.policy.sign, as2.policy.encrypt) == (True, True)
    assert "sha-1" not in as2.policy.digests
    assert "3des" not in as2.policy.ciphers
    assert (as2.receipt, as2.receipt_signed) == ("sync", True)
    assert as2.weaker == ()


WEAKER = {
    "sign: no": "sign: no",
    "sign: sha-1": "sign: sha-1",
    "encrypt: 3des": "encrypt: 3des",
    "receipt: none": "receipt: none",
    "receipt_signed: no": "receipt_signed: no",
    "accept_unsigned: yes": "accept_unsigned: yes",
    "accept_unencrypted: yes": "accept_unencrypted: yes",
    "accept_digests: [sha-1]": "accept_digests: sha-1",
    "accept_ciphers: 3des": "accept_ciphers: 3des",
    "expired_certificate: yes": "expired_certificate: yes",
    "plain_http: yes": "plain_http: yes",
}


@pytest.mark.parametrize("line", WEAKER)
def test_whatever_is_weaker_is_marked(line: str, tmp_path: Path) -> None:
    key, _, value = line.partition(": ")
    as2 = as2_of(make_pair(tmp_path, {key: value})[0])
    assert as2.weaker == (WEAKER[line],)
    assert as2_facts(as2)["weaker"] == [WEAKER[line]]


SWITCHES = {
    "compressed_mic_bare: yes": (("policy", "style"), True),
    "duplicate_accepted: yes": (("policy",), True),
    "keep_filenames: no": (("policy",), False),
    "certificates: no": (("style",), False),
    "signature: pss": (("style",), "pss"),
}


@pytest.mark.parametrize("line", SWITCHES)
def test_a_switch_is_taken_and_shown(line: str, tmp_path: Path) -> None:
    key, _, value = line.partition(": ")
    places, wanted = SWITCHES[line]
    as2 = as2_of(make_pair(tmp_path, {key: value})[0])
    for place in places:
        assert getattr(getattr(as2, place), key) == wanted
    assert as2_facts(as2)["switches"] == {key: value}
    assert as2.weaker == ()


def test_no_switch_is_shown_that_is_not_set(tmp_path: Path) -> None:
    assert as2_facts(as2_of(make_pair(tmp_path)[0]))["switches"] == {}


WRONG = {
    "sign: md5": "sign: 'md5' is not one of",
    "accept_digests: md5": "accept_digests: 'md5' is not one of sha-1, sha-224",
    "url2: https://x": "as2 has no key url2 (did you mean url?)",
    "timeout: soon": "timeout: 'soon' is not a duration",
    "retry_after: soon": "retry_after: 'soon' is not a duration",
    "user: edi": "as2 lacks password_file",
    "our_id: HARBORMED": "as2: id and our_id are the same name",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_with_its_place(line: str, tmp_path: Path) -> None:
    key, _, value = line.partition(": ")
    faults = faults_of(make_pair(tmp_path, {key: value})[0])
    assert WRONG[line] in faults
    assert faults.startswith("partners/harbor-medical/partner.yaml:")


def test_http_beyond_this_machine_needs_a_key_that_says_so(tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    path = home / "partners/harbor-medical/partner.yaml"
    path.write_text(path.read_text().replace("http://127.0.0.1", "http://as2.harbor.example"))
    assert "url: use https, or set plain_http: yes" in faults_of(home)


def describe(home: Path, text: str) -> None:
    (home / "certs/certificates.yaml").write_text(text)


ENTRIES = {
    "- {file: own.pem, key: own.key, use: signing}": "use: 'signing' is not one of sign, decrypt",
    "- {file: own.pem, key: own.key}": "the entry lacks use",
    "- {file: ../own.pem, key: own.key, use: sign}": "'../own.pem' must be a file of this folder",
    "- {file: none.pem, key: own.key, use: sign}": "none.pem cannot be used",
    "- {file: own.key, key: own.key, use: sign}": "own.key cannot be used",
    "- {file: own.pem, key: plain.key, use: sign}": "plain.key is not an encrypted PEM key",
    "- {file: own.pem, key: open.key, use: sign}": "open.key is open to others; chmod 600 it",
    "- {file: own.pem, key: other.key, use: sign}": "the private key is not the certificate's",
    "- {file: own.pem, key: own.key, use: sign, from: soon}": "from: 'soon' is not a day or moment",
    "- {file: own.pem, key: own.key, use: sign, from: 2027-01-02, until: 2027-01-01}": "until must",
    "file: own.pem": "must be a list of entries",
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_wrong_with_certificates(entry: str, tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    write_private(home / "certs/plain.key", b"-----BEGIN PRIVATE KEY-----\n")
    write_private(home / "certs/other.key", key_of("another", 1)[0])
    write_private(home / "certs/open.key", key_of("northfield", 1)[0])
    (home / "certs/open.key").chmod(0o644)
    describe(home, entry + "\n")
    assert ENTRIES[entry] in faults_of(home)


def test_a_wrong_password_opens_nothing_and_is_not_shown(tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    write_private(home / "password", b"a wrong guess")
    faults = faults_of(home)
    assert "own.key: the private key cannot be used" in faults
    assert "a wrong guess" not in faults


def test_the_password_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_pair(tmp_path)[0]
    path = home / "gateway.yaml"
    path.write_text(path.read_text().replace("{file: password}", "{variable: OUR_PASSWORD}"))
    assert "the environment has no OUR_PASSWORD" in faults_of(home)
    monkeypatch.setenv("OUR_PASSWORD", (home / "password").read_text())
    gateway = open_gateway(home)
    assert gateway.own is not None
    assert len(gateway.own.sign) == 1
    assert "PRIVATE" not in repr(gateway.own)
    gateway.store.close()


def days(home: Path, lasting: int, use: str = "[sign, decrypt]", file: str = "own") -> None:
    """A certificate of ours that lasts so many days."""
    end = NOW + timedelta(days=lasting, hours=1)
    start = NOW - timedelta(days=1)
    password = (home / "password").read_bytes()
    key, certificate = issue("Northfield", password, start=start, end=end, kind="rsa-2048")
    write_private(home / f"certs/{file}.key", key)
    write_private(home / f"certs/{file}.pem", certificate)
    path = home / "certs/certificates.yaml"
    entry = f"- {{file: {file}.pem, key: {file}.key, use: {use}}}\n"
    path.write_text(path.read_text() + entry if file != "own" else entry)


@pytest.mark.parametrize(
    ("left", "told_at"),
    [(61, None), (60, 60), (31, 60), (30, 30), (14, 14), (8, 14), (7, 7), (1, 1)],
)
def test_a_certificate_that_runs_out_is_seen_in_time(
    left: int, told_at: int | None, tmp_path: Path
) -> None:
    home = make_pair(tmp_path)[0]
    days(home, left)
    found = expiring(Home(home), load_settings(home / "gateway.yaml"), NOW)
    assert [one.told_at for one in found] == ([told_at] if told_at else [])
    assert all(one.file == "certs/own.pem" and one.days == left for one in found)


def test_one_that_is_followed_by_another_is_no_news(tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    days(home, 20)
    days(home, 400, file="next", use="decrypt")
    settings = load_settings(home / "gateway.yaml")
    assert len(expiring(Home(home), settings, NOW)) == 1
    days(home, 400, file="last", use="sign")
    assert expiring(Home(home), settings, NOW) == []


@pytest.fixture
def telling(tmp_path: Path) -> tuple[Path, Path]:
    """A home with a certificate for 40 days, and the file its alerts are written to."""
    home = make_pair(tmp_path)[0]
    told = tmp_path / "told"
    script = tmp_path / "tell"
    script.write_text(f"#!/bin/sh\ncat >> {told}\n")
    script.chmod(0o755)
    path = home / "gateway.yaml"
    path.write_text(path.read_text() + f"alert: {{command: ['{script}']}}\n")
    days(home, 40)
    return home, told


def test_the_operator_is_told_once_at_each_step(telling: tuple[Path, Path]) -> None:
    home, told = telling
    desk = As2Desk(home)
    for later in (0, 1, 2, 12, 13):
        desk.later = timedelta(days=later)
        desk.work()
        desk.work()
    desk.close()
    assert told.read_text().count("certificate-expiring") == 2


def test_and_so_when_the_clock_was_ahead_before(telling: tuple[Path, Path]) -> None:
    home, told = telling
    desk = As2Desk(home)
    for later in (365, 0):
        desk.later = timedelta(days=later)
        desk.work()
    desk.work()
    desk.close()
    assert '"days":40' in told.read_text()


MISPLACED = {
    "for both at once": ("partners/harbor-medical", "their.pem, use: [verify, encrypt], from"),
    "as an end": ("partners/harbor-medical", "their.pem, use: encrypt, until"),
    "ours": (".", "own.pem, key: own.key, use: decrypt, from"),
}


@pytest.mark.parametrize("name", MISPLACED)
def test_a_first_signature_is_a_beginning_of_encryption(name: str, tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    folder, entry = MISPLACED[name]
    with (home / folder / "certs/certificates.yaml").open("a") as file:
        file.write(f"- {{file: {entry}: first-signature}}\n")
    faults = faults_of(home)
    assert "certs/certificates.yaml:2: " in faults
    assert "first-signature" in faults
