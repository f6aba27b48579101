"""docs/lights.ipynb: its cells run, its scenes show the lights in their colours, and nothing leaves the machine."""

import ast
import functools
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pydeck
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route

import twin
from sample_data.build import SampleModel
from tests.conftest import ROOT
from tests.facts.files import SCHEDULE, write
from tests.serving import serving
from twin.judgement.legend import LIGHT_COLOURS, legend
from twin.store import Store
from web.ingest import ingest_ifc
from web.ingest_facts import Stated, load_progress, load_register, load_resources, load_schedule

NOTEBOOK = ROOT / "docs" / "lights.ipynb"
DAY, EARLIER = date(2026, 6, 30), date(2026, 3, 31)
REGISTER = """项目代码,项目名称,总投资(万元),计划开工,计划竣工,经度,纬度
{model},,600,2026-01-01,2026-06-30,,
P2,江南学校,600,2026-01-01,2026-06-30,114.05,22.55
P3,</script>桥,600,2026-01-01,2026-06-30,114.07,22.55
"""
# Of the plan, 50 % is due on the last day of March and all on the last day of June: what is done decides the light.
DONE = {"{model}": {EARLIER: 50, DAY: 100}, "P2": {EARLIER: 46, DAY: 60}}
LIGHTS = {EARLIER: {"green", "yellow", "grey"}, DAY: {"green", "red", "grey"}}


@dataclass
class Shown:
    """What a page shows and what it asked for that is no file of its own."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]) -> Path:
    """A twin with a building and two projects that are dots on the map, with facts of two days."""
    made = tmp_path_factory.mktemp("notebook")
    sample = sample_models[0]
    progress = "项目代码,统计日期,累计完成(%)\n" + "".join(
        f"{code},{day},{done}\n" for code, days in DONE.items() for day, done in days.items()
    )
    resources = f"项目代码,统计日期,资源,计划,实际\nP2,{EARLIER},混凝土,1000,1600\nP2,{DAY},混凝土,2000,2000\n"
    texts = {"register": REGISTER, "schedule": SCHEDULE, "progress": progress, "resources": resources}
    paths = {name: Path(write(made, f"{name}.csv", text.format(model=sample.project))) for name, text in texts.items()}
    then = Stated(recorded_at="2026-01-01")
    with Store.open(made / "twin") as store:
        ingest_ifc(lambda: store, sample.path, sample.project)
        load_register(lambda: store, paths["register"], then)
        for code in (sample.project, "P2", "P3"):
            load_schedule(lambda: store, paths["schedule"], code, then)
        load_progress(lambda: store, paths["progress"])
        load_resources(lambda: store, paths["resources"])
    return made / "twin"


@pytest.fixture
def shown(browser: Browser) -> Iterator[Shown]:
    """A page that reaches files and nothing else."""
    context = browser.new_context(viewport={"width": 1000, "height": 500}, offline=True)
    found = Shown(context.new_page())

    def guard(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            found.foreign.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on(
        "console", lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    yield found
    context.close()


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run the notebook's code in order, as Jupyter does; return the HTML of what its cells end with."""
    monkeypatch.setenv("TWIN_DIR", str(folder))
    names: dict[str, object] = {}
    shows = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body[-1].value if isinstance(body[-1], ast.Expr) else None
        code = ast.Module(body if last is None else body[:-1], [])
        exec(compile(code, str(NOTEBOOK), "exec"), names)  # noqa: S102 (the notebook is ours)
        value: object = last and eval(compile(ast.Expression(last), str(NOTEBOOK), "eval"), names)  # noqa: S307
        if hasattr(value, "_repr_html_"):
            shows.append(value._repr_html_())
    return shows


def look(shown: Shown, path: Path) -> NDArray[np.int64]:
    """Open a page and return the pixels of its canvas, (height, width, 3), without the legend on top."""
    shown.page.goto(path.as_uri())
    frame = next((frame for frame in shown.page.frames if frame.parent_frame), shown.page.main_frame)
    frame.wait_for_selector("canvas")
    frame.evaluate("document.getElementById('legend')?.remove()")
    same = b""
    for _ in range(60):
        shown.page.wait_for_timeout(500)
        now = shown.page.screenshot()
        if now == same and np.ptp(pixels(now)) > 100:
            break
        same = now
    return pixels(same)


def pixels(png: bytes) -> NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)


