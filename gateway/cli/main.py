"""The root command. Subcommands are imported when they are called, so that a start stays cheap."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from gateway import __version__

COMMANDS = {
    "init": "gateway.cli.work",
    "run": "gateway.cli.work",
    "once": "gateway.cli.work",
    "status": "gateway.cli.seeing",
    "trace": "gateway.cli.tracing",
    "translate": "gateway.cli.files",
    "check": "gateway.cli.files",
    "segments": "gateway.cli.files",
    "roundtrip": "gateway.cli.laws",
    "held": "gateway.cli.held",
    "resend": "gateway.cli.held",
    "settle": "gateway.cli.held",
    "replay": "gateway.cli.held",
    "partner": "gateway.cli.numbers",  # and with it gateway.cli.partners
    "cert": "gateway.cli.offers",  # and with it gateway.cli.certs
    "map": "gateway.cli.maps",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), f"{cmd_name}_command")
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="GATEWAY_HOME",
    help="The home folder to work in (default: here).",
)
@click.version_option(__version__, prog_name="gateway")
@click.pass_context
def cli(ctx: click.Context, home: Path) -> None:
    """Trading partners' X12 and EDIFACT on one side, canonical JSON on the other.

    Exit status: 0 done, 1 something was rejected or held, 2 wrong usage, 3 the gateway's own
    fault.

    Example: gateway check invoice.edi
    """
    ctx.obj = home


def main() -> None:
    """Runs the command line; definitions to mend end with their places and exit status 1, faults of
    ours with a sentence and exit status 3.

    With GATEWAY_DEBUG set, one we did not foresee is shown with its trace.
    """
    from gateway.edi.finding import DefinitionError
    from gateway.edi.finding import TransientError

    try:
        cli(standalone_mode=True)
    except DefinitionError as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(1)
    except (TransientError, OSError) as error:
        click.echo(f"gateway: {error}", err=True)
        sys.exit(3)
    except Exception as error:
        if os.environ.get("GATEWAY_DEBUG"):
            raise
        click.echo(f"gateway: a fault of its own: {type(error).__name__}: {error}", err=True)
        click.echo("Run it again with GATEWAY_DEBUG=1 and report what it prints.", err=True)
        sys.exit(3)
