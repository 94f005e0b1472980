"""The world outside: folders, the home's lock, the control socket, alerts, HTTP. No SQL, no EDI.

Faults in what others put into folders are findings; a disk or network that fails is a
`TransientError`, and doing the same again is harmless. `http_server`, `http_client` and `tls`
are imported by name: few commands need them.
"""

from __future__ import annotations

from gateway.transport.alert import post
from gateway.transport.alert import run_command
from gateway.transport.control import ControlServer
from gateway.transport.control import ask
from gateway.transport.folder import FileStability
from gateway.transport.folder import FolderError
from gateway.transport.folder import Sweep
from gateway.transport.folder import Unreadable
from gateway.transport.folder import candidates
from gateway.transport.folder import left_in
from gateway.transport.folder import paths_in
from gateway.transport.lock import HomeLock
from gateway.transport.lock import HomeLockedError
from gateway.transport.names import is_temporary
from gateway.transport.names import readable_name
from gateway.transport.publishing import publish
from gateway.transport.publishing import publish_all
from gateway.transport.publishing import stage
from gateway.transport.publishing import stage_all
from gateway.transport.taking import Claimed
from gateway.transport.taking import Content
from gateway.transport.taking import claim
from gateway.transport.taking import claimed_files
from gateway.transport.taking import measure
from gateway.transport.taking import read_file
from gateway.transport.taking import release_claim
from gateway.transport.taking import remove_markers
from gateway.transport.watch import Watch

__all__ = [
    "Claimed",
    "Content",
    "ControlServer",
    "FileStability",
    "FolderError",
    "HomeLock",
    "HomeLockedError",
    "Sweep",
    "Unreadable",
    "Watch",
    "ask",
    "candidates",
    "claim",
    "claimed_files",
    "is_temporary",
    "left_in",
    "measure",
    "paths_in",
    "post",
    "publish",
    "publish_all",
    "read_file",
    "readable_name",
    "release_claim",
    "remove_markers",
    "run_command",
    "stage",
    "stage_all",
]
