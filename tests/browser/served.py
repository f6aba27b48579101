"""The real server with real models in it, and a page that remembers what it asked and what it complained about."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, ConsoleMessage, Page, Route, ViewportSize

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SIZE: ViewportSize = {"width": 1366, "height": 768}
PATIENCE = 60.0  # seconds: software rendering on a busy machine


def twin(*arguments: str | Path) -> dict[str, Any]:
    """Run a twin command in a process of its own and return its JSON."""
    command = [sys.executable, "-m", "web.cli.main", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@dataclass(frozen=True)
class Served:
    """A running server; `files` is model → the IFC file that it was imported from."""

    url: str
    files: dict[str, Path]

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def model(self, model: str) -> dict[str, Any]:
        """Return the facts of a model."""
        found: dict[str, Any] = self.get(f"/api/models/{quote(model)}")
        return found


@dataclass
class Visit:
    """A page under test: every request, every foreign one (refused), every complaint of the console."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str = "/") -> None:
        """Load the page and wait until nothing moves."""
        self.page.goto(self.url + address)
        self.idle()

    def idle(self) -> None:
        """Wait until the page says that it has drawn everything."""
        end = time.monotonic() + PATIENCE
        while not self.page.evaluate("Boolean(window.twin)"):
            assert time.monotonic() < end, f"the page did not start: {self.complaints}"
            self.page.wait_for_timeout(50)
        late = f"new Promise((_, no) => setTimeout(() => no(new Error('not idle')), {PATIENCE * 1000}))"
        self.page.evaluate(f"Promise.race([window.twin.idle().then(() => document.fonts.ready), {late}])")

    def pixel(self, longitude: float, latitude: float, height: float) -> tuple[float, float]:
        """Return where a place is on the screen; height in metres above the map's ground."""
        found = self.page.evaluate("([x, y, z]) => window.twin.project(x, y, z)", [longitude, latitude, height])
        assert found is not None
        return found[0], found[1]


@contextmanager
def visiting(browser: Browser, url: str, *, tour: bool = False, **context_options: Any) -> Iterator[Visit]:
    """Open a fresh browser window in which every request that leaves 127.0.0.1 is refused and noted.

    `tour`: it was never here before, so the first visit is shown.
    """
    context = browser.new_context(**{"viewport": SIZE, **context_options})
    if not tour:
        context.add_init_script("try { localStorage.setItem('twin.tour', 'done'); } catch {}")
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    visit = Visit(page, url)

    def guard(route: Route) -> None:
        address = route.request.url
        parts = urlsplit(address)
        if parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1":
            visit.requests.append(parts.path)
            route.continue_()
        else:
            visit.foreign.append(address)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(f"{message.type}: {message.text}")

    context.route("**/*", guard)
    page.on("console", listen)
    page.on("pageerror", lambda error: visit.complaints.append(f"exception: {error}"))
    try:
        yield visit
    finally:
        context.close()
