"""How settings write durations and sizes: `4 hours`, `90 s`, `100 MB`."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400}
_LONGEST = 10 * 366 * 86400  # ten years: whatever is longer was meant otherwise
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
_FORM = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]+)")


def duration(text: str) -> timedelta:
    """`4 hours`, `90 s`, `2 days`. Raises ValueError."""
    number, unit = _split(text)
    name = unit if unit in _SECONDS else unit.removesuffix("s")
    if name not in _SECONDS:
        raise ValueError(text)
    seconds = number * _SECONDS[name]
    if seconds > _LONGEST:
        raise ValueError(text)
    return timedelta(seconds=seconds)


def size(text: str) -> int:
    """`64 KB`, `100 MB`, `1 GB`, in bytes of 1,024. Raises ValueError."""
    number, unit = _split(text)
    if unit.upper() not in _BYTES:
        raise ValueError(text)
    return int(number * _BYTES[unit.upper()])


def _split(text: str) -> tuple[float, str]:
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return float(match[1]), match[2]
