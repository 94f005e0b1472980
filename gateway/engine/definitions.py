"""Guides and maps, loaded when first needed and kept: the base ones and each partner's own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.definition import load
from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.finding import TransientError
from gateway.edi.segment import Delimiters
from gateway.engine.hatches import hatches_of
from gateway.engine.home import beside_program
from gateway.engine.schemas import Schemas
from gateway.guide.dictionary import Dictionary
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import load_dictionary
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.mapping import Map
from gateway.mapping import load_map
from gateway.mapping.compiled import PATIENCE
from gateway.mapping.compiled import CompiledReader
from gateway.mapping.compiled import Shape
from gateway.partner.partner import Partner

if TYPE_CHECKING:
    from gateway.mapping.compiled.writer import CompiledWriter

_SERVICE = {False: "D3", True: "41"}  # the service segments of syntax 1 to 3, and of syntax 4

_MOST_COMPILED = 256


def packaged_maps() -> Path:
    """The maps folder of a checkout, or the one the installed package carries."""
    return beside_program("maps")


class Definitions:
    """`map_of` and `guide_of` answer None where we have nothing for a set. Where the maps cannot be
    read, all that asks for them raises TransientError. `python` are the modules
    that maps may name; `patience` is that of compiled readers."""

    def __init__(self, root: Path, python: Iterable[str] = (), patience: int = PATIENCE) -> None:
        self.root = root
        self.patience = patience
        self.find_hatch = hatches_of(python)
        self.schemas = Schemas(root / "canonical")
        self._guides: dict[tuple[str, str, str], Guide] = {}
        self._maps: dict[tuple[str, str, str, Path | None], Map] = {}
        self._compiled: dict[tuple[int, Delimiters], CompiledReader] = {}
        self._carriers: dict[tuple[object, ...], tuple[str, Map]] = {}
        self._writers: dict[tuple[int, str], tuple[Partner, CompiledWriter]] = {}
        self._said_by: dict[Path, dict[str, str]] = {}
        self._dictionaries: dict[tuple[str, str], Dictionary | None] = {}

    def guide_of(self, dialect: Dialect, release: str, kind: str) -> Guide | None:
        """The standard's own guide, for sets that need no map (997, CONTRL)."""
        key = (dialect.name, release, kind)
        if key in self._guides:
            return self._guides[key]
        guide = load_guide(self.root, *key)
        if guide is None:
            self._look()
        else:  # of what we do not have there are too many names to keep
            self._guides[key] = guide
        return guide

    def map_of(
        self, dialect: Dialect, release: str, kind: str, partner: Partner | None = None
    ) -> Map | None:
        """The partner's map of a set: the base map under the partner's overlay, if any. A map has
        megabytes, so partners without an overlay have the same one."""
        overlay = self.overlay_of(partner, f"{dialect.name}/{release}/{kind}") if partner else None
        key = (dialect.name, release, kind, overlay)
        if key in self._maps:
            return self._maps[key]
        map_ = load_map(self.root, dialect.name, release, kind, overlay, self.find_hatch)
        if map_ is None:
            self._look()
        else:
            self._maps[key] = map_
        return map_

    def compiled_of(self, map_: Map, marks: Delimiters) -> CompiledReader:
        """What reads the map's right sets fast, between these delimiters."""
        key = (id(map_), marks)
        if key not in self._compiled:
            if len(self._compiled) >= _MOST_COMPILED:
                self._compiled.clear()  # whoever changes separators all the time gets no memory
            self._compiled[key] = self._new_compiled(map_, marks)
        return self._compiled[key]

    def _new_compiled(self, map_: Map, marks: Delimiters) -> CompiledReader:
        shape = Shape(self.schemas.schema(map_.document), self.schemas.definitions)
        fits = partial(self.schemas.fits, map_.document)
        return CompiledReader(map_, marks, shape, fits, self.patience)

    def carrier_of(self, partner: Partner, document_type: str) -> tuple[str, Map] | None:
        """The partner's set, and its map, that carries a type of document."""
        key = (partner.dialect.name, partner.release, partner.overlays, document_type)
        if key not in self._carriers:
            for release, kind in self.kinds(partner.dialect):
                if release != partner.release:
                    continue
                path = self.root / partner.dialect.name / release / f"{kind}.yaml"
                if self._said(path, "document") == document_type:
                    map_ = self.map_of(partner.dialect, release, kind, partner)
                    if map_ is not None:
                        self._carriers[key] = kind, map_
        return self._carriers.get(key)

    def writer_of(self, map_: Map, partner: Partner) -> CompiledWriter:
        """What writes the map's documents fast for this very partner."""
        from gateway.mapping.compiled.writer import CompiledWriter  # none is needed to read

        key = id(map_), partner.name
        found = self._writers.get(key)
        if found is None or found[0] is not partner:
            if len(self._writers) >= _MOST_COMPILED:
                self._writers.clear()
            reader = self._new_compiled(map_, partner.delimiters)
            found = self._writers[key] = partner, CompiledWriter(reader, partner.charset)
        return found[1]

    def overlay_of(self, partner: Partner, name: str) -> Path | None:
        """The partner's overlay file of the base map `name` (x12/004010/850)."""
        return next(
            (path for path in partner.overlays if self._said(path, "overlay") == name), None
        )

    def _said(self, path: Path, key: str) -> str:
        """What a map or overlay file says at its top: the `document` it carries, the `overlay`'s
        base map. Raises DefinitionError."""
        if path not in self._said_by:
            entries = load(path).mapping or {}
            self._said_by[path] = {name: node.text or "" for name, node in entries.items()}
        return self._said_by[path].get(key, "")

    def service_segment(self, dialect: Dialect, version: str, tag: str) -> SegmentDef | None:
        """The definition of an envelope segment (ISA, GS, UNB) in this syntax version."""
        release = "004010" if dialect is X12 else _SERVICE[version[-1:] >= "4"]
        if (dialect.name, release) not in self._dictionaries:
            self._look()
            dictionary = load_dictionary(self.root, dialect.name, release)
            self._dictionaries[dialect.name, release] = dictionary
        found = self._dictionaries[dialect.name, release]
        return found.segment(tag) if found else None

    def kinds(self, dialect: Dialect) -> list[tuple[str, str]]:
        """Every (release, kind) we have a base map for."""
        self._look()
        folder = self.root / dialect.name
        return sorted((path.parent.name, path.stem) for path in folder.glob("*/*.yaml"))

    def _look(self) -> None:
        """Nothing is unknown while the maps themselves are gone, as while another version is being
        installed. Raises TransientError then."""
        if not os.access(self.schemas.folder, os.R_OK | os.X_OK):
            raise TransientError(f"{self.root} cannot be read")

    def find_map(self, name: str) -> Path | None:
        """The file of a base map, by name (x12/004010/850)."""
        return self._find_file(name, "*/*/*.yaml")

    def find_part(self, name: str) -> Path | None:
        """The file of code tables that maps include (x12/tables), or of a document's fields
        (canonical/invoice)."""
        return self._find_file(name, "*/*.yaml") or self._find_file(name, "canonical/*.json")

    def _find_file(self, name: str, pattern: str) -> Path | None:
        paths = self.root.glob(pattern)
        known = {path.relative_to(self.root).with_suffix("").as_posix(): path for path in paths}
        return known.get(name)

    def unused_overlays(self, partner: Partner) -> list[str]:
        """A fault for each overlay of a map we do not have, or that another file changes too."""
        faults: list[str] = []
        seen: dict[str, str] = {}
        for path in partner.overlays:
            name = self._said(path, "overlay")
            place = f"partners/{partner.name}/maps/{path.name}:1"
            if self.find_map(name) is None:
                faults.append(f"{place}: overlay: there is no map {name!r}")
            elif name in seen:
                faults.append(f"{place}: overlay: {seen[name]} changes {name} already")
            seen[name] = path.name
        return faults
