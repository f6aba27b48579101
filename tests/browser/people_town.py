"""A town with people: two projects, somebody of each role, one with a hostile name, and nothing published yet."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Error, expect

from tests.browser.clash_town import HOSTILE, OTHER, PROJECT, build, press
from tests.browser.served import Visit, twin, visiting
from tests.serving import serving

__all__ = ["HOSTILE", "OTHER", "PROJECT", "PeopleTown", "press", "sign_in", "town_of_people", "until"]

PHRASE = "four wheels under a bridge"
# name → (name for people, role in all projects, role in the first project)
PEOPLE = {
    "chief": ("李 管理", "administrator", ""),
    "eng": (HOSTILE, "", "engineer"),
    "boss": ("Manager of one", "", "manager"),
    "looker": ("", "viewer", ""),
}


@dataclass(frozen=True)
class PeopleTown:
    """A server that asks who somebody is, and its folder."""

    url: str
    folder: Path

    @contextmanager
    def visited_by(self, browser: Browser, name: str | None, address: str = "/?lang=en", **how: Any) -> Iterator[Visit]:
        """Open the page as somebody, None: as the public; it must stay silent and at home."""
        with visiting(browser, self.url, **how) as visit:
            visit.open("/?lang=en" if name else address)
            if name:
                sign_in(visit, name)
                if address != "/?lang=en":
                    visit.open(address)
            yield visit
            assert visit.foreign == []
            assert visit.complaints == []

    def publish(self, project: str, fields: str = "light,progress") -> None:
        """Show a project to everybody."""
        twin("publish", project, "--fields", fields, "--twin", self.folder)

    def unpublish(self, project: str) -> None:
        """Show a project to those with rights only."""
        twin("unpublish", project, "--twin", self.folder)


def sign_in(visit: Visit, name: str, password: str = PHRASE) -> None:
    """Sign in by the button of the top bar, and wait until the page knows."""
    press(visit, "sign-in")
    fill(visit, name, password)
    expect(visit.page.locator("[data-focus=account]")).to_be_visible()
    visit.idle()


def fill(visit: Visit, name: str, password: str) -> None:
    """Fill in the dialog that is open, and send it."""
    visit.page.locator("[data-focus=sign-in-name]").fill(name)
    visit.page.locator("[data-focus=sign-in-password]").fill(password)
    press(visit, "sign-in-go")


@contextmanager
def town_of_people(folder: Path) -> Iterator[PeopleTown]:
    """Serve the town from a folder, with users."""
    made = build(folder)
    for name, (shown, role, in_project) in PEOPLE.items():
        add_person(made, name, shown, role)
        if in_project:
            twin("users", "grant", name, PROJECT, in_project, "--twin", made)
    with with_users(), serving(made) as url:
        yield PeopleTown(url, made)


def add_person(folder: Path, name: str, shown: str, role: str) -> None:
    """Add somebody by the command line."""
    command = [sys.executable, "-m", "web.cli.main", "users", "add", name, "--role", role or "none", "--password-stdin"]
    more = [*(["--display-name", shown] if shown else []), "--twin", str(folder)]
    done = subprocess.run([*command, *more], input=PHRASE, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def with_users() -> Iterator[None]:
    """Servers that are started meanwhile ask who somebody is."""
    before = os.environ.get("TWIN_USERS")
    os.environ["TWIN_USERS"] = "on"
    try:
        yield
    finally:
        if before is None:
            del os.environ["TWIN_USERS"]
        else:
            os.environ["TWIN_USERS"] = before


def until(visit: Visit, expression: str, patience: float = 60.0) -> None:
    """Wait until an expression is true; the page's policy lets no other waiting in. Also while the page loads anew."""
    end = time.monotonic() + patience
    while True:
        try:
            if visit.page.evaluate(expression):
                return
        except Error as error:
            if "context" not in str(error):
                raise
        assert time.monotonic() < end, expression
        visit.page.wait_for_timeout(100)


def person(town: PeopleTown, visit: Visit, name: str) -> dict[str, Any]:
    """Return what the server keeps of somebody, as the page's visitor is told."""
    users = visit.page.evaluate("() => fetch('/api/users?lang=en').then((answer) => answer.json())")["users"]
    found: dict[str, Any] = next(user for user in users if user["name"] == name)
    return found


def address_of(project: str, **query: str) -> str:
    """Return the page's address of a project."""
    return "/?lang=en&project=" + quote(project) + "".join(f"&{key}={quote(value)}" for key, value in query.items())
