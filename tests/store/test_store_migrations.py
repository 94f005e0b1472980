from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from homes import ROOT

from gateway.store import Store
from gateway.store.migrating import HEAD
from gateway.store.migrating import migrate
from gateway.store.migrating import version_of
from gateway.store.schema import metadata

_CLAUSE_END = re.compile(r"\n|, (?=\w+ TEXT)")  # a column added later has no line


def declared(connection: sa.Connection) -> dict[str, set[str]]:
    """What each table and index of a SQLite database says, whatever the order of its clauses."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    return {
        row.name: {clause.strip().rstrip(",") for clause in _CLAUSE_END.split(row.sql)}
        for row in connection.exec_driver_sql(query)
        if row.name != "alembic_version"
    }


@pytest.fixture
def migrated(database: str | Path) -> Iterator[sa.Connection]:
    """An empty database after every step."""
    if isinstance(database, Path):
        database.parent.mkdir(parents=True)
        engine = sa.create_engine(f"sqlite:///{database}")
    else:
        engine = sa.create_engine(sa.make_url(database).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        migrate(connection)
        yield connection
    engine.dispose()


def test_a_new_database_is_what_the_steps_make_of_an_empty_one(migrated, tmp_path):
    if migrated.dialect.name != "sqlite":
        pytest.skip("SQLite alone keeps what was declared")
    with Store.open(tmp_path / "new.db") as store, store.reading() as tx:
        assert declared(tx._connection) == declared(migrated)
        assert version_of(tx._connection) == version_of(migrated) == HEAD


def test_alembic_sees_no_difference_either(migrated):
    context = MigrationContext.configure(
        migrated, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, metadata) == []


def test_a_new_database_needs_no_alembic(tmp_path):
    program = """
import sys
from gateway.store import Store
Store.open(sys.argv[1]).close()
assert not [name for name in sys.modules if "alembic" in name or "psycopg" in name]
"""
    words = [sys.executable, "-c", program, tmp_path / "new.db"]
    subprocess.run(words, check=True, cwd=ROOT)


def test_the_newest_step_is_the_one_opening_looks_for():
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
