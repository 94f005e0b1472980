"""`partner numbers`: the control numbers we draw for a partner."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.console import as_json
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.held import who_option
from gateway.cli.partners import get_partner
from gateway.cli.partners import partner_command
from gateway.cli.reading import carried_out
from gateway.cli.reading import open_to_read


@partner_command.command("numbers")
@click.argument("name")
@click.option("--next", "number", type=click.IntRange(1, 999_999_999), help="Draw from here on.")
@who_option
@as_json
@click.pass_obj
def numbers_command(home: Path, name: str, number: int | None, who: str, json_: bool) -> None:
    """The control numbers our next interchange and group for a partner get.

    A partner takes a number it has seen for a repeat. After a restore, and for a partner who was
    served by another system, draw from above all it has seen.

    Example: gateway partner numbers harbor-medical --next 5000
    """
    from gateway.engine.numbering import upcoming

    partner = get_partner(home, name)
    if number is not None:
        request = {"command": "numbers", "key": name, "next": number, "who": who}
        numbers = carried_out(home, request)["numbers"]
    else:
        with open_to_read(home) as opened, opened.store.reading() as tx:
            numbers = upcoming(tx, partner)
    if json_:
        print_json(numbers)
    else:
        print_table("", ("kind", "next"), list(numbers.items()))
