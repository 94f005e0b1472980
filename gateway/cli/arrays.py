"""A JSON array written as its items come, each interchange's when its trailer was right."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from typing import BinaryIO

_IN_MEMORY = 1 << 22


class ArrayWriter:
    """Items are staged by group, in a file of their own where they are many, until `keep` writes
    those of the good groups or `drop` none."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._between = b"[\n"
        self._staged: list[tuple[int, tempfile.SpooledTemporaryFile[bytes]]] = []

    def stage(self, group: int, item: bytes) -> None:
        """An item, indented as an item of the array."""
        if not self._staged or self._staged[-1][0] != group:
            self._staged.append((group, tempfile.SpooledTemporaryFile(_IN_MEMORY)))  # noqa: SIM115
        staged = self._staged[-1][1]
        staged.write(b",\n  " if staged.tell() else b"  ")
        staged.write(item.replace(b"\n", b"\n  "))

    def keep(self, bad: Collection[int]) -> None:
        """Writes what is staged, but for the groups in `bad`."""
        for group, staged in self._staged:
            if group not in bad:
                self._output.write(self._between)
                self._between = b",\n"
                staged.seek(0)
                shutil.copyfileobj(staged, self._output)
        self.drop()

    def drop(self) -> None:
        for _, staged in self._staged:
            staged.close()
        self._staged = []

    def close(self) -> None:
        """Ends the array; what is still staged is dropped."""
        self.drop()
        self._output.write(b"[]\n" if self._between == b"[\n" else b"\n]\n")
