"""Fixtures shared by all tests: where the real models lie, the sample buildings, a Chromium."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.install_browser import ADVICE, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from sample_data.build import SampleModel
    from tests.postgres import Cluster

ROOT = Path(__file__).resolve().parents[1]


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
        pytest.fail(ADVICE)
    if found is None:
        pytest.skip(ADVICE)
    return found


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Cluster]":
    """Return a PostgreSQL server of our own; without its programs tests skip, on CI they fail."""
    from tests.postgres import ADVICE as POSTGRES_ADVICE
    from tests.postgres import cluster, programs

    if programs() is None and os.environ.get("CI"):
        pytest.fail(POSTGRES_ADVICE)
    if programs() is None:
        pytest.skip(POSTGRES_ADVICE)
    with cluster() as running:
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
