"""`openssl cms` as a peer: a separate process with files, as our own keys and theirs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat

from gateway.as2 import OwnKey

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


class Peer:
    """Runs `openssl cms` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def pem(self, name: str, key: OwnKey) -> tuple[Path, Path]:
        """The certificate and private key as files."""
        private = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        certificate = self.folder / f"{name}.der"
        certificate.write_bytes(key.certificate.encoded)
        pem = self.folder / f"{name}.crt"
        subprocess.run(
            [OPENSSL, "x509", "-inform", "DER", "-in", certificate, "-out", pem], check=True
        )
        return pem, self.write(f"{name}.key", private)

    def cms(self, *words: object) -> bytes:
        done = subprocess.run(
            [OPENSSL, "cms", *map(str, words)], capture_output=True, check=False, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


@pytest.fixture
def peer(tmp_path: Path) -> Peer:
    return Peer(tmp_path)
