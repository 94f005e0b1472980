"""The atheris targets of wire.py, a while each: `make long`."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
SECONDS = os.environ.get("GATEWAY_FUZZ_SECONDS", "60")


@pytest.mark.parametrize("target", ["read", "check", "translate", "send"])
def test_no_bytes_end_otherwise_than_in_findings_or_success(target: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not here: pip install -e '.[fuzz]'")
    seed = str(random.SystemRandom().getrandbits(31))
    command = [sys.executable, str(Path(__file__).with_name("wire.py"))]
    command += [target, seed, SECONDS, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    failed = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert ran.returncode == 0, (seed, failed, ran.stderr[-3000:])
    (runs,) = re.findall(r"Done (\d+) runs", ran.stderr)
    print(f"campaign: atheris {target}, seed {seed}, {runs} runs in {SECONDS} s")
