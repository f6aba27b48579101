"""Writing a tile's content: glTF 2.0 binary with feature ids and one property table.

Owns two conventions: glTF's y-up turn (glTF 2.0, 3.4 "Coordinate System and Units"; 3D Tiles turns it back) and
quantisation (KHR_mesh_quantization).  Vertex data stay z up; the node matrix dequantises and turns.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.geometry import Surface

# Steps of the quantised grid, metres: the finest at which a tile fits into 16 bits. A larger tile is float32.
STEPS = (0.00025, 0.0005, 0.001)

_FLOAT, _UINT32, _UINT16, _UINT8, _INT16, _INT8 = 5126, 5125, 5123, 5121, 5122, 5120
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
# glTF column-major turn of z up to y up: (x, y, z) -> (x, z, -y)
_Y_UP_FROM_Z_UP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], np.float64)


@dataclass(frozen=True, slots=True)
class Instanced:
    """A surface drawn several times.

    surface : in its own frame
    matrices : (k, 4, 4) float64, rigid, tile frame from surface frame
    features : (k,) int64, row of the property table of each
    """

    surface: Surface
    matrices: NDArray[np.float64]
    features: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """The property table: one value per feature. `row` is the model-wide feature row."""

    global_id: Sequence[str]
    ifc_class: Sequence[str]
    storey: Sequence[str]
    row: NDArray[np.uint32]


def write_glb(surface: Surface | None, instanced: Sequence[Instanced], columns: Columns) -> bytes:
    """Return the bytes of a glb.

    surface : triangles drawn once, features numbered by property-table row; None where all are instanced
    """
    low, high = _extent(surface, instanced)
    step = next((s for s in STEPS if float((high - low).max()) / s <= 65535), None)
    # with a step, the origin lies on the grid of the model, so that neighbouring tiles round alike
    origin = np.floor(low / step) * step if step else (low + high) / 2
    writer = _Writer(origin, step)
    if surface is not None and len(surface.triangles):
        writer.add_mesh(surface, len(columns.row))
    for repeated in instanced:
        writer.add_instances(repeated, len(columns.row))
    return writer.finish(columns)


def _extent(surface: Surface | None, instanced: Sequence[Instanced]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = [surface.positions] if surface is not None and len(surface.positions) else []
    for repeated in instanced:
        own = repeated.surface.positions
        reach = np.abs(own).max(axis=0)
        centres = repeated.matrices[:, :3, 3]
        half = np.abs(repeated.matrices[:, :3, :3]) @ reach
        points += [centres - half, centres + half]
    every = np.concatenate(points)
    return every.min(axis=0), every.max(axis=0)


class _Writer:
    """Collects accessors into a few shared buffer views and the glTF document round them."""

    def __init__(self, origin: NDArray[np.float64], step: float | None) -> None:
        self._origin, self._step = origin, step
        self._streams: dict[tuple[str, int], list[bytes]] = {}
        self._sizes: dict[tuple[str, int], int] = {}
        self._accessors: list[dict[str, Any]] = []
        self._materials: dict[int, int] = {}
        self._meshes: list[dict[str, Any]] = []
        self._nodes: list[dict[str, Any]] = []
        self._used = {"EXT_mesh_features", "EXT_structural_metadata", "KHR_mesh_quantization"}

    def add_mesh(self, surface: Surface, feature_count: int) -> None:
        """Add triangles drawn once."""
        self._nodes.append({"mesh": self._mesh(surface, self._origin, feature_count), "matrix": self._node_matrix()})

    def add_instances(self, repeated: Instanced, feature_count: int) -> None:
        """Add a surface drawn many times (EXT_mesh_gpu_instancing, EXT_instance_features)."""
        step = self._step or 1.0
        translations = ((repeated.matrices[:, :3, 3] - self._origin) / step).astype("<f4")
        rotations = quaternions(repeated.matrices[:, :3, :3]).astype("<f4")
        ids = self._accessor("instance_features", _FLOAT, repeated.features[:, None], target=None)
        attributes = {
            "TRANSLATION": self._accessor("translations", _FLOAT, translations, target=None),
            "ROTATION": self._accessor("rotations", _FLOAT, rotations, target=None),
            "_FEATURE_ID_0": ids,
        }
        self._used |= {"EXT_mesh_gpu_instancing", "EXT_instance_features"}
        self._nodes.append(
            {
                "mesh": self._mesh(repeated.surface, np.zeros(3), None),
                "matrix": self._node_matrix(),
                "extensions": {
                    "EXT_mesh_gpu_instancing": {"attributes": attributes},
                    "EXT_instance_features": {
                        "featureIds": [{"featureCount": feature_count, "attribute": 0, "propertyTable": 0}]
                    },
                },
            }
        )

    def finish(self, columns: Columns) -> bytes:
        """Return the glb."""
        views, binary, view_of = self._buffer_views()
        for accessor in self._accessors:
            accessor["bufferView"] = view_of[accessor.pop("stream")]
        metadata, binary = _structural_metadata(columns, views, binary)
        required = ["KHR_mesh_quantization"]  # the int8 normals need it, whatever the positions are
        if "EXT_mesh_gpu_instancing" in self._used:
            required.append("EXT_mesh_gpu_instancing")
        document = {
            "asset": {"version": "2.0", "generator": "city-twin"},
            "extensionsUsed": sorted(self._used),
            "extensionsRequired": required,
            "extensions": {"EXT_structural_metadata": metadata},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self._nodes)))}],
            "nodes": self._nodes,
            "meshes": self._meshes,
            "materials": [_material(colour) for colour in self._materials],
            "accessors": self._accessors,
            "bufferViews": views,
            "buffers": [{"byteLength": len(binary)}],
        }
        return _pack(document, binary)

    def _node_matrix(self) -> list[float]:
        dequantise = np.diag([self._step or 1.0] * 3 + [1.0])
        dequantise[:3, 3] = self._origin
        matrix: list[float] = (_Y_UP_FROM_Z_UP @ dequantise).ravel(order="F").tolist()
        return matrix

    def _mesh(self, surface: Surface, origin: NDArray[np.float64], feature_count: int | None) -> int:
        """Add a mesh with a primitive per colour; `feature_count` None leaves the features to the instances."""
        order = np.argsort(surface.colours, kind="stable")
        cuts = np.flatnonzero(np.diff(surface.colours[order])) + 1
        primitives = []
        for part in np.split(order, cuts):
            triangles = surface.triangles[part]
            used, indices = np.unique(triangles, return_inverse=True)
            primitives.append(
                self._primitive(surface, used, indices.ravel(), int(surface.colours[part[0]]), origin, feature_count)
            )
        self._meshes.append({"primitives": primitives})
        return len(self._meshes) - 1

    def _primitive(
        self,
        surface: Surface,
        used: NDArray[np.int64],
        indices: NDArray[np.int64],
        colour: int,
        origin: NDArray[np.float64],
        feature_count: int | None,
    ) -> dict[str, Any]:
        positions = surface.positions[used] - origin
        if self._step:
            kind = _UINT16 if feature_count is not None else _INT16
            quantised = np.round(positions / self._step)
        else:
            kind, quantised = _FLOAT, positions
        attributes = {
            "POSITION": self._accessor("positions", kind, quantised, bounds=True),
            "NORMAL": self._accessor("normals", _INT8, np.round(surface.normals[used] * 127), normalized=True),
        }
        index_type = _UINT8 if len(used) < 255 else _UINT16 if len(used) < 65535 else _UINT32
        primitive: dict[str, Any] = {
            "attributes": attributes,
            "indices": self._accessor("indices", index_type, indices[:, None], target=_ELEMENT_ARRAY_BUFFER),
            "material": self._materials.setdefault(colour, len(self._materials)),
        }
        if feature_count is not None:
            attributes["_FEATURE_ID_0"] = self._accessor(
                "features", _feature_type(feature_count), surface.features[used][:, None]
            )
            primitive["extensions"] = {
                "EXT_mesh_features": {
                    "featureIds": [{"featureCount": feature_count, "attribute": 0, "propertyTable": 0}]
                }
            }
        return primitive

    def _accessor(
        self,
        stream: str,
        component: int,
        values: NDArray[Any],
        *,
        bounds: bool = False,
        normalized: bool = False,
        target: int | None = _ARRAY_BUFFER,
    ) -> int:
        """Append (n, width) values to the stream's buffer view and return the accessor's number.

        Vertex attributes are padded to rows of a multiple of 4 bytes (glTF 2.0, 3.6.2.4 "Data Alignment").
        """
        dtype = np.dtype(_DTYPES[component])
        count, width = values.shape
        columns = width
        if target != _ELEMENT_ARRAY_BUFFER:
            columns = -(-width * dtype.itemsize // 4) * 4 // dtype.itemsize
        rows = np.zeros((count, columns), dtype)
        rows[:, :width] = values
        key = (stream, component)
        content = rows.tobytes()
        content += bytes(-len(content) % 4)
        offset = self._sizes.get(key, 0)
        self._streams.setdefault(key, []).append(content)
        self._sizes[key] = offset + len(content)
        accessor: dict[str, Any] = {
            "stream": key,
            "byteOffset": offset,
            "componentType": component,
            "count": count,
            "type": {1: "SCALAR", 3: "VEC3", 4: "VEC4"}[width],
        }
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor["min"] = rows[:, :width].min(axis=0).tolist()
            accessor["max"] = rows[:, :width].max(axis=0).tolist()
        self._accessors.append(accessor)
        return len(self._accessors) - 1

    def _buffer_views(self) -> tuple[list[dict[str, Any]], bytes, dict[tuple[str, int], int]]:
        views: list[dict[str, Any]] = []
        view_of: dict[tuple[str, int], int] = {}
        chunks: list[bytes] = []
        offset = 0
        for key, content in self._streams.items():
            stream, component = key
            view: dict[str, Any] = {"buffer": 0, "byteOffset": offset, "byteLength": self._sizes[key]}
            size = np.dtype(_DTYPES[component]).itemsize
            if stream == "indices":
                view["target"] = _ELEMENT_ARRAY_BUFFER
            elif stream in ("positions", "normals", "features"):
                width = 1 if stream == "features" else 3
                view["target"] = _ARRAY_BUFFER
                view["byteStride"] = -(-width * size // 4) * 4
            view_of[key] = len(views)
            views.append(view)
            chunks += content
            offset += self._sizes[key]
        return views, b"".join(chunks), view_of


_DTYPES = {_FLOAT: "<f4", _UINT32: "<u4", _UINT16: "<u2", _UINT8: "u1", _INT16: "<i2", _INT8: "i1"}


def _feature_type(feature_count: int) -> int:
    """uint16, or float32 (exact to 2^24) as EXT_mesh_features allows no larger integers."""
    return _UINT16 if feature_count <= 65536 else _FLOAT


def quaternions(rotations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (k, 4) unit quaternions x, y, z, w of (k, 3, 3) rotations (Shepperd 1978: the largest of four forms)."""
    m = rotations
    trace = m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2]
    squares = np.stack([m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], trace], axis=1)
    squares = 1 + 2 * squares - trace[:, None]
    squares[:, 3] = 1 + trace
    largest = np.argmax(squares, axis=1)
    found = np.zeros((len(m), 4))
    for axis in range(3):
        j, k = (axis + 1) % 3, (axis + 2) % 3
        chosen = largest == axis
        found[chosen, axis] = squares[chosen, axis]
        found[chosen, j] = m[chosen, axis, j] + m[chosen, j, axis]
        found[chosen, k] = m[chosen, axis, k] + m[chosen, k, axis]
        found[chosen, 3] = m[chosen, k, j] - m[chosen, j, k]
    chosen = largest == 3
    found[chosen, 0] = m[chosen, 2, 1] - m[chosen, 1, 2]
    found[chosen, 1] = m[chosen, 0, 2] - m[chosen, 2, 0]
    found[chosen, 2] = m[chosen, 1, 0] - m[chosen, 0, 1]
    found[chosen, 3] = squares[chosen, 3]
    unit: NDArray[np.float64] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def _material(packed: int) -> dict[str, Any]:
    """Return a glTF material of a packed sRGB colour; factors are linear (glTF 2.0, 3.9.2)."""
    red, green, blue, alpha = packed & 255, packed >> 8 & 255, packed >> 16 & 255, packed >> 24 & 255
    material: dict[str, Any] = {
        "pbrMetallicRoughness": {
            "baseColorFactor": [*(round(_linear(c / 255), 5) for c in (red, green, blue)), round(alpha / 255, 4)],
            "metallicFactor": 0,
            "roughnessFactor": 0.9,
        },
        "doubleSided": True,  # models of the trade are full of open surfaces
    }
    if alpha < 255:
        material["alphaMode"] = "BLEND"
    return material


