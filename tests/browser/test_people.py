"""People sign in and out; everybody sees what they may, and nothing that does not work for them."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.people_town import (
    HOSTILE,
    OTHER,
    PHRASE,
    PROJECT,
    PeopleTown,
    address_of,
    fill,
    press,
    sign_in,
    town_of_people,
    until,
)
from tests.browser.served import Visit, visiting
from tests.browser.test_access import violations

pytestmark = pytest.mark.browser

# What is only for those who signed in, or who may change something
RIGHTS = ("uploads", "account", "clashes", "project-clashes", "set-status", "bcf-load")
LOOKS = [("zh", "light"), ("en", "dark")]


@pytest.fixture(scope="module")
def town(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleTown]:
    with town_of_people(tmp_path_factory.mktemp("people")) as served:
        yield served


def visible(visit: Visit, *names: str) -> set[str]:
    """Return which of these controls are there."""
    return {name for name in names if visit.page.locator(f"[data-focus='{name}']").locator("visible=true").count()}


def refused(visit: Visit) -> None:
    """Forget that the browser noted an answer which says no."""
    noted = [one for one in visit.complaints if "Failed to load resource" not in one]
    assert noted == []
    visit.complaints.clear()


def test_somebody_signs_in_and_out(browser: Browser, town: PeopleTown) -> None:
    """The public sees nothing; a wrong password is said; then the city comes without a reload, and goes again."""
    with town.visited_by(browser, None) as visit:
        page = visit.page
        expect(page.locator("#list h3")).to_have_text("Nothing is published yet")
        assert visible(visit, "sign-in", "empty-sign-in", *RIGHTS) == {"sign-in", "empty-sign-in"}
        press(visit, "empty-sign-in")
        fill(visit, "looker", "not the password at all")
        expect(page.locator(".sign-in .warning")).to_contain_text("wrong")
        expect(page.locator("[data-focus=sign-in-password]")).to_be_focused()
        refused(visit)
        page.evaluate("window.same = true")
        fill(visit, "looker", PHRASE)
        expect(page.locator("#list .project")).to_have_count(2)
        visit.idle()
        assert page.evaluate("window.same") is True
        assert visible(visit, "sign-in", *RIGHTS) == {"account", "clashes"}
        press(visit, "account")
        expect(page.locator("#account")).to_contain_text("Viewer")
        press(visit, "sign-out")
        until(visit, "window.same === undefined && Boolean(window.twin)")
        expect(page.locator("#list .project")).to_have_count(0)
        expect(page.locator("[data-focus=sign-in]")).to_be_visible()


def test_the_public_sees_what_is_published_and_nothing_dead(browser: Browser, town: PeopleTown) -> None:
    """One project with its light and progress: a hint, no funds, no clashes, no elements, no complaint."""
    town.publish(PROJECT)
    try:
        with town.visited_by(browser, None) as visit:
            page = visit.page
            expect(page.locator("#list .project")).to_have_count(1)
            expect(page.locator(".public-hint")).to_contain_text("sign in")
            expect(page.locator("#totals [data-total=funds], #totals [data-total=budget]")).to_have_count(0)
            visit.open(address_of(PROJECT))
            expect(page.locator("#project")).to_be_visible()
            assert visible(visit, *RIGHTS) == set()
            press(visit, "enter-model")
            visit.idle()
            expect(page.locator(".ledger-states")).to_be_visible()
            expect(page.locator(".tree-section")).to_have_count(0)
            visit.open(address_of(PROJECT, clashes="1"))
            expect(page.locator("#list")).to_contain_text("not published")
            visit.open(address_of(PROJECT, element="0box000000000000000001"))
            expect(page.locator("#element .warning")).to_contain_text("sign in")
            assert not [path for path in visit.requests if path.startswith(("/api/uploads", "/api/jobs"))]
    finally:
        town.unpublish(PROJECT)


def test_what_needs_somebody_asks_and_goes_on(browser: Browser, town: PeopleTown) -> None:
    """A session that ends while a clash is decided: the page asks, and the decision is kept under the name."""
    with town.visited_by(browser, "eng", address_of(PROJECT, clashes="1")) as visit:
        page = visit.page
        page.locator(".clash-row").first.click()
        visit.idle()
        expect(page.locator("[data-focus=set-author]")).to_have_count(0)
        page.context.clear_cookies()
        page.locator("[data-focus=set-comment]").fill("Move the pump")
        press(visit, "clash-save")
        expect(page.locator(".sign-in")).to_contain_text("goes on")
        refused(visit)
        fill(visit, "eng", PHRASE)
        expect(page.locator(".clash-comments")).to_contain_text("Move the pump")
        expect(page.locator(".clash-comments")).to_contain_text(HOSTILE)
        assert page.evaluate("window.hacked") is None


def test_the_keyboard_signs_in_and_the_focus_stays_inside(browser: Browser, town: PeopleTown) -> None:
    with town.visited_by(browser, None) as visit:
        page = visit.page
        page.locator("[data-focus=sign-in]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-focus=sign-in-name]")).to_be_focused()
        for _ in range(12):
            page.keyboard.press("Tab")
            inside = "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
            assert page.evaluate(inside)
        page.keyboard.press("Escape")
        expect(page.locator(".sign-in")).to_have_count(0)
        expect(page.locator("[data-focus=sign-in]")).to_be_focused()
        expect(page.locator("#list")).to_be_visible()  # Escape closed the dialog alone
        page.keyboard.press("Enter")
        expect(page.locator("[data-focus=sign-in-name]")).to_be_focused()
        page.keyboard.type("looker")
        page.keyboard.press("Tab")
        page.keyboard.type(PHRASE)
        page.keyboard.press("Enter")
        expect(page.locator("[data-focus=account]")).to_be_visible()
        page.locator("[data-focus=account]").press("Enter")
        expect(page.locator("[data-focus=close-account]")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("[data-focus=account]")).to_be_focused()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_nothing_keeps_anybody_out(browser: Browser, town: PeopleTown, language: str, theme: str) -> None:
    """axe-core finds nothing serious in the dialog, the empty view and the account."""
    with visiting(browser, town.url, reduced_motion="reduce") as visit:
        visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
        visit.open(f"/?lang={language}")
        assert violations(visit) == []
        press(visit, "sign-in")
        assert violations(visit) == []
        visit.page.keyboard.press("Escape")
        sign_in(visit, "chief")
        press(visit, "account")
        visit.page.locator("#account [data-focus=password]").click()
        visit.page.locator("#account [data-focus=keys]").click()
        visit.page.locator("[data-focus=key-name]").wait_for()
        assert violations(visit) == []
        assert visit.complaints == []


def test_a_password_is_changed_and_a_key_is_shown_once(browser: Browser, town: PeopleTown) -> None:
    new = "five boats on a quiet lake"
    with town.visited_by(browser, "boss") as visit:
        page = visit.page
        press(visit, "account")
        expect(page.locator("#account")).to_contain_text(PROJECT)
        for before, after in ((PHRASE, new), (new, PHRASE)):
            if not page.locator("[data-focus=password-old]").is_visible():
                press(visit, "password")
            for name, text in (("old", before), ("new", after), ("again", after)):
                page.locator(f"[data-focus=password-{name}]").fill(text)
            press(visit, "password-save")
            expect(page.locator("#account [role=status]").first).to_have_text("The password is changed.")
        press(visit, "keys")
        page.locator("[data-focus=key-name]").fill(HOSTILE)
        press(visit, "key-make")
        key = page.get_by_label("Key", exact=True)
        expect(key).to_be_visible()
        asked = (
            f"fetch('/api/projects', {{credentials: 'omit', headers: {{Authorization: 'Bearer {key.input_value()}'}}}})"
        )
        assert page.evaluate(f"{asked}.then((answer) => answer.json())")["features"]
        row = page.locator("[data-token]")
        expect(row).to_contain_text(HOSTILE)
        row.locator("[data-focus^=revoke]").click()
        row.locator("[data-focus$=sure]").click()
        expect(row).to_have_count(0)
        assert page.evaluate(f"{asked}.then((answer) => answer.status)") == 401
        refused(visit)
        assert page.evaluate("window.hacked") is None


def test_too_many_attempts_say_how_long_to_wait(browser: Browser, town: PeopleTown) -> None:
    def slow_down(route: Route) -> None:
        problem = {"type": "about:blank", "title": "TooMany", "status": 429, "detail": "no"}
        headers = {"Retry-After": "37", "Content-Type": "application/problem+json"}
        route.fulfill(status=429, headers=headers, body=json.dumps(problem))

    with town.visited_by(browser, None) as visit:
        visit.page.route("**/api/session*", slow_down)
        press(visit, "sign-in")
        fill(visit, "looker", PHRASE)
        expect(visit.page.locator(".sign-in .warning")).to_contain_text("37 s")
        refused(visit)


def test_roles_have_what_they_need(browser: Browser, town: PeopleTown) -> None:
    """An engineer of one project sees that one, uploads and decides; nobody but an administrator administers."""
    with town.visited_by(browser, "eng", address_of(PROJECT)) as visit:
        expect(visit.page.locator("#list .project")).to_have_count(1)
        expect(visit.page.locator("#list")).not_to_contain_text(OTHER)
        assert visible(visit, "sign-in", *RIGHTS) == {"uploads", "account", "clashes", "project-clashes"}
        press(visit, "account")
        assert visible(visit, "administration", "sign-out") == {"sign-out"}
    with town.visited_by(browser, "boss") as visit:
        press(visit, "account")
        press(visit, "administration")
        expect(visit.page.locator(f"[data-publication='{PROJECT}']")).to_be_visible()
        expect(visit.page.locator("[data-publication]")).to_have_count(1)
        assert visible(visit, "desk-tab people", "desk-tab audit") == set()


def test_where_nobody_signs_in_nothing_changes(visit: Visit) -> None:
    visit.open("/?lang=en")
    assert visible(visit, "sign-in", "account") == set()
    expect(visit.page.locator("#list")).not_to_contain_text("sign in")
    expect(visit.page.locator("[data-focus=uploads]")).to_be_visible()
