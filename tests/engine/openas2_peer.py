"""OpenAS2's server, running, and a home of ours that has a partner in it for each trade.

The server is installed by tests/as2/peers/install.py; where it is not there, who asks is skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import PASSWORD
from as2_pair import free_port
from as2_pair import key_of
from openas2 import JARS
from openas2 import OpenAs2
from trade import Trade
from trade_home import TradeDesk


@dataclass(frozen=True, slots=True)
class Peers:
    """The server, running, and our home, open."""

    server: OpenAs2
    desk: TradeDesk


@contextmanager
def openas2_running(folder: Path, trades: Sequence[Trade]) -> Iterator[Peers]:
    if not list(JARS.glob("openas2-server-*.jar")) or shutil.which("java") is None:
        pytest.skip("OpenAS2 was not tried: tests/as2/peers/install.py installs it, with Java")
    ours, key, own = free_port(), *key_of(HARBOR[0], 1)
    server = OpenAs2(folder / "openas2", free_port(), free_port(), f"http://127.0.0.1:{ours}/")
    server.keys(key, PASSWORD.encode(), own, key_of(NORTH[0], 1)[1])
    server.settle(trades)
    home, ports = folder / "northfield", (server.port, server.receipts_port)
    desk = TradeDesk(home, ours, trades, own, *ports, compressed_mic_bare="yes")
    with server.running():
        desk.open()
        try:
            yield Peers(server, desk)
        finally:
            desk.close()
