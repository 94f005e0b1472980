"""Installs the peers of the AS2 tests into .peers (or $GATEWAY_TEST_PEERS): pyas2lib in a virtual
environment, libas2 from npm, OpenAS2's server from Maven. Says what could not be had; the tests
then skip that peer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PEERS = Path(os.environ.get("GATEWAY_TEST_PEERS", ROOT / ".peers"))
_VERSION = r"(\\d\\.\\d\\.\\d[a-z]*)"
_ANY_VERSION = r"(\\d+\\.\\d+\\.\\d+[a-z]*)"


def pyas2lib() -> None:
    """oscrypto, which it needs, takes OpenSSL 3.0.10 and later for none at all: two digits."""
    subprocess.run([sys.executable, "-m", "venv", PEERS / "py"], check=True)
    python = PEERS / "py" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "pyas2lib==1.4.4"], check=True)
    for found in (PEERS / "py").rglob("oscrypto/_openssl/_libcrypto_c*.py"):
        text = found.read_text()
        found.write_text(text.replace(_VERSION, _ANY_VERSION))
    subprocess.run([python, "-c", "import pyas2lib.as2"], check=True)


def libas2() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise OSError("npm is not installed")
    folder = PEERS / "node"
    folder.mkdir(parents=True, exist_ok=True)
    # a newer pkijs calls RSA keys by a name that libas2 cannot sign with
    (folder / "package.json").write_text('{"private": true, "overrides": {"pkijs": "2.1.90"}}')
    subprocess.run([npm, "install", "--silent", "libas2@0.8.2"], check=True, cwd=folder)


_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>peers</groupId><artifactId>peers</artifactId><version>1</version><dependencies><dependency>
<groupId>net.sf.openas2</groupId><artifactId>openas2-server</artifactId><version>2.10.1</version>
</dependency></dependencies></project>"""


def openas2() -> None:
    java, maven = shutil.which("java"), shutil.which("mvn")
    if java is None or maven is None:
        raise OSError("java and mvn are not installed")
    folder = PEERS / "openas2"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pom.xml").write_text(_POM)
    copy = [maven, "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    subprocess.run(copy, check=True, cwd=folder, timeout=300)


def main() -> int:
    missing = 0
    installs = (pyas2lib, libas2, openas2)
    for install in installs:
        try:
            install()
            print(f"{install.__name__}: installed in {PEERS}")
        except (OSError, subprocess.SubprocessError) as fault:
            missing += 1
            print(f"{install.__name__}: not to be had: {fault}")
    return 0 if missing < len(installs) else 1


if __name__ == "__main__":
    sys.exit(main())
