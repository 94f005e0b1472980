"""Which certificate serves which use when, and how one is entered, rolled to and retired.

For some uses we choose: we sign and show one certificate, and encrypt to one of a partner's, the
one that began last. For all others we accept: what others send may rest on any whose window holds.
That is why a new certificate is accepted at once, and chosen from a day that was agreed.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime

from gateway.as2 import CertificateError
from gateway.as2 import Window
from gateway.as2 import current
from gateway.partner.certificates import WHEN_SIGNED
from gateway.partner.certificates import Described

CHOSEN = {True: ("sign", "tls", "client"), False: ("encrypt",)}
"""The uses of which one certificate is in force at a time: of ours, and of a partner's."""


@dataclass(frozen=True, slots=True)
class Change:
    """Entries of a certificates.yaml, by their place, with those that stand there instead, and
    entries to add."""

    replaced: dict[int, tuple[Described, ...]] = field(default_factory=dict)
    added: tuple[Described, ...] = ()

    def applied(self, described: Sequence[Described]) -> tuple[Described, ...]:
        kept = [self.replaced.get(place, (one,)) for place, one in enumerate(described)]
        return (*(one for entries in kept for one in entries), *self.added)


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate as it is at a moment: the uses it serves `now`, those it will and from when,
    when the last of them ends where that was agreed, and the whole days until it runs out."""

    entries: tuple[Described, ...]
    now: tuple[str, ...]
    later: tuple[tuple[str, datetime], ...]
    until: datetime | None
    days: int

    @property
    def described(self) -> Described:
        return self.entries[0]


def in_force(
    described: Iterable[Described], use: str, at: datetime, *, ours: bool
) -> list[Described]:
    """The entries that serve a use: the chosen one, or all that are accepted."""
    if use not in CHOSEN[ours]:
        return serving(described, use, at)
    try:
        return [current([one for one in described if use in one.uses], at)]
    except CertificateError:
        return []


def serving(described: Iterable[Described], use: str, at: datetime) -> list[Described]:
    """The entries that can serve a use. What came in late can be decrypted all the same."""
    return [
        one
        for one in described
        if use in one.uses
        and one.window.holds(at)
        and (use == "decrypt" or one.certificate.in_date(at))
    ]


def standings(described: Sequence[Described], at: datetime, *, ours: bool) -> list[Standing]:
    """Each file's certificate, in the order of certificates.yaml."""
    files = list(dict.fromkeys(one.file for one in described))
    return [_standing(described, file, at, ours=ours) for file in files]


def _standing(described: Sequence[Described], file: str, at: datetime, *, ours: bool) -> Standing:
    entries = [one for one in described if one.file == file]
    uses = dict.fromkeys(use for one in entries for use in one.uses)
    serving_now = {use: in_force(described, use, at, ours=ours) for use in uses}
    ends = [one.window.end for one in entries]
    last = None if None in ends else max(end for end in ends if end is not None)
    return Standing(
        entries=tuple(entries),
        now=tuple(use for use in uses if any(one.file == file for one in serving_now[use])),
        later=tuple(
            (use, one.window.start)
            for one in entries
            for use in one.uses
            if one.window.start is not None and one.window.start > at
        ),
        until=last,
        days=(entries[0].certificate.not_after - at).days,
    )


def entered(
    described: Sequence[Described],
    new: Described,
    start: datetime | None,
    at: datetime,
    *,
    ours: bool,
) -> tuple[Change, tuple[str, ...]]:
    """A new certificate: accepted at once, and chosen from `start`, else at once where no other
    serves. One of a partner's that is for both is encrypted to once they sign with it. The uses
    that wait for a day are returned too."""
    chosen = [use for use in new.uses if use in CHOSEN[ours]]
    free = [use for use in chosen if not _is_served(described, use, at)]
    at_once = [use for use in new.uses if use not in chosen or (start is None and use in free)]
    added = [replace(new, uses=tuple(at_once))] if at_once else []
    if start is None and not free and "verify" in new.uses:
        start = WHEN_SIGNED
    if start is not None and chosen:
        added.append(replace(new, uses=tuple(chosen), window=Window(start)))
        chosen = []
    return Change(added=tuple(added)), tuple(use for use in chosen if use not in at_once)


def _is_served(described: Iterable[Described], use: str, at: datetime) -> bool:
    """Now or later."""
    return any(
        use in one.uses and (one.window.end is None or one.window.end > at) for one in described
    )


def rolled(
    described: Sequence[Described], file: str, uses: Sequence[str], start: datetime, *, ours: bool
) -> Change:
    """The certificate of `file` is chosen from `start`, and accepted at once, if it was not yet.
    What is said of others stays: they are accepted on, and chosen until then."""
    chosen = tuple(use for use in uses if use in CHOSEN[ours])
    entries = [(place, one) for place, one in enumerate(described) if one.file == file]
    replaced = {
        place: _without(one, chosen) for place, one in entries if set(one.uses) & set(chosen)
    }
    known = {use for _, one in entries for use in one.uses}
    accepted = tuple(use for use in uses if use not in chosen and use not in known)
    template, added = entries[0][1], []
    if accepted:
        added.append(replace(template, uses=accepted, window=Window()))
    if chosen:
        added.append(replace(template, uses=chosen, window=Window(start)))
    return Change(replaced, tuple(added))


def retired(
    described: Sequence[Described], file: str, uses: Sequence[str], end: datetime
) -> Change:
    """The certificate of `file` serves these uses until `end`; one that would not have begun by
    then goes."""
    replaced = {}
    for place, one in enumerate(described):
        ending = tuple(use for use in one.uses if use in uses)
        over = one.window.end is not None and one.window.end <= end
        if one.file != file or not ending or over:
            continue
        begun = one.window.start is None or one.window.start < end
        last = (replace(one, uses=ending, window=Window(one.window.start, end)),) if begun else ()
        replaced[place] = _without(one, ending) + last
    return Change(replaced)


def _without(one: Described, uses: Sequence[str]) -> tuple[Described, ...]:
    left = tuple(use for use in one.uses if use not in uses)
    return (replace(one, uses=left),) if left else ()


def left_without(
    described: Sequence[Described], change: Change, at: datetime
) -> tuple[tuple[str, ...], datetime]:
    """The uses that something serves at a moment or later, and nothing any more after the change,
    with the moment."""
    uses = dict.fromkeys(use for one in described for use in one.uses)
    after = change.applied(described)
    edges = {edge for one in after for edge in (one.window.start, one.window.end) if edge}
    for moment in (at, *sorted(edge for edge in edges if edge > at)):
        lost = [use for use in uses if serving(described, use, moment)]
        lost = [use for use in lost if not serving(after, use, moment)]
        if lost:
            return tuple(lost), moment
    return (), at