def _linear(value: float) -> float:
    """Return linear light of an sRGB value, 0 to 1 (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _structural_metadata(columns: Columns, views: list[dict[str, Any]], binary: bytes) -> tuple[dict[str, Any], bytes]:
    """Append the property table's columns to the buffer; return the EXT_structural_metadata object and the buffer."""
    chunks = [binary]
    size = len(binary)

    def view(content: bytes) -> int:
        nonlocal size
        padding = bytes(-size % 8)  # EXT_structural_metadata, "Binary Table Format": 8-byte alignment
        views.append({"buffer": 0, "byteOffset": size + len(padding), "byteLength": len(content)})
        chunks.extend((padding, content))
        size += len(padding) + len(content)
        return len(views) - 1

    properties: dict[str, Any] = {}
    schema: dict[str, Any] = {}
    texts: Mapping[str, Sequence[str]] = {
        "global_id": columns.global_id,
        "ifc_class": columns.ifc_class,
        "storey": columns.storey,
    }
    for name, values in texts.items():
        encoded = [v.encode() for v in values]
        offsets = np.cumsum([0, *(len(e) for e in encoded)]).astype("<u4")
        schema[name] = {"type": "STRING"}
        joined_texts = b"".join(encoded) or b"\0"  # a buffer view holds at least one byte (glTF 2.0, 5.11)
        properties[name] = {
            "values": view(joined_texts),
            "stringOffsets": view(offsets.tobytes()),
            "stringOffsetType": "UINT32",
        }
    schema["row"] = {"type": "SCALAR", "componentType": "UINT32"}
    properties["row"] = {"values": view(columns.row.astype("<u4").tobytes())}
    metadata = {
        "schema": {"id": "element", "classes": {"element": {"properties": schema}}},
        "propertyTables": [{"class": "element", "count": len(columns.row), "properties": properties}],
    }
    return metadata, b"".join(chunks)


def _pack(document: Mapping[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        )
    )
