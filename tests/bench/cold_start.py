"""`gateway translate` on one document of 2 KB in a process of its own, cold, over the start of a
bare interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from interchanges import KINDS
from table import heading
from table import row
from works import HOME

BAR = 20
RUNS = 15
ROOT = Path(__file__).parents[2]


def measure_cold_start() -> None:
    heading("Cold start", "command", "ms", "times bare", "bar", "")
    with tempfile.TemporaryDirectory() as folder:
        commands: dict[str, list[str]] = {"python -c pass": ["-c", "pass"]}
        for kind in KINDS.values():
            file = Path(folder) / f"{kind.name}.edi"
            file.write_bytes(b"".join(kind.interchange(1, seed=3, lines=9)))
            words = ["-m", "gateway", "--home", str(HOME), "translate", str(file)]
            size = file.stat().st_size / 1000
            commands[f"translate, {kind.name} of {size:.1f} KB"] = words
            commands[f"  with its partner's overlay, {kind.name}"] = [
                *words,
                "--partner",
                kind.partner,
            ]
        times = _medians(list(commands.values()))
    bare = times[0]
    for name, seconds in zip(commands, times, strict=True):
        share = seconds / bare
        note = "" if seconds is bare else ("met" if share < BAR else "MISSED")
        row(name, f"{seconds * 1000:.1f}", f"{share:.1f}", f"< {BAR}", note)


def _medians(commands: Sequence[Sequence[str]]) -> list[float]:
    """Median wall seconds of each, taken in turns so that a slow moment strikes all alike."""
    taken: list[list[float]] = [[] for _ in commands]
    for turn in range(RUNS + 1):
        for command, times in zip(commands, taken, strict=True):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
            )
            if turn:  # the first fills the caches of the disk and of byte code
                times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]
