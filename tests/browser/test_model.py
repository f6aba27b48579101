"""Looking into a building through the interface: parts, sections, measures, search, and all of it in the address."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import ifcopenshell
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, expect

from sample_data.build import MODELS, SampleModel, build_models
from tests.browser.rays import on_map, triangles
from tests.browser.served import Served, Visit, twin, visiting
from tests.serving import serving

pytestmark = pytest.mark.browser

Pixels = NDArray[np.int64]
# The part of a 1366 × 768 screen where no panel stands.
FREE = (slice(130, 560), slice(380, 1000))
WALL, LENGTH, HIGH = "南侧西段首层外墙", 11.875, 4.2  # as in tests/browser/test_tools.py
CENTRE_NAME, HOSPITAL_NAME = "滨江社区服务中心", "市第三人民医院"


@dataclass(frozen=True)
class Town:
    """A server with the community centre and the services of a hospital."""

    served: Served
    centre: str
    services: str

    def columns(self, model: str) -> dict[str, Any]:
        found: dict[str, Any] = self.served.get(f"/api/models/{quote(model)}/elements")
        return found

    def address(self, model: str, **query: str) -> str:
        facts = {"project": self.served.model(model)["project"], "model": model, **query}
        return "/?" + "&".join(f"{key}={quote(value, safe=',')}" for key, value in facts.items())


@pytest.fixture(scope="module")
def town(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[Town]:
    made = tmp_path_factory.mktemp("inside")
    folder = made / "twin"
    plan = next(plan for plan in MODELS if "机电" in plan.file)
    centre, services = sample_models[0], build_models(made / "samples", [plan])[0]
    twin("init", "--name", "滨江市", "--twin", folder)
    models = {}
    places: dict[str, tuple[str, ...]] = {
        services.project: ("--lon", "114.03", "--lat", "22.54")
    }  # where its file says none
    for sample in (centre, services):
        said = twin(
            "import", sample.path, "--project", sample.project, *places.get(sample.project, ()), "--twin", folder
        )
        models[said["models"][0]["model"]] = sample.path
    register = made / "项目登记表.csv"
    rows = ((centre.project, CENTRE_NAME), (services.project, HOSPITAL_NAME))
    head = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度\n"
    lines = [f"{code},{name},河东区,600,2026-01-01,2026-12-31,建设实施,,\n" for code, name in rows]
    register.write_text(head + "".join(lines), encoding="utf-8")
    twin("projects", "load", register, "--recorded-at", "2026-01-01", "--twin", folder)
    with serving(folder) as url:
        yield Town(Served(url, models), *models)


@pytest.fixture
def page(browser: Browser, town: Town) -> Iterator[Visit]:
    with visiting(browser, town.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def shot(visit: Visit) -> Pixels:
    """Return the pixels of the free part of the map, nothing floating over it."""
    visit.page.mouse.move(683, 30)
    visit.idle()
    visit.page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
    image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(np.int64)
    return image[FREE]


def changed(a: Pixels, b: Pixels) -> float:
    """Return the share of pixels that differ."""
    return float((np.abs(a - b).max(axis=2) > 12).mean())


def press(visit: Visit, focus: str) -> None:
    visit.page.locator(f"[data-focus='{focus}']").click()


def selection(visit: Visit, model: str) -> dict[str, Any] | None:
    """Return what the page says is shown of a model: sets as sorted lists; null when all of it is."""
    read = """(model) => { const s = twin.state().shows.get(model);
        return s ? {hidden: [...s.hidden].sort(), only: [...s.only].sort(), ghostRest: s.ghostRest} : null; }"""
    found: dict[str, Any] | None = visit.page.evaluate(read, model)
    return found


def test_a_hidden_storey_goes_and_comes_back(page: Visit, town: Town) -> None:
    page.open(town.address(town.centre))
    whole = shot(page)
    top = page.page.locator(".tree-storey").last
    for index in range(page.page.locator(".tree-storey").count()):
        page.page.locator(".tree-storey").nth(index).locator(".act-eye").click(force=True)
    gone = shot(page)
    assert changed(gone, whole) > 0.01
    expect(page.page.locator(".tree-storey.shown-none")).to_have_count(page.page.locator(".tree-storey").count())
    top.locator(".act-eye").click(force=True)
    some = shot(page)
    assert changed(some, gone) > 0.001
    assert changed(some, whole) > 0.001
    press(page, "show-all")
    assert changed(shot(page), whole) == 0
    assert selection(page, town.centre) is None


def test_a_class_is_isolated_and_the_rest_are_ghosts_or_gone(page: Visit, town: Town) -> None:
    page.open(town.address(town.centre))
    whole = shot(page)
    press(page, "group classes")
    page.page.locator(".tree-row.tree-class").first.wait_for()
    page.page.evaluate("document.querySelector('.virtual').scrollTop = 1e6")
    walls = page.page.locator(".tree-row.tree-class", has=page.page.get_by_text("IfcWall", exact=True))
    walls.locator(".act-only").click(force=True)
    ghosts = shot(page)
    page.page.locator("[data-focus=ghost]").uncheck()
    alone = shot(page)
    shown = selection(page, town.centre)
    assert shown is not None
    assert shown["only"] == ["class:IfcWall"]
    assert changed(ghosts, whole) > 0.01
    assert changed(alone, ghosts) > 0.005, "ghosts are a veil over what lies behind"
    # What is picked now is a wall or nothing.
    columns = town.columns(town.centre)
    walls_ids = {
        one for one, c in zip(columns["global_id"], columns["ifc_class"], strict=True)
        if columns["classes"][c] == "IfcWall"
    }  # fmt: skip
    picks = page.page.evaluate(
        "() => { const found = []; for (let x = 400; x < 960; x += 40) for (let y = 150; y < 560; y += 40) "
        "found.push(twin.pick(x, y)?.globalId); return found.filter(Boolean); }"
    )
    assert picks
    assert set(picks) <= walls_ids


def test_systems_are_shown_alone(page: Visit, town: Town) -> None:
    page.open(town.address(town.services))
    file = ifcopenshell.open(town.served.files[town.services])
    drawn = set(town.columns(town.services)["global_id"])
    members = {
        system.Name: {e.GlobalId for rel in system.IsGroupedBy for e in rel.RelatedObjects} & drawn
        for system in file.by_type("IfcDistributionSystem")
    }
    press(page, "group systems")
    rows = page.page.locator(".tree-system")
    expect(rows).to_have_count(len(members))
    name, wanted = max(members.items(), key=lambda item: len(item[1]))
    row = rows.filter(has_text=name)
    expect(row.locator(".badge")).to_have_text(str(len(wanted)))
    whole = shot(page)
    row.locator(".act-only").click(force=True)
    page.page.locator("[data-focus=ghost]").uncheck()
    alone = shot(page)
    assert changed(alone, whole) > 0.005
    row.locator(".act-eye").click(force=True)  # hidden too: nothing is left
    nothing = shot(page)
    row.locator(".act-eye").click(force=True)
    page.idle()
    # Where the system is drawn one of its members answers; in between nobody does.
    ys, xs = (np.abs(alone - nothing).max(axis=2) > 40).nonzero()
    assert len(ys) > 50
    places = [(int(x) + FREE[1].start, int(y) + FREE[0].start) for x, y in zip(xs, ys, strict=True)]
    step = len(places) // 24 + 1
    between = [(x, y) for x in range(380, 1000, 62) for y in range(150, 560, 45)]
    pick = "(all) => all.map(([x, y]) => twin.pick(x, y)?.globalId).filter(Boolean)"
    picks = page.page.evaluate(pick, places[::step])
    assert len(picks) > len(places[::step]) / 2
    assert {*picks, *page.page.evaluate(pick, between)} <= wanted


def test_the_keyboard_hides_and_isolates(page: Visit, town: Town) -> None:
    page.open(town.address(town.centre))
    tree = page.page.locator("[data-focus=tree]")
    tree.focus()
    for key in ("Home", "h"):
        page.page.keyboard.press(key)
    expect(page.page.locator(".tree-row.active")).to_have_class(re.compile("shown-none"))
    page.page.keyboard.press("h")
    assert selection(page, town.centre) is None
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("i")
    expect(page.page.locator(".tree-row.active")).to_have_class(re.compile(r"\bonly\b"))
    expect(page.page.locator(".tree-row").first).to_have_class(re.compile("shown-ghost"))
    page.page.keyboard.press("i")
    assert selection(page, town.centre) is None


def test_a_section_cuts_by_the_interface_and_the_address_restores_it(page: Visit, town: Town, browser: Browser) -> None:
    page.open(town.address(town.centre))
    whole = shot(page)
    press(page, "tool section")
    slider = page.page.locator("[data-focus=section-height]")
    slider.wait_for()
    low, high = (float(slider.get_attribute(name) or "nan") for name in ("min", "max"))
    heights = town.served.model(town.centre)["heights"]
    assert low <= heights[0] < heights[1] <= high
    slider.fill(str(round((low + high) / 2, 1)))
    cut = shot(page)
    assert changed(cut, whole) > 0.01
    press(page, "section flip")
    assert changed(shot(page), cut) > 0.01
    press(page, "section flip")
    press(page, "section upright")
    page.page.locator("[data-focus=section-bearing]").fill("90")
    upright = shot(page)
    assert changed(upright, whole) > 0.01
    assert changed(upright, cut) > 0.01
    press(page, "close-section")
    page.page.locator(".tree-storey").first.locator(".act-only").click(force=True)
    seen = shot(page)
    left = page.page.evaluate("location.search")
    assert "section=v90_0_" in left
    assert "show=" in left
    with visiting(browser, town.served.url) as other:
        other.open("/" + left)
        other.page.locator(".tree-row.only").wait_for()
        again = shot(other)
        assert changed(again, seen) < 0.01, "as in test_page: the address rounds the view"
        assert other.complaints == []
    press(page, "show-all")
    press(page, "tool section")
    press(page, "section off")
    assert changed(shot(page), whole) == 0
    assert "section=" not in page.page.evaluate("location.search")


@pytest.fixture
def face(page: Visit, town: Town) -> NDArray[np.float64]:
    """Look at a wall whose size is known; return the corners of its face to the street, in degrees."""
    model = town.served.model(town.centre)
    columns = town.columns(town.centre)
    row = columns["name"].index(WALL)
    ids, _, corners, owners = triangles(town.served.files[town.centre])
    own = corners[owners == ids.index(columns["global_id"][row])].reshape(-1, 3)
    low, high = own.min(axis=0), own.max(axis=0)
    y = low[1]
    around = np.array([[low[0], y, low[2]], [high[0], y, low[2]], [high[0], y, high[2]], [low[0], y, high[2]]])
    longitude, latitude, _ = on_map(model, around.mean(axis=0)[None])[0]
    bearing = model["georeference"]["true_north_deg"] + 15
    view = f"{longitude:.9f},{latitude:.9f},20.5,60,{bearing}"
    page.open(town.address(town.centre, view=view, show=f"o.r{row}:{town.centre}"))
    return np.array(on_map(model, around))


def click(visit: Visit, place: NDArray[np.float64], points: int) -> None:
    """Click on a place while measuring, and wait until it counts."""
    visit.page.mouse.click(*visit.pixel(*map(float, place)))
    visit.page.wait_for_function(f"() => twin.state().measure.points.length === {points}")


def value(visit: Visit) -> float:
    text = visit.page.locator(".measure-value").inner_text()
    return float(text.split()[0].replace(",", ""))


def test_a_wall_measures_what_it_is(page: Visit, face: NDArray[np.float64]) -> None:
    press(page, "tool length")
    for number, corner in enumerate(face[:2], start=1):
        click(page, corner, number)
    assert value(page) == pytest.approx(LENGTH, abs=0.002)
    page.page.keyboard.press("Enter")
    expect(page.page.locator("[data-focus=measure-again]")).to_be_visible()
    expect(page.page.locator(".measure-label")).to_have_text(page.page.locator(".measure-value").inner_text())
    press(page, "tool height")
    for number, corner in enumerate(face[1:3], start=1):
        click(page, corner, number)
    assert value(page) == pytest.approx(HIGH, abs=0.002)
    press(page, "tool area")
    for number, corner in enumerate(face, start=1):
        click(page, corner, number)
    assert value(page) == pytest.approx(LENGTH * HIGH, abs=0.002 * (LENGTH + HIGH))
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".measure-value")).to_have_text("—")
    page.page.keyboard.press("Escape")
    expect(page.page.locator("#measure")).to_have_count(0)
    expect(page.page.locator(".measure-point")).to_have_count(0)
    expect(page.page.locator(".tree-section")).to_be_visible()


def test_a_click_beside_the_model_says_so_and_selects_nothing(page: Visit, face: NDArray[np.float64]) -> None:
    press(page, "tool length")
    page.page.mouse.click(700, 150)
    expect(page.page.locator("#measure")).to_contain_text("那里没有模型")
    click(page, face[0], 1)
    expect(page.page.locator("#element")).to_be_hidden()


def test_search_finds_by_name_code_pinyin_and_global_id(page: Visit, town: Town) -> None:
    page.open("/")
    project = town.served.model(town.services)["project"]
    columns = town.columns(town.services)
    global_id = columns["global_id"][len(columns["global_id"]) // 2]
    found = page.page.locator("[role=option]")
    for text, matched in ((HOSPITAL_NAME, "名称"), (project, "编号"), ("disanrenmin", "拼音")):
        page.page.evaluate("document.activeElement.blur()")
        page.page.keyboard.press("/")
        page.page.locator("[data-focus=find]").fill(text)
        expect(found.first).to_contain_text(HOSPITAL_NAME)
        expect(found.first).to_contain_text(matched)
        page.page.keyboard.press("Enter")
        page.page.wait_for_function(f"() => twin.state().project === {project!r}")
        page.idle()
        west, south, east, north = town.served.model(town.services)["bounds"]
        view = page.page.evaluate("twin.view()")
        assert abs(view["longitude"] - (west + east) / 2) < 0.003
        assert abs(view["latitude"] - (south + north) / 2) < 0.003
        page.page.keyboard.press("Escape")
    page.page.locator("[data-focus=find]").fill(global_id)
    expect(found.first).to_have_attribute("data-kind", "element")
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#global-id")).to_have_text(global_id)
    expect(page.page.locator(".tree-section")).to_be_visible()


def test_search_says_when_it_finds_nothing_and_closes_with_escape(page: Visit) -> None:
    page.open("/")
    box = page.page.locator("[data-focus=find]")
    box.fill("qqzzxx")
    expect(page.page.locator(".found")).to_contain_text("没有找到“qqzzxx”")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".found")).to_be_hidden()
    expect(page.page.locator("#list")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(box).to_have_value("")
