"""The map by what is known: columns and districts in the legend's colours, two days side by side, a picture to keep."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.served import SIZE, Served, Visit, twin, visiting
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from tests.serving import serving

pytestmark = pytest.mark.browser

FEBRUARY, MARCH = "2026-02-28", "2026-03-31"
MIDDLE = (114.05, 22.5)
SPAN = 0.05  # degrees from the middle to the far edge of a district
DONE = {"W": (15.0, 45.0), "E": (33.0, 85.0)}
HEAD = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,项目类型,经度,纬度\n"
DISTRICT = {"W": "河西区", "E": "河东区"}
STEEP = f"view={MIDDLE[0]},{MIDDLE[1]},12,55,0"
FLAT = f"view={MIDDLE[0]},{MIDDLE[1]},12,0,0"
CLOSE_LIST = "[data-focus='close-list']"


@dataclass(frozen=True)
class City:
    """Two districts side by side, a project in the middle of each, reports of two months."""

    served: Served

    def place(self, code: str) -> tuple[float, float]:
        return MIDDLE[0] + (-1 if code == "W" else 1) * SPAN / 2, MIDDLE[1]

    def colour(self, code: str, by: str, day: str) -> NDArray[np.float64]:
        """Return the legend's colour of a project on a day, by the API, 0 to 255."""
        features = self.served.get(f"/api/projects?as_of={day}")["features"]
        return self.hue(by, next(f["properties"]["index"][by] for f in features if f["id"] == code))

    def district(self, code: str, by: str, day: str) -> NDArray[np.float64]:
        parts = self.served.get(f"/api/overview?as_of={day}")["districts"]
        return self.hue(by, next(part["index"][by] for part in parts if part["name"] == DISTRICT[code]))

    def hue(self, by: str, index: int) -> NDArray[np.float64]:
        entry = next(e for e in self.served.get(f"/api/legends/{by}")["entries"] if e["index"] == index)
        return np.array([int(entry["colour"][at : at + 2], 16) for at in (1, 3, 5)], float)


