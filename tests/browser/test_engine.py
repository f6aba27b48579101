"""What models cost the page: layers only where they are seen, and nothing left of what is gone."""

from collections.abc import Iterator
from typing import Any

import pytest
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
