"""A body posted to a partner's server; its answer, whatever it says.

Certificates and host names are always verified, redirects never followed.
"""

from __future__ import annotations

import base64
import http.client
import re
import ssl
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from typing import BinaryIO
from urllib.parse import urlsplit

from gateway.edi.finding import TransientError
from gateway.transport.http_server import Fields

_LARGEST_ANSWER = 4 << 20
_CHUNK = 1 << 16
_BUSY = (429, 503)
_SECONDS = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate with its chain and its encrypted key, as TLS reads them; the fingerprint
    tells a file from what stood under the same name before."""

    certificate: Path
    key: Path
    password: str | None = None
    fingerprint: str = ""

    def __repr__(self) -> str:
        return f"TlsFiles({self.certificate.name!r})"


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
    """Posts `size` octets. Raises TransientError where no answer came, ValueError for a URL that
    is not http or https."""
    target = urlsplit(to.url)
    connection = _connection(to)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        _send(connection, path, to, headers, body, size)
        answer = connection.getresponse()
        content = answer.read(_LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise TransientError(f"{target.netloc}: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if len(content) > _LARGEST_ANSWER:
        raise TransientError(f"{target.netloc}: the answer is larger than any receipt")
    return Answer(answer.status, tuple(answer.getheaders()), content)


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
            context = _client_context(to.pinned, to.client)
        except (OSError, ssl.SSLError) as error:
            raise TransientError(f"TLS to {target.netloc}: {error}") from error
        connection = http.client.HTTPSConnection(host, port, timeout=to.timeout, context=context)
    if to.proxy:
        usual = http.client.HTTP_PORT if target.scheme == "http" else http.client.HTTPS_PORT
        connection.set_tunnel(target.hostname, target.port or usual)
    return connection


@lru_cache(maxsize=256)
def _client_context(pinned: tuple[bytes, ...], client: TlsFiles | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=_pem(pinned) or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if client is not None:
        context.load_cert_chain(client.certificate, client.key, lambda: client.password or "")
    return context


ServerTls = tuple[TlsFiles, tuple[bytes, ...]]
"""Our server's certificate, and the DER certificates that clients may show."""


class _EachTime(ssl.SSLContext):
    """TLS as it is to be when a connection comes, so that certificates change without a restart;
    where they cannot be used, as it was."""

    now: Callable[[], ServerTls]
    last: ssl.SSLContext

    def wrap_bio(self, *words: Any, **named: Any) -> ssl.SSLObject:
        with suppress(TransientError):
            self.last = _server_context(*self.now())
        return self.last.wrap_bio(*words, **named)


def server_context(now: Callable[[], ServerTls]) -> ssl.SSLContext:
    """TLS for our server. Only where there are certificates for clients are they asked. Raises
    TransientError where the files of now cannot be used."""
    context = _EachTime(ssl.PROTOCOL_TLS_SERVER)
    context.now, context.last = now, _server_context(*now())
    return context


@lru_cache(maxsize=4)
def _server_context(files: TlsFiles, clients: tuple[bytes, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key, lambda: files.password or "")
        known = _pem(clients)
        if known:
            context.load_verify_locations(cadata=known)
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise TransientError(f"TLS of our own server: {error}") from error
    return context


def _pem(certificates: Iterable[bytes]) -> str:
    return "".join(ssl.DER_cert_to_PEM_cert(one) for one in certificates)
