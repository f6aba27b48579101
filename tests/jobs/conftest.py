"""What tests of jobs share as fixtures: a twin, and where it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a new twin, open."""
    with Store.open(tmp_path / "twin") as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the folder of the twin."""
    return tmp_path / "twin"
