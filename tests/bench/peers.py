"""Other open tools on the same interchanges, each in a virtual environment of its own under .peers
and in a process of its own, which reports its own seconds of CPU."""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

from bots_grammar import write_home
from core import one_work
from interchanges import KINDS
from pyx12_map import write_map
from table import cpu_seconds
from table import heading
from table import met
from table import row

PEERS = Path(__file__).parents[2] / ".peers"
DRIVERS = Path(__file__).with_name("peer_drivers")
TIMES = 40


class PeerMissingError(Exception):
    """The peer cannot be had here; the text says why."""


def environment(name: str, *packages: str) -> Path:
    """The Python of a peer's environment, made on first use; asks the index once."""
    python = PEERS / name / "bin" / "python"
    ready = PEERS / name / ".ready"
    if not ready.is_file():
        venv.create(PEERS / name, clear=True, with_pip=True)
        words = [str(python), "-m", "pip", "install", "--quiet", *packages]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerMissingError(done.stderr.strip().splitlines()[-1])
        ready.touch()
    return python


def drive(python: Path, driver: str, *words: object) -> float:
    """Seconds of CPU by the peer's own account; it must have done the work."""
    command = [str(python), str(DRIVERS / f"{driver}.py"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissingError(done.stderr.strip().splitlines()[-1])
    told = json.loads(done.stdout.splitlines()[-1])
    if not told["done"]:
        raise PeerMissingError(f"{driver} refuses what we accept: {told.get('answer', '')[:300]}")
    return float(told["seconds"])


def pydifact(file: Path) -> float:
    return drive(environment("pydifact", "pydifact"), "pydifact_parse", file)


def pyx12_reader(file: Path) -> float:
    return drive(environment("pyx12", "pyx12"), "pyx12_read", file)


def pyx12_validation(file: Path) -> float:
    python = environment("pyx12", "pyx12")
    [installed] = (PEERS / "pyx12").glob("lib/python*/site-packages/pyx12/map")
    maps = PEERS / "pyx12-maps"
    write_map(installed, maps, "850", "PO")
    return drive(python, "pyx12_validate", file, _one_set(), maps)


def bots_translation(file: Path) -> float:
    python = environment("bots", "bots-ediint", "Django==2.2.28")
    home = PEERS / "bots-home"
    write_home(home)
    return drive(python, "bots_translate", file, _one_set(), home)


def _one_set() -> Path:
    """What loading a peer's own definitions costs is taken off by a file of one set."""
    one = PEERS / "one.edi"
    one.write_bytes(b"".join(KINDS["850"].interchange(1, seed=1)))
    return one


ROWS: list[tuple[str, str, Callable[[Path], float], str, int]] = [
    ("pydifact, parse only", "ORDERS", pydifact, "validate", 0),
    ("pyx12, reader only", "850", pyx12_reader, "validate", 0),
    ("pyx12, validation", "850", pyx12_validation, "validate", TIMES),
    ("Bots engine, to JSON", "850", bots_translation, "to-json", TIMES),
]
"""Name, document, work, the work of ours it stands against, and how many times it we must be."""


def measure_peers(sets: int) -> None:
    heading("Peers, the same bytes", "peer", "MB", "theirs MB/s", "ours MB/s", "times", "bar", "")
    PEERS.mkdir(exist_ok=True)
    for name, document, work, ours, bar in ROWS:
        kind = KINDS[document]
        content = b"".join(kind.interchange(sets, seed=sets))
        file = PEERS / f"{document}.edi"
        file.write_bytes(content)
        try:
            theirs = work(file)
        except (PeerMissingError, OSError, subprocess.SubprocessError) as error:
            row(f"{document}: {name}", f"not had: {error}")
            continue
        mine = cpu_seconds(one_work(kind, ours, sets, content))
        size = len(content) / 1e6
        note = met(theirs / mine, bar) if bar else ""
        cells = (f"{size:.1f}", f"{size / theirs:.2f}", f"{size / mine:.2f}")
        row(f"{document}: {name} / {ours}", *cells, f"{theirs / mine:.1f}", bar or "", note)
