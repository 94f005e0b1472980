"""Maps are loaded once: a home with hundreds of partners has no more of them than it needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from homes import Desk
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
