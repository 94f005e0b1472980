"""A set's map in pyx12's XML, from our own guide: every segment, loop, code and relational note.

The envelope of the map (ISA to ST, SE to IEA) and the element table start from the ones that the
installed pyx12 carries.
"""

from __future__ import annotations

import copy
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

from gateway.engine.definitions import packaged_maps
from gateway.guide.dictionary import UNBOUNDED
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import Use
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse


def write_map(installed: Path, folder: Path, kind: str, functional_id: str) -> None:
    """Fills `folder` with a map path for one set of release 004010."""
    shutil.copytree(installed, folder, dirs_exist_ok=True)
    guide = load_guide(packaged_maps(), "x12", "004010", kind)
    assert guide is not None
    tree = ET.parse(installed / "997.4010.xml")
    root = tree.getroot()
    root.set("xid", kind)
    for xid, code in (("GS01", functional_id), ("GS08", "004010"), ("ST01", kind)):
        codes = root.find(f".//element[@xid='{xid}']/valid_codes")
        assert codes is not None
        _add(codes, "code", code)
    set_ = root.find(".//loop[@xid='ST_LOOP']")
    assert set_ is not None
    writer = _Writer(guide, ET.parse(installed / "dataele.xml"))
    for wrapper in set_.findall("loop"):
        for child in [*wrapper.findall("loop"), *wrapper.findall("segment")]:
            wrapper.remove(child)
        if wrapper.get("xid") == "HEADER":
            writer.fill(wrapper, guide.root.items[1:-1])
        else:
            set_.remove(wrapper)
    trailer = set_.findall("segment")[-1]
    position = trailer.find("pos")
    assert position is not None
    position.text = "999"
    tree.write(folder / f"{kind}.4010.xml", "utf-8", xml_declaration=True)
    writer.elements.write(folder / "dataele.xml", "utf-8", xml_declaration=True)
    index = ET.parse(installed / "maps.xml")
    version = index.find("version[@icvn='00401']")
    assert version is not None
    entry = _add(version, "map", f"{kind}.4010.xml")
    entry.attrib.update(vriic="004010", fic=functional_id, abbr=kind)
    index.write(folder / "maps.xml", "utf-8", xml_declaration=True)


def _add(parent: ET.Element, tag: str, text: object = None) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = None if text is None else str(text)
    return child


class _Writer:
    def __init__(self, guide: Guide, elements: ET.ElementTree) -> None:
        self.guide = guide
        self.elements = copy.deepcopy(elements)
        self.known = {one.get("ele_num") for one in self.elements.getroot()}

    def fill(self, parent: ET.Element, items: tuple[SegmentUse | Loop, ...]) -> None:
        for number, item in enumerate(items, start=1):
            position = f"{number * 10:03d}"
            if isinstance(item, Loop):
                self.loop(parent, item, position)
            else:
                self.segment(parent, item, position)

    def loop(self, parent: ET.Element, item: Loop, position: str) -> None:
        loop = ET.SubElement(parent, "loop", xid=item.path.replace("/", "_") + "_LOOP")
        _add(loop, "name", item.path)
        _add(loop, "usage", "R" if item.required else "S")
        _add(loop, "pos", position)
        _add(loop, "repeat", ">1" if item.max == UNBOUNDED else item.max)
        self.fill(loop, item.items)

    def segment(self, parent: ET.Element, use: SegmentUse, position: str) -> None:
        definition = self.guide.segment(use)
        segment = ET.SubElement(parent, "segment", xid=use.tag)
        _add(segment, "name", use.tag)
        _add(segment, "usage", "R" if use.required else "S")
        _add(segment, "pos", position)
        _add(segment, "max_use", ">1" if use.max == UNBOUNDED else use.max)
        for note in definition.notes:
            _add(segment, "syntax", note)
        for number, element in enumerate(definition.elements, start=1):
            self.element(segment, use.tag, f"{number:02d}", element)

    def element(self, parent: ET.Element, name: str, number: str, use: Use) -> None:
        definition = use.definition
        if isinstance(definition, CompositeDef):
            composite = ET.SubElement(parent, "composite")
            self._head(composite, definition.id, use, number)
            for part, component in enumerate(definition.components, start=1):
                self.element(composite, f"{name}{number}-", f"{part:02d}", component)
            return
        element = ET.SubElement(parent, "element", xid=name + number)
        self._head(element, definition.id, use, number)
        if definition.codes:
            codes = _add(element, "valid_codes")
            for code in sorted(definition.codes):
                _add(codes, "code", code)
        self.learn(definition)

    def _head(self, node: ET.Element, number: str, use: Use, position: str) -> None:
        _add(node, "data_ele", number)
        _add(node, "name", number)
        _add(node, "usage", "R" if use.required else "S")
        _add(node, "seq", position)

    def learn(self, definition: ElementDef) -> None:
        if definition.id not in self.known:
            self.known.add(definition.id)
            ET.SubElement(
                self.elements.getroot(),
                "data_ele",
                ele_num=definition.id,
                data_type=definition.type,
                min_len=str(definition.min),
                max_len=str(definition.max),
                name=definition.id,
            )
