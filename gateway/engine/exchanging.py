"""AS2 beside the worker, where there is something for it to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from gateway.edi.finding import TransientError
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.working import Worker
from gateway.store import StoreError

if TYPE_CHECKING:
    from gateway.engine.as2_working import Exchange


class Exchanging:
    """AS2 of a gateway at work: begun when gateway.yaml has `as2`, or something is left from when
    it had, and listening as gateway.yaml says now. `tell` when it has done something."""

    def __init__(self, gateway: Gateway, tell: Callable[[], None] = lambda: None) -> None:
        self._gateway = gateway
        self._tell = tell
        self._exchange: Exchange | None = None
        self._trouble = ""
        self._open = ExitStack()

    def __enter__(self) -> Exchanging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def troubles(self) -> list[str]:
        """What fails, while it lasts."""
        own = [self._trouble] if self._trouble else []
        return own + (self._exchange.troubles if self._exchange is not None else [])

    def drain(self, worker: Worker) -> None:
        """Everything that is due, and the work that comes of it."""
        while exchange := self._find():
            if not exchange.drain():
                return
            worker.drain()

    def start(self) -> None:
        """Listens, and works beside. Raises TransientError, StoreError."""
        if exchange := self._find():
            exchange.start()

    def follow(self, *, more: bool) -> None:
        """Takes up what gateway.yaml says now, and looks at once where there is more to do. What
        fails is a trouble while it lasts, and is tried again."""
        try:
            self.start()
            self._trouble = ""
        except (TransientError, StoreError, OSError) as error:
            if self._trouble != str(error):
                log("as2-not-followed", level=logging.ERROR, reason=str(error))
            self._trouble = str(error)
        if more and self._exchange is not None:
            self._exchange.wake()

    def _find(self) -> Exchange | None:
        if self._exchange is None and self._has_work():
            from gateway.engine.as2_working import Exchange  # loads cryptography

            self._exchange = self._open.enter_context(Exchange(self._gateway, self._tell))
        return self._exchange

    def _has_work(self) -> bool:
        if self._gateway.settings.as2 is not None:
            return True
        with self._gateway.store.reading() as tx:
            return tx.as2.any_queued()
