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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious(visit: Visit, served: Served, theme: str, language: str) -> None:
    visit.page.emulate_media(reduced_motion="reduce")  # half-faded panels have half the contrast
    visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
    found = {}
    for name, address in places(served).items():
        visit.open(f"{address}&lang={language}")
        found[name] = violations(visit)
    visit.page.locator("[data-focus=share]").click()
    visit.idle()
    found["share"] = violations(visit)
    visit.page.goto(f"{visit.url}/help/{language}/lights.html")
    found["help"] = violations(visit)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


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


def test_the_keyboard_leads_from_the_city_to_an_element(visit: Visit, served: Served) -> None:
    visit.open("/?lang=en")
    state = "window.twin.state()"
    visit.page.evaluate("document.querySelector('.skip').focus()")
    tab_to(visit, "project ")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate(f"{state}.project")
    visit.idle()
    tab_to(visit, "enter")
    visit.page.keyboard.press("Enter")
    visit.idle()
    assert visit.page.evaluate(f"{state}.model")
    tab_to(visit, "tree")
    for key in ("Home", "ArrowRight", "ArrowDown", "Enter", "ArrowDown", "Enter"):
        visit.page.keyboard.press(key)
    assert visit.page.evaluate(f"{state}.element")
    visit.page.locator(".day-bar input[type=date]").focus()
    for key in ("0", "1", "0", "1", "2", "0", "2", "6", "Tab"):
        visit.page.keyboard.press(key)
    expect(visit.page.locator(".day-bar input[type=date]")).not_to_have_value("")
    assert visit.page.evaluate(f"{state}.asOf")
