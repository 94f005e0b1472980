"""What lies in an inbox: taken when it is whole, left alone or held with a reason, never lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order_response
from engine_wire import x12
from homes import ROOT
from homes import Desk
from homes import Run
from homes import make_plain_home

from gateway.edi.finding import TransientError
from gateway.edi.sentences import sentence
from gateway.engine.taking import Taker
from gateway.transport import FileStability

INBOX = "inbox/harbor-medical/edi"
GOOD = x12(confirmation("SO-1"))
TEMPORARY = [".855.edi", "855.edi.part", "855.edi.tmp", "~855.edi", "855.edi.filepart", "#855#"]
NAMES = [
    "855\n.edi",
    "%2e%2e%2f%2e%2e%2fx",
    "\u202ecod.855.edi",
    "überweisung €.edi",
    "-rf.edi",
    "a;b|c`d`.edi",
    "x" * 250 + ".edi",
    "855",
    "edi...",
    "{name}.edi",
    "%s%n.edi",
]


def assert_goes_on(desk: Desk) -> None:
    """Whatever came before, the next file is taken through to its end."""
    desk.receive("harbor-medical", x12(confirmation("SO-9"), control=999), "next.edi")
    assert "SO-9" in desk.numbers()


@pytest.mark.parametrize("name", TEMPORARY)
def test_a_temporary_name_is_never_taken(desk: Desk, name: str) -> None:
    desk.receive("harbor-medical", GOOD, name)
    assert (desk.home / INBOX / name).read_text() == GOOD
    assert "file-received" not in desk.events()
    (desk.home / INBOX / name).rename(desk.home / INBOX / "855.edi")
    desk.work()
    assert desk.numbers() == ["SO-1"]


@pytest.mark.parametrize("kind", ["directory", "link", "dangling link", "pipe"])
def test_what_is_no_file_is_left_and_told_once(desk: Desk, kind: str) -> None:
    path = desk.home / INBOX / "odd.edi"
    secret = desk.home / "secret.edi"
    secret.write_text(GOOD)
    match kind:
        case "directory":
            path.mkdir()
            (path / "855.edi").write_text(GOOD)
        case "link":
            path.symlink_to(secret)
        case "dangling link":
            path.symlink_to("nowhere")
        case "pipe":
            os.mkfifo(path)
    desk.work()
    desk.work()
    assert desk.events().count("file-left") == 1
    assert desk.numbers() == []
    assert os.path.lexists(path)
    assert secret.read_text() == GOOD
    assert_goes_on(desk)


def test_a_name_that_is_no_text_is_left_and_told(desk: Desk) -> None:
    settings = desk.home / "gateway.yaml"
    settings.write_text(settings.read_text() + "alert:\n  command: ['true']\n")
    desk.act(command="reload")
    Path(os.fsdecode(os.fsencode(desk.home / INBOX) + b"/\xff\xfe.edi")).mkdir()
    desk.work()
    assert "file-left" in desk.events()
    assert_goes_on(desk)


def test_an_unreadable_file_is_left_until_it_can_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.access
    path = desk.home / INBOX / "855.edi"
    monkeypatch.setattr(os, "access", lambda p, mode: p != path and real(p, mode))
    desk.receive("harbor-medical", GOOD, "855.edi")
    assert "file-left" in desk.events()
    assert_goes_on(desk)
    monkeypatch.undo()
    desk.work()
    assert "SO-1" in desk.numbers()


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_taken_and_stays_in_its_folder(desk: Desk, name: str) -> None:
    before = set(desk.home.parent.iterdir())
    desk.receive("harbor-medical", GOOD, name)
    assert desk.numbers() == ["SO-1"]
    assert set(desk.home.parent.iterdir()) == before
    with desk.gateway.store.reading() as tx:
        [transmission] = tx.transmissions.listed()
    assert "/" not in transmission.name
    assert transmission.name.isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_the_receipt_of_any_name_stays_in_its_folder(desk: Desk, name: str) -> None:
    desk.drop("outbox/alpenmed/documents", name, b"no order")
    desk.work()
    assert len(desk.files("outbox/alpenmed/receipts")) == 1


def test_a_growing_file_is_taken_when_it_is_whole(desk: Desk) -> None:
    desk.change("gateway.yaml", "patience: 0 s", "patience: 60 s")
    path = desk.home / INBOX / "855.edi"
    for end in (10, 200, len(GOOD) - 3):
        path.write_text(GOOD[:end])
        desk.work()
        assert path.exists()
        assert desk.worker.waiting
    path.write_text(GOOD)
    desk.work()
    assert desk.numbers() == ["SO-1"]
    assert not desk.worker.waiting


def test_a_file_that_never_becomes_whole_is_taken_in_the_end(desk: Desk) -> None:
    desk.change("gateway.yaml", "patience: 0 s", "patience: 60 s")
    desk.drop(INBOX, "855.edi", GOOD[:-30])
    desk.work()
    assert desk.files(INBOX)
    desk.later = timedelta(seconds=61)
    desk.work()
    assert desk.files(INBOX) == []
    assert desk.sent("harbor-medical", "TA1*")


def test_with_done_markers_the_marker_decides(desk: Desk) -> None:
    settings = desk.home / "partners/harbor-medical/partner.yaml"
    settings.write_text(settings.read_text() + "done_marker: .done\n")
    desk.act(command="reload")
    desk.receive("harbor-medical", GOOD, "855.edi")
    assert desk.numbers() == []
    assert not desk.worker.waiting, "`once` must not wait for a marker"
    desk.receive("harbor-medical", "", "855.edi.done")
    assert desk.numbers() == ["SO-1"]
    assert desk.files(INBOX) == []


def test_a_marker_a_crash_left_vouches_for_no_later_file(desk: Desk) -> None:
    desk.change("partners/harbor-medical/partner.yaml", "dialect:", "done_marker: .done\ndialect:")
    claimed = desk.gateway.home.claimed / "in" / "harbor-medical"
    claimed.mkdir(parents=True)
    (claimed / "01-855.edi").write_text(GOOD)
    desk.drop(INBOX, "855.edi.done", "")
    desk.worker.start()
    desk.work()
    assert desk.numbers() == ["SO-1"]
    assert desk.files(INBOX) == []


def test_a_file_that_vanishes_is_nobodys_loss(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.home / INBOX / "855.edi"
    real = FileStability.seconds_at_rest

    def and_gone(*arguments: object) -> float:
        path.unlink(missing_ok=True)
        return real(*arguments)

    monkeypatch.setattr(FileStability, "seconds_at_rest", and_gone)
    desk.receive("harbor-medical", GOOD, "855.edi")
    monkeypatch.undo()
    assert desk.held() == []
    assert_goes_on(desk)


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "empty-file"),
        (b"\r\n \n", "empty-file"),
        (b"Dear buyer, the invoice follows.", "not-edi"),
        (b"%PDF-1.7\n\x00\xff\xfe", "not-edi"),
        (b"ISA*00*", "header-invalid"),
        (b"UNB", "not-edi"),
        (b'{"type": "purchase_order"}', "not-edi"),
        (b"\x00" * 5000, "empty-file"),
    ],
)
def test_what_is_no_interchange_is_held_with_its_bytes(
    desk: Desk, content: bytes, code: str
) -> None:
    desk.receive("harbor-medical", content, "odd.edi")
    assert code in desk.held_codes()
    assert desk.held_bytes() == content
    assert_goes_on(desk)


def test_a_file_larger_than_allowed_is_held_with_its_bytes(desk: Desk) -> None:
    desk.change("gateway.yaml", "largest_file: 1 GB", "largest_file: 64 B")
    desk.receive("harbor-medical", GOOD)
    assert desk.held_codes() == ["file-too-large"]
    assert desk.held_bytes() == GOOD.encode()
    desk.change("gateway.yaml", "largest_file: 64 B", "largest_file: 1 GB")
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1"]


def test_a_folder_that_fails_holds_up_no_other(desk: Desk) -> None:
    folder = desk.home / "inbox/alpenmed/edi"
    folder.rmdir()
    folder.write_text("someone put a file here")
    assert_goes_on(desk)
    assert any("inbox/alpenmed/edi" in str(error) for error in desk.worker.failures)
    folder.unlink()
    folder.mkdir()
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    assert len(desk.documents("alpenmed")) == 1
    assert desk.worker.failures == []


def test_an_outgoing_folder_that_fails_holds_up_no_other(desk: Desk) -> None:
    folder = desk.home / "outbox/alpenmed/edi"
    folder.rmdir()
    folder.write_text("someone put a file here")
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    assert_goes_on(desk)
    assert len(desk.sent("harbor-medical")) == 1
    folder.unlink()
    desk.work()
    assert len(desk.sent("alpenmed")) == 1
    assert desk.worker.failures == []


def test_a_folder_that_leads_out_of_the_home_gets_nothing(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = desk.home / "outbox/alpenmed/edi"
    folder.rmdir()
    folder.symlink_to(outside)
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    assert list(outside.iterdir()) == []
    assert desk.worker.failures


def test_a_fault_of_our_own_holds_that_file_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from gateway.engine import inbound

    def fails(*_: object) -> None:
        raise KeyError("SO-1")

    monkeypatch.setattr(inbound, "take_sets", fails)
    desk.receive("harbor-medical", GOOD)
    monkeypatch.undo()
    assert desk.held_codes() == ["internal"]
    assert_goes_on(desk)
    [hold] = desk.held()
    told = sentence(hold.findings[0])
    assert "SO-1" not in told
    assert f"the correlation {hold.target} " in told
    [line] = [json.loads(one) for one in caplog.messages if "internal-error" in one]
    assert (line["correlation"], line["kind"]) == (hold.target, "KeyError")
    assert "SO-1" not in str(line)
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1", "SO-9"]


def test_a_fault_of_our_own_in_a_command_says_where_its_words_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("a piece of a document")

    monkeypatch.setattr("gateway.engine.resolving.send_again", fails)
    told = desk.act(command="resend", key="01K")["error"]
    assert "a piece of a document" not in told
    assert told.endswith("of its log that have the correlation 01K say where; report them")
    assert "a piece of a document" not in caplog.text


def test_a_broken_overlay_holds_its_files_until_it_is_mended(desk: Desk) -> None:
    overlay = desk.home / "partners/harbor-medical/maps/855.yaml"
    overlay.parent.mkdir()
    overlay.write_text("overlay: x12/004010/855\nrules:\n  - nonsense\n")
    desk.act(command="reload")
    desk.receive("harbor-medical", GOOD)
    assert desk.held_codes() == ["internal"]
    overlay.unlink()
    desk.act(command="reload")
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1"]


_MEASURED = """
import sys
from gateway.cli.main import cli
try:
    cli(["--home", sys.argv[1], "once"])
