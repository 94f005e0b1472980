"""The control numbers seen in an interchange or a group, in little memory."""

from __future__ import annotations

_BLOCK = 64
_LONGEST = 18


class ControlNumbers:
    """A set of control numbers. Senders count up, so numbers are kept as bits of blocks of 64: a
    million of them take a few MB, where a set of texts takes a hundred."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._others: set[str] = set()

    def __contains__(self, reference: str) -> bool:
        if not _is_number(reference):
            return reference in self._others
        block, bit = divmod(_number(reference), _BLOCK)
        return bool(self._blocks.get(block, 0) >> bit & 1)

    def add(self, reference: str) -> None:
        if not _is_number(reference):
            self._others.add(reference)
            return
        block, bit = divmod(_number(reference), _BLOCK)
        self._blocks[block] = self._blocks.get(block, 0) | 1 << bit


def _is_number(reference: str) -> bool:
    return reference.isascii() and reference.isdecimal() and len(reference) <= _LONGEST


def _number(reference: str) -> int:
    """The leading 1 keeps 0001 apart from 1."""
    return int(f"1{reference}")
