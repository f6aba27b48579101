"""A server with a building, a Chromium, and a page that may neither call out nor complain."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sample_data.build import SampleModel
from tests.browser.served import Served, Visit, twin, visiting
from tests.conftest import ROOT, real_data_folder
from tests.serving import serving
from tests.shared_city import city_of_this_run

expect.set_options(timeout=30_000)  # milliseconds: software rendering on a busy machine


@pytest.fixture(scope="session")
def page_built() -> None:
    """The page must be built; without it browser tests skip, on CI they fail."""
    if (ROOT / "web" / "static" / "index.html").is_file():
        return
    advice = "The page is not built: run `pip install -e .`, or `npm ci && npm run build` in web/frontend."
    if os.environ.get("CI"):
        pytest.fail(advice)
    pytest.skip(advice)


@pytest.fixture(scope="session")
def served(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[Served]:
    """A server with the sample buildings and, where the real models are, Duplex as a third."""
    folder = tmp_path_factory.mktemp("twin")
    twin("init", "--name", "滨江市重点工程", "--twin", folder)
    files: dict[str, Path] = {}
    for sample in sample_models:
        imported = twin(
            "import", sample.path, "--project", sample.project, "--discipline", sample.discipline, "--twin", folder
        )
        files[imported["models"][0]["model"]] = sample.path
    duplex = real_data_folder() / "ifc" / "duplex_arch.ifc"
    if duplex.is_file():
        files[twin("import", duplex, "--project", "P001", "--twin", folder)["models"][0]["model"]] = duplex
    with serving(folder) as url:
        yield Served(url, files)


@pytest.fixture(scope="session")
def demo(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the whole sample city; `$TWIN_TEST_CITY` is one that was built before, for whoever writes tests."""
    folder = city_of_this_run(tmp_path_factory, "demo")
    with serving(folder) as url:
        files = {path.stem: path for path in (folder / "samples").rglob("*.ifc")}
        models = [
            model for p in Served(url, {}).get("/api/projects")["features"] for model in p["properties"]["models"]
        ]
        yield Served(url, {model: files[model.split("-", 2)[2]] for model in models})


@pytest.fixture
def sample_city(browser: Browser, demo: Served) -> Iterator[Visit]:
    """A page of the sample city; it must stay silent and at home."""
    with visiting(browser, demo.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visit]:
    """A page of the server, in a browser that would rather speak English; it must stay silent and at home."""
    with visiting(browser, served.url, locale="en-US") as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


# Long suites of the page: `make test` runs their first tests, `make test-long` all; here a browser draws with the
# processor.
SAMPLES = {
    "test_city": 2,
    **dict.fromkeys(("test_model", "test_project", "test_map", "test_manners", "test_lights", "test_layers"), 1),
    **dict.fromkeys(("test_page", "test_tools", "test_engine", "test_troubles", "test_access", "test_export"), 1),
    **dict.fromkeys(("test_people", "test_uploads", "test_clashes"), 1),
    **dict.fromkeys(("test_share", "test_administration", "test_clash_decisions", "test_depth"), 0),
    "test_views": 0,
    "test_sample_city": 0,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is beyond the sample of a long suite."""
    seen: dict[str, int] = {}
    for item in items:
        module = Path(item.path).stem
        if module in SAMPLES and "browser" in Path(item.path).parts:
            seen[module] = seen.get(module, 0) + 1
            if seen[module] > SAMPLES[module]:
                item.add_marker(pytest.mark.long)