finally:
    # not getrusage: there a child's peak begins with its parent's size
    [peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.parametrize(
    "byte", [b"A", *(pytest.param(byte, marks=pytest.mark.long) for byte in (b"~", b"\n"))]
)
def test_200_megabytes_of_one_byte_are_held_in_little_memory(
    tmp_path: Path, gateway: Run, byte: bytes
) -> None:
    home = make_plain_home(tmp_path / "home")
    with (home / INBOX / "huge.edi").open("wb") as file:
        for _ in range(200):
            file.write(byte * (1 << 20))
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(home)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert int(done.stdout.split()[-1]) < 150, "megabytes"
    held = gateway("--home", home, "held", "list")
    assert ("empty-file" if byte == b"\n" else "not-edi") in held.stdout
    [payload] = [path for path in (home / "var/payloads").rglob("*") if path.is_file()]
    assert payload.stat().st_size == 200 << 20


def test_200_megabytes_after_a_good_header_are_rejected_in_little_memory(tmp_path: Path) -> None:
    home = make_plain_home(tmp_path / "home")
    with (home / INBOX / "huge.edi").open("wb") as file:
        file.write(GOOD[:300].encode())
        for _ in range(200):
            file.write(b"A" * (1 << 20))
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(home)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert int(done.stdout.split()[-1]) < 150, "megabytes"
    assert list((home / "outbox/harbor-medical/edi").iterdir())
    assert not list((home / "inbox/harbor-medical/documents").iterdir())


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_is_written_again_while_others_are_taken_is_left(
    desk: Desk, replaced: bool
) -> None:
    for name in ("1.edi", "2.edi"):
        desk.drop(INBOX, name, GOOD)
    last = desk.home / INBOX / "2.edi"

    def going() -> bool:
        if not (desk.home / INBOX / "1.edi").exists():
            if replaced:
                last.unlink()
            last.write_text(GOOD[:100])
        return True

    taker = Taker(desk.gateway, going)
    assert (taker.take(print), taker.waiting) == (1, True)
    assert last.read_text() == GOOD[:100]


def test_after_a_failure_of_the_store_the_oldest_file_comes_first_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for second in range(40):
        desk.drop(INBOX, f"{second}.edi", x12(confirmation(f"SO-{second}"), control=second + 1))
        os.utime(desk.home / INBOX / f"{second}.edi", (second, second))

    def fails(*_: object, **__: object) -> None:
        raise TransientError("disk full")

    taker = Taker(desk.gateway)
    with monkeypatch.context() as patch:
        patch.setattr("gateway.engine.taking.claim", fails)
        assert taker.take(print) == 0
    assert (taker.take(print), taker.take(print)) == (32, 8)
    with desk.gateway.store.reading() as tx:
        received = tx.transmissions.listed()
    assert [int(one.name.removesuffix(".edi")) for one in received] == list(reversed(range(40)))
