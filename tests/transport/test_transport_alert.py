from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer

import pytest

from gateway.edi.finding import TransientError
from gateway.transport import post
from gateway.transport import run_command

MESSAGE = {"kind": "held", "subject": "H1"}


def python(script: str, *words: str) -> list[str]:
    return [sys.executable, "-c", script, *words]


def test_a_command_gets_the_message_and_a_bare_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_DATABASE_PASSWORD", "secret")
    out = tmp_path / "out"
    script = (
        "import os,sys; open(sys.argv[1],'w').write(sys.stdin.read() + str(sorted(os.environ)))"
    )
    run_command(python(script, str(out)), MESSAGE)
    line, environment = out.read_text().split("\n")
    assert json.loads(line) == MESSAGE
    assert "PATH" in environment
    assert "PASSWORD" not in environment


def test_words_of_a_command_are_never_read_by_a_shell(tmp_path):
    run_command(python("", f"; touch {tmp_path / 'made'}", "$(id)"), MESSAGE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "argv, reason",
    [
        (python("raise SystemExit(3)"), "exit code 3"),
        (["/nowhere/at/all"], "No such file"),
    ],
)
def test_a_command_that_fails_is_transient(argv, reason):
    with pytest.raises(TransientError, match=reason):
        run_command(argv, MESSAGE)


def test_a_command_that_ignores_its_input_is_fine():
    run_command(python(""), {"note": "x" * 1_000_000})


def test_a_command_that_hangs_is_killed_with_its_children():
    hang = "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    started = time.monotonic()
    with pytest.raises(TransientError, match="no end within"):
        run_command(python(hang), MESSAGE, timeout=0.3)
    assert time.monotonic() - started < 5


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(int(self.path.rpartition("=")[2]))
        self.send_header("Location", "/elsewhere?status=200")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def webhook():
    server = HTTPServer(("127.0.0.1", 0), Webhook)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(server, status: int) -> str:
    return f"http://127.0.0.1:{server.server_port}/alerts?status={status}"


def test_a_webhook_is_posted_to(webhook):
    post(url(webhook, 204), MESSAGE)
    assert webhook.heard == [("/alerts?status=204", "application/json", MESSAGE)]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_is_transient_and_no_redirect_is_followed(webhook, status):
    with pytest.raises(TransientError, match=f"status {status}"):
        post(url(webhook, status), MESSAGE)
    assert len(webhook.heard) == 1


def test_a_webhook_that_is_down_is_transient():
    with pytest.raises(TransientError, match="webhook 127"):
        post("http://127.0.0.1:1/", MESSAGE, timeout=1)


def test_https_is_verified(webhook):
    with pytest.raises(TransientError):
        post(f"https://127.0.0.1:{webhook.server_port}/", MESSAGE, timeout=1)


@pytest.mark.parametrize("wrong", ["file:///etc/passwd", "ftp://host/x", "hooks.example/x", ""])
def test_a_webhook_is_an_http_url(wrong):
    with pytest.raises(ValueError, match="http or https"):
        post(wrong, MESSAGE)