def count(image: NDArray[np.int64], colour: str) -> int:
    """Return how many pixels have a colour, but for the smoothing of a ring's thin line."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return int((np.abs(image - wanted).max(axis=2) <= 8).sum())


@pytest.mark.browser
def test_the_notebook_shows_the_lights_of_two_days_without_a_network(
    folder: Path, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shows = run(folder, monkeypatch)
    assert len(shows) == 6
    assert max(map(len, shows)) < 2_500_000, "a saved notebook stays small"
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in table] == ["green", "red", "grey"]
    assert "60%" in table[1]
    for show, day in zip(shows, (DAY, EARLIER), strict=False):
        path = tmp_path / f"{day}.html"
        path.write_text(f"<meta charset='utf-8'>{show}", encoding="utf-8")
        image = look(shown, path)
        burning = {light for light, colour in LIGHT_COLOURS.items() if count(image, colour) >= 20}
        assert burning == LIGHTS[day]
    assert shown.foreign == []
    assert shown.complaints == []


@pytest.mark.browser
def test_a_scene_is_a_file_that_shows_itself(folder: Path, shown: Shown, tmp_path: Path) -> None:
    with twin.open(folder) as city:
        scene = city.scene(as_of=EARLIER, by="concrete", lang="en")
        path = Path(scene.to_html(tmp_path / "scene.html"))
        marks = {row["code"]: row for layer in scene.layers if layer.id == "projects" for row in layer.data}
    assert marks["P3"]["name"] == "</script>桥", "a name that would end the page's script"
    assert marks["P2"]["label"] == "Over 150 % of the planned use"
    shown.page.goto(path.as_uri())
    assert "Over 150 % of the planned use" in shown.page.locator("#legend").inner_text()
    image = look(shown, path)
    used, unreported = ("#{:02x}{:02x}{:02x}".format(*marks[code]["colour"]) for code in ("P2", "P3"))
    assert (used, unreported) == (legend("concrete")[7].colour, legend("concrete")[0].colour)
    assert min(count(image, used), count(image, unreported)) >= 20
    assert shown.foreign == []
    assert shown.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("page", ["ours", "pydeck's"])
def test_models_of_a_running_server_are_drawn_in_the_colours_of_the_day(
    folder: Path, browser: Browser, tmp_path: Path, page: str
) -> None:
    """The layer of the page runs on pydeck's deck.gl, in our page and in pydeck's own."""
    if not (static_folder() / "bim-layers.js").is_file():
        pytest.skip("The script for notebooks is not built: `npm run build` in web/frontend.")
    path, found = tmp_path / "models.html", {}
    with serving(folder, TWIN_ORIGINS="null") as url, twin.open(folder) as city:  # the page is opened from a file
        for coloured in (True, False):
            scene = city.scene(as_of=DAY, base=url, project=city.store.models()[0].project)
            scene.layers = [layer for layer in scene.layers if layer.type == "BimTilesLayer"]
            assert all(f"as_of={DAY}&by=light" in str(layer.states) for layer in scene.layers)
            if not coloured:
                for layer in scene.layers:
                    layer.states = None
            show = scene.to_html if page == "ours" else functools.partial(pydeck.Deck.to_html, scene, offline=True)
            show(str(path), notebook_display=False)
            found[coloured] = count_hue(look_at_server(browser, path, url), LIGHT_COLOURS["green"])
    assert found[True] > 2000
    assert found[False] < 100, "without states, elements have the colours of their materials"


def static_folder() -> Path:
    """Return where the server finds the built page."""
    return Path(os.environ.get("TWIN_PAGE") or ROOT / "web" / "static")


def look_at_server(browser: Browser, path: Path, server: str) -> NDArray[np.int64]:
    """Return the pixels of a page that may ask `server` and nobody else."""
    context = browser.new_context(viewport={"width": 700, "height": 400})
    shown = Shown(context.new_page())
    shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))

    def guard(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:", server)):
            route.continue_()
        else:
            route.abort()  # pydeck's page asks five servers for style sheets

    context.route("**/*", guard)
    image = look(shown, path)
    context.close()
    assert shown.complaints == []
    return image


def count_hue(image: NDArray[np.int64], colour: str) -> int:
    """Return how many pixels have a colour, however bright: models have light and shade."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    bright = image / np.maximum(1, image.max(axis=2, keepdims=True))
    return int((np.abs(bright - wanted / wanted.max()).max(axis=2) < 0.03).sum())


@pytest.mark.browser
def test_the_guard_sees_what_leaves(folder: Path, shown: Shown, tmp_path: Path) -> None:
    """pydeck's own page does call out: were ours to do so, this guard would know."""
    with twin.open(folder) as city:
        city.scene(as_of=DAY).to_html(str(tmp_path / "own.html"), offline=False, notebook_display=False)
    shown.page.goto((tmp_path / "own.html").as_uri())
    assert any("deck.gl" in url for url in shown.foreign)


def test_the_notebook_is_kept_without_outputs() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert len(text) < 20_000
    assert all(not cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code")
