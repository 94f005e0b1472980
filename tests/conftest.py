"""What all tests share: the long marker, the corpus when it is there, a home, the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("GATEWAY_TEST_CORPUS", ROOT.parent / "shared" / "corpus"))
SAMPLES = ROOT / "tests" / "demo"

Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run only the long campaigns")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    long = config.getoption("--long")
    skip = pytest.mark.skip(reason="a long campaign: run with --long" if not long else "not long")
    for item in items:
        if (item.get_closest_marker("long") is not None) != long:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not (CORPUS / "INDEX.tsv").is_file():
        pytest.skip("the public sample corpus is not here: set GATEWAY_TEST_CORPUS")
    return CORPUS


@pytest.fixture
def gateway() -> Run:
    """Runs the command as a user would; `failpoint` kills it there."""

    def run(
        *words: object, failpoint: str | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
        if failpoint is not None:
            environment["GATEWAY_FAILPOINT"] = failpoint
        return subprocess.run(
            [sys.executable, "-m", "gateway", *map(str, words)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home with the two example partners that takes files as soon as it sees them."""
    return make_home(tmp_path / "home")


def make_home(folder: Path) -> Path:
    from gateway.engine.home import Home
    from gateway.engine.starter import STARTER

    shutil.copytree(ROOT / "partners", folder / "partners")
    settings = STARTER.replace("settle: 1 s", "settle: 0 s").replace("60 s", "0 s")
    (folder / "gateway.yaml").write_text(settings.replace("poll: 5 s", "poll: 1 s"))
    for partner in ("harbor-medical", "alpenmed"):
        Home(folder).make_folders(partner)
    return folder


def sample(name: str, **numbers: str) -> str:
    """A document of the demo, with its numbers filled in."""
    text = (SAMPLES / name).read_text("utf-8")
    for word, value in numbers.items():
        text = text.replace("{" + word + "}", value)
    return text
