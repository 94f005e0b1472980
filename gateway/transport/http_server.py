"""An HTTP server that takes each posted body whole and asks what to answer.

Long bodies go to a file as they come, so a message of any size needs one chunk of memory. Header
fields may be folded and long, as AS2 products write them; that is why the parser is h11.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any
from typing import BinaryIO

from gateway.edi.finding import TransientError
from gateway.transport.http_connections import STOPPED_WITHIN
from gateway.transport.http_connections import Gate
from gateway.transport.http_connections import uvicorn_server

Fields = tuple[tuple[str, str], ...]

_THREADS = 4
"""Messages opened at a time; more would only wait for each other's keys and commits."""
_IN_MEMORY = 1 << 16
"""Bytes of a body that need no file."""
_BETWEEN_CHUNKS = 60.0
"""Seconds a sender may be silent within a body."""
_READY_WITHIN = 10.0
_NO_ROOM = 503

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """A request before its body is read. `certificate` is the client's, in DER, where it has shown
    one and proved its key; `size` None where the sender does not say."""

    path: str
    headers: Fields
    address: str
    certificate: bytes | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    headers: Fields = ()
    body: bytes = b""


def text_reply(status: int, text: str, *headers: tuple[str, str]) -> Reply:
    """A sentence for people."""
    fields = (("Content-Type", "text/plain; charset=us-ascii"), *headers)
    return Reply(status, fields, f"{text}\r\n".encode())


Take = Callable[[BinaryIO], Reply]
"""Answers a request whose body the file holds, in a thread of its own."""
Admit = Callable[[Head], Reply | Take]
"""Refuses a request before its body is read, or says what takes it; at once, others wait."""


class HttpServer:
    """Listens from `with` on, in a thread. `port` is the one it has, also when 0 was asked for.

    Raises TransientError where the address cannot be had.
    """

    def __init__(
        self,
        address: tuple[str, int],
        admit: Admit,
        *,
        spool: Path,
        largest: int,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._admit = admit
        self._spool, self._largest = spool, largest
        self._context = context
        self._socket = _listen(*address)
        self.port = int(self._socket.getsockname()[1])
        self._pool = ThreadPoolExecutor(_THREADS, "as2")
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> HttpServer:
        self._spool.mkdir(parents=True, exist_ok=True)
        self._server = uvicorn_server(self._answer, self._context)
        run = partial(self._server.run, sockets=[self._socket])
        self._thread = threading.Thread(target=run, name="http", daemon=True)
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_READY_WITHIN * 100)):
            if self._server.started or not self._thread.is_alive():
                break
            waited.wait(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is being answered is finished, unless it takes long."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(STOPPED_WITHIN)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._socket.close()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        reply = await self._reply(scope, receive)
        if reply is None:
            return  # the sender has gone
        fields = [*reply.headers, ("Content-Length", str(len(reply.body)))]
        if not any(name.lower() == "date" for name, _ in fields):
            fields.append(("Date", formatdate(usegmt=True)))
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        if reply.status == 204:
            raw = [pair for pair in raw if pair[0] != b"Content-Length"]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, scope: Any, receive: Any) -> Reply | None:
        if scope["method"] in ("GET", "HEAD"):
            return text_reply(200, "ready") if scope["path"] == "/" else text_reply(404, "nothing")
        if scope["method"] != "POST":
            return text_reply(405, "POST a message here", ("Allow", "GET, HEAD, POST"))
        head = _head(scope)
        take = self._admit(head)
        if isinstance(take, Reply):
            return _closing(take)
        if head.size is not None and head.size > self._largest:
            return _closing(text_reply(413, "the message is too large"))
        with ExitStack() as unread:
            body = unread.enter_context(SpooledTemporaryFile(_IN_MEMORY, dir=str(self._spool)))
            status = await self._read(receive, body.write)
            if status is None:
                return None
            if status == _NO_ROOM:
                return _closing(text_reply(status, "try again later", ("Retry-After", "60")))
            if status:
                return _closing(text_reply(status, "the message did not come whole"))
            unread.pop_all()  # from here on the thread closes it, whatever becomes of this task
        return await asyncio.get_running_loop().run_in_executor(self._pool, _taken, take, body)

    async def _read(self, receive: Any, write: Callable[[bytes], int]) -> int | None:
        """The body into the file: 0 when it is whole, an HTTP status, or None when it was cut."""
        size = 0
        while True:
            try:
                async with asyncio.timeout(_BETWEEN_CHUNKS):
                    event = await receive()
            except TimeoutError:
                return 408
            if event["type"] == "http.disconnect":
                return None
            chunk = event.get("body", b"")
            size += len(chunk)
            if size > self._largest:
                return 413
            try:
                write(chunk)
            except OSError as error:
                _log.error("a message cannot be kept in %s: %s", self._spool, error.strerror)
                return _NO_ROOM
            if not event.get("more_body"):
                return 0


def _taken(take: Take, body: Any) -> Reply:
    with body:
        return take(body)


def _closing(reply: Reply) -> Reply:
    """The rest of the body is not read, so the connection can carry nothing more."""
    return Reply(reply.status, (*reply.headers, ("Connection", "close")), reply.body)


def _head(scope: Any) -> Head:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    size = next((value for name, value in headers if name.lower() == "content-length"), "")
    return Head(
        path=scope["path"],
        headers=headers,
        address=str((scope.get("client") or ("",))[0]),
        certificate=scope.get("client_certificate"),
        size=int(size) if size.isdecimal() else None,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = Gate(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(100)
    except OSError as error:
        listening.close()
        raise TransientError(f"as2: listen {host}:{port}: {error.strerror}") from error
    return listening


def free_ports() -> tuple[int, int]:
    """Two ports of this machine that nobody listens on now."""
    with _listen("127.0.0.1", 0) as one, _listen("127.0.0.1", 0) as other:
        return int(one.getsockname()[1]), int(other.getsockname()[1])
