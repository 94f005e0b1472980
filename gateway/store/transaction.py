"""One transaction: the nouns, each with its small named methods."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from gateway.store.as2_messages import As2Messages
from gateway.store.control_numbers import ControlNumbers
from gateway.store.counts import count_all
from gateway.store.documents import Documents
from gateway.store.holds import Alerts
from gateway.store.holds import Holds
from gateway.store.interchanges import Interchanges
from gateway.store.journal import Journal
from gateway.store.payloads import Payloads
from gateway.store.publications import Publications
from gateway.store.records import Count
from gateway.store.sets import Sets
from gateway.store.tracing import Trace
from gateway.store.tracing import trace
from gateway.store.transmissions import Transmissions


class Transaction:
    """What one transaction sees and changes; nothing of it is there before it commits."""

    def __init__(self, connection: Connection, payload_folder: Path | None) -> None:
        self._connection = connection
        self.payloads = Payloads(connection, payload_folder)
        self.transmissions = Transmissions(connection)
        self.interchanges = Interchanges(connection)
        self.sets = Sets(connection)
        self.documents = Documents(connection)
        self.as2 = As2Messages(connection)
        self.publications = Publications(connection)
        self.journal = Journal(connection)
        self.control_numbers = ControlNumbers(connection, self.journal)
        self.holds = Holds(connection)
        self.alerts = Alerts(connection)

    def counts(self) -> list[Count]:
        """How many rows of each noun are in which state."""
        return count_all(self._connection)

    def trace(self, key: str) -> Trace:
        """Everything that belongs to an order, document or control number, a file name, an id."""
        return trace(self._connection, key)
