"""Fixtures shared by all tests: where the real models lie, the sample buildings, a Chromium."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import engines, postgres
from tests.debian import CHROMIUM, POSTGIS, find_chromium, find_postgis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from sample_data.build import SampleModel

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """With TWIN_TEST_ENGINE=postgresql, start the server that all twins of the run are on."""
    config.addinivalue_line("markers", "sqlite: speaks of the database file itself, so it runs on SQLite only")
    if engines.POSTGRESQL and _runs_tests(config):
        if find_postgis() is None:
            pytest.exit(POSTGIS.advice, 1 if os.environ.get("CI") else 0)
        servers = ExitStack()
        servers.enter_context(engines.on_postgresql())
        config.add_cleanup(servers.close)


def _runs_tests(config: pytest.Config) -> bool:
    """Tell whether this process runs tests itself, or has others do so (pytest -n 2)."""
    return hasattr(config, "workerinput") or not config.getoption("numprocesses", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on PostgreSQL what speaks of SQLite's file."""
    if engines.POSTGRESQL:
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="speaks of the database file of SQLite"))


def real_data_folder() -> Path:
    """Return where the real models are looked for; the folder may be missing."""
    return Path(os.environ.get("TWIN_REAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real models; skips where it is missing."""
    folder = real_data_folder()
    if not (folder / "ifc").is_dir():
        pytest.skip(f"The real models are not at {folder}: set TWIN_REAL_DATA to the folder that holds ifc/.")
    return folder


@pytest.fixture(scope="session")
def sample_models(tmp_path_factory: pytest.TempPathFactory) -> "list[SampleModel]":
    """Return two sample buildings, written once per run. Read-only: tests share them."""
    from sample_data.build import BUILDINGS, build_models

    return build_models(tmp_path_factory.mktemp("samples"), BUILDINGS)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return a Chromium for browser tests; without one they skip, on CI they fail."""
    found = find_chromium()
    if found is None and os.environ.get("CI"):
        pytest.fail(CHROMIUM.advice)
    if found is None:
        pytest.skip(CHROMIUM.advice)
    return found


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[postgres.Cluster]":
    """Return a PostgreSQL server of our own; without its programs tests skip, on CI they fail."""
    if find_postgis() is None and os.environ.get("CI"):
        pytest.fail(POSTGIS.advice)
    if find_postgis() is None:
        pytest.skip(POSTGIS.advice)
    with postgres.cluster() as running:
        yield running


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests independent of the developer's own language and twin folder."""
    monkeypatch.setenv("TWIN_LANG", "en")
    monkeypatch.delenv("TWIN_DIR", raising=False)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> "Iterator[Browser]":
    """Return a Chromium; one for all tests, since a thread runs one Playwright."""
    from playwright.sync_api import sync_playwright

    from tests.browser.served import FLAGS

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield launched
        launched.close()
