"""Administrators add people, say what they may and what the public sees, and read who did what."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people_town import (
    HOSTILE,
    OTHER,
    PHRASE,
    PROJECT,
    PeopleTown,
    fill,
    person,
    press,
    sign_in,
    town_of_people,
)
from tests.browser.served import Visit, visiting
from tests.browser.test_access import violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleTown]:
    with town_of_people(tmp_path_factory.mktemp("administration")) as served:
        yield served


def administer(visit: Visit, tab: str = "people") -> None:
    """Open the panel at a tab."""
    press(visit, "account")
    press(visit, "administration")
    press(visit, f"desk-tab {tab}")


def test_somebody_is_added_given_a_role_and_kept_out(browser: Browser, town: PeopleTown) -> None:
    """A new person with a hostile name: a role, a project, another password, disabled, removed; the server agrees."""
    with town.visited_by(browser, "chief") as visit:
        page = visit.page
        administer(visit)
        expect(page.locator("[data-person=eng]")).to_contain_text(HOSTILE)
        for name, text in (("name", "new.one"), ("display", HOSTILE), ("password", "short")):
            page.locator(f"[data-focus=new-{name}]").fill(text)
        press(visit, "new-add")
        expect(page.locator(".new-person .warning")).to_be_visible()
        visit.complaints.clear()  # the browser notes that the server said no
        page.locator("[data-focus=new-password]").fill(PHRASE)
        press(visit, "new-add")
        page.locator("[data-focus='role new.one']").select_option("viewer")
        press(visit, "person new.one")
        page.locator("[data-focus=grant-project]").select_option(PROJECT)
        page.locator("[data-focus=grant-role]").select_option("manager")
        press(visit, "grant-add")
        expect(page.locator(f"[data-grant='{PROJECT}']")).to_be_visible()
        found = person(town, visit, "new.one")
        assert (found["role"], found["grants"], found["display_name"]) == ("viewer", {PROJECT: "manager"}, HOSTILE)
        page.locator("[data-focus='reset new.one']").fill("nine lamps over a river")
        press(visit, "reset-go new.one")
        expect(page.locator("[data-person='new.one'] [role=status]")).to_have_text("The password is reset.")
        with visiting(browser, town.url) as theirs:
            theirs.open("/?lang=en")
            sign_in(theirs, "new.one", "nine lamps over a river")
            assert theirs.complaints == []
        press(visit, "disable new.one")
        expect(page.locator("[data-person='new.one']")).to_contain_text("disabled")
        with visiting(browser, town.url) as theirs:
            theirs.open("/?lang=en")
            press(theirs, "sign-in")
            fill(theirs, "new.one", "nine lamps over a river")
            expect(theirs.page.locator(".sign-in .warning")).to_be_visible()
        press(visit, "remove new.one")
        press(visit, "remove new.one sure")
        expect(page.locator("[data-person='new.one']")).to_have_count(0)
        assert page.evaluate("window.hacked") is None
        # Nobody takes their own rights away by mistake
        expect(page.locator("[data-focus='role chief']")).to_be_disabled()


def test_what_is_ticked_is_what_the_public_sees(browser: Browser, town: PeopleTown) -> None:
    with town.visited_by(browser, "chief") as visit:
        page = visit.page
        administer(visit, "publications")
        press(visit, f"publish {OTHER}")
        chosen = page.locator(f"[data-publication='{OTHER}'] .chip[aria-pressed=true]")
        expect(chosen).to_have_text(["Light", "Progress"])
        press(visit, f"field {OTHER} funds")
        expect(chosen).to_have_text(["Light", "Progress", "Funds"])
        preview = page.locator("[data-focus=preview]").get_attribute("href") or ""
        with town.visited_by(browser, None) as everybody:
            expect(everybody.page.locator("#list .project")).to_have_count(1)
            expect(everybody.page.locator("#list")).to_contain_text("Second")
        visit.open(preview)
        expect(page.locator("#list .project")).to_have_count(1)
        expect(page.locator(".public-hint")).to_contain_text("Preview")
        assert page.locator("[data-focus=sign-in], [data-focus=account]").count() == 0
        assert "public=1" in page.url
        visit.open("/?lang=en")
        administer(visit, "publications")
        press(visit, f"publish {OTHER}")
        expect(chosen).to_have_count(0)
        with town.visited_by(browser, None) as everybody:
            expect(everybody.page.locator("#list .project")).to_have_count(0)


def test_the_log_tells_who_did_what(browser: Browser, town: PeopleTown) -> None:
    with town.visited_by(browser, "looker", f"/?lang=en&project={PROJECT}"):
        pass
    with town.visited_by(browser, "chief") as visit:
        page = visit.page
        administer(visit, "audit")
        rows = page.locator(".audit tbody tr")
        expect(rows.first).to_contain_text("chief")
        page.locator("[data-focus=audit-who]").fill("looker")
        expect(rows.first).to_contain_text("looker")
        expect(rows.filter(has_text="chief")).to_have_count(0)
        page.locator("[data-focus=audit-project]").select_option(PROJECT)
        expect(rows.filter(has_not_text=PROJECT)).to_have_count(0)
        expect(rows.first).to_contain_text(PROJECT)


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1366), ("en", "dark", 820)])
def test_nothing_keeps_anybody_out(browser: Browser, town: PeopleTown, language: str, theme: str, width: int) -> None:
    with visiting(
        browser, town.url, reduced_motion="reduce", viewport={"width": width, "height": 1180 if width < 900 else 768}
    ) as visit:
        page = visit.page
        page.add_init_script(f"localStorage.setItem('twin.theme', '{theme}')")
        visit.open(f"/?lang={language}")
        sign_in(visit, "chief")
        for tab in ("people", "publications", "keys", "audit"):
            if tab == "people":
                administer(visit)
                press(visit, "person eng")
            else:
                press(visit, f"desk-tab {tab}")
            visit.idle()
            assert violations(visit) == [], tab
            box = page.locator("#desk").bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= width - box["width"]
        page.keyboard.press("Escape")
        expect(page.locator("#desk")).to_have_count(0)
        press(visit, "uploads")
        visit.idle()
        assert violations(visit) == []
        assert visit.complaints == []
