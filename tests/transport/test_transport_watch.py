from __future__ import annotations

import shutil
import threading

import pytest

from gateway.transport import Watch

SOON = 5.0
NEVER = 3600.0


@pytest.fixture
def look_now():
    return threading.Event()


def test_missing_folders_are_made_and_the_first_look_is_at_once(tmp_path, look_now):
    folder = tmp_path / "inbox" / "harbor" / "edi"
    with Watch([folder], look_now, poll=NEVER):
        assert folder.is_dir()
        assert look_now.is_set()


def test_a_new_file_wakes(tmp_path, look_now):
    with Watch([tmp_path / "edi"], look_now, poll=NEVER) as watch:
        assert watch.notified
        look_now.clear()
        (tmp_path / "edi" / "po.edi").write_bytes(b"ISA")
        assert look_now.wait(SOON)


def test_a_file_moved_in_wakes(tmp_path, look_now):
    (tmp_path / "po.edi").write_bytes(b"ISA")
    with Watch([tmp_path / "edi"], look_now, poll=NEVER):
        look_now.clear()
        (tmp_path / "po.edi").rename(tmp_path / "edi" / "po.edi")
        assert look_now.wait(SOON)


def test_our_own_looking_does_not_wake_us(tmp_path, look_now):
    folder = tmp_path / "edi"
    folder.mkdir()
    (folder / "po.edi").write_bytes(b"ISA")
    with Watch([folder], look_now, poll=NEVER):
        look_now.clear()
        for path in folder.iterdir():
            path.read_bytes()
        assert not look_now.wait(0.3)


def test_the_clock_wakes_where_the_system_says_nothing(tmp_path, look_now, monkeypatch):
    def exhausted(_observer: object) -> None:
        raise OSError("inotify instance limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.start", exhausted)
    with Watch([tmp_path / "edi"], look_now, poll=0.02) as watch:
        assert not watch.notified
        look_now.clear()
        assert look_now.wait(SOON)


def test_a_folder_that_was_removed_is_made_and_watched_again(tmp_path, look_now):
    folder = tmp_path / "edi"
    with Watch([folder], look_now, poll=0.02):
        shutil.rmtree(folder)
        for _ in range(100):
            look_now.clear()
            look_now.wait(SOON)
            if folder.is_dir():
                break
        assert folder.is_dir()
