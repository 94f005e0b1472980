"""What all tests share: the long marker, the corpus when it is there, a home, the command."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import packaged
import pytest
from cryptography.hazmat.primitives import serialization
from homes import ROOT
from homes import Desk
from homes import Run
from homes import make_home
from homes import make_plain_home
from started import start_gateway

from gateway.engine import definitions

CORPUS = Path(os.environ.get("GATEWAY_TEST_CORPUS", ROOT.parent / "shared" / "corpus"))
_ROW = re.compile(r"::test_row_([a-r])_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run only the long campaigns")


def pytest_xdist_auto_num_workers() -> int:
    """Two a core: many tests wait for a server or a process."""
    return 2 * len(os.sched_getaffinity(0))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The ordinary suite, or with --long the campaigns."""
    long = config.getoption("--long")
    chosen = [item for item in items if (item.get_closest_marker("long") is not None) == long]
    left = [item for item in items if item not in chosen]
    items[:] = chosen
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases of each row of the AS2 matrix (docs/as2-messages.md) passed in this run, and
    what its campaigns counted and measured."""
    passed = terminalreporter.stats.get("passed", [])
    rows = Counter(found[1].upper() for one in passed if (found := _ROW.search(one.nodeid)))
    if rows:
        counts = ", ".join(f"{row} {rows[row]}" for row in sorted(rows))
        terminalreporter.write_line(f"AS2 matrix, cases passed by row: {counts}")
    for line in "".join(one.capstdout for one in passed).splitlines():
        if line.startswith(("AS2", "campaign: ")):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not (CORPUS / "INDEX.tsv").is_file():
        pytest.skip("the public sample corpus is not here: set GATEWAY_TEST_CORPUS")
    return CORPUS


@pytest.fixture(scope="session", autouse=True)
def _each_packaged_map_loaded_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(definitions, "load_map", packaged.load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _each_private_key_read_once() -> Iterator[None]:
    """Reading a key is pure, and takes a tenth of a second as it is proved to be one."""
    load = cache(serialization.load_pem_private_key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serialization, "load_pem_private_key", load)
        yield


@pytest.fixture
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the command as a user would; `failpoint` kills it there."""
    said = tmp_path_factory.mktemp("said")

    def run(
        *words: object, failpoint: str | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        out, err = said / "out", said / "err"
        for stream in (out, err):
            stream.write_bytes(b"")
        started = start_gateway(*words, out=out, err=err, failpoint=failpoint)
        started.join(timeout)
        if started.exitcode is None:
            started.kill()
            raise subprocess.TimeoutExpired(list(words), timeout)
        return subprocess.CompletedProcess(
            list(words), started.exitcode, out.read_text(), err.read_text()
        )

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home with the two example partners that takes files as soon as it sees them."""
    return make_home(tmp_path / "home")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A home without overlays, worked in this process."""
    opened = Desk(make_plain_home(tmp_path / "home"))
    yield opened
    opened.close()
