"""Clashes on the page: stepped through, seen in colour among ghosts, decided, filtered, and told on the city map.

The boxes of `clash_town.py` overlap by figures that are known beforehand; where they are seen follows from where they
stand.
"""

import io
import json
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from tests.browser.clash_town import (
    BOXES,
    DEEP,
    HOSTILE,
    LIST,
    OTHER,
    PROJECT,
    SHALLOW,
    ClashTown,
    look,
    press,
    town_in,
)
from tests.browser.served import Visit, visiting
from tests.browser.test_access import violations

pytestmark = pytest.mark.browser

Pixels = NDArray[np.int64]
FREE = (slice(130, 560), slice(380, 1000))  # of a 1366 × 768 screen: no panel stands there
MIDDLE = (683.0, 360.0)
HIGH_ONE = ("wall high", "pump high")


@pytest.fixture(scope="module")
def town(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClashTown]:
    """A server whose clashes tests may only look at."""
    with town_in(tmp_path_factory.mktemp("clashes")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, town: ClashTown) -> Iterator[Visit]:
    with visiting(browser, town.served.url) as opened:
        yield opened
        assert (opened.foreign, opened.complaints) == ([], [])


def shot(visit: Visit) -> Pixels:
    """Return the pixels of the free part of the map, nothing over it that belongs to the page."""
    visit.page.mouse.move(683, 30)
    visit.idle()
    hide = "document.querySelectorAll('.pin, .tooltip, .measure-overlay').forEach((e) => { e.style.opacity = 0; })"
    visit.page.evaluate(hide)
    image = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(np.int64)
    return image[FREE]


def shares(pixels: Pixels) -> tuple[float, float]:
    """Return the share of pixels in the blue of the first and in the orange of the second element."""
    red, green, blue = (pixels[..., channel] for channel in range(3))
    return float(((blue - red > 90) & (blue - green > 25)).mean()), float(
        ((red - blue > 90) & (red - green > 40)).mean()
    )


def position(visit: Visit) -> str:
    return visit.page.locator("#clash-position").text_content() or ""


def shown(visit: Visit) -> set[str]:
    """Return the names of the two elements in the panel."""
    return {text.strip() for text in visit.page.locator(".clash-side b").all_text_contents()}


def test_a_project_leads_to_its_clashes(page: Visit, town: ClashTown) -> None:
    page.open(f"/?lang=en&project={PROJECT}")
    way = page.page.locator("[data-focus='project-clashes']")
    expect(way).to_contain_text(f"Clashes: {len(DEEP)}")
    high = sum(c["severity"] == "high" for c in town.clashes())
    expect(way.locator("[data-severity='high'] b")).to_have_text(str(high))
    way.click()
    expect(page.page.locator("#list h2")).to_have_text("Clashes")
    expect(page.page.locator("#list")).to_contain_text("untestable 0")
    assert "clashes=1" in page.page.evaluate("location.search")


def test_groups_open_and_one_steps_through_all_of_them(page: Visit, town: ClashTown) -> None:
    page.open(LIST)
    expect(page.page.locator(".clash-row")).to_have_count(4)  # the pump between two walls is one thing to talk about
    group = page.page.locator(".clash-row[aria-expanded]")
    expect(group).to_have_attribute("aria-expanded", "false")
    assert position(page) == f"– / {len(DEEP)}"
    seen: list[set[str]] = []
    for number in range(1, len(DEEP) + 1):
        if number % 2:
            page.page.keyboard.press("j")
        else:
            press(page, "clash-next")
        expect(page.page.locator("#clash-position")).to_have_text(f"{number} / {len(DEEP)}")
        expect(page.page.locator(".clash-row.selected")).to_have_count(1)
        expect(page.page.locator(".clash-side b").first).to_be_visible()
        page.idle()
        seen.append(shown(page))
    assert sorted(map(sorted, seen)) == sorted(map(sorted, DEEP))
    assert page.page.locator("[data-focus='clash-next']").is_disabled()
    page.page.keyboard.press("k")
    expect(page.page.locator("#clash-position")).to_have_text(f"{len(DEEP) - 1} / {len(DEEP)}")
    page.idle()
    assert shown(page) == seen[-2]


def test_arrows_and_enter_go_along_the_list(page: Visit) -> None:
    page.open(LIST)
    tree = page.page.locator(".clash-rows [role=tree]")
    tree.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    expect(page.page.locator(".clash-row.selected")).to_have_count(1)
    chosen = page.page.evaluate("twin.state().clash")
    assert page.page.locator(".clash-row.selected").get_attribute("data-clash") == chosen


