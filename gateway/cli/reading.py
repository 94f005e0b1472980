"""Reading commands open the store beside a running gateway and change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.console import Failure
from gateway.cli.console import OwnFault

if TYPE_CHECKING:
    from gateway.engine.gateway import Gateway


@contextmanager
def open_to_read(home: Path) -> Iterator[Gateway]:
    """The home's gateway with its store opened read-only."""
    from gateway.engine.gateway import open_gateway
    from gateway.store import NoStoreError
    from gateway.store import StoreError

    if not (home / "gateway.yaml").is_file():
        raise Failure(f"{home.resolve()} is no home: make one with `gateway init DIR`")
    try:
        gateway = open_gateway(home, read_only=True)
    except NoStoreError as error:
        raise Failure("nothing was received here yet: start with `gateway run`") from error
    except StoreError as error:
        raise OwnFault(str(error)) from error
    try:
        yield gateway
    finally:
        gateway.store.close()
