"""`gateway run`: works while it is watched, takes commands beside it, stops when told."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path

import pytest
from as2_pair import make_pair
from as2_pair import partner_port
from as2_posts import dripping
from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12
from homes import ROOT
from homes import Desk
from homes import Run
from homes import make_plain_home
from homes import tell_alerts
from started import start_gateway

from gateway.engine.home import Home
from gateway.engine.running import _seen
from gateway.transport import HomeLock

PATIENCE = 15.0
MARKER = "XYLOPHONE"


def eventually(look: Callable[[], object], what: str) -> None:
    """Asks again and again, until it is so."""
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Running:
    """A running gateway of a home; its log is on standard error."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._log, out = home / "gateway.log", home / "gateway.out"
        self.started = start_gateway("--home", home, "run", out=out, err=self._log)
        eventually(lambda: out.exists() and "Watching" in out.read_text(), "it does not start")

    def log(self) -> str:
        return self._log.read_text()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log().splitlines()]

    def logged(self, event: str) -> bool:
        return f'"event":"{event}"' in self.log()

    def drop(self, folder: str, name: str, content: str) -> None:
        target = self.home / folder / name
        partial = target.with_name(f".{name}.part")
        partial.write_text(content)
        partial.rename(target)

    def confirmations(self) -> list[Path]:
        return list(self.home.glob("inbox/harbor-medical/documents/*.json"))

    def stop(self) -> int:
        self.started.terminate()
        self.started.join(PATIENCE)
        assert self.started.exitcode is not None, self.log()
        return self.started.exitcode


def set_poll(home: Path, seconds: int) -> None:
    settings = home / "gateway.yaml"
    settings.write_text(settings.read_text().replace("poll: 1 s", f"poll: {seconds} s"))


@contextmanager
def started_in(home: Path) -> Iterator[Running]:
    running = Running(home)
    try:
        yield running
    finally:
        running.started.kill()
        running.started.join()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    home = make_plain_home(tmp_path / "home")
    set_poll(home, 600)
    with started_in(home) as running:
        yield running


def test_a_file_is_picked_up_by_event(running: Running) -> None:
    running.drop("inbox/harbor-medical/edi", "855.edi", x12(confirmation("SO-1")))
    eventually(running.confirmations, "the polling is 10 minutes away")


def test_a_file_is_picked_up_by_polling(tmp_path: Path) -> None:
    """A folder that was swapped under the watcher tells no events."""
    home = make_plain_home(tmp_path / "home")
    running = Running(home)
    try:
        folder = home / "inbox/harbor-medical/edi"
        folder.rename(folder.with_name("old"))
        folder.mkdir()
        (folder / "855.edi").write_text(x12(confirmation("SO-1")))
        eventually(running.confirmations, "within two polls")
    finally:
        assert running.stop() == 0


