"""Messages made by hand and posted, and a server that answers as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from functools import cache
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import PASSWORD
from as2_pair import As2Desk
from as2_pair import key_of
from engine_wire import x12

from gateway.as2 import Attachment
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Letter
from gateway.as2 import Octets
from gateway.as2 import OwnKey
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Receipt
from gateway.as2 import ReceiptRequest
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import Trust
from gateway.as2 import build_message
from gateway.as2 import read_certificates
from gateway.as2 import read_own_key
from gateway.as2 import read_receipt
from gateway.transport.http_client import Answer
from gateway.transport.http_client import Destination
from gateway.transport.http_client import post_body
from gateway.transport.http_server import Head
from gateway.transport.http_server import HttpServer
from gateway.transport.http_server import Reply

_HOP = ("host", "connection", "content-length", "accept-encoding")
MESSAGE_ID = "<1@northfield>"
ORDER = ["BEG*00*SA*4500000001**20260115", "PO1*1*4*EA*12.5**VN*HM-40300", "CTT*1"]
Posted = tuple[tuple[tuple[str, str], ...], bytes]


def order_850(control: int = 700) -> str:
    """An order from Northfield to Harbor."""
    text = x12(ORDER, control=control, sender="NORTHFIELD", receiver="HARBORMED")
    return text.replace("GS*PR*", "GS*PO*").replace("ST*855*", "ST*850*")


@cache
def own_key(name: str, number: int = 1) -> OwnKey:
    key, certificate = key_of(name, number)
    return read_own_key(key, read_certificates(certificate)[0], PASSWORD.encode())


def attached(content: str | bytes, name: str = "order.edi") -> Attachment:
    data = content.encode() if isinstance(content, str) else content
    return Attachment(Octets.of(data), "application/EDI-X12", name)


def crafted(content: str | bytes, message_id: str = MESSAGE_ID, **changes: object) -> Posted:
    """A message from Northfield to Harbor: `url` asks for an asynchronous receipt, `receipt=None`
    for none, `key` signs instead, `to` encrypts instead, `style` makes it otherwise, `more` are
    attachments behind the first, `parts` stand in their place."""
    now = datetime.now(UTC)
    url = changes.get("url")
    wanted = ReceiptRequest("edi@northfield.example", url=url) if "receipt" not in changes else None
    letter = Letter(
        sender=str(changes.get("sender", NORTH[2])),
        receiver=HARBOR[2],
        message_id=message_id,
        attachments=changes.get("parts") or (attached(content), *changes.get("more", ())),
        at=now,
        boundary="b7f2c1d0e9",
        receipt=wanted,
    )
    signer = changes.get("key", own_key(NORTH[0]))
    to = changes.get("to", own_key(HARBOR[0]))
    style = changes.get("style", Style())
    built = build_message(letter, style, signer=Signer(signer, now), to=[to.certificate])
    return built.headers, bytes(built.body)


def post(desk: As2Desk, message: Posted, **to: object) -> Answer:
    headers, body = message
    headers = tuple(field for field in headers if field[0].lower() not in _HOP)
    url = f"http://127.0.0.1:{desk.exchange.port}/"
    return post_body(Destination(url, **to), headers, BytesIO(body), len(body))


def receipt_in(headers: tuple[tuple[str, str], ...], body: bytes) -> Receipt:
    """Harbor's receipt, verified."""
    trust = Trust([Pinned(own_key(HARBOR[0]).certificate)], datetime.now(UTC), Policy())
    return read_receipt(Entity(Headers.of(headers), Octets.of(body)), trust)


def disposition(answer: Answer) -> str:
    return str(receipt_in(answer.headers, answer.body).disposition).partition("; ")[2]


@contextmanager
def dripping(port: int, head: bytes, drop: bytes) -> Iterator[None]:
    """A server that is never silent for long and never done."""
    stopped = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            while not stopped.wait(0.05):
                connection.sendall(drop)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", port)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield
        stopped.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


@dataclass
class Sink:
    """A partner's server: keeps what is posted, and answers by `answers`, then by `otherwise`."""

    port: int
    spool: Path
    answers: list[Callable[[Posted], Reply] | Reply] = field(default_factory=list)
    otherwise: Reply = field(default_factory=lambda: Reply(200))
    posted: list[Posted] = field(default_factory=list)

    def __enter__(self) -> Sink:
        self._server = HttpServer(
            ("127.0.0.1", self.port),
            lambda head: partial(self._take, head),
            spool=self.spool,
            largest=1 << 30,
        )
        self._server.__enter__()
        self.port = self._server.port
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)

    def _take(self, head: Head, body: BinaryIO) -> Reply:
        body.seek(0)
        self.posted.append((head.headers, body.read()))
        answer = self.answers.pop(0) if self.answers else self.otherwise
        return answer(self.posted[-1]) if callable(answer) else answer
