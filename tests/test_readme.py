"""The README's tour, run as a reader would; ids and clocks may differ, nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from gateway.engine.starter import make_as2_pair

ROOT = Path(__file__).parents[1]
BLOCKS = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
MASKS = (
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "ID"),
    (re.compile(r"\*\d{6}\*\d{4}\*U\*"), "*DATE*TIME*U*"),
    (re.compile(r"\*\d{8}\*\d{4}\*1\*X"), "*DATE*TIME*1*X"),
    (re.compile(r"\s+"), " "),
)


def steps(page: str) -> list[tuple[str, list[str]]]:
    """Each command with the output that stands below it."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCKS.findall((ROOT / page).read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def masked(line: str) -> str:
    for pattern, mask in MASKS:
        line = pattern.sub(mask, line)
    return line.strip()


def assert_same(command: str, expected: list[str], output: str) -> None:
    """Line by line; `...` stands for any lines."""
    found = [masked(line) for line in output.splitlines() if line.strip()]
    for line in expected:
        if line.strip() == "...":
            found = None  # type: ignore[assignment]
            break
        assert found, f"{command}: nothing where {line!r} stands"
        assert found.pop(0) == masked(line), command
    assert not found, f"{command} says more: {found}"


def test_the_tour_is_true(tmp_path: Path) -> None:
    follow("README.md", tmp_path)


def test_certificates_change_as_their_page_says(tmp_path: Path) -> None:
    make_as2_pair(tmp_path / "pair", (10080, 10081))
    follow("docs/as2.md", tmp_path)


def follow(page: str, tmp_path: Path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    scripts = tmp_path / "bin"
    scripts.mkdir()
    gateway = scripts / "gateway"
    gateway.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m gateway "$@"\n')
    gateway.chmod(0o755)
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "NO_COLOR": "1"}
    for command, expected in steps(page):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        assert_same(command, expected, done.stdout)


def test_the_make_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text("utf-8")):
        assert f"\n{target}:" in makefile


def test_every_command_is_documented() -> None:
    from gateway.cli.main import COMMANDS

    text = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *ROOT.glob("docs/*")])
    for name in COMMANDS:
        assert re.search(rf"`[^`]*\b{name}\b[^`]*`|gateway.*\b{name}\b", text), name
