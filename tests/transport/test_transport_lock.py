from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from gateway.edi.finding import TransientError
from gateway.transport import HomeLock
from gateway.transport import HomeLockedError

HOLD = (
    "import sys, time; from pathlib import Path; from gateway.transport import HomeLock\n"
    "HomeLock(Path(sys.argv[1])).acquire(); print('held', flush=True); time.sleep(60)"
)
# the holder forks a worker, which lives on after its parent was killed
HOLD_AND_FORK = HOLD.replace("; print", "\nimport os\nif os.fork() == 0: time.sleep(60)\nprint")


def hold(path, script=HOLD):
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder):
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_a_second_gateway_is_told_who_runs(tmp_path):
    holder = hold(tmp_path / "var" / "lock")
    with pytest.raises(HomeLockedError, match=f"process {holder.pid} ") as refused:
        HomeLock(tmp_path / "var" / "lock").acquire()
    assert refused.value.pid == holder.pid
    end(holder)


def test_a_killed_gateway_frees_its_home(tmp_path):
    end(hold(tmp_path / "lock"))
    with HomeLock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_worker_left_behind_does_not_keep_the_home(tmp_path):
    holder = hold(tmp_path / "lock", HOLD_AND_FORK)
    time.sleep(0.1)
    end(holder)
    with HomeLock(tmp_path / "lock"):
        pass
    os.killpg(holder.pid, signal.SIGKILL)


def test_within_one_process_the_lock_is_exclusive_too(tmp_path):
    with HomeLock(tmp_path / "lock"), pytest.raises(HomeLockedError):
        HomeLock(tmp_path / "lock").acquire()


def test_a_released_lock_can_be_taken_again(tmp_path):
    for _ in range(3):
        with HomeLock(tmp_path / "lock"):
            pass


def test_a_disk_without_room_is_told_with_the_place(tmp_path, monkeypatch):
    def full(*_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("gateway.transport.lock.os.pwrite", full)
        with pytest.raises(TransientError, match=r"lock cannot be written: .*; make room"):
            HomeLock(tmp_path / "lock").acquire()
    with HomeLock(tmp_path / "lock"):
        pass
