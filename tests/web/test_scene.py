"""The scene: one layer for each tileset, plain strings as they are, and a view that shows every model."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.store import samples
from twin.errors import NotFound
from twin.judgement.scene import compose_scene
from twin.judgement.scene_view import Bounds, Mark, column_size, view_state
from twin.store import Store


@dataclass(frozen=True)
class Stands:
    """What a scene asks of a model."""

    model: str = "P001-楼"
    project: str = "P001"
    ground_height: float = 12.5
    bounds: Bounds | None = (113.9, 22.5, 113.9004, 22.5003)
    heights: tuple[float, float] | None = (10.0, 40.0)
    has_building: bool = True
    has_spaces: bool = True


def test_a_layer_for_each_tileset() -> None:
    scene = json.loads(compose_scene([Stands(), Stands(model="P001-b", has_spaces=False)]).to_json())
    url = "/3dtiles/P001-%E6%A5%BC"
    assert scene["layers"] == [
        {
            "@@type": "BimTilesLayer",
            "id": "P001-楼",
            "data": f"{url}/tileset.json",
            "model": "P001-楼",
            "project": "P001",
            "groundHeight": 12.5,
            "bounds": [113.9, 22.5, 113.9004, 22.5003],
            "spaces": False,
        },
        {
            "@@type": "BimTilesLayer",
            "id": "P001-b",
            "data": "/3dtiles/P001-b/tileset.json",
            "model": "P001-b",
            "project": "P001",
            "groundHeight": 12.5,
            "bounds": [113.9, 22.5, 113.9004, 22.5003],
            "spaces": False,
        },
        {
            "@@type": "BimTilesLayer",
            "id": "P001-楼:spaces",
            "data": f"{url}/spaces/tileset.json",
            "model": "P001-楼",
            "project": "P001",
            "groundHeight": 12.5,
            "bounds": [113.9, 22.5, 113.9004, 22.5003],
            "spaces": True,
            "visible": False,
        },
    ]
    assert set(scene["initialViewState"]) == {"longitude", "latitude", "zoom", "pitch", "bearing"}


@pytest.mark.parametrize("name", ["@@=1", "'quoted'", '"a"', "`b`", "logo.png", "x"])
def test_no_name_becomes_an_expression(name: str) -> None:
    layer = json.loads(compose_scene([Stands(model=name, project=name)]).to_json())["layers"][0]
    assert (layer["model"], layer["project"], layer["id"]) == (name, name, name)


def test_what_is_not_drawn_has_no_layer() -> None:
    nothing = Stands(bounds=None, heights=None, has_building=False, has_spaces=False)
    assert json.loads(compose_scene([nothing]).to_json())["layers"] == []


def on_screen(longitude: float, latitude: float, height: float, view: dict[str, float]) -> tuple[float, float]:
    """Return where a point lies, in pixels right of and above the middle of the screen, by MapLibre's own camera.

    Independent of the code under test: a perspective camera 1.5 screen heights away, pitched by 50 degrees.
    """
    scale = 512 * 2 ** view["zoom"]

    def world(longitude: float, latitude: float) -> tuple[float, float]:
        y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
        return longitude / 360 * scale, y / (2 * math.pi) * scale

    x, y = (a - b for a, b in zip(world(longitude, latitude), world(view["longitude"], view["latitude"]), strict=True))
    z = height / (40_075_016.7 * math.cos(math.radians(view["latitude"]))) * scale
    pitch, far = math.radians(50), 1.5 * 720
    depth = far + y * math.sin(pitch) - z * math.cos(pitch)
    return x * far / depth, (y * math.cos(pitch) + z * math.sin(pitch)) * far / depth


@settings(deadline=None)
@given(
    west=st.floats(-170, 160),
    south=st.floats(-60, 60),
    wide=st.floats(1e-4, 1.0),
    deep=st.floats(1e-4, 1.0),
    height=st.floats(0, 300),
)
def test_every_corner_is_on_the_screen(west: float, south: float, wide: float, deep: float, height: float) -> None:
    bounds = (west, south, west + wide, south + deep)
    view = view_state([Stands(bounds=bounds, heights=(5.0, 5.0 + height))], None)
    for longitude in (bounds[0], bounds[2]):
        for latitude in (bounds[1], bounds[3]):
            for z in (0.0, height):
                x, y = on_screen(longitude, latitude, z, view)
                assert abs(x) <= 640, (view, x, y)
                assert abs(y) <= 360, (view, x, y)


def test_a_model_fills_a_good_part_of_the_screen() -> None:
    bounds = (113.9, 22.5, 113.91, 22.51)
    view = view_state([Stands(bounds=bounds, heights=(0.0, 20.0))], None)
    low, high = on_screen(113.905, 22.5, 0, view)[1], on_screen(113.905, 22.51, 0, view)[1]
    assert high - low > 0.4 * 720


def test_the_view_holds_all_models() -> None:
    far = Stands(bounds=(114.5, 22.9, 114.5004, 22.9003))
    view = view_state([Stands(), far], None)
    assert view["longitude"] == pytest.approx(114.2002)
    assert 22.5 < view["latitude"] < 22.9
    assert view["zoom"] < view_state([Stands()], None)["zoom"]


def test_a_project_at_the_end_of_the_world_does_not_push_the_city_out_of_sight() -> None:
    near = [Mark(f"P{n}", "", 114 + n / 100, 22.5, "#009e73", "", share=1) for n in range(4)]
    far = Mark("P9", "", -71.06, 42.36, "#cc3311", "", share=1)
    assert view_state([], None, [*near, far]) == view_state([], None, near)
    assert column_size([*near, far]) == column_size(near)
    assert view_state([], None, [far])["longitude"] == -71.06


def test_columns_grow_with_the_city_and_stay_in_view() -> None:
    """Four times as far apart: four times as high, two zoom levels farther away."""
    small, large = (
        [Mark(f"P{n}", "", 114 + n * step, 22.5, "#009e73", "", share=1) for n in range(3)] for step in (0.01, 0.04)
    )
    assert column_size(large)[0] == pytest.approx(4 * column_size(small)[0])
    assert view_state([], None, small)["zoom"] - view_state([], None, large)["zoom"] == pytest.approx(2, abs=0.02)
    low = [replace(mark, share=0.0) for mark in small]
    assert view_state([], None, [replace(small[0], share=1)])["zoom"] < view_state([], None, [low[0]])["zoom"]


def test_an_empty_city_shows_its_bounds_or_china() -> None:
    assert view_state([], (113.7, 22.4, 114.7, 22.9))["longitude"] == pytest.approx(114.2)
    assert view_state([], None)["zoom"] == 3


def test_python_opens_a_city_and_has_its_scene(tmp_path: Path) -> None:
    from datetime import date

    import pydeck

    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(project="P002", stem="b", text="b", spaces=False))
    with twin.open(str(tmp_path)) as city:
        deck = city.scene(as_of=date(2026, 6, 1))
        assert isinstance(deck, pydeck.Deck)
        assert "BimTilesLayer" not in {layer.type for layer in deck.layers}, "without a server there are no tiles"
        deck = city.scene(as_of=date(2026, 6, 1), base="http://127.0.0.1:8000")
        tiles = [layer.id for layer in deck.layers if layer.type == "BimTilesLayer"]
        assert tiles == ["P001-办公楼", "P002-b", "P001-办公楼:spaces"]
        only = json.loads(city.scene(project="P002", base="http://127.0.0.1:8000").to_json())
        drawn = [layer["data"] for layer in only["layers"] if layer["@@type"] == "BimTilesLayer"]
        assert drawn == ["http://127.0.0.1:8000/3dtiles/P002-b/tileset.json"]
    with pytest.raises(NotFound):
        twin.open(tmp_path / "none")


def test_a_model_without_ground_is_a_model(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        new = samples.revision(count=0, spaces=False)
        bare = replace(new, bake=replace(new.bake, building=None), building_document=None, bounds=None, heights=None)
        store.put_revision(bare)
    with twin.open(tmp_path) as city:
        assert city.scene().layers == []
