"""What `status` says needs a person, and that it leaves nothing out."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from engine_wire import order
from homes import Desk
from homes import Run
from homes import make_plain_home


def needs(home: Path, gateway: Run) -> list[str]:
    """The lines under `Needs a person`."""
    _, _, rest = gateway("--home", home, "status").stdout.partition("Needs a person:\n")
    return [line.strip() for line in rest.splitlines() if line.startswith("  ")]


def test_it_says_how_many_it_does_not_list(tmp_path: Path, gateway: Run) -> None:
    desk = Desk(make_plain_home(tmp_path / "home"))
    for number in range(103):
        text = json.dumps(order(str(number)))
        desk.drop("outbox/harbor-medical/documents", f"{number}.json", text)
    desk.work()
    desk.later = timedelta(days=1)
    desk.work()
    desk.close()
    told = needs(desk.home, gateway)
    assert len(told) == 101
    assert told[0] == "overdue   harbor-medical: purchase_order 102"
    assert told[-1] == "overdue   and 3 older ones"
