"""Looking into a building: what is shown, sections and measures, against the IFC file's own geometry."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.browser.rays import Sight, on_map, triangles, walls_in_sight
from tests.browser.served import Served, Visit

pytestmark = pytest.mark.browser

MIDDLE = (683, 384)
PROBES = Path(__file__).parent / "probes"
# What `sample_data/community_centre.py` gives this wall: from x = 0.125 to 12 on y = 0, 0.25 thick, 4.2 high.
WALL, LENGTH, THICK, HIGH = "南侧西段首层外墙", 11.875, 0.25, 4.2
EXACT = 1.05e-3  # tiles are quantised to a millimetre at most


@dataclass(frozen=True)
class Inside:
    """A page that looks at a model of the server."""

    visit: Visit
    model: str

    def run(self, script: str, *given: Any) -> Any:
        """Run JavaScript with `t` (the tools), `model`, `columns` and `given`; wait until it is drawn."""
        source = f"""async ([model, given]) => {{
            const t = await twin.tools();
            const columns = await (await fetch('/api/models/' + encodeURIComponent(model) + '/elements')).json();
            {script}
        }}"""
        answer = self.visit.page.evaluate(source, [self.model, list(given)])
        self.visit.idle()
        return answer

    def show(self, hidden: list[str], only: list[str], ghosts: bool) -> None:
        self.run(
            "t.show(model, columns, {hidden: new Set(given[0]), only: new Set(given[1]), ghostRest: given[2]});",
            hidden,
            only,
            ghosts,
        )

    def picked(self, x: float = MIDDLE[0], y: float = MIDDLE[1]) -> str | None:
        found = self.visit.page.evaluate("([x, y]) => twin.pick(x, y)", [x, y])
        return found and str(found["globalId"])

    def point(self, place: Any) -> dict[str, Any]:
        """Return what the page measures where a place (degrees, metres) is drawn."""
        x, y = self.visit.pixel(*map(float, place))
        found = self.visit.page.evaluate("async ([x, y]) => (await twin.tools()).point(x, y)", [x, y])
        assert found, "nothing is under that pixel"
        return dict(found)

    def shot(self) -> NDArray[np.int64]:
        """Return the map's pixels, (height, width, 3), with nothing floating over it."""
        page = self.visit.page
        page.mouse.move(683, 20)
        page.evaluate("document.querySelectorAll('.pin, .tooltip').forEach((e) => { e.style.opacity = 0; })")
        self.visit.idle()
        return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(np.int64)


@pytest.fixture(scope="module")
def centre(served: Served) -> str:
    """Return the model of the community centre."""
    return next(model for model, path in served.files.items() if "社区" in path.name or "community" in path.name)


@pytest.fixture(scope="module")
def sight(served: Served, centre: str) -> Sight:
    return next(walls_in_sight(served.files[centre], served.model(centre)))


@pytest.fixture
def inside(visit: Visit, centre: str, sight: Sight) -> Inside:
    """A view onto a wall of the community centre."""
    visit.page.add_init_script(path=PROBES / "gpu_objects.js")
    visit.open(f"/?view={sight.view(20.5)}")
    return Inside(visit, centre)


def row_of(served: Served, model: str, **wanted: str) -> int:
    columns = served.get(f"/api/models/{quote(model)}/elements")
    key, value = next(iter(wanted.items()))
    return int(columns[key].index(value))


def test_what_is_hidden_is_neither_drawn_nor_picked(inside: Inside, served: Served, sight: Sight) -> None:
    whole = inside.shot()
    assert inside.picked() == sight.global_id
    row = row_of(served, inside.model, global_id=sight.global_id)
    inside.show([f"row:{row}"], [], False)
    without = inside.shot()
    assert inside.picked() != sight.global_id
    assert (np.abs(without - whole).max(axis=2) > 12).mean() > 0.01
    inside.show([], [], False)
    assert inside.picked() == sight.global_id
    assert np.abs(inside.shot() - whole).max() <= 2


def test_ghosts_are_seen_through_and_clicked_through(inside: Inside, served: Served, sight: Sight) -> None:
    row = row_of(served, inside.model, global_id=sight.global_id)
    whole = inside.shot()
    inside.show([], [f"row:{row}"], False)
    alone = inside.shot()
    inside.show([], [f"row:{row}"], True)
    ghosts = inside.shot()
    assert inside.picked() == sight.global_id
    found = {inside.picked(x, y) for x in range(400, 960, 56) for y in range(120, 640, 52)}
    assert found <= {None, sight.global_id}, "nothing but the isolated wall answers"
    drawn, veil = (np.abs(image - alone).max(axis=2).mean() for image in (whole, ghosts))
    assert 0.05 * drawn < veil < 0.5 * drawn, "ghosts are a weak pattern over what lies behind"


def test_nothing_hovers_that_is_not_shown(inside: Inside, served: Served, sight: Sight) -> None:
    row = row_of(served, inside.model, global_id=sight.global_id)
    others = [f"row:{i}" for i in range(served.model(inside.model)["rows"]) if i != row]
    inside.show([f"row:{row}", *others], [], False)
    inside.visit.page.mouse.move(*MIDDLE)
    inside.visit.page.wait_for_timeout(400)
    assert not inside.visit.page.locator(".tooltip").is_visible()
    inside.show(others, [], False)
    inside.visit.page.mouse.move(MIDDLE[0] + 1, MIDDLE[1])
    inside.visit.page.locator(".tooltip").wait_for()


