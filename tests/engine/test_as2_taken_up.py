"""A running gateway takes up what gateway.yaml says of AS2: whether there is any, and where."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from as2_pair import HARBOR
from as2_pair import free_port
from as2_pair import make_pair
from as2_pair import until
from engine_wire import order
from homes import Desk
from test_as2_killed import listening
from test_running import Running

from gateway.edi.finding import TransientError
from gateway.engine.exchanging import Exchanging


@pytest.fixture
def north(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(make_pair(tmp_path)[0])
    yield desk
    desk.close()


def own_port(home: Path) -> int:
    return int((home / "gateway.yaml").read_text().split("listen: 127.0.0.1:")[1].split("\n")[0])


def without_as2(path: Path) -> str:
    """Takes the part out of a definition; how it was before."""
    text = path.read_text()
    path.write_text(text.partition("as2:\n")[0])
    return text


def test_where_we_listen_is_taken_up(north: Desk) -> None:
    first, second = own_port(north.home), free_port()
    with Exchanging(north.gateway) as exchanging:
        exchanging.start()
        assert listening(first)
        north.change("gateway.yaml", f"listen: 127.0.0.1:{first}", f"listen: 127.0.0.1:{second}")
        exchanging.follow(more=True)
        assert (listening(first), listening(second)) == (False, True)
    assert not listening(second)


def test_an_address_that_is_taken_is_a_trouble_until_it_is_free(north: Desk) -> None:
    first, second = own_port(north.home), free_port()
    with Exchanging(north.gateway) as exchanging, socket.create_server(("127.0.0.1", second)) as by:
        exchanging.start()
        north.change("gateway.yaml", f"listen: 127.0.0.1:{first}", f"listen: 127.0.0.1:{second}")
        exchanging.follow(more=False)
        [trouble] = exchanging.troubles
        assert trouble.startswith(f"as2: listen 127.0.0.1:{second}:")
        by.close()
        exchanging.follow(more=False)
        assert (exchanging.troubles, listening(second)) == ([], True)


def test_at_a_start_an_address_that_is_taken_is_said_at_once(north: Desk) -> None:
    with (
        socket.create_server(("127.0.0.1", own_port(north.home))),
        Exchanging(north.gateway) as exchanging,
        pytest.raises(TransientError, match="as2: listen"),
    ):
        exchanging.start()


def test_as2_is_taken_out_and_put_back_while_it_runs(tmp_path: Path) -> None:
    home = make_pair(tmp_path)[0]
    port = own_port(home)
    settings = home / "gateway.yaml"
    partner = home / "partners" / HARBOR[0] / "partner.yaml"
    running = Running(home)
    try:
        until(lambda: listening(port))
        without_as2(partner)
        before = without_as2(settings)
        until(lambda: not listening(port))
        assert running.logged("as2-stopped-listening")
        settings.write_text(before)
        until(lambda: listening(port))
    finally:
        assert running.stop() == 0


def test_a_partner_who_still_has_as2_waits_until_either_is_mended(north: Desk) -> None:
    """Nothing is made without our keys, and nothing is given up."""
    port = own_port(north.home)
    with Exchanging(north.gateway) as exchanging:
        north.send(HARBOR[0], order("1"))
        before = without_as2(north.home / "gateway.yaml")
        assert north.act(command="reload")["broken"]
        exchanging.drain(north.worker)
        assert (north.held(), exchanging.troubles) == ([], [])
        assert north.receipt(HARBOR[0])["state"] == "queued"
        (north.home / "gateway.yaml").write_text(before)
        assert "error" not in north.act(command="reload")
        exchanging.drain(north.worker)
        assert "as2-not-sent" in north.events()
        assert not listening(port)
