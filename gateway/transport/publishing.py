"""Putting files into a folder whole: staged and synced aside, then renamed into place.

Many are synced together: each file is, several at a time, and the folders only once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from gateway.transport.disk import sync_folder
from gateway.transport.folder import FolderError
from gateway.transport.names import require_plain

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
# Partners and the ERP run under other users of the same group.
_FILE_MODE = 0o664
_SYNCED_AT_ONCE = 4
"""A file system writes its journal once for all that wait for it; more threads gain nothing."""


def stage(data: bytes, staging_folder: Path, name: str, *, mode: int = _FILE_MODE) -> Path:
    """`stage_all` for one file; raises FolderError also where the file cannot be written."""
    [staged] = stage_all([(name, data)], staging_folder, mode=mode)
    if isinstance(staged, FolderError):
        raise staged
    return staged


def stage_all(
    files: Iterable[tuple[str, bytes]], staging_folder: Path, *, mode: int = _FILE_MODE
) -> list[Path | FolderError]:
    """Write and sync files in the staging folder, each as it comes; half-written ones of their
    names are replaced. Of each file its path, or why it is not there.

    Raises ValueError for a name that is a path, FolderError where the folder fails.
    """
    try:
        staging_folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as syncing:
            syncs = [
                syncing.submit(_sync, *_write(data, staging_folder / require_plain(name), mode))
                for name, data in files
            ]
        staged = [sync.result() for sync in syncs]
        sync_folder(staging_folder)
    except OSError as error:
        raise FolderError(staging_folder, f"cannot be written: {error.strerror}") from error
    return staged


def _write(data: bytes, target: Path, mode: int) -> tuple[Path, BinaryIO | OSError]:
    """A file that is written and still open, or what is in its way."""
    try:
        with ExitStack() as failing:
            file = failing.enter_context(os.fdopen(os.open(target, _NEW_FILE, mode), "wb"))
            file.write(data)
            file.flush()
            failing.pop_all()  # from here on it is closed when it is synced
    except OSError as error:
        return target, error
    return target, file


def _sync(target: Path, written: BinaryIO | OSError) -> Path | FolderError:
    """The file's path once it is durable. One that has no room leaves what there is to others."""
    try:
        if isinstance(written, OSError):
            raise written
        with written:
            os.fsync(written.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        return FolderError(target.parent, f"cannot be written: {error.strerror}")
    return target


def publish(staged: Path, folder: Path, name: str, *, root: Path) -> bool:
    """`publish_all` for one file; raises FolderError also where the file cannot be renamed."""
    [published] = publish_all([(staged, name)], folder, root=root)
    if isinstance(published, FolderError):
        raise published
    return published


def publish_all(
    files: Sequence[tuple[Path, str]], folder: Path, *, root: Path
) -> list[bool | FolderError]:
    """Rename files of one staging folder into their folder, which is made where it is missing, and
    sync both. Of each file True; False where it is gone: it was published before; or why it stays.

    What stands under a name is replaced, a link is never followed. Raises ValueError for a name
    that is a path, FolderError where the folder leads out of `root`, lies on another file system
    or fails.
    """
    for _, name in files:
        require_plain(name)
    try:
        if not folder.resolve().is_relative_to(root.resolve()):
            raise FolderError(folder, f"leads out of {root}")
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise FolderError(folder, f"cannot be used: {error.strerror}") from error
    try:
        published = [_rename(staged, folder, descriptor, name) for staged, name in files]
        os.fsync(descriptor)
        for parent in {staged.parent for staged, _ in files}:
            sync_folder(parent)
    except OSError as error:
        raise FolderError(folder, f"cannot be written: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return published


def _rename(staged: Path, folder: Path, descriptor: int, name: str) -> bool | FolderError:
    """Rename into the open folder: whoever swaps its path meanwhile gains nothing."""
    try:
        os.rename(staged, name, dst_dir_fd=descriptor)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not staged.exists():
            return False  # else the folder was removed meanwhile, not the staged file
        return FolderError(folder, f"cannot be written: {error.strerror}")
    return True
