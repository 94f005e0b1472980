"""How commands reach a home: beside a running gateway to read, and through it to change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from gateway.cli.console import Failure
from gateway.cli.console import OwnFault

if TYPE_CHECKING:
    from gateway.engine.home import Home
    from gateway.store import Store


class NothingYet(Failure):
    """A home that never received anything."""

    def __init__(self) -> None:
        super().__init__("nothing was received here yet: start with `gateway run`")


@dataclass(frozen=True, slots=True)
class Opened:
    """A home and its store."""

    home: Home
    store: Store


def require_home(home: Path) -> None:
    if not (home / "gateway.yaml").is_file():
        raise Failure(f"{home.resolve()} is no home: make one with `gateway init DIR`")


def reload_running(home: Path) -> dict[str, Any] | None:
    """A running gateway takes changed definitions up at once, a busy one when it next looks: its
    answer, or None where none says anything."""
    from gateway.edi.finding import TransientError
    from gateway.engine.home import Home
    from gateway.transport import ask

    try:
        return ask(Home(home.resolve()).socket, {"command": "reload"}, timeout=30)
    except TransientError:
        return None


def carried_out(home: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a command that changes something, from the running gateway or, where none runs,
    done here. Raises Failure and OwnFault."""
    from gateway.engine.commanding import command
    from gateway.store import StoreError
    from gateway.transport import HomeLockedError

    require_home(home)
    try:
        reply = command(home, request)
    except HomeLockedError as error:
        raise Failure(f"{error}; try again when it is done") from error
    except StoreError as error:
        raise OwnFault(str(error)) from error
    if "error" in reply:
        raise Failure(str(reply["error"]))
    return reply


@contextmanager
def open_to_read(home: Path) -> Iterator[Opened]:
    """The home with its store opened read-only."""
    from gateway.engine.gateway import open_to_look
    from gateway.store import NoStoreError
    from gateway.store import StoreError

    require_home(home)
    try:
        opened = open_to_look(home)
    except NoStoreError as error:
        raise NothingYet from error
    except StoreError as error:
        raise OwnFault(str(error)) from error
    try:
        yield Opened(*opened)
    except StoreError as error:
        raise OwnFault(str(error)) from error
    finally:
        opened[1].close()
