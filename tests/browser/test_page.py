"""The page against the running server: what is drawn, what a click answers, what never happens."""

import io
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.rays import Sight, walls_in_sight
from tests.browser.served import Served, Visit, visiting

pytestmark = pytest.mark.browser

GROUND = np.array([0xF1, 0xF3, 0xF2])


def shot(visit: Visit) -> NDArray[np.int64]:
    """Return the map's pixels, (height, width, 3), with nothing floating over it."""
    visit.page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
    return np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(np.int64)


def differs(image: NDArray[np.int64], x: float, y: float, reach: int = 2) -> float:
    """Return how far the pixels around a place are from the bare ground: the largest difference of a channel."""
    patch = image[round(y) - reach : round(y) + reach + 1, round(x) - reach : round(x) + reach + 1]
    return float(np.abs(patch - GROUND).max())


@pytest.fixture(scope="session")
def sights(served: Served) -> dict[str, list[Sight]]:
    """Model → three walls and where to look at them from, by the oracle."""
    found = {}
    for model, path in served.files.items():
        walls = walls_in_sight(path, served.model(model))
        found[model] = [next(walls) for _ in range(3)]
    return found


def address(served: Served, model: str, **query: str) -> str:
    facts = {"project": served.model(model)["project"], "model": model, **query}
    return "/?" + "&".join(f"{key}={quote(value, safe=',')}" for key, value in facts.items())


def look_at(visit: Visit, view: str) -> None:
    """Put the camera where an address would put it; the page is not loaded again."""
    keys = ("longitude", "latitude", "zoom", "pitch", "bearing")
    visit.page.evaluate("(view) => twin.go(view)", dict(zip(keys, map(float, view.split(",")), strict=True)))
    visit.idle()


