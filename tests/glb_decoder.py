"""An independent reader of baked tiles: glTF 2.0 binary with the extensions that 3D Tiles 1.1 uses.

Written from the specifications, it shares no code with what writes the tiles.  Comes out: per-feature triangles in the
tile's own frame (3D Tiles: z up, metres), with the property table.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

COMPONENTS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
PROPERTY_TYPES = {"UINT8": "u1", "UINT16": "<u2", "UINT32": "<u4", "UINT64": "<u8", "FLOAT32": "<f4"}
Z_UP_FROM_Y_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float64)


@dataclass(frozen=True)
class Part:
    """Triangles of one primitive, or of one instance of it.

    positions : (n, 3) float64, metres, tile frame, z up
    normals : (n, 3) float64, tile frame, not normalised
    features : (n,) int64, row of the property table of each vertex
    triangles : (m, 3) int64
    colour : linear red, green, blue and opacity
    """

    positions: NDArray[np.float64]
    normals: NDArray[np.float64]
    features: NDArray[np.int64]
    triangles: NDArray[np.int64]
    colour: tuple[float, ...]


@dataclass(frozen=True)
class Glb:
    """A decoded tile content; `table` is property name → one value per feature."""

    document: dict[str, Any]
    parts: list[Part]
    table: dict[str, list[Any]]

    def triangles_of(self) -> dict[str, NDArray[np.float64]]:
        """Return global_id → (m, 3, 3) float64 triangles, metres, tile frame."""
        found: dict[str, list[NDArray[np.float64]]] = {}
        for part in self.parts:
            owners = part.features[part.triangles]
            assert (owners == owners[:, :1]).all(), "a triangle belongs to one feature"
            corners = part.positions[part.triangles]
            for feature in np.unique(owners[:, 0]):
                found.setdefault(self.table["global_id"][feature], []).append(corners[owners[:, 0] == feature])
        return {key: np.concatenate(value) for key, value in found.items()}


@dataclass
class _Reader:
    document: dict[str, Any]
    binary: bytes
    parts: list[Part] = field(default_factory=list)

    def view(self, number: int) -> bytes:
        view = self.document["bufferViews"][number]
        start = view.get("byteOffset", 0)
        return self.binary[start : start + view["byteLength"]]

    def accessor(self, number: int) -> NDArray[np.float64]:
        """Return (count, width) values, normalised integers already turned to -1..1 or 0..1."""
        accessor = self.document["accessors"][number]
        assert "sparse" not in accessor, "sparse accessors are not written"
        dtype, width = np.dtype(COMPONENTS[accessor["componentType"]]), WIDTHS[accessor["type"]]
        view = self.document["bufferViews"][accessor["bufferView"]]
        stride = view.get("byteStride", dtype.itemsize * width)
        raw = np.ndarray(
            (accessor["count"], width),
            dtype,
            self.view(accessor["bufferView"]),
            accessor.get("byteOffset", 0),
            (stride, dtype.itemsize),
        )
        values = raw.astype(np.float64)
        if accessor.get("normalized"):
            values = np.maximum(values / np.iinfo(dtype).max, -1.0)
        return values

    def walk(self, number: int, parent: NDArray[np.float64]) -> None:
        node = self.document["nodes"][number]
        matrix = parent @ node_matrix(node)
        if "mesh" in node:
            self._draw(node, matrix)
        for child in node.get("children", []):
            self.walk(child, matrix)

    def _draw(self, node: dict[str, Any], matrix: NDArray[np.float64]) -> None:
        extensions = node.get("extensions", {})
        instancing = extensions.get("EXT_mesh_gpu_instancing")
        primitives = self.document["meshes"][node["mesh"]]["primitives"]
        if instancing is None:
            for primitive in primitives:
                self._add(primitive, matrix, None)
            return
        columns = {name: self.accessor(number) for name, number in instancing["attributes"].items()}
        ids = extensions["EXT_instance_features"]["featureIds"][0]
        features = columns[f"_FEATURE_ID_{ids['attribute']}"][:, 0].astype(np.int64)
        for i, feature in enumerate(features):
            trs = {name.lower(): columns[name][i] for name in ("TRANSLATION", "ROTATION", "SCALE") if name in columns}
            for primitive in primitives:
                self._add(primitive, matrix @ node_matrix(trs), int(feature))

    def _add(self, primitive: dict[str, Any], matrix: NDArray[np.float64], feature: int | None) -> None:
        assert primitive.get("mode", 4) == 4, "triangles"
        attributes = primitive["attributes"]
        local = self.accessor(attributes["POSITION"])
        to_tile = Z_UP_FROM_Y_UP @ matrix
        positions = local @ to_tile[:3, :3].T + to_tile[:3, 3]
        normals = self.accessor(attributes["NORMAL"]) @ np.linalg.inv(to_tile[:3, :3])
        if feature is None:
            ids = primitive["extensions"]["EXT_mesh_features"]["featureIds"][0]
            features = self.accessor(attributes[f"_FEATURE_ID_{ids['attribute']}"])[:, 0].astype(np.int64)
            assert features.max() < ids["featureCount"]
        else:
            features = np.full(len(positions), feature)
        triangles = self.accessor(primitive["indices"])[:, 0].astype(np.int64).reshape(-1, 3)
        material = self.document["materials"][primitive["material"]]
        colour = tuple(material["pbrMetallicRoughness"]["baseColorFactor"])
        assert (colour[3] < 1) == (material.get("alphaMode") == "BLEND")
        self.parts.append(Part(positions, normals, features, triangles, colour))

    def table(self) -> dict[str, list[Any]]:
        """Return the one property table as columns."""
        metadata = self.document["extensions"]["EXT_structural_metadata"]
        (table,) = metadata["propertyTables"]
        declared = metadata["schema"]["classes"][table["class"]]["properties"]
        return {
            name: self._column(declared[name], stored, table["count"]) for name, stored in table["properties"].items()
        }

    def _column(self, declared: dict[str, Any], stored: dict[str, Any], count: int) -> list[Any]:
        values = self.view(stored["values"])
        if declared["type"] == "STRING":
            dtype = PROPERTY_TYPES[stored.get("stringOffsetType", "UINT32")]
            offsets = np.frombuffer(self.view(stored["stringOffsets"]), dtype, count + 1).tolist()
            return [values[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
        assert declared["type"] == "SCALAR"
        column: list[Any] = np.frombuffer(values, PROPERTY_TYPES[declared["componentType"]], count).tolist()
        return column


def node_matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    """Return the (4, 4) row-major matrix of a node's `matrix`, or of its translation, rotation and scale."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def decode(content: bytes) -> Glb:
    """Decode a glb."""
    magic, version, total = struct.unpack_from("<4sII", content)
    assert (magic, version, total) == (b"glTF", 2, len(content))
    length, kind = struct.unpack_from("<I4s", content, 12)
    assert kind == b"JSON"
    document = json.loads(content[20 : 20 + length])
    start = 20 + length
    size, kind = struct.unpack_from("<I4s", content, start)
    assert kind == b"BIN\0"
    reader = _Reader(document, content[start + 8 : start + 8 + size])
    for node in document["scenes"][document["scene"]]["nodes"]:
        reader.walk(node, np.eye(4))
    return Glb(document, reader.parts, reader.table())


