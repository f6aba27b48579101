"""The page under load, in a headless Chromium whose GPU is the processor: frames against deck.gl's stock layer, a new
colour for all elements, a city of three hundred models.

Frame times are medians of one run of a bare page (web/frontend/bench) that draws the same tiles under the
same camera with deck.gl's Tile3DLayer and with the page's layer: as the page draws at rest, with and without edges, and
(told, not judged) while the camera of a slow machine moves: nothing below 5 pixels, no lines, no shadows.

The stock layer has neither lines nor shadows, and draws an instanced mesh once, however many instances it has. So
there are two comparisons: with the product's tiles, of which it draws about half the triangles, and with the same
models baked without instances, where both draw the same picture.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.bench.repeat_city import repeat_city
from tests.bench.run import Table, say
from tests.bench.unwatched import Unwatched
from tests.browser.flight import COUNTER, FLY
from tests.browser.served import FLAGS, SIZE, twin
from tests.debian import find_chromium
from tests.serving import serving

FRONTEND = Path(__file__).resolve().parents[2] / "web" / "frontend"
HOSPITAL = "BJ-003"
# What is demanded: of the stock layer's frame, of a frame without edges, of a recolouring, of a city of many models.
FASTER_HOSPITAL, FASTER_MANY, EDGES, MANY = 1.5, 3.0, 1.3, 6000
SCRIPT, BYTES = 50.0, 1.1
MODELS, FIRST_PICTURE, MEMORY = 300, 4.0, 700.0
FRAMES, ROUNDS = 4, 3
MODES = ("stock", "moving", "plain", "edges")
SAME = ("stock", "plain")
OFFICES = "BJ-007"  # blocks of flats: the sample model with the most elements that is no hospital
FLAT = "import sys, tiles.build as b; b.INSTANCING_SAVES = 1 << 60; from web.cli.main import main; main(sys.argv[1:])"


def compare_page(table: Table, folder: Path) -> None:
    """Measure the page."""
    city, flat, crowd = folder / "city", folder / "flat", folder / "crowd"
    if built := os.environ.get("TWIN_TEST_CITY"):
        shutil.copytree(built, city)
    else:
        twin("demo", "--no-serve", "--twin", city)
    command = [sys.executable, "-c", FLAT, "demo", "--no-serve", "--twin", str(flat), "--json"]
    subprocess.run(command, check=False, capture_output=True)  # its exit code is that of the demo: 3
    repeat_city(city, crowd, MODELS)
    bare = folder / "bench-page"
    command = ["npm", "exec", "vite", "--", "build", "-c", "vite.bench.config.ts", "--outDir", str(bare)]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
    with page_of(city, bare) as (page, url):
        compare_frames(table, page, url, "hospital", models_of(url, HOSPITAL)[:3], 18.4, FASTER_HOSPITAL)
        compare_recolouring(table, page, url)
    repeated = (("two hospitals", HOSPITAL, 9 + 6, 17.7), ("blocks of flats", OFFICES, 9 + 4, 17.5))
    for what, code, models, zoom in repeated:
        for source, modes, how in ((city, MODES, ""), (flat, SAME, ", same picture")):
            many = folder / f"{source.name}-{code}"
            repeat_city(source, many, models, only=code)
            with page_of(many, bare) as (page, url):
                compare_frames(table, page, url, what + how, models_of(url, code + "-"), zoom, FASTER_MANY, modes)
    with page_of(crowd, Path(os.environ["TWIN_PAGE"]) if "TWIN_PAGE" in os.environ else None) as (page, url):
        compare_crowd(table, page, url)


@contextmanager
def page_of(folder: Path, built: Path | None) -> Iterator[tuple[Page, str]]:
    """Serve a twin with a built page (None: the product's own); give a browser's page and the address."""
    before = os.environ.get("TWIN_PAGE")
    if built:
        os.environ["TWIN_PAGE"] = str(built)
    flags = [*FLAGS, "--enable-precise-memory-info", "--js-flags=--expose-gc"]
    try:
        with serving(folder) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=flags)
            page = browser.new_page(viewport=SIZE, bypass_csp=True)  # the stock layer's codecs are WebAssembly
            page.set_default_timeout(600_000)
            page.add_init_script(COUNTER)
            yield page, url
            browser.close()
    finally:
        if before is None:
            os.environ.pop("TWIN_PAGE", None)
        else:
            os.environ["TWIN_PAGE"] = before


def ask(url: str) -> Any:
    """Return the JSON at an address."""
    with urlopen(url, timeout=60) as answer:
        return json.load(answer)


def models_of(url: str, project: str) -> list[dict[str, Any]]:
    """Return the facts of the models of the projects whose code begins with `project`."""
    layers = [layer for layer in ask(url + "/api/scenes/city")["layers"] if not layer["spaces"]]
    names = [layer["model"] for layer in layers if layer["project"].startswith(project)]
    return [ask(f"{url}/api/models/{quote(name, safe='')}") for name in names]


def compare_frames(
    table: Table,
    page: Page,
    url: str,
    what: str,
    models: list[dict[str, Any]],
    zoom: float,
    demanded: float,
    modes: Sequence[str] = MODES,
) -> None:
    """Time frames of a camera that turns around some models."""
    west, south, east, north = (pick(m["bounds"][i] for m in models) for i, pick in enumerate((min, min, max, max)))
    camera = {"longitude": (west + east) / 2, "latitude": (south + north) / 2, "zoom": zoom, "pitch": 60}
    camera["height"] = models[0]["ground_height"] + 8
    tilesets = [
        {"url": f"{url}/3dtiles/{quote(m['model'], safe='')}/tileset.json", "model": m["model"]} for m in models
    ]
    page.goto(url + "/")
    frames: dict[str, list[float]] = {mode: [] for mode in modes}
    tiles = 0
    ours = [mode for mode in modes if mode != "stock"]
    for together, rounds in ((["stock"], 1), (ours, ROUNDS)):  # modes of one layer take turns frame by frame
        for _ in range(rounds):
            found = page.evaluate("(given) => window.measure(...given)", [together, tilesets, camera, FRAMES])
            assert not found["errors"], found["errors"]
            for mode in together:
                frames[mode] += found["frames"][mode]
            tiles = found["tiles"]
    middle = {mode: statistics.median(times) for mode, times in frames.items()}
    elements = sum(model["ledger"]["drawn"] for model in models)
    told = ", ".join(f"{mode} {milliseconds:.0f} ms" for mode, milliseconds in middle.items())
    table.judge(
        f"{what}, {elements} elements: stock / ours", middle["stock"] / middle["plain"], demanded, "x", at_least=True
    )
    if "edges" in middle:
        # of frames drawn one after the other: what else the machine does comes and goes
        dearer = statistics.median(e / p for e, p in zip(frames["edges"], frames["plain"], strict=True))
        table.judge(f"{what}: with edges / without", dearer, EDGES, "x", at_least=False)
    say(f"      {told}; {tiles} tiles, {len(frames['plain'])} frames each")


def compare_recolouring(table: Table, page: Page, url: str) -> None:
    """Time new colours for all elements of the largest model."""
    models = [model for project in ask(url + "/api/projects")["features"] for model in project["properties"]["models"]]
    largest = max(
        (ask(f"{url}/api/models/{quote(name, safe='')}") for name in models), key=lambda m: m["ledger"]["drawn"]
    )
    address = f"{url}/api/models/{quote(largest['model'], safe='')}/states?by=light&as_of=2026-06-30"
    found = page.evaluate("(given) => window.recolour(...given)", [address, 20])
    drawn = largest["ledger"]["drawn"]
    table.judge(f"recolouring {drawn} elements, script", max(found["times"]), SCRIPT, "ms", at_least=False)
    table.judge("recolouring, bytes of an element", found["bytes"] / drawn, BYTES, "B", at_least=False)


def compare_crowd(table: Table, page: Page, url: str) -> None:
    """Open a city of many models and fly over all of it."""
    assert page.context.browser
    tab = Unwatched(page.context.browser, COUNTER + VISITED, **SIZE)
    for _ in range(2):  # the first visit warms the server; what is judged is kept
        tab.goto(url + "/")
        ready = tab.evaluate(f"({READY})()")
    table.judge(f"{MODELS} models: first useful picture", ready / 1000, FIRST_PICTURE, "s", at_least=False)
    boxes = [layer["bounds"] for layer in ask(url + "/api/scenes/city")["layers"] if layer.get("bounds")]
    middle = statistics.median(box[0] for box in boxes)
    # one of the sample models stands in another province, on purpose
    boxes = [box for box in boxes if abs(box[0] - middle) < 1]
    west, south, east, north = (pick(box[i] for box in boxes) for i, pick in enumerate((min, min, max, max)))
    sizes = []
    for _ in range(2):
        flown = tab.evaluate(f"({FLY})({[west, south, east, north, 5, 5, 16.6]})")
        sizes.append(held(tab))
    assert flown >= MODELS * 0.8, f"the flight came near {flown} models only"
    table.judge(f"flight over {flown} models: scripts and GPU", sizes[-1][0], MEMORY, "MB", at_least=False)
    table.judge("second flight / first", sizes[1][0] / sizes[0][0], 1.1, "x", at_least=False)
    table.judge("resident memory of the page's process", sizes[-1][1], MEMORY, "MB", at_least=False)
    say(f"      GPU objects {sizes[-1][2]:.0f} MB; resident after the first flight {sizes[0][1]:.0f} MB")


# It was here before: no tour.
VISITED = "; try { localStorage.setItem('twin.tour', 'done'); } catch {}"
# Milliseconds from the start of the load until the ground is drawn and lights and counts are there.
READY = """
async () => {
  while (!window.twin) await new Promise((done) => setTimeout(done, 10));
  while (!window.twin.ready()) await new Promise((done) => setTimeout(done, 10));
  return performance.now();
}
"""


def held(page: Unwatched) -> tuple[float, float, float]:
    """Return MB: scripts and GPU objects together, resident in the page's process, GPU objects alone."""
    page.evaluate("window.gc()")
    scripts = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    gpu = page.evaluate("window.gpu().bytes") / 1e6
    resident = [
        child.memory_info().rss / 1e6
        for child in psutil.Process().children(recursive=True)
        if "--type=renderer" in child.cmdline()
    ]
    return scripts + gpu, max(resident, default=0.0), gpu
