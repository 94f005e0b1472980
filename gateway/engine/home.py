"""Where everything lies in a running home."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from gateway.edi.finding import DefinitionError
from gateway.partner.partner import partner_folders

FOLDERS = {
    "inbox/edi": "inbox/{partner}/edi",
    "inbox/documents": "inbox/{partner}/documents",
    "inbox/test": "inbox/{partner}/test",
    "outbox/documents": "outbox/{partner}/documents",
    "outbox/edi": "outbox/{partner}/edi",
    "outbox/receipts": "outbox/{partner}/receipts",
}
"""The partner's side is always `edi`, ours always `documents`; test traffic has its own."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder. `var` holds the database, payloads, and files between two folders."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "gateway.yaml"

    @property
    def partners(self) -> Path:
        return self.root / "partners"

    @property
    def certificates(self) -> Path:
        return self.root / "certs"

    @property
    def spool(self) -> Path:
        return self.var / "spool"

    @property
    def own_maps(self) -> Path:
        """The home's own base maps, where it has some."""
        return self.root / "maps"

    @property
    def maps(self) -> Path:
        """Its own base maps, or the packaged ones."""
        return self.own_maps if self.own_maps.is_dir() else beside_program("maps")

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def claimed(self) -> Path:
        return self.var / "claimed"

    @property
    def staging(self) -> Path:
        return self.var / "staging"

    @property
    def begun(self) -> bool:
        """Whether something may have been taken, published or received by AS2 here before."""
        return any(folder.is_dir() for folder in (self.claimed, self.staging, self.spool))

    @property
    def lock(self) -> Path:
        return self.var / "gateway.lock"

    @property
    def socket(self) -> Path:
        return self.var / "control.sock"

    def folder(self, key: str, partner: str) -> Path:
        """The folder `key` (as in FOLDERS) of a partner."""
        return self.root / FOLDERS[key].format(partner=partner)

    def partner_names(self) -> list[str]:
        """Everyone who has a partner.yaml, right or wrong. Raises DefinitionError."""
        return [path.name for path in partner_folders(self.partners)]

    def folders(self, partner: str) -> list[Path]:
        """Those a partner always has."""
        return [self.folder(key, partner) for key in FOLDERS if key != "inbox/test"]

    def make_folders(self, partner: str) -> None:
        for folder in self.folders(partner):
            folder.mkdir(parents=True, exist_ok=True)


def beside_program(folder: str) -> Path:
    """`maps` or `partners` of a checkout, or as an installed package carries them."""
    checkout = Path(__file__).resolve().parents[2] / folder
    if checkout.is_dir():
        return checkout
    spec = importlib.util.find_spec(f"gateway_{folder}")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise DefinitionError([f"{checkout}:1: is missing; install the gateway again"])
    return Path(next(iter(places)))
