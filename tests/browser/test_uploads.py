"""Models are sent in the browser: in parts that survive a lost server, examined, looked at, published, taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from sample_data.build import SampleModel
from tests.browser.people_town import OTHER, PHRASE, PROJECT, PeopleTown, fill, press, town_of_people, until
from tests.browser.served import Visit, twin
from tests.browser.test_access import violations
from tests.ifc_import.text_model import box, model

pytestmark = pytest.mark.browser

PART = 8 * 1024 * 1024  # bytes that the page sends at once
LONG = 180_000  # milliseconds: examined and imported by processes of their own
PLACE = ("114.0605", "22.5405")


@pytest.fixture(scope="module")
def town(page_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleTown]:
    with town_of_people(tmp_path_factory.mktemp("uploads")) as served:
        yield served


def small(folder: Path, name: str, *xs: float) -> Path:
    """Write a model of a wall at each place along x, without a place of its own."""
    path = folder / name
    path.write_bytes(
        model(*(box(100 * n, f"'0upl{n:018d}'", f"'wall {n}'", "IFCWALL", x) for n, x in enumerate(xs, 1)))
    )
    return path


def send(visit: Visit, *files: Path, project: str = PROJECT, place: tuple[str, str] | None = None) -> None:
    """Open the panel if it is not, and choose files."""
    page = visit.page
    if not page.locator("#desk").is_visible():
        press(visit, "uploads")
    page.locator("[data-focus=upload-project]").select_option(project)
    if place:
        if not page.locator("[data-focus=upload-longitude]").is_visible():
            press(visit, "upload-place")
        page.locator("[data-focus=upload-longitude]").fill(place[0])
        page.locator("[data-focus=upload-latitude]").fill(place[1])
    page.locator("#desk input[type=file]").set_input_files([str(file) for file in files])


def row(page: Page, file: str, state: str) -> Locator:
    """Return the row of a file that is in a state."""
    return page.locator(f'[data-upload="{file}"][data-state={state}]').first


def review(visit: Visit, file: str) -> None:
    """Wait until a file was examined, and open what was found."""
    expect(row(visit.page, file, "waiting")).to_be_visible(timeout=LONG)
    row(visit.page, file, "waiting").locator("button.row").click()
    expect(visit.page.locator("#desk [data-part=ledger]")).to_be_visible()
    visit.idle()


def test_a_model_is_sent_looked_at_and_published(
    browser: Browser, town: PeopleTown, sample_models: list[SampleModel], tmp_path: Path
) -> None:
    """An engineer sends it; ledger and place are those of `twin import`; a manager publishes; it stands on the map."""
    path = sample_models[0].path
    known = twin("import", path, "--project", PROJECT, "--twin", tmp_path / "other")["models"][0]
    with town.visited_by(browser, "eng") as visit:
        page = visit.page
        send(visit, path)
        review(visit, path.name)
        for state in ("drawn", "empty", "skipped", "failed"):
            expect(page.locator(f"#desk [data-ledger={state}] b")).to_have_text(f"{known['ledger'][state]:,}")
        left = sum(known["ledger"][state] for state in ("empty", "skipped", "failed"))
        reasons = page.locator("#desk .review-reasons b").all_inner_texts()
        assert sum(int(text.replace(",", "")) for text in reasons) == left > 0
        place = known["georeference"]
        facts = page.locator("#desk [data-part=review_place] .facts")
        expect(facts).to_contain_text(place["source"])
        expect(facts).to_contain_text(str(place["longitude"])[:8])
        expect(page.locator(".footprint-mark")).to_have_text(path.name)
        assert page.locator(".footprint-area polygon").get_attribute("points")
        expect(page.locator("#desk .desk-foot")).to_contain_text("manager")
        expect(page.locator("[data-focus=publish]")).to_have_count(0)
        assert violations(visit) == []
    with town.visited_by(browser, "boss") as visit:
        page = visit.page
        press(visit, "uploads")
        review(visit, path.name)
        page.evaluate("window.same = true")
        press(visit, "publish")
        expect(page.locator("[data-focus=upload-enter]")).to_be_visible(timeout=LONG)
        press(visit, "upload-enter")
        until(visit, f"window.twin.models().some((one) => one.model === {json.dumps(known['model'])})", LONG / 1000)
        assert page.evaluate("window.same") is True
        expect(page.locator(".footprint-mark")).to_have_count(0)


def test_what_changes_is_told_and_can_be_withdrawn(browser: Browser, town: PeopleTown, tmp_path: Path) -> None:
    """Another revision: one wall moved, one new, one gone; it is taken back, and the city stays as it is."""
    first = small(tmp_path, "walls.ifc", 0.0, 5.0, 10.0)
    twin("import", first, "--project", OTHER, "--lon", PLACE[0], "--lat", PLACE[1], "--twin", town.folder)
    path = tmp_path / "next" / "walls.ifc"
    path.parent.mkdir()
    walls = {1: 0.0, 2: 6.5, 4: 15.0}
    path.write_bytes(model(*(box(100 * n, f"'0upl{n:018d}'", f"'wall {n}'", "IFCWALL", x) for n, x in walls.items())))
    with town.visited_by(browser, "chief") as visit:
        page = visit.page
        send(visit, path, project=OTHER)
        review(visit, "walls.ifc")
        for change in ("added", "changed", "removed", "same"):
            expect(page.locator(f"#desk [data-change={change}] b")).to_have_text("1")
        expect(page.locator("#desk [data-part=review_changes]")).to_contain_text("revision 2")
        press(visit, "withdraw")
        press(visit, "withdraw sure")
        expect(row(page, "walls.ifc", "withdrawn")).to_be_visible()
        models = page.evaluate(f"fetch('/api/models/{OTHER}-walls').then((answer) => answer.json())")
        assert models["revision"] == 1


def test_a_lost_server_and_a_closed_page_cost_no_part_twice(browser: Browser, town: PeopleTown, tmp_path: Path) -> None:
    path = tmp_path / "large.ifc"
    path.write_bytes(model(box(100, "'0lar000000000000000001'", "'wall'", "IFCWALL", 0.0)))
    with path.open("ab") as file:  # what follows the end of the file is not read
        file.write(b"\n" * (2 * PART + 1000 - path.stat().st_size))
    offsets: list[int] = []
    lost = [False]

    def watch(route: Route) -> None:
        if route.request.method == "PATCH":
            offset = int(route.request.headers["upload-offset"])
            if lost[0]:
                route.abort()
                return
            offsets.append(offset)
            lost[0] = offset == 0
        route.fallback()

    with town.visited_by(browser, "eng") as visit:
        page = visit.page
        page.route("**/api/uploads/*", watch)
        send(visit, path, place=PLACE)
        sending = page.locator("[data-transfer='large.ifc']")
        expect(sending).to_contain_text("goes on by itself", timeout=LONG)
        assert offsets == [0]
        page.on("dialog", lambda dialog: dialog.accept())
        visit.open("/?lang=en")
        press(visit, "uploads")
        expect(row(page, "large.ifc", "receiving")).to_contain_text("8.4 MB")
        lost[0] = False
        send(visit, path, place=PLACE)
        expect(page.locator("[data-upload='large.ifc']:not([data-state=receiving])").first).to_be_visible(timeout=LONG)
        assert offsets == [0, PART, 2 * PART]
        visit.complaints[:] = [one for one in visit.complaints if "ERR_FAILED" not in one]


def test_what_is_no_model_is_refused_in_words(browser: Browser, town: PeopleTown, tmp_path: Path) -> None:
    """Another kind of file is not sent; a hostile name is text, and refused; a broken file is, with its reason."""
    strange, hostile, broken = (tmp_path / name for name in ("plan.pdf", "<img src=x onerror=hacked=1>.ifc", "no.ifc"))
    for file in (strange, hostile, broken):
        file.write_bytes(b"this is no model")
    with town.visited_by(browser, "eng") as visit:
        page = visit.page
        press(visit, "uploads")
        page.locator("#desk input[type=file]").set_input_files(str(broken))
        expect(page.locator(".upload-form .warning")).to_contain_text("project")
        send(visit, strange, hostile, broken)
        expect(page.locator(".upload-form .warning")).to_contain_text("plan.pdf")
        expect(page.locator("[data-transfer]", has_text=hostile.name)).to_contain_text("rename it")
        visit.complaints.clear()  # the browser notes that the server said no
        refused = row(page, broken.name, "refused")
        expect(refused).to_be_visible(timeout=LONG)
        expect(page.locator("[data-upload]", has_text="plan.pdf")).to_have_count(0)
        refused.locator("button.row").click()
        expect(page.locator("#desk .warning")).to_be_visible()
        expect(page.locator("#desk h2")).to_have_text(broken.name)
        assert page.evaluate("window.hacked") is None


def test_jobs_are_listed_cancelled_and_tried_again(browser: Browser, town: PeopleTown) -> None:
    with town.visited_by(browser, "chief") as visit:
        page = visit.page
        headers = "{'Content-Type': 'application/json', 'X-CSRF-Token': window.twin.state().me.csrf}"
        body = f"JSON.stringify({{kind: 'clash', project: '{OTHER}'}})"
        asked = f"fetch('/api/jobs', {{method: 'POST', headers: {headers}, body: {body}}}).then((one) => one.json())"
        job = page.evaluate(asked)["id"]
        press(visit, "uploads")
        press(visit, "desk-tab jobs")
        mine = page.locator(f"[data-job='{job}']")
        expect(mine).to_contain_text("Clash detection")
        expect(page.locator(f"[data-job='{job}'][data-state=done]")).to_be_visible(timeout=LONG)
        assert mine.locator("button").count() == 0  # nothing is left to do
        assert violations(visit) == []


def test_a_session_that_ends_while_a_file_is_sent_costs_nothing(
    browser: Browser, town: PeopleTown, tmp_path: Path
) -> None:
    path = small(tmp_path, "session.ifc", 0.0)
    with town.visited_by(browser, "eng") as visit:
        page = visit.page
        press(visit, "uploads")
        page.locator("[data-focus=upload-project]").select_option(PROJECT)
        visit.idle()
        page.context.clear_cookies()
        page.locator("#desk input[type=file]").set_input_files(str(path))
        expect(page.locator(".sign-in")).to_be_visible()
        visit.complaints.clear()
        fill(visit, "eng", PHRASE)
        expect(page.locator("[data-upload='session.ifc']").first).to_be_visible(timeout=LONG)


def test_whoever_sits_at_the_machine_sends_models(visit: Visit, tmp_path: Path) -> None:
    """Without users the panel is there, and what is typed wrong is said before anything is sent."""
    visit.open("/?lang=en")
    page = visit.page
    press(visit, "uploads")
    press(visit, "upload-place")
    page.locator("[data-focus=upload-longitude]").fill("114")
    page.locator("[data-focus=upload-project]").select_option(index=1)
    page.locator("#desk input[type=file]").set_input_files(str(small(tmp_path, "half.ifc", 0.0)))
    expect(page.locator(".upload-form .warning")).to_contain_text("longitude and latitude")
    page.keyboard.press("Escape")
    expect(page.locator("#desk")).to_have_count(0)
    assert "/api/uploads" in visit.requests
