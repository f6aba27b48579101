"""What every baked tileset holds, checked by an independent decoder and by rules of 3D Tiles 1.1."""

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sample_data.build import SampleModel
from tests.baking import Baked, baked, schema_errors
from tests.conftest import real_data_folder
from tests.glb_decoder import corners, outside, tiles_of
from tests.oracle import kernel_boxes
from tiles.tileset import placed_document
from twin.values.model import State

REAL = sorted((real_data_folder() / "ifc").glob("*.ifc"))
ROUNDING = 3e-4  # metres: boxes are written to a tenth of a millimetre, each rounded outwards on its own
SAMPLES = ("滨江社区服务中心.ifc", "河东小学教学楼.ifc")


@pytest.fixture(params=[*SAMPLES, *(pytest.param(path, marks=pytest.mark.real_data) for path in REAL)], ids=str)
def model(request: pytest.FixtureRequest, sample_models: list[SampleModel]) -> Baked:
    if isinstance(request.param, Path):
        return baked(request.param)
    return baked(next(sample.path for sample in sample_models if sample.path.name == request.param))


def test_documents_keep_the_schema(model: Baked) -> None:
    for tileset in model.tilesets:
        assert schema_errors(tileset.document) == []
        assert schema_errors(placed_document(tileset.document, np.diag([2.0, 2, 2, 1]))) == []


def test_volumes_lie_inside_one_another(model: Baked) -> None:
    for tileset in model.tilesets:
        for tile in tiles_of(tileset.document):
            content = model.decoded[tile.document["content"]["uri"]]
            for part in content.parts:
                assert outside(tile.document["boundingVolume"], part.positions) < 1e-3
            if tile.parent is not None:
                points = corners(tile.document["boundingVolume"])
                assert outside(tile.parent.document["boundingVolume"], points) < ROUNDING


def test_geometric_error_falls_to_zero(model: Baked) -> None:
    for tileset in model.tilesets:
        assert tileset.document["geometricError"] >= tileset.document["root"]["geometricError"]
        for tile in tiles_of(tileset.document):
            error = tile.document["geometricError"]
            assert (error == 0) == tile.is_leaf
            if tile.parent is not None:
                assert error < tile.parent.document["geometricError"]


def test_every_drawn_element_is_in_exactly_one_leaf(model: Baked) -> None:
    drawn = {e.global_id: e for e in model.model.elements if e.state is State.DRAWN}
    storeys = {storey.global_id: storey.name for storey in model.model.storeys}
    seen: Counter[str] = Counter()
    for tileset in model.tilesets:
        for tile in tiles_of(tileset.document):
            table = model.decoded[tile.document["content"]["uri"]].table
            assert set(table) == {"global_id", "ifc_class", "storey", "row"}
            columns = (table[name] for name in ("global_id", "ifc_class", "storey", "row"))
            for global_id, ifc_class, storey, row in zip(*columns, strict=True):
                element = drawn[global_id]
                assert (ifc_class, row) == (element.ifc_class, element.row)
                assert storey == storeys.get(element.storey or "", "")
            if tile.is_leaf:
                seen.update(table["global_id"])
    assert seen == Counter(dict.fromkeys(drawn, 1))
    assert sorted(e.row for e in drawn.values()) == list(range(len(drawn)))
    assert set(model.leaf_triangles()) == set(drawn)


def test_spaces_are_apart(model: Baked) -> None:
    classes = [
        {name for glb in tileset.contents for name in model.decoded[glb.path].table["ifc_class"]}
        for tileset in model.tilesets
    ]
    assert [bool(found & {"IfcSpace", "IfcSpatialZone"}) for found in classes] in ([False], [True], [False, True])


def test_normals_look_where_the_triangles_do(model: Baked) -> None:
    """Winding, turn and mirror: a triangle's own normal agrees with the normals of its corners."""
    for glb in model.decoded.values():
        for part in glb.parts:
            a, b, c = (part.positions[part.triangles[:, i]] for i in range(3))
            cross = np.cross(b - a, c - a)
            area = np.linalg.norm(cross, axis=1)
            large = area > 1e-4  # slivers have no direction after rounding to the grid
            agreement = np.einsum("ij,ij->i", cross, part.normals[part.triangles[:, 0]])[large]
            assert (agreement > 0).mean() > 0.995 if len(agreement) else True


@pytest.mark.parametrize("which", [0, 1])
def test_elements_stand_where_another_kernel_says(sample_models: list[SampleModel], which: int) -> None:
    path = sample_models[which].path
    expected, found = kernel_boxes(path), baked(path).leaf_triangles()
    assert set(found) == set(expected)
    for global_id, box in expected.items():
        points = found[global_id].reshape(-1, 3)
        assert np.abs([points.min(axis=0), points.max(axis=0)] - box).max() < 1e-3, global_id


@pytest.mark.parametrize("which", [0, 1])
def test_glass_stays_glass(sample_models: list[SampleModel], which: int) -> None:
    """In the leaves every window is drawn in two colours: a frame one cannot see through, and glass."""
    model = baked(sample_models[which].path)
    opacities: dict[str, set[bool]] = {}
    for glb in (model.decoded[t.document["content"]["uri"]] for t in tiles_of(model.tilesets[0].document) if t.is_leaf):
        for part in glb.parts:
            for feature in np.unique(part.features):
                if glb.table["ifc_class"][feature] == "IfcWindow":
                    opacities.setdefault(glb.table["global_id"][feature], set()).add(part.colour[3] < 0.9)
    assert len(opacities) > 50
    assert all(found == {True, False} for found in opacities.values())


BROKEN: dict[str, Any] = {
    "another version": lambda d: d["asset"].update(version="1.0"),
    "no root": lambda d: d.pop("root"),
    "no refine at the root": lambda d: d["root"].pop("refine"),
    "a lower-case refine": lambda d: d["root"].update(refine="replace"),
    "a negative error": lambda d: d["root"].update(geometricError=-1),
    "a short box": lambda d: d["root"]["boundingVolume"]["box"].pop(),
    "two volumes": lambda d: d["root"]["boundingVolume"].update(sphere=[0, 0, 0, 1]),
    "no volume in a child": lambda d: d["root"]["children"][0].pop("boundingVolume"),
    "a row-major transform": lambda d: d["root"].update(transform=[1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    "an absolute uri": lambda d: d["root"]["content"].update(uri="https://example.org/a.glb"),
    "content and contents": lambda d: d["root"].update(contents=[{"uri": "a.glb"}]),
    "an empty list of children": lambda d: d["root"].update(children=[]),
    "an unknown member": lambda d: d["root"].update(geometric_error=1),
}


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN.keys())
def test_the_schema_finds_what_is_broken(sample_models: list[SampleModel], breaking: Any) -> None:
    document = copy.deepcopy(baked(sample_models[0].path).tilesets[0].document)
    assert schema_errors(document) == []
    breaking(document)
    assert schema_errors(document) != []
