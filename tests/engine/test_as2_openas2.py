"""OpenAS2's server and a home of ours, both ways over HTTP: orders, their receipts, and answers.

The server is installed by tests/as2/peers/install.py; where it is not there these are skipped.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import OURS
from as2_pair import PASSWORD
from as2_pair import SETTINGS
from as2_pair import THEIRS
from as2_pair import As2Desk
from as2_pair import free_port
from as2_pair import key_of
from as2_pair import until
from as2_pair import write_private
from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12

sys.path.insert(0, str(Path(__file__).parents[1] / "as2" / "peers"))

from openas2 import JARS
from openas2 import OpenAs2
from openas2 import Trade

STYLES = [
    {},
    {"compress": "before", "sign": "sha-512", "receipt": "async"},
    {"compress": "after", "encrypt": "aes-128-cbc", "receipt": "async", "receipt_signed": False},
    {"sign": "sha-384", "encrypt": "aes-192-cbc", "receipt_signed": False},
    {"sign": "sha-1", "encrypt": "3des", "compress": "before"},
    {"sign": None, "encrypt": None},
    {"sign": None, "compress": "before", "receipt": "async"},
    {"encrypt": None, "receipt": "none"},
]
PARTNER = """\
name: {theirs}
dialect: x12
identifier: ZZ:{theirs}
acknowledgment_deadline: 4 hours
as2:
  id: {theirs}
  our_id: {ours}
  url: http://127.0.0.1:{port}/
  receipt_urls: ["127.0.0.1:{receipts_port}"]
  sign: {sign}
  encrypt: {encrypt}
  compress: {compress}
  receipt: {receipt}
  receipt_signed: {receipt_signed}
  accept_unsigned: yes
  accept_unencrypted: yes
  accept_digests: sha-1
  accept_ciphers: 3des
"""


class Peers:
    """The server, running, and our home, open."""

    def __init__(self, folder: Path, trades: list[Trade]) -> None:
        self.trades = trades
        ours = free_port()
        self.server = OpenAs2(
            folder / "openas2", free_port(), free_port(), f"http://127.0.0.1:{ours}/"
        )
        key, certificate = key_of(HARBOR[0], 1)
        own_key, own = key_of(NORTH[0], 1)
        self.server.keys(key, PASSWORD.encode(), certificate, own)
        self.server.settle(trades)
        home = folder / "northfield"
        write_private(home / "password", PASSWORD.encode())
        write_private(home / "certs/own.key", own_key)
        write_private(home / "certs/own.pem", own)
        (home / "certs/certificates.yaml").write_text(OURS)
        text = SETTINGS.format(title=NORTH[1], identifier=NORTH[2], port=ours)
        (home / "gateway.yaml").write_text(text)
        for trade in trades:
            self._add_partner(home, trade, certificate)
        self.desk = As2Desk(home)

    def _add_partner(self, home: Path, trade: Trade, certificate: bytes) -> None:
        partner = home / "partners" / trade.theirs.lower()
        write_private(partner / "certs/their.pem", certificate)
        (partner / "certs/certificates.yaml").write_text(THEIRS)
        text = PARTNER.format(
            ours=trade.ours,
            theirs=trade.theirs,
            port=self.server.port,
            receipts_port=self.server.receipts_port,
            sign=trade.sign or "no",
            encrypt=trade.encrypt or "no",
            compress=trade.compress,
            receipt=trade.receipt,
            receipt_signed="yes" if trade.receipt_signed else "no",
        )
        (partner / "partner.yaml").write_text(text)

    def work_until(self, condition) -> None:
        def worked() -> bool:
            self.desk.work()
            return bool(condition())

        until(worked, seconds=30)


def run(folder: Path, trades: list[Trade]) -> Iterator[Peers]:
    if not list(JARS.glob("openas2-server-*.jar")) or shutil.which("java") is None:
        pytest.skip("OpenAS2 was not tried: tests/as2/peers/install.py installs it, with Java")
    peers = Peers(folder, trades)
    with peers.server.running():
        peers.desk.open()
        try:
            yield peers
        finally:
            peers.desk.close()


def trade(number: int, style: dict[str, object]) -> Trade:
    return Trade(f"NORTHFIELD{number}", f"HARBOR{number}", **style)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    trades = [trade(number, style) for number, style in enumerate(STYLES)]
    yield from run(tmp_path_factory.mktemp("openas2"), trades)


def openas2_takes(peers: Peers, one: Trade) -> None:
    """An order of ours; a right receipt has the MIC of the very bytes."""
    desk, partner = peers.desk, one.theirs.lower()
    receipt = desk.send(partner, order("4500000001"))
    wanted = "sent" if one.receipt == "none" else "delivered"
    if receipt["as2"]["state"] != wanted:
        peers.work_until(lambda: desk.receipt(partner)["as2"]["state"] == wanted)
    until(lambda: peers.server.inbox(one))
    [taken] = peers.server.inbox(one)
    assert taken.startswith(b"ISA*")
    assert b"*4500000001*" in taken


def openas2_sends(peers: Peers, one: Trade) -> None:
    """An answer of theirs: delivered to the ERP, and the server holds our receipt for right."""
    desk, partner = peers.desk, one.theirs.lower()
    answer = x12(confirmation("SO-1"), sender=one.theirs, receiver=NORTH[2])
    peers.server.drop(one, "855.edi", answer.encode())
    peers.work_until(lambda: desk.documents(partner))
    [document] = desk.documents(partner)
    assert document["type"] == "purchase_order_response"
    until(lambda: not peers.server.pending(), seconds=20)


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_row_a_openas2_takes(peers: Peers, number: int) -> None:
    openas2_takes(peers, peers.trades[number])


ASKING = [number for number, style in enumerate(STYLES) if style.get("receipt") != "none"]
"""It cannot send without asking for a receipt."""


@pytest.mark.parametrize("number", ASKING)
def test_row_a_openas2_sends(peers: Peers, number: int) -> None:
    openas2_sends(peers, peers.trades[number])
