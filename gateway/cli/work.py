"""`init`, `run`, `once`: a home made, and the work done in it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import click

from gateway.cli.console import Failure
from gateway.cli.console import OwnFault
from gateway.cli.console import making
from gateway.cli.reading import require_home


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--empty", is_flag=True, help="Without the two example partners.")
@click.option("--as2-pair", is_flag=True, help="Two homes that trade by AS2 with each other.")
def init_command(directory: Path, empty: bool, as2_pair: bool) -> None:
    """Makes a fresh home with example settings and two example partners.

    Example: gateway init my-home
    """
    with making(directory):
        if (directory / "gateway.yaml").exists():
            raise Failure(f"{directory} is a home already; choose another folder")
        if as2_pair:
            _init_pair(directory)
        else:
            _init_one(directory, empty=empty)


def _init_one(directory: Path, *, empty: bool) -> None:
    from gateway.engine.home import Home
    from gateway.engine.starter import STARTER
    from gateway.engine.starter import starter_partners

    directory.mkdir(parents=True, exist_ok=True)
    (directory / "partners").mkdir(exist_ok=True)
    for partner in () if empty else starter_partners():
        shutil.copytree(partner, directory / "partners" / partner.name, dirs_exist_ok=True)
        Home(directory).make_folders(partner.name)
    (directory / "gateway.yaml").write_text(STARTER, "utf-8")
    click.echo(f"{directory} is ready.")
    click.echo(f"Next: edit {directory / 'gateway.yaml'}, then `gateway --home {directory} run`.")


def _init_pair(directory: Path) -> None:
    from gateway.engine.starter import make_as2_pair
    from gateway.transport.http_server import free_ports

    if directory.exists():
        raise Failure(f"{directory} is there already; choose another folder")
    north, harbor = make_as2_pair(directory, free_ports())
    click.echo(f"{north} and {harbor} trade by AS2, signed and encrypted.")
    click.echo(f"Next: gateway --home {harbor} run")


@click.command("run")
@click.pass_obj
def run_command(home: Path) -> None:
    """Watches the folders and works until it is stopped (Ctrl-C or SIGTERM).

    Log lines go to standard error, one JSON object each.

    Example: gateway --home my-home run
    """
    from gateway.engine.gateway import Gateway
    from gateway.engine.log import to_stderr
    from gateway.engine.running import Signals
    from gateway.engine.running import run
    from gateway.store import StoreError
    from gateway.transport import HomeLockedError

    require_home(home)
    to_stderr()
    signals = Signals()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: signals.stop())

    def ready(gateway: Gateway) -> None:
        count = len(gateway.partners)
        click.echo(f"Watching the folders of {count} partners in {gateway.home.root}.")

    try:
        run(home, signals, ready)
    except HomeLockedError as error:
        raise Failure(str(error)) from error
    except StoreError as error:
        raise OwnFault(str(error)) from error
    sys.stdout.flush()
    os._exit(0)  # a post to a partner's slow server is not waited for: it goes again, unchanged


@click.command("once")
@click.option("--verbose", is_flag=True, help="Log lines on standard error.")
@click.pass_obj
def once_command(home: Path, verbose: bool) -> None:
    """Drains folders and jobs, then exits: 1 when something is held or was rejected meanwhile.

    Example: gateway --home my-home once
    """
    from gateway.engine.log import to_stderr
    from gateway.engine.running import once
    from gateway.store import StoreError
    from gateway.transport import HomeLockedError

    require_home(home)
    if verbose:
        to_stderr()
    try:
        troubles = once(home)
    except HomeLockedError as error:
        raise Failure(f"{error}; it does this work by itself") from error
    except StoreError as error:
        raise OwnFault(str(error)) from error
    for trouble in troubles:
        click.echo(trouble, err=True)
    if troubles:
        raise SystemExit(1)
