"""The translation core beside its floors, one row a document, size and work."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence

from interchanges import Kind
from table import cpu_seconds
from table import heading
from table import met
from table import row
from works import Gateway
from works import dict_floor
from works import split_floor

TO_JSON = {"850": 0.15, "856": 0.12, "810": 0.15, "ORDERS": 0.12, "INVOIC": 0.12}
TO_EDI = 0.15
VALIDATE = 0.25
WORKS = ("to-json", "to-edi", "validate")


def bar_of(kind: Kind, work: str) -> float:
    """The least share of the split floor."""
    return {"to-json": TO_JSON[kind.name], "to-edi": TO_EDI, "validate": VALIDATE}[work]


def one_work(
    kind: Kind, work: str, sets: int, content: bytes | None = None
) -> Callable[[], object]:
    """A work ready to run, its maps loaded by another interchange before."""
    if work not in WORKS:
        raise SystemExit(f"no work {work}: one of {', '.join(WORKS)}")
    gateway = Gateway(kind.partner)
    whole = content or b"".join(kind.interchange(sets, seed=sets))
    warm = b"".join(kind.interchange(20, seed=0))
    documents = list(gateway.to_json(warm if work != "to-edi" else warm + whole))
    if work == "to-json":
        return lambda: sum(map(len, gateway.to_json(whole)))
    if work == "validate":
        gateway.validate(warm)
        return lambda: gateway.validate(whole)
    gateway.to_edi(documents[:20])
    return lambda: gateway.to_edi(documents[20:])


def measure_core(kinds: Sequence[Kind], sizes: Sequence[int]) -> None:
    heading("Translation core", "work", "MB", "MB/s", "of floor", "bar", "")
    for sets in sizes:
        for kind in kinds:
            _measure(kind, sets)


def _measure(kind: Kind, sets: int) -> None:
    content = b"".join(kind.interchange(sets, seed=sets))
    size = len(content) / 1e6
    base = cpu_seconds(lambda: split_floor(content))
    name = f"{kind.name} x {sets:,}"
    row(f"{name}: split only (the floor)", f"{size:.1f}", f"{size / base:.1f}", "1", "", "")
    seconds = cpu_seconds(lambda: dict_floor(content))
    share = base / seconds
    row(f"{name}: split, dicts, orjson", f"{size:.1f}", f"{size / seconds:.1f}", f"{share:.3f}")
    for work in WORKS:
        seconds = cpu_seconds(one_work(kind, work, sets, content))
        share, bar = base / seconds, bar_of(kind, work)
        speed = f"{size / seconds:.2f}"
        row(f"{name}: {work}", f"{size:.1f}", speed, f"{share:.4f}", bar, met(share, bar))
