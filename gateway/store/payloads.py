"""Immutable bytes by their SHA-256: small ones in the database, large ones as files.

A file is written and synced under its hash before the row that names it is committed; one whose
row was never committed does no harm, since its name says exactly what it holds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import select

from gateway.edi.finding import TransientError
from gateway.store.errors import NotFoundError
from gateway.store.inserting import insert_missing
from gateway.store.schema import payloads

# Most interchanges and documents are smaller; a page cache is no place for the rest.
INLINE_BYTES = 64 * 1024
_CHUNK = 1024 * 1024
_UNFINISHED = ".new-"
_SIZE = select(payloads.c.size).where(payloads.c.hash == bindparam("key"))
_CONTENT = _SIZE.add_columns(payloads.c.content)


def hash_of(data: bytes) -> str:
    """The key of these bytes."""
    return hashlib.sha256(data).hexdigest()


def hash_of_chunks(chunks: Iterable[bytes]) -> str:
    """The key of the bytes that come in chunks."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


class Payloads:
    """Payloads of one transaction. Without a folder every payload is inline."""

    def __init__(self, connection: Connection, folder: Path | None) -> None:
        self._connection = connection
        self._folder = folder

    def add(self, data: bytes) -> str:
        """Keep these bytes; their hash. Adding them again changes nothing."""
        key = hash_of(data)
        if self._folder is None or len(data) <= INLINE_BYTES:
            self._insert(key, len(data), data)
        else:
            if not self._path(key).exists():
                _write(self._folder, (data,))
            self._insert(key, len(data), None)
        return key

    def add_file(self, path: Path) -> str:
        """Keep the bytes of a file, read once in constant memory; their hash.

        They are copied, not linked: whoever still has the file open must not change them.
        """
        try:
            small = self._folder is None or path.stat().st_size <= INLINE_BYTES
            data = path.read_bytes() if small else b""
        except OSError as error:
            raise TransientError(f"{path} cannot be read: {error.strerror}") from error
        if self._folder is None or small:
            return self.add(data)
        key, size = _write(self._folder, _chunks(path))
        self._insert(key, size, None)
        return key

    def add_chunks(self, chunks: Iterable[bytes], size: int) -> str:
        """Keep `size` bytes that come in chunks, in constant memory where they are many."""
        if self._folder is None or size <= INLINE_BYTES:
            return self.add(b"".join(chunks))
        key, size = _write(self._folder, chunks)
        self._insert(key, size, None)
        return key

    def find_size(self, key: str) -> int | None:
        """The size in bytes of a payload we keep."""
        return self._connection.execute(_SIZE, {"key": key}).scalar()

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFoundError, or TransientError where they do not match the hash."""
        with self.open(key) as source:
            data = source.read()
        if hash_of(data) != key:
            raise TransientError(f"payload {key} does not match its hash")
        return data

    def open(self, key: str) -> BinaryIO:
        """A stream of the bytes. Raises NotFoundError, or TransientError where the file is gone."""
        row = self._connection.execute(_CONTENT, {"key": key}).first()
        if row is None:
            raise NotFoundError(f"no payload {key}")
        if row.content is not None:
            return BytesIO(row.content)
        try:
            return self._path(key).open("rb")
        except OSError as error:
            raise TransientError(f"payload {key} cannot be read: {error.strerror}") from error

    def _insert(self, key: str, size: int, content: bytes | None) -> None:
        row = {"hash": key, "size": size, "content": content}
        insert_missing(self._connection, payloads, row)

    def _path(self, key: str) -> Path:
        if self._folder is None:
            raise TransientError(f"payload {key} lies in a payload folder this store was not given")
        return _path_in(self._folder, key)


def remove_unfinished(folder: Path) -> None:
    """Remove what a crash left half written; only for the one writer, before it writes."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink()


def _path_in(folder: Path, key: str) -> Path:
    return folder / key[:2] / key


def _write(folder: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write and sync a file named by its hash; hash and size. One that has no room leaves what
    there is to others."""
    digest, size = hashlib.sha256(), 0
    with ExitStack() as undoing:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=_UNFINISHED, delete=False) as file:
                undoing.callback(Path(file.name).unlink, missing_ok=True)
                for chunk in chunks:
                    digest.update(chunk)
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target = _path_in(folder, digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            Path(file.name).replace(target)
            _sync_folder(target.parent)
            _sync_folder(folder)
        except OSError as error:
            raise TransientError(f"payload cannot be written: {error.strerror}") from error
    return target.name, size


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def _sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is synced too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
