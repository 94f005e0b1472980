"""Whom we post to over https: the certificate agreed on, for the host that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import pytest

from gateway.as2.issuing import issue
from gateway.edi.finding import TransientError
from gateway.transport.http_client import Destination
from gateway.transport.http_client import post_body
from gateway.transport.http_server import HttpServer
from gateway.transport.http_server import Reply
from gateway.transport.tls import TlsFiles
from gateway.transport.tls import server_context

PASSWORD = "a password of a test"
LARGEST_ANSWER = 4 << 20


class Servers:
    """Servers of this machine, each with the certificate of a host."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened

    def certificate(self, host: str) -> TlsFiles:
        now, day = datetime.now(UTC), timedelta(days=1)
        key, certificate = issue(
            host, PASSWORD.encode(), start=now - day, end=now + day, hosts=(host,), kind="rsa-2048"
        )
        files = TlsFiles(self._folder / f"{host}.pem", self._folder / f"{host}.key", PASSWORD)
        files.certificate.write_bytes(certificate)
        files.key.write_bytes(key)
        return files

    def serve(self, files: TlsFiles | None = None, answer: bytes = b"") -> int:
        """The port of a server that answers so."""
        server = HttpServer(
            ("127.0.0.1", 0),
            lambda _head: lambda _body: Reply(200, (), answer),
            spool=self._folder,
            largest=1_000,
            context=server_context(lambda: (files, ())) if files else None,
        )
        return self._opened.enter_context(server).port


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    with ExitStack() as opened:
        yield Servers(tmp_path, opened)


def status(url: str, pinned: TlsFiles | None = None) -> int:
    der = [PEM_cert_to_DER_cert(pinned.certificate.read_text())] if pinned else []
    return post_body(Destination(url, pinned=tuple(der)), (), BytesIO(b"order"), 5).status


def test_the_agreed_certificate_of_the_host_is_believed(servers: Servers) -> None:
    files = servers.certificate("localhost")
    assert status(f"https://localhost:{servers.serve(files)}/", files) == 200


def test_the_agreed_certificate_of_another_host_is_not(servers: Servers) -> None:
    files = servers.certificate("elsewhere.example")
    with pytest.raises(TransientError, match="Hostname mismatch"):
        status(f"https://localhost:{servers.serve(files)}/", files)


def test_where_a_certificate_was_agreed_the_system_s_do_not_count(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = servers.certificate("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(shown.certificate))
    port = servers.serve(shown)
    with pytest.raises(TransientError, match="verify failed"):
        status(f"https://localhost:{port}/", servers.certificate("agreed.example"))


def test_an_answer_that_is_larger_than_any_receipt_is_none(servers: Servers) -> None:
    assert status(f"http://127.0.0.1:{servers.serve(answer=bytes(LARGEST_ANSWER))}/") == 200
    with pytest.raises(TransientError, match="larger than any receipt"):
        status(f"http://127.0.0.1:{servers.serve(answer=bytes(LARGEST_ANSWER + 1))}/")