def districts(folder: Path) -> str:
    """Write the two districts as GeoJSON."""
    features = []
    for code, west in (("W", MIDDLE[0] - SPAN), ("E", MIDDLE[0])):
        south, north = MIDDLE[1] - SPAN, MIDDLE[1] + SPAN
        ring = [[west, south], [west + SPAN, south], [west + SPAN, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": DISTRICT[code]}, "geometry": geometry})
    return write(folder, "districts.geojson", json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.fixture(scope="module")
def city(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = tmp_path_factory.mktemp("map")
    folder, found = made / "twin", City(Served("", {}))
    twin("init", "--name", "河城", "--twin", folder)
    rows = [
        f"{code},工程{code},{DISTRICT[code]},600,2026-01-01,2026-06-30,建设实施,学校,{x},{y}\n"
        for code in DONE
        for x, y in [found.place(code)]
    ]
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    twin("projects", "load", write(made, "register.csv", HEAD + "".join(rows)), *load)
    for code in DONE:
        twin("schedule", "load", write(made, "schedule.csv", SCHEDULE), "--project", code, *load)
    for at, (day, recorded) in enumerate(((FEBRUARY, "2026-03-04"), (MARCH, "2026-04-04"))):
        reports = "".join(f"{code},{day},{done[at]},,{recorded}\n" for code, done in DONE.items())
        report = write(made, f"report{day}.csv", PROGRESS_HEADER + reports)
        twin("progress", "load", report, "--recorded-at", "填报日期", "--twin", folder)
    twin("layers", "add", "districts", districts(made), "--kind", "districts", "--twin", folder)
    with serving(folder) as url:
        yield City(Served(url, {}))


@pytest.fixture
def page(browser: Browser, city: City) -> Iterator[Visit]:
    with visiting(browser, city.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def seen(page: Visit) -> NDArray[np.float64]:
    """Return what the map's canvases show, (height, width, 3), without panels and pins."""
    floating = ".pin, .panel, .tooltip, .map-controls, .notices"
    page.page.evaluate(
        "(all) => document.querySelectorAll(all).forEach((e) => { e.style.visibility = 'hidden'; })", floating
    )
    shot = Image.open(io.BytesIO(page.page.screenshot())).convert("RGB")
    return np.asarray(shot).astype(float)


def share_of(image: NDArray[np.float64], place: tuple[float, float], colour: NDArray[np.float64]) -> float:
    """Return which share of a column's width over a place has a colour's hue, whatever the light on it."""
    x, y = round(place[0]), round(place[1])
    area = image[y - 40 : y, x - 4 : x + 4].reshape(-1, 3)
    hue = colour / np.linalg.norm(colour)
    return float((np.linalg.norm(area / np.linalg.norm(area, axis=1, keepdims=True) - hue, axis=1) < 0.09).mean())


def test_columns_stand_over_projects_in_the_legends_colours(page: Visit, city: City) -> None:
    """Higher where more is done; each in its own colour and not in the other's."""
    page.open(f"/?by=progress&city=columns&as_of={MARCH}&{STEEP}")
    image = seen(page)
    spots = {code: page.pixel(*city.place(code), 0) for code in DONE}
    colours = {code: city.colour(code, "progress", MARCH) for code in DONE}
    own = {code: share_of(image, spots[code], colours[code]) for code in DONE}
    assert own["E"] > 0.7  # a column leans away from the middle of the picture
    assert 0.3 < own["W"] < own["E"]
    assert share_of(image, spots["W"], colours["E"]) < 0.2
    other = "[...document.querySelectorAll('.pin')].map((pin) => pin.dataset.light)"
    assert len(page.page.evaluate(other)) == 2


def test_districts_are_filled_in_the_legends_colours(page: Visit, city: City) -> None:
    """The ground under 45 % of the colour; without `city=districts` it is bare."""
    page.open(f"/?by=progress&as_of={MARCH}&{FLAT}")
    spots = {
        code: page.pixel(MIDDLE[0] + (-1 if code == "W" else 1) * SPAN * 0.3, MIDDLE[1] + 0.02, 0) for code in DONE
    }
    bare = seen(page)
    page.open(f"/?by=progress&city=districts&as_of={MARCH}&{FLAT}")
    filled = seen(page)
    for code, (x, y) in spots.items():
        at = (round(y), round(x))
        expected = 0.55 * bare[at] + 0.45 * city.district(code, "progress", MARCH)
        assert np.abs(filled[at] - expected).max() < 3
        assert np.abs(filled[at] - bare[at]).max() > 20


def test_two_days_lie_side_by_side(page: Visit, city: City) -> None:
    """Left of the divider the day compared with, right of it the day looked at; closed, one map is left."""
    page.open(f"/?lang=en&by=progress&city=districts&as_of={MARCH}&compare={FEBRUARY}&{FLAT}")
    expect(page.page.locator(".swipe-left")).to_have_text("28 Feb 2026")
    expect(page.page.locator(".swipe-right span")).to_have_text("31 Mar 2026")
    divider = page.page.get_by_role("separator")
    divider.focus()
    east = page.pixel(MIDDLE[0] + SPAN * 0.3, MIDDLE[1] + 0.02, 0)
    shown = []
    for key in ("Home", "End"):
        page.page.keyboard.press(key)
        page.idle()
        shown.append(
            np.array(Image.open(io.BytesIO(page.page.screenshot())).convert("RGB"), float)[
                round(east[1]), round(east[0])
            ]
        )
    assert divider.get_attribute("aria-valuenow") == "96"
    expected = 0.45 * (city.district("E", "progress", FEBRUARY) - city.district("E", "progress", MARCH))
    assert np.abs(expected).max() > 15
    assert np.abs((shown[1] - shown[0]) - expected).max() < 3
    assert "split=0.96" in page.page.evaluate("new Promise((r) => setTimeout(() => r(location.search), 400))")
    page.page.locator("[data-focus='compare close']").click()
    page.idle()
    assert page.page.locator("#map canvas").count() == 1
    assert "compare" not in page.page.evaluate("location.search")


def test_both_days_follow_one_camera(page: Visit) -> None:
    page.open(f"/?as_of={MARCH}&compare={FEBRUARY}&{FLAT}")
    page.page.locator(CLOSE_LIST).click()
    for start in (500, 900):  # on the left map, on the right one
        before = page.pixel(*MIDDLE, 0)
        page.page.mouse.move(start, 300)
        page.page.mouse.down()
        page.page.mouse.move(start + 60, 320, steps=4)
        page.page.wait_for_timeout(200)
        page.page.mouse.up()
        page.idle()
        after = page.pixel(*MIDDLE, 0)
        assert after[0] - before[0] == pytest.approx(60, abs=12)
    places = page.page.evaluate(
        "[...document.querySelectorAll('.pin')]"
        ".map((pin) => [pin.dataset.project, Math.round(pin.getBoundingClientRect().x)])"
    )
    assert len(places) == 4
    assert len({tuple(place) for place in places}) == 2


def test_what_draws_models_is_asked_for_when_one_is_near(visit: Visit, served: Served) -> None:
    model = served.model(next(iter(served.files)))
    west, south, east, north = model["bounds"]
    x, y = (west + east) / 2, (south + north) / 2
    visit.open(f"/?view={x},{y},9,0,0")
    assert not [path for path in visit.requests if "/models-" in path or path.endswith(".glb")]
    assert visit.page.evaluate("twin.pick(600, 300)") is None
    there = {"longitude": x, "latitude": y, "zoom": 18, "pitch": 50, "bearing": 0}
    visit.page.evaluate("(view) => twin.go(view)", there)
    visit.idle()
    assert [path for path in visit.requests if "/models-" in path]
    assert visit.page.evaluate("twin.models().length") > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_has_the_map_and_a_legend_under_it(page: Visit, city: City, theme: str) -> None:
    page.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
    page.open(f"/?lang=en&by=progress&city=columns&as_of={MARCH}&{STEEP}")
    page.page.locator("[data-focus='share']").click()
    with page.page.expect_download() as download:
        page.page.locator("[data-focus='save-picture']").click()
    picture = Image.open(download.value.path()).convert("RGB")
    assert picture.format is None or picture.format == "PNG"
    assert picture.width == SIZE["width"]
    assert SIZE["height"] + 40 < picture.height < SIZE["height"] + 200
    pixels = np.asarray(picture).astype(float)
    above, footer = pixels[: SIZE["height"]], pixels[SIZE["height"] + 2 :]
    assert len(np.unique(above.reshape(-1, 3), axis=0)) > 100
    assert (footer.mean() < 100) == (theme == "dark")
    for entry in city.served.get("/api/legends/progress")["entries"]:
        colour = np.array([int(entry["colour"][at : at + 2], 16) for at in (1, 3, 5)])
        assert (np.abs(footer - colour).max(axis=2) < 2).sum() > 40, entry


def test_without_webgl_the_list_goes_on(browser: Browser, city: City) -> None:
    with visiting(browser, city.served.url) as page:
        page.page.add_init_script(
            "const get = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
            " return /webgl/.test(kind) ? null : get.call(this, kind, ...rest); };"
        )
        page.open("/?lang=en")
        expect(page.page.locator(".trouble p")).to_contain_text("WebGL 2")
        page.page.get_by_role("button", name="Go on with the list of projects").click()
        expect(page.page.locator(".trouble")).to_have_count(0)
        assert page.page.evaluate("Boolean(document.activeElement.closest('#list, .list'))")


def test_a_lost_context_says_so_and_can_be_loaded_again(page: Visit) -> None:
    page.open(f"/?lang=en&{FLAT}")
    page.page.evaluate(
        "document.querySelector('#map canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    expect(page.page.locator(".trouble p")).to_contain_text("graphics card")
    page.page.get_by_role("button", name="Load the page again").click()
    page.page.wait_for_load_state()
    page.idle()
    expect(page.page.locator(".trouble")).to_have_count(0)
    page.complaints[:] = [said for said in page.complaints if "CONTEXT_LOST" not in said.upper().replace(" ", "_")]
