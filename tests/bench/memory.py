"""Memory over an idle process for a large interchange, time against the number of sets, and one
set of 100,000 lines: each by the command itself, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from interchanges import KINDS
from table import heading
from table import met
from table import row
from works import HOME

MOST_OVER_IDLE = 100
MANY_LINES = 100_000
ROOT = Path(__file__).parents[2]

_RUN = """
import json, os, resource, sys
from gateway.cli.main import cli
words, status = sys.argv[1:], 0
try:
    cli(words)
except SystemExit as left:
    status = left.code or 0
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = used.ru_utime + used.ru_stime
with open("/proc/self/status") as told:  # ru_maxrss would count the process that started this one
    [peak] = [line.split()[1] for line in told if line.startswith("VmHWM")]
sys.stderr.write("\\n" + json.dumps([status, int(peak) / 1000, seconds]))
"""


def run(command: str, file: Path, partner: str) -> tuple[float, float]:
    """A command's peak of resident memory in MB and its seconds of CPU; it must accept the file."""
    words = ["--home", str(HOME), command, str(file), "--partner", partner]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
    )
    status, peak, seconds = json.loads(done.stderr.splitlines()[-1])
    if status:
        raise SystemExit(f"gateway {command} did not accept {file.name}: status {status}")
    return peak, seconds


def make(folder: Path, name: str, sets: int, lines: int | None = None) -> Path:
    file = folder / f"{name}-{sets}-{lines or 'varied'}.edi"
    with file.open("wb") as target:
        for piece in KINDS[name].interchange(sets, seed=11, lines=lines):
            target.write(piece)
    return file


def measure_lines(sets: int) -> None:
    """N, 2N and 4N sets, and one set of very many lines."""
    heading("Linear in sets", "gateway check", "MB", "s of CPU", "us a set", "of N")
    with tempfile.TemporaryDirectory() as folder:
        first = 0.0
        for count in (sets, 2 * sets, 4 * sets):
            file = make(Path(folder), "850", count)
            idle = run("check", make(Path(folder), "850", 1), "distributor")[1]
            each = (run("check", file, "distributor")[1] - idle) / count
            first = first or each
            size = f"{file.stat().st_size / 1e6:.1f}"
            seconds, share = f"{each * count:.2f}", f"{each / first:.2f}"
            row(f"850 x {count:,}", size, seconds, f"{each * 1e6:.0f}", share)
        heading("One set of 100,000 lines", "work", "MB", "s of CPU", "peak MB", "")
        for kind in KINDS.values():
            if kind.name == "856":
                continue
            file = make(Path(folder), kind.name, 1, MANY_LINES)
            start = time.perf_counter()
            peak, seconds = run("translate", file, kind.partner)
            size = f"{file.stat().st_size / 1e6:.1f}"
            note = f"{time.perf_counter() - start:.0f} s in all"
            row(f"{kind.name} translate", size, f"{seconds:.1f}", f"{peak:.0f}", note)


def measure_memory(megabytes: int) -> None:
    """The peak for one large interchange over that for one set."""
    heading("Memory", "command", "MB", "idle MB", "over idle MB", "s of CPU", "at most", "")
    with tempfile.TemporaryDirectory() as folder:
        one = make(Path(folder), "850", 1)
        large = make(Path(folder), "850", megabytes * 1_000_000 // 1285)
        for command in ("check", "translate"):
            idle, _ = run(command, one, "distributor")
            peak, seconds = run(command, large, "distributor")
            over, size = peak - idle, large.stat().st_size / 1e6
            note = met(MOST_OVER_IDLE, over)
            cells = (f"{size:.0f}", f"{idle:.0f}", f"{over:.0f}", f"{seconds:.0f}")
            row(f"gateway {command}, 850", *cells, MOST_OVER_IDLE, note)
