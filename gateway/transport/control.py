"""The local control socket: commands beside a running gateway ask it, one JSON line each way.

A socket's path has room for about 100 bytes; in a home with a longer one the socket lies in a
private folder of the system's temporary directory, and a file in its place names it.
"""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from gateway.edi.finding import TransientError

Answer = Callable[[dict[str, Any]], dict[str, Any]]

_log = logging.getLogger(__name__)
_PATH_BYTES = 100  # sockaddr_un has 108 on Linux, 104 elsewhere
_LINE_BYTES = 1024 * 1024
_READ_SECONDS = 10
_OWNER_ONLY = 0o600


class _Connection(socketserver.StreamRequestHandler):
    timeout = _READ_SECONDS
    server: _Server

    def handle(self) -> None:
        try:
            request = orjson.loads(self.rfile.readline(_LINE_BYTES))
        except (orjson.JSONDecodeError, TimeoutError):
            return
        if isinstance(request, dict):
            self.wfile.write(orjson.dumps(self.server.answer(request)) + b"\n")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: str, answer: Answer) -> None:
        self.answer = answer
        super().__init__(path, _Connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """One failed request is logged and answers nothing; the server goes on."""
        kind = sys.exc_info()[0]
        _log.error("a control request failed: %s", kind.__name__ if kind else "")

    def server_bind(self) -> None:
        os.fchmod(self.socket.fileno(), _OWNER_ONLY)  # before there is a name to open
        super().server_bind()
        Path(str(self.server_address)).chmod(_OWNER_ONLY)


class ControlServer:
    """Answers requests in threads of its own. Only the holder of the home's lock may start one:
    a socket that lies there was left by a crash and is replaced."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path = path
        self._answer = answer
        self._folder: Path | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Raises TransientError where the socket cannot be made."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._remove()
            self._server = _Server(str(self._place()), self._answer)
        except OSError as error:
            raise TransientError(f"{self._path} cannot be made: {error.strerror}") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="control", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._remove()

    def __enter__(self) -> ControlServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _place(self) -> Path:
        """Where the socket itself lies; a pointer is left where it does not fit."""
        if len(os.fsencode(self._path)) <= _PATH_BYTES:
            return self._path
        self._folder = Path(tempfile.mkdtemp(prefix="gateway-"))
        place = self._folder / "control.sock"
        self._path.write_text(f"{place}\n", encoding="utf-8")
        return place

    def _remove(self) -> None:
        place = _socket_at(self._path)
        if place is not None and place != self._path:
            place.unlink(missing_ok=True)
            with suppress(OSError):
                place.parent.rmdir()
        self._path.unlink(missing_ok=True)


def ask(path: Path, request: dict[str, Any], *, timeout: float = 30.0) -> dict[str, Any] | None:
    """The running gateway's answer, or None where none runs.

    Raises TransientError where one runs but does not answer within `timeout` seconds.
    """
    place = _socket_at(path)
    if place is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise TransientError(f"the gateway cannot be asked: {error.strerror}") from error
        return _exchange(connection, request)


def _exchange(connection: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
    try:
        connection.sendall(orjson.dumps(request) + b"\n")
        with connection.makefile("rb") as source:
            answer = orjson.loads(source.readline())
    except (OSError, orjson.JSONDecodeError) as error:
        raise TransientError("the running gateway did not answer") from error
    return dict(answer)


def _socket_at(path: Path) -> Path | None:
    """The socket, directly or through its pointer. None where there is neither."""
    try:
        if stat.S_ISSOCK(path.lstat().st_mode):
            return path
        place = Path(path.read_text(encoding="utf-8", errors="replace").strip())
        return place if stat.S_ISSOCK(place.lstat().st_mode) else None
    except OSError:
        return None
