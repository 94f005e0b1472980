from __future__ import annotations

import re

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.store.migrating import HEAD
from gateway.store.schema import metadata


def declared(connection: sa.Connection) -> dict[str, set[str]]:
    """What each table and index of a SQLite database says, whatever the order of its clauses."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    return {
        row.name: {clause.strip().rstrip(",") for clause in re.split(r"\n", row.sql)}
        for row in connection.exec_driver_sql(query)
        if row.name != "alembic_version"
    }


def test_the_migrations_make_the_schema_of_the_tables(sqlite_store):
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as fresh, sqlite_store.reading() as migrated:
        assert declared(migrated._connection) == declared(fresh)


def test_alembic_sees_no_difference_either(store):
    with store.reading() as tx:
        context = MigrationContext.configure(
            tx._connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_step_is_the_one_opening_looks_for():
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
