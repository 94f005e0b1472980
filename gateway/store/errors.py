"""What the store raises besides `TransientError` (disk full, locked, server gone)."""

from __future__ import annotations


class StoreError(Exception):
    """The store was asked for something it does not do: a write while read-only, a nested
    transaction, a database of another version."""


class NoStoreError(StoreError):
    """There is no database yet; nothing was ever received in this home."""


class NotFoundError(StoreError):
    """No row with this id or hash."""


class RepeatedError(StoreError):
    """A row with the same identity is already there (claim, control number, event, file name)."""


class MoveRefusedError(StoreError):
    """The row is not in a state that may move to the one asked for."""
