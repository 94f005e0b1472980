"""Telling the operator: a command of theirs, or a webhook."""

from __future__ import annotations

import http.client
import os
import signal
import ssl
import subprocess
from typing import Any
from urllib.parse import urlsplit

import orjson

from gateway.edi.finding import TransientError

_PASSED_ON = ("PATH", "HOME", "LANG", "TZ")


def run_command(argv: list[str], message: dict[str, Any], *, timeout: float = 30.0) -> None:
    """Run a program, without a shell, with the message as JSON on its standard input.

    Its environment is PATH, HOME, LANG and TZ. Raises TransientError where it cannot be started,
    fails or takes longer than `timeout` seconds; then it is killed with all it started.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        running = subprocess.Popen(  # noqa: S603 (the operator's own program, no shell)
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise TransientError(f"alert command {argv[0]}: {error.strerror}") from error
    try:
        running.communicate(orjson.dumps(message) + b"\n", timeout)
    except subprocess.TimeoutExpired as error:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        raise TransientError(f"alert command {argv[0]}: no end within {timeout:g} s") from error
    if running.returncode:
        raise TransientError(f"alert command {argv[0]}: exit code {running.returncode}")


def post(url: str, message: dict[str, Any], *, timeout: float = 30.0) -> None:
    """POST the message as JSON; certificates are verified, redirects are not followed.

    Raises TransientError for any answer but 2xx and for none, ValueError for a URL that is not
    http or https.
    """
    target = urlsplit(url)
    connection = _connection(target.scheme, target.hostname, target.port, timeout)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request(
            "POST", path, orjson.dumps(message), {"Content-Type": "application/json"}
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise TransientError(
            f"webhook {target.hostname}: {error or type(error).__name__}"
        ) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise TransientError(f"webhook {target.hostname}: status {status}")


def _connection(
    scheme: str, host: str | None, port: int | None, timeout: float
) -> http.client.HTTPConnection:
    if host is None or scheme not in {"http", "https"}:
        raise ValueError("a webhook is an http or https URL")
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
