"""Whole sets to documents, by a function made of what a partner's sets have shown.

The first sets teach it: those it cannot take are read by the exact tier, their steps are added,
and after some more of them the function is made anew. It stays as small as the partner's habits.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.edi.whole import restorer
from gateway.mapping.compiled.levels import LevelShape
from gateway.mapping.compiled.making import Making
from gateway.mapping.compiled.making import Read
from gateway.mapping.compiled.shape import Shape
from gateway.mapping.compiled.steps import Steps
from gateway.mapping.levels.fold import fold_ordered
from gateway.mapping.levels.tree import is_ordered
from gateway.mapping.load import Map
from gateway.mapping.path import Scope

PATIENCE = 8
_MOST_PATIENCE = 4096


class CompiledReader:
    """Reads the sets of one map that have nothing to remark; others it declines.

    `shape` is the document's schema; `judge` tells whether a document fits it, for maps of which
    that cannot be told before (levels without codes). `patience`: so many right sets are declined
    before the function is made anew, twice as many each time.
    """

    def __init__(
        self,
        map_: Map,
        marks: Delimiters,
        shape: Shape,
        judge: Callable[[Scope], bool],
        patience: int = PATIENCE,
    ) -> None:
        self.map = map_
        self.marks = marks
        hierarchy = map_.hierarchy
        self.shape: Shape | None = shape
        if hierarchy is not None:
            self.shape = LevelShape(shape.schema, shape.types) if hierarchy.holds else None
        self.judge = judge
        self.steps = Steps(map_.guide, map_.plan, hierarchy)
        self.patience = patience
        self.declined = 0
        self.function: Read | None = None
        self._judging: Read | None = None
        self._restored = restorer(marks)

    def read(self, text: str) -> Scope | None:
        """The document of a set given as one text, each segment with its terminator, with stand-ins
        for what was released (`gateway.edi.whole`); None where the exact tier is to be asked."""
        document = self.function(text, self.restore) if self.function else None
        return self.finished(document) if document is not None else None

    def is_right(self, text: str) -> bool:
        """Whether such a set is right, without making its document; False where the exact tier is
        to be asked."""
        if self.function is None:
            return False
        if self.map.hierarchy is not None and self.shape is None:
            return self.read(text) is not None
        if self._judging is None:
            making = Making(self.map, self.marks, self.shape, self.steps, documents=False)
            self._judging = making.function()
        judged = self._judging(text, self.restore)
        if judged is None or self.map.hierarchy is None:
            return judged is not None
        return self.read(text) is not None if _tells_again(judged) else is_ordered(judged)

    def restore(self, texts: tuple[str | None, ...]) -> tuple[str | None, ...]:
        restored = self._restored
        return tuple([text if text is None or text.isascii() else restored(text) for text in texts])

    def finished(self, document: Scope) -> Scope | None:
        if self.map.hierarchy is None:
            return document
        if not fold_ordered(self.map.hierarchy, document):
            return None
        return document if self.shape or self.judge(document) else None

    def learn(self, segments: list[Segment]) -> None:
        """Looks at a right set that was declined, and makes the function anew when it is time. What
        a partner demands of the whole set no pattern tells."""
        if self.map.guide.demands:
            return
        self.declined += 1
        self.steps.walk(segments)
        if self.declined >= self.patience:
            self.patience = min(2 * self.patience, _MOST_PATIENCE)
            self.declined = 0
            self._judging = None
            self.function = Making(self.map, self.marks, self.shape, self.steps).function()


def _tells_again(judged: Scope) -> bool:
    """Whether two levels have one SSCC; what they hold decides then."""
    ssccs = [level["sscc"] for level in judged.get("levels", ()) if "sscc" in level]
    return len(set(ssccs)) < len(ssccs)
