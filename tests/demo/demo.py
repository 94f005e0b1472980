"""The demo: a throw-away home, two suppliers, the whole loop, and what came out of it.

Run by `make demo`. The suppliers' answers are the .edi files beside this one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
GATEWAY = [sys.executable, "-m", "gateway"]
PATIENCE = 40.0


def main() -> int:
    """0 when every step came out as it must."""
    home = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    command("init", str(home))
    running = subprocess.Popen(
        [*GATEWAY, "--home", str(home), "run"], stderr=(home / "gateway.log").open("w")
    )
    try:
        tell_x12(home)
        tell_edifact(home)
    finally:
        running.terminate()
        running.wait(20)
    say("Where is purchase order 4500123456?")
    command("--home", str(home), "trace", "4500123456")
    say("What needs a person?")
    command("--home", str(home), "status")
    print(f"\nThe home of this demo: {home}")
    return 0


def tell_x12(home: Path) -> None:
    say("A purchase order for Harbor Medical (X12) goes out")
    drop(home, "outbox/harbor-medical/documents", "order-harbor-medical.json")
    order = appears(home, "outbox/harbor-medical/edi", "850-*.edi")
    show(order)
    say("They acknowledge it (997), confirm it (855) and bill it (810, one of two wrong)")
    sent = order.read_text()
    group = re.search(r"GS\*(?:[^*~]*\*){5}(\d+)\*", sent)
    number = re.search(r"ST\*850\*(\d+)", sent)
    assert group, sent
    assert number, sent
    drop(home, "inbox/harbor-medical/edi", "997.edi", group=group[1], set=number[1])
    drop(home, "inbox/harbor-medical/edi", "855.edi")
    drop(home, "inbox/harbor-medical/edi", "810.edi")
    show(appears(home, "inbox/harbor-medical/documents", "purchase_order_response-*.json"), 18)
    show(appears(home, "inbox/harbor-medical/documents", "invoice-*.json"), 18)
    say("The 997s that went back: the second invoice is refused, its neighbour is not")
    for _ in range(2):
        appears(home, "outbox/harbor-medical/edi", "997-*.edi", count=2)
    for answer in sorted((home / "outbox/harbor-medical/edi").glob("997-*.edi")):
        show(answer)
    say("The receipt of the order")
    show(waits_for(home, "outbox/harbor-medical/receipts", '"state": "accepted"'))


def tell_edifact(home: Path) -> None:
    say("A purchase order for Alpenmed (EDIFACT) goes out")
    drop(home, "outbox/alpenmed/documents", "order-alpenmed.json")
    order = appears(home, "outbox/alpenmed/edi", "ORDERS-*.edi")
    show(order)
    say("They acknowledge it (CONTRL), confirm it (ORDRSP) and bill it (INVOIC)")
    sent = order.read_text()
    reference = re.search(r"UNB(?:\+[^+']*){4}\+([^+']+)", sent)
    number = re.search(r"UNH\+([^+]+)\+", sent)
    assert reference, sent
    assert number, sent
    drop(home, "inbox/alpenmed/edi", "CONTRL.edi", interchange=reference[1], set=number[1])
    drop(home, "inbox/alpenmed/edi", "ORDRSP.edi")
    drop(home, "inbox/alpenmed/edi", "INVOIC.edi")
    show(appears(home, "inbox/alpenmed/documents", "purchase_order_response-*.json"), 18)
    show(appears(home, "inbox/alpenmed/documents", "invoice-*.json"), 18)
    say("The CONTRLs that went back")
    appears(home, "outbox/alpenmed/edi", "CONTRL-*.edi", count=2)
    for answer in sorted((home / "outbox/alpenmed/edi").glob("CONTRL-*.edi")):
        show(answer)
    say("The receipt of the order")
    show(waits_for(home, "outbox/alpenmed/receipts", '"state": "accepted"'))


def say(text: str) -> None:
    print(f"\n=== {text}", flush=True)


def command(*words: str) -> None:
    subprocess.run([*GATEWAY, *words], check=True)


def drop(home: Path, folder: str, name: str, **numbers: str) -> None:
    """Copies a sample into a folder as a partner would: under a temporary name, then renamed."""
    text = (HERE / name).read_text()
    for word, value in numbers.items():
        text = text.replace("{" + word + "}", value)
    target = home / folder / name
    partial = target.with_name(f".{name}.part")
    partial.write_text(text)
    shutil.move(partial, target)


def appears(home: Path, folder: str, pattern: str, count: int = 1) -> Path:
    """The last file of that name once there are `count`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = sorted((home / folder).glob(pattern))
        if len(found) >= count:
            return found[-1]
        time.sleep(0.1)
    raise SystemExit(f"{folder}/{pattern} did not appear; see {home / 'gateway.log'}")


def waits_for(home: Path, folder: str, text: str) -> Path:
    """The first file of a folder that contains the text."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for path in (home / folder).glob("*.json"):
            if text in path.read_text():
                return path
        time.sleep(0.1)
    raise SystemExit(f"nothing in {folder} says {text}; see {home / 'gateway.log'}")


def show(path: Path, lines: int = 40) -> None:
    """A file, one segment a line."""
    print(f"--- {path.parent.parent.name}/{path.parent.name}/{path.name}")
    text = path.read_text()
    if path.suffix == ".edi":
        text = text.replace("~", "~\n").replace("'", "'\n")
    shown = text.strip().splitlines()
    print("\n".join(shown[:lines]))
    if len(shown) > lines:
        print(f"... {len(shown) - lines} more lines")


if __name__ == "__main__":
    sys.exit(main())
