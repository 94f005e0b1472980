"""A folder that cannot be used: seen by status while it lasts, alerted once, no other waits."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import order_response
from engine_wire import x12
from homes import ROOT
from homes import Desk
from homes import Run
from homes import make_plain_home
from homes import tell_alerts

from gateway.engine.receipts import write_receipt
from gateway.transport import FolderError
from gateway.transport import stage_all


def as_file(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("someone put a file here")


def as_dangling_link(folder: Path) -> None:
    folder.rmdir()
    folder.symlink_to("nowhere")


def below_a_dangling_link(folder: Path) -> None:
    folder.parent.rename(folder.parent.with_name("elsewhere"))
    folder.parent.symlink_to("nowhere")


WAYS = [as_file, as_dangling_link, below_a_dangling_link]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = make_plain_home(tmp_path / "home")
    tell_alerts(home)
    (home / "inbox/harbor-medical/edi/855.edi").write_text(x12(confirmation("SO-1")))
    return home


def alerts(home: Path) -> list[tuple[str, str]]:
    path = home / "alerts.jsonl"
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(alert["kind"], alert["subject"]) for alert in told]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["inbox/alpenmed/edi", "outbox/alpenmed/documents"])
def test_status_names_it_and_one_alert_is_made(
    home: Path, gateway: Run, way: Callable[[Path], None], name: str
) -> None:
    way(home / name)
    assert f"to mend   {name}: cannot be read: " in gateway("--home", home, "status").stdout
    for _ in range(2):
        done = gateway("--home", home, "once")
        assert done.returncode == 1
        assert f"{name}: cannot be read: " in done.stderr
    assert len(list(home.glob("inbox/harbor-medical/documents/*.json"))) == 1
    assert f"to mend   {name}: cannot be read: " in gateway("--home", home, "status").stdout
    assert alerts(home).count(("folder-failed", name)) == 1


def test_when_it_fails_again_it_is_told_again(home: Path) -> None:
    folder, alert = home / "inbox/alpenmed/edi", ("folder-failed", "inbox/alpenmed/edi")
    desk = Desk(home)
    for times in (1, 2):
        as_file(folder)
        desk.work()
        desk.work()
        assert alerts(home) == [alert] * times
        folder.unlink()
        folder.mkdir()
        desk.work()
        assert desk.worker.folders == {}
    desk.close()


def test_one_that_lets_nothing_be_taken_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder we may read and not write, one of another file system."""
    desk = Desk(home)
    with monkeypatch.context() as patched:
        patched.setattr("gateway.transport.taking.Path.rename", refuse)
        desk.work()
    reason = "cannot be emptied: Permission denied"
    assert desk.worker.folders == {"inbox/harbor-medical/edi": reason}
    assert alerts(home) == [("folder-failed", "inbox/harbor-medical/edi")]
    desk.work()
    assert (len(desk.documents("harbor-medical")), desk.worker.folders) == (1, {})
    desk.close()


