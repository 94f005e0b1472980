"""The public samples as the gateway reads them: findings, and the two laws on each set."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from checked import Checked
from checked import check_content

from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.laws import Laws
from gateway.engine.laws import check_laws
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file

DOCUMENTS = ("850", "855", "856", "810", "ORDERS", "ORDRSP", "DESADV", "INVOIC")
KINDS = {*DOCUMENTS, "997", "CONTRL"}


@dataclass(frozen=True)
class Sample:
    """A file: what the corpus says of it (`kind`, `version`, `valid`), and what we say."""

    path: str
    kind: str
    version: str
    valid: str
    checked: Checked
    laws: list[Laws]
    schema_faults: list[str]

    @property
    def kinds(self) -> set[str]:
        return set(self.kind.split(","))

    @property
    def in_scope(self) -> bool:
        release = self.version.startswith(("004010", "D.96A")) or self.kind == "CONTRL"
        return release and bool(self.kinds & KINDS)


def read_samples(corpus: Path) -> list[Sample]:
    """Every sample of the corpus' INDEX.tsv."""
    definitions = Definitions(packaged_maps())
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    return [_sample(corpus, row, definitions) for row in rows]


def _sample(corpus: Path, row: dict[str, str], definitions: Definitions) -> Sample:
    content = (corpus / row["path"]).read_bytes()
    checked = check_content(content, definitions, None)
    laws, faults = [], []
    for read in read_file([content], definitions):
        if isinstance(read, SetRead) and read.reading is not None and read.map is not None:
            found = check_laws(read)
            laws += [found] if found else []
            schema = definitions.schemas.check(read.map.document, read.reading.document)
            faults += [finding.detail["path"] for finding in schema]
    return Sample(row["path"], row["kind"], row["version"], row["valid"], checked, laws, faults)
