"""What models cost the page: layers where they are seen, nothing left of what is gone, one picture by all shaders."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.flight import COUNTER
from tests.browser.served import Served, Visit, visiting

AFAR = {"zoom": 9.0, "pitch": 0, "bearing": 0}
NEAR = {"zoom": 18.0, "pitch": 50, "bearing": 20}


@pytest.fixture
def counted(browser: Browser, served: Served) -> Iterator[Visit]:
    """A page whose GPU objects are counted; it must stay silent."""
    with visiting(browser, served.url) as opened:
        opened.page.add_init_script(COUNTER)
        yield opened
        assert opened.complaints == []


def go(visit: Visit, bounds: list[float], view: dict[str, float]) -> None:
    """Put the camera over a box of ground and wait for what is seen there."""
    west, south, east, north = bounds
    place = {"longitude": (west + east) / 2, "latitude": (south + north) / 2, **view}
    visit.page.evaluate("(view) => window.twin.go(view)", place)
    visit.idle()


def held(visit: Visit) -> dict[str, Any]:
    """Return bytes and numbers of GPU objects."""
    found: dict[str, Any] = visit.page.evaluate("window.gpu()")
    return found


def tile_requests(visit: Visit) -> int:
    return sum(path.startswith("/3dtiles/") for path in visit.requests)


@pytest.mark.browser
def test_a_model_asks_for_nothing_until_it_is_seen(counted: Visit, served: Served) -> None:
    model, first = served.model(next(iter(served.files))), "114.06,22.54,9,0,0"
    counted.open(f"/?view={first}")
    go(counted, model["bounds"], AFAR)
    before = tile_requests(counted)
    assert counted.page.evaluate("window.twin.models()") == []
    go(counted, model["bounds"], NEAR)
    assert model["model"] in [found["model"] for found in counted.page.evaluate("window.twin.models()")]
    assert tile_requests(counted) > before
    assert all(found["bytes"] > 0 for found in counted.page.evaluate("window.twin.models()"))


@pytest.mark.browser
def test_five_flights_there_and_back_leave_nothing(counted: Visit, served: Served) -> None:
    bounds = served.model(next(iter(served.files)))["bounds"]
    elsewhere = [bounds[0] + 0.5, bounds[1], bounds[2] + 0.5, bounds[3]]
    counted.open("/")
    sizes = []
    for _ in range(6):
        go(counted, bounds, NEAR)
        assert counted.page.evaluate("window.twin.models().length") > 0
        go(counted, elsewhere, NEAR)
        counted.page.wait_for_timeout(11500)  # what is out of sight is kept for ten seconds
        counted.idle()
        assert counted.page.evaluate("window.twin.models()") == []
        sizes.append(held(counted))
    assert sizes[-1]["bytes"] <= sizes[1]["bytes"] * 1.02
    assert sizes[-1]["arrays"] <= sizes[1]["arrays"]


# Counts shaders that drop no pixels (bim/shaders.ts).
LEAN = """
(() => {
  const proto = WebGL2RenderingContext.prototype, old = proto.shaderSource;
  window.lean = 0;
  proto.shaderSource = function (shader, text) {
    window.lean += text.includes("define BIM_LEAN");
    return old.call(this, shader, text);
  };
})();
"""


def picture(visit: Visit, address: str) -> tuple[NDArray[np.int64], int]:
    """Return the pixels of the map's middle at an address, and how many lean shaders were made."""
    visit.open(address)
    visit.page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
    box = {"x": 420, "y": 90, "width": 560, "height": 440}
    image = Image.open(io.BytesIO(visit.page.screenshot(clip=box))).convert("RGB")  # type: ignore[arg-type]
    return np.asarray(image).astype(np.int64), visit.page.evaluate("window.lean")


@pytest.mark.browser
def test_shaders_that_drop_nothing_draw_what_those_that_may_drop_draw(counted: Visit, served: Served) -> None:
    counted.page.add_init_script(LEAN)
    facts = served.model(next(iter(served.files)))
    elements = served.get(f"/api/models/{quote(facts['model'])}/elements")
    last = len(elements["ifc_class"]) - 1
    address = f"/?project={facts['project']}&model={quote(facts['model'])}"
    lean, made = picture(counted, address)
    assert made > 0
    assert np.ptp(lean, axis=(0, 1)).max() > 60, "there is a building"
    # one element of hundreds is a ghost: no tile of the model may use the lean shaders
    full, made = picture(counted, f"{address}&show={quote(f'g.o.r0-{last - 1}:')}{quote(facts['model'])}")
    assert made == 0
    assert (np.abs(full - lean).max(axis=2) > 3).mean() < 0.005
