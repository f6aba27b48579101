"""The sample city as a decision-maker uses it: what is told and drawn is the server's, in every colouring."""

import io
import re
from typing import Any
from urllib.parse import quote, urljoin
from urllib.request import urlopen

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, expect
from pypdf import PdfReader

from tests.browser.rays import walls_in_sight
from tests.browser.served import Served, Visit, visiting

pytestmark = pytest.mark.browser

LIGHTS = ("red", "yellow", "grey", "green")
COLOURINGS = ("light", "progress", "deviation", "funds", "labour", "machinery", "concrete", "steel", "land")
SCHOOL = "BJ-002"  # a building with an answer in every colouring
Pixels = NDArray[np.float64]


def changed_month(demo: Served) -> dict[str, Any]:
    """Return the overview of the latest past month's end on which lights had changed."""
    for month in reversed(demo.get("/api/timeline")["months"]):
        if not month["forecast"]:
            overview: dict[str, Any] = demo.get(f"/api/overview?as_of={month['as_of']}&lang=en")
            if overview["changes"]:
                return overview
    raise AssertionError("no light of the sample city ever changes")


def told(lights: Locator) -> dict[str, int]:
    """Return light → the number beside its mark."""
    return {
        str(one.get_attribute("data-light")): int(
            re.sub(r"\D", "", str(one.evaluate("(e) => e.lastChild.textContent")))
        )
        for one in lights.all()
    }


def burning(lights: dict[str, int]) -> dict[str, int]:
    return {light: number for light, number in lights.items() if number}


def amounts(text: str) -> list[float]:
    """Return the numbers of an English pair such as `CNY 14.7 / 15 billion`, in ones."""
    scale = next((k for word, k in (("billion", 1e9), ("million", 1e6), ("thousand", 1e3)) if word in text), 1.0)
    return [float(number.replace(",", "")) * scale for number in re.findall(r"\d[\d,.]*", text)]


def test_one_glance_tells_lights_groups_totals_and_changes(sample_city: Visit, demo: Served) -> None:
    overview = changed_month(demo)
    page = sample_city.page
    sample_city.open(f"/?as_of={overview['as_of']}&lang=en")
    shown = {light: int(page.locator(f".light-counts [data-light={light}] b").inner_text()) for light in LIGHTS}
    assert shown == {light: overview["lights"][light] for light in LIGHTS}
    assert page.locator(".pin").count() > 10
    for name in ("funds", "labour"):
        total = overview["totals"][name]
        figures = amounts(page.locator(f"[data-total={name}]").inner_text())
        assert figures == pytest.approx([total["used"], total["planned"]], rel=0.005), name
    budget = amounts(page.locator("[data-total=budget]").inner_text())
    assert budget == pytest.approx([overview["totals"]["budget"]["CNY"]], rel=0.005)
    page.locator("#changes summary").click()
    rows = page.locator("#changes li")
    expect(rows).to_have_count(len(overview["changes"]))
    for row, change in zip(rows.all(), overview["changes"], strict=True):
        expect(row).to_contain_text(change["name"])
        marks = row.locator(".mark").evaluate_all("(all) => all.map((m) => m.className.split('mark-').at(-1))")
        assert marks == [change["from"], change["to"]]
    for tab, by in (("districts", "district"), ("kinds", "kind")):
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(".part")).to_have_count(len(overview[tab]))
        for part in overview[tab]:
            row = page.locator(f"[data-focus='{by} {part['name']}']")
            expect(row).to_contain_text(part["name"] or "without")
            assert told(row.locator(".part-lights > [data-light]")) == burning(part["lights"]), part["name"]


def seen(visit: Visit) -> Pixels:
    """Return what the map's canvas shows, (height, width, 3), with nothing over it."""
    visit.page.mouse.move(683, 30)
    visit.idle()
    floating = ".pin, .panel, .tooltip, .map-controls, .notices"
    show = "([all, how]) => document.querySelectorAll(all).forEach((e) => { e.style.visibility = how; })"
    visit.page.evaluate(show, [floating, "hidden"])
    shot = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")
    visit.page.evaluate(show, [floating, ""])
    return np.asarray(shot).astype(float)


def rgb(colour: str) -> Pixels:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], float)


def hued(area: Pixels, colour: Pixels) -> float:
    """Return which share of pixels has a colour's hue, whatever the light on it."""
    pixels = area.reshape(-1, 3)
    lengths = np.maximum(np.linalg.norm(pixels, axis=1, keepdims=True), 1)
    return float((np.linalg.norm(pixels / lengths - colour / np.linalg.norm(colour), axis=1) < 0.09).mean())


