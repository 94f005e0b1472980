"""Maps are loaded once: a home with hundreds of partners has no more of them than it needs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12
from homes import Desk
from homes import Run
from homes import make_home
from homes import partners_of

from gateway.edi.dialect import X12
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps


def test_only_a_partner_with_an_overlay_has_a_map_of_its_own(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    example = home / "partners/harbor-medical"
    for name in ("one", "two"):
        shutil.copytree(example, home / "partners" / name)
        shutil.rmtree(home / "partners" / name / "maps")
        text = (example / "partner.yaml").read_text().replace("HARBORMED", f"HARBOR{name.upper()}")
        (home / "partners" / name / "partner.yaml").write_text(text)
    partners = partners_of(home)
    definitions = Definitions(packaged_maps())
    one, two, harbor = (
        definitions.map_of(X12, "004010", "855", partners[name])
        for name in ("one", "two", "harbor-medical")
    )
    assert one is two
    assert one is definitions.map_of(X12, "004010", "855")
    assert harbor is not one


def test_a_home_whose_own_maps_vanish_does_not_go_on_with_others(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    shutil.copytree(packaged_maps(), home / "maps")
    desk = Desk(home)
    (home / "maps").rename(home / "elsewhere")
    assert "maps: gone since the start" in desk.act(command="reload")["error"]
    assert desk.gateway.definitions.root == home / "maps"
    (home / "elsewhere").rename(home / "maps")
    assert "error" not in desk.act(command="reload")
    desk.close()


def test_the_journal_names_the_map_that_read_or_wrote_a_document(home: Path, gateway: Run) -> None:
    desk, overlay = Desk(home), "partners/harbor-medical/maps/855.yaml"

    def read_with(number: str, control: int) -> str:
        desk.receive("harbor-medical", x12(confirmation(number), control=control))
        told = gateway("--home", home, "trace", number, "--json").stdout
        entries = json.loads(told)["journal"]
        name = [one["map"] for one in entries if one["event"] == "document-ready"][-1]
        return str(name)

    first, again = read_with("SO-1", 701), read_with("SO-2", 702)
    assert re.fullmatch(r"x12/004010/855 under 855\.yaml \([0-9a-f]{12}\)", first)
    assert again == first
    desk.change(overlay, "overlay:", "# mended\noverlay:")
    assert read_with("SO-3", 703) not in (first, "")
    desk.send("alpenmed", order("1"))
    desk.close()
    assert (
        "map edifact/D96A/ORDERS under ORDERS.yaml ("
        in gateway("--home", home, "trace", "1").stdout
    )
