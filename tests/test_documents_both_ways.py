"""The canonical law on generated documents: what the schema admits is either written so that it
reads back the same, or refused with a finding and not written at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.edi.finding import has_errors
from gateway.edi.writer import SetBody
from gateway.edi.writer import write_interchange
from gateway.engine.composing import compose
from gateway.engine.composing import envelope_to
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import Dropped
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.starter import starter_partners
from gateway.mapping import Map
from gateway.mapping import normal
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Rule
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

ROOT = packaged_maps().parent
USUAL = ("purpose", "type", "status", "issue_date", "order_reference", "totals", "parties")
"""Optional in the model, but no partner's set goes without them."""

NEARLY_ALWAYS = ("id", "item", "quantity", "ids", "scheme", "value", "unit", "amount", "issue_date")

LEAVES: dict[str, st.SearchStrategy[str]] = {
    "decimal": st.decimals(1, 999, places=0).map(lambda number: f"{number:f}"),
    "date": st.dates(date(2000, 1, 1), date(2090, 12, 31)).map(date.isoformat),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
    "code": st.sampled_from(["x12:98:ZZ", "buyer"]),
    "unit": st.sampled_from(["EA", "XBX", "XCT", "KGM", "LBR"]),
    "currency": st.sampled_from(["USD", "EUR"]),
    "text": st.text("ABCDEFGabc0123456789./ÄÖ+:?'", min_size=2, max_size=12),
    "lines": st.text("ABC abc\n", min_size=1, max_size=20),
    "source": st.sampled_from(["x12:355:CS", "edifact:6411:PCE"]),
}


@cache
def definitions() -> Definitions:
    return Definitions(ROOT / "maps")


@cache
def partner(name: str) -> Partner:
    [folder] = [path for path in starter_partners() if path.name == name]
    found = load_partner(folder, load_settings(ROOT / "gateway.yaml"))
    return replace(found, overlays=(), charset="iso-8859-1")


@cache
def types() -> dict[str, Any]:
    return definitions().schemas.schema("types")


Homes = dict[str, list[str]]
"""The paths a map has a home for (`lines.item.ids.scheme`), with the words of coded ones."""


@cache
def homes(partner_name: str, document_type: str) -> Homes:
    to = partner(partner_name)
    maps = (definitions().map_of(to.dialect, r, k, to) for r, k in definitions().kinds(to.dialect))
    found: Homes = {}
    for map_ in maps:
        if map_ is not None and map_.document == document_type:
            collect(map_, map_.rules, "", found)
    return found


def collect(map_: Map, rules: tuple[Rule, ...], prefix: str, found: Homes) -> None:
    for rule in rules:
        scope = f"{prefix}{rule.each.text}." if rule.each else prefix
        for binding in rule.bindings:
            note(map_, binding, scope, found)
        for rows in rule.rows:
            target = rows.into or rows.text
            inner = f"{scope}{target.text}" if target else scope
            found.setdefault(inner.rstrip(".").replace("[]", ""), [])
            for binding in (*rows.bindings, *rows.shared):
                note(map_, binding, f"{inner}.", found)
        collect(map_, rule.inside, scope, found)


def note(map_: Map, binding: Binding, scope: str, found: Homes) -> None:
    written = map_.tables[binding.arguments[0]].written if binding.codec == "code" else {}
    words = [word for word, code in written.items() if code != binding.otherwise]  # or nothing
    if binding.codec == "code" and not words:
        return  # passed through as it came: the element's number would have to be known
    rows = [word.split() for word in words] or [[]]  # a code may say one thing for each path
    for number, path in enumerate(binding.paths[: len(rows[0])] if words else binding.paths):
        said = {row[number] for row in rows if words} - {"-"}
        found.setdefault(f"{scope}{path.text}".replace("[]", ""), []).extend(sorted(said))


def documents(schema: dict[str, Any], known: Homes, at: str = "") -> st.SearchStrategy[Any]:
    """Documents of a schema, small ones, within what the map has a home for."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name == "code" and known.get(at):
            return st.sampled_from(known[at])
        if name in LEAVES:
            return LEAVES[name]
        return documents(types()["$defs"][name], known, at)
    if schema.get("type") == "object":
        return objects(schema, known, at)
    if schema.get("type") == "array":
        most = 1 if at.endswith("ids") and not at.endswith("item.ids") else 2  # one slot each
        return st.lists(documents(schema["items"], known, at), min_size=1, max_size=most)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    pattern = schema.get("pattern")
    return st.from_regex(pattern, fullmatch=True) if pattern else LEAVES["text"]


def objects(schema: dict[str, Any], known: Homes, at: str) -> st.SearchStrategy[dict[str, Any]]:
    @cache  # a strategy takes longer to make than what it draws
    def part(name: str) -> st.SearchStrategy[Any]:
        inner = f"{at}.{name}".removeprefix(".")
        return documents(schema["properties"][name], known, inner)

    def has_home(name: str) -> bool:
        inner = f"{at}.{name}".removeprefix(".")
        return any(path == inner or path.startswith(f"{inner}.") for path in known)

    either = [one["required"] for one in schema.get("anyOf", [])]
    required = {*schema.get("required", []), *(either[0] if either else [])}
    usual = USUAL if not at else NEARLY_ALWAYS
    required |= {name for name in usual if name in schema["properties"] and has_home(name)}
    optional = [name for name in schema["properties"] if name not in required and has_home(name)]

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        names = set(required)
        if optional:
            names |= set(draw(st.lists(st.sampled_from(optional), max_size=3, unique=True)))
        if not names:
            names = {draw(st.sampled_from(optional or [*schema["properties"]]))}
        return {name: draw(part(name)) for name in schema["properties"] if name in names}

    return build()


def write_and_read(to: Partner, document_type: str, data: dict[str, Any]) -> bool:
    """Whether the document could be written; then it must read back the same, in both tiers."""
    assert not definitions().schemas.check(document_type, data)
    composed = compose(Dropped(document_type, data), to, definitions())
    if has_errors(composed.findings):
        return False
    envelope = envelope_to(to, composed.kind, test=to.test)
    wire = write_interchange(envelope, [SetBody(composed.identifier, "0001", composed.body)])
    for fast in (False, True):
        read = list(read_file([wire], definitions(), lambda _header: to, fast=fast))
        [again] = [one for one in read if isinstance(one, SetRead)]
        assert again.reading is not None
        assert normal(again.reading.document) == normal(data)
    return True


def campaign(partner_name: str, document_type: str, examples: int) -> None:
    outcomes: Counter[bool] = Counter()
    schema = definitions().schemas.schema(document_type)
    known = homes(partner_name, document_type)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(schema, known))
    def law(data: dict[str, Any]) -> None:
        outcomes[write_and_read(partner(partner_name), document_type, data)] += 1

    law()
    print(
        f"{document_type} for {partner_name}: {outcomes[True]} written, {outcomes[False]} refused"
    )
    assert outcomes[True]


both = pytest.mark.parametrize("partner_name", ["harbor-medical", "alpenmed"])
each = pytest.mark.parametrize(
    "document_type", ["purchase_order", "purchase_order_response", "invoice"]
)


@both
@each
def test_what_is_written_reads_back_the_same(partner_name: str, document_type: str) -> None:
    campaign(partner_name, document_type, 60)


@pytest.mark.long
@both
@each
def test_many_documents_read_back_the_same(partner_name: str, document_type: str) -> None:
    campaign(partner_name, document_type, 400)