def legend_shown(visit: Visit, by: str) -> list[tuple[str, str]]:
    """Choose a colouring; return its legend as the page draws it: colours and words."""
    visit.page.locator("#by").select_option(by)
    visit.idle()
    expect(visit.page.locator(".legend")).to_have_attribute("data-by", by)
    read = """(items) => items.map((item) => {
        const swatch = item.querySelector('.swatch');
        const drawn = getComputedStyle(swatch ?? item.querySelector('.mark'));
        return [swatch ? drawn.backgroundColor : drawn.color, item.title || item.textContent.trim()];
    })"""
    found: list[list[str]] = visit.page.locator(".legend li").evaluate_all(read)
    return [(colour, word) for colour, word in found]


def look_at(visit: Visit, view: str) -> None:
    """Put the camera where an address would, in a small window: what draws here is the processor."""
    visit.page.set_viewport_size({"width": 1000, "height": 600})
    keys = ("longitude", "latitude", "zoom", "pitch", "bearing")
    visit.page.evaluate("(view) => twin.go(view)", dict(zip(keys, map(float, view.split(",")), strict=True)))
    visit.page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
    visit.idle()


def middle(visit: Visit) -> Pixels:
    """Return the five by five pixels in the middle of the map, where the camera looks."""
    size = visit.page.viewport_size
    assert size is not None
    clip: FloatRect = {"x": size["width"] / 2 - 2, "y": size["height"] / 2 - 2, "width": 5, "height": 5}
    shot = Image.open(io.BytesIO(visit.page.screenshot(clip=clip))).convert("RGB")
    return np.asarray(shot).astype(float)


def test_each_colouring_has_one_legend_and_colours_columns_and_elements(sample_city: Visit, demo: Served) -> None:
    """Nine colourings: the legend is the server's, a column and a wall have its colour, each its own."""
    day = demo.get("/api/projects")["today"]
    project = next(f for f in demo.get(f"/api/projects?as_of={day}")["features"] if f["id"] == SCHOOL)
    model = project["properties"]["models"][0]
    sight = next(walls_in_sight(demo.files[model], demo.model(model)))
    x, y = project["geometry"]["coordinates"]
    sample_city.open(f"/?as_of={day}&lang=en&city=columns&view={x},{y},12.5,60,0")
    legends, wrong = {}, []
    base = sample_city.pixel(x, y, 0)
    for by in COLOURINGS:
        legend = demo.get(f"/api/legends/{by}?lang=en")["entries"]
        legends[by] = legend_shown(sample_city, by)
        wanted = sorted((f"rgb({', '.join(str(int(v)) for v in rgb(e['colour']))})", e["label"]) for e in legend)
        assert sorted(legends[by]) == wanted, by
        colour = rgb(next(e["colour"] for e in legend if e["index"] == project["properties"]["index"][by]))
        image = seen(sample_city)
        area = image[round(base[1]) - 20 : round(base[1]) - 2, round(base[0]) - 4 : round(base[0]) + 4]
        if hued(area, colour) < 0.5:
            wrong.append((by, "column", area.reshape(-1, 3).mean(axis=0), colour))
    look_at(sample_city, sight.view(20.5))
    row = demo.get(f"/api/projects/{SCHOOL}/elements/{quote(sight.global_id)}")["row"]
    tones = {}
    for by in COLOURINGS:
        assert legend_shown(sample_city, by) == legends[by], "the same legend in 2D and 3D"
        states = demo_states(demo, model, f"as_of={day}&by={by}")
        entry = next(e for e in demo.get(f"/api/legends/{by}")["entries"] if e["index"] == states[row])
        image = middle(sample_city)
        tones[by] = image.reshape(-1, 3).mean(axis=0)
        if hued(image, rgb(entry["colour"])) < 0.9:
            wrong.append((by, "wall", tones[by], rgb(entry["colour"])))
    assert wrong == []
    assert len({tuple(np.round(tone / 8)) for tone in tones.values()}) >= 4, "colourings differ"


def demo_states(demo: Served, model: str, query: str) -> bytes:
    with urlopen(f"{demo.url}/api/models/{quote(model)}/states?{query}", timeout=20) as answer:
        found: bytes = answer.read()
    return found


def test_search_finds_by_name_code_address_pinyin_and_global_id(sample_city: Visit, demo: Served) -> None:
    features = {f["id"]: f["properties"] for f in demo.get("/api/projects")["features"]}
    hospital = features["BJ-003"]
    by_address = next(p for p in features.values() if p["address"] and "科创大道" in p["address"])
    model = features[SCHOOL]["models"][0]
    global_id = demo.get(f"/api/models/{quote(model)}/elements")["global_id"][7]
    page = sample_city.page
    sample_city.open("/?lang=en")
    box, first = page.locator("[data-focus=find]"), page.locator("[role=option]").first
    asked = (
        (hospital["name"], hospital),
        ("BJ-003", hospital),
        ("disanrenminyiyuan", hospital),
        ("rmyy", hospital),
        (by_address["address"], by_address),
        (by_address["code"], by_address),
    )
    for text, project in asked:
        page.keyboard.press("Escape")
        box.fill(text)
        expect(first).to_contain_text(project["name"])
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => twin.state().project === {project['code']!r}")
        expect(page.locator("#project h2")).to_contain_text(project["name"])
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        box.fill("")
    box.fill(global_id)
    expect(first).to_have_attribute("data-kind", "element")
    page.keyboard.press("Enter")
    expect(page.locator("#global-id")).to_have_text(global_id)
    sample_city.idle()


