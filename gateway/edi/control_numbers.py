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
        number = _number(reference)
        if number is None:
            return reference in self._others
        return bool(self._blocks.get(number // _BLOCK, 0) >> number % _BLOCK & 1)

    def add(self, reference: str) -> None:
        number = _number(reference)
        if number is None:
            self._others.add(reference)
            return
        block = number // _BLOCK
        self._blocks[block] = self._blocks.get(block, 0) | 1 << number % _BLOCK


def _number(reference: str) -> int | None:
    """The digits of a control number behind a 1, which keeps 0001 apart from 1."""
    if reference.isdecimal() and reference.isascii() and len(reference) <= _LONGEST:
        return int("1" + reference)
    return None
