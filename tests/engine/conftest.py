from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair

Pair = tuple[As2Desk, As2Desk]
MakePair = Callable[..., Pair]


@pytest.fixture
def pair_of(tmp_path: Path) -> Iterator[MakePair]:
    """Two desks that trade, both reachable; the settings of both partners as given."""
    opened: list[As2Desk] = []

    def make(**changes: str) -> Pair:
        desks = tuple(As2Desk(home) for home in make_pair(tmp_path, changes))
        opened.extend(desks)
        for desk in desks:
            desk.open()
        return desks[0], desks[1]

    yield make
    for desk in opened:
        desk.close()


@pytest.fixture
def pair(pair_of: MakePair) -> Pair:
    """Northfield and Harbor with today's defaults."""
    return pair_of()
