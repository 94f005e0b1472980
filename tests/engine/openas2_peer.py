"""OpenAS2's server, running, and a home of ours that has an agreement with it for each trade.

The server is installed by tests/as2/peers/install.py; where it is not there, who asks is skipped.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

sys.path.insert(0, str(Path(__file__).parents[1] / "as2" / "peers"))

from openas2 import JARS
from openas2 import OpenAs2
from openas2 import Trade

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
  compressed_mic_bare: yes
"""


class Peers:
    """The server, running, and our home, open."""

    def __init__(self, folder: Path, trades: Sequence[Trade]) -> None:
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

    def layers(self, trade: Trade) -> list[set[str]]:
        """Of each message of the trade that we accepted."""
        with self.desk.gateway.store.reading() as tx:
            entries = tx.journal.after(0)
        partner = trade.theirs.lower()
        found = [one for one in entries if (one.event, one.partner) == ("as2-accepted", partner)]
        return [set(one.detail["layers"]) for one in found]

    def work_until(self, condition: Callable[[], Any]) -> None:
        def worked() -> bool:
            self.desk.work()
            return bool(condition())

        until(worked, seconds=30)


@contextmanager
def openas2_running(folder: Path, trades: Sequence[Trade]) -> Iterator[Peers]:
    if not list(JARS.glob("openas2-server-*.jar")) or shutil.which("java") is None:
        pytest.skip("OpenAS2 was not tried: tests/as2/peers/install.py installs it, with Java")
    peers = Peers(folder, trades)
    with peers.server.running():
        peers.desk.open()
        try:
            yield peers
        finally:
            peers.desk.close()
