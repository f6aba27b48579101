"""Models baked for tests: an IFC file through reading and tiling, and its tiles decoded again."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
from numpy.typing import NDArray

from ifc_import.reader import SPACE_CLASSES, drawing_started, read_model
from ifc_import.source import open_source
from tests.glb_decoder import Glb, decode, tiles_of
from tiles.build import build_tilesets
from twin.values.model import BuildingModel
from twin.values.tiles import Tileset

SCHEMA = Path(__file__).with_name("schemas") / "tileset.schema.json"


@dataclass(frozen=True)
class Baked:
    """A model with its tilesets; `decoded` is content path → decoded glb of all of them."""

    model: BuildingModel
    tilesets: tuple[Tileset, ...]
    decoded: dict[str, Glb]

    def leaf_triangles(self) -> dict[str, NDArray[np.float64]]:
        """Return global_id → (m, 3, 3) float64 triangles in the local frame, metres, from the leaves."""
        found: dict[str, NDArray[np.float64]] = {}
        for tileset in self.tilesets:
            for tile in tiles_of(tileset.document):
                if tile.is_leaf:
                    found |= self.decoded[tile.document["content"]["uri"]].triangles_of()
        return found


@cache
def baked(path: Path) -> Baked:
    """Read and tile a file with the default kernels; kept for the run."""
    source = open_source(path)
    with drawing_started(source, None) as (text, worker):
        model = read_model(source, text, worker).model
    bake = build_tilesets(model, SPACE_CLASSES)
    tilesets = tuple(tileset for tileset in (bake.building, bake.spaces) if tileset is not None)
    decoded = {file.path: decode(file.content) for tileset in tilesets for file in tileset.contents}
    return Baked(model, tilesets, decoded)


@cache
def tileset_validator() -> Any:
    """Return the validator of tileset.json documents."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def schema_errors(document: Any) -> list[str]:
    """Return what a tileset.json document breaks in the schema."""
    return [f"{error.json_path}: {error.message}" for error in tileset_validator().iter_errors(document)]
