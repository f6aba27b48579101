"""The city's layers in the page: what is drawn where, what stands in front of what, what can be asked and switched."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from sample_data.build import SampleModel
from tests.browser.served import Served, Visit, twin, visiting
from tests.layers import put
from tests.serving import serving
from twin.judgement.basemap_look import LOOKS
from twin.store import Store
from twin.values.layer import Features

pytestmark = pytest.mark.browser

BLOCK, HIDDEN, TOWER = 1, 2, 3  # ids of plain buildings: beside the model, within it, far from it


@dataclass(frozen=True)
class City:
    """A served twin with one model and layers around it; `at` makes metres from the model's middle degrees."""

    folder: Path
    served: Served
    model: str
    middle: tuple[float, float]
    size: tuple[float, float]

    def at(self, east: float, north: float) -> tuple[float, float]:
        x, y = self.middle
        return x + east / (111_320 * np.cos(np.radians(y))), y + north / 110_800

    def box(self, west: float, south: float, east: float, north: float) -> shapely.Polygon:
        return shapely.box(*self.at(west, south), *self.at(east, north))

    def view(self, east: float, north: float, zoom: float, pitch: float = 0, bearing: float = 0) -> str:
        x, y = self.at(east, north)
        return f"/?view={x:.7f},{y:.7f},{zoom},{pitch},{bearing}"


def layers_of(city: City) -> dict[str, tuple[str, Features]]:
    """Return name → kind and features: all around the model, south of it a block, within it a plain building."""
    wide, deep = city.size
    block = city.box(-wide / 2, -deep / 2 - 30, wide / 2, -deep / 2 - 15)
    buildings = [block, city.box(-5, -4, 5, 4), city.box(300, 0, 330, 30)]
    named = pa.table(
        {
            "name": [None, "旧楼", "滨江大厦"],
            "name_en": [None, None, "Riverside Tower"],
            "render_height": [30.0, 60, 90],
        }
    )
    road = shapely.LineString([city.at(-900, 200), city.at(900, 200)])
    under = shapely.LineString([city.at(-25, 0), city.at(25, 0)])
    facts = {
        "name": ["滨江大道", "过街地道"],
        "name_en": ["Riverside Avenue", "Underpass"],
        "class": ["primary", "minor"],
    }
    return {
        "district": ("districts", Features(one(city.box(-900, -900, 900, 900)), pa.table({"name": ["河东区"]}))),
        "water": ("water", Features(one(city.box(-800, -800, -300, 150)), pa.table({"name": ["东湖"]}))),
        "green": ("green", Features(one(city.box(-800, 300, -300, 800)), pa.table({"class": ["park"]}))),
        "roads": ("roads", Features(np.array([road, under], dtype=object), pa.table(facts))),
        "pipes": (
            "utilities",
            Features(one(shapely.LineString([city.at(100, -600), city.at(600, -600)])), pa.table({"class": ["gas"]})),
        ),
        "buildings": ("buildings", Features(np.array(buildings, dtype=object), named)),
    }


def one(geometry: shapely.Geometry) -> NDArray[np.object_]:
    return np.array([geometry], dtype=object)


