"""Every feature of the map language, read and written by the one declaration."""

from __future__ import annotations

from typing import Any
from typing import NamedTuple

import pytest
from mapping_desk import Desk
from mapping_desk import Trial

from gateway.mapping import normal


class Case(NamedTuple):
    name: str
    rules: str
    wire: str
    document: dict[str, Any]
    tables: str = "{}"
    set: str = "x12/004010/850"
    lossy: str = "[]"

    def load(self, desk: Desk) -> Trial:
        return desk.load(self.rules, self.tables, self.set, self.lossy)


X12 = [
    Case(
        "an element is a value",
        "- {seg: BEG, BEG03: id, BEG05: issue_date | date}",
        "BEG***4500123456**20260915",
        {"id": "4500123456", "issue_date": "2026-09-15"},
    ),
    Case(
        "a dotted path nests",
        "- {seg: BEG, BEG03: order.id, BEG04: order.release}",
        "BEG***A*7",
        {"order": {"id": "A", "release": "7"}},
    ),
    Case(
        "a code becomes a word and an unknown code stays one",
        "- {seg: BEG, BEG01: purpose | code(purpose), BEG02: type | code(type)}",
        "BEG*00*ZZ",
        {"purpose": "original", "type": "x12:92:ZZ"},
        '{purpose: {"00": original}, type: {NE: new}}',
    ),
    Case(
        "a code that is only read is kept beside its word",
        "- loop: PO1\n  each: lines\n  PO102: amount | decimal\n"
        "  PO103: unit | code(unit, unit_source)",
        "PO1**4*CA~PO1**6*CS",
        {
            "lines": [
                {"amount": "4", "unit": "XCS"},
                {"amount": "6", "unit": "XCS", "unit_source": "x12:355:CS"},
            ]
        },
        "{unit: {CA: XCS, CS: XCS (read)}}",
    ),
    Case(
        "where decides which rule takes a segment",
        "- {seg: REF, where: {REF01: DP}, REF02: department}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "REF*DP*099~REF*IA*7001",
        {"department": "099", "references": [{"scheme": "IA", "value": "7001"}]},
    ),
    Case(
        "the rule with most conditions wins",
        "- {seg: REF, where: {REF01: ZZ}, REF02: other}\n"
        "- {seg: REF, where: {REF01: ZZ, REF03: CASE}, REF02: case_number}",
        "REF*ZZ*A~REF*ZZ*B*CASE",
        {"other": "A", "case_number": "B"},
    ),
    Case(
        "an empty where-value is an empty element",
        '- {seg: REF, where: {REF01: DP, REF03: ""}, REF02: department}\n'
        "- {seg: REF, each: references, REF01: scheme, REF02: value, REF03: text}",
        "REF*DP*099~REF*DP*100*spare",
        {"department": "099", "references": [{"scheme": "DP", "value": "100", "text": "spare"}]},
    ),
    Case(
        "a where-list admits any of its values, bound as well",
        "- {seg: REF, where: {REF01: [IA, VR]}, each: vendors, REF01: kind, REF02: value}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "REF*VR*1~REF*IA*2~REF*DP*3",
        {
            "vendors": [{"kind": "VR", "value": "1"}, {"kind": "IA", "value": "2"}],
            "references": [{"scheme": "DP", "value": "3"}],
        },
    ),
    Case(
        "a constant is written whenever the rule writes something",
        '- {seg: CUR, CUR01: "= BY", CUR02: currency}',
        "CUR*BY*USD",
        {"currency": "USD"},
    ),
    Case(
        "what is set has no place on the wire, only in the document",
        "- {seg: REF, where: {REF01: CT}, each: references, set: {scheme: contract},"
        " REF02: value}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "REF*CT*C-1~REF*DP*3",
        {
            "references": [
                {"scheme": "contract", "value": "C-1"},
                {"scheme": "DP", "value": "3"},
            ]
        },
    ),
    Case(
        "a rule may set a value and bind nothing",
        "- {seg: CSH, where: {CSH01: SC}, set: {ship_complete: yes}}",
        "CSH*SC",
        {"ship_complete": "yes"},
    ),
    Case(
        "a loop with each opens a scope, its inner segments bind in it",
        "- loop: N1\n  each: parties\n  N101: role\n  N102: name\n  inside:\n"
        "  - {seg: N4, N401: address.city, N404: address.country}\n"
        "  - {seg: PER, each: contacts, PER02: name}",
        "N1*BY*Northfield Hospitals~N4*Northfield***US~PER**Jo Reed~PER**Al Dunn~N1*ST*Dock 4",
        {
            "parties": [
                {
                    "role": "BY",
                    "name": "Northfield Hospitals",
                    "address": {"city": "Northfield", "country": "US"},
                    "contacts": [{"name": "Jo Reed"}, {"name": "Al Dunn"}],
                },
                {"role": "ST", "name": "Dock 4"},
            ]
        },
    ),
    Case(
        "a loop without each stays in the scope around it",
        "- loop: N1\n  where: {N101: ST}\n  N102: ship_to.name\n  inside:\n"
        "  - {seg: N4, N401: ship_to.city}",
        "N1*ST*Dock 4~N4*Northfield",
        {"ship_to": {"name": "Dock 4", "city": "Northfield"}},
    ),
    Case(
        "a loop's trigger is written even when only its inside has data",
        "- loop: N9\n  each: notes\n  N901: type\n  inside:\n"
        "  - {seg: MSG, rows: {over: MSG01, text: text}}",
        "N9~MSG*Leave at dock",
        {"notes": [{"text": "Leave at dock"}]},
    ),
    Case(
        "bindings to ids[] make up one item",
        "- {loop: N1, each: parties, N101: role, N103: 'ids[].scheme', N104: 'ids[].value'}",
        "N1*ST**92*D4",
        {"parties": [{"role": "ST", "ids": [{"scheme": "92", "value": "D4"}]}]},
    ),
    Case(
        "a path ending in [] adds a text to the list",
        "- {seg: REF, where: {REF01: CN}, REF02: 'tracking[]'}",
        "REF*CN*1Z9",
        {"tracking": ["1Z9"]},
    ),
    Case(
        "an index names the item",
        "- {seg: REF, where: {REF01: CN}, REF02: 'tracking[0].id', REF03: 'tracking[0].text'}",
        "REF*CN*1Z9*by road",
        {"tracking": [{"id": "1Z9", "text": "by road"}]},
    ),
    Case(
        "rows are objects of a list",
        "- loop: PO1\n  each: lines\n  PO101: id\n"
        "  rows: {over: PO106..PO125, width: 2, into: item.ids, 1: scheme | code(item), 2: value}",
        "PO1*1*****VN*DYN40*UP*012345678905",
        {
            "lines": [
                {
                    "id": "1",
                    "item": {
                        "ids": [
                            {"scheme": "seller_item", "value": "DYN40"},
                            {"scheme": "x12:235:UP", "value": "012345678905"},
                        ]
                    },
                }
            ]
        },
        "{item: {VN: seller_item}}",
    ),
    Case(
        "rows of texts go on in the next segment",
        "- loop: N1\n  each: parties\n  N101: role\n  inside:\n"
        "  - {seg: N3, rows: {over: N301..N302, into: address.lines}}",
        "N1*ST~N3*Ward 7*North Wing~N3*Dock 4",
        {"parties": [{"role": "ST", "address": {"lines": ["Ward 7", "North Wing", "Dock 4"]}}]},
    ),
    Case(
        "rows of text are lines of one text",
        "- loop: N9\n  each: notes\n  N901: type\n  inside:\n"
        "  - {seg: MSG, rows: {over: MSG01..MSG01, text: text}}",
        "N9*L1~MSG*Deliver before noon.~MSG*Ring twice.",
        {"notes": [{"type": "L1", "text": "Deliver before noon.\nRing twice."}]},
    ),
    Case(
        "a keyed row is a field named by its code",
        "- {seg: PER, each: contacts, PER02: name,"
        " rows: {over: PER03..PER08, width: 2, keyed: by}}",
        "PER**Jo Reed*TE*555 0100*EM*jo@northfield.example",
        {"contacts": [{"name": "Jo Reed", "phone": "555 0100", "email": "jo@northfield.example"}]},
        "{by: {TE: phone, EM: email}}",
    ),
    Case(
        "shared elements are copied into each row; a change of them starts a segment",
        "- loop: PO1\n  each: lines\n  PO101: id\n  inside:\n"
        "  - seg: SDQ\n    rows:\n      over: SDQ03..SDQ22\n      width: 2\n"
        "      into: deliveries\n"
        "      shared: {SDQ01: unit, SDQ02: location.scheme}\n"
        "      1: location.value\n      2: quantity | decimal",
        "PO1*1~SDQ*EA*92*A*4*B*6~SDQ*CA*92*A*1",
        {
            "lines": [
                {
                    "id": "1",
                    "deliveries": [
                        {"unit": "EA", "location": {"scheme": "92", "value": "A"}, "quantity": "4"},
                        {"unit": "EA", "location": {"scheme": "92", "value": "B"}, "quantity": "6"},
                        {"unit": "CA", "location": {"scheme": "92", "value": "A"}, "quantity": "1"},
                    ],
                }
            ]
        },
    ),
    Case(
        "a computed total is written and not kept",
        "- {loop: PO1, each: lines, PO101: id, PO102: quantity | decimal}\n"
        '- {loop: CTT, CTT01: ":= count(lines)"}',
        "PO1*1*4~PO1*2*6~CTT*2",
        {"lines": [{"id": "1", "quantity": "4"}, {"id": "2", "quantity": "6"}]},
    ),
    Case(
        "an amount of type N2 has implied decimals",
        "- {loop: SAC, each: charges, SAC01: indicator, SAC05: amount | decimal}",
        "SAC*C****1250",
        {"charges": [{"indicator": "C", "amount": "12.50"}]},
    ),
    Case(
        "times keep their precision",
        "- {seg: DTM, each: dates, DTM01: role, DTM02: date | date, DTM03: time | time}",
        "DTM*002*20260915*1405~DTM*010*20260916*140530",
        {
            "dates": [
                {"role": "002", "date": "2026-09-15", "time": "14:05"},
                {"role": "010", "date": "2026-09-16", "time": "14:05:30"},
            ]
        },
    ),
    Case(
        "else is what an absent value is written as",
        "- {seg: CUR, CUR01: exchange.role | code(role) else BY, CUR02: currency}",
        "CUR*BY*USD",
        {"currency": "USD"},
        "{role: {BY: buyer, SE: seller}}",
    ),
    Case(
        "what is not absent is written for itself",
        "- {seg: CUR, CUR01: exchange.role | code(role) else BY, CUR02: currency}",
        "CUR*SE*USD",
        {"currency": "USD", "exchange": {"role": "seller"}},
        "{role: {BY: buyer, SE: seller}}",
    ),
    Case(
        "a further occurrence falls to the next rule that fits",
        "- {seg: REF, where: {REF01: CT}, REF02: contract}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "REF*CT*C-1~REF*CT*C-2",
        {"contract": "C-1", "references": [{"scheme": "CT", "value": "C-2"}]},
    ),
    Case(
        "items stand in the order of their list, whichever rule serves them",
        "- {seg: REF, where: {REF01: CT}, each: references, set: {scheme: contract},"
        " REF02: value}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "REF*DP*3~REF*CT*C-1~REF*IA*7",
        {
            "references": [
                {"scheme": "DP", "value": "3"},
                {"scheme": "contract", "value": "C-1"},
                {"scheme": "IA", "value": "7"},
            ]
        },
    ),
    Case(
        "a guard tells which of two rules is in force",
        "- {seg: BEG, BEG02: type, BEG03: id}\n"
        "- {seg: REF, where: {REF01: ZZ}, when: {type: CN}, REF02: consignment}\n"
        "- {seg: REF, where: {REF01: ZZ}, when: {type: [NE, '']}, REF02: case_number}",
        "BEG**NE*1~REF*ZZ*77",
        {"type": "NE", "id": "1", "case_number": "77"},
        lossy="[{what: consignment, policy: reject, why: of consigned stock},"
        " {what: case_number, policy: reject, why: of the rest}]",
    ),
    Case(
        "a guard with / looks at the document from inside an item",
        "- {seg: BEG, BEG02: type, BEG03: id}\n- loop: N1\n  each: parties\n  N101: role\n"
        "  inside:\n  - {seg: N4, when: {/type: DS, role: ST}, N401: city}\n"
        "  - {seg: N4, N402: region}",
        "BEG**DS*1~N1*ST~N4*Northfield~N1*BY~N4**IL",
        {
            "type": "DS",
            "id": "1",
            "parties": [{"role": "ST", "city": "Northfield"}, {"role": "BY", "region": "IL"}],
        },
        lossy="[{what: parties.city, policy: note, why: they know our addresses}]",
    ),
    Case(
        "the first of two homes is written",
        "- {seg: BEG, BEG03: id, BEG06: contract}\n"
        "- {seg: REF, where: {REF01: CT}, also: {REF02: contract}}",
        "BEG***1***C-7",
        {"id": "1", "contract": "C-7"},
    ),
    Case(
        "a fraction on the wire is a percentage in the document",
        "- {seg: TXI, each: taxes, TXI01: type, TXI03: rate | fraction}",
        "TXI*ST**.0625~TXI*CT**1",
        {"taxes": [{"type": "ST", "rate": "6.25"}, {"type": "CT", "rate": "100"}]},
    ),
    Case(
        "one code may say several things",
        "- loop: PO1\n  each: lines\n  PO104: amount | decimal\n  PO105: basis per | code(price)",
        "PO1****12.4*HP~PO1****4*PE~PO1****9*ZZ",
        {
            "lines": [
                {"amount": "12.4", "basis": "each", "per": "100"},
                {"amount": "4", "basis": "each"},
                {"amount": "9", "basis": "x12:639:ZZ"},
            ]
        },
        "{price: {HP: each 100, PE: each -}}",
    ),
    Case(
        "rows are written in the order of their words",
        "- loop: PO1\n  each: lines\n  PO101: id\n  rows: {over: PO106..PO125, width: 2,"
        " into: ids, 1: scheme, 2: value, order: [VC, UK]}",
        "PO1*1*****VC*DYN40*UK*10888277123458*IN*7",
        {
            "lines": [
                {
                    "id": "1",
                    "ids": [
                        {"scheme": "IN", "value": "7"},
                        {"scheme": "UK", "value": "10888277123458"},
                        {"scheme": "VC", "value": "DYN40"},
                    ],
                }
            ]
        },
    ),
    Case(
        "a word may have a slot of its own",
        "- loop: PO1\n  each: lines\n  PO101: id\n  rows: {over: PO106..PO125, width: 2,"
        " into: ids, 1: scheme, 2: value, slots: [VC, UK]}",
        "PO1*1*******UK*10888277123458*IN*7",
        {
            "lines": [
                {
                    "id": "1",
                    "ids": [
                        {"scheme": "UK", "value": "10888277123458"},
                        {"scheme": "IN", "value": "7"},
                    ],
                }
            ]
        },
    ),
    Case(
        "a long line goes on in the next row",
        "- loop: N9\n  each: notes\n  N901: type\n  inside:\n"
        "  - {seg: MSG, rows: {over: MSG01, text: text | wrap(12)}}",
        "N9*L1~MSG*Deliver to d~MSG*ock 4.~MSG*Ring twice.",
        {"notes": [{"type": "L1", "text": "Deliver to dock 4.\nRing twice."}]},
    ),
]

