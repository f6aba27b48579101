"""Vector tiles seen by an independent decoder and an independent projection: the oracle of the tile tests."""

import math
from collections.abc import Iterable
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import shapely
from mapbox_vector_tile.Mapbox.vector_tile_pb2 import tile as message
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from twin.values.layer import Features

EXTENT, BUFFER = 4096, 64
Tile = tuple[int, int, int]


def features_of(geometry: Iterable[BaseGeometry], **columns: Any) -> Features:
    """Return features; a column without a type of its own gets the one that pyarrow sees."""
    made = np.array(list(geometry), object)
    arrays = {name: pa.array(values) for name, values in columns.items()}
    empty = pa.table({"n": pa.array(range(len(made)))}).select([])
    return Features(made, pa.table(arrays) if arrays else empty)


def decode(content: bytes, name: str = "layer") -> list[dict[str, Any]]:
    """Return the features of a tile, coordinates as they are written: y points down."""
    if not content:
        return []
    tile = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    assert list(tile) == [name]
    assert tile[name]["version"] == 2
    assert tile[name]["extent"] == EXTENT
    return list(tile[name]["features"])


def pixel(lng: float, lat: float, tile: Tile) -> tuple[float, float]:
    """Return where a place lies in a tile's frame, by the textbook formula."""
    z, x, y = tile
    around = (lng + 180) / 360 * 2**z
    latitude = math.radians(max(-89.9, min(89.9, lat)))
    down = (1 - math.log(math.tan(latitude) + 1 / math.cos(latitude)) / math.pi) / 2 * 2**z
    return (around - x) * EXTENT, (down - y) * EXTENT


def projected(geometry: BaseGeometry, tile: Tile, turns: int = 0) -> BaseGeometry:
    """Return a geometry in degrees in a tile's frame, looked at after some turns to the east."""

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([pixel(lng + 360 * turns, lat, tile) for lng, lat in points]).reshape(-1, 2)

    return shapely.transform(geometry, move)


def window(buffer: float = BUFFER) -> BaseGeometry:
    """Return what a tile may hold."""
    return shapely.box(-buffer, -buffer, EXTENT + buffer, EXTENT + buffer)


def tiles_of(geometry: BaseGeometry, z: int) -> list[Tile]:
    """Return every tile that the box of a geometry touches, columns wrapped, with one more all round."""
    west, south, east, north = geometry.bounds
    left, top = pixel(west, north, (z, 0, 0))
    right, bottom = pixel(east, south, (z, 0, 0))
    columns = range(math.floor(left / EXTENT) - 1, math.floor(right / EXTENT) + 2)
    rows = range(max(0, math.floor(top / EXTENT) - 1), min(2**z - 1, math.floor(bottom / EXTENT) + 1) + 1)
    return sorted({(z, x % 2**z, y) for x in columns for y in rows})


def drawn(feature: dict[str, Any]) -> BaseGeometry:
    """Return a decoded feature's geometry, made valid where rounding has crossed its edges."""
    geometry = shape(feature["geometry"])
    return geometry if geometry.is_valid else shapely.make_valid(geometry)


def area(geometry: BaseGeometry) -> float:
    """Return the area of the polygons in whatever `make_valid` gives."""
    return float(geometry.area)


def decode_integers(content: bytes) -> list[tuple[int, list[list[tuple[int, int]]]]]:
    """Return type and rings of every feature, read from the protocol buffer's numbers: no tidying of any decoder."""
    read = message()
    read.ParseFromString(content)
    return [(feature.type, _rings(list(feature.geometry))) for layer in read.layers for feature in layer.features]


def _rings(numbers: list[int]) -> list[list[tuple[int, int]]]:
    rings: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            assert count == 1
            continue
        for _ in range(count):
            x += (numbers[at] >> 1) ^ -(numbers[at] & 1)
            y += (numbers[at + 1] >> 1) ^ -(numbers[at + 1] & 1)
            at += 2
            if command == 1:
                rings.append([])
            rings[-1].append((x, y))
    return rings


def surveyor(ring: list[tuple[int, int]]) -> float:
    """Return the signed area of a ring as the specification computes it."""
    following = [*ring[1:], ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, following, strict=True)) / 2
