"""Keep and share: what the panel offers is there, and leads back to the same view; help and the first visit."""

import io
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.served import Served, Visit, visiting

pytestmark = pytest.mark.browser


def opened(visit: Visit, served: Served, language: str = "zh") -> str:
    """Open a project with the share panel; return its code."""
    code = str(served.model(next(iter(served.files)))["project"])
    visit.open(f"/?project={code}&lang={language}&by=light")
    visit.page.locator("[data-focus=share]").click()
    visit.idle()
    return code


def test_everything_offered_is_there(visit: Visit, served: Served) -> None:
    code = opened(visit, served)
    panel = visit.page.locator("#share")
    inputs = panel.locator("input").evaluate_all("all => all.map((one) => one.value)")
    links = panel.locator("a[download]").evaluate_all("all => all.map((one) => one.href)")
    assert len(links) == 4
    assert any(f"/api/scenes/{code}?" in text and "by=light" in text for text in inputs)
    for address in [*inputs, *links]:
        assert address.startswith(served.url + "/")
        with urlopen(address, timeout=60) as answer:
            start = answer.read(4)
        kind = urlsplit(address).path.rpartition(".")[2]
        assert start == {"pdf": b"%PDF", "xlsx": b"PK\x03\x04"}.get(kind, start)


def test_the_address_restores_the_view(browser: Browser, visit: Visit, served: Served) -> None:
    opened(visit, served, "en")
    visit.page.wait_for_timeout(600)  # the address follows the map
    address = visit.page.locator("#share input").first.input_value()
    assert parse_qs(urlsplit(address).query)["as_of"]
    with visiting(browser, served.url) as other:
        other.open(address.removeprefix(served.url))
        first, second = (one.page.evaluate("window.twin.view()") for one in (visit, other))
        assert second == pytest.approx(first, abs=0.01)
        expect(other.page.locator("[data-focus=share]")).to_have_attribute("aria-label", "Share")


def test_the_picture_is_that_of_the_map(visit: Visit, served: Served) -> None:
    opened(visit, served)
    with visit.page.expect_download() as waiting:
        visit.page.locator("[data-focus=save-picture]").click()
    name = waiting.value.suggested_filename
    day = visit.page.evaluate("fetch('/api/projects').then((r) => r.json()).then((all) => all.as_of)")
    assert name.endswith(f"-{day}.png")
    image = np.asarray(Image.open(io.BytesIO(waiting.value.path().read_bytes())).convert("RGB"))
    assert min(image.shape[:2]) > 500
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 50


def test_copying_is_told_and_escape_closes(visit: Visit, served: Served) -> None:
    opened(visit, served, "en")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.locator("[data-focus=copy-tiles]").click()
    expect(visit.page.locator("#share [role=status]", has_text="Copied")).to_have_count(1)
    assert visit.page.evaluate("navigator.clipboard.readText()").startswith(served.url + "/3dtiles/")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#share")).to_have_count(0)
    expect(visit.page.locator("[data-focus=share]")).to_be_focused()


@pytest.mark.parametrize(("language", "title"), [("zh", "帮助"), ("en", "Help")])
def test_help_is_in_the_readers_language(visit: Visit, language: str, title: str) -> None:
    visit.open(f"/?lang={language}")
    with visit.page.context.expect_page() as waiting:
        visit.page.locator("[data-focus=help]").click()
    page = waiting.value
    expect(page.locator("h1")).to_have_text(title)
    page.locator("main li a").first.click()
    expect(page.locator("main h2").first).to_be_visible()
    assert page.locator("img").first.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100


def test_the_first_visit_is_shown_once(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url, tour=True) as visit:
        visit.open("/?lang=en")
        expect(visit.page.locator(".tour-card")).to_have_count(0)
        visit.open("/")
        steps: list[str] = []
        while visit.page.locator(".tour-card").count() and len(steps) < 9:
            steps.append(visit.page.locator(".tour-card h2").inner_text())
            visit.page.keyboard.press("Enter")  # the button that leads on has the focus
            visit.page.wait_for_timeout(200)
        assert len(set(steps)) == len(steps) == 4
        visit.open("/")
        expect(visit.page.locator(".tour-card")).to_have_count(0)
        visit.open("/?tour=1")
        expect(visit.page.locator(".tour-card")).to_have_count(1)
        visit.page.keyboard.press("Escape")
        expect(visit.page.locator(".tour-card")).to_have_count(0)
        expect(visit.page.locator("#list")).to_be_visible()
        assert (visit.complaints, visit.foreign) == ([], [])
