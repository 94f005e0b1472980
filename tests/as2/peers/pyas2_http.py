"""pyas2lib behind HTTP as the partner Harbor: takes messages, answers with receipts both ways, and
sends. Questions and answers as in pyas2_driver.py, in the same environment.

`listen` gives the port; `send` posts a document of a trade; `taken` are the documents that came for
it, `told` what the receipts for those it sent said.
"""

from __future__ import annotations

import base64
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer

from pyas2_driver import parties
from pyas2_driver import serve
from pyas2lib import as2


@dataclass
class Trade:
    """Both sides, and what went between them; `told` are status and reason of each receipt."""

    organization: as2.Organization
    partner: as2.Partner
    url: str
    taken: list[str] = field(default_factory=list)
    sent: dict[str, as2.Message] = field(default_factory=dict)
    told: list[list[str]] = field(default_factory=list)

    def settle(self, raw: bytes) -> bool:
        """Whether it is a receipt; what it says is kept."""
        status, why = as2.Mdn().parse(raw, lambda number, _name: self.sent.get(number))
        if why == "mdn-not-found":
            return False
        self.told.append([status, str(why)])
        return True


TRADES: dict[str, Trade] = {}
NO_HEADERS: Mapping[str, str] = {}


def raw(headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n" + body


def post(url: str, payload: as2.Message | as2.Mdn) -> bytes:
    """The answer, as it came."""
    headers = {name: " ".join(str(value).split()) for name, value in payload.headers.items()}
    request = urllib.request.Request(url, payload.content, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return raw(answer.headers.items(), answer.read())
    except urllib.error.HTTPError as refusal:
        return raw([("Content-Type", "text/plain")], refusal.read())


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        trade = TRADES[self.headers["AS2-To"]]
        received = raw(self.headers.items(), body)
        if trade.settle(received):
            self._answer(200)
            return
        message = as2.Message()
        _status, (fault, _trace), mdn = message.parse(
            received,
            find_org_cb=lambda _name: trade.organization,
            find_partner_cb=lambda _name: trade.partner,
        )
        if fault is None:
            trade.taken.append(base64.b64encode(message.content).decode())
        if mdn is None:
            self._answer(200)
        elif mdn.mdn_url:
            self._answer(204)
            threading.Thread(target=post, args=(mdn.mdn_url, mdn)).start()
        else:
            self._answer(200, mdn.headers, mdn.content)

    def _answer(
        self, status: int, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, " ".join(str(value).split()))
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Standard error is the test's."""


def listen(words: dict) -> dict:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    port = server.server_address[1]
    for trade in words["trades"]:
        sides = parties({**words, **trade, "mdn_url": f"http://127.0.0.1:{port}/"})
        TRADES[trade["own"]] = Trade(*sides, words["url"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"port": port}


def send(words: dict) -> dict:
    trade = TRADES[words["trade"]]
    message = as2.Message(trade.organization, trade.partner)
    content = base64.b64decode(words["content"])
    message.build(content, filename="answer.edi", content_type="application/edi-x12")
    trade.sent[message.message_id] = message
    trade.settle(post(trade.url, message))
    return {}


serve(
    {
        "listen": listen,
        "send": send,
        "taken": lambda words: {"taken": TRADES[words["trade"]].taken},
        "told": lambda words: {"told": TRADES[words["trade"]].told},
    }
)
