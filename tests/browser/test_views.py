"""The ten views that the README and the guides show are what the page shows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.served import twin
from tests.browser.views import IMAGES, VIEWS, View, picture
from tests.browser.work_views import NAMES as WORK
from tests.serving import serving

pytestmark = pytest.mark.browser
ROOT = IMAGES.parents[1]


@pytest.fixture(scope="module")
def url(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("views") / "city"
    twin("demo", "--no-serve", "--twin", folder)
    with serving(folder) as found:
        yield found


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_is_made_and_alive(browser: Browser, url: str, view: View, tmp_path: Path) -> None:
    """Each is a picture of its size with many colours; lights burn in it."""
    image = picture(browser, url, view)
    assert image.size == view.size
    pixels = np.asarray(image.resize((480, 270)))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 500
    spread = pixels.astype(int).max(axis=2) - pixels.astype(int).min(axis=2)
    assert (spread > 120).any()
    image.save(tmp_path / f"{view.name}.png")


def test_the_views_are_shown_in_the_docs() -> None:
    told = "".join(
        page.read_text(encoding="utf-8") for page in (*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md"))
    )
    for view in VIEWS:
        assert (IMAGES / f"{view.name}.png").is_file()
        assert f"images/{view.name}.png" in told


def test_the_pictures_of_work_are_shown_in_the_guides() -> None:
    for language, suffix in (("zh", ".zh-CN"), ("en", "")):
        told = "".join(
            (ROOT / "docs" / f"{page}{suffix}.md").read_text("utf-8") for page in ("engineer", "administrator")
        )
        for name in WORK:
            assert (IMAGES / f"{name}.{language}.png").is_file()
            assert f"images/{name}.{language}.png" in told