@pytest.fixture(scope="module")
def city(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    twin("init", "--name", "滨江市", "--twin", folder)
    sample = sample_models[0]
    model = twin("import", sample.path, "--project", sample.project, "--twin", folder)["models"][0]["model"]
    with serving(folder) as url:
        served = Served(url, {model: sample.path})
        west, south, east, north = served.model(model)["bounds"]
        scale = 111_320 * np.cos(np.radians(south))
        made = City(
            folder,
            served,
            model,
            ((west + east) / 2, (south + north) / 2),
            ((east - west) * scale, (north - south) * 110_800),
        )
        with Store.open(folder) as store:
            for name, (kind, found) in layers_of(made).items():
                put(store, folder, name, found, kind=kind)
        yield made


@pytest.fixture
def visit(browser: Browser, city: City) -> Iterator[Visit]:
    with visiting(browser, city.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def shot(visit: Visit) -> NDArray[np.int64]:
    """Return the map's pixels, (height, width, 3), with nothing floating over it."""
    visit.idle()
    visit.page.mouse.move(683, 20)
    floating = "document.querySelectorAll('.pin, .tooltip, .panel, .map-controls')"
    visit.page.evaluate(f"{floating}.forEach((e) => {{ e.style.visibility = 'hidden'; }})")
    image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(np.int64)
    visit.page.evaluate(f"{floating}.forEach((e) => {{ e.style.visibility = ''; }})")
    return image


def patch(image: NDArray[np.int64], place: tuple[float, float], reach: int = 2) -> NDArray[np.int64]:
    x, y = round(place[0]), round(place[1])
    assert reach <= y < image.shape[0] - reach, f"{place} is not on the screen"
    assert reach <= x < image.shape[1] - reach, f"{place} is not on the screen"
    return image[y - reach : y + reach + 1, x - reach : x + reach + 1]


def color(text: str) -> NDArray[np.int64]:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)])


def switch(visit: Visit, layer: str, on: bool) -> None:
    """Switch a layer as a reader would; the layers panel is closed again."""
    visit.page.locator("[data-focus=layers]").click()
    visit.page.locator(f"[data-focus='layer {layer}']").set_checked(on)
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#layers")).to_be_hidden()
    visit.idle()


