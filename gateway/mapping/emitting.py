"""Emitting: a canonical document becomes the segments of a set, by the same rules that read it.

Emission proves itself: what was written is read back, and any value that does not return the same
is an error. With an error nothing is to be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.writer import DELIMITERS
from gateway.guide.match import match
from gateway.mapping.draft import Draft
from gateway.mapping.draft import Source
from gateway.mapping.drafting import Drafter
from gateway.mapping.form import Form
from gateway.mapping.form import join_path
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.facts import gather
from gateway.mapping.levels.fold import fold
from gateway.mapping.levels.grouping import overfull
from gateway.mapping.levels.grouping import torn
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.homes import place
from gateway.mapping.levels.said import missing
from gateway.mapping.levels.said import same_facts
from gateway.mapping.levels.spread import spread
from gateway.mapping.load import Map
from gateway.mapping.loss import POLICIES
from gateway.mapping.loss import find_loss
from gateway.mapping.normal import differences
from gateway.mapping.path import Scope
from gateway.mapping.path import find_at
from gateway.mapping.path import find_list
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan
from gateway.mapping.reading import read_levels


@dataclass(slots=True)
class Emission:
    """The body segments of a set, without its envelope, and what was wrong with the document:
    `value-unwritable` and `not-carried`, each with its path in `detail`."""

    segments: list[tuple[str, list[Element]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """A segment, or a loop's trigger with what stands inside the loop. `order`: its node in the
    structure, its rank there, and its item in the list that the rule serves."""

    order: tuple[int, int, int]
    key: str
    tag: str
    elements: list[Element]
    children: list[_Block]
    has_data: bool


def emit(
    map_: Map,
    document: Scope,
    form: Form | None = None,
    delimiters: Delimiters | None = None,
) -> Emission:
    """The segments of a document. With the `form` of the set it was read from, they stand in the
    received order and slots. `delimiters` default to the usual ones of the standard."""
    delimiters = delimiters or DELIMITERS[map_.guide.dialect.name]
    if map_.hierarchy is not None:
        return _emit_notice(map_, map_.hierarchy, document, form, delimiters)
    return emit_levels(map_, document, form, delimiters)


def _emit_notice(
    map_: Map, hierarchy: Hierarchy, document: Scope, form: Form | None, delimiters: Delimiters
) -> Emission:
    """A ship notice, laid out as levels: as received where it still says the same."""
    homes: Homes = {}
    if form is not None and form.levels:
        folded = dict(form.levels)
        fold(hierarchy, folded, homes)
        if same_facts(folded, document):
            emission = emit_levels(map_, form.levels, form, delimiters)
            emission.findings = [place(finding, homes) for finding in emission.findings]
            return emission
    homes = {}
    laid_out = spread(hierarchy, document, homes)
    findings = list(laid_out.notice.findings)
    for path, level in laid_out.lost:
        findings += _not_carried(map_, path, level, None, what=f"{path}.{level}")
    if has_errors(findings):
        return Emission([], findings)
    emission = emit_levels(map_, laid_out.scope, None, delimiters)
    findings += (place(finding, homes) for finding in emission.findings)
    if not has_errors(findings):
        again = dict(laid_out.scope)
        fold(hierarchy, again)
        carriers = torn(hierarchy, laid_out.notice) | overfull(laid_out.notice)
        for path in missing(laid_out.notice, gather(again)):
            findings += _not_carried(map_, path, None, None, expected=carriers.get(path, ""))
    return Emission(emission.segments, findings)


def emit_levels(map_: Map, document: Scope, form: Form | None, delimiters: Delimiters) -> Emission:
    """What the rules write of a document, or of its levels where the map has a hierarchy."""
    emitter = _Emitter(document, delimiters, form)
    blocks = emitter.emit_level(map_.plan, Source(document))
    emission = Emission(list(_flatten(blocks)), emitter.findings)
    if not has_errors(emission.findings):
        emission.findings += _prove(map_, document, emission, delimiters, emitter.waived)
    return emission


def _flatten(blocks: list[_Block]) -> Iterator[tuple[str, list[Element]]]:
    for block in blocks:
        yield block.tag, block.elements
        yield from _flatten(block.children)


def _prove(
    map_: Map, document: Scope, emission: Emission, delimiters: Delimiters, waived: set[str]
) -> Iterator[Finding]:
    """The canonical law: what was written reads back as the document."""
    level = map_.guide.dialect.set
    body = [Segment(tag, elements) for tag, elements in emission.segments]
    tree, _ = match(map_.guide, [Segment(level.header, []), *body, Segment(level.trailer, [])])
    again = read_levels(map_, tree, delimiters).document
    for path, wanted, found in differences(document, again):
        if path in waived and found is None:
            continue
        yield from _not_carried(map_, path, wanted, found)


def _not_carried(
    map_: Map, path: str, wanted: object, found: object, what: str = "", expected: str = ""
) -> Iterator[Finding]:
    """`not-carried`, by the policy that is declared for the path (or for `what`); `expected` is
    what would carry it."""
    detail = {"path": path} if found is None else {"path": path, "received": str(found)}
    detail |= {"expected": expected} if expected else {}
    value = None if wanted is None else str(wanted)[:99]
    loss = find_loss(map_.losses, what or path)
    severity = POLICIES[loss.policy] if loss else Severity.ERROR
    if loss:
        detail["declared"] = loss.why
    if severity:
        yield Finding(Code.NOT_CARRIED, severity, value=value, detail=detail)


class _Emitter:
    """Walks the plan over the document. `taken` are the list items already written."""

    def __init__(self, document: Scope, delimiters: Delimiters, form: Form | None) -> None:
        self.document = document
        self.form = form
        self.findings: list[Finding] = []
        self.taken: set[str] = set()
        self.waived: set[str] = set()
        self.drafter = Drafter(delimiters, form, self.taken)

    def emit_level(self, level: Level, source: Source) -> list[_Block]:
        """The blocks of one level, in the order of the structure, or as received."""
        blocks: list[_Block] = []
        for step, (index, rule) in enumerate(level.steps):
            if not rule.in_force(source.data, self.document):
                continue
            for item, scope, must in self.scopes(rule, source):
                order = (index, level.ranks[step], item)
                blocks += self.emit_rule(order, rule, scope, must)
        blocks.sort(key=lambda block: block.order)
        return self.in_received_order(blocks)

    def in_received_order(self, blocks: list[_Block]) -> list[_Block]:
        """Blocks that were received stand as received, a new one after its neighbour."""
        if self.form is None:
            return blocks
        ranks: list[int] = []
        for block in blocks:
            ranks.append(self.form.order.get(block.key, ranks[-1] if ranks else 0))
        order = sorted(range(len(blocks)), key=ranks.__getitem__)
        return [blocks[number] for number in order]

    def scopes(self, rule: RulePlan, source: Source) -> Iterator[tuple[int, Source, bool]]:
        """The scopes a rule writes from: the one around it, or the items of its list that it
        serves, each with its number. With True it is the last rule to serve them, and says what
        it cannot write."""
        if rule.each is None:
            idle = rule.roots.isdisjoint(source.data) and not rule.always
            if not idle and _meets(rule, source.data):
                yield 0, source, True
            return
        must = rule.each.text in rule.last_for
        path = join_path(source.path, rule.each.text)
        for index, item in enumerate(find_list(source.data, rule.each.before)):
            at = f"{path}[{index}]"
            free = at not in self.taken and not self.drafter.packer.is_elsewhere(at, rule)
            fits = isinstance(item, dict) and rule.can_carry(rule.each.text, item)
            if free and fits and _meets(rule, item):
                yield index, Source(item, at), must

    def emit_rule(
        self, order: tuple[int, int, int], rule: RulePlan, source: Source, must: bool
    ) -> list[_Block]:
        drafts = self.drafter.drafts(rule, source)
        if not _admits(rule, drafts[0]) or (drafts[0].findings and not must):
            return []
        for draft in drafts:
            self.findings += draft.findings
            self.taken.update(draft.taken)
            self.waived.update(draft.waived)
        children = self.emit_level(rule.inside, source) if rule.inside else []
        inside = any(child.has_data for child in children)
        blocks = [
            _Block(order, draft.key, rule.tag, draft.elements(), [], draft.has_data or inside)
            for draft in drafts
            if draft.has_data or inside or rule.always
        ]
        if blocks:
            blocks[-1].children = children  # of several segments, the last one's loop goes on
        if blocks and rule.each:
            self.taken.add(source.path)
        return blocks


def _meets(rule: RulePlan, scope: Scope) -> bool:
    """Whether the scope has exactly what the rule sets."""
    return all(path.new or find_at(scope, path, None) == text for path, text in rule.sets)


def _admits(rule: RulePlan, draft: Draft) -> bool:
    """Whether the rule would claim what it is about to write."""
    return all(
        draft.texts.get(test.place, "") in test.values
        for test in rule.tests
        if draft.has_data or test.place in draft.texts
    )
