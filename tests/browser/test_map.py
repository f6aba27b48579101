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
from twin.judgement.basemap_look import LOOKS

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
        """South of the district's middle, where its name stands."""
        return MIDDLE[0] + (-1 if code == "W" else 1) * SPAN / 2, MIDDLE[1] - 0.015

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


def column_of(image: NDArray[np.float64], foot: tuple[float, float], colour: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pixels around a place have a column's hue, (140, 120): from 120 above its foot to 20 below."""
    x, y = round(foot[0]), round(foot[1])
    area = image[y - 120 : y + 20, x - 60 : x + 60]
    lengths = np.maximum(np.linalg.norm(area, axis=2, keepdims=True), 1)
    found: NDArray[np.bool_] = np.linalg.norm(area / lengths - colour / np.linalg.norm(colour), axis=2) < 0.05
    return found


def test_columns_stand_over_projects_in_the_legends_colours(page: Visit, city: City) -> None:
    """As tall as its share of what is done, as wide as all, on its place, in its own colour and not in the other's."""
    page.open(f"/?by=progress&city=columns&as_of={MARCH}&{STEEP}")
    image = seen(page)
    done = {code: shares[1] / 100 for code, shares in DONE.items()}
    colours = {code: city.colour(code, "progress", MARCH) for code in DONE}
    heights = {}
    for code, other in (("W", "E"), ("E", "W")):
        foot = page.pixel(*city.place(code), 0)
        drawn = column_of(image, foot, colours[code])
        rows, columns = drawn.nonzero()
        assert len(rows), f"no column of its colour over {code}"
        heights[code] = rows.max() - rows.min() + 1
        assert 13 <= np.median(drawn.sum(axis=1)[drawn.any(axis=1)]) <= 18, "a hexagon is 16 pixels wide"
        assert abs(np.median(columns[rows > rows.max() - 10]) - 60) <= 2, "it stands on its place"
        assert abs(rows.max() - 120) <= 8
        assert column_of(image, foot, colours[other]).sum() < 0.02 * drawn.sum()
    # Seen from above by the pitch of 55 degrees: the height foreshortened, and the hexagon's top.
    for code, height in heights.items():
        assert height == pytest.approx(84 * done[code] * np.sin(np.radians(55)) + 13 * np.cos(np.radians(55)), abs=9)
    assert page.page.locator(".pin").count() == 2


def hover(page: Visit, x: float, y: float) -> None:
    page.page.mouse.move(x - 3, y - 3)
    page.page.mouse.move(x, y)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_district_under_the_pointer_says_its_name_and_number(page: Visit, city: City, language: str) -> None:
    page.open(f"/?by=progress&city=districts&as_of={MARCH}&lang={language}&{FLAT}")
    legend = city.served.get(f"/api/legends/progress?lang={language}")["entries"]
    parts = {part["name"]: part for part in city.served.get(f"/api/overview?as_of={MARCH}")["districts"]}
    for code, name in DISTRICT.items():
        hover(page, *page.pixel(MIDDLE[0] + (-1 if code == "W" else 1) * SPAN * 0.3, MIDDLE[1] + 0.02, 0))
        tip = page.page.locator(".tooltip")
        expect(tip.locator("b")).to_have_text(name)
        label = next(e["label"] for e in legend if e["index"] == parts[name]["index"]["progress"])
        expect(tip.locator(".tip-said")).to_contain_text(label)
        expect(tip.locator(".tip-said")).to_contain_text("1 个项目" if language == "zh" else "Projects: 1")
        expect(tip.locator(".tip-lights")).to_have_text("1")
        (light,) = (light for light, number in parts[name]["lights"].items() if number)
        expect(tip.locator(f".tip-lights .mark-{light}")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_column_says_its_name_and_number_and_leads_to_its_reason(page: Visit, city: City, language: str) -> None:
    """The tooltip tells the figure; a click opens the project, whose panel says the rule, its clause and citation."""
    page.open(f"/?by=progress&city=columns&as_of={MARCH}&lang={language}&{STEEP}")
    x, y = page.pixel(*city.place("E"), 0)
    hover(page, x, y - 20)
    tip = page.page.locator(".tooltip")
    expect(tip.locator("b")).to_have_text("工程E")
    expect(tip).to_contain_text("85 %")
    facts = city.served.get(f"/api/projects/E?as_of={MARCH}&lang={language}")
    expect(tip).to_contain_text(f"{facts['planned_progress'] * 100:.1f}".removesuffix(".0") + " %")
    legend = city.served.get(f"/api/legends/light?lang={language}")["entries"]
    expect(tip).to_contain_text(next(e["label"] for e in legend if e.get("key") == facts["light"]))
    page.page.mouse.click(x, y - 20)
    page.idle()
    expect(page.page.locator("#project h2")).to_contain_text("工程E")
    first = next(item for item in facts["evidence"] if item["decisive"])
    for text in (first["clause"], first["source"], first["report"]["file"], first["report"]["recorded_at"][:10]):
        expect(page.page.locator("#reason")).to_contain_text(text)


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
    middle = np.array(Image.open(io.BytesIO(page.page.screenshot())).convert("RGB"), float)
    bare = np.array([int(LOOKS["light"].ground[at : at + 2], 16) for at in (1, 3, 5)], float)
    for code, day in (("W", FEBRUARY), ("E", MARCH)):
        x, y = page.pixel(MIDDLE[0] + (-1 if code == "W" else 1) * SPAN * 0.3, MIDDLE[1] + 0.02, 0)
        ground = 0.55 * bare + 0.45 * city.district(code, "progress", day)
        assert np.abs(middle[round(y), round(x)] - ground).max() < 4, f"{code} has the colour of {day}"
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
