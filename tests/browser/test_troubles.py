"""When something is missing: a lost server, slow tiles, a city without projects, a browser without WebGL 2."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.served import Served, Visit, twin, visiting
from tests.browser.test_manners import first_model, probe
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from tests.serving import serving

pytestmark = pytest.mark.browser

MARCH = "2026-03-31"
HEAD = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,项目类型,经度,纬度\n"


@dataclass
class Stoppable:
    """A server that a test can kill and start again at the same address."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[str] | None" = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "web.cli.main", "serve", "--twin", str(self.folder), "--json"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.port = int(json.loads(self.process.stdout.readline())["url"].rstrip("/").rpartition(":")[2])

    def stop(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate(timeout=20)
        self.process = None


@pytest.fixture
def server(page_built: None, tmp_path: Path) -> Iterator[Stoppable]:
    """A city of two projects, one with a plan and a report, on a server that can be killed."""
    folder = tmp_path / "twin"
    twin("init", "--name", "河城", "--twin", folder)
    rows = [
        f"{code},工程{code},河东区,600,2026-01-01,2026-06-30,建设实施,学校,{x},22.5\n"
        for code, x in (("A", 114.0), ("B", 114.02))
    ]
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    twin("projects", "load", write(tmp_path, "register.csv", HEAD + "".join(rows)), *load)
    twin("schedule", "load", write(tmp_path, "schedule.csv", SCHEDULE), "--project", "A", *load)
    report = write(tmp_path, "report.csv", f"{PROGRESS_HEADER}A,{MARCH},38,,2026-04-04\n")
    twin("progress", "load", report, "--recorded-at", "填报日期", "--twin", folder)
    made = Stoppable(folder)
    made.start()
    yield made
    made.stop()


def refused(visit: Visit) -> list[str]:
    """Return complaints other than those of a browser that nobody answers."""
    return [said for said in visit.complaints if "ERR_CONNECTION_REFUSED" not in said and "ERR_EMPTY" not in said]


def test_a_lost_server_is_said_in_every_panel_and_comes_back(browser: Browser, server: Stoppable) -> None:
    """Killed under the page: each panel says what to do; started again, a press goes on where the reader was."""
    with visiting(browser, server.url) as visit:
        page = visit.page
        visit.open(f"/?lang=en&as_of={MARCH}")
        expect(page.locator(".projects .project")).to_have_count(2)
        expect(page.locator("#day-bar .making")).to_have_count(0, timeout=30000)
        server.stop()
        sentence = "The server does not answer"
        page.locator("[data-focus='project A']").click()
        expect(page.locator("#project")).to_contain_text(sentence)
        expect(page.locator("#project [data-focus=ask-again]").first).to_be_visible()
        page.locator("[data-focus=find]").fill("工程")
        expect(page.locator(".found [role=alert]")).to_contain_text(sentence)
        page.keyboard.press("Escape")
        page.locator("#as-of").fill("2026-02-28")
        expect(page.locator("#list [role=alert]")).to_contain_text(sentence)
        page.locator("#list [data-focus=retry]").click()
        expect(page.locator("#list [role=alert]")).to_contain_text(sentence)
        assert page.evaluate("Boolean(window.twin)"), "the page is still there"
        server.start()
        page.locator("#list [data-focus=retry]").click()
        expect(page.locator(".projects .project")).to_have_count(2)
        expect(page.locator("#project h2")).to_contain_text("工程A")
        expect(page.locator("#project #reason")).to_be_visible()
        expect(page.locator("#as-of")).to_have_value("2026-02-28")
        visit.idle()
        server.stop()
        page.locator("[data-focus='project B']").click()
        way_on = page.locator("#project [data-focus=ask-again]").first
        expect(way_on).to_be_visible()
        server.start()
        way_on.click()
        expect(page.locator("#project #reason")).to_be_visible()
        expect(page.locator("[data-focus=ask-again]")).to_have_count(0)
        visit.idle()
        assert (refused(visit), visit.foreign) == ([], [])


def test_a_server_lost_before_the_first_answer_is_said(browser: Browser, served: Served) -> None:
    with visiting(browser, served.url) as visit:
        visit.page.route("**/api/**", lambda route: route.abort())
        visit.page.goto(f"{served.url}/?lang=en")
        expect(visit.page.locator("#list [role=alert]")).to_contain_text("The server does not answer")
        visit.page.unroute("**/api/**")
        visit.page.locator("#list [data-focus=retry]").click()
        expect(visit.page.locator(".light-counts")).to_be_visible()
        visit.idle()


def test_slow_tiles_show_how_far_they_are_and_hold_nothing_up(browser: Browser, served: Served) -> None:
    """While tiles are on their way a bar says how many; panels answer; when they have come the bar goes."""
    project, model = first_model(served)
    with visiting(browser, served.url) as visit:
        waiting: list[Route] = []
        slow = True
        visit.page.route("**/*.glb", lambda route: waiting.append(route) if slow else route.continue_())
        visit.page.goto(f"{served.url}/?project={project}&model={quote(model)}&lang=en")
        bar = visit.page.locator("[role=progressbar]")
        expect(bar).to_be_visible()
        done, every = (int(bar.get_attribute(name) or "-1") for name in ("aria-valuenow", "aria-valuemax"))
        assert 0 <= done < every
        assert f"{every}" in (bar.get_attribute("aria-label") or "")
        visit.page.locator(".tree-storey").first.click()
        expect(visit.page.locator(".tree-storey").first).to_have_attribute("aria-expanded", "true")
        slow = False
        for route in waiting:
            route.continue_()
        expect(bar).to_be_hidden()
        visit.idle()
        assert (visit.complaints, visit.foreign) == ([], [])


@pytest.fixture
def empty(page_built: None, tmp_path: Path) -> Iterator[str]:
    twin("init", "--twin", tmp_path / "twin")
    with serving(tmp_path / "twin") as url:
        yield url


def test_an_empty_city_says_so_in_every_panel(browser: Browser, empty: str) -> None:
    with visiting(browser, empty) as visit:
        page = visit.page
        visit.open("/?lang=en")
        expect(page.locator("#list")).to_contain_text("twin import FILE --project CODE")
        expect(page.locator("#list")).to_contain_text("twin demo")
        expect(page.locator("[data-focus=play]")).to_be_disabled()
        page.locator("[data-focus=find]").fill("医院")
        expect(page.locator(".found")).to_contain_text("医院")
        expect(page.locator("[role=option]")).to_have_count(0)
        page.keyboard.press("Escape")
        for city in ("columns", "districts", "marks"):
            page.locator(f"[data-focus='city-as {city}']").click()
            visit.idle()
        page.locator("#by").select_option("progress")
        visit.idle()
        page.locator("[data-focus=share]").click()
        with page.expect_download() as waiting:
            page.locator("[data-focus='report city.pdf']").click()
        assert waiting.value.path().read_bytes().startswith(b"%PDF")
        assert (visit.complaints, visit.foreign) == ([], [])


def test_without_webgl_every_panel_goes_on(browser: Browser, server: Stoppable) -> None:
    """No map, but the list, the day, the reasons, search and reports are there; what needs a map says so."""
    with visiting(browser, server.url) as visit:
        page = visit.page
        page.add_init_script(probe("no_webgl"))
        page.goto(f"{server.url}/?lang=en&as_of={MARCH}")
        expect(page.locator("#map [role=alert]")).to_contain_text("WebGL 2")
        page.get_by_role("button", name="Go on with the list of projects").click()
        page.locator("[data-focus='project A']").click()
        expect(page.locator("#project #reason")).to_contain_text("38")
        page.keyboard.press("Escape")
        expect(page.locator("#project")).to_be_hidden()
        page.locator("#as-of").fill("2026-02-28")
        expect(page.locator("#shown-day")).to_contain_text("28 Feb 2026")
        page.locator("[data-focus=compare]").click()
        page.locator("#by").select_option("progress")
        page.locator("[data-focus='city-as columns']").click()
        page.locator("[data-focus=find]").fill("工程B")
        expect(page.locator("[role=option]").first).to_contain_text("工程B")
        page.keyboard.press("Enter")
        expect(page.locator("#project h2")).to_contain_text("工程B")
        page.locator("[data-focus=share]").click()
        page.locator("[data-focus=save-picture]").click()
        expect(page.locator(".notice").first).to_contain_text("This browser shows no map")
        assert [said for said in visit.complaints if "exception" in said] == []
        assert visit.foreign == []
