"""A home of ours with a partner for each trade with one peer, worked in this process."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from as2_pair import NORTH
from as2_pair import OURS
from as2_pair import PASSWORD
from as2_pair import SETTINGS
from as2_pair import THEIRS
from as2_pair import As2Desk
from as2_pair import key_of
from as2_pair import until
from as2_pair import write_private
from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12
from trade import Trade

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
ORDER = "4500000001"


class TradeDesk(As2Desk):
    """Northfield's home. `port` and `receipts_port` are where the peer takes messages and
    asynchronous receipts; `switches` are those of the peer's product."""

    def __init__(
        self,
        folder: Path,
        listen: int,
        trades: Sequence[Trade],
        certificate: bytes,
        port: int,
        receipts_port: int,
        **switches: str,
    ) -> None:
        key, own = key_of(NORTH[0], 1)
        write_private(folder / "password", PASSWORD.encode())
        write_private(folder / "certs/own.key", key)
        write_private(folder / "certs/own.pem", own)
        (folder / "certs/certificates.yaml").write_text(OURS)
        text = SETTINGS.format(title=NORTH[1], identifier=NORTH[2], port=listen)
        (folder / "gateway.yaml").write_text(text)
        for trade in trades:
            partner = folder / "partners" / trade.theirs.lower()
            write_private(partner / "certs/their.pem", certificate)
            (partner / "certs/certificates.yaml").write_text(THEIRS)
            text = _partner(trade, port, receipts_port)
            text += "".join(f"  {key}: {value}\n" for key, value in switches.items())
            (partner / "partner.yaml").write_text(text)
        super().__init__(folder)

    def deliver(self, trade: Trade) -> None:
        """An order of ours, which the peer has taken; a right receipt has the MIC of its bytes."""
        partner = trade.theirs.lower()
        wanted = "sent" if trade.receipt == "none" else "delivered"
        receipt = self.send(partner, order(ORDER))
        if receipt["as2"]["state"] != wanted:
            self.work_until(lambda: self.receipt(partner)["as2"]["state"] == wanted)

    def wait_for_answer(self, trade: Trade) -> None:
        """An answer of theirs is with the ERP, from one message with the layers agreed."""
        partner = trade.theirs.lower()
        self.work_until(lambda: self.documents(partner))
        [document] = self.documents(partner)
        assert document["type"] == "purchase_order_response"
        with self.gateway.store.reading() as tx:
            entries = tx.journal.after(0)
        found = [one for one in entries if (one.event, one.partner) == ("as2-accepted", partner)]
        assert [set(one.detail["layers"]) for one in found] == [trade.layers]

    def work_until(self, condition: Callable[[], Any]) -> None:
        def worked() -> bool:
            self.work()
            return bool(condition())

        until(worked, seconds=30)


def _partner(trade: Trade, port: int, receipts_port: int) -> str:
    return PARTNER.format(
        ours=trade.ours,
        theirs=trade.theirs,
        port=port,
        receipts_port=receipts_port,
        sign=trade.sign or "no",
        encrypt=trade.encrypt or "no",
        compress=trade.compress,
        receipt=trade.receipt,
        receipt_signed="yes" if trade.receipt_signed else "no",
    )


def answer_of(trade: Trade) -> bytes:
    """What the peer is to send to us."""
    return x12(confirmation("SO-1"), sender=trade.theirs, receiver=NORTH[2]).encode()


def is_our_order(content: bytes) -> bool:
    return content.startswith(b"ISA*") and f"*{ORDER}*".encode() in content