def with_and_without(visit: Visit, layer: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what is seen with a layer and without it."""
    shown = shot(visit)
    switch(visit, layer, False)
    hidden = shot(visit)
    switch(visit, layer, True)
    assert np.abs(shot(visit) - shown).max() <= 3, "switched back, everything is as before"
    return shown, hidden


def differ(a: NDArray[np.int64], b: NDArray[np.int64], place: tuple[float, float]) -> int:
    return int(np.abs(patch(a, place) - patch(b, place)).max())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ground_has_its_colours_where_they_belong(visit: Visit, city: City, theme: str) -> None:
    visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
    visit.open(city.view(-250, 150, 15.0))
    image, look = shot(visit), LOOKS[theme]
    places = {
        look.water: (-400.0, 0.0),
        look.green["park"]: (-400.0, 480.0),
        look.road: (-300.0, 200.0),
        look.ground: (100.0, 330.0),
    }
    for wanted, place in places.items():
        seen = patch(image, visit.pixel(*city.at(*place), 0), 1)
        assert np.abs(seen - color(wanted)).max() <= 3, (wanted, seen)


def test_buildings_stand_up_when_the_map_is_tilted(visit: Visit, city: City) -> None:
    visit.open(city.view(315, 15, 16.5, 60))
    x, y = city.at(315, 15)
    shown, hidden = with_and_without(visit, "buildings")
    assert differ(shown, hidden, visit.pixel(x, y, 80)) > 8, "80 m up there is a tower"
    assert differ(shown, hidden, visit.pixel(x, y, 110)) == 0, "110 m up there is none: it is 90 m high"


def test_plain_buildings_and_models_hide_each_other(visit: Visit, city: City) -> None:
    """South of the model stands a plain block: from the south it hides the model, from the north it is hidden."""
    north_wall = city.at(0, city.size[1] * 0.2)
    block = city.at(0, -city.size[1] / 2 - 22)
    visit.open(city.view(0, -20, 18.2, 78))
    shown, hidden = with_and_without(visit, "buildings")
    assert differ(shown, hidden, visit.pixel(*north_wall, 4)) > 8, "from the south the block hides the model"
    wall = patch(shown, visit.pixel(*city.at(0, -city.size[1] / 2 - 30), 8))
    assert np.ptp(wall.reshape(-1, 3), axis=0).max() < 8, "the block is a plain wall"
    visit.open(city.view(0, -20, 18.2, 78, 180))
    shown, hidden = with_and_without(visit, "buildings")
    assert differ(shown, hidden, visit.pixel(*block, 3)) == 0, "from the north the model hides the block's foot"
    assert differ(shown, hidden, visit.pixel(*block, 27)) > 8, "the block's top rises above the model"


def test_a_replaced_building_is_hidden_and_the_rule_is_told(visit: Visit, city: City) -> None:
    assert city.served.get("/api/replaced")["layers"] == {
        "buildings": {"ids": [HIDDEN], "by": {str(HIDDEN): city.model}}
    }
    view = city.view(0, 0, 17.2, 60)
    visit.open(view)
    above = visit.pixel(*city.at(0, 0), 50)
    shown, hidden = with_and_without(visit, "buildings")
    assert differ(shown, hidden, above) == 0
    project = city.served.model(city.model)["project"]
    visit.open(f"/?project={project}&model={city.model}")
    expect(visit.page.locator("#replaced")).to_contain_text("1 栋")
    visit.page.locator("[data-focus=language]").click()
    expect(visit.page.locator("#replaced")).to_contain_text("at least a third of its area")
    visit.page.locator("[data-focus=language]").click()
    visit.page.route("**/api/replaced*", lambda route: route.fulfill(json={"rule": "", "layers": {}}))
    visit.open(view)
    assert differ(shot(visit), hidden, above) > 8, "it would be seen if nothing hid it"


def without_labels(route: Route) -> None:
    """Answer with the style as the server gives it, less its labels."""
    style = json.loads(route.fetch().text())
    style["layers"] = [layer for layer in style["layers"] if layer["type"] != "symbol"]
    route.fulfill(json=style)


def test_labels_are_drawn_in_chinese_with_the_pages_own_font(browser: Browser, visit: Visit, city: City) -> None:
    view = city.view(0, 100, 14.6)
    visit.open(view)
    texts = {label["text"] for label in visit.page.evaluate("window.twin.labels()")}
    assert {"滨江大道", "河东区", "东湖"} <= texts
    families = visit.page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)")
    assert any(family.startswith("maplibre-gl-font-face") for family in families)
    image = shot(visit)

    with visiting(browser, city.served.url) as other:
        other.page.route("**/styles/*", without_labels)
        other.open(view)
        assert other.page.evaluate("window.twin.labels()") == []
        changed = np.abs(shot(other) - image).max(axis=2) > 40
    assert 500 < changed.sum() < 0.02 * changed.size, "labels are letters, not blocks"
    rows, columns = (1 + np.ptp(where) for where in changed[250:520, :].nonzero())
    assert rows > 10
    assert columns > 60


def test_labels_stay_above_models(browser: Browser, visit: Visit, city: City) -> None:
    """A road runs below the model: the model hides the road, not its name."""
    visit.open(city.view(0, 0, 18.6, 30))
    image = shot(visit)
    with visiting(browser, city.served.url) as other:
        other.page.route("**/styles/*", without_labels)
        other.open(city.view(0, 0, 18.6, 30))
        changed = np.abs(shot(other) - image).max(axis=2) > 40
    wide, deep = city.size
    (left, low), (right, high) = (visit.pixel(*city.at(sign * wide * 0.4, sign * deep * 0.3), 0) for sign in (-1, 1))
    assert changed[round(high) : round(low), round(left) : round(right)].sum() > 100


def test_labels_follow_the_language(visit: Visit, city: City) -> None:
    visit.open(city.view(200, 100, 16.2))

    def texts() -> set[str]:
        visit.idle()
        return {label["text"] for label in visit.page.evaluate("window.twin.labels()")}

    assert {"滨江大道", "滨江大厦"} <= texts()
    visit.page.locator("[data-focus=language]").click()
    assert {"Riverside Avenue", "Riverside Tower"} <= texts()
    assert "滨江大道" not in texts()


def test_a_change_of_theme_keeps_the_models(visit: Visit, city: City) -> None:
    visit.open(city.view(0, 0, 18, 50))
    bare = color(LOOKS["light"].ground)
    tiles = [path for path in visit.requests if path.endswith((".glb", ".mvt"))]
    light = shot(visit)
    visit.page.locator("[data-focus=theme]").click()
    visit.idle()
    dark = shot(visit)
    assert np.abs(patch(dark, (1300, 700)) - color(LOOKS["dark"].ground)).max() <= 3
    assert np.abs(patch(light, (1300, 700)) - bare).max() <= 3
    roof = visit.pixel(*city.at(0, 0), 12)
    assert np.abs(patch(dark, roof) - color(LOOKS["dark"].ground)).max() > 40, "the model is still there"
    assert [path for path in visit.requests if path.endswith((".glb", ".mvt"))] == tiles
    visit.page.locator("[data-focus=theme]").click()
    visit.idle()
    assert (np.abs(shot(visit) - light).max(axis=2) > 8).mean() < 0.001


def test_the_layers_panel_tells_and_switches(visit: Visit, city: City) -> None:
    visit.open(city.view(350, -600, 15))
    page = visit.page
    button = page.locator("[data-focus=layers]")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    panel = page.locator("#layers")
    expect(panel).to_contain_text("6 个图层")
    expect(panel.locator("li")).to_have_count(6)
    first = panel.locator("li").first
    expect(first).to_contain_text("建筑 · 3 个要素")
    first.locator("summary").click()
    expect(first).to_contain_text("EPSG:4326")
    expect(first).to_contain_text("城市.gpkg")
    expect(page.locator("[data-focus='layer pipes']")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()
    pipe = visit.pixel(*city.at(350, -600), 0)
    without = shot(visit)
    switch(visit, "pipes", True)
    assert differ(shot(visit), without, pipe) > 20


def test_what_lies_under_the_pointer_is_told(visit: Visit, city: City) -> None:
    visit.open(city.view(150, 60, 16.4, 45))
    page, card = visit.page, visit.page.locator("#feature")
    tower = visit.pixel(*city.at(315, 15), 70)
    page.mouse.move(*tower)
    expect(page.locator(".tooltip")).to_have_text("滨江大厦 建筑")
    page.mouse.click(*tower)
    expect(card.locator("h2")).to_have_text("滨江大厦")
    expect(card).to_contain_text("90 m")
    page.mouse.click(*visit.pixel(*city.at(150, 200), 0))
    expect(card.locator("h2")).to_have_text("滨江大道")
    expect(card).to_contain_text("主干路")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()
    page.mouse.click(*visit.pixel(*city.at(150, -100), 0))
    expect(card).to_be_hidden()


def test_a_model_answers_before_the_ground(visit: Visit, city: City) -> None:
    visit.open(city.view(0, 0, 18.5, 50))
    page = visit.page
    page.mouse.click(*visit.pixel(*city.at(0, 0), 8))
    expect(page.locator("#global-id")).to_be_visible()
    expect(page.locator("#feature")).to_be_hidden()


def test_a_replaced_layer_is_drawn_after_a_reload(visit: Visit, city: City, tmp_path: Path) -> None:
    visit.open(city.view(500, -250, 15.5))
    meadow = (500.0, -300.0)
    assert np.abs(patch(shot(visit), visit.pixel(*city.at(*meadow), 0)) - color(LOOKS["light"].ground)).max() <= 3
    old = layers_of(city)["green"][1]
    more = Features(
        np.concatenate([old.geometry, one(city.box(400, -400, 600, -200))]), pa.table({"class": ["park", "park"]})
    )
    with Store.open(city.folder) as store:
        put(store, tmp_path, "green", more, kind="green")
    visit.open(city.view(500, -250, 15.5))
    seen = patch(shot(visit), visit.pixel(*city.at(*meadow), 0))
    assert np.abs(seen - color(LOOKS["light"].green["park"])).max() <= 3


def test_every_request_of_the_ground_is_made_once(visit: Visit, city: City) -> None:
    visit.open(city.view(0, 0, 16))
    asked = [path for path in visit.requests if path.endswith(".mvt") or path.startswith(("/styles/", "/api/"))]
    assert len(asked) == len(set(asked))
    visit.page.wait_for_timeout(1500)
    again = [path for path in visit.requests if path.endswith(".mvt") or path.startswith(("/styles/", "/api/"))]
    assert again == asked
