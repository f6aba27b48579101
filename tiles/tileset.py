"""The tileset.json documents of 3D Tiles 1.1 (OGC 22-025r4): nodes, bounding boxes, the root transform, the city root.

Owns one convention: matrices are column-major in JSON (clause "Tile transform"), row-major everywhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A client draws a tileset while its error covers more than 16 pixels; 128 m do so at 5 km on 720 pixels (60° high).
VISIBLE_AT_5_KM = 128.0
_DECIMALS = 4  # a tenth of a millimetre


@dataclass(slots=True)
class TileNode:
    """A node of the tile tree.

    box : (2, 3) float64, least and greatest corner in the local frame, metres
    geometric_error : metres that are wrong while this tile is drawn in place of its children
    content : path of its content, None for a node that only groups
    """

    box: NDArray[np.float64]
    geometric_error: float
    content: str | None = None
    children: list["TileNode"] = field(default_factory=list)

    def to_json(self, refine: str | None = None) -> dict[str, Any]:
        """Return the tile object."""
        tile: dict[str, Any] = {
            "boundingVolume": {"box": bounding_box(self.box)},
            "geometricError": round(self.geometric_error, _DECIMALS),
        }
        if refine:
            tile["refine"] = refine
        if self.content:
            tile["content"] = {"uri": self.content}
        if self.children:
            tile["children"] = [child.to_json() for child in self.children]
        return tile


def tileset_document(root: TileNode) -> dict[str, Any]:
    """Return a model's tileset.json, not yet placed."""
    size = float(np.linalg.norm(root.box[1] - root.box[0]))
    return {
        "asset": {"version": "1.1", "generator": "city-twin"},
        "geometricError": round(max(size, VISIBLE_AT_5_KM, root.geometric_error), _DECIMALS),
        "root": root.to_json("REPLACE"),
    }


def placed_document(document: dict[str, Any], ecef_from_local: NDArray[np.float64]) -> dict[str, Any]:
    """Return the document with the root transform; `ecef_from_local` is (4, 4) float64 row-major, metres."""
    return {**document, "root": {**document["root"], "transform": ecef_from_local.ravel(order="F").tolist()}}


def bounding_box(box: NDArray[np.float64]) -> list[float]:
    """Return the 12 numbers of a `box` volume (centre, then three half axes), rounded outwards."""
    centre = np.round((box[0] + box[1]) / 2, _DECIMALS)
    half = np.maximum(np.maximum(box[1] - centre, centre - box[0]), 0) + 10.0**-_DECIMALS
    half = np.ceil(half * 10**_DECIMALS) / 10**_DECIMALS
    return [*centre.tolist(), *np.diag(half).ravel().tolist()]


def city_document(
    entries: Sequence[tuple[str, NDArray[np.float64], NDArray[np.float64], float]],
) -> dict[str, Any]:
    """Return the city's root tileset, which refers to the models' tilesets.

    entries : of each model its uri, ecef_from_local (4, 4) float64 row-major in metres, box (2, 3) in local metres, and
        the geometric error of its tileset in metres
    """
    children = []
    corners = []
    for uri, ecef_from_local, box, geometric_error in entries:
        centre, half = (box[0] + box[1]) / 2, (box[1] - box[0]) / 2
        axes = ecef_from_local[:3, :3] * half  # columns: the half axes in ECEF
        middle = ecef_from_local[:3, :3] @ centre + ecef_from_local[:3, 3]
        corners += [middle + axes @ signs for signs in _SIGNS]
        children.append(
            {
                "boundingVolume": {"box": [*middle.tolist(), *axes.T.ravel().tolist()]},
                "geometricError": round(geometric_error, _DECIMALS),
                "content": {"uri": uri},
            }
        )
    volume: dict[str, Any] = {"sphere": [0.0, 0.0, 0.0, 6_400_000.0]}  # an empty city: the Earth
    if corners:
        points = np.array(corners)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        volume = {"sphere": [*middle.tolist(), float(np.linalg.norm(points - middle, axis=1).max()) + 1.0]}
    error = max([volume["sphere"][3] * 2, *(e[3] for e in entries)]) if entries else 0.0
    root: dict[str, Any] = {"boundingVolume": volume, "geometricError": round(error, _DECIMALS), "refine": "ADD"}
    if children:
        root["children"] = children
    return {
        "asset": {"version": "1.1", "generator": "city-twin"},
        "geometricError": round(error, _DECIMALS),
        "root": root,
    }


_SIGNS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
