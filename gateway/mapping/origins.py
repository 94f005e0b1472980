"""Which field of the document stands at a place of its set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gateway.edi.finding import Finding
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.guide.match import match
from gateway.mapping.load import Map
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan
from gateway.mapping.reading import read
from gateway.mapping.record import Origin


def name_paths(
    findings: list[Finding], map_: Map, segments: list[Segment], delimiters: Delimiters
) -> list[Finding]:
    """The findings on a set we wrote, each with the `path` in the document that its place carries
    (`lines[0].quantity.unit`), where a rule says so. `segments` with header and trailer."""
    tree, _ = match(map_.guide, segments)
    origins: dict[int | None, list[Origin]] = {}
    for one in read(map_, tree, delimiters, trace=True).origins:
        origins.setdefault(one.segment, []).append(one)
    rules = {rule.id: rule for rule in _rules(map_.plan)}
    return [
        _name_path(finding, origins.get(finding.position.segment, []), rules)
        for finding in findings
    ]


def _name_path(finding: Finding, beside: list[Origin], rules: dict[str, RulePlan]) -> Finding:
    """`beside`: what stands in the finding's segment."""
    at = finding.position
    paths = [one.path for one in beside if one.reference == at.reference]
    paths += [path for one in beside for path in _path_beside(one, at.reference, rules[one.rule])]
    if not paths or "path" in finding.detail:
        return finding
    return replace(finding, detail={**finding.detail, "path": paths[0]})


def _path_beside(origin: Origin, reference: str, rule: RulePlan) -> Iterator[str]:
    """The path an empty element would have had, by one that its rule carries beside it."""
    paths = {bound.names[0]: bound.paths[0].text for bound in rule.fields}
    known = paths.get(origin.reference)
    if known and reference in paths and origin.path.endswith(known):
        yield origin.path.removesuffix(known) + paths[reference]


def _rules(level: Level) -> Iterator[RulePlan]:
    for _, rule in level.steps:
        yield rule
        if rule.inside:
            yield from _rules(rule.inside)
