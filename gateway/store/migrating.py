"""Bringing a database to this program's schema, in one transaction: an empty one at once, an older
one step by step."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy import inspect
from sqlalchemy import text

from gateway.store.dialects import partial
from gateway.store.errors import NoStoreError
from gateway.store.errors import StoreError
from gateway.store.schema import metadata

# The newest revision in migrations/versions; a test holds the two equal. It is written here so
# that opening a new or up-to-date database, which every command does, need not load Alembic and
# its ten megabytes.
HEAD = "0006"
_VERSION_TABLE = "alembic_version"
_MAKE_VERSION = f"""CREATE TABLE {_VERSION_TABLE} (version_num VARCHAR(32) NOT NULL,
    CONSTRAINT {_VERSION_TABLE}_pkc PRIMARY KEY (version_num))"""  # as Alembic makes it


def version_of(connection: Connection) -> str | None:
    """The revision the database is at; None where it is empty."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    version = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608
    return None if version is None else str(version)


def upgrade(connection: Connection) -> None:
    """Make the tables, or run the migrations that are missing. Raises StoreError for a database
    newer than us."""
    current = version_of(connection)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise StoreError(f"the database is at version {current}, this gateway knows up to {HEAD}")
    if current is None:
        partial(connection.dialect.name, metadata)
        metadata.create_all(connection)
        connection.execute(text(_MAKE_VERSION))
        connection.execute(text(f"INSERT INTO {_VERSION_TABLE} VALUES ('{HEAD}')"))  # noqa: S608
    else:
        migrate(connection)


def migrate(connection: Connection) -> None:
    """Every step that is missing, from the first one on."""
    from alembic import command  # slow to load, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def require_current(connection: Connection) -> None:
    """Raises StoreError where a reader would meet another schema, NoStoreError where its tables are
    only being made."""
    current = version_of(connection)
    if current is None:
        raise NoStoreError("there is nothing in the database yet")
    if current != HEAD:
        raise StoreError(
            f"the database is at version {current}, this gateway needs {HEAD}; "
            "`gateway once` brings it there"
        )
