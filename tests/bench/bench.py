"""Speed as shares of a floor in the same run: `make bench`.

The floor is what splitting alone costs: every segment and element of the decoded text, dropped.
Documents are made here, varied by a seeded generator, so that no cache is flattered.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.engine.checking import check_content
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.mapping import emit

ISA = (
    "ISA*00*          *00*          *ZZ*NORTHFIELD     *ZZ*HARBORMED      "
    "*260115*0930*U*00401*000000042*0*P*>~"
)
WORDS = [
    "GAUZE",
    "SPONGE",
    "STERILE",
    "SYRINGE",
    "CATHETER",
    "DRAPE",
    "GOWN",
    "SUTURE",
    "MESH",
    "LUER",
    "LOCK",
    "NEEDLE",
]


def purchase_orders(sets: int, seed: int) -> bytes:
    """An interchange of 850s with 5 to 15 lines each."""
    dice = random.Random(seed)
    parts = [ISA, "GS*PO*NORTHFIELD*HARBORMED*20260115*0930*7*X*004010~"]
    for number in range(1, sets + 1):
        body = [
            f"BEG*00*SA*45{dice.randrange(10**8):08d}**202601{dice.randint(10, 28)}",
            "CUR*BY*USD",
            f"REF*IA*V{dice.randrange(10**5)}",
            f"DTM*002*202602{dice.randint(10, 28)}",
            f"N1*ST*WARD {dice.randrange(100)}*UL*{dice.randrange(10**13):013d}",
            f"N3*{dice.randrange(1, 999)} MAIN STREET",
            "N4*NORTHFIELD*MN*55057*US",
        ]
        lines = dice.randint(5, 15)
        for line in range(1, lines + 1):
            price = f"{Decimal(dice.randrange(1, 10**6)) / 100:f}"
            item = f"VN*HM-{dice.randrange(10**6)}*UK*{dice.randrange(10**14):014d}"
            body.append(
                f"PO1*{line}*{dice.randint(1, 500)}*{dice.choice(('EA', 'BX'))}*{price}**{item}"
            )
            body.append(f"PID*F****{' '.join(dice.sample(WORDS, 3))}")
        body.append(f"CTT*{lines}")
        parts += [f"ST*850*{number:04d}~", "~".join(body), f"~SE*{len(body) + 2}*{number:04d}~"]
    parts.append(f"GE*{sets}*7~IEA*1*000000042~")
    return "".join(parts).encode()


def orders(sets: int, seed: int) -> bytes:
    """An interchange of ORDERS with release characters in every message."""
    dice = random.Random(seed)
    parts = ["UNB+UNOC:3+4012345000009:14+4098765000003:14+260115:0930+42'"]
    for number in range(1, sets + 1):
        body = [
            f"BGM+220+45{dice.randrange(10**8):08d}+9",
            f"DTM+137:202601{dice.randint(10, 28)}:102",
            f"FTX+AAI+++DOCK {dice.randrange(9)}?: RING ?+ WAIT",
            "NAD+BY+4012345000009::9",
            "NAD+SU+4098765000003::9",
            "CUX+2:EUR:9",
        ]
        lines = dice.randint(5, 15)
        for line in range(1, lines + 1):
            body += [
                f"LIN+{line}++{dice.randrange(10**13):013d}:EN",
                f"IMD+F++:::{' '.join(dice.sample(WORDS, 3))}",
                f"QTY+21:{dice.randint(1, 500)}:{dice.choice(('EA', 'KGM'))}",
                f"PRI+AAA:{Decimal(dice.randrange(1, 10**6)) / 100:f}",
            ]
        body += ["UNS+S", f"CNT+2:{lines}"]
        parts += [
            f"UNH+{number}+ORDERS:D:96A:UN'",
            "'".join(body),
            f"'UNT+{len(body) + 2}+{number}'",
        ]
    parts.append(f"UNZ+{sets}+42'")
    return "".join(parts).encode()


def floor(content: bytes) -> None:
    text = content.decode("latin-1")
    segment, element = ("~", "*") if text.startswith("ISA") else ("'", "+")
    for part in text.split(segment):
        part.split(element)


def timed(work: Callable[[], object]) -> float:
    """Seconds of CPU, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    sets = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    definitions = Definitions(packaged_maps())
    print(f"{'work':34} {'MB':>6} {'MB/s':>8} {'of floor':>9}")
    for name, content in (("850", purchase_orders(sets, 1)), ("ORDERS", orders(sets, 2))):
        size = len(content) / 1e6
        reads = [read for read in read_file([content], definitions) if isinstance(read, SetRead)]
        works: list[tuple[str, Callable[[], object]]] = [
            ("split only (the floor)", lambda content=content: floor(content)),
            ("validate", lambda content=content: check_content(content, definitions, None)),
            ("to canonical JSON", lambda content=content: list(read_file([content], definitions))),
            (
                "from JSON, proved",
                lambda reads=reads: [emit(r.map, r.reading.document) for r in reads],
            ),
        ]
        base = 0.0
        for work, call in works:
            seconds = timed(call)
            base = base or seconds
            print(f"{name + ' ' + work:34} {size:6.1f} {size / seconds:8.2f} {base / seconds:9.4f}")


if __name__ == "__main__":
    main()
