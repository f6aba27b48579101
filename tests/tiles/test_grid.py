"""The tile grid against the textbook, and orders that keep neighbours together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiles.decoding import pixel
from tiles.grid import (
    MAX_LATITUDE,
    lnglat_from_world,
    morton,
    morton_of,
    tile_bounds,
    tile_exists,
    tile_from_morton,
    tile_of,
    world_from_lnglat,
)
from tiles.ragged import interleave, neighbours, ranges, starts_of


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_world_is_the_textbook_s_mercator(lng: float, lat: float) -> None:
    x, y = (pixel(lng, lat, (0, 0, 0))[axis] / 4096 for axis in (0, 1))
    world = world_from_lnglat(np.array([[lng], [lat]]))
    assert world.ravel().tolist() == pytest.approx([x, y], abs=1e-12)
    assert lnglat_from_world(world).ravel().tolist() == pytest.approx([lng, lat], abs=1e-9)


def test_poles_stay_finite_and_beyond_the_map() -> None:
    world = world_from_lnglat(np.array([[0.0, 0.0], [90.0, -90.0]]))
    assert world[1, 0] < 0
    assert world[1, 1] > 1
    assert np.isfinite(world).all()
    edge = world_from_lnglat(np.array([[0.0], [MAX_LATITUDE]]))
    assert edge[1, 0] == pytest.approx(0, abs=1e-12)


@given(st.integers(0, 24), st.floats(-179.9, 179.9), st.floats(-85, 85))
def test_a_place_lies_in_the_bounds_of_its_tile(z: int, lng: float, lat: float) -> None:
    ((x,), (y,)) = tile_of(world_from_lnglat(np.array([[lng], [lat]])), z).tolist()
    assert tile_exists(z, x, y)
    west, south, east, north = tile_bounds(z, x, y)
    assert west - 1e-9 <= lng <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(st.lists(st.tuples(st.integers(0, 2**26 - 1), st.integers(0, 2**26 - 1)), min_size=1))
def test_morton_codes_keep_tiles_and_their_parents(cells: list[tuple[int, int]]) -> None:
    columns, rows = np.array(cells, np.int64).T
    codes = morton(columns, rows)
    assert [a.tolist() for a in tile_from_morton(codes)] == [columns.tolist(), rows.tolist()]
    assert (codes >> 2 == morton(columns >> 1, rows >> 1)).all()


def test_morton_codes_wrap_round_the_globe() -> None:
    east, west = (morton_of(np.array([[x], [0.4]])) for x in (1.25, 0.25))
    assert east.tolist() == west.tolist()


@given(st.lists(st.binary(max_size=5), max_size=20), st.lists(st.binary(max_size=300), max_size=20))
def test_rows_are_interleaved(first: list[bytes], second: list[bytes]) -> None:
    count = min(len(first), len(second))
    pieces = [
        (np.frombuffer(b"".join(some[:count]), np.uint8), np.array([len(one) for one in some[:count]], np.int64))
        for some in (first, second)
    ]
    flat, starts = interleave(pieces)
    joined = [a + b for a, b in zip(first, second, strict=False)]
    assert flat.tobytes() == b"".join(joined)
    assert starts.tolist() == starts_of(np.array([len(one) for one in joined])).tolist()


@given(st.lists(st.integers(0, 4), max_size=12))
def test_ragged_helpers(counts: list[int]) -> None:
    starts = starts_of(np.array(counts, np.int64))
    rows = [list(range(a, b)) for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    assert neighbours(starts).tolist() == [n for row in rows for n in row[1:] + row[:1]]
    firsts = np.array([7 * i for i in range(len(counts))], np.int64)
    wanted = [7 * i + j for i, count in enumerate(counts) for j in range(count)]
    assert ranges(firsts, np.array(counts, np.int64)).tolist() == wanted
    assert math.fsum(counts) == starts[-1]
