"""Speed and memory of the translation core as shares of floors in the same run: `make bench`.

The floor is what splitting alone costs: every segment and element of the decoded text, dropped.
Interchanges are made here by a seeded generator. CPU seconds throughout, the best of a few
passes; nothing here is a test, and a share that misses its bar is only marked.

Examples:
  make bench SETS=300                                        a quick look
  .venv/bin/python tests/bench/bench.py --only core --sets 1000
  .venv/bin/python tests/bench/bench.py --profile 850 to-json --sets 300
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cold_start import measure_cold_start
from core import measure_core
from core import one_work
from interchanges import KINDS
from memory import measure_lines
from memory import measure_memory
from peers import measure_peers

SECTIONS = ("core", "peers", "memory", "cold")


def profile(document: str, work: str, sets: int) -> None:
    """Where the time of one work goes."""
    call = one_work(KINDS[document], work, sets)
    call()
    profiler = cProfile.Profile()
    profiler.runcall(call)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=SECTIONS)
    parser.add_argument("--documents", choices=KINDS, nargs="+", default=list(KINDS))
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the large interchange")
    parser.add_argument("--profile", nargs=2, metavar=("DOCUMENT", "WORK"))
    options = parser.parse_args()
    if options.profile:
        profile(*options.profile, options.sets[0])
        return
    kinds = [KINDS[name] for name in options.documents]
    if "core" in options.only:
        measure_core(kinds, options.sets)
    if "peers" in options.only:
        measure_peers(options.sets[0])
    if "memory" in options.only:
        measure_lines(options.sets[0])
        measure_memory(options.megabytes)
    if "cold" in options.only:
        measure_cold_start()


if __name__ == "__main__":
    main()
