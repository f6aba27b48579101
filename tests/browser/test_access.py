"""Readable and usable by all: axe-core finds nothing serious, the keyboard reaches everything, no page is too wide."""

from functools import cache
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.served import Served, Visit, visiting
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# [rule, first element, what is wrong] of every violation that keeps somebody out
RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html.slice(0, 160), node.failureSummary.slice(0, 300)])))"""
# The panels and controls that stick out on the left or right
OUTSIDE = """() => [...document.querySelectorAll(".panel, .top-bar button")].filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
  .map((one) => one.className)"""
SIZES = [(1366, 768), (1920, 1080), (3840, 2160), (820, 1180)]
# language, theme and size of the run of all views; a 4K wall once
LOOKS = [
    (language, theme, size)
    for size in ((1366, 768), (1920, 1080), (820, 1180))
    for language in ("zh", "en")
    for theme in ("light", "dark")
] + [("zh", "dark", (3840, 2160))]


def named(part: str | tuple[int, int]) -> str:
    return part if isinstance(part, str) else "{}x{}".format(*part)


@cache
def axe() -> str:
    """Return the script of axe-core, which is there where the page was built."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in web/frontend.")
    return AXE.read_text("utf-8")


def violations(visit: Visit) -> list[list[str]]:
    visit.page.evaluate(axe())
    found: list[list[str]] = visit.page.evaluate(RUN)
    return found


def places(served: Served) -> dict[str, str]:
    """Return what is looked at: name → address."""
    model = next(iter(served.files))
    code = served.model(model)["project"]
    element = served.get(f"/api/models/{quote(model)}/elements")["global_id"][0]
    project = f"/?project={quote(code)}"
    return {
        "city": "/?",
        "project": project,
        "model": f"{project}&model={quote(model)}",
        "element": f"{project}&element={quote(element)}",
    }


def every_view(visit: Visit, served: Served, language: str) -> dict[str, list[list[str]]]:
    """Return the serious violations of each view: panels, two days, search, share, section, tour, help."""
    found = {}
    for name, address in places(served).items():
        visit.open(f"{address}&lang={language}")
        found[name] = violations(visit)
    page = visit.page
    visit.open(f"{places(served)['model']}&lang={language}&by=state")
    page.locator("[data-focus='tool section']").click()
    visit.idle()
    found["section"] = violations(visit)
    visit.open(f"/?lang={language}&by=progress&city=columns&compare=2026-01-31")
    found["compare"] = violations(visit)
    page.locator("[data-focus=find]").fill("0")
    page.locator("[role=option]").first.wait_for()
    found["search"] = violations(visit)
    page.keyboard.press("Escape")
    page.locator("[data-focus=share]").click()
    visit.idle()
    found["share"] = violations(visit)
    visit.open(f"/?lang={language}&tour=1")
    page.locator(".tour-card").wait_for()
    found["tour"] = violations(visit)
    for part in ("index", "lights"):
        page.goto(f"{visit.url}/help/{language}/{part}.html")
        found[f"help {part}"] = violations(visit)
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize(("language", "theme", "size"), LOOKS, ids=named)
def test_axe_finds_nothing_serious(
    browser: Browser, served: Served, language: str, theme: str, size: tuple[int, int]
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    # half-faded panels have half the contrast
    with visiting(browser, served.url, reduced_motion="reduce", locale="en-US", viewport=viewport) as visit:
        visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
        assert every_view(visit, served, language) == {}
        assert (visit.foreign, visit.complaints) == ([], [])


def test_the_first_visit_has_nothing_serious(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, tour=True, reduced_motion="reduce") as visit:
        visit.open("/")
        expect(visit.page.locator(".tour-card")).to_be_visible()
        assert violations(visit) == []


@pytest.mark.parametrize("size", SIZES, ids="x".join(["{0[0]}", "{0[1]}"]).format)
def test_pages_do_not_scroll_sideways(browser: Browser, served: Served, size: tuple[int, int]) -> None:
    with visiting(browser, served.url, viewport={"width": size[0], "height": size[1]}) as visit:
        for name, address in places(served).items():
            visit.open(address)
            wide = "[document.documentElement, document.body].map((one) => one.scrollWidth - innerWidth)"
            assert max(visit.page.evaluate(wide)) <= 0, name
            outside = visit.page.evaluate(OUTSIDE)
            assert outside == [], name


def tab_to(visit: Visit, focus: str, most: int = 120) -> None:
    """Press Tab until the control that begins so has the focus."""
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        if (visit.page.evaluate("document.activeElement?.dataset?.focus ?? ''") or "").startswith(focus):
            return
    pytest.fail(f"the keyboard does not reach {focus}")


def test_the_keyboard_alone_leads_through_the_page(visit: Visit, served: Served) -> None:
    """Colouring, day, play, a project, its model's tree, an element, and back: no mouse, no focus by script."""
    model = next(model for model in served.files if served.model(model)["spaces_tileset"])
    code = served.model(model)["project"]
    page, state = visit.page, "window.twin.state()"
    visit.open("/?lang=en")
    tab_to(visit, "as-of")
    before = page.locator("#as-of").input_value()
    for key in ("0", "1", "3", "1", "2", "0", "2", "6"):
        page.keyboard.press(key)
    tab_to(visit, "by")
    assert page.evaluate(f"{state}.asOf") == "2026-01-31" != before
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{state}.by") == "light"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{state}.by") == "progress"
    expect(page.locator(".legend")).to_have_attribute("data-by", "progress")
    tab_to(visit, "city-as columns")
    page.keyboard.press("Space")
    assert page.evaluate(f"{state}.cityAs") == "columns"
    if page.locator("[data-focus=play]").is_enabled():
        tab_to(visit, "play")
        page.keyboard.press("Enter")
        assert page.evaluate(f"{state}.playing") is True
        page.keyboard.press("Enter")
        assert page.evaluate(f"{state}.playing") is False
    tab_to(visit, f"project {code}")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{state}.project") == code
    visit.idle()
    tab_to(visit, "enter")
    page.keyboard.press("Enter")
    visit.idle()
    assert page.evaluate(f"{state}.model")
    tab_to(visit, "tree")
    page.keyboard.press("Home")
    page.keyboard.press("h")
    assert page.evaluate(f"{state}.shows.size") == 1
    page.keyboard.press("h")
    for key in ("ArrowRight", "ArrowDown", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#global-id")).to_be_visible()
    for panel in ("#element", ".tree-section", "#project"):
        expect(page.locator(panel)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(panel)).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()