def downloaded(visit: Visit, focus: str) -> bytes:
    with visit.page.expect_download() as waiting:
        visit.page.locator(f"[data-focus='{focus}']").click()
    return waiting.value.path().read_bytes()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheets_and_overviews_are_of_what_is_shown(sample_city: Visit, demo: Served, language: str) -> None:
    """PDF and XLSX, taken by a click: the names, lights and figures of the day."""
    overview = changed_month(demo)
    day = overview["as_of"]
    features = {f["id"]: f["properties"] for f in demo.get(f"/api/projects?as_of={day}&lang={language}")["features"]}
    legend = {e.get("key"): e["label"] for e in demo.get(f"/api/legends/light?lang={language}")["entries"]}
    sample_city.open(f"/?project={SCHOOL}&as_of={day}&lang={language}")
    sample_city.page.locator("[data-focus=share]").click()
    school = features[SCHOOL]
    sheet, city = (
        "".join(
            page.extract_text() for page in PdfReader(io.BytesIO(downloaded(sample_city, f"report {what}.pdf"))).pages
        )
        for what in (SCHOOL, "city")
    )
    assert school["name"] in sheet
    assert legend[school["light"]] in sheet
    assert f"{school['progress'] * 100:.1f}" in sheet
    assert day in sheet or str(int(day[8:])) in sheet
    for properties in features.values():
        assert properties["name"][:8] in re.sub(r"\s", "", city), properties["name"]
    for district in overview["districts"]:
        assert district["name"] in city
    book = openpyxl.load_workbook(io.BytesIO(downloaded(sample_city, "report city.xlsx")))
    rows = max((list(sheet.iter_rows(values_only=True)) for sheet in book), key=len)
    written = {code: row for row in rows for code in features if code in row}
    assert set(written) == set(features)
    for code, row in written.items():
        assert features[code]["name"] in row
        assert legend[features[code]["light"]] in row, code
    book = openpyxl.load_workbook(io.BytesIO(downloaded(sample_city, f"report {SCHOOL}.xlsx")))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert school["name"] in cells
    assert any(legend[school["light"]] in cell for cell in cells)


def test_scene_and_tiles_are_for_other_programs(sample_city: Visit, demo: Served) -> None:
    """The copied addresses hold a deck.gl scene of the project and a 3D Tiles tileset whose contents are glb."""
    model = demo.get(f"/api/projects/{SCHOOL}")["models"][0]["model"]
    sample_city.open(f"/?project={SCHOOL}&model={quote(model)}&by=progress&lang=en")
    page = sample_city.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-focus=share]").click()
    taken = {}
    for what in ("scene", "tiles"):
        page.locator(f"[data-focus=copy-{what}]").click()
        expect(page.locator("#share [role=status]", has_text="Copied").first).to_be_visible()
        taken[what] = page.evaluate("navigator.clipboard.readText()")
    scene = demo.get(taken["scene"].removeprefix(demo.url))
    assert scene["layers"]
    assert "progress" in str(taken["scene"])
    assert model in str(scene["layers"]) or quote(model) in str(scene["layers"])
    tileset = demo.get(taken["tiles"].removeprefix(demo.url))
    assert tileset["asset"]["version"].startswith("1.")
    tiles, address, kind = [tileset["root"]], taken["tiles"], ""
    while tiles and not kind:
        tile = tiles.pop(0)
        tiles += tile.get("children", [])
        if content := tile.get("content"):
            with urlopen(urljoin(address, content["uri"]), timeout=20) as answer:
                kind = answer.read(4).decode()
    assert kind == "glTF"


def test_an_address_restores_the_city_and_its_comparison(sample_city: Visit, browser: Browser, demo: Served) -> None:
    """Colouring, columns, two days, the divider, the camera: the same pixels in another window."""
    day = demo.get("/api/projects")["today"]
    sample_city.open(f"/?lang=en&as_of={day}&view=114.06,22.55,12.3,50,20")
    page = sample_city.page
    page.locator("#by").select_option("funds")
    page.locator("[data-focus='city-as columns']").click()
    page.locator("[data-focus=compare]").click()
    divider = page.get_by_role("separator")
    for _ in range(5):
        divider.press("ArrowRight")
    page.locator("[data-focus='project BJ-007']").scroll_into_view_if_needed()
    sample_city.idle()
    page.wait_for_timeout(600)  # the address follows the map
    left = page.evaluate("location.search")
    image = seen(sample_city)
    with visiting(browser, demo.url) as other:
        other.open("/" + left)
        again = seen(other)
        expect(other.page.locator(".legend")).to_have_attribute("data-by", "funds")
        assert other.complaints == []
    assert (np.abs(image - again).max(axis=2) > 12).mean() < 0.005
