"""A body posted to a partner's server; its answer, whatever it says.

Certificates and host names are always verified, redirects never followed.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
import threading
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from gateway.edi.finding import TransientError
from gateway.transport.http_server import Fields
from gateway.transport.tls import TlsFiles
from gateway.transport.tls import client_context

_LARGEST_ANSWER = 4 << 20
_CHUNK = 1 << 16
_SILENCES = 10
_SLOWEST = 10_000
"""A try ends after ten of the longest silences and the time its octets take at 10 KB/s."""
_BUSY = (429, 503)
_SECONDS = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to post, and as whom. `pinned` are DER certificates of the server, or of who signed
    its own; without any, those the system trusts. `proxy`: an http URL; a tunnel leads through
    it, so that it sees nothing of what is https."""

    url: str
    timeout: float = 60.0
    user: str = ""
    password: str = ""
    pinned: tuple[bytes, ...] = ()
    client: TlsFiles | None = None
    chunked: bool = False
    proxy: str = ""

    def __repr__(self) -> str:
        return f"Destination({self.url!r})"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields and body of an HTTP answer."""

    status: int
    headers: Fields
    body: bytes

    def asked_wait(self, at: datetime) -> timedelta:
        """How long a busy server asks us to wait, in seconds or until a date (RFC 9110 10.2.3);
        zero where it asks for nothing, or for nothing that can be read."""
        named = (value for name, value in self.headers if name.lower() == "retry-after")
        value = next(named, "").strip()
        if self.status not in _BUSY:
            return timedelta()
        if _SECONDS.fullmatch(value):
            return timedelta(seconds=int(value))
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return timedelta()
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(moment - at, timedelta())


def post_body(to: Destination, headers: Fields, body: BinaryIO, size: int) -> Answer:
    """Posts `size` octets. Raises TransientError where no answer came, or not the whole of it in
    time, ValueError for a URL that is not http or https."""
    target = urlsplit(to.url)
    connection = _connection(to)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    deadline = _Deadline(_SILENCES * to.timeout + size / _SLOWEST)
    try:
        connection.connect()
        with deadline.of(connection.sock):
            _send(connection, path, to, headers, body, size)
            answer = connection.getresponse()
            content = answer.read(_LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        # what is no HTTP is quoted by the library, and may be anything
        foreign = type(error) is http.client.BadStatusLine
        reason = deadline.passed or ("no HTTP" if foreign else error or type(error).__name__)
        raise TransientError(f"{target.netloc}: {reason}") from error
    finally:
        connection.close()
    if deadline.passed:
        raise TransientError(f"{target.netloc}: {deadline.passed}")
    if len(content) > _LARGEST_ANSWER:
        raise TransientError(f"{target.netloc}: the answer is larger than any receipt")
    return Answer(answer.status, tuple(answer.getheaders()), content)


class _Deadline:
    """Cuts a connection whose other end is never silent for long and never done. `passed` says so
    once it did: what was read until then may look whole."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.passed = ""

    @contextmanager
    def of(self, connected: socket.socket) -> Iterator[None]:
        timer = threading.Timer(self._seconds, self._cut, (connected,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self, connected: socket.socket) -> None:
        self.passed = f"no whole answer within {self._seconds:.0f} s"
        with suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # TLS must not be asked first


def _send(
    connection: http.client.HTTPConnection,
    path: str,
    to: Destination,
    headers: Fields,
    body: BinaryIO,
    size: int,
) -> None:
    """A server that answers before it has read all is heard all the same."""
    connection.putrequest("POST", path)
    for name, value in headers:
        connection.putheader(name, value.encode("latin-1"))
    if to.user:
        pair = base64.b64encode(f"{to.user}:{to.password}".encode()).decode()
        connection.putheader("Authorization", f"Basic {pair}")
    connection.putheader("Connection", "close")
    if to.chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    else:
        connection.putheader("Content-Length", str(size))
    connection.endheaders()
    try:
        for chunk in _chunks(body.read):
            framed = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" if to.chunked else chunk
            connection.send(framed)
        if to.chunked:
            connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        return


def _chunks(read: Callable[[int], bytes]) -> Iterable[bytes]:
    while chunk := read(_CHUNK):
        yield chunk


def _connection(to: Destination) -> http.client.HTTPConnection:
    target = urlsplit(to.url)
    if target.hostname is None or target.scheme not in {"http", "https"}:
        raise ValueError("a partner's address is an http or https URL")
    through = urlsplit(to.proxy) if to.proxy else target
    host, port = through.hostname or "", through.port
    if target.scheme == "http":
        connection = http.client.HTTPConnection(host, port, timeout=to.timeout)
    else:
        try:
            context = client_context(to.pinned, to.client)
        except OSError as error:
            raise TransientError(f"TLS to {target.netloc}: {error}") from error
        connection = http.client.HTTPSConnection(host, port, timeout=to.timeout, context=context)
    if to.proxy:
        usual = http.client.HTTP_PORT if target.scheme == "http" else http.client.HTTPS_PORT
        connection.set_tunnel(target.hostname, target.port or usual)
    return connection
