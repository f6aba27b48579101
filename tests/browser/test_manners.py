"""How the page behaves: nothing asked in vain or left on the GPU, states of emptiness and failure, readable by all."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.served import Served, Visit, twin, visiting
from tests.serving import serving

pytestmark = pytest.mark.browser


def probe(name: str) -> str:
    """Return a script that runs in the page: it breaks something, or measures."""
    return (Path(__file__).with_name("probes") / f"{name}.js").read_text("utf-8")


def first_model(served: Served) -> tuple[str, str]:
    model = next(model for model in served.files if served.model(model)["spaces_tileset"])
    return str(served.model(model)["project"]), model


def open_model(visit: Visit, served: Served) -> None:
    _, model = first_model(served)
    visit.open("/")
    visit.page.locator(f'[data-focus="model {model}"]').click()
    visit.idle()


def test_nothing_is_asked_while_nothing_happens(visit: Visit, served: Served) -> None:
    open_model(visit, served)
    asked = len(visit.requests)
    visit.page.wait_for_timeout(2500)
    assert visit.requests[asked:] == []


def test_every_tile_is_asked_for_once(visit: Visit, served: Served) -> None:
    open_model(visit, served)
    tiles = [path for path in visit.requests if path.endswith(".glb")]
    assert tiles
    assert len(tiles) == len(set(tiles))


def test_gpu_objects_are_released(visit: Visit, served: Served) -> None:
    visit.page.add_init_script(probe("gpu_objects"))
    open_model(visit, served)
    switch = visit.page.locator("[data-focus=show_spaces]")
    alive = []
    for _ in range(3):
        switch.check()
        visit.idle()
        shown = visit.page.evaluate("({...window.alive})")
        switch.uncheck()
        visit.idle()
        alive.append(visit.page.evaluate("({...window.alive})"))
        assert shown["Buffer"] > alive[-1]["Buffer"]
    assert alive[0] == alive[1] == alive[2]


def test_every_control_has_a_name_and_the_keyboard_reaches_it(visit: Visit, served: Served) -> None:
    open_model(visit, served)
    page = visit.page
    assert page.evaluate(probe("nameless")) == []
    wanted = {"list", "theme", "language", "back", "fly", "show_spaces", "search", "tree", "not-drawn", "place"}
    met = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(40):
        page.keyboard.press("Tab")
        met.add(page.evaluate("document.activeElement?.dataset?.focus ?? document.activeElement?.className"))
    assert wanted <= met
    assert any("maplibregl-canvas" in str(name) for name in met)
    page.locator("[data-focus=language]").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_tree_works_by_keyboard(visit: Visit, served: Served) -> None:
    open_model(visit, served)
    page = visit.page
    page.locator("[data-focus=tree]").focus()
    for key in ("Home", "ArrowRight", "ArrowDown", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#global-id")).to_be_visible()
    expect(page.locator(".tree-element.selected")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_can_be_read(visit: Visit, served: Served, theme: str, lang: str) -> None:
    project, model = first_model(served)
    element = served.get(f"/api/models/{quote(model)}/elements")["global_id"][0]
    visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
    for address in ("/", f"/?project={project}&model={quote(model)}&element={quote(element)}"):
        visit.open(f"{address}{'&' if '?' in address else '?'}lang={lang}")
        measured = visit.page.evaluate(probe("contrasts"))
        assert len(measured) > 8
        assert [m for m in measured if m[1] < 4.5] == []
        assert [m for m in measured if m[2] < 12] == []


def test_readers_who_asked_for_no_motion_get_none(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, reduced_motion="reduce") as visit:
        open_model(visit, served)
        assert visit.page.evaluate(probe("moving")) == 0


@pytest.fixture
def empty(page_built: None, tmp_path: Path) -> Iterator[str]:
    """A server without a model."""
    twin("init", "--twin", tmp_path / "twin")
    with serving(tmp_path / "twin") as url:
        yield url


def test_an_empty_twin_says_what_to_type(browser: Browser, empty: str) -> None:
    with visiting(browser, empty) as visit:
        visit.open("/")
        expect(visit.page.locator("#list")).to_contain_text("twin import 文件.ifc --project 项目编号")
        visit.page.locator("[data-focus=language]").click()
        expect(visit.page.locator("#list")).to_contain_text("twin import FILE --project CODE")
        assert (visit.complaints, visit.foreign) == ([], [])


def broken_page(browser: Browser, served: Served, script: str, address: str = "/") -> Iterator[Page]:
    with visiting(browser, served.url) as visit:
        visit.page.add_init_script(script)
        visit.page.goto(served.url + address)
        yield visit.page


def test_an_unreachable_server_is_said(browser: Browser, served: Served) -> None:
    for page in broken_page(browser, served, probe("no_server")):
        expect(page.locator("#list [role=alert]")).to_contain_text("连不上服务器")
        expect(page.locator("#list [data-focus=retry]")).to_be_visible()


def test_a_browser_without_webgl_is_told_so(browser: Browser, served: Served) -> None:
    for page in broken_page(browser, served, probe("no_webgl")):
        expect(page.locator("#map [role=alert]")).to_contain_text("WebGL 2")
        expect(page.locator("#list")).to_contain_text("个模型")


def test_a_failing_shader_is_not_swallowed(browser: Browser, served: Served) -> None:
    project, model = first_model(served)
    address = f"/?project={project}&model={quote(model)}"
    for page in broken_page(browser, served, probe("broken_shader"), address):
        expect(page.locator(".notice").first).to_contain_text("三维画面出错")


def test_a_missing_tile_is_told(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url) as visit:
        visit.page.route("**/*.glb", lambda route: route.fulfill(status=404, body="gone"))
        project, model = first_model(served)
        visit.page.goto(f"{served.url}/?project={project}&model={quote(model)}")
        expect(visit.page.locator(".notice").first).to_contain_text("没能载入")


def test_an_address_of_what_is_not_there_is_told(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url) as visit:
        visit.page.goto(f"{served.url}/?project=NOWHERE")
        expect(visit.page.locator(".notice").first).to_contain_text("NOWHERE")
        project, _ = first_model(served)
        visit.page.goto(f"{served.url}/?project={project}&element=0000000000000000000000")
        expect(visit.page.locator("#element [role=alert]")).to_contain_text("0000000000000000000000")