@pytest.mark.parametrize("names", [SHALLOW, HIGH_ONE], ids=["on the ground", "high up"])
def test_the_camera_frames_both_in_colour_and_ghosts_the_rest(
    page: Visit, town: ClashTown, names: tuple[str, str]
) -> None:
    clash = look(page, town, names)
    longitude, latitude, height = town.details(clash["id"])["point"]
    ground = town.served.model(clash["a"]["model"])["ground_height"]
    for _ in range(10):  # on a busy machine the flight may begin after the page first came to rest
        at = page.pixel(longitude, latitude, height - ground)
        if (away := np.hypot(at[0] - MIDDLE[0], at[1] - MIDDLE[1])) < 60:
            break
        page.page.wait_for_timeout(500)
        page.page.evaluate("twin.idle()")
    assert away < 60
    coloured = shot(page)
    blue, orange = shares(coloured)
    assert blue > 0.02
    assert orange > 0.02
    centre = shares(coloured[115:345, 200:410])
    assert min(centre) > 0.05
    # a click goes through ghosts: only the two answer
    found = {
        page.page.evaluate("([x, y]) => twin.pick(x, y)?.globalId ?? null", [x, y])
        for x in range(390, 1000, 30)
        for y in range(140, 560, 30)
    }
    assert found - {None} == {clash["a"]["global_id"], clash["b"]["global_id"]}
    page.page.keyboard.press("Escape")
    page.idle()
    plain = shot(page)
    assert max(shares(plain)) < 0.002
    assert page.page.locator(".clash-box").count() == 0


def test_what_hides_behind_the_other_is_seen(page: Visit, town: ClashTown) -> None:
    clash = look(page, town, SHALLOW)
    view = page.page.evaluate("twin.view()")
    for bearing in (90, -90):  # along x: one box stands behind the other
        page.page.evaluate("(view) => twin.go(view)", {**view, "bearing": bearing, "pitch": 70})
        blue, orange = shares(shot(page))
        assert min(blue, orange) > 0.01, bearing
    assert clash["type"] == "hard"


def test_the_readers_own_choice_of_what_is_shown_stays(page: Visit, town: ClashTown) -> None:
    look(page, town, SHALLOW)
    assert page.page.evaluate("twin.state().shows.size") == 0
    assert "show=" not in page.page.evaluate("location.search")


def test_depth_volume_and_method_are_told(page: Visit, town: ClashTown) -> None:
    for names, deep in DEEP.items():
        look(page, town, names)
        facts = page.page.locator("#clash dl")
        expect(facts.locator("[data-fact=clash_depth]")).to_have_text(f"{deep * 1000:.0f} mm")
        expect(facts.locator("[data-fact=clash_volume]")).to_have_text(f"{deep * 2 * 3:.10g} m³")
        expect(facts.locator("[data-fact=clash_method]")).to_have_text("exact solids")
        assert shown(page) == set(names)
        expect(page.page.locator("#clash .warning")).to_have_count(0)


def test_what_is_not_exact_is_warned_of(page: Visit, town: ClashTown) -> None:
    clash = town.clash(*SHALLOW)

    def probed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer,
            body=json.dumps(
                {
                    **answer.json(),
                    "method": "surface_only",
                    "depth": 0.0,
                    "volume": 0.0,
                    "distance": 0.25,
                    "type": "clearance",
                }
            ),
        )

    page.page.route(f"**/api/clashes/{clash['id']}?*", probed)
    look(page, town, SHALLOW)
    expect(page.page.locator("[data-fact=clash_method]")).to_have_text("surfaces only")
    expect(page.page.locator("#clash .warning")).to_contain_text("not computed exactly")
    expect(page.page.locator("[data-fact=clash_distance]")).to_have_text("250 mm")
    expect(page.page.locator("[data-fact=clash_depth]")).to_have_count(0)


def test_filters_choose_what_is_listed(page: Visit, town: ClashTown) -> None:
    page.open(LIST)
    total = f"– / {len(DEEP)}"
    choose = page.page.locator("[data-focus='filter severity']")
    for severity in ("high", "medium", "low"):
        choose.select_option(severity)
        count = sum(c["severity"] == severity for c in town.clashes())
        expect(page.page.locator("#clash-position")).to_have_text(f"– / {count}")
        assert f"cf=severity%3A{severity}" in page.page.evaluate("location.search")
    expect(page.page.locator("#list")).to_contain_text("No clash fits the filter.")
    press(page, "filter-clear")
    expect(page.page.locator("#clash-position")).to_have_text(total)
    page.open(f"{LIST}&cf=type:duplicate")
    expect(page.page.locator("#clash-position")).to_have_text("– / 0")
    assert page.page.locator("[data-focus='filter type']").input_value() == "duplicate"


