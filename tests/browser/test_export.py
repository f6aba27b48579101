"""A static copy, served from a folder of Python's http.server, which knows no ranges and no gzip."""

import io
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from sample_data.build import SampleModel
from tests import layers
from tests.browser.served import Visit, twin, visiting
from tests.facts.files import PROGRESS_HEADER, SCHEDULE, write
from twin.store import Store

pytestmark = pytest.mark.browser

DAY, WHERE = "2026-02-28", "some/folder"
SCRIPT = "<b onclick=alert(1)>塔</b>"  # a project's name
LINKS = '[[rule]]\ntask = "T1"\nclass = "IfcWall"\n'
BLOCK = (114.06015, 22.54015)  # the first building of the layer


@dataclass(frozen=True)
class Copy:
    """A copy in a folder of a plain web server."""

    url: str
    folder: Path
    project: str
    model: str

    def read(self, file: str) -> Any:
        return json.loads((self.folder / file).read_text("utf-8"))


@contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().split("port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def copy(
    page_built: None, tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]
) -> Iterator[Copy]:
    made: Path = tmp_path_factory.mktemp("copy")
    folder, sample = made / "twin", sample_models[0]
    twin("init", "--name", "滨江市重点工程", "--twin", folder)
    model = twin("import", sample.path, "--project", sample.project, "--twin", folder)["models"][0]["model"]
    load = ("--recorded-at", "2026-01-01", "--twin", folder)
    head = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度\n"
    line = "河东区,600,2026-01-01,2026-06-30,建设实施"
    register = f"{head}{sample.project},{SCRIPT},{line},,\nD01,码头,{line},114.05,22.53\n"
    twin("projects", "load", write(made, "register.csv", register), *load)
    twin("schedule", "load", write(made, "schedule.csv", SCHEDULE), "--project", sample.project, *load)
    twin("schedule", "link", write(made, "links.toml", LINKS), "--project", sample.project, "--twin", folder)
    report = f"{PROGRESS_HEADER}{sample.project},{DAY},33.4,,2026-03-04\n"
    twin("progress", "load", write(made, "report.csv", report), "--recorded-at", "填报日期", "--twin", folder)
    with Store.open(folder) as store:
        layers.put(store, made, "建筑", layers.features())
    target = made / "www" / WHERE
    told = twin("export", target, "--as-of", DAY, "--twin", folder)
    assert told["as_of"] == DAY
    with plain_server(made / "www") as url:
        yield Copy(f"{url}/{WHERE}/", target, sample.project, model)


@pytest.fixture
def page(browser: Browser, copy: Copy) -> Iterator[Visit]:
    with visiting(browser, copy.url) as opened:
        yield opened
        assert opened.foreign == []
        assert opened.complaints == []
        assert [path for path in opened.requests if not path.startswith(f"/{WHERE}/")] == []


def image(visit: Visit) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the pixels of the map's right part, (n, 3)."""
    found = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(float)
    return found[80:600, 400:].reshape(-1, 3)


def share_of(visit: Visit, colour: str) -> float:
    """Return the share of pixels that have a colour, in whatever light."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], float)
    pixels = image(visit)
    likeness = pixels @ wanted / np.linalg.norm(wanted) / np.maximum(np.linalg.norm(pixels, axis=1), 1.0)
    return float((likeness > 0.99).mean())


def test_the_server_is_a_plain_one(copy: Copy) -> None:
    request = urllib.request.Request(copy.url + quote("layers/建筑.pmtiles"), headers={"Range": "bytes=0-9"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        assert len(answer.read()) > 10


def test_the_city_is_seen_at_once(page: Visit, copy: Copy) -> None:
    page.open("")
    features = copy.read("data/zh/projects.json")["features"]
    assert len(features) == 2
    for light in ("green", "yellow", "red", "grey"):
        wanted = sum(feature["properties"]["light"] == light for feature in features)
        expect(page.page.locator(f".light-counts [data-light={light}] b")).to_have_text(str(wanted))
    expect(page.page.get_by_text(SCRIPT).first).to_be_visible()
    expect(page.page.locator("body")).to_contain_text(DAY)


def test_the_ground_is_drawn_from_archives(page: Visit) -> None:
    page.open(f"?view={BLOCK[0]},{BLOCK[1]},17,0,0")
    x, y = page.pixel(*BLOCK, 0)
    found = page.page.evaluate("([x, y]) => window.twin.feature(x, y)", [x, y])
    assert (found["layer"], found["id"]) == ("建筑", 1)


def test_a_building_is_coloured_and_its_project_told(page: Visit, copy: Copy) -> None:
    light = next(
        feature["properties"]["light"]
        for feature in copy.read("data/zh/projects.json")["features"]
        if feature["id"] == copy.project
    )
    colour = next(e["colour"] for e in copy.read("data/zh/legends/light.json")["entries"] if e["key"] == light)
    address = f"?project={quote(copy.project)}&model={quote(copy.model)}"
    page.open(address)
    plain = share_of(page, colour)
    page.open(f"{address}&by=light")
    assert share_of(page, colour) > plain + 0.02
    page.open(f"?project={quote(copy.project)}&lang=en")
    expect(page.page.get_by_text(SCRIPT).first).to_be_visible()
    expect(page.page.locator("body")).to_contain_text("33.4")


def test_an_element_is_told(page: Visit, copy: Copy) -> None:
    columns = copy.read(f"data/models/{copy.model}/elements.json")
    row = next(i for i, name in enumerate(columns["name"]) if name)
    page.open(f"?project={quote(copy.project)}&element={quote(columns['global_id'][row])}")
    expect(page.page.locator("body")).to_contain_text(columns["global_id"][row])
    expect(page.page.get_by_text(columns["name"][row]).first).to_be_visible()


def test_the_day_cannot_be_moved_and_no_search_is_offered(page: Visit, copy: Copy) -> None:
    page.open("?as_of=2026-03-31&known_at=2026-03-31T00:00:00Z")
    assert page.page.evaluate("window.twin.state().asOf") is None
    expect(page.page.locator("body")).to_contain_text(DAY)
    for control in ("#as-of", ".find", ".months", "[data-focus=play]", "[data-focus=compare]"):
        for found in page.page.locator(control).all():
            expect(found).to_be_hidden()


def test_a_copy_in_the_dark_and_in_english(page: Visit) -> None:
    page.open("?lang=en")
    page.page.evaluate("localStorage.setItem('twin.theme', 'dark')")
    page.open("?lang=en")
    assert image(page).mean() < 100
