"""OpenAS2's server and a home of ours, both ways over HTTP: orders, their receipts, and answers,
in every combination of layers and receipts that both sides know."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from as2_pair import until
from openas2_peer import Peers
from openas2_peer import openas2_running
from trade import Trade
from trade_home import answer_of
from trade_home import is_our_order

DIGESTS = ("sha-256", "sha-1", "sha-384", "sha-512")
CIPHERS = ("aes-256-cbc", "3des", "aes-128-cbc", "aes-192-cbc")
COMPRESS = ("no", "before", "after")
RECEIPTS = (("sync", True), ("async", True), ("sync", False), ("async", False))


def styles() -> Iterator[tuple[str | None, str | None, str, tuple[str, bool]]]:
    """Digest, cipher, compression, receipt: every digest with every cipher, every set of layers
    with every receipt; the other values go round. There is no after without a signature."""
    digests, ciphers = itertools.cycle(DIGESTS), itertools.cycle(CIPHERS)
    around = itertools.cycle(itertools.product(COMPRESS, RECEIPTS))
    for digest, cipher in itertools.product(DIGESTS, CIPHERS):
        yield digest, cipher, *next(around)
    for compress, receipt in itertools.product(COMPRESS, RECEIPTS):
        yield next(digests), None, compress, receipt
        if compress != "after":
            yield None, next(ciphers), compress, receipt
            yield None, None, compress, receipt
    yield "sha-256", "aes-256-cbc", "no", ("none", False)
    yield None, None, "before", ("none", False)


TRADES = [
    Trade(f"NORTHFIELD{number}", f"HARBOR{number}", sign, encrypt, compress, *receipt)
    for number, (sign, encrypt, compress, receipt) in enumerate(styles())
]
DAILY = TRADES[::5]


def of(trades: list[Trade]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", trades, ids=str)


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    with openas2_running(tmp_path_factory.mktemp("openas2"), TRADES) as running:
        yield running


@pytest.fixture(scope="module")
def sending(peers: Peers, request: pytest.FixtureRequest) -> Peers:
    """With all answers of a run dropped at once, since the server looks once a second."""
    chosen = LONG if request.config.getoption("--long") else DAILY
    for one in asking(chosen):
        peers.server.drop(one, "855.edi", answer_of(one))
    return peers


def openas2_takes(peers: Peers, one: Trade) -> None:
    peers.desk.deliver(one)
    until(lambda: peers.server.inbox(one))
    [taken] = peers.server.inbox(one)
    assert is_our_order(taken)


def openas2_sends(peers: Peers, one: Trade) -> None:
    """And the server holds our receipt for right."""
    peers.desk.wait_for_answer(one)
    until(lambda: peers.server.acknowledged(one), seconds=20)


def asking(trades: list[Trade]) -> list[Trade]:
    """It cannot send without asking for a receipt."""
    return [one for one in trades if one.receipt != "none"]


LONG = [one for one in TRADES if one not in DAILY]


@of(DAILY)
def test_row_a_openas2_takes(peers: Peers, one: Trade) -> None:
    openas2_takes(peers, one)


@of(asking(DAILY))
def test_row_a_openas2_sends(sending: Peers, one: Trade) -> None:
    openas2_sends(sending, one)


@pytest.mark.long
@of(LONG)
def test_row_a_openas2_takes_everything(peers: Peers, one: Trade) -> None:
    openas2_takes(peers, one)


@pytest.mark.long
@of(asking(LONG))
def test_row_a_openas2_sends_everything(sending: Peers, one: Trade) -> None:
    openas2_sends(sending, one)