def test_models_are_drawn_where_they_stand(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    for model, (sight, *_) in sights.items():
        visit.open(address(served, model, view=sight.view(20)))
        image = shot(visit)
        x, y = visit.pixel(*sight.seen)
        assert abs(x - 683) < 1.5, "the place that the oracle sees lies in the middle"
        assert abs(y - 384) < 1.5
        assert differs(image, x, y) > 40
        empty = visit.pixel(sight.longitude, sight.latitude - 0.0004 if sight.bearing > 90 else sight.latitude, 0)
        assert empty is not None


def test_a_building_is_found_from_five_kilometres(visit: Visit, served: Served) -> None:
    """It is some ten pixels wide, which nobody would see: its pin points at it."""
    for model in served.files:
        facts = served.model(model)
        west, south, east, north = facts["bounds"]
        longitude, latitude = (west + east) / 2, (south + north) / 2
        visit.open(f"/?view={longitude},{latitude},13.5,50,0")
        expect(visit.page.locator(".pin").first).to_be_visible()
        visit.page.wait_for_function("document.getAnimations().length === 0")
        x, y = visit.pixel(longitude, latitude, 2)
        image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(np.int64)
        assert differs(image, x, y, 8) > 25, model
        assert differs(image, x, y + 60, 8) < 25, "below it lies bare ground"


def test_a_click_on_a_wall_answers_with_its_global_id(
    visit: Visit, served: Served, sights: dict[str, list[Sight]]
) -> None:
    for model, walls in sights.items():
        visit.open(address(served, model, view=walls[0].view(20.5)))
        for sight in walls:
            look_at(visit, sight.view(20.5))
            visit.page.mouse.click(683, 384)
            expect(visit.page.locator("#global-id")).to_have_text(sight.global_id)
            facts = served.get(
                f"/api/projects/{quote(served.model(model)['project'])}/elements/{quote(sight.global_id)}"
            )
            expect(visit.page.locator("#element h2")).to_have_text(facts["name"] or "墙")
            expect(visit.page.locator("#element .kind")).to_contain_text(facts["ifc_class"])
            expect(visit.page.locator("#element")).to_contain_text(facts["storey"]["name"])
            for pset in facts["properties"].get("psets", {}):
                expect(visit.page.locator("#element summary", has_text=pset).first).to_be_attached()


def test_the_selected_element_is_marked(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    model, (sight, *_) = next(iter(sights.items()))
    visit.open(address(served, model, view=sight.view(20.5)))
    before = shot(visit)[384, 683]
    visit.page.mouse.click(683, 384)
    visit.page.mouse.move(683, 20)
    visit.idle()
    after = shot(visit)[384, 683]
    assert int(after[2]) - int(after[0]) > int(before[2]) - int(before[0]) + 30, "the accent is blue"
    visit.page.keyboard.press("Escape")
    visit.idle()
    assert np.abs(shot(visit)[384, 683] - before).max() <= 2


@pytest.mark.long
def test_what_lies_under_the_pointer_is_lit(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    """The wall under the pointer looks different, its neighbour does not; gone with the pointer."""
    model, (sight, *_) = next(iter(sights.items()))
    visit.open(address(served, model, view=sight.view(20.5)))
    visit.page.mouse.move(683, 20)
    visit.idle()
    before = shot(visit)
    visit.page.mouse.move(683, 384)
    visit.page.locator(".tooltip").wait_for()
    visit.idle()
    lit = np.abs(shot(visit) - before).max(axis=2) > 6
    x, y = next(
        (x, y)
        for x in range(420, 960, 20)
        for y in range(120, 600, 20)
        if visit.page.evaluate("([x, y]) => twin.pick(x, y)?.globalId ?? ''", [x, y]) not in ("", sight.global_id)
    )
    assert lit[384, 683]
    assert not lit[y, x]
    visit.page.mouse.move(683, 20)
    visit.idle()
    assert np.abs(shot(visit)[384, 683] - before[384, 683]).max() <= 2


def test_an_address_restores_everything(
    browser: Browser, visit: Visit, served: Served, sights: dict[str, list[Sight]]
) -> None:
    model, (sight, *_) = list(sights.items())[-1]
    visit.open(address(served, model, view=sight.view(20.25), lang="en"))
    visit.page.mouse.click(683, 384)
    visit.idle()
    visit.page.mouse.move(683, 20)
    visit.idle()
    left = visit.page.evaluate("location.search")
    query = {key: values[0] for key, values in parse_qs(urlsplit(left).query).items()}
    assert query["element"] == sight.global_id
    assert (query["model"], query["lang"]) == (model, "en")
    image = shot(visit)
    with visiting(browser, served.url, locale="zh-CN") as other:
        other.open("/" + left)
        assert other.page.locator("#global-id").inner_text() == sight.global_id
        assert other.page.evaluate("document.documentElement.lang") == "en"
        other.page.locator("#element").wait_for()
        other.idle()
        different = np.abs(shot(other) - image).max(axis=2) > 12
        assert different.mean() < 0.01, (
            f"columns {different.any(axis=0).nonzero()[0]}, rows {different.any(axis=1).nonzero()[0]}"
        )
        assert other.complaints == []


def test_going_back_goes_back(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    model, (sight, *_) = next(iter(sights.items()))
    visit.open(address(served, model, view=sight.view(20.5)))
    visit.page.mouse.click(683, 384)
    expect(visit.page.locator("#global-id")).to_have_text(sight.global_id)
    visit.page.go_back()
    expect(visit.page.locator("#element")).to_be_hidden()
    visit.page.go_forward()
    expect(visit.page.locator("#global-id")).to_have_text(sight.global_id)


def test_chinese_unless_english_was_chosen(visit: Visit) -> None:
    visit.open("/")
    page = visit.page
    assert page.evaluate("[navigator.language, document.documentElement.lang]") == ["en-US", "zh-CN"]
    expect(page.locator("#list h2")).to_have_text("重点工程")
    assert page.title() == "滨江市重点工程 · 城市数字孪生"
    page.locator("[data-focus=language]").click()
    expect(page.locator("#list h2")).to_have_text("Key projects")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "滨江市重点工程 · City twin"
    visit.open("/")  # the choice was saved
    expect(page.locator("#list h2")).to_have_text("Key projects")
    visit.open("/?lang=zh")
    expect(page.locator("#list h2")).to_have_text("重点工程")


def test_escape_closes_one_panel_after_the_other(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    model, (sight, *_) = next(iter(sights.items()))
    visit.open(address(served, model, view=sight.view(20.5)))
    page = visit.page
    page.mouse.click(683, 384)
    expect(page.locator("#element")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#element")).to_be_hidden()
    expect(page.locator(".tree-section")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tree-section")).to_be_hidden()
    expect(page.locator("#project")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#project")).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_hidden()
    page.locator("[data-focus=list]").press("Enter")
    expect(page.locator("#list")).to_be_visible()


def test_spaces_are_off_at_first(visit: Visit, served: Served) -> None:
    model = next(model for model in served.files if served.model(model)["spaces_tileset"])
    visit.open(address(served, model))
    spaces = f"/3dtiles/{quote(model)}/spaces/tileset.json"
    assert spaces not in visit.requests
    without = shot(visit)
    switch = visit.page.locator("[data-focus=show_spaces]")
    switch.check()
    visit.idle()
    assert spaces in visit.requests
    shown = np.mean(np.abs(shot(visit) - without).max(axis=2) > 8)
    switch.uncheck()
    visit.idle()
    gone = np.mean(np.abs(shot(visit) - without).max(axis=2) > 8)
    assert shown > gone + 0.0005
    assert visit.page.evaluate("window.twin.state().spaces.size") == 0


def test_the_tree_finds_and_selects(visit: Visit, served: Served, sights: dict[str, list[Sight]]) -> None:
    model, (sight, *_) = next(iter(sights.items()))
    visit.open(address(served, model))
    page = visit.page
    columns = served.get(f"/api/models/{quote(model)}/elements")
    expect(page.locator(".tree-storey")).to_have_count(len({*columns["storey"]}))
    page.locator("[data-focus=search]").fill(sight.global_id.lower())
    expect(page.locator(".tree-element")).to_have_count(1)
    page.locator(".tree-element").click()
    expect(page.locator("#global-id")).to_have_text(sight.global_id)
    expect(page.locator(".tree-element.selected")).to_have_count(1)


def test_the_ledger_is_shown(visit: Visit, served: Served) -> None:
    for model in served.files:
        facts = served.model(model)
        visit.open(address(served, model))
        shown = visit.page.locator(".ledger-states b").all_inner_texts()
        assert [int(text.replace(",", "")) for text in shown] == [
            facts["ledger"][s] for s in ("drawn", "empty", "skipped", "failed")
        ]
        for conflict in facts["georeference"]["conflicts"]:
            assert conflict in visit.page.locator("#list").inner_text().replace("\n", "")
        expect(visit.page.locator("#list .section > .note")).to_contain_text("高程")
