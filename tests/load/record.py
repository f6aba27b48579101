"""`python -m tests.load.record CITY`: visit the sample city in a twin folder with a real Chromium, and write the visit.

Who looks at the city opens the page, reads, comes closer, looks at a project, its model, another day, its clashes, and
searches; the pauses are those of a person.
"""

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Page, sync_playwright

from tests.browser.served import FLAGS, PATIENCE, SIZE
from tests.debian import find_chromium
from tests.load.session import Ask, general, getter, write_session
from tests.serving import serving

VIEWS = ((12.0, 30), (13.5, 45), (14.5, 50), (15.5, 55), (16.2, 60))  # zoom, pitch: ever closer
PAUSE = (5.0, 15.0)  # seconds that a person looks before the next step


def look(page: Page, chance: random.Random) -> None:
    """Look at what is there for some seconds."""
    page.wait_for_timeout(1000 * chance.uniform(*PAUSE))


def started(page: Page) -> None:
    """Wait until the page has started."""
    ends = time.monotonic() + PATIENCE
    while not page.evaluate("Boolean(window.twin)"):
        assert time.monotonic() < ends, "the page did not start"
        page.wait_for_timeout(50)


def visit_city(page: Page, url: str, projects: list[dict[str, Any]]) -> None:
    """Do what a viewer does; every step is an address or a movement of the map."""
    chance = random.Random(7)  # noqa: S311
    page.goto(url + "/")
    started(page)
    look(page, chance)
    centres = [p["geometry"]["coordinates"] for p in projects if p["geometry"]]
    for zoom, pitch in VIEWS:
        longitude, latitude = chance.choice(centres)[:2]
        view = {"longitude": longitude, "latitude": latitude, "zoom": zoom, "pitch": pitch, "bearing": 0}
        page.evaluate("view => window.twin.go(view)", view)
        look(page, chance)
    built = [p for p in projects if p["properties"]["models"]]
    for project in chance.sample(built, 2):  # links that somebody sent
        code, model = project["id"], project["properties"]["models"][0]
        for address in (
            f"/?project={quote(str(code))}",
            f"/?project={quote(str(code))}&model={quote(model)}",
            f"/?project={quote(str(code))}&as_of=2026-03-31",
        ):
            page.goto(url + address)
            started(page)
            look(page, chance)
    page.goto(f"{url}/?project=BJ-003&clashes=1")
    started(page)
    look(page, chance)
    for word in ("医院", "道路"):
        page.evaluate("q => fetch('/api/search?q=' + encodeURIComponent(q))", word)
        look(page, chance)


@contextmanager
def listening(url: str, heard: Callable[[str], None]) -> Iterator[str]:
    """Give the address of a server before the one at `url`: what it is asked for it tells, and passes on."""
    behind = urlsplit(url)

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            heard(self.path)
            connection = http.client.HTTPConnection(str(behind.hostname), behind.port, timeout=60)
            connection.request("GET", self.path, headers=dict(self.headers))
            answer = connection.getresponse()
            body = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            connection.close()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def record(folder: Path) -> list[Ask]:
    """Return the visit to a twin folder, as `tests.load.session` writes it: what a browser with a cache asks for."""
    asks: list[Ask] = []
    started = time.monotonic()

    def heard(path: str) -> None:
        asks.append(Ask(time.monotonic() - started, path))

    with serving(folder) as url, listening(url, heard) as between, sync_playwright() as playwright:
        projects = json.loads(getter(url)("/api/projects"))["features"]
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        page.add_init_script("localStorage.setItem('twin.tour', 'done');")
        page.set_default_timeout(PATIENCE * 1000)
        started = time.monotonic()
        visit_city(page, between, projects)
        browser.close()
        return general(asks, getter(url))


def main() -> int:
    """Record and write."""
    if len(sys.argv) != 2:
        sys.stderr.write("Usage: python -m tests.load.record CITY\n")
        return 2
    asks = record(Path(sys.argv[1]))
    write_session(asks)
    sys.stdout.write(f"{len(asks)} requests in {asks[-1].at:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
