"""Another implementation of AS2 in a process of its own, asked in JSON, a line each way.

tests/as2/peers/install.py installs them; where one is not there, who asks is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PEERS = Path(os.environ.get("GATEWAY_TEST_PEERS", HERE.parents[2] / ".peers"))


class Peer:
    """The running process. `words` are said with every question."""

    def __init__(self, process: subprocess.Popen[str], words: dict[str, Any]) -> None:
        self.process = process
        self.words = words

    def ask(self, do: str, **words: Any) -> dict[str, Any]:
        self.process.stdin.write(json.dumps({"do": do, **self.words, **words}) + "\n")
        self.process.stdin.flush()
        answers = (line for line in self.process.stdout if line.startswith("{"))
        return json.loads(next(answers))  # Node may print a warning first


@contextmanager
def _running(words: dict[str, Any], *command: object) -> Iterator[Peer]:
    process = subprocess.Popen(
        [*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Peer(process, words)
    finally:
        process.stdin.close()
        process.wait(10)


@contextmanager
def pyas2lib_process(driver: str, words: dict[str, Any]) -> Iterator[Peer]:
    python = PEERS / "py" / "bin" / "python"
    if not python.exists():
        pytest.skip("pyas2lib was not tried: tests/as2/peers/install.py installs it")
    with _running(words, python, HERE / driver) as peer:
        yield peer


@contextmanager
def libas2_process(driver: str, words: dict[str, Any]) -> Iterator[Peer]:
    modules = PEERS / "node" / "node_modules" / "libas2"
    node = shutil.which("node")
    if node is None or not modules.exists():
        pytest.skip("libas2 was not tried: tests/as2/peers/install.py installs it, with node")
    # Node's own guard against Bleichenbacher refuses RSA v1.5 key transport altogether
    reverted = "--security-revert=CVE-2023-46809"
    with _running(words, node, reverted, HERE / driver, modules) as peer:
        yield peer
