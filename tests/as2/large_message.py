"""Sends and receives a large file in this process: `large_message.py SIZE FOLDER STYLE...`; prints
how many octets of memory that took beyond a small message of the same kind."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from as2_kit import NOW
from as2_kit import letter
from as2_kit import ours
from as2_kit import received
from as2_kit import theirs
from as2_kit import trust

from gateway.as2 import Attachment
from gateway.as2 import Compress
from gateway.as2 import Octets
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import build_message
from gateway.as2 import open_message
from gateway.as2 import read_request

_DICE = random.Random(850)
BLOCK = b"".join(
    b"PO1*%d*%d*EA*9.50**UK*%014d~" % (line, _DICE.randrange(500), _DICE.randrange(10**14))
    for line in range(20_000)
)


def memory() -> int:
    """The most octets of memory this program had: getrusage would count its parent's, too."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def file_of(size: int, folder: str) -> BinaryIO:
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
    while file.tell() < size:
        file.write(BLOCK[: size - file.tell()])
    return file


def there_and_back(size: int, folder: str, style: Style) -> None:
    with ExitStack() as files:

        def scratch() -> BinaryIO:
            return files.enter_context(tempfile.TemporaryFile(dir=folder))

        content = Octets.in_file(files.enter_context(file_of(size, folder)))
        sent = build_message(
            letter(attachments=(Attachment(content, "application/EDI-X12", "large.edi"),)),
            style,
            signer=Signer(ours(), NOW),
            to=[theirs().certificate],
            scratch=scratch,
        )
        message = received(sent)
        request = read_request(message.headers)
        opened = open_message(request, message, trust(ours()), [theirs()], scratch)
        (payload,) = opened.payloads
        assert len(payload.content) == size
        assert opened.mic in sent.mics


def main(size: int, folder: str, kinds: list[str]) -> None:
    styles = [
        Style(compress=Compress.BEFORE, content_encoding="base64")
        if kind == "compressed"
        else Style(encrypt=kind)
        for kind in kinds
    ]
    for style in styles:
        there_and_back(1_000, folder, style)
    before = memory()
    for style in styles:
        there_and_back(size, folder, style)
    print(memory() - before)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
