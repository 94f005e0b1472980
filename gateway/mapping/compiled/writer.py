"""Documents to sets, by a function made of what a partner has been sent before.

What was written is read back at once by the compiled reader of the same map: only where it is
right by the partner's guide and comes back as the very document it is used. So nothing that the
function gets wrong can leave; the exact tier writes it then, and explains what cannot be written.
"""

from __future__ import annotations

from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.edi.whole import released
from gateway.edi.whole import stood_in
from gateway.mapping.compiled.cells import Marks
from gateway.mapping.compiled.reader import CompiledReader
from gateway.mapping.compiled.writing import UnwritableError
from gateway.mapping.compiled.writing import Write
from gateway.mapping.compiled.writing import Writing
from gateway.mapping.levels.facts import Notice
from gateway.mapping.levels.said import says_the_same
from gateway.mapping.levels.spread import spread
from gateway.mapping.normal import alike
from gateway.mapping.path import Scope

_TERMINATOR, _ELEMENT, _COMPONENT = "\x1c", "\x1d", "\x1f"
"""Separators while service characters in the data are not yet released."""


class CompiledWriter:
    """Writes the documents of one map between one partner's delimiters, others it declines. `ends`
    are the texts of a set's header and trailer, as samples had them."""

    def __init__(self, reader: CompiledReader, charset: str) -> None:
        self.reader = reader
        self.charset = charset
        self.ends = "", ""
        self.function: Write | None = None

    @property
    def marks(self) -> Delimiters:
        return self.reader.marks

    def write(self, document: Scope) -> list[str] | None:
        """The texts of a set's segments between header and trailer; None where the exact tier is
        to be asked."""
        if self.function is None:
            return None
        scope, notice = self.laid_out(document)
        written = self.function(scope) if scope is not None else None
        if not written:
            return None
        body, end = self.separated(written), self.marks.segment
        again = self.reader.read(f"{self.ends[0]}{end}{body}{self.ends[1]}{end}")
        if again is None or not self.is_same(again, document, notice):
            return None
        return self.released(body)

    def is_same(self, again: Scope, document: Scope, notice: Notice | None) -> bool:
        """Whether all came back. A ship notice may be told in other rows."""
        if notice is None:
            return alike(document, again)
        return document == again or says_the_same(document, notice, again)

    def laid_out(self, document: Scope) -> tuple[Scope | None, Notice | None]:
        """The scope that rules write: a ship notice as levels, where all of it has one, and its
        facts."""
        hierarchy = self.reader.map.hierarchy
        if hierarchy is None:
            return document, None
        found = spread(hierarchy, document)
        is_whole = not (found.lost or found.notice.findings)
        return found.scope if is_whole else None, found.notice

    def separated(self, written: list[str]) -> str:
        """The segments with the partner's separators, and stand-ins for what is to be released."""
        marks = self.marks
        if not marks.release:
            return marks.segment.join((*written, ""))
        whole = stood_in(_TERMINATOR.join((*written, "")), marks)
        whole = whole.replace(_ELEMENT, marks.element).replace(_COMPONENT, marks.component)
        return whole.replace(_TERMINATOR, marks.segment)

    def released(self, body: str) -> list[str] | None:
        """The segments' texts as they are sent; None where the charset lacks one of their
        characters."""
        end = self.marks.segment
        if self.marks.release:
            body, end = released(body.replace(end, _TERMINATOR), self.marks), _TERMINATOR
        try:
            body.encode(self.charset)
        except UnicodeEncodeError:
            return None
        return body.split(end)[:-1]

    def learn(self, segments: list[Segment], ends: tuple[str, str]) -> None:
        """Looks at a set that the exact tier wrote and found right, and makes the function anew
        when it is time. `ends` are the texts of its header and trailer."""
        before = self.reader.function
        self.reader.learn(segments)
        if self.reader.function is before:
            return
        self.ends = ends
        marks = self.marks
        joined = (
            Marks(_ELEMENT, _COMPONENT) if marks.release else Marks(marks.element, marks.component)
        )
        try:
            writing = Writing(self.reader.map, joined, marks.decimal, self.reader.steps)
            self.function = writing.function()
        except UnwritableError:
            self.function = None