def test_what_came_while_nobody_watched_is_found_at_the_start(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    (home / "inbox/harbor-medical/edi/855.edi").write_text(x12(confirmation("SO-1")))
    running = Running(home)
    try:
        eventually(running.confirmations, "the start-up sweep")
    finally:
        assert running.stop() == 0


def test_commands_work_beside_it(running: Running, gateway: Run) -> None:
    """status, trace, held list, show and release, resend, and a partner added meanwhile."""
    home = running.home
    running.drop("outbox/harbor-medical/documents", "po.json", json.dumps(order("4500000001")))
    eventually(lambda: list(home.glob("outbox/harbor-medical/edi/850*")), "the order goes out")
    status = gateway("--home", home, "status")
    assert (status.returncode, status.stderr) == (0, "")
    assert "Gateway: running" in status.stdout
    trace = json.loads(gateway("--home", home, "trace", "4500000001", "--json").stdout)
    assert [document["number"] for document in trace["documents"]] == ["4500000001"]

    stranger = x12(confirmation("SO-7"), sender="MAPLEMED")
    running.drop("inbox/harbor-medical/edi", "855.edi", stranger)
    eventually(lambda: running.logged("file-held"), "the stranger is held")
    [hold] = json.loads(gateway("--home", home, "held", "list", "--json").stdout)
    shown = gateway("--home", home, "held", "show", hold["id"])
    assert "ZZ:MAPLEMED" in shown.stdout
    assert gateway("--home", home, "held", "show", hold["id"], "--bytes").stdout == stranger
    early = gateway("--home", home, "held", "release", hold["id"])
    assert early.returncode == 1
    assert "held again" in early.stderr

    [order_file] = home.glob("outbox/harbor-medical/edi/850*")
    order_file.unlink()
    again = gateway("--home", home, "resend", trace["documents"][0]["id"])
    assert again.stdout.strip() == order_file.name
    eventually(order_file.exists, "the order is there again")


def test_a_partner_added_meanwhile_is_served(running: Running, gateway: Run) -> None:
    words = ("--name", "Maple Medical", "--dialect", "x12", "--identifier", "ZZ:MAPLEMED")
    added = gateway("--home", running.home, "partner", "add", "maple", *words)
    assert added.returncode == 0, added.stderr
    running.drop("inbox/maple/edi", "855.edi", x12(confirmation("SO-7"), sender="MAPLEMED"))
    eventually(lambda: list(running.home.glob("inbox/maple/documents/*.json")), "its document")


@pytest.mark.parametrize("command", ["run", "once"])
def test_a_second_gateway_is_refused(running: Running, gateway: Run, command: str) -> None:
    second = gateway("--home", running.home, command)
    assert second.returncode == 1
    assert f"process {running.started.pid}" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_seconds(running: Running, number: int) -> None:
    began = time.monotonic()
    os.kill(running.started.pid, number)
    running.started.join(PATIENCE)
    assert running.started.exitcode == 0
    assert time.monotonic() - began < 5
    assert running.lines()[-1]["event"] == "stopped"


def test_it_stops_while_a_partner_s_server_is_never_done(tmp_path: Path) -> None:
    home, _ = make_pair(tmp_path)
    with dripping(partner_port(home), b"HTTP/1.1 200 OK\r\n\r\n", b"x"):
        running = Running(home)
        try:
            running.drop("outbox/harbor-medical/documents", "po.json", json.dumps(order("1")))
            eventually(lambda: running.logged("document-queued"), "it is posted")
            time.sleep(1)
        finally:
            began = time.monotonic()
            assert running.stop() == 0
        assert time.monotonic() - began < 8


def test_it_stops_in_the_middle_of_much_work_and_loses_nothing(
    running: Running, gateway: Run
) -> None:
    for number in range(150):
        wire = x12(confirmation(f"SO-{number}"), control=1000 + number)
        running.drop("inbox/harbor-medical/edi", f"{number}.edi", wire)
    eventually(lambda: len(running.confirmations()) > 5, "some are done")
    assert running.stop() == 0
    assert len(running.confirmations()) < 150
    assert gateway("--home", running.home, "once").returncode == 0
    assert len(running.confirmations()) == 150


def test_log_lines_are_json_with_ids_and_never_with_content(running: Running) -> None:
    home = running.home
    secret = order("4500000001", notes=[{"text": MARKER}])
    good = [one.replace("HM-40300", MARKER) for one in confirmation("SO-1")]
    running.drop("outbox/alpenmed/documents", "good.json", json.dumps(secret))
    running.drop("outbox/alpenmed/documents", "bad.json", json.dumps(order("2", currency=MARKER)))
    running.drop("outbox/alpenmed/documents", "worse.json", f'{{"{MARKER}')
    wrong = [one.replace("20260115", MARKER) for one in confirmation("SO-2")]
    running.drop("inbox/harbor-medical/edi", "855.edi", x12(good, wrong))
    running.drop("inbox/harbor-medical/edi", "odd.edi", MARKER)
    eventually(lambda: len(list(home.glob("outbox/alpenmed/receipts/*"))) == 3, "receipts")
    eventually(lambda: running.confirmations() and running.logged("file-held"), "the rest")
    assert running.stop() == 0
    assert MARKER in running.confirmations()[0].read_text()
    assert MARKER not in running.log()
    for line in running.lines():
        assert {"at", "level", "event"} <= set(line)
    ready = next(line for line in running.lines() if line["event"] == "document-ready")
    assert ready["transmission"]
    assert ready["interchange"]
    assert ready["document"]
    assert ready["correlation"] == "order:harbor-medical:4500123456"


def test_a_broken_partner_file_is_reported_and_the_old_one_stays(
    running: Running, gateway: Run
) -> None:
    home = running.home
    settings = home / "partners/harbor-medical/partner.yaml"
    good = settings.read_text()
    settings.write_text(good + "colour: red\n")
    running.drop("inbox/harbor-medical/edi", "1.edi", x12(confirmation("SO-1")))
    eventually(lambda: running.logged("definitions-refused"), "it is reported")
    eventually(running.confirmations, "it works by the old definitions")
    refused = next(line for line in running.lines() if line["event"] == "definitions-refused")
    assert any("partner.yaml:5" in fault for fault in refused["faults"])
    status = gateway("--home", home, "status")
    assert status.returncode == 0, status.stderr
    assert "partners/harbor-medical/partner.yaml:5: partner.yaml has no key colour" in status.stdout
    assert gateway("--home", home, "partner", "check").returncode == 1
    settings.write_text(good)
    running.drop("inbox/harbor-medical/edi", "2.edi", x12(confirmation("SO-2"), control=702))
    eventually(lambda: running.logged("definitions-reloaded"), "mended, it is taken up")


def test_a_home_s_own_maps_are_taken_up_when_they_change(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    shutil.copytree(ROOT / "maps", home / "maps")
    running = Running(home)
    try:
        path = home / "maps/x12/004010/855.yaml"
        text = path.read_text()
        document = "document: purchase_order_response\n"
        path.write_text(
            text.replace(document, document + "default: {request_reference: CHANGED}\n")
        )
        eventually(lambda: running.logged("definitions-reloaded"), "the change is seen")
        running.drop("inbox/harbor-medical/edi", "1.edi", x12(confirmation("SO-1")))
        eventually(running.confirmations, "it works by the changed map")
        assert "CHANGED" in running.confirmations()[0].read_text()
    finally:
        running.stop()


def test_a_slow_alert_holds_up_nothing(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    settings = home / "gateway.yaml"
    settings.write_text(settings.read_text() + "alert:\n  command: [sleep, '20']\n")
    (home / "inbox/harbor-medical/edi/odd.edi").write_text("no interchange")
    running = Running(home)
    try:
        eventually(lambda: running.logged("file-held"), "it is held")
        time.sleep(1.2)
        running.drop("inbox/harbor-medical/edi", "855.edi", x12(confirmation("SO-1")))
        eventually(running.confirmations, "beside the alert")
    finally:
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 5


def test_it_outlives_a_folder_that_fails(running: Running, gateway: Run) -> None:
    folder = running.home / "inbox/alpenmed/edi"
    while not folder.is_file():  # the gateway makes missing folders: one of us is faster
        folder.rmdir()
        with suppress(IsADirectoryError):
            folder.write_text("someone put a file here")
    running.drop("inbox/harbor-medical/edi", "855.edi", x12(confirmation("SO-1")))
    eventually(running.confirmations, "the other folder")
    said = "to mend   inbox/alpenmed/edi: cannot be read: Not a directory"
    eventually(lambda: said in gateway("--home", running.home, "status").stdout, "it is told")
    assert running.stop() == 0
    failures = [line for line in running.lines() if line["event"] == "work-failed"]
    assert len(failures) == 1
    assert "inbox/alpenmed/edi" in str(failures[0]["reason"])


def test_status_tells_of_a_store_that_fails(running: Running, gateway: Run) -> None:
    tell_alerts(running.home)
    payloads = running.home / "var/payloads"
    payloads.write_text("someone put a file here")
    large = x12(confirmation("SO-1")) + "\n" * 70_000
    running.drop("inbox/harbor-medical/edi", "855.edi", large)
    eventually(lambda: running.logged("work-failed"), "it is logged")
    said = "to mend   payload cannot be written: File exists; work waits for it"
    eventually(lambda: said in gateway("--home", running.home, "status").stdout, "it is shown")
    assert "Nothing needs" not in gateway("--home", running.home, "status").stdout
    eventually((running.home / "alerts.jsonl").exists, "it is told")
    payloads.unlink()
    eventually(running.confirmations, "it goes on")
    eventually(
        lambda: "Nothing needs" in gateway("--home", running.home, "status").stdout, "all is well"
    )
    [told] = (running.home / "alerts.jsonl").read_text().splitlines()
    reasons = ["payload cannot be written: File exists"]
    assert json.loads(told) == {"kind": "work-failed", "subject": "gateway", "reasons": reasons}


def test_nothing_is_taken_into_a_database_that_was_removed(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    tell_alerts(home)
    with started_in(home) as running:
        database = home / "var/gateway.db"
        database.rename(database.with_name("moved.db"))
        eventually((home / "alerts.jsonl").exists, "it is told, though nothing comes")
        told = json.loads((home / "alerts.jsonl").read_text())
        assert told["kind"] == "work-failed"
        assert "gateway.db was removed: stop the gateway" in told["reasons"][0]
        running.drop("inbox/harbor-medical/edi", "855.edi", x12(confirmation("SO-1")))
        eventually(lambda: running.logged("work-failed"), "it is logged")
        assert not running.confirmations()
        database.with_name("moved.db").rename(database)
        eventually(running.confirmations, "it goes on")


def test_status_tells_of_a_gateway_that_does_not_answer(running: Running, gateway: Run) -> None:
    os.kill(running.started.pid, signal.SIGSTOP)
    try:
        seen = gateway("--home", running.home, "status")
    finally:
        os.kill(running.started.pid, signal.SIGCONT)
    assert seen.returncode == 0
    assert "Gateway: running" in seen.stdout
    assert "did not answer: it is very busy or was stopped" in seen.stdout


def test_a_crash_leaves_no_lock_behind(running: Running, gateway: Run) -> None:
    running.started.kill()
    running.started.join()
    assert gateway("--home", running.home, "once").returncode == 0
    assert "not running" in gateway("--home", running.home, "status").stdout


def test_definitions_that_cannot_be_looked_at_now_are_those_that_are_known(home: Path) -> None:
    known = _seen(Home(home), ())
    assert known
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
    try:
        assert _seen(Home(home), known) == known
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))


def test_what_a_round_translates_it_publishes_also_when_many_wait(desk: Desk) -> None:
    for number in range(40):
        wire = x12(confirmation(f"SO-{number}"), control=700 + number)
        desk.drop("inbox/harbor-medical/edi", f"{number}.edi", wire)
    desk.worker.round()
    with desk.gateway.store.reading() as tx:
        assert tx.publications.pending() == []
    assert len(desk.documents("harbor-medical")) == 32


def test_an_order_waits_for_no_more_than_a_portion_of_what_was_dropped_before_it(
    desk: Desk,
) -> None:
    for number in range(100):
        wire = x12(confirmation(f"SO-{number}"), control=700 + number)
        desk.drop("inbox/harbor-medical/edi", f"{number:03}.edi", wire)
    desk.worker.round()
    assert len(desk.files("inbox/harbor-medical/edi")) == 68
    desk.drop("outbox/alpenmed/documents", "urgent.json", json.dumps(order("1")))
    desk.worker.round()
    assert desk.receipt("alpenmed", "urgent.json")["state"] == "sent"
    desk.worker.drain()
    assert len(desk.documents("harbor-medical")) == 100
    assert desk.files("inbox/harbor-medical/edi") == []


def test_it_waits_for_a_command_that_still_works_and_says_so(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    log = home / "gateway.log"

    def end_when_told() -> None:
        eventually(lambda: "home-busy" in log.read_text(), "it says that it waits")
        lock.release()

    lock = HomeLock(Home(home).lock)
    lock.acquire()
    log.touch()
    command = threading.Thread(target=end_when_told)
    command.start()
    running = Running(home)
    command.join()
    assert running.stop() == 0


def test_it_does_not_wait_for_another_gateway(running: Running, gateway: Run) -> None:
    second = gateway("--home", running.home, "run", timeout=20)
    assert second.returncode == 1
    assert f"process {running.started.pid} holds" in second.stderr
    assert "home-busy" not in second.stderr
