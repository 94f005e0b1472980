"""The gateway command in a process of its own, started soon: it is forked off a server that has
imported the program. A start from nothing is what the tour of the README and `test_commands` do."""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from homes import ROOT

from gateway.cli import main
from gateway.cli.main import COMMANDS

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        *COMMANDS.values(),
        "gateway.engine.running",
        "gateway.engine.as2_working",
        "tests.preloaded",
        "pytest",
    ]
)


def start_gateway(
    *words: object, out: Path, err: Path, failpoint: str | None = None
) -> BaseProcess:
    """The command at work; it writes to the ends of two files, and `failpoint` kills it there."""
    environment = {"NO_COLOR": "1", "COLUMNS": "200"}
    if failpoint is not None:
        environment["GATEWAY_FAILPOINT"] = failpoint
    started = _SERVER.Process(target=_run, args=([*map(str, words)], environment, out, err))
    started.start()
    return started


def _run(words: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    os.chdir(ROOT)
    os.environ.update(environment)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["gateway", *words]
    main()
