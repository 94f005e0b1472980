"""`cert` as an administrator uses it, up to and over the day on which a certificate changes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import threading
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.hazmat.primitives.serialization import pkcs12
from homes import Run
from test_commands import run

from gateway.as2 import current
from gateway.as2 import read_own_key
from gateway.as2.issuing import issue
from gateway.engine.failpoint import CERT_FAILPOINTS
from gateway.engine.gateway import open_gateway
from gateway.engine.running import Signals
from gateway.engine.running import run as run_gateway
from gateway.engine.starter import make_as2_pair

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
TEN_DAYS = (NOW + 10 * DAY).date().isoformat()
SECRET = b"of another product"
QUICK = ("--kind", "p-256")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pair") / "pair"
    return make_as2_pair(root, (10080, 10081))[0]


@pytest.fixture
def home(fresh: Path, tmp_path: Path) -> Path:
    """Northfield's home, which trades with Harbor; both have one certificate."""
    return Path(shutil.copytree(fresh, tmp_path / "home"))


def made(
    name: str = "Harbor Medical Supply", *, first: int = -1, last: int = 365, kind: str = "p-256"
) -> tuple[bytes, bytes]:
    """A key, encrypted with SECRET, and its certificate."""
    return issue(name, SECRET, start=NOW + first * DAY, end=NOW + last * DAY, kind=kind)


@pytest.fixture(scope="session")
def theirs() -> tuple[bytes, bytes]:
    return made()


def cert(home: Path, *words: object, typed: str | None = None) -> Result:
    return run("--home", home, "cert", *words, typed=typed)


