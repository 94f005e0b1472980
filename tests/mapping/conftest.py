from __future__ import annotations

from pathlib import Path

import pytest
from mapping_desk import Desk


@pytest.fixture(scope="session")
def dictionaries(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One desk for the whole session, for tests that only read what they load."""
    return Desk(tmp_path_factory.mktemp("maps"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "maps")
