"""A hundred megabytes each way for less than 40 MB over the idle process."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import until
from test_as2_killed import running

from gateway.engine.ids import new_message_id
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import Interchange
from gateway.store import InterchangeState
from gateway.store import Store

MEGABYTES = 100
OVER_IDLE = 40


def peak(pid: int) -> float:
    """The most memory the process ever had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def owe_large(home: Path, folder: Path, seed: int) -> str:
    """An interchange of so many megabytes, due by AS2; its hash."""
    dice, path = random.Random(seed), folder / "large.edi"
    with path.open("wb") as file:
        for _ in range(MEGABYTES):
            file.write(dice.randbytes(1 << 20))
    desk = As2Desk(home)
    with desk.gateway.step("translate") as step:
        payload = step.tx.payloads.add_file(path)
        interchange = Interchange(
            id=desk.gateway.new_id(),
            partner=desk.partner,
            direction=Direction.OUT,
            dialect="x12",
            sender="ZZ:NORTHFIELD",
            receiver="ZZ:HARBORMED",
            reference="000000099",
            state=InterchangeState.QUEUED,
            created_at=step.at,
            payload=payload,
            bytes_hash=payload,
            size=MEGABYTES << 20,
        )
        step.tx.interchanges.add(interchange)
        step.tx.as2.add(
            As2Message(
                id=interchange.id,
                partner=desk.partner,
                direction=Direction.OUT,
                message_id=new_message_id(interchange.id, "NORTHFIELD"),
                name="large.edi",
                state=As2State.QUEUED,
                created_at=step.at,
                next_at=step.at,
                interchange=interchange.id,
            )
        )
    desk.close()
    path.unlink()
    return payload


def states(home: Path) -> list[As2State]:
    with Store.open(home / "var/gateway.db", read_only=True) as store, store.reading() as tx:
        return [one.state for one in tx.as2._listed()]


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("compress", ["no", "before"])
def test_a_hundred_megabytes_each_way(compress: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    settings = {"compress": compress, "timeout": "10 minutes"}
    north, harbor = make_pair(tmp_path, settings)
    for home in (north, harbor):
        As2Desk(home).close()  # a first start makes the database, which takes memory of its own
    with running(north) as one, running(harbor) as other:
        time.sleep(2.0)
        idle = peak(one.pid), peak(other.pid)
    payload = owe_large(north, tmp_path, seed)
    with running(harbor) as receiving, running(north) as sending:
        until(lambda: states(north) == [As2State.DELIVERED], 300)
        until(lambda: [str(path) for path in harbor.glob("var/payloads/*/*")], 5)
        over = [round(peak(sending.pid) - idle[0]), round(peak(receiving.pid) - idle[1])]
    print(f"{MEGABYTES} MB, compress {compress}: {over} MB over idle ({idle} MB)")
    stored = harbor / "var/payloads" / payload[:2] / payload
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == payload
    assert max(over) < OVER_IDLE, over
    assert not list((harbor / "var/spool").iterdir())