def done(home: Path, *words: object, typed: str | None = None) -> dict:
    result = cert(home, *words, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def now(home: Path) -> dict[str, list[str]]:
    """What each certificate serves."""
    return {one["file"]: one["now"] for one in done(home, "list")}


def entries(home: Path, folder: str = "certs") -> str:
    return (home / folder / "certificates.yaml").read_text()


def works(home: Path) -> None:
    open_gateway(home).store.close()


def file_of(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_whoever_adds_a_partner_by_as2_is_told_where_messages_go(
    home: Path, theirs: tuple[bytes, bytes], tmp_path: Path
) -> None:
    words = ("--title", "Maple", "--dialect", "x12", "--identifier", "ZZ:MAPLE", "--as2", "MAPLE")
    given = ("--url", "https://maple.example/as2", "--certificate", tmp_path / "maple.pem")
    file_of(tmp_path, "maple.pem", theirs[1])
    added = run("--home", home, "partner", "add", "maple", *words, *given)
    assert added.exit_code == 0, added.output
    assert "we to\nhttps://maple.example/as2. Next: gateway partner show maple" in added.output
    assert "outbox" not in added.output


# the day on which our certificate changes


def test_our_key_changes_on_an_agreed_day(home: Path) -> None:
    created = done(home, "create", "2027", *QUICK)
    assert created["waiting"] == ["sign"]
    assert now(home)["certs/own.pem"] == ["sign", "decrypt"]
    assert now(home)["certs/2027.pem"] == ["decrypt"]
    rolled = done(home, "roll", "2027", "--from", TEN_DAYS)
    assert {one["use"] for one in rolled["uses"]} == {"decrypt", "sign"}
    assert now(home)["certs/own.pem"] == ["sign", "decrypt"]
    gateway = open_gateway(home)
    assert gateway.own is not None
    for later, name in ((0, "own"), (9, "own"), (11, "2027")):
        key = current(gateway.own.sign, NOW + later * DAY)
        assert key.window.start == (None if name == "own" else gateway.own.sign[1].window.start)
    assert len(gateway.own.decrypt) == 2
    gateway.store.close()
    done(home, "retire", "own", "--on", (NOW + 40 * DAY).date().isoformat())
    works(home)
    assert "until:" in entries(home).splitlines()[0]


def test_a_day_that_is_known_at_once_needs_one_command(home: Path) -> None:
    created = done(home, "create", "2027", *QUICK, "--from", TEN_DAYS)
    assert created["waiting"] == []
    assert entries(home).endswith(
        "- {file: 2027.pem, key: 2027.key, use: decrypt}\n"
        f"- {{file: 2027.pem, key: 2027.key, use: sign, from: '{TEN_DAYS}'}}\n"
    )
    works(home)


def test_the_day_may_be_moved(home: Path) -> None:
    done(home, "create", "2027", *QUICK, "--from", TEN_DAYS)
    later = (NOW + 20 * DAY).date().isoformat()
    done(home, "roll", "2027", "--from", later)
    assert entries(home).count("2027.pem") == 2
    assert later in entries(home)
    assert TEN_DAYS not in entries(home)


def test_a_partner_changes_its_certificate(home: Path, theirs, tmp_path: Path) -> None:
    file = file_of(tmp_path, "harbor-2027.crt", theirs[1])
    partner = ("--partner", "harbor-medical")
    taken = done(home, "import", file, *partner)
    assert taken["file"] == "partners/harbor-medical/certs/harbor-2027.pem"
    assert (taken["now"], taken["waiting"]) == (["verify"], [])
    assert taken["uses"][1] == {"use": "encrypt", "from": "first-signature", "until": None}
    done(home, "roll", "harbor-2027", *partner, "--from", TEN_DAYS)
    assert now(home)["partners/harbor-medical/certs/their.pem"] == ["verify", "encrypt"]
    done(home, "retire", "their", *partner, "--on", (NOW + 30 * DAY).date().isoformat())
    gateway = open_gateway(home)
    as2 = gateway.partners["harbor-medical"].as2
    assert as2 is not None
    assert len(as2.verify) == len(as2.encrypt) == 2
    gateway.store.close()


def test_a_partner_s_new_certificate_for_encryption_alone_needs_a_day(
    home: Path, theirs, tmp_path: Path
) -> None:
    """Only where they sign with it too their signature can tell that they have begun."""
    file = file_of(tmp_path, "new.crt", theirs[1])
    refused = cert(home, "import", file, "--partner", "harbor-medical", "--use", "encrypt")
    assert refused.exit_code == 1
    assert "their.pem serves encrypt: say --from when" in refused.output


def test_encryption_waits_for_a_signature_until_a_day_is_given(
    home: Path, theirs, tmp_path: Path
) -> None:
    partner = ("--partner", "harbor-medical")
    done(home, "import", file_of(tmp_path, "new.crt", theirs[1]), *partner)
    assert "from: first-signature" in entries(home, "partners/harbor-medical/certs")
    for command in (("list",), ("show", "new")):
        shown = cert(home, *command, *partner).output
        assert "first-signature" in shown
        assert "9999" not in shown
    done(home, "roll", "new", *partner, "--from", TEN_DAYS)
    assert "first-signature" not in entries(home, "partners/harbor-medical/certs")


def test_today_is_a_day_to_roll_on(home: Path) -> None:
    done(home, "create", "2027", *QUICK)
    rolled = done(home, "roll", "2027", "--from", NOW.date().isoformat())
    assert rolled["now"] == ["decrypt", "sign"]
    assert now(home)["certs/own.pem"] == ["decrypt"]


# what is made


@pytest.mark.parametrize("kind", ["rsa-3072", "p-256"])
def test_a_key_is_encrypted_and_ours_alone(home: Path, kind: str) -> None:
    created = done(home, "create", "2027", "--kind", kind)
    assert created["key"] == {"rsa-3072": "RSA 3072", "p-256": "EC 256"}[kind]
    path = home / "certs/2027.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    password = (home / "certs/password").read_bytes()
    certificate = open_gateway(home).own.decrypt[-1].certificate  # type: ignore[union-attr]
    assert read_own_key(path.read_bytes(), certificate, password).certificate == certificate


def test_the_first_certificate_of_a_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(home / "certs")
    settings = home / "gateway.yaml"
    text = settings.read_text().replace("  key_password: {file: certs/password}\n", "")
    settings.write_text(text)
    refused = cert(home, "create")
    assert refused.exit_code == 1
    assert "the environment has no GATEWAY_KEY_PASSWORD" in refused.output
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "a password of a test")
    created = done(home, "create", *QUICK)
    assert created["now"] == ["sign", "decrypt"]
    assert created["file"] == f"certs/{NOW:%Y}.pem"
    works(home)


def test_a_key_of_our_server(home: Path) -> None:
    assert cert(home, "create", "tls", "--use", "tls").exit_code == 2
    done(
        home,
        "create",
        "tls",
        *QUICK,
        "--use",
        "tls",
        "--host",
        "edi.example",
        "--host",
        "192.0.2.1",
    )
    found = x509.load_pem_x509_certificate((home / "certs/tls.pem").read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["edi.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.1"]
    assert now(home)["certs/tls.pem"] == ["tls"]


def test_export_writes_the_certificate_and_never_the_key(home: Path, tmp_path: Path) -> None:
    shown = cert(home, "export").stdout
    assert shown.count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE" not in shown
    target = tmp_path / "ours.pem"
    assert cert(home, "export", "own", "-o", target).exit_code == 0
    assert target.read_text() == shown == (home / "certs/own.pem").read_text()
    assert cert(home, "export", "-o", tmp_path / "none/x.pem").exit_code == 1


# what is taken in


def forms(pem: bytes) -> dict[str, bytes]:
    """A certificate as partners hand it over."""
    found = x509.load_pem_x509_certificate(pem)
    return {
        "PEM": pem,
        "PEM with words around it": b"subject=/CN=Harbor\r\n" + pem.replace(b"\n", b"\r\n"),
        "DER": found.public_bytes(serialization.Encoding.DER),
        "P7B": pkcs7.serialize_certificates([found], serialization.Encoding.DER),
        "P7B in PEM": pkcs7.serialize_certificates([found], serialization.Encoding.PEM),
    }


@pytest.mark.parametrize("form", ["PEM", "PEM with words around it", "DER", "P7B", "P7B in PEM"])
def test_forms_of_a_partners_certificate(home: Path, theirs, form: str, tmp_path: Path) -> None:
    file = file_of(tmp_path, "harbor.bin", forms(theirs[1])[form])
    done(home, "import", file, "--partner", "harbor-medical")
    stored = home / "partners/harbor-medical/certs/harbor.pem"
    assert stored.read_bytes() == theirs[1]
    works(home)


def chain() -> tuple[bytes, bytes, bytes]:
    """A key, its certificate and that of the authority that issued it."""
    root_key = serialization.load_pem_private_key(made("An authority")[0], SECRET)
    key = serialization.load_pem_private_key(made()[0], SECRET)
    certificates = []
    for name, public in (("Harbor", key), ("An authority", root_key)):
        subject, issuer = (
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)])
            for one in (name, "An authority")
        )
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
        builder = builder.public_key(public.public_key()).serial_number(len(certificates) + 7)
        builder = builder.not_valid_before(NOW - DAY).not_valid_after(NOW + 300 * DAY)
        signed = builder.sign(root_key, hashes.SHA256())
        certificates.append(signed.public_bytes(serialization.Encoding.PEM))
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return plain, certificates[0], certificates[1]


