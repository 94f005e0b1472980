"""The public samples in three tables: `make corpus`.

What the corpus says of a file beside whether we accept it; the two laws on every set that was
read; and how much of each kind went into the document. Figures, no test: test_corpus.py holds
what must not get worse.

Examples:
  GATEWAY_TEST_CORPUS=../shared/corpus make corpus
  .venv/bin/python tests/corpus/tables.py ../shared/corpus
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from samples import DOCUMENTS
from samples import Sample
from samples import read_samples

from gateway.engine.laws import DECLARED
from gateway.engine.laws import Laws

ROOT = Path(__file__).parents[2]
SAID = {"yes": "valid", "codes": "unlisted codes", "env-ok": "envelope only", "no": "broken"}
"""What the corpus says: `codes` has codes the directory does not list, of `env-ok` only the
envelope was looked at."""

Row = list[str]


def confusion(samples: list[Sample]) -> list[Row]:
    """For each kind the accepted of all files the corpus says this of, in a release we have."""
    table = [["document", *SAID.values()]]
    for kind in DOCUMENTS:
        mine = [one for one in samples if one.in_scope and kind in one.kinds]
        table.append([kind, *(_accepted(mine, said) for said in SAID)])
    return table


def _accepted(samples: list[Sample], said: str) -> str:
    chosen = [one.checked.valid for one in samples if one.valid == said]
    return f"{sum(chosen)} of {len(chosen)}" if chosen else "-"


def law_table(samples: list[Sample]) -> list[Row]:
    """The sets of each kind for which the laws hold."""
    heads = ["document", "sets", "canonical", "wire exact", "wire declared", "wire rest", "causes"]
    return [heads, *(_law_row(kind, laws) for kind, laws in _laws(samples))]


def _law_row(kind: str, laws: list[Laws]) -> Row:
    exact = [one for one in laws if not one.differences]
    rest = [one for one in laws if not one.wire_holds]
    declared = len(laws) - len(exact) - len(rest)
    counts = [len(laws), sum(one.canonical_holds for one in laws), len(exact), declared, len(rest)]
    return [kind, *map(str, counts), _causes(laws)]


def _causes(laws: Iterable[Laws]) -> str:
    """Each cause with its places, those that are not declared first."""
    found = Counter((d.cause, d.reference) for one in laws for d in one.differences)
    ordered = sorted(found.items(), key=lambda item: (item[0][0] in DECLARED, -item[1]))
    return ", ".join(f"{cause} {place} ({count})" for (cause, place), count in ordered)


def claimed_table(samples: list[Sample]) -> list[Row]:
    """The components of each kind that went into the document or were checked."""
    table = [["document", "claimed", "of", "share"]]
    for kind, laws in _laws(samples):
        claimed, total = sum(one.claimed for one in laws), sum(one.total for one in laws)
        table.append([kind, str(claimed), str(total), f"{claimed / total:.2%}" if total else "-"])
    return table


def _laws(samples: list[Sample]) -> list[tuple[str, list[Laws]]]:
    every = [laws for sample in samples for laws in sample.laws]
    return [(kind, [one for one in every if one.kind == kind]) for kind in DOCUMENTS]


def show(title: str, table: list[Row]) -> None:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print(title)
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = os.environ.get("GATEWAY_TEST_CORPUS", ROOT.parent / "shared" / "corpus")
    parser.add_argument("corpus", nargs="?", type=Path, default=Path(usual))
    corpus = parser.parse_args().corpus
    if not (corpus / "INDEX.tsv").is_file():
        sys.exit(f"{corpus}: no corpus here (INDEX.tsv); set GATEWAY_TEST_CORPUS")
    samples = read_samples(corpus)
    show(f"Accepted, of {len(samples)} files those of a release we have", confusion(samples))
    show("The two laws, set by set", law_table(samples))
    show("Claimed by the maps, of all values received", claimed_table(samples))


if __name__ == "__main__":
    main()
