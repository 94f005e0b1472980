"""Certificates that run out: seen by `status`, told at 60, 30, 14, 7 and 1 days and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gateway.edi.finding import DefinitionError
from gateway.engine.gateway import Gateway
from gateway.engine.home import Home
from gateway.partner.settings import Settings

if TYPE_CHECKING:
    from gateway.partner.certificates import Described

TOLD_AT = (0, 1, 7, 14, 30, 60)
"""Days left."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate in use with nothing to follow it. `days`: whole ones left, negative once it
    ran out; `told_at` the step of TOLD_AT that was reached."""

    file: str
    uses: tuple[str, ...]
    fingerprint: str
    until: datetime
    days: int

    @property
    def told_at(self) -> int:
        return next(step for step in TOLD_AT if self.days <= step)

    def __str__(self) -> str:
        when = f"in {self.days} days" if self.days >= 0 else "already"
        return f"{self.file} ({', '.join(self.uses)}) runs out {when}: {self.until:%Y-%m-%d}"


def expiring(home: Home, settings: Settings, at: datetime) -> list[Expiring]:
    """Our certificates and our partners' that run out within 60 days, the first to end first."""
    if settings.as2 is None:
        return []
    found = _expiring(home, settings, at, "certs")
    for partner in home.partner_names():
        found += _expiring(home, settings, at, f"partners/{partner}/certs")
    return sorted(found, key=lambda one: one.until)


def _expiring(home: Home, settings: Settings, at: datetime, name: str) -> list[Expiring]:
    from gateway.partner.certificates import load_described  # loads cryptography

    try:
        folder, ours = home.root / name, name == "certs"
        described = load_described(folder, settings.zone, ours=ours, name=name, faults=[])
    except DefinitionError:
        return []  # whoever loads the definitions says so
    found = []
    for one in described:
        end = one.certificate.not_after
        days = (end - at).days
        over = one.window.end is not None and one.window.end <= at
        if days <= TOLD_AT[-1] and not over and not _is_followed(one, described):
            file = f"{name}/{one.file}"
            found.append(Expiring(file, one.uses, one.certificate.fingerprint, end, days))
    return found


def _is_followed(one: Described, described: tuple[Described, ...]) -> bool:
    """Whether each of its uses has a certificate that lasts longer and begins in time."""
    end = one.certificate.not_after
    followers = [
        other
        for other in described
        if other.certificate.not_after > end
        and (other.window.start is None or other.window.start <= end)
    ]
    return all(any(use in other.uses for other in followers) for use in one.uses)


def warn_of_expiring(gateway: Gateway) -> None:
    """Tells the operator, once at each step."""
    found = expiring(gateway.home, gateway.settings, gateway.clock())
    if not found:
        return
    with gateway.step("expiring") as step:
        for one in found:
            subject = f"{one.fingerprint[:32]}/{one.told_at}"
            step.alert("certificate-expiring", subject, file=one.file, days=one.days)
