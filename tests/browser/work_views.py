"""Pictures of work beside the map: an upload that was examined, people, what is public. For the guides.

`python -m tests.browser.work_views` builds the sample city, sends a model to it and writes them into docs/images.
"""

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people_town import PHRASE, add_person, press, sign_in, with_users
from tests.browser.served import FLAGS, Visit, twin, visiting
from tests.browser.views import IMAGES, LAPTOP, quantised
from tests.serving import serving

NAMES = ("review", "people", "publications")
LANGUAGES = ("zh", "en")
PROJECT, FILE = "BJ-003", "市第三人民医院_结构.ifc"
SEEN = "view=114.0721,22.5394,17.6,58,-24"
PEOPLE = {"li.wei": ("李伟", "administrator"), "wang.fang": ("王芳", "viewer"), "zhang.min": ("张敏", "")}


def prepare(folder: Path) -> None:
    """Add people and publish some projects."""
    for name, (shown, role) in PEOPLE.items():
        add_person(folder, name, shown, role)
    twin("users", "grant", "wang.fang", PROJECT, "manager", "--twin", folder)
    twin("users", "grant", "wang.fang", "BJ-005", "engineer", "--twin", folder)
    twin("users", "grant", "zhang.min", "BJ-002", "engineer", "--twin", folder)
    twin("publish", PROJECT, "BJ-005", "--twin", folder)
    twin("publish", "BJ-002", "--fields", "light,progress,funds,labour", "--twin", folder)


def sent(visit: Visit, file: Path) -> None:
    """Send a file of the hospital and wait until it was examined."""
    press(visit, "uploads")
    visit.page.locator("[data-focus=upload-project]").select_option(PROJECT)
    visit.page.locator("#desk input[type=file]").set_input_files(str(file))
    visit.page.locator("[data-upload][data-state=waiting]").first.wait_for(timeout=300_000)
    press(visit, "close-desk")


def picture(visit: Visit, name: str) -> Image.Image:
    """Return what an administrator sees."""
    if name == "review":
        press(visit, "uploads")
        visit.page.locator("[data-upload][data-state=waiting] button.row").first.click()
        visit.page.locator("#desk [data-part=ledger]").wait_for()
    else:
        press(visit, "account")
        press(visit, "administration")
        press(visit, f"desk-tab {name}")
        if name == "people":
            press(visit, "person wang.fang")
    visit.page.mouse.move(2, 2)
    visit.idle()
    visit.page.wait_for_timeout(400)
    visit.idle()
    return Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")


def write(browser: Browser, url: str, file: Path) -> None:
    """Write all pictures."""
    viewport = {"width": LAPTOP[0], "height": LAPTOP[1]}
    for language in LANGUAGES:
        with visiting(browser, url, bypass_csp=True, viewport=viewport, reduced_motion="reduce") as visit:
            visit.open(f"/?lang={language}&{SEEN}")
            sign_in(visit, "li.wei", PHRASE)
            if language == LANGUAGES[0]:
                sent(visit, file)
            for name in NAMES:
                visit.open(f"/?lang={language}&{SEEN}")
                quantised(picture(visit, name)).save(IMAGES / f"{name}.{language}.png", optimize=True)
            assert (visit.foreign, visit.complaints) == ([], [])


def main() -> None:
    """Write the pictures; `$TWIN_TEST_CITY` is a sample city that was built before."""
    from tests.debian import find_chromium

    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made) / "city"
        if built := os.environ.get("TWIN_TEST_CITY"):
            shutil.copytree(built, folder)
        else:
            twin("demo", "--no-serve", "--twin", folder)
        prepare(folder)
        known = next((folder / "samples").rglob(FILE))
        file = Path(made) / known.name
        file.write_bytes(known.read_bytes() + b"\n")  # another file, of the same elements
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        with with_users(), serving(folder) as url:
            write(browser, url, file)
        browser.close()


if __name__ == "__main__":
    main()
