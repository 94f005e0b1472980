"""Loading maps: a base map with its tables and a partner's overlay becomes one `Map`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from gateway.definition import Node
from gateway.edi.finding import DefinitionError
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.guide.narrowing import STANDARD
from gateway.mapping.compile import compile_rules
from gateway.mapping.lint import lint
from gateway.mapping.overlay import OVERLAY_KEYS
from gateway.mapping.overlay import edit_rules
from gateway.mapping.overlay import find_place
from gateway.mapping.overlay import name_rules
from gateway.mapping.overlay import parse_narrowing
from gateway.mapping.plan import Level
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults
from gateway.mapping.source import entries_of
from gateway.mapping.source import text_of
from gateway.mapping.syntax import parse_rules
from gateway.mapping.tables import CodeTable
from gateway.mapping.tables import Rows
from gateway.mapping.tables import make_tables
from gateway.mapping.tables import merge_tables

MAP_KEYS = ("map", "document", "include", "tables", "segments")


@dataclass(frozen=True, slots=True)
class Map:
    """One set of one release against one canonical document, both directions.

    `document` names the canonical document (`purchase_order`), `guide` is narrowed by the overlay,
    `rules` are as written, `plan` as compiled against that guide. `sources` are the files it was
    made of. A tree to read must be matched with this very guide.
    """

    id: str
    document: str
    guide: Guide = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    tables: dict[str, CodeTable] = field(repr=False)
    plan: Level = field(repr=False)
    sources: tuple[Path, ...]


def load_map(
    maps_root: Path, dialect: str, release: str, kind: str, overlay: Path | None = None
) -> Map | None:
    """The map of a set (`x12`, `004010`, `850`; `edifact`, `D96A`, `ORDERS`), changed by a
    partner's overlay; None where there is no base map or no such set. An X12 industry release
    (004010VICS) uses the base release. Raises DefinitionError with every fault of every file.
    """
    release = release[:6] if dialect == "x12" else release
    path = maps_root / dialect / release / f"{kind}.yaml"
    if not (release + kind).isalnum() or not path.is_file():
        return None
    loader = _Loader(maps_root, f"{dialect}/{release}/{kind}")
    return loader.load(path, overlay)


class _Loader:
    """One map while it is being put together."""

    def __init__(self, root: Path, id_: str) -> None:
        self.root = root
        self.id = id_
        self.faults = Faults()
        self.sources: list[Path] = []
        self.rows: Rows = {}

    def load(self, path: Path, overlay_path: Path | None) -> Map | None:
        base = self.source(path, "map", MAP_KEYS)
        entries = entries_of(base)
        if not entries:
            self.faults.raise_any()
        for key in ("map", "document", "segments"):
            if key not in entries:
                self.faults.add(base, f"a map needs {key}")
        rules = name_rules(entries.get("segments", Node([], str(path), 1)), self.faults)
        overlay = None
        if overlay_path:
            overlay = self.source(overlay_path, "overlay", OVERLAY_KEYS)
            rules = edit_rules(rules, overlay, self.faults)
        guide = self.guide(overlay)
        if guide is None:
            return None
        parsed = parse_rules(rules, self.faults)
        tables = make_tables(self.rows, self.faults)
        plan = compile_rules(parsed, guide, tables, self.faults)
        lint(parsed, guide.root, self.faults)
        self.faults.raise_any()
        document = text_of(entries["document"])
        return Map(self.id, document, guide, parsed, tables, plan, tuple(self.sources))

    def source(self, path: Path, header: str, keys: tuple[str, ...]) -> Node:
        """A map or overlay file, its tables merged after those it includes."""
        node = self.file(path)
        entries = self.faults.expect_keys(node, keys)
        if header in entries and entries[header].text != self.id:
            self.faults.add(entries[header], f"{header} is {self.id} by where the file stands")
        elif header not in entries and header == "overlay":
            self.faults.add(node, f"an overlay names its base map: overlay: {self.id}")
        if "include" in entries:
            for item in self.faults.expect_list(entries["include"]):
                self.include(item)
        if "tables" in entries:
            merge_tables(self.rows, entries["tables"], self.faults)
        return node

    def include(self, item: Node) -> None:
        path = self.root / f"{self.faults.expect_text(item)}.yaml"
        if not path.is_file():
            self.faults.add(item, f"no tables file {path}")
            return
        entries = self.faults.expect_keys(self.file(path), ("tables",))
        if "tables" in entries:
            merge_tables(self.rows, entries["tables"], self.faults)

    def file(self, path: Path) -> Node:
        self.sources.append(path)
        return self.faults.load(path)

    def guide(self, overlay: Node | None) -> Guide | None:
        """The narrowed guide; a narrowing that fits nothing is a fault of the overlay's line."""
        dialect, release, kind = self.id.split("/")
        narrowing = parse_narrowing(overlay, self.faults) if overlay else STANDARD
        try:
            return load_guide(self.root, dialect, release, kind, narrowing)
        except DefinitionError as error:
            if overlay is None or narrowing == STANDARD:
                raise
            for fault in error.faults:
                self.faults.add(find_place(overlay, fault), fault)
            return load_guide(self.root, dialect, release, kind)