EDIFACT = [
    Case(
        "the code of a keyed row may come second",
        "- loop: NAD\n  each: parties\n  NAD01: role\n  inside:\n  - loop: CTA\n"
        "    each: contacts\n    CTA01: role\n    inside:\n"
        "    - {seg: COM, where: {COM01-2: [TE, EM]},"
        " rows: {over: COM01-1..COM01-2, width: 2, keyed: by, key: 2}}\n"
        "    - {seg: COM, each: channels, COM01-1: value, COM01-2: type}",
        "NAD+BY'CTA+PD'COM+555 0100:TE'COM+jo@northfield.example:EM'COM+4711:XX",
        {
            "parties": [
                {
                    "role": "BY",
                    "contacts": [
                        {
                            "role": "PD",
                            "phone": "555 0100",
                            "email": "jo@northfield.example",
                            "channels": [{"value": "4711", "type": "XX"}],
                        }
                    ],
                }
            ]
        },
        "{by: {TE: phone, EM: email}}",
    ),
    Case(
        "a name is wrapped over the components of one segment",
        "- {loop: NAD, each: parties, NAD01: role,"
        " rows: {over: NAD04-1..NAD04-5, text: name | wrap(8)}}",
        "NAD+BY+++Northfie:ld Hospi:tals",
        {"parties": [{"role": "BY", "name": "Northfield Hospitals"}]},
    ),
    Case(
        "components are bound one by one",
        '- {seg: BGM, BGM01-1: type, BGM02: id, BGM03: "= 9"}',
        "BGM+220+4500123456+9",
        {"type": "220", "id": "4500123456"},
    ),
    Case(
        "a period is a date and a time with its format",
        "- {seg: DTM, where: {DTM01-1: '137'}, DTM01-2 DTM01-3: issue_date issue_time | period}\n"
        "- {seg: DTM, each: dates, DTM01-1: role, DTM01-2 DTM01-3: date time | period}",
        "DTM+137:20260915:102'DTM+2:202609181200:203'DTM+64:2026091820260925:718'DTM+76:202638:616'DTM+1:30:804",
        {
            "issue_date": "2026-09-15",
            "dates": [
                {"role": "2", "date": "2026-09-18", "time": "12:00"},
                {"role": "64", "date": "2026-09-18/2026-09-25"},
                {"role": "76", "date": "2026-W38"},
                {"role": "1", "date": "edifact:2379:804:30"},
            ],
        },
    ),
    Case(
        "components may be rows, and an element may hold several runs",
        "- loop: NAD\n  each: parties\n  NAD01: role\n  NAD04-1: name\n  rows:\n"
        "  - {over: NAD04-2..NAD04-5, into: other_names}\n"
        "  - {over: NAD05-1..NAD05-4, into: address.lines}\n  NAD06: address.city",
        "NAD+BY+++Northfield Hospitals:Purchasing+Ward 7:Dock 4+Northfield",
        {
            "parties": [
                {
                    "role": "BY",
                    "name": "Northfield Hospitals",
                    "other_names": ["Purchasing"],
                    "address": {"lines": ["Ward 7", "Dock 4"], "city": "Northfield"},
                }
            ]
        },
    ),
    Case(
        "a row may be a composite, with constants of its own",
        "- loop: LIN\n  each: lines\n  LIN01: id\n  LIN03-1: 'item.ids[].value'\n"
        "  LIN03-2: 'item.ids[].scheme'\n  inside:\n"
        "  - {seg: PIA, where: {PIA01: '1'}, rows: {over: PIA02..PIA06, into: item.ids,"
        " 1-1: value, 1-2: scheme, 1-4: '= 91'}}",
        "LIN+1++4006381333931:EN'PIA+1+DYN40:SA::91+7001:IN::91",
        {
            "lines": [
                {
                    "id": "1",
                    "item": {
                        "ids": [
                            {"value": "4006381333931", "scheme": "EN"},
                            {"value": "DYN40", "scheme": "SA"},
                            {"value": "7001", "scheme": "IN"},
                        ]
                    },
                }
            ]
        },
    ),
    Case(
        "always writes a segment without data, and one tag may stand at two places",
        "- {loop: LIN, each: lines, LIN01: id}\n- {seg: UNS, always: true, UNS01: '= S'}\n"
        "- {seg: MOA, where: {MOA01-1: '86'}, MOA01-2: total | decimal}",
        "LIN+1'UNS+S'MOA+86:120.5",
        {"lines": [{"id": "1"}], "total": "120.5"},
    ),
    Case(
        "an item goes to the first rule that has a home for all of it",
        "- loop: TDT\n  each: carriers\n  where: {TDT01: '20'}\n  TDT05-4: name\n"
        "- {loop: TDT, each: carriers, TDT01: stage, TDT05-4: name}",
        "TDT+20++++:::Fleet Freight'TDT+10++++:::Harbor Ferry",
        {"carriers": [{"name": "Fleet Freight"}, {"stage": "10", "name": "Harbor Ferry"}]},
    ),
]
CASES = X12 + [case._replace(set="edifact/D96A/ORDERS") for case in EDIFACT]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_reads(dictionaries: Desk, case: Case) -> None:
    reading = case.load(dictionaries).read(case.wire)
    assert normal(reading.document) == normal(case.document)
    assert reading.findings == []
    assert reading.unclaimed == []
    assert reading.claimed == reading.total


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_writes(dictionaries: Desk, case: Case) -> None:
    assert case.load(dictionaries).write(case.document) == case.wire


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_writes_again_in_the_remembered_form(dictionaries: Desk, case: Case) -> None:
    assert case.load(dictionaries).rewrite(case.wire) == case.wire
