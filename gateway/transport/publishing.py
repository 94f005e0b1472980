"""Putting a file into a folder whole: staged and synced aside, then renamed into place."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.edi.finding import TransientError
from gateway.transport.disk import sync_folder
from gateway.transport.folder import FolderError
from gateway.transport.names import require_plain

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
# Partners and the ERP run under other users of the same group.
_FILE_MODE = 0o664


def stage(data: bytes, staging_folder: Path, name: str, *, mode: int = _FILE_MODE) -> Path:
    """Write and sync a file in the staging folder; a half-written one of that name is replaced.

    Raises ValueError for a name that is a path, TransientError where the disk fails.
    """
    target = staging_folder / require_plain(name)
    try:
        staging_folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, _NEW_FILE, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(staging_folder)
    except OSError as error:
        raise TransientError(f"{target} cannot be written: {error.strerror}") from error
    return target


def publish(staged: Path, folder: Path, name: str, *, root: Path) -> bool:
    """Rename a staged file into its folder, which is made where it is missing, and sync both.

    False where the staged file is gone: it was published before. What stands under that name is
    replaced, a link is never followed. Raises ValueError for a name that is a path,
    FolderError where the folder leads out of `root`, lies on another file system or fails.
    """
    require_plain(name)
    try:
        if not folder.resolve().is_relative_to(root.resolve()):
            raise FolderError(folder, f"leads out of {root}")
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise FolderError(folder, f"cannot be used: {error.strerror}") from error
    try:
        return _rename(staged, descriptor, name)
    except OSError as error:
        raise FolderError(folder, f"cannot be written: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _rename(staged: Path, folder: int, name: str) -> bool:
    """Rename into the open folder: whoever swaps its path meanwhile gains nothing."""
    try:
        os.rename(staged, name, dst_dir_fd=folder)
    except FileNotFoundError:
        if staged.exists():
            raise  # the folder was removed meanwhile, not the staged file
        return False
    os.fsync(folder)
    sync_folder(staged.parent)
    return True
