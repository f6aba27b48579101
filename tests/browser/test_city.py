"""The city at a glance: counts, changes, groups and totals are the server's; days run by, and those to come say so."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.browser.served import Served, Visit, twin, visiting
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from tests.serving import serving

pytestmark = pytest.mark.browser

FEBRUARY, MARCH, MAY = "2026-02-28", "2026-03-31", "2026-05-31"
LIGHTS = ("red", "yellow", "grey", "green")
HEAD = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,项目类型,经度,纬度\n"
DONE = {"C0": (33.4, 38), "C1": (33.4, 46.5), "C2": (10, 50), "C3": (20, 22)}
GEOMETRY = (".glb", "tileset.json", ".b3dm")


@dataclass(frozen=True)
class City:
    """A served twin of projects without models, with facts of two months."""

    served: Served

    def get(self, path: str, query: str = "") -> Any:
        return self.served.get(f"{path}?lang=en&{query}")


def filled(folder: Path, made: Path) -> None:
    """Load five projects of two districts: three have a plan and two reports, one has silence."""
    twin("init", "--name", "河东", "--twin", folder)
    rows = [
        f"C{n},工程{n},{'河东区' if n % 2 else '河西区'},600,2026-01-01,2026-06-30,建设实施,"
        f"{'学校' if n < 2 else '医院'},{114 + n / 50},22.5\n"
        for n in range(6)
    ]
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    twin("projects", "load", write(made, "register.csv", HEAD + "".join(rows)), *load)
    for code in DONE:
        twin("schedule", "load", write(made, "schedule.csv", SCHEDULE), "--project", code, *load)
    for at, (day, recorded) in enumerate(((FEBRUARY, "2026-03-04"), (MARCH, "2026-04-04"))):
        reports = "".join(f"{code},{day},{done[at]},,{recorded}\n" for code, done in DONE.items())
        report = write(made, f"report{day}.csv", PROGRESS_HEADER + reports)
        twin("progress", "load", report, "--recorded-at", "填报日期", "--twin", folder)


@pytest.fixture(scope="module")
def city(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = tmp_path_factory.mktemp("city")
    filled(made / "twin", made)
    with serving(made / "twin") as url:
        yield City(Served(url, {}))


@pytest.fixture
def page(browser: Browser, city: City) -> Iterator[Visit]:
    with visiting(browser, city.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def counts(page: Visit) -> dict[str, int]:
    """Return light → projects, as the panel tells."""
    return {light: int(page.page.locator(f".light-counts [data-light={light}] b").inner_text()) for light in LIGHTS}


def told(row: Locator) -> dict[str, int]:
    """Return light → projects of a district or kind; lights that do not burn are left out."""
    found = row.locator(".part-lights > [data-light]")
    texts = found.evaluate_all("(all) => all.map((e) => [e.dataset.light, e.lastChild.textContent])")
    return {light: int(text) for light, text in texts}


def shown_day(page: Visit) -> str:
    day: str = page.page.locator("#as-of").input_value()
    return day


def test_what_burns_is_told_without_a_click(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}&lang=en")
    overview = city.get("/api/overview", f"as_of={MARCH}")
    assert counts(page) == {light: overview["lights"][light] for light in LIGHTS}
    assert overview["changes"], "the sample must have something to tell"
    moved = {light: overview["lights"][light] - overview["lights_before"][light] for light in LIGHTS}
    deltas = page.page.locator("#changes .delta")
    assert {
        light: int(text.split()[0].replace("↑", "").replace("↓", "-"))
        for light, text in deltas.evaluate_all("(all) => all.map((e) => [e.dataset.light, e.textContent])")
    } == {light: by for light, by in moved.items() if by}
    projects = city.get("/api/projects", f"as_of={MARCH}")["features"]
    listed = page.page.locator(".projects .project").evaluate_all("(all) => all.map((e) => e.dataset.light)")
    assert listed == sorted((p["properties"]["light"] for p in projects), key=LIGHTS.index)
    for found in projects:
        row = page.page.locator(f"[data-focus='project {found['id']}']")
        behind = found["properties"]["deviation"]
        if found["properties"]["light"] != "grey" and behind:
            expect(row.locator(".figure")).to_contain_text(f"{abs(behind) * 100:.1f} pp")
    budget = overview["totals"]["budget"]["CNY"]
    expect(page.page.locator("[data-total=budget]")).to_have_text(f"CNY {budget / 1e6:g} million")
    for part in ("#changes", ".tabs", "#totals", ".light-counts", "#day-bar"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, part


def test_the_changed_projects_unfold(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}&lang=en")
    page.page.locator("#changes summary").click()
    changes = city.get("/api/overview", f"as_of={MARCH}")["changes"]
    rows = page.page.locator("#changes li")
    expect(rows).to_have_count(len(changes))
    for row, change in zip(rows.all(), changes, strict=True):
        expect(row).to_contain_text(change["name"])
        marks = row.locator(".mark").evaluate_all("(all) => all.map((m) => m.className.split('mark-').at(-1))")
        assert marks == [change["from"], change["to"]]
    rows.first.locator("button").click()
    assert page.page.evaluate("window.twin.state().project") == changes[0]["code"]


@pytest.mark.parametrize(("tab", "by"), [("districts", "district"), ("kinds", "kind")])
def test_groups_have_their_lights_and_lead_to_their_projects(page: Visit, city: City, tab: str, by: str) -> None:
    page.open(f"/?as_of={MARCH}&lang=en")
    page.page.locator(f"#tab-{tab}").click()
    parts = city.get("/api/overview", f"as_of={MARCH}")[tab]
    expect(page.page.locator(".part")).to_have_count(len(parts))
    for part in parts:
        row = page.page.locator(f"[data-focus='{by} {part['name']}']")
        assert told(row) == {light: n for light, n in part["lights"].items() if n}
    before = page.page.evaluate("window.twin.view().longitude")
    page.page.locator(".part").first.click()
    page.idle()
    assert page.page.evaluate("window.twin.view().longitude") != before
    projects = city.get("/api/projects", f"as_of={MARCH}")["features"]
    inside = {p["id"] for p in projects if (p["properties"][by] or "") == parts[0]["name"]}
    rows = page.page.locator(".projects .project").evaluate_all("(all) => all.map((e) => e.dataset.focus)")
    assert set(rows) == {f"project {code}" for code in inside}
    page.page.locator("[data-focus=list-all]").click()
    expect(page.page.locator(".projects .project")).to_have_count(len(projects))


def test_the_slider_moves_the_day_and_asks_for_no_geometry(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}")
    slider = page.page.locator("#day-slider")
    expect(page.page.locator(".month")).to_have_count(len(city.get("/api/timeline")["months"]))
    asked = len(page.requests)
    slider.focus()
    for key, day in (("PageDown", FEBRUARY), ("ArrowRight", "2026-03-01"), ("ArrowLeft", FEBRUARY), ("PageUp", MARCH)):
        slider.press(key)
        page.idle()
        assert shown_day(page) == day
        wanted = city.get("/api/projects", f"as_of={day}")["features"]
        assert counts(page) == {light: sum(p["properties"]["light"] == light for p in wanted) for light in LIGHTS}
        pins = page.page.locator(".pin").evaluate_all("(all) => all.map((p) => [p.dataset.project, p.dataset.light])")
        assert dict(pins) == {p["id"]: p["properties"]["light"] for p in wanted}
    page.page.locator(f".month[data-month='{FEBRUARY}']").click()
    page.idle()
    assert shown_day(page) == FEBRUARY
    assert f"as_of={FEBRUARY}" in page.page.evaluate("location.search")
    assert [path for path in page.requests[asked:] if path.endswith(GEOMETRY)] == []


def test_the_strip_is_the_timeline(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}")
    expect(page.page.locator("#day-bar .making")).to_have_count(0, timeout=30000)
    months = city.get("/api/timeline")["months"]
    drawn = page.page.locator(".month").evaluate_all(
        "(all) => all.map((m) => [m.dataset.month, Number(m.dataset.red), m.classList.contains('ahead')])"
    )
    assert drawn == [[m["as_of"], m["red"], m["forecast"]] for m in months]
    assert max(m["red"] for m in months) > 0
    worst = max(months, key=lambda m: m["red"])
    column = page.page.locator(f".month[data-month='{worst['as_of']}']")
    parts = column.locator("span").evaluate_all("(all) => all.map((p) => [p.className, p.getBoundingClientRect().top])")
    assert min(parts, key=lambda part: part[1])[0] == "part-red", "red is on top"


def test_days_run_by_from_the_first_until_the_last(page: Visit, city: City) -> None:
    """Pressed on the last day, they begin again; every month is shown, with the lights of its own day."""
    timeline = city.get("/api/timeline")
    page.open(f"/?as_of={timeline['last']}")
    expect(page.page.locator("#day-bar .making")).to_have_count(0, timeout=30000)
    asked = len(page.requests)
    page.page.evaluate(
        "() => { window.days = []; new MutationObserver(() => {"
        " const d = document.querySelector('#shown-day').textContent;"
        " if (d !== window.days.at(-1)) window.days.push(d); })"
        ".observe(document.querySelector('#list'), { subtree: true, childList: true, characterData: true }); }"
    )
    page.page.locator("[data-focus=play]").click()
    expect(page.page.locator("[data-focus=play]")).to_have_attribute("aria-pressed", "false", timeout=60000)
    page.idle()
    assert shown_day(page) == timeline["last"]
    seen = [day.split()[-1] for day in page.page.evaluate("window.days")]
    run = [m["as_of"] for m in timeline["months"] if m["as_of"] > timeline["first"]]
    began = seen.index(timeline["first"])
    assert seen[began + 1 :] == run, "no month is left out"
    last = city.get("/api/projects", f"as_of={timeline['last']}&forecast=1")["features"]
    assert counts(page) == {light: sum(p["properties"]["light"] == light for p in last) for light in LIGHTS}
    assert [path for path in page.requests[asked:] if path.endswith(GEOMETRY)] == []


def test_space_starts_and_stops(page: Visit) -> None:
    page.open(f"/?as_of={FEBRUARY}")
    slider = page.page.locator("#day-slider")
    slider.press(" ")
    assert page.page.evaluate("window.twin.state().playing") is True
    slider.press(" ")
    assert page.page.evaluate("window.twin.state().playing") is False
    page.idle()


@pytest.mark.parametrize(("language", "word"), [("zh", "预测"), ("en", "Forecast")])
def test_a_day_to_come_is_called_a_forecast(page: Visit, city: City, language: str, word: str) -> None:
    timeline = city.get("/api/timeline")
    assert timeline["last"] > timeline["today"]
    page.open(f"/?as_of={timeline['today']}&lang={language}")
    expect(page.page.locator("#forecast")).to_have_count(0)
    expect(page.page.locator("#forecast-note")).to_have_count(0)
    page.page.locator("#as-of").fill(timeline["last"])
    page.idle()
    expect(page.page.locator("#forecast")).to_have_text(word)
    expect(page.page.locator("#forecast-note")).to_contain_text(word)
    assert word in (page.page.locator("#day-slider").get_attribute("aria-valuetext") or "") or language == "en"
    expect(page.page.locator(".forecast-word")).to_contain_text(word)


def test_months_to_come_are_hatched(page: Visit, city: City) -> None:
    """A month that was is one tone; a month to come is stripes of that tone, and its name says forecast."""
    page.open(f"/?as_of={MARCH}&lang=en")
    expect(page.page.locator("#day-bar .making")).to_have_count(0, timeout=30000)
    page.idle()
    image = np.asarray(Image.open(io.BytesIO(page.page.screenshot())).convert("L")).astype(float)
    timeline = city.get("/api/timeline")
    months, today = timeline["months"], timeline["today"]
    spread: dict[bool, list[float]] = {False: [], True: []}
    for month in months:
        column = page.page.locator(f".month[data-month='{month['as_of']}']")
        assert ("forecast" in str(column.get_attribute("title"))) is month["forecast"]
        parts = column.locator("span").evaluate_all("(all) => all.map((p) => p.getBoundingClientRect().toJSON())")
        tallest = max(parts, key=lambda part: part["height"])
        left, top = round(tallest["x"]) + 2, round(tallest["y"]) + 2
        area = image[top : top + round(tallest["height"]) - 4, left : left + round(tallest["width"]) - 4]
        marked = month["as_of"] == MARCH or month["as_of"][:7] == today[:7]  # the day shown, the line of today
        if not marked and area.size > 20:
            spread[month["forecast"]].append(float(np.ptp(area)))
    assert max(spread[False]) < 12
    assert min(spread[True]) > 25


def test_last_months_day_goes_along(page: Visit) -> None:
    page.open(f"/?as_of={MARCH}")
    compare = page.page.locator("[data-focus=compare]")
    compare.click()
    assert page.page.evaluate("window.twin.state().compare") == FEBRUARY
    page.page.locator("#as-of").fill(MAY)
    page.idle()
    assert page.page.evaluate("window.twin.state().compare") == "2026-04-30"
    compare.click()
    assert page.page.evaluate("window.twin.state().compare") is None


def test_what_was_known_then_can_be_left(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}&known_at=2026-03-15T00:00:00Z")
    then = counts(page)
    page.page.locator("[data-focus=clear-known]").click()
    page.idle()
    assert "known_at" not in page.page.evaluate("location.search")
    now = city.get("/api/overview", f"as_of={MARCH}")["lights"]
    assert counts(page) == {light: now[light] for light in LIGHTS} != then
