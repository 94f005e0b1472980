"""The one value that is built at start and passed to all work."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.edi.finding import Finding
from gateway.engine.definitions import Definitions
from gateway.engine.failpoint import failpoint
from gateway.engine.home import Home
from gateway.engine.ids import Ids
from gateway.engine.ids import utc_now
from gateway.engine.log import log
from gateway.partner.partner import Broken
from gateway.partner.partner import Partner
from gateway.partner.partner import try_partners
from gateway.partner.settings import Settings
from gateway.partner.settings import load_settings
from gateway.store import Alert
from gateway.store import Entry
from gateway.store import Hold
from gateway.store import Store
from gateway.store import Transaction

if TYPE_CHECKING:
    from gateway.partner.certificates import Own

SHORT = 1 << 16
"""Bytes of a message or file that is done so soon that others may wait for it."""


@dataclass(slots=True)
class Gateway:
    """A home with its settings, partners, definitions and store; `clock` and `new_id` are the
    only sources of time and identity. `own`: our AS2 keys, where we trade by AS2; `broken`: the
    faults of partners whose definition a person must mend."""

    home: Home
    settings: Settings
    partners: dict[str, Partner]
    definitions: Definitions
    store: Store
    own: Own | None = None
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = field(default_factory=lambda: Ids(utc_now))
    broken: Broken = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, *, shared: bool = False) -> Iterator[Step]:
        """One transaction of work: committed whole when the block ends, then logged. A short one
        may share its commit with others."""
        with self.store.transaction(shared=shared) as tx:
            step = Step(self, tx, self.clock())
            yield step
            tx.journal.append_all(step.entries)
            failpoint(f"{name}.before-commit")
        failpoint(f"{name}.after-commit")
        for entry in step.entries:
            _log_entry(entry)

    @property
    def waiting(self) -> frozenset[str]:
        """The partners whose work rests until their definition is right."""
        return frozenset(self.broken.keys() - self.partners.keys())

    def reload(self) -> None:
        """Reads settings, partners and maps anew; a partner that is broken keeps its old
        definition. Raises DefinitionError for what is not a partner's, and keeps all."""
        settings = load_settings(self.home.settings)
        partners, broken = try_partners(self.home.partners, settings, self.partners)
        if self.definitions.root == self.home.own_maps != self.home.maps:
            raise DefinitionError(["maps: gone since the start; put them back, or start anew"])
        self.own = _load_own(self.home, settings)
        self.settings, self.partners, self.broken = settings, partners, broken
        self.definitions = Definitions(self.home.maps, settings.python)


@dataclass(slots=True)
class Step:
    """A transaction under way: `at` is its instant; what is recorded is in the journal when it is
    committed."""

    gateway: Gateway
    tx: Transaction
    at: datetime
    entries: list[Entry] = field(default_factory=list)

    def record(
        self,
        event: str,
        *,
        partner: str | None = None,
        transmission: str | None = None,
        interchange: str | None = None,
        document: str | None = None,
        order_number: str | None = None,
        message: str | None = None,
        **detail: Any,
    ) -> None:
        """One entry of the journal, written at the end and logged once it is committed. `message`
        is an AS2 message it is about and nothing else."""
        correlation = f"order:{partner}:{order_number}" if order_number else None
        entry = Entry(
            at=self.at,
            event=event,
            partner=partner,
            transmission=transmission,
            interchange=interchange,
            document=document,
            order_number=order_number,
            correlation=correlation or transmission or interchange or message,
            detail=detail,
        )
        self.entries.append(entry)

    def hold(
        self, what: str, target: str, partner: str, findings: tuple[Finding, ...], name: str
    ) -> None:
        """Leaves something to a person, and tells one; `name` is what the person knows it by. What
        waits behind a held document is not told: that one was."""
        hold = Hold(
            id=self.gateway.new_id(),
            what=what,
            target=target,
            partner=partner,
            held_at=self.at,
            findings=findings,
            behind=behind_of(findings),
        )
        self.tx.holds.add(hold)
        if hold.behind is not None:
            return
        codes = [finding.code.value for finding in findings]
        self.alert("held", hold.id, partner=partner, what=what, name=name, findings=codes)

    def alert(self, kind: str, subject: str, **detail: Any) -> None:
        """Queues a call to the operator's command or webhook, where one is set."""
        if not (self.gateway.settings.alert.command or self.gateway.settings.alert.webhook):
            return
        self.tx.alerts.add(
            Alert(
                id=self.gateway.new_id(),
                kind=kind,
                subject=subject,
                next_at=self.at,
                created_at=self.at,
                detail=detail,
            )
        )


def behind_of(findings: tuple[Finding, ...]) -> str | None:
    """The held document that something waits for, as its findings say."""
    waits = (one.detail["document"] for one in findings if one.code is Code.EARLIER_HELD)
    return next(waits, None)


def open_gateway(root: Path) -> Gateway:
    """Loads the definitions of a home and opens its store; broken partners stop no other.

    Raises DefinitionError, StoreError, TransientError.
    """
    home = Home(root.resolve())
    settings = load_settings(home.settings)
    partners, broken = try_partners(home.partners, settings, {})
    definitions = Definitions(home.maps, settings.python)
    own = _load_own(home, settings)
    store = _open_store(home, settings)
    return Gateway(home, settings, partners, definitions, store, own, broken=broken)


def _load_own(home: Home, settings: Settings) -> Own | None:
    if settings.as2 is None:
        return None
    from gateway.partner.certificates import load_own  # loads cryptography

    return load_own(home.certificates, settings.as2, settings.zone)


def open_to_look(root: Path) -> tuple[Home, Store]:
    """A home, and its store opened read-only.

    Raises DefinitionError for gateway.yaml, NoStoreError, StoreError, TransientError.
    """
    home = Home(root.resolve())
    return home, _open_store(home, load_settings(home.settings), read_only=True)


def _open_store(home: Home, settings: Settings, *, read_only: bool = False) -> Store:
    database = settings.database
    target = database if "://" in database else str(home.root / database)
    return Store.open(target, read_only=read_only, begun=home.begun)


def _log_entry(entry: Entry) -> None:
    log(
        entry.event,
        partner=entry.partner,
        transmission=entry.transmission,
        interchange=entry.interchange,
        document=entry.document,
        correlation=entry.correlation,
        **{key: value for key, value in entry.detail.items() if key != "event"},
    )
