"""Baking: the same bytes every time, coarse levels that keep their promise, large models cut into cells."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sample_data.build import SampleModel
from tests.baking import baked
from tests.glb_decoder import decode, tiles_of
from tests.tiles.test_geometry import box
from tiles.build import MOST_EXTENT, MOST_TRIANGLES, build_tilesets
from tiles.tileset import city_document
from twin.values.model import BuildingModel, Element, Placed, State, Storey

BAKE = """
import hashlib, sys
from pathlib import Path
from tests.baking import baked
tilesets = baked(Path(sys.argv[1])).tilesets
print([(c.path, hashlib.sha256(c.content).hexdigest()) for t in tilesets for c in t.contents])
print([t.document for t in tilesets])
"""


def row_of_boxes(count: int, apart: float) -> BuildingModel:
    """Return a model of boxes in a row along x, in two storeys."""
    elements = []
    for i in range(count):
        matrix = np.eye(4)
        matrix[:3, 3] = (i * apart, 0.0, 3.0 * (i % 2))
        placed = Placed(0, matrix)
        elements.append(
            Element(i, f"{i:022}", "IfcColumn", f"C{i}", State.DRAWN, None, f"s{i % 2}", None, i + 1, placed)
        )
    storeys = [Storey("s0", "一层", 0.0), Storey("s1", "二层", 3.0)]
    return BuildingModel("IFC4", "lite", elements, [box()], storeys, [], 0.0)


def test_the_same_file_gives_the_same_bytes_in_every_process(sample_models: list[SampleModel]) -> None:
    path = str(sample_models[0].path)
    root = str(Path(__file__).parents[2])
    printed = [
        subprocess.run(
            [sys.executable, "-c", BAKE, path],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]


def test_large_models_are_cut_into_cells() -> None:
    model = row_of_boxes(400, 3.0)
    bake = build_tilesets(model, ())
    assert bake.building is not None
    leaves = [t for t in tiles_of(bake.building.document) if t.is_leaf]
    contents = {c.path: decode(c.content) for c in bake.building.contents}
    assert len(leaves) >= 400 * 3 / MOST_EXTENT
    for leaf in leaves:
        box_numbers = leaf.document["boundingVolume"]["box"]
        assert max(box_numbers[3], box_numbers[7]) * 2 <= MOST_EXTENT + 3.0
        glb = contents[leaf.document["content"]["uri"]]
        assert sum(len(p.triangles) for p in glb.parts) <= MOST_TRIANGLES
        assert "KHR_mesh_quantization" in glb.document["extensionsRequired"]
    rows = sorted(r for leaf in leaves for r in contents[leaf.document["content"]["uri"]].table["row"])
    assert rows == list(range(400))


def test_repeated_shapes_are_instanced_and_single_ones_are_not() -> None:
    many = build_tilesets(row_of_boxes(60, 1.0), ()).building
    few = build_tilesets(row_of_boxes(3, 1.0), ()).building
    assert many is not None
    assert few is not None
    assert any("EXT_mesh_gpu_instancing" in decode(c.content).document["extensionsUsed"] for c in many.contents)
    assert all("EXT_mesh_gpu_instancing" not in decode(c.content).document["extensionsUsed"] for c in few.contents)


@pytest.mark.parametrize("count", [400, 6000])
def test_a_row_of_small_elements_is_seen_from_afar(count: int) -> None:
    tileset = build_tilesets(row_of_boxes(count, 3.0), ()).building
    assert tileset is not None
    root = tileset.document["root"]
    coarse = decode(next(c.content for c in tileset.contents if c.path == root["content"]["uri"]))
    assert np.ptp(np.concatenate([p.positions for p in coarse.parts])[:, 0]) > 0.99 * 3 * count
    assert sum(len(p.triangles) for p in coarse.parts) <= 40_000
    assert 0 < root["geometricError"] < 10


def test_nothing_drawn_gives_no_tileset() -> None:
    bake = build_tilesets(BuildingModel("IFC4", "lite", [], [], [], [], 0.0), ())
    assert (bake.building, bake.spaces) == (None, None)


def test_the_coarse_level_stays_within_its_error(sample_models: list[SampleModel]) -> None:
    """Each coarse vertex lies within the stated error of a vertex of the full model, and the outline is kept."""
    model = baked(sample_models[1].path)
    document = model.tilesets[0].document
    error = document["root"]["geometricError"]
    full = np.concatenate([t.reshape(-1, 3) for t in model.leaf_triangles().values()])
    coarse = np.concatenate([p.positions for p in model.decoded[document["root"]["content"]["uri"]].parts])
    sample = coarse[:: max(1, len(coarse) // 400)]
    distance = np.sqrt(((sample[:, None] - full[None]) ** 2).sum(axis=2)).min(axis=1)
    assert distance.max() <= error
    assert np.abs(coarse.max(axis=0) - full.max(axis=0)).max() <= error
    assert np.abs(coarse.min(axis=0) - full.min(axis=0)).max() <= error


def test_the_city_root_encloses_its_models() -> None:
    matrix = np.eye(4)
    matrix[:3, 3] = (-2e6, 5e6, 3e6)
    extent = np.array([[0.0, 0, 0], [20, 10, 30]])
    document = city_document([("a/tileset.json", matrix, extent, 128.0), ("b/tileset.json", np.eye(4), extent, 128.0)])
    *centre, radius = document["root"]["boundingVolume"]["sphere"]
    for corner in ([-2e6, 5e6, 3e6], [-2e6 + 20, 5e6 + 10, 3e6 + 30], [0, 0, 0], [20, 10, 30]):
        assert np.linalg.norm(np.array(corner) - centre) <= radius
    assert [c["content"]["uri"] for c in document["root"]["children"]] == ["a/tileset.json", "b/tileset.json"]
    assert document["root"]["refine"] == "ADD"
    assert city_document([])["root"].get("children") is None