def test_an_address_brings_the_clash_back(page: Visit, town: ClashTown) -> None:
    clash = look(page, town, HIGH_ONE)
    before = page.page.evaluate("twin.view()")
    address = page.page.evaluate("location.search")
    page.open(f"/{address}")
    assert shown(page) == set(HIGH_ONE)
    after = page.page.evaluate("twin.view()")
    assert all(abs(before[key] - after[key]) < 0.06 for key in before)
    assert page.page.evaluate("twin.state().clash") == clash["id"]
    assert min(shares(shot(page))) > 0.02


def test_elements_and_clashes_lead_to_each_other(page: Visit, town: ClashTown) -> None:
    clash = look(page, town, ("wall left", "pump between"))
    side = "a" if clash["a"]["name"] == "pump between" else "b"
    press(page, f"clash-{side}")
    expect(page.page.locator("#element h2")).to_have_text("pump between")
    others = page.page.locator(".clash-of-element .row")
    expect(others).to_have_count(2)
    others.filter(has_text="wall right").click()
    expect(page.page.locator("#clash")).to_be_visible()
    page.idle()
    assert shown(page) == {"wall right", "pump between"}
    page.page.keyboard.press("Escape")
    expect(page.page.locator("#project")).to_be_visible()


def test_an_element_without_clashes_says_nothing_of_them(page: Visit, town: ClashTown) -> None:
    number = list(BOXES).index("wall alone") + 1
    page.open(f"/?lang=en&project={PROJECT}&element=0box{number:018d}")
    expect(page.page.locator("#element h2")).to_have_text("wall alone")
    expect(page.page.locator(".clash-of-element")).to_have_count(0)


def test_the_city_map_tells_where_clashes_are_open_and_how_bad(page: Visit, town: ClashTown) -> None:
    page.open("/?lang=en")
    expect(page.page.locator(".clash-badge")).to_have_count(0)
    press(page, "clashes")
    page.idle()
    summaries = {one["code"]: one for one in town.served.get("/api/clashes")["projects"]}
    assert set(summaries) == {PROJECT, OTHER}
    for code, summary in summaries.items():
        badge = page.page.locator(f".clash-badge[data-project='{code}']")
        expect(badge).to_have_text(str(summary["open"]))
        worst = next(one for one in ("high", "medium", "low") if summary["severities"][one])
        expect(badge).to_have_attribute("data-severity", worst)
        expect(badge.locator(f".mark-severity-{worst} svg")).to_be_visible()
        expect(page.page.locator(f"[data-focus='clashes {code}']")).to_contain_text(str(summary["open"]))
    page.page.locator(f".clash-badge[data-project='{PROJECT}']").click()
    page.idle()
    assert page.page.evaluate("twin.state().project") == PROJECT
    assert position(page) == f"– / {len(DEEP)}"
    expect(page.page.locator(".clash-badge")).to_have_count(0)
    assert page.page.evaluate("twin.models().length") > 0  # the camera came near


def test_hostile_names_are_text(page: Visit, town: ClashTown) -> None:
    for language in ("zh", "en"):
        look(page, town, (f"wall {HOSTILE}", "pump deep"))
        page.open(f"/?lang={language}&project={PROJECT}&clashes=1&clash={page.page.evaluate('twin.state().clash')}")
        assert f"wall {HOSTILE}" in shown(page)
        expect(page.page.locator(".clash-row.selected")).to_contain_text(HOSTILE)
        assert page.page.locator("#clash img, #list img").count() == 0
    page.open("/?lang=en&clashes=1")
    expect(page.page.locator(".clash-projects")).to_contain_text("<img src=x")
    assert page.page.evaluate("window.hacked ?? null") is None


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_serious_keeps_anybody_out(browser: Browser, town: ClashTown, language: str, theme: str) -> None:
    clash = town.clash("wall left", "pump between")
    with visiting(browser, town.served.url, reduced_motion="reduce", locale="en-US") as visit:
        visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
        visit.open(f"/?lang={language}&clashes=1")
        assert violations(visit) == []
        visit.open(f"/?lang={language}&project={PROJECT}&clashes=1&clash={clash['id']}&cf=severity:high")
        expect(visit.page.locator(".clash-form")).to_be_visible()
        visit.page.locator("[data-focus='clash-bcf'] summary").click()
        assert violations(visit) == []
        assert (visit.foreign, visit.complaints) == ([], [])