def test_a_bundle_has_no_order(home: Path, tmp_path: Path) -> None:
    _, leaf, root = chain()
    file = file_of(tmp_path, "harbor.p7b", root + leaf)
    taken = done(home, "import", file, "--partner", "harbor-medical")
    assert taken["subject"] == "CN=Harbor"
    assert taken["chain"] == ["CN=An authority"]


def test_a_pkcs12_file_with_its_chain(home: Path, tmp_path: Path) -> None:
    plain, leaf, root = chain()
    content = pkcs12.serialize_key_and_certificates(
        b"ours",
        serialization.load_pem_private_key(plain, None),
        x509.load_pem_x509_certificate(leaf),
        [x509.load_pem_x509_certificate(root)],
        serialization.BestAvailableEncryption(SECRET),
    )
    file = file_of(tmp_path, "ours.p12", content)
    secret = file_of(tmp_path, "secret", SECRET + b"\n")
    taken = done(home, "import", file, "--password-file", secret, "--from", TEN_DAYS)
    assert taken["chain"] == ["CN=An authority"]
    assert (home / "certs/ours.pem").read_bytes() == leaf + root
    assert (home / "certs/ours.key").stat().st_mode & 0o777 == 0o600
    works(home)
    wrong = file_of(tmp_path, "wrong", b"a guess")
    refused = cert(home, "import", file, "--password-file", wrong)
    assert refused.exit_code == 1
    assert "a guess" not in refused.output


def test_a_key_of_ours_in_pem(home: Path, tmp_path: Path) -> None:
    plain, leaf, root = chain()
    key = file_of(tmp_path, "key.pem", plain)
    done(home, "import", file_of(tmp_path, "ca.pem", root + leaf), "--key", key, "--name", "2027")
    assert b"ENCRYPTED" in (home / "certs/2027.key").read_bytes()
    works(home)


def test_an_encrypted_key_has_its_password_asked_for(home: Path, theirs, tmp_path: Path) -> None:
    file = file_of(tmp_path, "both.pem", theirs[0] + theirs[1])
    assert cert(home, "import", file, typed="a guess\n").exit_code == 1
    taken = cert(home, "import", file, typed=f"{SECRET.decode()}\n")
    assert taken.exit_code == 0, taken.output
    assert SECRET.decode() not in taken.output
    works(home)


