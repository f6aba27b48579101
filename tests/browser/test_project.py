"""A project's panel and an element on the day: every sentence, figure and bar is the server's; names are text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Locator, expect

from sample_data.build import SampleModel
from tests.browser.rays import Sight, walls_in_sight
from tests.browser.served import Served, Visit, twin, visiting
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from tests.serving import serving

pytestmark = pytest.mark.browser

FEBRUARY, MARCH = "2026-02-28", "2026-03-31"
LINKS = '[[rule]]\ntask = "T1"\nclass = "IfcWall"\n\n[[rule]]\ntask = "T2"\nclass = "IfcSlab"\n'
HOSTILE = "<script>alert(1)</script>\"'&amp;\u202egnip\u200f" + "长" * 160
USES = "项目代码,统计日期,资源,单位,计划累计,实际累计,总量\n"


@dataclass(frozen=True)
class Site:
    """A served twin: one building behind its plan, one project with a hostile name."""

    served: Served
    project: str
    model: str
    sight: Sight

    def facts(self, query: str, code: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.served.get(f"/api/projects/{quote(code or self.project)}?forecast=1&{query}")
        return found


@pytest.fixture(scope="module")
def site(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[Site]:
    made = tmp_path_factory.mktemp("project")
    folder, sample = made / "twin", sample_models[0]
    twin("init", "--name", "滨江市重点工程", "--twin", folder)
    model = twin("import", sample.path, "--project", sample.project, "--twin", folder)["models"][0]["model"]
    codes = [sample.project, "X1"]
    head = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度\n"
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    register = head + f"{codes[0]},综合楼,河东区,600,2026-01-01,2026-06-30,建设实施,,\n"
    register += f"{codes[1]},{quoted},{quoted},600,2026-01-01,2026-06-30,建设实施,114.05,22.53\n"
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    twin("projects", "load", write(made, "register.csv", register), *load)
    for code in codes:
        twin("schedule", "load", write(made, "schedule.csv", SCHEDULE), "--project", code, *load)
    twin("schedule", "link", write(made, "links.toml", LINKS), "--project", sample.project, "--twin", folder)
    for at, (day, recorded) in enumerate(((FEBRUARY, "2026-03-04"), (MARCH, "2026-04-04"))):
        rows = "".join(
            f"{code},{day},{share[at]},,{recorded}\n" for code, share in zip(codes, ((33.4, 38), (10, 50)), strict=True)
        )
        report = write(made, f"report{day}.csv", PROGRESS_HEADER + rows)
        twin("progress", "load", report, "--recorded-at", "填报日期", "--twin", folder)
    tasks = f"项目代码,任务,统计日期,累计完成(%)\n{sample.project},T1,{FEBRUARY},40\n{sample.project},T1,{MARCH},95\n"
    tasks += f"{sample.project},T2,{MARCH},1\n"
    twin("progress", "load", write(made, "tasks.csv", tasks), "--twin", folder)
    with serving(folder) as url:
        served = Served(url, {model: sample.path})
        yield Site(served, sample.project, model, next(iter(walls_in_sight(sample.path, served.model(model)))))


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Visit]:
    with visiting(browser, site.served.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []


def percent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def inked(canvas: Locator) -> int:
    """Return how many pixels of a canvas are drawn on."""
    count: int = canvas.evaluate(
        "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".filter((v, i) => i % 4 === 3 && v > 0).length"
    )
    return count


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_reason_is_the_servers(page: Visit, site: Site, language: str) -> None:
    facts = site.facts(f"as_of={MARCH}&lang={language}")
    page.open(f"/?project={site.project}&as_of={MARCH}&lang={language}")
    reason = page.page.locator("#reason")
    expect(reason).to_have_attribute("data-light", facts["light"])
    first = next(item for item in facts["evidence"] if item["decisive"] and item["value"] is not None)
    apart = abs(facts["progress"] - facts["planned_progress"]) * 100
    legend = site.served.get(f"/api/legends/light?lang={language}")["entries"]
    name = next(entry["label"] for entry in legend if entry.get("key") == facts["light"])
    told = [first["clause"], first["threshold"], first["source"], name, percent(facts["progress"])]
    told += [percent(facts["planned_progress"]), f"{apart:.1f}".removesuffix(".0"), first["report"]["file"]]
    for text in (*told, first["report"]["recorded_at"][:10]):
        expect(reason).to_contain_text(text)
    links = page.page.locator("#project a")
    addresses = links.evaluate_all("(all) => all.map((a) => [a.href, a.hasAttribute('download')])")
    assert [download for _, download in addresses] == [True, True]
    for address, form in zip((address for address, _ in addresses), ("pdf", "xlsx"), strict=True):
        assert address.startswith(f"{site.served.url}/api/reports/projects/{quote(site.project)}.{form}?")
        assert f"as_of={MARCH}" in address
        assert f"lang={language}" in address


def test_the_curve_is_drawn_and_its_table_is_the_servers(page: Visit, site: Site) -> None:
    page.open(f"/?project={site.project}&as_of={MARCH}&lang=en")
    curve = site.facts(f"as_of={MARCH}")["curve"]
    picture = page.page.locator("#project .curve")
    canvas = picture.locator("canvas")
    canvas.wait_for()
    assert inked(canvas) > 1000
    assert MARCH in str(picture.get_attribute("aria-label"))
    rows = page.page.locator(".curve-table tbody tr").evaluate_all(
        "(rows) => rows.map((r) => [r.querySelector('th').textContent,"
        " ...[...r.querySelectorAll('td')].map((d) => d.dataset.value)])"
    )
    kept = [
        name for name in ("planned", "earned", "actual_cost", "forecast") if any(v is not None for v in curve[name])
    ]
    assert [row[0] for row in rows] == curve["days"]
    for at, name in enumerate(kept):
        assert [float(row[1 + at]) if row[1 + at] else None for row in rows] == pytest.approx(curve[name])
    box = picture.bounding_box()
    assert box is not None
    picture.scroll_into_view_if_needed()
    picture.hover(position={"x": box["width"] - 40, "y": box["height"] / 2})
    pointed = page.page.locator(".curve-at").get_attribute("data-at")
    assert pointed in curve["days"]
    value = curve["planned"][curve["days"].index(pointed)]
    expect(page.page.locator(".curve-key [data-series=planned]")).to_contain_text(
        f"CNY {value / 1e6:.2f}".rstrip("0").rstrip(".")
    )
    page.page.locator("[data-focus=close-project]").click()
    expect(page.page.locator(".uplot")).to_have_count(0)


def test_tasks_behind_are_those_of_a_recount(page: Visit, site: Site) -> None:
    page.open(f"/?project={site.project}&as_of={MARCH}&lang=en")
    columns = site.served.get(f"/api/projects/{site.project}/tasks?as_of={MARCH}")
    parents = set(columns["parent"])
    behind = {}
    for at, task in enumerate(columns["id"]):
        done, planned = columns["completion"][at], columns["planned"][at]
        if columns["kind"][at] == "summary" or task in parents or done is None or planned is None:
            continue
        if planned - done > 1e-6:
            behind[task] = (planned - done) * (columns["weight"][at] or 0)
    assert behind, "the sample has a task that is behind"
    page.page.locator("#project .tasks > li").first.wait_for()
    shown = page.page.locator("#project .tasks > li").evaluate_all("(all) => all.map((li) => li.dataset.task)")
    assert set(shown) == set(behind)
    assert [behind[task] for task in shown] == sorted(behind.values(), reverse=True)


def test_a_day_to_come_is_called_a_forecast(page: Visit, site: Site) -> None:
    today = site.served.get("/api/projects")["today"]
    later = (date.fromisoformat(today) + timedelta(days=40)).isoformat()
    facts = site.facts(f"as_of={later}&lang=en", "X1")
    page.open(f"/?project=X1&as_of={later}&lang=en")
    told = page.page.locator("#project .foretold")
    expect(told).to_contain_text("forecast")
    for note in facts["notes"]:
        expect(told).to_contain_text(note)
    for item in facts["evidence"]:
        expect(page.page.locator("#project .evidence")).to_contain_text(item["clause"])
    page.open(f"/?project=X1&as_of={MARCH}&lang=en")
    expect(told).to_have_count(0)


def test_an_element_follows_the_day(page: Visit, site: Site) -> None:
    told: list[str] = []
    page.open(f"/?project={site.project}&element={quote(site.sight.global_id)}&as_of={FEBRUARY}&lang=en")
    for day in (FEBRUARY, MARCH):
        page.page.locator("#as-of").fill(day)
        page.idle()
        address = f"/api/projects/{site.project}/elements/{quote(site.sight.global_id)}?as_of={day}&lang=en"
        facts = site.served.get(address)
        panel = page.page.locator("#element-day")
        expect(panel).to_contain_text(day)
        expect(panel.locator("#condition")).to_have_text(facts["condition"]["label"])
        expect(panel).to_contain_text(percent(facts["completion"]))
        assert panel.locator(".tasks > li").count() == len(facts["tasks"]) > 0
        days = page.page.locator("#history > li").evaluate_all("(all) => all.map((li) => li.dataset.day)")
        assert days == [item["fact_date"] for item in reversed(facts["history"])]
        expect(page.page.locator("#element #reason")).to_have_attribute(
            "data-light", site.facts(f"as_of={day}")["light"]
        )
        told.append(panel.inner_text())
    assert told[0] != told[1]


def test_a_coloured_element_says_what_its_colour_means(page: Visit, site: Site) -> None:
    page.open(f"/?as_of={MARCH}&by=state&lang=en&view={site.sight.view(20.5)}")
    facts = site.served.get(
        f"/api/projects/{site.project}/elements/{quote(site.sight.global_id)}?as_of={MARCH}&lang=en"
    )
    page.page.mouse.move(680, 380)
    page.page.mouse.move(683, 384)
    expect(page.page.locator(".tooltip")).to_contain_text(facts["condition"]["label"])
    expect(page.page.locator(".tooltip .tip-said")).to_contain_text("state of work")


def test_hostile_names_are_text(page: Visit, site: Site) -> None:
    page.open(f"/?project=X1&as_of={MARCH}")
    expect(page.page.locator("#project h2")).to_contain_text("<script>alert(1)</script>\"'&amp;")
    expect(page.page.locator("#project h2")).to_contain_text("长" * 160)
    assert page.page.locator("#project script, #list script").count() == 0
    assert page.page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('#project .scroll'))"
    )
    label = str(page.page.locator("#project .curve").get_attribute("aria-label"))
    assert "<script>" in label


@pytest.mark.parametrize("code", ["tooltip", "element"])
def test_hostile_names_elsewhere_are_text(page: Visit, site: Site, code: str) -> None:
    """The tooltip over a column, the element whose names a stranger wrote (told by the server, changed on the way)."""
    if code == "tooltip":
        page.open(f"/?as_of={MARCH}&city=columns&view=114.05,22.53,16,0,0")
        x, y = page.pixel(114.05, 22.53, 0)
        page.page.mouse.move(x - 4, y - 4)
        page.page.mouse.move(x, y)
        shown = page.page.locator(".tooltip")
    else:

        def change(route: Any) -> None:
            answer = route.fetch()
            facts = answer.json()
            facts["name"] = facts["storey"]["name"] = facts["tasks"][0]["name"] = HOSTILE
            facts["systems"] = [HOSTILE]
            route.fulfill(response=answer, json=facts)

        page.page.route("**/elements/*", change)
        page.open(f"/?project={site.project}&element={quote(site.sight.global_id)}&as_of={MARCH}")
        shown = page.page.locator("#element")
        for place in ("h2", ".tasks", "#systems"):
            expect(shown.locator(place)).to_contain_text("<script>alert(1)</script>")
    expect(shown).to_contain_text("<script>alert(1)</script>\"'&amp;")
    assert shown.locator("script").count() == 0


def test_an_element_says_why(page: Visit, site: Site) -> None:
    """The light of its project with rule, clause and citation, figures against the plan, the report and its date."""
    page.open(f"/?project={site.project}&element={quote(site.sight.global_id)}&as_of={MARCH}&lang=en&by=light")
    facts = site.facts(f"as_of={MARCH}&lang=en")
    reason = page.page.locator("#element #reason")
    first = next(item for item in facts["evidence"] if item["decisive"] and item["value"] is not None)
    told = [first["clause"], first["threshold"], first["source"], first["report"]["file"]]
    told += [first["report"]["recorded_at"][:10], percent(facts["progress"]), percent(facts["planned_progress"])]
    for text in told:
        expect(reason).to_contain_text(text)
    task = site.served.get(
        f"/api/projects/{site.project}/elements/{quote(site.sight.global_id)}?as_of={MARCH}&lang=en"
    )["tasks"][0]
    expect(page.page.locator("#element-day .tasks")).to_contain_text(task["name"])
    expect(page.page.locator("#element-day .tasks")).to_contain_text(percent(task["completion"]))


def test_hostile_names_are_text_in_lists_search_and_two_days(page: Visit, site: Site) -> None:
    """In the list, over the map, in districts, among what is found, in the share panel, beside the divider."""
    dialogs: list[str] = []

    def noted(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.page.on("dialog", noted)
    page.open(f"/?as_of={MARCH}&compare={FEBRUARY}&lang=en&view=114.05,22.53,13,0,0")
    start = HOSTILE[:25]
    names = page.page.locator("[data-focus='project X1'] .row-text > b, .pin[data-project='X1'] .pin-name")
    assert names.count() >= 2
    for name in names.all():
        assert str(name.text_content()).startswith(start)
    page.page.locator("#tab-districts").click()
    expect(page.page.locator(".parts")).to_contain_text(start)
    page.page.locator("[data-focus=find]").fill("<script>")
    expect(page.page.locator("[role=option]").first).to_contain_text(start)
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#project h2")).to_contain_text(start)
    page.page.locator("[data-focus=share]").click()
    page.idle()
    assert page.page.locator(".panel script, .pin script, .swipe script, .tooltip script").count() == 0
    assert dialogs == []
