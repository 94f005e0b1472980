"""pyas2lib and libas2 behind HTTP and a home of ours, both ways: orders, answers, their receipts.

Both libraries take a MIC of signed messages only, so that unsigned ones get unsigned receipts.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import PASSWORD
from as2_pair import free_port
from as2_pair import key_of
from as2_pair import until
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from peer_process import Peer
from peer_process import libas2_process
from peer_process import pyas2lib_process
from trade import Trade
from trade_home import TradeDesk
from trade_home import answer_of
from trade_home import is_our_order

Options = Callable[[Trade], dict[str, Any]]


def trades_of(
    digests: tuple[str, ...], ciphers: tuple[str, ...], compress: tuple[str, ...]
) -> list[Trade]:
    """Every set of layers with both ways of receipts, and one without; algorithms go round."""
    digest, cipher = itertools.cycle(digests), itertools.cycle(ciphers)
    sets = itertools.product((True, False), (True, False), compress, ("sync", "async"))
    found = [
        Trade(
            f"NORTHFIELD{number}",
            f"HARBOR{number}",
            next(digest) if signed else None,
            next(cipher) if encrypted else None,
            squeezed,
            receipt,
            receipt_signed=signed,
        )
        for number, (signed, encrypted, squeezed, receipt) in enumerate(sets)
    ]
    last = len(found)
    return [*found, Trade(f"NORTHFIELD{last}", f"HARBOR{last}", receipt="none")]


PYAS2_CIPHERS = {
    "aes-256-cbc": "aes_256_cbc",
    "3des": "tripledes_192_cbc",
    "aes-128-cbc": "aes_128_cbc",
    "aes-192-cbc": "aes_192_cbc",
}
LIBAS2_CIPHERS = {"aes-256-cbc": "aes256-CBC", "aes-128-cbc": "aes128-CBC"}
DIGESTS = ("sha-256", "sha-1", "sha-384", "sha-512")
PYAS2 = trades_of(DIGESTS, tuple(PYAS2_CIPHERS), ("no", "before"))
LIBAS2 = trades_of(("sha-256", "sha-1", "sha-512"), tuple(LIBAS2_CIPHERS), ("no",))


def pyas2_options(one: Trade) -> dict[str, Any]:
    plain = (one.sign or "sha-256").replace("-", "")
    return {
        "sign": one.sign is not None,
        "digest_alg": plain,
        "encrypt": one.encrypt is not None,
        "enc_alg": PYAS2_CIPHERS[one.encrypt or "aes-128-cbc"],
        "compress": one.compress != "no",
        "mdn_mode": None if one.receipt == "none" else one.receipt.upper(),
        "mdn_digest_alg": plain if one.receipt_signed else None,
    }


def libas2_options(one: Trade) -> dict[str, Any]:
    """Signed receipts are asked for in any case, and made where `answer` says so."""
    signing = (one.sign or "sha-256") if one.receipt_signed else False
    asked = {"async": one.receipt == "async", "signing": signing}
    return {
        "sign": one.sign or False,
        "verify": one.sign is not None,
        "encrypt": LIBAS2_CIPHERS[one.encrypt] if one.encrypt else False,
        "decrypt": one.encrypt is not None,
        "mdn": None if one.receipt == "none" else asked,
        "answer": {"signing": signing},
    }


@dataclass(frozen=True, slots=True)
class Peers:
    """The library's endpoint, listening, and our home, open."""

    peer: Peer
    desk: TradeDesk


def words() -> dict[str, str]:
    key, certificate = key_of(HARBOR[0], 1)
    private = load_pem_private_key(key, PASSWORD.encode())
    plain = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "own_pem": plain + certificate.decode(),
        "own_key": plain,
        "own_certificate": certificate.decode(),
        "other_pem": key_of(NORTH[0], 1)[1].decode(),
    }


@contextmanager
def listening(
    process: AbstractContextManager[Peer],
    folder: Path,
    trades: list[Trade],
    options: Options,
    **switches: str,
) -> Iterator[Peers]:
    with process as peer:
        ours = free_port()
        agreed = [{"own": one.theirs, "other": one.ours, "options": options(one)} for one in trades]
        told = peer.ask("listen", url=f"http://127.0.0.1:{ours}/", trades=agreed)
        certificate, port = key_of(HARBOR[0], 1)[1], told["port"]
        desk = TradeDesk(folder, ours, trades, certificate, port, port, **switches)
        desk.open()
        try:
            yield Peers(peer, desk)
        finally:
            desk.close()


@pytest.fixture(scope="module")
def pyas2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    process = pyas2lib_process("pyas2_http.py", words())
    with listening(process, tmp_path_factory.mktemp("pyas2"), PYAS2, pyas2_options) as peers:
        yield peers


@pytest.fixture(scope="module")
def libas2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    process, folder = libas2_process("libas2_http.js", words()), tmp_path_factory.mktemp("libas2")
    with listening(process, folder, LIBAS2, libas2_options, content_encoding="base64") as peers:
        yield peers


def it_takes(peers: Peers, one: Trade) -> None:
    peers.desk.deliver(one)
    [taken] = peers.peer.ask("taken", trade=one.theirs)["taken"]
    assert is_our_order(base64.b64decode(taken))


def it_sends(peers: Peers, one: Trade) -> list[str]:
    """What it says of our receipt, if it asked for one."""
    content = base64.b64encode(answer_of(one)).decode()
    assert peers.peer.ask("send", trade=one.theirs, content=content) == {}
    peers.desk.wait_for_answer(one)
    if one.receipt == "none":
        assert peers.peer.ask("told", trade=one.theirs) == {"told": []}
        return []
    [told] = until(lambda: peers.peer.ask("told", trade=one.theirs)["told"])
    return told


@pytest.mark.parametrize("one", PYAS2, ids=str)
def test_row_a_pyas2lib_takes(pyas2: Peers, one: Trade) -> None:
    it_takes(pyas2, one)


@pytest.mark.parametrize("one", PYAS2, ids=str)
def test_row_a_pyas2lib_sends(pyas2: Peers, one: Trade) -> None:
    assert it_sends(pyas2, one) == ([] if one.receipt == "none" else ["processed", "None"])


@pytest.mark.parametrize("one", LIBAS2, ids=str)
def test_row_a_libas2_takes(libas2: Peers, one: Trade) -> None:
    it_takes(libas2, one)


@pytest.mark.parametrize("one", LIBAS2, ids=str)
def test_row_a_libas2_sends(libas2: Peers, one: Trade) -> None:
    told = it_sends(libas2, one)
    if one.receipt != "none":
        found = [m for m in libas2.desk.messages("in") if m.partner == one.theirs.lower()]
        assert told == ["processed", found[0].mics[0].partition(",")[0]]