def test_a_level_section_cuts_at_its_height(inside: Inside, sight: Sight) -> None:
    height = sight.seen[2]
    cut = "t.section({kind: 'level', height: given[0], flip: given[1]});"
    geometry = "[alive.Buffer, alive.VertexArray]"
    inside.run(cut, height + 0.2, False)  # the first one makes what fills the cut, once
    assert inside.picked() == sight.global_id
    before = None
    while before != (before := inside.visit.page.evaluate(geometry)):  # a busy machine makes the last lines late
        inside.visit.page.wait_for_timeout(500)
        inside.visit.idle()
    requests = [r for r in inside.visit.requests if r.endswith(".glb")]
    for above, flip, stays in ((0.2, False, True), (-0.8, False, False), (-0.2, True, True), (0.2, True, False)):
        inside.run(cut, height + above, flip)
        assert (inside.picked() == sight.global_id) is stays, (above, flip)
    assert inside.visit.page.evaluate(geometry) == before, "another section builds nothing"
    assert [r for r in inside.visit.requests if r.endswith(".glb")] == requests
    inside.run("t.section(null);")
    assert inside.picked() == sight.global_id


def test_an_upright_section_cuts_at_its_offset(inside: Inside, served: Served, sight: Sight) -> None:
    longitude, latitude, _ = sight.seen
    # The wall is seen by an eye in the direction of bearing + 180: that way, it ends within its thickness.
    towards_eye = sight.bearing + 180
    for offset, flip, stays in ((1.0, False, True), (-1.0, False, False), (1.0, True, False), (-1.0, True, True)):
        section = {"kind": "upright", "bearing": towards_eye, "offset": offset, "flip": flip}
        inside.run("t.section({...given[0], at: given[1]});", section, [longitude, latitude])
        assert (inside.picked() == sight.global_id) is stays, (offset, flip)


def test_what_is_cut_looks_filled(inside: Inside, served: Served) -> None:
    model = served.model(inside.model)
    west, south, east, north = model["bounds"]
    inside.visit.open(f"/?view={(west + east) / 2},{(south + north) / 2},20,20,0")
    inside.run("t.section({kind: 'level', height: 2, flip: false});")
    image = inside.shot()
    inside.run("t.section(null);")
    colour = np.array([0.36, 0.42, 0.46]) * 255
    newly = (np.abs(image - colour).max(axis=2) < 26) & (np.abs(inside.shot() - colour).max(axis=2) >= 26)
    assert newly.mean() > 0.003, "walls are cut"
    assert newly.mean() < 0.3, "rooms between them are not"


def test_lengths_heights_and_areas_are_those_of_the_file(inside: Inside, served: Served) -> None:
    model = served.model(inside.model)
    columns = served.get(f"/api/models/{quote(inside.model)}/elements")
    row = columns["name"].index(WALL)
    ids, _, corners, owners = triangles(served.files[inside.model])
    own = corners[owners == ids.index(columns["global_id"][row])].reshape(-1, 3)
    low, high = own.min(axis=0), own.max(axis=0)
    assert high - low == pytest.approx([LENGTH, THICK, HIGH], abs=1e-6), "the oracle knows that wall"
    # Its face to the street, from the lower left corner round.
    face = np.array(
        [[low[0], low[1], low[2]], [high[0], low[1], low[2]], [high[0], low[1], high[2]], [low[0], low[1], high[2]]]
    )
    longitude, latitude, _ = on_map(model, face.mean(axis=0)[None])[0]
    bearing = model["georeference"]["true_north_deg"] + 15
    inside.visit.open(f"/?view={longitude:.9f},{latitude:.9f},21,60,{bearing}")
    inside.show([], [f"row:{row}"], True)
    inside.run("t.section(null);")
    points = [inside.point(place) for place in on_map(model, face)]
    assert [point["snap"] for point in points] == ["vertex"] * 4
    assert all(point["exact"] and point["row"] == row for point in points)
    measured = np.array([point["local"] for point in points])
    assert np.abs(measured - face).max() < EXACT
    assert np.linalg.norm(measured[1] - measured[0]) == pytest.approx(LENGTH, abs=EXACT)
    assert measured[2][2] - measured[1][2] == pytest.approx(HIGH, abs=EXACT)
    u, v = measured[2] - measured[0], measured[3] - measured[1]
    assert np.linalg.norm(np.cross(u, v)) / 2 == pytest.approx(LENGTH * HIGH, abs=EXACT * (LENGTH + HIGH))
    # On the face, no corner near: the plane of the face.
    free = face[0] + np.array([0.45, 0, 0.45])
    pixel = inside.visit.pixel(*map(float, on_map(model, free[None])[0]))
    on_face = inside.point(on_map(model, free[None])[0])
    assert on_face["snap"] == "face"
    assert inside.visit.pixel(*on_face["place"]) == pytest.approx(pixel, abs=0.01), "the ray goes through its pixel"
    assert np.abs(np.array(on_face["local"]) - free).max() < 0.05  # a pixel and a half, as everywhere in these tests
    assert on_face["local"][1] == pytest.approx(free[1], abs=EXACT)


def test_measures_are_drawn_where_they_are_and_follow_the_camera(inside: Inside, sight: Sight) -> None:
    first = inside.point(sight.seen)["place"]
    second = [first[0], first[1], first[2] + 2.0]
    inside.run("t.draw([{kind: 'line', places: given, label: '2.000 m'}]);", first, second)
    lines = inside.visit.page.locator(".measure-line")
    for view in (None, {"bearing": 33, "zoom": 19.6}):
        if view:
            inside.visit.page.evaluate("() => twin.turn(200)")
            inside.visit.idle()
        ends = [float(lines.get_attribute(name) or "nan") for name in ("x1", "y1", "x2", "y2")]
        expected = [*inside.visit.pixel(*first), *inside.visit.pixel(*second)]
        assert ends == pytest.approx(expected, abs=0.1)
    assert inside.visit.page.locator(".measure-label").text_content() == "2.000 m"
    inside.run("t.draw([]);")
    assert lines.count() == 0
