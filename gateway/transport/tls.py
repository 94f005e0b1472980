"""TLS both ways: towards a partner's server, and of our own."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.edi.finding import TransientError


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


@lru_cache(maxsize=256)
def client_context(pinned: tuple[bytes, ...], client: TlsFiles | None) -> ssl.SSLContext:
    """TLS to a server: only `pinned` certificates count where there are some. Raises OSError."""
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
    except OSError as error:
        raise TransientError(f"TLS of our own server: {error}") from error
    return context


def _pem(certificates: Iterable[bytes]) -> str:
    return "".join(ssl.DER_cert_to_PEM_cert(one) for one in certificates)
