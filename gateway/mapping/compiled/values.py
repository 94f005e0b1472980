"""How captured texts become values: an expression for each codec, most of them a look-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.edi.finding import Code
from gateway.guide.dictionary import ElementDef
from gateway.guide.periods import is_period
from gateway.guide.values import find_fault
from gateway.mapping.codec import TEXT
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.codec import Values as Read
from gateway.mapping.compiled.shape import Judge
from gateway.mapping.dates import FORMATS
from gateway.mapping.plan import Field

_MOST = 1 << 16
_KEPT = frozenset({"code", "cut", "date", "period", "text", "time"})
"""Codecs whose answers are worth keeping: they are few, or costly."""

_LONGEST_DECIMAL = 35
"""Digits before or after the mark that the canonical decimal has room for."""


class Memo(dict[Any, Any]):
    """Answers by what was asked, found when first asked for. A question without an answer raises
    KeyError, which declines the set. `known` has the same answers and finds none: a plain
    dictionary answers faster. What can be asked without end is not all kept."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        super().__init__()
        self.answer = answer
        self.known: dict[Any, Any] = {}

    def __missing__(self, question: Any) -> Any:
        found = self.answer(question)
        if len(self) < _MOST:
            self[question] = self.known[question] = found
        return found


@dataclass(frozen=True, slots=True)
class Value:
    """What a field gives at one of its paths: an expression, and when it gives anything; "" where
    it does whenever the field says something. `sure`: what was captured is right as it stands."""

    text: str
    given: str = ""
    sure: bool = False


class Names:
    """Objects that compiled code uses by name."""

    def __init__(self) -> None:
        self.bound: dict[str, Any] = {}
        self._numbers: dict[int, str] = {}

    def add(self, prefix: str, thing: Any) -> str:
        if id(thing) in self._numbers:
            return self._numbers[id(thing)]
        name = f"{prefix}{len(self.bound)}"
        self.bound[name] = thing
        self._numbers[id(thing)] = name
        return name


def two_ways(source: str, title: str, names: Names, name: str, more: dict[str, Any]) -> list[Any]:
    """A function made twice of the same code: one asks what is known already, the other finds what
    is new, and is asked when the first one declines."""
    code = compile(source, title, "exec")
    made = []
    for bound in (
        {key: one.known if isinstance(one, Memo) else one for key, one in names.bound.items()},
        dict(names.bound),
    ):
        bound |= more
        exec(code, bound)  # noqa: S102
        made.append(bound[name])
    return made


class Values:
    """Expressions for the fields of one map; equal look-ups are shared."""

    def __init__(self, names: Names, dialect: str) -> None:
        self.names = names
        self.dialect = dialect
        self._memos: dict[Any, Memo] = {}
        self._words: dict[Any, tuple[Codec, dict[str, str]]] = {}

    def of(
        self,
        field: Field,
        elements: list[ElementDef],
        judges: list[Judge | bool],
        texts: list[str],
        *,
        sourced: bool,
    ) -> tuple[str, list[Value]] | None:
        """A statement to run first ("" for none) and the values of a field's paths, from captured
        `texts` that are right for their elements but for codes, dates and times. `sourced`: of
        codes that say the same, others than the preferred one are to be expected. None where no
        value could stand at its path."""
        if False in judges:
            return None
        codec, first = field.codec, texts[0]
        if codec.name == "period" and texts[1].startswith("'") and texts[1] != "''":
            return "", self.in_format(codec, elements, judges, texts)
        if codec.name == "decimal":
            sure = _is_number(elements[0]) and elements[0].max <= _LONGEST_DECIMAL
            return "", [Value(self.decimal(codec, elements[0], first), sure=sure)]
        if codec.name in ("text", "cut") and judges == [True] and not _is_judged(elements[0]):
            return "", [Value(first, sure=True)]
        together = ", ".join(f"{text} or ''" for text in texts)
        asked = first if len(texts) == 1 else f"({together})"
        if codec.source and (elements[0].codes is not None or not sourced):
            values = self.sourced(codec, elements, judges, first, expected=sourced)
            return ("", values) if values else None
        given = self.look_up(codec, elements, judges, asked)
        if codec.values == 1:
            return "", [Value(given)]
        result = f"r{first}"
        values = [Value(f"{result}[{n}]", f"{result}[{n}]") for n in range(codec.values)]
        return f"{result} = {given} if {first} else {(None,) * codec.values}", values

    def in_format(
        self, codec: Codec, elements: list[ElementDef], judges: list[Judge | bool], texts: list[str]
    ) -> list[Value]:
        """A date in the one format that is to be expected, or a date and a time."""
        text, form = texts[0], texts[1][1:-1]
        known = FORMATS.get(form)
        if known is None or "time" in known.wire.groupindex:
            given = self.look_up(codec, elements, judges, f"({text}, {form!r})")
            return [Value(f"{given}[{n}]", f"{given}[{n}]") for n in range(2)]
        key = (id(codec.read), form, False)
        if key not in self._words:

            def read(texts: Texts) -> Read | Unfit:
                values = codec.read((texts[0], form))
                if isinstance(values, Unfit) or not is_period(texts[0], form):
                    return Unfit(Code.DATE_INVALID, form)
                return values[:1]

            self._words[key] = replace(codec, read=read, elements=1, values=1), {}
        day = self.look_up(self._words[key][0], elements[:1], judges[:1], text)
        return [Value(day), Value("None", "False")]

    def sourced(
        self,
        codec: Codec,
        elements: list[ElementDef],
        judges: list[Judge | bool],
        text: str,
        *,
        expected: bool,
    ) -> list[Value]:
        """A word, and the code it stood for where several mean the same; none where such a code
        may not stand in the document."""
        key = (id(codec.read), elements[0], expected)
        if key not in self._words:
            self._words[key] = _split_source(codec, elements[0], expected=expected)
        word, sources = self._words[key]
        given = self.look_up(word, elements, judges[:1], text)
        if not expected:
            return [Value(given), Value("None", "False")]
        if not all(_fits(judges[1], source) for source in sources.values()):
            return []
        name = self.names.add("S", sources)
        return [Value(given), Value(f"{name}[{text}]", f"{text} in {name}")]

    def look_up(
        self, codec: Codec, elements: list[ElementDef], judges: list[Judge | bool], asked: str
    ) -> str:
        """An expression for what a codec reads; what it read before is kept for most of them."""
        key = (id(codec.read), *elements, *(one is True or id(one) for one in judges))
        if key not in self._memos:
            self._memos[key] = Memo(_answering(codec, elements, judges))
        memo = self._memos[key]
        if codec.name in _KEPT:
            return f"{self.names.add('W', memo)}[{asked}]"
        return f"{self.names.add('F', memo.answer)}({asked})"

    def word(self, table_rows: dict[str, str], element: ElementDef) -> str:
        """A look-up of the words of keyed rows."""

        def answer(code: str) -> str:
            if find_fault(element, code):
                raise KeyError(code)
            return table_rows[code]

        key = ("word", id(table_rows), element)
        return self.names.add("K", self._memos.setdefault(key, Memo(answer)))

    def judged(self, element: ElementDef, text: str) -> str:
        """The text, if it may stand in an element; nothing where any captured text may."""
        return self.look_up(TEXT, [element], [True], text) if _is_judged(element) else ""

    def decimal(self, codec: Codec, element: ElementDef, text: str) -> str:
        """As it stands where it starts with a digit but 0; the codec has the rest. Where the
        element's pattern does not ask for a number, what the codec read before is kept."""
        if not _is_number(element):
            return f"{self.names.add('W', Memo(_exact(codec, element)))}[{text}]"
        exact = self.names.add("F", _exact(codec, element))
        places = element.implied_places
        if places is not None:
            short = f"{text}[:-{places}] + '.' + {text}[-{places}:]" if places else text
            size = f" and len({text}) > {places}" if places else ""
            return f"({short} if {text} >= '1'{size} else {exact}({text}))"
        comma = "" if self.dialect == "x12" else f" and ',' not in {text}"
        return f"({text} if {text} >= '1'{comma} else {exact}({text}))"


