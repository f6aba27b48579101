"""The sample facts, written once for all tests that read them."""

import time
from pathlib import Path

import pytest

from sample_data import community_centre
from sample_data.city import write_city
from sample_data.facts import write_facts
from tests.sample_data.told import CENTRE


@pytest.fixture(scope="session")
def facts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the city's map file, the community centre and all facts. Read-only: tests share it."""
    made = tmp_path_factory.mktemp("facts")
    write_city(made / "滨江市.gpkg")
    community_centre.write(made / CENTRE)
    started = time.monotonic()
    write_facts(made, made / "滨江市.gpkg")
    print(f"facts: {time.monotonic() - started:.2f} s")  # noqa: T201
    return made
