"""Connections to our HTTP server: how many there may be, how long one may take to say what it
wants, and which certificate it has shown.

Whoever reaches the port may open connections. Each takes a file descriptor, which folders and
database need too, and up to 128 KB of a header, so they are few and none lasts without a request.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import ssl
from collections.abc import Awaitable
from collections.abc import Callable
from functools import partial
from typing import Any

_LARGEST_HEADER = 1 << 17
_MOST = 300
_HEAD_WITHIN = 30.0
"""Seconds in which a header must be there whole."""
STOPPED_WITHIN = 5.0

_log = logging.getLogger(__name__)

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Gate(socket.socket):
    """A socket to listen on that turns away who comes while it is full: at 300 connections, or at
    a third of the files this process may open."""

    def __init__(self, family: int) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._inside: list[socket.socket] = []
        self._full = False

    def accept(self) -> tuple[socket.socket, Any]:
        """Raises ConnectionAbortedError for one that was turned away; full is logged once."""
        connection, address = super().accept()
        self._inside = [one for one in self._inside if one.fileno() != -1]
        most = min(_MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 3)
        full = len(self._inside) >= most
        if full and not self._full:
            _log.warning("%d connections: more are turned away", most)
        self._full = full
        if full:
            connection.close()
            raise ConnectionAbortedError
        self._inside.append(connection)
        return connection, address


def uvicorn_server(app: Application, context: ssl.SSLContext | None) -> Any:
    """A server of the application, which is told the client's certificate in its scope."""
    import uvicorn  # only who listens needs it
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(H11Protocol):
        late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._await_head()
            shown = transport.get_extra_info("ssl_object")
            certificate = shown.getpeercert(binary_form=True) if shown else None
            if certificate:
                self.app = partial(_told, certificate, self.app)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            if self.late is not None:
                self.late.cancel()

        def on_response_complete(self) -> None:
            self._await_head()
            super().on_response_complete()

        def _await_head(self) -> None:
            if self.late is not None:
                self.late.cancel()
            self.late = self.loop.call_later(_HEAD_WITHIN, self._close_if_late)

        def _close_if_late(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    config = uvicorn.Config(
        app,
        interface="asgi3",
        http=Connection,
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=_LARGEST_HEADER,
        timeout_graceful_shutdown=int(STOPPED_WITHIN),
    )
    config.load()
    if context is not None:
        config.ssl = context
    return uvicorn.Server(config)


async def _told(certificate: bytes, app: Any, scope: Any, receive: Any, send: Any) -> None:
    await app({**scope, "client_certificate": certificate}, receive, send)
