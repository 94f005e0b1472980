"""Messages of every size, and such as try to exhaust us (matrix row M)."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from as2_kit import ANYTHING
from as2_kit import ORDER
from as2_kit import PLAIN
from as2_kit import build
from as2_kit import content_of
from as2_kit import open_built
from as2_kit import open_entity
from as2_kit import posted
from as2_kit import received
from as2_kit import theirs
from as2_kit import trust

from gateway.as2 import Compress
from gateway.as2 import Entity
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Style
from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2 import open_message
from gateway.as2 import read_request
from gateway.as2.disposition import DecompressionError
from gateway.as2.disposition import UnexpectedProcessingError

FULL = Style(compress=Compress.BEFORE)


@pytest.mark.parametrize("size", [0, 1, 10_240])
def test_row_m_small_messages(size):
    content = (ORDER * 200)[:size]
    assert content_of(open_built(build(FULL, content))) == content
    assert content_of(open_built(build(PLAIN, content))) == content


def compressed(content: bytes) -> Entity:
    """A message that inflates to the content, deflated as far as it goes."""
    return holding(zlib.compress(content, 9))


def holding(deflated: bytes) -> Entity:
    """A message with these octets as what is compressed."""
    data = der.sequence(
        der.integer(0),
        der.sequence(oids.ZLIB),
        der.sequence(oids.DATA, der.encode(der.context(0), der.octet_string(deflated))),
    )
    body = der.sequence(oids.COMPRESSED_DATA, der.encode(der.context(0), data))
    headers = received(build(replace(PLAIN, compress=Compress.BEFORE))).headers
    return Entity(headers, Octets.of(body))


def test_row_m_a_bomb_is_not_inflated():
    """1000 to 1: deflate can do no more."""
    bomb = compressed(b"Content-Type: application/EDI-X12\r\n\r\n" + bytes(64 << 20))
    assert len(bomb.body) < 70_000
    laid = io.BytesIO()
    request = read_request(bomb.headers)
    with pytest.raises(DecompressionError):
        open_message(request, bomb, trust(), [theirs()], lambda: laid)
    assert laid.tell() < 10 << 20


def test_what_is_deflated_must_be_whole_and_all_there_is():
    """What was cut off or put behind it would else be lost, or go unseen."""
    deflated = zlib.compress(b"Content-Type: application/EDI-X12\r\n\r\n" + ORDER)
    assert content_of(open_entity(holding(deflated))) == ORDER
    for wrong in (deflated[:-1], deflated[:-20], deflated + b"more", b""):
        with pytest.raises(DecompressionError):
            open_entity(holding(wrong))


def test_row_m_inflating_beyond_the_limit():
    policy = replace(ANYTHING, limits=replace(ANYTHING.limits, inflated=1_000))
    assert content_of(open_built(build(FULL, b"x" * 500), policy))
    with pytest.raises(DecompressionError):
        open_built(build(FULL, b"x" * 1_000), policy)


def test_row_m_ten_thousand_parts():
    part = b"--x\r\n\r\n.\r\n"
    head = b"AS2-From: NORTHFIELD\r\nAS2-To: HARBOR\r\nMessage-ID: <1@x>\r\n"
    head += b"Content-Type: multipart/related; boundary=x\r\n"
    with pytest.raises(UnexpectedProcessingError, match="too many parts"):
        open_entity(posted(head, part * 10_000 + b"--x--\r\n"))
    few = open_entity(posted(head, part * 1_000 + b"--x--\r\n"))
    assert len(few.payloads) == 1_000


@pytest.mark.parametrize(
    "head, body",
    [
        (b"Content-Type: multipart/related; boundary=x\r\n", b"--x y\r\n" * 200_000),
        (b"Content-Type: application/pkcs7-mime\r\n", b"\x30\x80" * 100_000),
        (b"Content-Type: application/pkcs7-mime\r\n", b"\x30\x80\x24\x80" + b"\4\1." * 100_000),
        (
            b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            b"x" * 3_000_000,
        ),
        (b"Content-Type: multipart/signed; boundary=x\r\n", b"--x\r\n" + b"\n" * 1_000_000),
    ],
    ids=["false delimiters", "nesting", "crumbs", "a line without end", "no delimiter"],
)
def test_what_only_costs_time_is_refused(head, body):
    names = b"AS2-From: NORTHFIELD\r\nAS2-To: HARBOR\r\nMessage-ID: <1@x>\r\n"
    with pytest.raises(MessageError):
        open_entity(posted(names + head, body))


IDLE = 40 << 20
"""How much more memory than before a message of any size may take."""


def grown(size: int, folder: Path, *styles: str) -> int:
    """Octets of memory a process of its own took beyond its start to send and receive a file."""
    words = [sys.executable, Path(__file__).with_name("large_message.py"), str(size), folder]
    done = subprocess.run([*map(str, words), *styles], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_row_m_fifty_megabytes(tmp_path):
    assert grown(50 << 20, tmp_path, "aes-256-cbc") < IDLE


@pytest.mark.long
@pytest.mark.parametrize("size", [100 << 20, 1 << 30, 5 << 30], ids=["100 MB", "1 GB", "5 GB"])
def test_row_m_large_messages(size, tmp_path):
    free = shutil.disk_usage(tmp_path).free
    if free < 5 * size:
        pytest.skip(f"not tried: it needs {5 * size >> 30} GB of disk, {free >> 30} are free")
    styles = ["aes-256-cbc"] if size > 1 << 30 else ["aes-256-cbc", "aes-256-gcm", "compressed"]
    grew = grown(size, tmp_path, *styles)
    print(f"AS2: {size >> 20} MB took {grew >> 10} KB of memory")
    assert grew < IDLE
