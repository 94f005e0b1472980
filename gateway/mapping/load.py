"""Loading maps: a base map with its tables and a partner's overlay becomes one `Map`."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from pathlib import Path

from gateway.definition import Node
from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import is_name
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.guide.narrowing import STANDARD
from gateway.mapping.compile import compile_rules
from gateway.mapping.defaults import Defaults
from gateway.mapping.defaults import parse_defaults
from gateway.mapping.hatch import FindHatch
from gateway.mapping.hatch import no_hatches
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.declare import document_names
from gateway.mapping.levels.declare import expand
from gateway.mapping.levels.declare import take
from gateway.mapping.lint import lint
from gateway.mapping.lint import lint_tables
from gateway.mapping.lint_loss import lint_losses
from gateway.mapping.lint_loss import lint_paths
from gateway.mapping.loss import Loss
from gateway.mapping.loss import parse_losses
from gateway.mapping.model import lint_fields
from gateway.mapping.model import load_fields
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

MAP_KEYS = ("map", "document", "include", "tables", "default", "lossy", "segments")


@dataclass(frozen=True, slots=True)
class Map:
    """One set of one release against one canonical document, both directions.

    `document` names the canonical document (`purchase_order`), `guide` is narrowed by the overlay,
    `rules` are as written, `plan` as compiled against that guide. `defaults` are what the partner
    means where it says nothing, `losses` what need not arrive. `sources` are the files it was made
    of; `name` names it in the journal, as `x12/004010/855 under 855.yaml (3f2a9c01d4e7)`, with the
    partner's own files and a hash of what all of them said. A tree to read must be matched with
    this very guide. With a `hierarchy` the rules read and write levels, which are folded into the
    document.
    """

    id: str
    document: str
    guide: Guide = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    tables: dict[str, CodeTable] = field(repr=False)
    plan: Level = field(repr=False)
    sources: tuple[Path, ...]
    name: str
    defaults: Defaults = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()
    hierarchy: Hierarchy | None = None


def load_map(
    maps_root: Path,
    dialect: str,
    release: str,
    kind: str,
    overlay: Path | None = None,
    find_hatch: FindHatch = no_hatches,
) -> Map | None:
    """The map of a set (`x12`, `004010`, `850`; `edifact`, `D96A`, `ORDERS`), changed by a
    partner's overlay; None where there is no base map or no such set. An X12 industry release
    (004010VICS) uses the base release. `find_hatch` finds the Python objects a map names. Raises
    DefinitionError with every fault of every file.
    """
    release = release[:6] if dialect == "x12" else release
    path = maps_root / dialect / release / f"{kind}.yaml"
    if not (is_name(release) and is_name(kind) and path.is_file()):
        return None
    loader = _Loader(maps_root, f"{dialect}/{release}/{kind}", find_hatch)
    return loader.load(path, overlay)


class _Loader:
    """One map while it is being put together."""

    def __init__(self, root: Path, id_: str, find_hatch: FindHatch) -> None:
        self.root = root
        self.id = id_
        self.find_hatch = find_hatch
        self.faults = Faults()
        self.sources: list[Path] = []
        self.rows: Rows = {}
        self.defaults: dict[tuple[str, ...], Node] = {}
        self.losses: tuple[Loss, ...] = ()

    def load(self, path: Path, overlay_path: Path | None) -> Map | None:
        base = self.source(path, "map", MAP_KEYS)
        entries = entries_of(base)
        if not entries:
            self.faults.raise_any()
        for key in ("map", "document", "segments"):
            if key not in entries:
                self.faults.add(base, f"a map needs {key}")
        written = expand(entries.get("segments", Node([], str(path), 1)), self.faults)
        rules = name_rules(written, self.faults)
        overlay = None
        if overlay_path:
            overlay = self.source(overlay_path, "overlay", OVERLAY_KEYS)
            rules = edit_rules(rules, overlay, self.faults)
        guide = self.guide(overlay)
        if guide is None:
            return None
        rules, hierarchy = take(rules, self.faults)
        parsed = parse_rules(rules, self.faults)
        tables = make_tables(self.rows, self.faults)
        plan = compile_rules(parsed, guide, tables, self.find_hatch, self.faults)
        lint(parsed, guide.root, tables, self.faults)
        if overlay and "tables" in entries_of(overlay):
            lint_tables(parsed, entries_of(entries_of(overlay)["tables"]), self.faults)
        lint_losses(parsed, self.losses, self.faults)
        document = text_of(entries["document"]) if "document" in entries else ""
        fields = load_fields(self.root, document, levels=hierarchy is not None)
        if fields is not None:
            lint_fields(parsed, fields, tables, self.faults)
        nodes = self.defaults | {loss.names: loss.node for loss in self.losses}
        lint_paths(document_names(parsed, tables, hierarchy), nodes, self.faults)
        self.faults.raise_any()
        return Map(
            self.id,
            document,
            guide,
            parsed,
            tables,
            plan,
            tuple(self.sources),
            self.name(),
            {names: text_of(node) for names, node in self.defaults.items()},
            self.losses,
            hierarchy,
        )

    def name(self) -> str:
        own = [path.name for path in self.sources if not path.is_relative_to(self.root)]
        under = f" under {' and '.join(own)}" if own else ""
        contents = sha256()
        for path in self.sources:
            contents.update(sha256(path.read_bytes()).digest())
        return f"{self.id}{under} ({contents.hexdigest()[:12]})"

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
            self.sources += merge_tables(self.rows, entries["tables"], self.faults)
        if "default" in entries:
            self.defaults |= parse_defaults(entries["default"], self.faults)
        if "lossy" in entries:
            self.losses += parse_losses(entries["lossy"], self.faults)
        return node

    def include(self, item: Node) -> None:
        path = self.root / f"{self.faults.expect_text(item)}.yaml"
        if not path.is_file():
            self.faults.add(item, f"no tables file {path}")
            return
        entries = self.faults.expect_keys(self.file(path), ("tables",))
        if "tables" in entries:
            self.sources += merge_tables(self.rows, entries["tables"], self.faults)

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