@dataclass(frozen=True)
class Tile:
    """A tile of a tileset: its JSON, the matrix to the tileset's frame, its depth, and its parent.

    root_from_tile : (4, 4) float64 row-major; with a root transform this is ecef_from_tile
    """

    document: dict[str, Any]
    root_from_tile: NDArray[np.float64]
    parent: "Tile | None"

    @property
    def is_leaf(self) -> bool:
        return not self.document.get("children")


def tiles_of(tileset: dict[str, Any]) -> Iterator[Tile]:
    """Yield every tile of a tileset.json document, parents before children."""
    pending: list[tuple[dict[str, Any], NDArray[np.float64], Tile | None]] = [(tileset["root"], np.eye(4), None)]
    while pending:
        document, outer, parent = pending.pop()
        own = np.array(document.get("transform", np.eye(4).ravel()), np.float64).reshape(4, 4).T
        tile = Tile(document, outer @ own, parent)
        yield tile
        pending += [(child, tile.root_from_tile, tile) for child in document.get("children", [])]


def corners(volume: dict[str, Any]) -> NDArray[np.float64]:
    """Return the (8, 3) corners of a `box` bounding volume, in the tile's frame."""
    numbers = np.array(volume["box"], np.float64)
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return numbers[:3] + signs @ numbers[3:].reshape(3, 3)


def outside(volume: dict[str, Any], points: NDArray[np.float64]) -> float:
    """Return by how many metres the farthest of (n, 3) points lies outside a `box` or `sphere`; 0 for none."""
    if "sphere" in volume:
        distance = np.linalg.norm(points - volume["sphere"][:3], axis=1) - volume["sphere"][3]
        return float(np.maximum(distance, 0).max())
    numbers = np.array(volume["box"], np.float64)
    axes = numbers[3:].reshape(3, 3)
    lengths = np.linalg.norm(axes, axis=1)
    along = (points - numbers[:3]) @ (axes / lengths[:, None]).T
    return float(np.maximum(np.abs(along) - lengths, 0).max())
