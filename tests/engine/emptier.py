"""A stranger who keeps emptying output folders: `emptier.py HOME TARGET` until killed.

Every file is moved under a name of its own, so that one published twice is seen twice.
"""

from __future__ import annotations

import sys
import time
from itertools import count
from pathlib import Path

OUTPUTS = ("inbox/*/documents/*.json", "outbox/*/edi/*.edi")


def empty(home: Path, target: Path, numbers: count[int]) -> None:
    for pattern in OUTPUTS:
        for path in home.glob(pattern):
            try:
                path.rename(target / f"{next(numbers):06d}~{path.name}")
            except FileNotFoundError:
                continue


if __name__ == "__main__":
    home, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    numbers = count(len(list(target.iterdir())))
    while True:
        empty(home, target, numbers)
        time.sleep(0.002)
