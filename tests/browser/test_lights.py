"""Lights in the page: their counts, the day that is looked at, why a light burns, elements in their colours."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Response, expect

from sample_data.build import SampleModel
from tests.browser.rays import Sight, walls_in_sight
from tests.browser.served import SIZE, Served, Visit, twin, visiting
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from tests.serving import serving

pytestmark = pytest.mark.browser

FEBRUARY, MARCH = "2026-02-28", "2026-03-31"
LIGHTS = ("green", "yellow", "red", "grey")
LINKS = '[[rule]]\ntask = "T1"\nclass = "IfcWall"\n\n[[rule]]\ntask = "T2"\nclass = "IfcSlab"\n'
DOTS = 24  # projects that have no model


@dataclass(frozen=True)
class City:
    """A served twin with one building, facts of two days, and dots around it."""

    served: Served
    project: str
    model: str
    sight: Sight

    def collection(self, query: str) -> dict[str, Any]:
        """Return project code → its properties, by the API."""
        features = self.served.get(f"/api/projects?{query}")["features"]
        return {feature["id"]: feature["properties"] for feature in features}

    def states(self, query: str) -> bytes:
        with urlopen(f"{self.served.url}/api/models/{quote(self.model)}/states?{query}", timeout=20) as answer:
            found: bytes = answer.read()
        return found

    def colour(self, by: str, day: str) -> NDArray[np.float64]:
        """Return the colour that the wall in sight should have, by the API's bytes and legend, 0 to 255."""
        row = self.served.get(f"/api/projects/{self.project}/elements/{quote(self.sight.global_id)}")["row"]
        index = self.states(f"as_of={day}&by={by}")[row]
        entry = next(e for e in self.served.get(f"/api/legends/{by}")["entries"] if e["index"] == index)
        return np.array([int(entry["colour"][at : at + 2], 16) for at in (1, 3, 5)], float)


@pytest.fixture(scope="module")
def city(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[City]:
    made = tmp_path_factory.mktemp("lights")
    folder, sample = made / "twin", sample_models[0]
    twin("init", "--name", "滨江市重点工程", "--twin", folder)
    model = twin("import", sample.path, "--project", sample.project, "--twin", folder)["models"][0]["model"]
    codes = [sample.project, *(f"D{number:02}" for number in range(DOTS))]
    head = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度\n"
    dots = [f"{code},工程{code},河东区,600,2026-01-01,2026-06-30,建设实施," for code in codes]
    places = [",", *(f"{114.02 + 0.01 * (n % 6):.2f},{22.51 + 0.01 * (n // 6):.2f}" for n in range(DOTS))]
    register = head + "".join(f"{dot}{place}\n" for dot, place in zip(dots, places, strict=True))
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    twin("projects", "load", write(made, "register.csv", register), *load)
    for code in codes[:4]:
        twin("schedule", "load", write(made, "schedule.csv", SCHEDULE), "--project", code, *load)
    links = write(made, "links.toml", LINKS)
    twin("schedule", "link", links, "--project", sample.project, "--twin", folder)
    done = {codes[0]: (33.4, 38), codes[1]: (33.4, 46.5), codes[2]: (10, 50)}
    for at, (day, recorded) in enumerate(((FEBRUARY, "2026-03-04"), (MARCH, "2026-04-04"))):
        rows = "".join(f"{code},{day},{shares[at]},,{recorded}\n" for code, shares in done.items())
        report = write(made, f"report{day}.csv", PROGRESS_HEADER + rows)
        twin("progress", "load", report, "--recorded-at", "填报日期", "--twin", folder)
    tasks = f"项目代码,任务,统计日期,累计完成(%)\n{sample.project},T1,{FEBRUARY},40\n{sample.project},T1,{MARCH},95\n"
    twin("progress", "load", write(made, "tasks.csv", tasks), "--twin", folder)
    with serving(folder) as url:
        served = Served(url, {model: sample.path})
        yield City(served, sample.project, model, next(iter(walls_in_sight(sample.path, served.model(model)))))


@pytest.fixture
def page(browser: Browser, city: City) -> Iterator[Visit]:
    with visiting(browser, city.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def counted(visit: Visit) -> dict[str, int]:
    """Return light → number of projects, as the list tells."""
    found = {light: visit.page.locator(f".light-counts [data-light={light}] b").inner_text() for light in LIGHTS}
    return {light: int(text) for light, text in found.items()}


def by_api(city: City, query: str) -> dict[str, int]:
    lights = Counter(project["light"] for project in city.collection(query).values())
    return {light: lights[light] for light in LIGHTS}


def wall(visit: Visit) -> NDArray[np.float64]:
    """Return the mean colour of the wall in the middle of the map, 0 to 255."""
    visit.page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
    size = visit.page.viewport_size or SIZE
    clip: FloatRect = {"x": size["width"] / 2 - 2, "y": size["height"] / 2 - 2, "width": 5, "height": 5}
    image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot(clip=clip))).convert("RGB")).astype(float)
    found: NDArray[np.float64] = image.reshape(-1, 3).mean(axis=0)
    return found


def alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    """Are two colours the same but for how much light falls on them."""
    return bool(a @ b / np.linalg.norm(a) / np.linalg.norm(b) > 0.995)


def choose_day(visit: Visit, day: str) -> None:
    visit.page.locator("#as-of").fill(day)
    visit.idle()


def test_counts_are_those_of_the_day(page: Visit, city: City) -> None:
    page.open(f"/?as_of={FEBRUARY}")
    assert counted(page) == by_api(city, f"as_of={FEBRUARY}") == {"green": 2, "yellow": 0, "red": 1, "grey": 22}
    assert page.page.locator("#as-of").input_value() == FEBRUARY
    expect(page.page.locator("#shown-day")).to_have_text(f"截至 {FEBRUARY}")
    choose_day(page, MARCH)
    assert counted(page) == by_api(city, f"as_of={MARCH}")
    expect(page.page.locator("#shown-day")).to_have_text(f"截至 {MARCH}")
    assert f"as_of={MARCH}" in page.page.evaluate("location.search")


def test_every_project_is_listed_and_pinned_with_its_light(page: Visit, city: City) -> None:
    """Also those without a model; a light has a colour and a shape, both from the legend."""
    page.open(f"/?as_of={MARCH}")
    lights = {code: project["light"] for code, project in city.collection(f"as_of={MARCH}").items()}
    assert len(lights) == DOTS + 1
    legend = {e["key"]: e for e in city.served.get("/api/legends/light")["entries"]}
    elements = {"circle": "circle", "ring": "circle", "triangle": "path", "square": "path"}
    shapes = {}
    for code, light in lights.items():
        for place in (f".pin[data-project='{code}']", f"[data-focus='project {code}']"):
            mark = page.page.locator(f"{place} .mark-{light}")
            colour, shape, drawing = mark.evaluate(
                "(m) => [getComputedStyle(m).color, m.querySelector('svg > *').tagName, m.innerHTML]"
            )
            wanted = [int(legend[light]["colour"][at : at + 2], 16) for at in (1, 3, 5)]
            assert colour == f"rgb({wanted[0]}, {wanted[1]}, {wanted[2]})"
            assert shape == elements[legend[light]["shape"]]
            shapes[light] = drawing
    assert len(set(shapes.values())) == len(shapes) >= 3


