"""Ten named views of the sample city: what the README and the guides show, made by the tests.

`python -m tests.browser.views` builds the sample city and writes the pictures into docs/images.
"""

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import FLAGS, twin, visiting

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LAPTOP, WALL, TABLET = (1366, 768), (3840, 2160), (820, 1180)
HOSPITAL = "project=BJ-003"
SEEN = "114.0721,22.5394,17.6,58,-24"  # the hospital from the south-east


@dataclass(frozen=True)
class View:
    """A picture: the page's address without `lang`; `press`: names of controls to use first (`data-focus`)."""

    name: str
    query: str
    language: str = "zh"
    theme: str = "light"
    size: tuple[int, int] = LAPTOP
    press: tuple[str, ...] = ()


VIEWS = (
    View("city.zh", ""),
    View("city.en", "", "en"),
    View("columns.zh", "by=funds&city=columns"),
    View("districts.en", "by=progress&city=districts", "en"),
    View("compare.zh", "compare=2025-12-31&by=light"),
    View("forecast.en", "as_of=2026-12-31", "en"),
    View("page.zh", f"{HOSPITAL}&by=state"),
    View("page.en", f"{HOSPITAL}&by=state", "en"),
    View("wall.zh", "", "zh", "dark", WALL),
    View("tablet.en", f"{HOSPITAL}", "en", "light", TABLET),
)


def picture(browser: Browser, url: str, view: View) -> Image.Image:
    """Return what a reader sees; nothing may be asked of another server, and the console stays silent."""
    with visiting(browser, url, bypass_csp=True) as visit:
        visit.page.set_viewport_size({"width": view.size[0], "height": view.size[1]})
        visit.page.add_init_script(f"localStorage.setItem('twin.theme', '{view.theme}')")
        visit.open(f"/?{view.query}{'&' if view.query else ''}lang={view.language}")
        for control in view.press:
            visit.page.locator(f"[data-focus='{control}']").click()
            visit.idle()
        visit.page.mouse.move(2, 2)
        visit.idle()
        shot = visit.page.screenshot()
        assert visit.foreign == []
        assert visit.complaints == []
    return Image.open(io.BytesIO(shot)).convert("RGB")


def quantised(image: Image.Image) -> Image.Image:
    """Return it small enough for a repository: 256 colours that keep the few saturated ones."""
    if image.width > 1920:
        image = image.resize((1920, image.height * 1920 // image.width), Image.Resampling.LANCZOS)
    return image.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)


def main() -> None:
    """Write the pictures: all, or those that are named."""
    from tests.debian import find_chromium
    from tests.serving import serving

    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        twin("demo", "--no-serve", "--twin", Path(made))
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        with serving(Path(made)) as url:
            for view in VIEWS:
                if not sys.argv[1:] or view.name in sys.argv[1:]:
                    quantised(picture(browser, url, view)).save(IMAGES / f"{view.name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
