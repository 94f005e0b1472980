"""Killed at every point of sending and receiving: nothing lost, nothing delivered twice."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextlib import suppress
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_pair import until
from as2_posts import Posted
from as2_posts import crafted
from as2_posts import order_850
from engine_wire import order
from homes import Run
from started import start_gateway

from gateway.edi.finding import TransientError
from gateway.engine.failpoint import AS2_FAILPOINTS
from gateway.store import As2State
from gateway.transport.http_client import Destination
from gateway.transport.http_client import post_body

SOON = {"retry_after": f"[{', '.join(['1 s'] * 60)}]"}
"""A busy machine may take a while to start a gateway: nothing is given up before."""
SENDING = ("as2-build", "as2-sent", "as2.before-post", "as2.after-post")
SETTLING = ("as2-settle",)
ANSWERING = ("as2-receipt", "as2.after-receipt-post")
NUMBER = "4500000001"


def points(*begin: str) -> list[str]:
    return [name for name in AS2_FAILPOINTS if name.startswith(begin)]


STORING = ("as2-store",)
"""What is answered only once it is opened is stored with its receipt, in one commit."""
RECEIVING = sorted({*AS2_FAILPOINTS} - {*points(*SENDING, *SETTLING, *ANSWERING, *STORING)})


@contextmanager
def running(home: Path, failpoint: str = "") -> Iterator[BaseProcess]:
    said = home / "gateway.log"
    process = start_gateway("--home", home, "run", out=said, err=said, failpoint=failpoint)
    try:
        until(lambda: process.exitcode is not None or (home / "var/control.sock").exists())
        yield process
    finally:
        process.kill()
        process.join()


def listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False


def killed(process: BaseProcess) -> bool:
    return process.exitcode == -signal.SIGKILL


def drop(home: Path) -> None:
    folder = home / "outbox/harbor-medical/documents"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "order.json").write_text(json.dumps(order(NUMBER)))


def state(desk: As2Desk) -> As2State | None:
    found = desk.messages("out")
    return found[0].state if found else None


def delivered_by(desk: As2Desk) -> bool:
    """Its receipt came, or an acknowledgment of the order that was faster than the next try."""
    desk.work()
    return state(desk) in (As2State.DELIVERED, As2State.NO_RECEIPT)


def assert_one_order(harbor: As2Desk) -> None:
    harbor.work()
    assert [one["data"]["id"] for one in harbor.documents("northfield")] == [NUMBER]
    assert len(harbor.messages("in")) == 1


@pytest.mark.parametrize("failpoint", points(*SENDING))
def test_row_l_killed_while_sending(failpoint: str, tmp_path: Path, gateway: Run) -> None:
    north, home = make_pair(tmp_path, SOON)
    harbor = As2Desk(home)
    harbor.open()
    drop(north)
    done = gateway("--home", north, "once", failpoint=failpoint)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert gateway("--home", north, "once").returncode == 0
    with_north = As2Desk(north)
    assert state(with_north) is As2State.DELIVERED
    with_north.close()
    assert_one_order(harbor)
    harbor.close()


@pytest.mark.parametrize(
    ("failpoint", "receipt"),
    [(name, "sync") for name in RECEIVING]
    + [(name, "async") for name in points(*STORING)]
    + [
        pytest.param(name, "async", marks=pytest.mark.long)
        for name in RECEIVING
        if name != "as2.before-answer"  # nothing is answered there
    ],
)
def test_row_l_killed_while_receiving(failpoint: str, receipt: str, tmp_path: Path) -> None:
    home, harbor_home = make_pair(tmp_path, {**SOON, "receipt": receipt})
    north = As2Desk(home)
    north.open()
    with running(harbor_home, failpoint) as process:
        drop(home)
        until(lambda: north.work() or killed(process))
    with running(harbor_home):
        until(lambda: delivered_by(north), 60)
    harbor = As2Desk(harbor_home)
    assert_one_order(harbor)
    harbor.close()
    north.close()


def test_row_l_killed_before_the_commit_that_several_share(tmp_path: Path) -> None:
    """Whoever was in it has no answer, nothing of it is there, and all of it comes again."""
    harbor_home = make_pair(tmp_path)[1]
    port = int((harbor_home / "gateway.yaml").read_text().split("listen: 127.0.0.1:")[1][:5])
    messages = [crafted(order_850(number), f"<{number}@northfield>") for number in range(1, 5)]

    def answer(message: Posted) -> int:
        to = Destination(f"http://127.0.0.1:{port}/")
        return post_body(to, message[0], BytesIO(message[1]), len(message[1])).status

    def no_answer(message: Posted) -> bool:
        with pytest.raises(TransientError):
            answer(message)
        return True

    with (
        running(harbor_home, f"as2-open.before-commit:{len(messages)}") as process,
        ThreadPoolExecutor(len(messages)) as posting,
    ):
        until(lambda: listening(port))
        with sqlite3.connect(harbor_home / "var/gateway.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # so that all of them wait for their turn
            unanswered = [posting.submit(no_answer, message) for message in messages]
            time.sleep(1.0)
            other.execute("ROLLBACK")
        assert all(future.result(20) for future in unanswered)
        until(lambda: killed(process))
    harbor = As2Desk(harbor_home)
    assert not harbor.messages("in")
    harbor.close()
    with running(harbor_home):
        until(lambda: listening(port))
        assert [answer(message) for message in messages] == [200] * len(messages)
    harbor = As2Desk(harbor_home)
    harbor.work()
    assert len(harbor.messages("in")) == len(messages)
    harbor.close()


@pytest.mark.parametrize("failpoint", points(*ANSWERING))
def test_row_l_killed_while_posting_the_receipt(failpoint: str, tmp_path: Path) -> None:
    home, harbor_home = make_pair(tmp_path, {**SOON, "receipt": "async"})
    north = As2Desk(home)
    north.open()
    with running(harbor_home, failpoint) as process:
        drop(home)
        until(lambda: north.work() or killed(process))
    with running(harbor_home):
        until(lambda: delivered_by(north), 60)
    harbor = As2Desk(harbor_home)
    assert_one_order(harbor)
    harbor.close()
    north.close()


@pytest.mark.parametrize("failpoint", points(*SETTLING))
def test_row_l_killed_while_the_receipt_comes(failpoint: str, tmp_path: Path) -> None:
    home, harbor_home = make_pair(tmp_path, {**SOON, "receipt": "async"})
    harbor = As2Desk(harbor_home)
    harbor.open()
    drop(home)
    with running(home, failpoint) as process:
        until(lambda: harbor.work() or killed(process))
    with running(home):
        until(lambda: harbor.work() or "as2-receipt-sent" in harbor.events(), 60)
    north = As2Desk(home)
    assert state(north) is As2State.DELIVERED
    assert_one_order(harbor)
    north.close()
    harbor.close()
