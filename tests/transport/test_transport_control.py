from __future__ import annotations

import socket
import stat
import subprocess
import sys
import threading

import pytest

from gateway.edi.finding import TransientError
from gateway.transport import ControlServer
from gateway.transport import ask


def echo(request):
    return {"heard": request}


@pytest.fixture(params=["short", "a path far too long for a socket " * 4])
def path(request, tmp_path):
    return tmp_path / request.param / "control.sock"


def test_a_request_is_answered(path):
    with ControlServer(path, echo):
        assert ask(path, {"do": "status"}) == {"heard": {"do": "status"}}
        assert ask(path, {"note": "ä" * 100_000})["heard"]["note"] == "ä" * 100_000


def test_where_none_runs_there_is_no_answer(path):
    assert ask(path, {}) is None
    ControlServer(path, echo).start()
    with ControlServer(path, echo):
        pass
    assert ask(path, {}) is None
    assert not path.exists()


def test_a_socket_left_by_a_crash_is_replaced(path):
    crash = (
        "import os, sys; from pathlib import Path; from gateway.transport import ControlServer\n"
        "ControlServer(Path(sys.argv[1]), dict).start(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", crash, str(path)], check=False)
    assert path.exists()
    assert ask(path, {}) is None
    with ControlServer(path, echo):
        assert ask(path, {"n": 1}) == {"heard": {"n": 1}}


def test_only_the_owner_may_ask(tmp_path):
    path = tmp_path / "control.sock"
    with ControlServer(path, echo):
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600


def test_requests_are_answered_side_by_side(tmp_path):
    def meet(request):
        barrier.wait(5)
        return request

    barrier, answers = threading.Barrier(4), []
    path = tmp_path / "c.sock"
    with ControlServer(path, meet):
        threads = [
            threading.Thread(target=lambda n=n: answers.append(ask(path, {"n": n})["n"]))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == [0, 1, 2, 3]


def test_a_gateway_that_does_not_answer_in_time_is_transient(tmp_path):
    release = threading.Event()

    def wait(request):
        release.wait(5)
        return request

    with ControlServer(tmp_path / "c.sock", wait):
        with pytest.raises(TransientError, match="did not answer"):
            ask(tmp_path / "c.sock", {}, timeout=0.1)
        release.set()


def test_a_failed_request_is_logged_and_the_next_one_answered(tmp_path, caplog):
    def divide(request):
        return {"result": 1 / request["by"]}

    with ControlServer(tmp_path / "c.sock", divide):
        with pytest.raises(TransientError):
            ask(tmp_path / "c.sock", {"by": 0})
        assert ask(tmp_path / "c.sock", {"by": 2}) == {"result": 0.5}
    assert "a control request failed" in caplog.text


@pytest.mark.parametrize("line", [b"\n", b"not json\n", b"[1]\n", b""])
def test_what_is_no_request_gets_no_answer_and_harms_nothing(tmp_path, line):
    path = tmp_path / "c.sock"
    with ControlServer(path, echo):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(line)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(10) == b""
        assert ask(path, {}) == {"heard": {}}
