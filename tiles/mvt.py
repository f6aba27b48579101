"""Mapbox Vector Tile 2.1, many features and many tiles at once: every number of every feature is in one array.

A tile is one layer: its features, the names of their attributes (keys) and the distinct values.  Protocol buffers are
written by hand: a field is its number and wire type, a length where it has one, and the content.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tiles.columns import Columns
from tiles.cut import Pieces, Units, some_rings
from tiles.grid import EXTENT
from tiles.ragged import ranges, starts_of, sums
from tiles.shapes import POINT, POLYGON, Shapes
from tiles.varint import varint_lengths, varints

Ints = NDArray[np.int64]

# field number << 3 | wire type
_LAYER, _NAME, _FEATURE, _EXTENT, _VERSION = 0x1A, 0x0A, 0x12, 0x28, 0x78
_ID, _TAGS, _TYPE, _GEOMETRY = 0x08, 0x12, 0x18, 0x22
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 15


@dataclass(frozen=True, slots=True)
class Contents:
    """What is to be written: units (a feature in a tile) in the order of their tiles.

    pieces : geometry; `unit` counts the units below
    feature : (u,) index of each in the shapes
    types, row : (u,) of each unit; the feature's id is row + 1
    tile : (u,) which tile, ascending from 0
    """

    pieces: Pieces
    feature: Ints
    types: NDArray[np.uint8]
    row: Ints
    tile: Ints


def contents_of(shapes: Shapes, units: Units, tile: Ints, pieces: Pieces) -> Contents:
    """Name what was cut; a feature that stands in a tile twice, once from each side of the antimeridian, becomes one.

    tile : (u,) which tile each unit lies in, ascending from 0
    """
    fresh = np.ones(len(units), bool)
    fresh[1:] = (units.feature[1:] != units.feature[:-1]) | (tile[1:] != tile[:-1])
    feature = units.feature[fresh]
    if len(feature) < len(units):
        merged = np.cumsum(fresh) - 1
        pieces = replace(pieces, unit=merged[pieces.unit])
    return Contents(pieces, feature, shapes.types[feature], shapes.row[feature], tile[fresh])


def only_units(contents: Contents, units: Ints) -> Contents:
    """Return some units (ascending indices) as contents of one tile."""
    new = np.full(len(contents.row), -1, np.int64)
    new[units] = np.arange(len(units))
    pieces = contents.pieces
    kept = some_rings(pieces, new[pieces.unit] >= 0)
    own = replace(kept, unit=new[kept.unit])
    tile = np.zeros(len(units), np.int64)
    return Contents(own, contents.feature[units], contents.types[units], contents.row[units], tile)


def write_tiles(name: str, contents: Contents, columns: Columns, tiles: int) -> Iterator[bytes]:
    """Yield the bytes of each tile, b"" where it has no feature."""
    present = np.flatnonzero(np.bincount(contents.pieces.unit, minlength=len(contents.row)))
    features, feature_starts, unit_tags = _features(contents, columns, present)
    at = np.searchsorted(contents.tile[present], np.arange(tiles + 1))
    keys, values = unit_tags.keys, unit_tags.values
    title = name.encode()
    head = bytes([_NAME]) + _varint(len(title)) + title
    tail = bytes([_EXTENT]) + _varint(EXTENT) + bytes([_VERSION, 2])
    raw, table = features.tobytes(), values.tobytes()
    for tile in range(tiles):
        first, end = int(feature_starts[at[tile]]), int(feature_starts[at[tile + 1]])
        if first == end:
            yield b""
            continue
        words = table[unit_tags.value_starts[tile] : unit_tags.value_starts[tile + 1]]
        layer = b"".join([head, raw[first:end], keys[tile], words, tail])
        yield bytes([_LAYER]) + _varint(len(layer)) + layer


@dataclass(frozen=True, slots=True)
class _Tags:
    """Tags of units, and each tile's tables.

    pairs : (2 t,) key and value indices of all units
    counts : (u,) how many pairs each unit has
    keys : of each tile, its key messages
    values, value_starts : bytes of the value messages of all tiles
    """

    pairs: NDArray[np.uint32]
    counts: Ints
    keys: list[bytes]
    values: NDArray[np.uint8]
    value_starts: Ints


def _tags(columns: Columns, row: Ints, tile: Ints, tiles: int) -> _Tags:
    codes = columns.codes.take(row, axis=1).T  # unit by unit, so that the pairs of a unit stand together
    unit, column = np.nonzero(codes >= 0)
    value = codes[unit, column].astype(np.int64)
    of = tile[unit]
    present = np.zeros((tiles, len(columns.names)), bool)
    present[of, column] = True
    key = (np.cumsum(present, axis=1) - 1)[of, column]
    distinct, index = np.unique(of * np.int64(columns.count) + value, return_inverse=True)
    owner, value = np.divmod(distinct, np.int64(max(columns.count, 1)))
    firsts = np.searchsorted(owner, np.arange(tiles + 1))
    pairs = np.stack([key, index - firsts[of]], axis=1).astype(np.uint32).ravel()
    sizes = columns.starts[value + 1] - columns.starts[value]
    words = columns.values[ranges(columns.starts[value], sizes)]
    everything = b"".join(columns.keys)
    keys = [
        everything if all(here) else b"".join(key for key, is_here in zip(columns.keys, here, strict=True) if is_here)
        for here in present.tolist()
    ]
    counts = np.bincount(unit, minlength=len(row))
    return _Tags(pairs, counts, keys, words, starts_of(sizes)[firsts])


def _features(contents: Contents, columns: Columns, present: Ints) -> tuple[NDArray[np.uint8], Ints, _Tags]:
    """Return the bytes of all feature messages, the start of each, and their tags.

    A message is a row of numbers, each written as a varint; field numbers and lengths are numbers too.
    """
    tiles = int(contents.tile[-1]) + 1 if len(contents.tile) else 0
    row, types = contents.row[present], contents.types[present]
    tags = _tags(columns, row, contents.tile[present], tiles)
    geometry, geometry_starts = _geometry(contents.pieces, contents.types, len(contents.row))
    geometry_lengths = varint_lengths(geometry)
    geometry_bytes = sums(geometry_lengths, geometry_starts)[present]
    geometry_counts = np.diff(geometry_starts)[present]
    tag_starts = starts_of(2 * tags.counts)
    tag_bytes = sums(varint_lengths(tags.pairs), tag_starts)
    tagged = tags.counts > 0
    identity = (row + 1).astype(np.uint32)
    fixed = 4 + varint_lengths(identity) + varint_lengths(geometry_bytes.astype(np.uint32))  # four field numbers
    size = fixed + geometry_bytes + np.where(tagged, 1 + varint_lengths(tag_bytes.astype(np.uint32)) + tag_bytes, 0)
    # feature, size, id, its number, [tags, their size, …,] type, its number, geometry, its size, …
    tag_room = np.where(tagged, 2 + 2 * tags.counts, 0)
    starts = starts_of(8 + tag_room + geometry_counts)
    numbers = np.zeros(starts[-1], np.uint32)
    at = starts[:-1]
    numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3] = _FEATURE, size, _ID, identity
    numbers[at[tagged] + 4], numbers[at[tagged] + 5] = _TAGS, tag_bytes[tagged]
    numbers[ranges(at + 6, 2 * tags.counts)] = tags.pairs
    at = at + 4 + tag_room
    numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3] = _TYPE, types, _GEOMETRY, geometry_bytes
    numbers[ranges(at + 4, geometry_counts)] = geometry
    return varints(numbers), starts_of(1 + varint_lengths(size.astype(np.uint32)) + size), tags


def _geometry(pieces: Pieces, types: NDArray[np.uint8], units: int) -> tuple[NDArray[np.uint32], Ints]:
    """Return commands and parameters of all units, and the start of each unit."""
    counts = np.diff(pieces.rings)
    kind = types[pieces.unit]
    starts = starts_of(1 + 2 * counts + (kind != POINT) + (kind == POLYGON))
    numbers = np.zeros(starts[-1], np.uint32)
    first = starts[:-1]
    numbers[first] = np.where(kind == POINT, counts << 3, 1 << 3) | _MOVE_TO
    drawn = kind != POINT
    numbers[first[drawn] + 3] = ((counts[drawn] - 1) << 3) | _LINE_TO
    numbers[starts[1:][kind == POLYGON] - 1] = _CLOSE_PATH
    # the cursor runs on from ring to ring of a unit and starts at the tile's corner
    step = pieces.xy.astype(np.int32)
    step[:, 1:] -= pieces.xy[:, :-1]
    fresh = np.ones(len(counts), bool)
    fresh[1:] = pieces.unit[1:] != pieces.unit[:-1]
    begin = pieces.rings[:-1][fresh]
    step[:, begin] = pieces.xy[:, begin]
    # two numbers a vertex, after the command; the LineTo stands between the first and the second vertex
    place = np.repeat(first + 1 - 2 * pieces.rings[:-1], counts) + 2 * np.arange(pieces.xy.shape[1])
    later = np.repeat(drawn, counts)
    later[pieces.rings[:-1]] = False
    place += later
    both = ((step << 1) ^ (step >> 31)).astype(np.uint32)
    numbers[place], numbers[place + 1] = both
    sizes = np.zeros(units, np.int64)
    np.add.at(sizes, pieces.unit, np.diff(starts))
    return numbers, starts_of(sizes)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
