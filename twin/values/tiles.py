"""Baked files as values: what `tiles` makes, `twin.store` keeps and `web` serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TileFile:
    """An immutable content of a tileset; `path` is relative to its tileset.json and is "{sha256}.glb"."""

    path: str
    content: bytes
    media_type: str = "model/gltf-binary"


@dataclass(frozen=True, slots=True)
class Tileset:
    """A 3D Tiles 1.1 tileset before it is placed.

    document : the tileset.json document without the root transform (`tiles.tileset.placed_document` adds it)
    contents : its tile files
    box : (2, 3) float64, least and greatest corner in the local frame, metres, z up
    """

    document: dict[str, Any]
    contents: Sequence[TileFile]
    box: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bake:
    """All that one model is baked to: the building's tileset (None when nothing is drawn) and its spaces' one."""

    building: Tileset | None
    spaces: Tileset | None