def refuse(*_names: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_one_of_ours_that_fails_is_told(home: Path) -> None:
    desk = Desk(home)
    staging = home / "var/staging"
    staging.write_text("someone put a file here")
    desk.work()
    assert desk.worker.folders == {"var/staging": "cannot be written: File exists"}
    assert alerts(home) == [("folder-failed", "var/staging")]
    staging.unlink()
    desk.work()
    assert (len(desk.documents("harbor-medical")), desk.worker.folders) == (1, {})
    desk.close()


def test_one_that_takes_no_files_is_told_when_something_is_owed(home: Path) -> None:
    as_file(home / "outbox/alpenmed/edi")
    desk = Desk(home)
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    assert list(desk.worker.folders) == ["outbox/alpenmed/edi"]
    assert alerts(home) == [("folder-failed", "outbox/alpenmed/edi")]
    desk.close()


def test_all_that_waited_for_one_is_published_when_it_is_mended(home: Path) -> None:
    """More than is looked at in a go, and what of another partner's waits behind them."""
    first, second = home / "inbox/harbor-medical/documents", home / "inbox/alpenmed/documents"
    as_file(first)
    as_file(second)
    desk = Desk(home)
    desk.receive("harbor-medical", x12(*(confirmation(f"SO-{n}") for n in range(520)), control=701))
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    for folder, partner, count in ((second, "alpenmed", 1), (first, "harbor-medical", 521)):
        folder.unlink()
        desk.work()
        assert len(desk.documents(partner)) == count
    desk.close()


def large(number: str) -> list[str]:
    """A confirmation whose bytes do not lie in the database."""
    short = confirmation(number)
    [line, *_] = [at for at, segment in enumerate(short) if segment.startswith("PO1")]
    return [*short[:line], *short[line : line + 2] * 500]


def test_payloads_that_are_gone_hold_up_only_their_own_files(home: Path) -> None:
    """As after a restore that left them out; more of them than are published in a go."""
    desk = Desk(home)
    desk.receive("harbor-medical", x12(*(large(f"SO-{n}") for n in range(2, 36)), control=701))
    documents = desk.documents("harbor-medical")
    for path in (home / "var/payloads").glob("*/*"):
        path.unlink()
    for document in documents:
        desk.act(command="resend", key=document["id"])
    desk.receive("harbor-medical", x12(confirmation("SO-36"), control=702))
    assert "SO-36" in desk.numbers()
    assert len([one for one in desk.worker.failures if "cannot be read" in str(one)]) == 34
    desk.close()


def test_a_file_that_cannot_be_moved_holds_up_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a share its writer may have it locked."""
    rename, inbox = Path.rename, home / "inbox/harbor-medical/edi"
    (inbox / "856.edi").write_text(x12(confirmation("SO-2"), control=701))

    def locked(path: Path, target: Path) -> Path:
        if path.name == "855.edi":
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    desk = Desk(home)
    with monkeypatch.context() as patched:
        patched.setattr("gateway.transport.taking.Path.rename", locked)
        desk.work()
    assert desk.numbers() == ["SO-2"]
    reason = "cannot be emptied: Device or resource busy"
    assert desk.worker.folders == {"inbox/harbor-medical/edi": reason}
    desk.work()
    assert (desk.numbers(), desk.worker.folders) == (["SO-1", "SO-2"], {})
    desk.close()


def test_many_files_that_cannot_be_moved_hold_up_none_behind_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, inbox = Path.rename, home / "inbox/harbor-medical/edi"
    for number in range(40):
        (inbox / f"locked-{number}.edi").write_text("locked")
    (inbox / "856.edi").write_text(x12(confirmation("SO-2"), control=701))

    def locked(path: Path, target: Path) -> Path:
        if path.name.startswith("locked"):
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    desk = Desk(home)
    monkeypatch.setattr("gateway.transport.taking.Path.rename", locked)
    desk.worker.drain()
    assert desk.numbers() == ["SO-1", "SO-2"]
    desk.close()


def test_a_receipt_rewritten_while_it_is_staged_leaves_nothing_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a thread of AS2: the newer one is published, and the older one is nobody's."""
    desk = Desk(home)

    def stage_slowly(
        files: Iterable[tuple[str, bytes]], folder: Path
    ) -> Sequence[Path | FolderError]:
        staged = stage_all(files, folder)
        monkeypatch.undo()
        with desk.gateway.step("as2-settle") as step:
            for document in step.tx.documents.listed():
                write_receipt(step, document.id)
        return staged

    monkeypatch.setattr("gateway.engine.publishing.stage_all", stage_slowly)
    assert desk.send("harbor-medical", order("4500000001"))["state"] == "sent"
    assert list((home / "var/staging").iterdir()) == []
    desk.close()


def test_a_receipt_staged_before_a_crash_and_rewritten_after_it_leaves_nothing_behind(
    home: Path, gateway: Run
) -> None:
    (home / "outbox/harbor-medical/documents/order.json").write_text(json.dumps(order("1")))
    gateway("--home", home, "once", failpoint="publish.after-stage")
    assert list((home / "var/staging").iterdir()) != []
    desk = Desk(home)
    with desk.gateway.step("as2-settle") as step:
        for document in step.tx.documents.listed():
            write_receipt(step, document.id)
            write_receipt(step, document.id)
    desk.work()
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert list((home / "var/staging").iterdir()) == []
    desk.close()


@pytest.fixture
def maps(home: Path) -> Path:
    """The home's own."""
    return Path(shutil.copytree(ROOT / "maps", home / "maps"))


def test_while_the_maps_are_gone_nothing_is_refused(home: Path, maps: Path) -> None:
    """As while another version is installed beside a gateway that runs."""
    desk = Desk(home)
    maps.rename(home / "away")
    desk.receive("harbor-medical", x12(confirmation("SO-2"), control=701))
    assert desk.send("harbor-medical", order("4500000001")) == {}
    assert desk.worker.troubles == [f"{maps} cannot be read", f"{maps}/canonical cannot be read"]
    (home / "away").rename(maps)
    desk.work()
    assert desk.numbers() == ["SO-1", "SO-2"]
    assert desk.receipt("harbor-medical")["state"] == "sent"
    desk.close()


def test_what_cannot_be_read_just_now_holds_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_words: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    desk = Desk(home)
    with monkeypatch.context() as patched:
        patched.setattr("gateway.engine.definitions.load_map", too_many)
        desk.work()
    assert desk.worker.troubles == ["[Errno 24] Too many open files"]
    desk.work()
    assert (desk.numbers(), desk.held(), desk.worker.troubles) == (["SO-1"], [], [])
    desk.close()
