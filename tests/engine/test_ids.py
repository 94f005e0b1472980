"""Ids by which everything is known, made by the worker and the threads of AS2 at once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from datetime import datetime

import pytest

from gateway.engine.ids import Ids

NOW = datetime(2026, 1, 15, 11, 30, tzinfo=UTC)


@pytest.fixture
def crowded():
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("crowded")
def test_no_id_is_given_to_two_threads() -> None:
    ids, each = Ids(lambda: NOW), 4000
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: [ids() for _ in range(each)], range(8)))
    assert all(some == sorted(set(some)) for some in given)
    assert len({one for some in given for one in some}) == 8 * each
