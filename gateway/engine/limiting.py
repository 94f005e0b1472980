"""How often something may happen within a time, counted for each of whom it happens to."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from datetime import timedelta

_MOST_KEYS = 10_000
"""More are nobody's partners: the one counted first is forgotten."""


class Limit:
    """At most `most` within `within`, for each key. Counts in memory: a restart begins anew."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most = most
        self._within = within
        self._moments: dict[str, deque[datetime]] = {}

    def count(self, key: str, at: datetime) -> None:
        if key not in self._moments and len(self._moments) >= _MOST_KEYS:
            self._moments.pop(next(iter(self._moments)), None)
        self._moments.setdefault(key, deque(maxlen=self._most)).append(at)

    def reached(self, key: str, at: datetime) -> bool:
        """Whether so many were counted that one more is too many. What a wrong clock counted for
        later than now does not keep anybody out."""
        moments = self._moments.get(key) or deque()
        return len(moments) == self._most and at >= moments[0] > at - self._within
