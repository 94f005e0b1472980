"""What `cert` commands are given: whose certificates, what they are for, and from when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.reading import require_home

if TYPE_CHECKING:
    from gateway.engine.shelf import Shelf

_OURS = ("sign", "decrypt", "tls", "client")
_THEIRS = ("verify", "encrypt", "tls", "client")
_EVERY = tuple(dict.fromkeys((*_OURS, *_THEIRS)))

of_partner = click.option("--partner", default="", help="Of this partner (default: ours).")
use_option = click.option(
    "--use", "uses", multiple=True, type=click.Choice(_EVERY), help="What for; may be repeated."
)
from_option = click.option(
    "--from", "start", help="The day or moment it is used from, as in 2027-01-10."
)


def shelf_of(home: Path, partner: str) -> Shelf:
    from gateway.engine.home import Home
    from gateway.engine.shelf import open_shelf
    from gateway.partner.settings import load_settings

    require_home(home)
    return open_shelf(Home(home.resolve()), load_settings(home / "gateway.yaml"), partner)


def chosen_uses(shelf: Shelf, uses: tuple[str, ...]) -> tuple[str, ...]:
    """Those given, which may be none; a use of the other side's is wrong usage."""
    known = _OURS if shelf.ours else _THEIRS
    for use in uses:
        if use not in known:
            whose = "our own certificates" if shelf.ours else "a partner's certificates"
            raise click.UsageError(f"--use {use}: {whose} are for {', '.join(known)}")
    return uses


def uses_of(shelf: Shelf, uses: tuple[str, ...]) -> tuple[str, ...]:
    """Those given, else the two of signing and encrypting, which come first."""
    return chosen_uses(shelf, uses) or (_OURS if shelf.ours else _THEIRS)[:2]


def moment_of(shelf: Shelf, text: str | None, option: str) -> datetime | None:
    from gateway.partner.certificates import read_moment

    if text is None:
        return None
    try:
        return read_moment(text, shelf.settings.zone)
    except ValueError as error:
        example = "2027-01-10 or 2027-01-10T08:00+01:00"
        raise click.UsageError(f"{option} {text!r}: give a day or moment like {example}") from error