def _is_number(element: ElementDef) -> bool:
    """Whether an element's pattern asks for a number."""
    return element.type in ("R", "n") or element.implied_places is not None


def _is_judged(element: ElementDef) -> bool:
    """Whether more than a pattern decides what may stand in an element."""
    return element.codes is not None or element.type in ("DT", "TM")


def _fits(judge: Judge | bool, value: str) -> bool:
    return judge if isinstance(judge, bool) else bool(judge(value))


def _split_source(
    codec: Codec, element: ElementDef, *, expected: bool
) -> tuple[Codec, dict[str, str]]:
    """A codec for the word alone, and the code kept beside it by code. Unless such codes are
    expected the codec takes none of them."""
    sources: dict[str, str] = {}
    for code in element.codes or ():
        values = codec.read((code,))
        if not isinstance(values, Unfit) and values[1] is not None:
            sources[code] = values[1]

    def read(texts: Texts) -> Read | Unfit:
        values = codec.read(texts)
        if isinstance(values, Unfit) or (values[1] is not None and not expected):
            return Unfit(Code.CODE_INVALID, "")
        return values[:1]

    return replace(codec, read=read, values=1, source=False), sources


def _exact(codec: Codec, element: ElementDef) -> Callable[[str], str]:
    def is_short(text: str) -> bool:
        return len(text) <= _LONGEST_DECIMAL

    return _answering(codec, [element], [element.max <= _LONGEST_DECIMAL or is_short])


def _answering(
    codec: Codec, elements: list[ElementDef], judges: list[Judge | bool]
) -> Callable[[Any], Any]:
    """What a codec reads of texts that patterns have matched, where neither elements nor schema
    object. One value comes bare."""
    judged = [(at, element) for at, element in enumerate(elements) if _is_judged(element)]
    doubted = [
        (at, partial(_fits, one) if isinstance(one, bool) else one)
        for at, one in enumerate(judges)
        if one is not True
    ]
    is_pair = codec.name == "period" and codec.elements > 1
    read, bare = codec.read, codec.values == 1

    def answer(asked: Any) -> Any:
        texts: Texts = (asked,) if isinstance(asked, str) else asked
        for at, element in judged:
            if texts[at] and find_fault(element, texts[at]):
                raise KeyError(asked)
        if is_pair and not is_period(*texts[:2]):
            raise KeyError(asked)
        values = read(texts)
        if isinstance(values, Unfit):
            raise KeyError(asked)
        for at, fits in doubted:
            value = values[at]
            if value is not None and not fits(value):
                raise KeyError(asked)
        return values[0] if bare else values

    return answer
