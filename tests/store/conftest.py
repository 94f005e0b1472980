from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.store import Store

POSTGRES = os.environ.get("GATEWAY_TEST_POSTGRES")


@contextmanager
def schema_of_its_own(url: str) -> Iterator[str]:
    """A URL of the server whose tables are made in a new schema; nothing else is touched."""
    name = f"gateway_test_{uuid.uuid4().hex}"
    server = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with server.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    own = sa.make_url(url).update_query_dict({"options": f"-csearch_path={name}"})
    yield own.render_as_string(hide_password=False)
    with server.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where an empty database is: a file, or the server that GATEWAY_TEST_POSTGRES names."""
    if POSTGRES is None or request.param == "sqlite":
        yield tmp_path / "var" / "gateway.db"
    else:
        with schema_of_its_own(POSTGRES) as url:
            yield url


@pytest.fixture
def store(database: str | Path) -> Iterator[Store]:
    with Store.open(database) as opened:
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "var" / "gateway.db") as opened:
        yield opened