def test_a_partner_sends_no_private_key(home: Path, theirs, tmp_path: Path) -> None:
    file = file_of(tmp_path, "both.pem", theirs[0] + theirs[1])
    refused = cert(home, "import", file, "--partner", "harbor-medical")
    assert refused.exit_code == 1
    assert "a private key is in it" in refused.output


REFUSED = {
    "no certificate": (lambda: b"Dear partner", "not a certificate in PEM, DER or PKCS#7\n"),
    "nothing": (lambda: b"", "not a certificate in PEM, DER or PKCS#7\n"),
    "cut off": (lambda: made()[1][:300], "not a certificate in PEM, DER or PKCS#7\n"),
    "out of date": (lambda: made(first=-90, last=-1)[1], "it ran out on"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_in(home: Path, case: str, tmp_path: Path) -> None:
    content, says = REFUSED[case]
    before = sorted((home / "partners/harbor-medical/certs").iterdir())
    file = file_of(tmp_path, "x.pem", content())
    refused = cert(home, "import", file, "--partner", "harbor-medical")
    assert refused.exit_code == 1
    assert says in refused.output
    assert sorted((home / "partners/harbor-medical/certs").iterdir()) == before


def test_one_that_ran_out_is_taken_by_force(home: Path, tmp_path: Path) -> None:
    file = file_of(tmp_path, "old.pem", made(first=-90, last=-1)[1])
    taken = done(home, "import", file, "--partner", "harbor-medical", "--force")
    assert taken["now"] == []


def test_a_weak_key_is_not_taken_in(home: Path, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    words = "req -x509 -newkey rsa:1024 -nodes -subj /CN=Harbor -days 9 -out w.pem -keyout w.key"
    subprocess.run([openssl, *words.split()], cwd=tmp_path, check=True, capture_output=True)
    refused = cert(home, "import", tmp_path / "w.pem", "--partner", "harbor-medical")
    assert refused.exit_code == 1
    assert "its key has 1024 bits" in refused.output


def test_the_same_certificate_is_taken_in_once(home: Path, theirs, tmp_path: Path) -> None:
    file = file_of(tmp_path, "harbor.pem", theirs[1])
    done(home, "import", file, "--partner", "harbor-medical")
    again = cert(home, "import", file, "--partner", "harbor-medical")
    assert again.exit_code == 1
    assert "here already as partners/harbor-medical/certs/harbor.pem" in again.output


# what is refused


def test_the_last_one_is_not_retired_without_force(home: Path) -> None:
    refused = cert(home, "retire", "own")
    assert refused.exit_code == 1
    assert "nothing would serve sign, decrypt" in refused.output
    assert "until" not in entries(home)
    done(home, "create", "2027", *QUICK, "--from", TEN_DAYS)
    gap = cert(home, "retire", "own", "--on", (NOW + 5 * DAY).date().isoformat())
    assert gap.exit_code == 1
    assert "nothing would serve sign:" in gap.output
    last = (NOW + 20 * DAY).date().isoformat()
    done(home, "retire", "own", "--on", last)
    later = cert(home, "retire", "2027")
    assert f"from {last} nothing would serve sign, decrypt" in later.output
    assert done(home, "retire", "own", "--force")["now"] == []


def test_one_use_of_a_certificate_is_retired(home: Path) -> None:
    done(home, "create", "2027", *QUICK, "--from", "2026-01-01")
    done(home, "retire", "own", "--use", "sign")
    assert now(home) == {
        "certs/own.pem": ["decrypt"],
        "certs/2027.pem": ["decrypt", "sign"],
        "partners/harbor-medical/certs/their.pem": ["verify", "encrypt"],
    }


def test_one_that_never_began_is_forgotten(home: Path) -> None:
    done(home, "create", "2027", *QUICK, "--from", TEN_DAYS)
    gone = done(home, "retire", "2027", "--use", "sign")
    assert [one["use"] for one in gone["uses"]] == ["decrypt"]


WRONG = {
    ("roll", "own", "--from", "soon"): (2, "give a day or moment like"),
    ("roll", "own", "--from", "2050-01-01"): (1, "choose another day"),
    ("create", "x", "--from", "2050-01-01"): (1, "choose another day"),
    ("retire", "own", "--use", "tls"): (1, "nothing to end"),
    ("roll", "owm", "--from", TEN_DAYS): (1, "no certificate owm (did you mean own?)"),
    ("show", "nothing"): (1, "see `gateway cert list`"),
    ("create", "own"): (1, "certs/own.pem is there already"),
    ("create", "../own"): (1, "is no name for a file"),
    ("create", "x" * 300): (1, "is no name for a file: use up to 100 letters"),
    ("create", "x", "--use", "verify"): (2, "our own certificates are for sign, decrypt"),
    ("create", "x", "--use", "sign"): (1, "certs/own.pem serves sign: say --from when"),
    ("create", "x", "--subject", "x" * 99): (1, "no such certificate can be made"),
    ("import", "nothing-here.pem"): (1, "cannot be read"),
    ("retire", "own", "--on", "2026-99-99"): (2, "give a day or moment like"),
    ("list", "--partner", "harbour-medical"): (1, "did you mean harbor-medical?"),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_cannot_be_done_is_said_with_the_way_on(home: Path, words: tuple[str, ...]) -> None:
    status, says = WRONG[words]
    before = entries(home)
    refused = cert(home, *words)
    assert (refused.exit_code, says in refused.output) == (status, True), refused.output
    assert entries(home) == before
    works(home)


def test_a_home_without_as2_is_told_to_add_it(tmp_path: Path) -> None:
    run("init", tmp_path / "plain")
    refused = cert(tmp_path / "plain", "list")
    assert refused.exit_code == 1
    assert "gateway.yaml has no as2 part" in refused.output


# what is seen


def test_show_tells_all_there_is_to_compare(home: Path) -> None:
    [own] = [one for one in done(home, "list") if one["name"] == "own"]
    shown = done(home, "show", own["fingerprint"][:12])
    assert shown == own
    for word in ("subject", "issuer", "serial", "fingerprint", "not_after"):
        assert str(shown[word]) in cert(home, "show", "own").output


def test_list_for_people_says_what_comes(home: Path) -> None:
    done(home, "create", "2027", *QUICK, "--from", TEN_DAYS)
    line = next(one for one in cert(home, "list").output.splitlines() if "2027.pem" in one)
    assert line.split()[:5] == ["certs/2027.pem", "decrypt", "sign", "from", TEN_DAYS]


# what a person wrote stays


def test_comments_stay(home: Path) -> None:
    path = home / "certs/certificates.yaml"
    path.write_text(
        "# agreed with Harbor on the phone\n"
        "- file: own.pem   # the first\n"
        "  key: own.key\n"
        "  use: [sign, decrypt]\n"
        "\n"
        "# more will come\n"
    )
    done(home, "create", "2027", *QUICK, "--from", "2026-01-01")
    done(home, "retire", "own", "--on", TEN_DAYS)
    assert entries(home) == (
        "# agreed with Harbor on the phone\n"
        f"- {{file: own.pem, key: own.key, use: [sign, decrypt], until: '{TEN_DAYS}'}}\n"
        "- {file: 2027.pem, key: 2027.key, use: decrypt}\n"
        "- {file: 2027.pem, key: 2027.key, use: sign, from: '2026-01-01'}\n"
        "\n"
        "# more will come\n"
    )
    works(home)


# the power goes


@pytest.mark.parametrize(
    ("failpoint", "count"),
    [
        ("cert.after-files", 1),
        *((name, count) for name in CERT_FAILPOINTS[1:] for count in (1, 2, 3)),
    ],
)
def test_killed_in_between_the_home_works_on(
    home: Path, gateway: Run, failpoint: str, count: int
) -> None:
    words = ("--home", home, "cert", "create", "2027", "--kind", "p-256", "--from", TEN_DAYS)
    killed = gateway(*words, failpoint=f"{failpoint}:{count}")
    assert killed.returncode == -signal.SIGKILL
    works(home)
    complete = (failpoint, count) == ("cert.after-rename", 3)
    assert ("certs/2027.pem" in now(home)) is complete
    if not complete:
        assert done(home, "create", "2028", "--kind", "p-256")["now"] == ["decrypt"]


# beside a running gateway


def test_a_running_gateway_takes_it_up_at_once(home: Path) -> None:
    settings = home / "gateway.yaml"
    text = settings.read_text().replace("listen: 127.0.0.1:10080", "listen: 127.0.0.1:0")
    settings.write_text(text + "poll: 60 s\n")
    opened, ready, signals = [], threading.Event(), Signals()

    def seen(gateway) -> None:
        opened.append(gateway)
        ready.set()

    working = threading.Thread(target=run_gateway, args=(home, signals, seen))
    working.start()
    try:
        assert ready.wait(20)
        created = done(home, "create", "2027", *QUICK, "--from", "2026-01-01")
        assert created["running"] is True
        assert [len(opened[0].own.sign), len(opened[0].own.decrypt)] == [2, 2]
    finally:
        signals.stop()
        working.join(20)
