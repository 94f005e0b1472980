"""Rows as they come: a bench of minutes shows each figure when it has it."""

from __future__ import annotations

import time
from collections.abc import Callable


def heading(title: str, *columns: str) -> None:
    print(f"\n{title}", flush=True)
    print(_row(columns), flush=True)


def row(*cells: object) -> None:
    print(_row([str(cell) for cell in cells]), flush=True)


def _row(cells: object) -> str:
    first, *rest = cells  # type: ignore[misc]
    return f"{first:<44}" + "".join(f"{cell:>13}" for cell in rest)


def met(value: float, bar: float) -> str:
    return "met" if value >= bar else "MISSED"


def cpu_seconds(work: Callable[[], object], passes: int = 5, enough: float = 3.0) -> float:
    """Seconds of CPU, the best of up to `passes`; a slow work is not repeated past `enough`."""
    best, spent = float("inf"), 0.0
    for _ in range(passes):
        start = time.process_time()
        work()
        seconds = time.process_time() - start
        best, spent = min(best, seconds), spent + seconds
        if spent > enough:
            break
    return best
