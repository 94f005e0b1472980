"""Killed at every write and at random moments: nothing lost, nothing twice, no number reused."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from homes import Run
from homes import make_home
from homes import sample
from started import start_gateway

from gateway.engine.failpoint import FAILPOINTS
from gateway.store import Direction
from gateway.store import Store

EMPTIER = Path(__file__).parent / "emptier.py"
DROPPED = {
    "inbox/harbor-medical/edi": ["855.edi", "810.edi"],
    "inbox/alpenmed/edi": ["ORDRSP.edi", "INVOIC.edi"],
    "outbox/harbor-medical/documents": ["order-harbor-medical.json"],
    "outbox/alpenmed/documents": ["order-alpenmed.json"],
}
DOCUMENTS = {"SO-88123", "HM-INV-55012", "AB-2026-771", "RE-2026-1180"}
INTERCHANGES = Counter({"850": 1, "ORDERS": 1, "997": 2, "CONTRL": 2})
BY_COMMAND = {"resolve", "resend", "alert"}


@contextmanager
def emptying(home: Path, target: Path) -> Iterator[None]:
    """Another process takes away whatever is published, as it is published."""
    emptier = subprocess.Popen([sys.executable, str(EMPTIER), str(home), str(target)])
    try:
        yield
        time.sleep(0.1)
    finally:
        emptier.kill()
        emptier.wait()


def drop_all(home: Path) -> None:
    for folder, names in DROPPED.items():
        for name in names:
            (home / folder / name).write_text(sample(name), "utf-8")


def overdue_at_once(home: Path) -> None:
    settings = home / "partners/harbor-medical/partner.yaml"
    settings.write_text(settings.read_text().replace("4 hours", "0 s"))


def assert_nothing_lost_nothing_twice(home: Path, taken: Path) -> None:
    published = [path.name.partition("~")[2] for path in taken.iterdir()]
    published += [path.name for path in home.glob("inbox/*/documents/*.json")]
    published += [path.name for path in home.glob("outbox/*/edi/*.edi")]
    assert not [name for name, count in Counter(published).items() if count > 1]
    documents = [
        json.loads(path.read_text())
        for path in [*taken.glob("*.json"), *home.glob("inbox/*/documents/*.json")]
    ]
    assert {one["data"]["id"] for one in documents} == DOCUMENTS
    assert len({one["id"] for one in documents}) == len(documents) == len(DOCUMENTS)
    kinds = Counter(name.split("-")[0] for name in published if name.endswith(".edi"))
    assert kinds == INTERCHANGES
    assert_numbers_follow(home)
    assert not list((home / "var/claimed").glob("*/*/*"))
    assert not list((home / "var/staging").glob("*"))


def assert_numbers_follow(home: Path) -> None:
    """Control numbers run from 1 without gap or repetition, and each draw is on record."""
    with Store.open(home / "var/gateway.db", read_only=True) as store, store.reading() as tx:
        for partner in ("harbor-medical", "alpenmed"):
            sent = [
                int(one.reference)
                for one in tx.interchanges.listed(partner=partner)
                if one.direction is Direction.OUT
            ]
            assert sorted(sent) == list(range(1, len(sent) + 1))
            drawn = [
                entry.detail["number"]
                for entry in tx.journal.after(0)
                if entry.event == "control-number-drawn"
                and entry.partner == partner
                and entry.detail["kind"].endswith(".interchange")
            ]
            assert sorted(drawn) == sorted(sent)


@pytest.mark.parametrize(
    "failpoint", [name for name in FAILPOINTS if name.split(".")[0] not in BY_COMMAND]
)
def test_killed_at_a_failpoint(failpoint: str, tmp_path: Path, gateway: Run) -> None:
    home, taken = make_home(tmp_path / "home"), tmp_path / "taken"
    overdue_at_once(home)
    drop_all(home)
    with emptying(home, taken):
        killed = gateway("--home", home, "once", failpoint=failpoint)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        gateway("--home", home, "once")
    assert_nothing_lost_nothing_twice(home, taken)


@pytest.mark.parametrize("passing", [2, 3, 5])
def test_killed_in_the_middle_of_several(passing: int, tmp_path: Path, gateway: Run) -> None:
    home, taken = make_home(tmp_path / "home"), tmp_path / "taken"
    drop_all(home)
    with emptying(home, taken):
        for failpoint in ("translate.before-commit", "receive.after-commit"):
            gateway("--home", home, "once", failpoint=f"{failpoint}:{passing}")
        gateway("--home", home, "once")
    assert_nothing_lost_nothing_twice(home, taken)


def kill_at_random(home: Path, seed: int, rounds: int) -> None:
    """Starts a gateway again and again, and kills it whenever."""
    moments, said = random.Random(seed), home / "gateway.log"
    for _ in range(rounds):
        running = start_gateway("--home", home, "run", out=said, err=said)
        time.sleep(moments.uniform(0.0, 0.8))
        running.kill()
        running.join()


def test_killed_at_random_moments(tmp_path: Path, gateway: Run) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    home, taken = make_home(tmp_path / "home"), tmp_path / "taken"
    drop_all(home)
    with emptying(home, taken):
        kill_at_random(home, seed, rounds=5)
        gateway("--home", home, "once")
    assert_nothing_lost_nothing_twice(home, taken)


@pytest.mark.long
@pytest.mark.parametrize("campaign", range(12))
def test_killed_at_many_random_moments(campaign: int, tmp_path: Path, gateway: Run) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"campaign {campaign}, seed {seed}")
    home, taken = make_home(tmp_path / "home"), tmp_path / "taken"
    drop_all(home)
    with emptying(home, taken):
        kill_at_random(home, seed, rounds=12)
        gateway("--home", home, "once")
    assert_nothing_lost_nothing_twice(home, taken)


def test_what_was_claimed_from_a_partner_who_is_gone_is_not_forgotten(
    home: Path, gateway: Run
) -> None:
    for folder, name in (("inbox", "855.edi"), ("outbox", "order-harbor-medical.json")):
        kind = "edi" if folder == "inbox" else "documents"
        (home / folder / "harbor-medical" / kind / name).write_text(sample(name))
        killed = gateway("--home", home, "once", failpoint="claim.after-rename")
        assert killed.returncode == -signal.SIGKILL
        (home / "partners/harbor-medical").rename(home / "away")
        assert gateway("--home", home, "once").returncode == 1
        (home / "away").rename(home / "partners/harbor-medical")
    [hold] = json.loads(gateway("--home", home, "held", "list", "--json").stdout)
    assert hold["name"] == "855.edi"
    [receipt] = home.glob("outbox/harbor-medical/receipts/*")
    assert json.loads(receipt.read_text())["state"] == "refused"
    assert not list((home / "var/claimed").glob("*/*/*"))


@pytest.mark.parametrize("failpoint", ["resolve.before-commit", "resolve.after-commit"])
def test_killed_while_a_person_decides(failpoint: str, home: Path, gateway: Run) -> None:
    stranger = sample("855.edi").replace("HARBORMED      ", "HARBORNEW      ")
    (home / "inbox/harbor-medical/edi/855.edi").write_text(stranger)
    assert gateway("--home", home, "once").returncode == 1
    [hold] = json.loads(gateway("--home", home, "held", "list", "--json").stdout)
    settings = home / "partners/harbor-medical/partner.yaml"
    settings.write_text(settings.read_text().replace("HARBORMED", "HARBORNEW"))
    killed = gateway("--home", home, "held", "release", hold["id"], failpoint=failpoint)
    assert killed.returncode == -signal.SIGKILL
    gateway("--home", home, "held", "release", hold["id"])
    gateway("--home", home, "once")
    assert len(list(home.glob("inbox/harbor-medical/documents/*.json"))) == 1


@pytest.mark.parametrize("failpoint", ["resend.before-commit", "resend.after-commit"])
def test_killed_while_sending_again(failpoint: str, home: Path, gateway: Run) -> None:
    name = "order-harbor-medical.json"
    (home / "outbox/harbor-medical/documents" / name).write_text(sample(name))
    gateway("--home", home, "once")
    [order] = home.glob("outbox/harbor-medical/edi/*.edi")
    content = order.read_bytes()
    order.unlink()
    identity = order.stem.split("-")[-1]
    killed = gateway("--home", home, "resend", identity, failpoint=failpoint)
    assert killed.returncode == -signal.SIGKILL
    if failpoint == "resend.before-commit":
        gateway("--home", home, "resend", identity)
    gateway("--home", home, "once")
    assert order.read_bytes() == content
