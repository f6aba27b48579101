"""Models of one project hide each other as they stand: a frame inside a facade is not seen through it."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from sample_data import hospital_architecture, hospital_structure
from tests.browser.served import Visit, twin, visiting
from tests.serving import serving

pytestmark = pytest.mark.browser

VIEW = "/?view=114.0424,22.5504,18.3,60,-20"  # the whole hospital, from some 300 m
FACADE = (580, 195, 795, 285)  # pixels of the ward tower: west, north, east, south


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hospital")
    hospital_architecture.write(place / "建筑.ifc")
    hospital_structure.write(place / "结构.ifc")
    return place


def shot(visit: Visit) -> NDArray[np.int16]:
    visit.open(VIEW)
    visit.page.locator("#map canvas").first.wait_for()
    image = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB").crop(FACADE)
    return np.asarray(image, dtype=np.int16)


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    twin("import", folder / "建筑.ifc", "--project", "H", "--twin", folder / "twin")
    with serving(folder / "twin") as url:
        yield url


def test_what_stands_behind_a_facade_does_not_shine_through(browser: Browser, served: str, folder: Path) -> None:
    with visiting(browser, served) as visit:
        alone = shot(visit)
    assert alone.std() > 15  # there is a facade to look at
    twin("import", folder / "结构.ifc", "--project", "H", "--twin", folder / "twin")
    with visiting(browser, served) as visit:
        together = shot(visit)
    changed = (np.abs(together - alone).max(axis=2) > 40).mean()
    assert changed < 0.1, f"{changed:.0%} of the facade changed"
