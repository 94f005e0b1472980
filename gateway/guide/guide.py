"""An implementation guide: one set of one release, narrowed by one partner."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from gateway.edi.dialect import DIALECTS
from gateway.edi.dialect import Dialect
from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import Dictionary
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import find_folders
from gateway.guide.narrowing import STANDARD
from gateway.guide.narrowing import Demand
from gateway.guide.narrowing import Narrowing
from gateway.guide.narrowing import narrow
from gateway.guide.narrowing import parse_demand
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.guide.structure import parse_structure

_STRUCTURES = {"x12": "sets.txt", "edifact": "messages.txt"}


@dataclass(frozen=True, slots=True)
class Guide:
    """What may appear where in a set. `root` runs from ST to SE or UNH to UNT; `narrowed` has the
    segment definitions that the narrowing changed, by the path of their use; `demands` are the
    segments it requires by what they say."""

    dialect: Dialect
    release: str
    kind: str
    root: Loop
    dictionary: Dictionary
    narrowing: Narrowing = STANDARD
    narrowed: dict[str, SegmentDef] = field(default_factory=dict)
    demands: tuple[Demand, ...] = ()

    def segment(self, use: SegmentUse) -> SegmentDef:
        """The definition of a segment in its place, narrowed if the partner narrowed it."""
        definition = self.narrowed.get(use.path) or self.dictionary.segment(use.tag)
        if definition is None:
            raise DefinitionError([f"{self.release} {self.kind}: {use.path}: no such segment"])
        return definition


def load_guide(
    root: Path, dialect: str, release: str, kind: str, narrowing: Narrowing = STANDARD
) -> Guide | None:
    """The guide of a set (`x12`, `004010`, `850`; `edifact`, `D96A`, `ORDERS`) from the maps folder
    `root`, None when we have no such release or set. Raises DefinitionError.
    """
    folders = find_folders(root, dialect, release)
    if not folders:
        return None
    path = folders[-1] / _STRUCTURES[dialect]
    found = read_structures(path).get(kind)
    if found is None:
        return None
    line, text = found
    structure = parse_structure(text, f"{path}:{line}")
    dictionary = Dictionary(dialect, release, folders)
    unknown = sorted(structure.tags.difference(dictionary))
    if unknown:
        raise DefinitionError([f"{path}:{line}: {tag}: no such segment" for tag in unknown])
    structure, narrowed = narrow(structure, dictionary, narrowing)
    found_demands = [parse_demand(place) for place in sorted(narrowing.require) if "(" in place]
    return Guide(
        DIALECTS[dialect],
        release,
        kind,
        structure,
        dictionary,
        narrowing,
        narrowed,
        tuple(demand for demand in found_demands if demand),
    )


def read_structures(path: Path) -> dict[str, tuple[int, str]]:
    """The structures of a release by kind, each with the line it starts in. Raises
    DefinitionError for a line that belongs to no set."""
    structures: dict[str, tuple[int, str]] = {}
    kind = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        name, colon, text = line.partition(": ")
        if line[0].isspace() and kind:
            start, so_far = structures[kind]
            structures[kind] = (start, f"{so_far} {line.strip()}")
        elif colon:
            kind = name
            structures[kind] = (number, text)
        else:
            raise DefinitionError([f"{path}:{number}: expected `KIND: structure`"])
    return structures