def test_another_day_changes_lights_and_colours_and_fetches_no_tile(page: Visit, city: City) -> None:
    sizes: list[int] = []

    def measure(response: Response) -> None:
        if "/states" in response.url:
            sizes.append(len(response.body()))

    page.page.set_viewport_size({"width": 1000, "height": 600})  # what draws here is the processor
    page.open(f"/?as_of={FEBRUARY}&by=light&view={city.sight.view(20.5)}")
    row = page.page.locator(f"[data-focus='project {city.project}']")
    assert row.get_attribute("data-light") == "green"
    before = wall(page)
    assert alike(before, city.colour("light", FEBRUARY))
    asked = len(page.requests)
    page.page.on("response", measure)
    choose_day(page, MARCH)
    assert row.get_attribute("data-light") == "red"
    after = wall(page)
    assert alike(after, city.colour("light", MARCH))
    assert not alike(before, after)
    for by in ("progress", "deviation", "state"):
        page.page.locator("#by").select_option(by)
        page.idle()
        assert alike(wall(page), city.colour(by, MARCH)), by
        expect(page.page.locator(".legend")).to_have_attribute("data-by", by)
    assert not alike(city.colour("progress", MARCH), city.colour("progress", FEBRUARY))
    assert [path for path in page.requests[asked:] if path.endswith((".glb", "tileset.json"))] == []
    assert sizes == [city.served.model(city.model)["rows"]] * 4, "a byte per element"
    page.page.locator("#by").select_option("")
    page.idle()
    plain = wall(page)
    assert np.ptp(plain) < 60, "materials are calm again"
    expect(page.page.locator(".legend")).to_have_count(0)


def test_the_legend_is_the_servers(page: Visit, city: City) -> None:
    page.open(f"/?as_of={MARCH}&by=deviation&lang=en")
    entries = city.served.get("/api/legends/deviation?lang=en")["entries"]
    titles = page.page.locator(".legend-scale li").evaluate_all("(items) => items.map((i) => i.title)")
    assert titles == [entry["label"] for entry in entries if not entry.get("key")]
    expect(page.page.locator(".legend-names")).to_have_text(entries[0]["label"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_card_says_why(page: Visit, city: City, language: str) -> None:
    page.open(f"/?as_of={MARCH}&lang={language}")
    page.page.locator(f"[data-focus='project {city.project}']").click()
    page.idle()
    facts = city.served.get(f"/api/projects/{city.project}?as_of={MARCH}&lang={language}")
    card = page.page.locator("#project")
    expect(card).to_contain_text(facts["stage_name"])
    expect(card).to_contain_text("600 万元" if language == "zh" else "CNY 6 million")
    expect(card).to_contain_text(f"{facts['progress']:.1%}".replace("%", " %").replace(".0 ", " "))
    decisive = [item for item in facts["evidence"] if item["decisive"]]
    items = card.locator(".evidence li")
    assert items.count() == len(facts["evidence"])
    assert items.evaluate_all("(all) => all.map((i) => i.className)")[: len(decisive)] == ["decisive"] * len(decisive)
    for item in facts["evidence"]:
        told = card.locator(f"[data-rule='{item['rule']}']")
        for text in (item["clause"], item["threshold"], item["source"]):
            expect(told).to_contain_text(text)
        if item["report"]:
            expect(told).to_contain_text(item["report"]["file"])
            expect(told).to_contain_text(str(item["report"]["row"]))
    links = card.locator("a").evaluate_all("(all) => all.map((a) => a.href)")
    assert all(link.startswith(city.served.url) for link in links), "nothing to click that leaves the machine"


def test_what_was_known_then_is_what_is_shown(page: Visit, city: City) -> None:
    query = f"as_of={MARCH}&known_at=2026-03-15T00:00:00Z"
    then = by_api(city, query)
    assert then != by_api(city, f"as_of={MARCH}")
    page.open(f"/?{query}&by=light&view={city.sight.view(20.5)}")
    assert counted(page) == then
    expect(page.page.locator("#list")).to_contain_text("2026-03-15")
    page.page.locator(f"[data-focus='project {city.project}']").click()
    page.idle()
    left = page.page.evaluate("location.search")
    assert "known_at=2026-03-15T00%3A00%3A00Z" in left
    assert "by=light" in left


def test_before_anything_was_known_there_is_nothing_to_list(page: Visit) -> None:
    page.open("/?known_at=2025-01-01T00:00:00Z&by=light&lang=en")
    assert page.page.locator(".projects > li").count() == page.page.locator(".pin").count() == 0
    expect(page.page.locator("#list")).to_contain_text("Only what was recorded by 2025-01-01 00:00:00 UTC")
