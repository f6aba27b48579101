"""Clashes on the page: what is decided is kept, refused with a sentence, and goes to other programs as BCF and back."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.clash_town import DEEP, HOSTILE, LIST, SHALLOW, ClashTown, look, press, town_in
from tests.browser.served import Visit, visiting

pytestmark = pytest.mark.browser


@pytest.fixture
def own_town(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClashTown]:
    """A server whose clashes a test may change."""
    with town_in(tmp_path_factory.mktemp("clashes")) as made:
        yield made


@pytest.fixture
def own_page(browser: Browser, own_town: ClashTown) -> Iterator[Visit]:
    with visiting(browser, own_town.served.url) as opened:
        yield opened
        assert opened.foreign == []


def test_a_decision_is_kept(own_page: Visit, own_town: ClashTown) -> None:
    visit = own_page
    clash = look(visit, own_town, SHALLOW)
    page = visit.page
    assert page.locator("[data-focus='clash-save']").is_disabled()
    page.locator("[data-focus='set-status']").select_option("Approved")
    page.locator("[data-focus='set-assignee']").fill("Li & <i>Co</i>")
    page.locator("[data-focus='set-due']").fill("2026-12-24")
    page.locator("[data-focus='set-comment']").fill(f"Move the pump {HOSTILE}")
    press(visit, "clash-save")
    expect(page.locator(".clash-form .warning")).to_contain_text("Write your name first")
    page.locator("[data-focus='set-author']").fill("Wang")
    press(visit, "clash-save")
    expect(page.locator(".clash-save [role=status]")).to_have_text("Saved.")
    kept = own_town.details(clash["id"])
    assert (kept["status"], kept["assignee"], kept["due_date"]) == ("Approved", "Li & <i>Co</i>", "2026-12-24")
    visit.open(f"{LIST}&clash={clash['id']}")
    assert page.locator("[data-focus='set-status']").input_value() == "Approved"
    assert page.locator("[data-focus='set-assignee']").input_value() == "Li & <i>Co</i>"
    assert page.locator("[data-focus='set-due']").input_value() == "2026-12-24"
    assert page.locator("[data-focus='set-author']").input_value() == "Wang"
    expect(page.locator(".clash-comments")).to_contain_text(f"Move the pump {HOSTILE}")
    history = page.locator(".clash-history")
    expect(history).to_contain_text("Wang")
    expect(history).to_contain_text("New → Approved")
    assert page.evaluate("window.hacked ?? null") is None
    assert page.locator("#clash i, #clash img").count() == 0
    assert visit.complaints == []


def test_a_whole_group_is_decided_at_once(own_page: Visit, own_town: ClashTown) -> None:
    visit = own_page
    look(visit, own_town, ("wall left", "pump between"))
    visit.page.locator("[data-focus='set-status']").select_option("Resolved")
    visit.page.locator("[data-focus='set-author']").fill("Wang")
    visit.page.locator("[data-focus='apply-group']").check()
    press(visit, "clash-save")
    expect(visit.page.locator(".clash-save [role=status]")).to_have_text("Saved.")
    statuses = {frozenset((c["a"]["name"], c["b"]["name"])): c["status"] for c in own_town.clashes("&all=1")}
    assert {tuple(sorted(names)) for names, status in statuses.items() if status == "Resolved"} == {
        ("pump between", "wall left"),
        ("pump between", "wall right"),
    }
    # settled ones leave the list, and are found again by their status
    expect(visit.page.locator("#clash-position")).to_have_text(f"– / {len(DEEP) - 2}")
    visit.page.locator("[data-focus='filter status']").select_option("Resolved")
    expect(visit.page.locator("#clash-position")).to_contain_text("/ 2")
    expect(visit.page.locator(".clash-row").first).to_contain_text("Resolved")


def test_what_the_server_refuses_is_said_beside_the_form(own_page: Visit, own_town: ClashTown) -> None:
    visit = own_page
    clash = look(visit, own_town, SHALLOW)
    visit.page.route(
        "**/api/clashes/*?lang=en",
        lambda route: (
            route.continue_(post_data=json.dumps({"by": "W", "status": "Gone"}))
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    visit.page.locator("[data-focus='set-status']").select_option("Active")
    visit.page.locator("[data-focus='set-author']").fill("Wang")
    press(visit, "clash-save")
    expect(visit.page.locator(".clash-form .warning")).to_contain_text("it must be one of Active")
    assert own_town.details(clash["id"])["status"] == "New"
    assert visit.page.locator("[data-focus='set-status']").input_value() == "Active"  # nothing that was entered is lost


def test_bcf_goes_out_and_comes_back(own_page: Visit, own_town: ClashTown) -> None:
    visit = own_page
    visit.open(LIST)
    visit.page.locator("[data-focus='clash-bcf'] summary").click()
    for version in ("2.1", "3.0"):
        with visit.page.expect_download() as coming:
            press(visit, f"bcf {version}")
        path = coming.value.path()
        assert path.read_bytes()[:2] == b"PK"
    visit.page.locator(".clash-bcf input[type=file]").set_input_files(
        {"name": "back.bcf", "mimeType": "application/octet-stream", "buffer": path.read_bytes()}
    )
    expect(visit.page.locator(".clash-bcf [role=status]")).to_contain_text("topics 4")
    visit.page.locator(".clash-bcf input[type=file]").set_input_files(
        {"name": "no.bcf", "mimeType": "application/octet-stream", "buffer": b"nonsense"}
    )
    expect(visit.page.locator(".clash-bcf .warning")).to_be_visible()


def test_a_clash_that_is_gone_is_said(own_page: Visit) -> None:
    own_page.open(f"{LIST}&clash=7821438b-0000-0000-0000-000000000000")
    expect(own_page.page.locator("#clash .warning")).to_contain_text("There is no clash")
    own_page.page.keyboard.press("j")
    expect(own_page.page.locator("#clash dl")).to_be_visible()
