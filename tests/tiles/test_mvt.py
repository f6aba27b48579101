"""Attributes and ids in tiles; numbers as protocol buffers write them."""

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiles.decoding import decode, features_of
from tiles.columns import MAX_TEXT
from tiles.live import LiveLayer
from tiles.varint import varint_lengths, varints, zigzag
from twin.values.layer import Features, TileRange

RANGE = TileRange(0, 10)
texts = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["", "是", "'\"<b>", "same"]))
int64s = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-3, 300))
floats = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, -0.0, 3.0]))


def shown(**columns: Sequence[object]) -> list[dict[str, object]]:
    """Return the properties of points in one place, as a tile tells them."""
    count = len(next(iter(columns.values())))
    layer = LiveLayer("layer", features_of([shapely.Point(0.1, 0.1)] * count, **columns), RANGE)
    found = decode(layer.tile(10, 512, 511))
    assert [feature["id"] for feature in found] == list(range(1, count + 1))
    return [feature["properties"] for feature in found]


@given(st.lists(st.tuples(texts, int64s, floats, st.sampled_from([None, True, False])), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_every_value_arrives_with_its_type_and_nulls_stay_out(rows: list[tuple[object, ...]]) -> None:
    names = ("text", "whole", "float", "flag")
    types = (pa.string(), pa.int64(), pa.float64(), pa.bool_())
    columns = {n: pa.array([row[i] for row in rows], types[i]) for i, n in enumerate(names)}
    for row, found in zip(rows, shown(**columns), strict=True):
        wanted = {
            name: value
            for name, value in zip(names, row, strict=True)
            if value is not None and not (isinstance(value, float) and not math.isfinite(value))
        }
        assert found == wanted
        assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in wanted.items()}


def test_other_types_become_what_a_tile_can_say() -> None:
    (found,) = shown(
        day=pa.array([dt.date(2024, 2, 29)]),
        moment=pa.array([dt.datetime(2024, 2, 29, 13, 5, 7)], pa.timestamp("s")),
        zoned=pa.array([dt.datetime(2024, 2, 29, 13, 5, 7, tzinfo=dt.UTC)], pa.timestamp("ms", "UTC")),
        small=pa.array([7], pa.int8()),
        single=pa.array([0.5], pa.float32()),
        half=pa.array([np.float16(1.5)], pa.float16()),
        coded=pa.array(["park"]).dictionary_encode(),
        large=pa.array([2**64 - 1], pa.uint64()),
        large_text=pa.array(["wide"], pa.large_string()),
        nothing=pa.nulls(1),
        several=pa.array([[1, 2]]),
    )
    assert found == {
        "day": "2024-02-29",
        "moment": "2024-02-29T13:05:07",
        "zoned": "2024-02-29T13:05:07.000Z",
        "small": 7,
        "single": 0.5,
        "half": 1.5,
        "coded": "park",
        "large": 2**64 - 1,
        "large_text": "wide",
        "several": "[1, 2]",
    }


def test_a_text_that_would_burst_a_tile_stays_out_and_the_others_stay() -> None:
    found = shown(text=["short", "x" * (MAX_TEXT + 1), "y" * MAX_TEXT], number=[1, 2, 3])
    assert [sorted(one) for one in found] == [["number", "text"], ["number"], ["number", "text"]]
    assert found[0]["text"] == "short"


def test_a_sliced_and_chunked_table_is_read_where_it_begins() -> None:
    whole = pa.table(
        {"text": pa.chunked_array([["a", "b"], ["c", None, "e"]]), "n": pa.chunked_array([[1, 2, 3, 4, 5]])}
    )
    geometry = np.array([shapely.Point(0.1, 0.1)] * 3, object)
    layer = LiveLayer("layer", Features(geometry, whole.slice(1, 3)), RANGE)
    assert [f["properties"] for f in decode(layer.tile(10, 512, 511))] == [
        {"text": "b", "n": 2},
        {"text": "c", "n": 3},
        {"n": 4},
    ]


def test_a_layer_without_attributes_and_a_name_beyond_latin() -> None:
    layer = LiveLayer("道路", features_of([shapely.Point(0.1, 0.1)]), RANGE)
    (feature,) = decode(layer.tile(10, 512, 511), "道路")
    assert feature["properties"] == {}


def test_only_the_keys_and_values_of_a_tile_stand_in_it() -> None:
    geometry = [shapely.Point(0.1, 0.1), shapely.Point(50, 0.1)]
    layer = LiveLayer("layer", features_of(geometry, here=["near", None], there=[None, "far away"]), RANGE)
    content = layer.tile(10, 512, 511)
    assert b"near" in content
    assert b"far away" not in content
    assert b"there" not in content


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_varints(numbers: list[int]) -> None:
    array = np.array(numbers, np.uint64)
    read, value, shift = [], 0, 0
    for byte in varints(array).tobytes():
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            read.append(value)
            value = shift = 0
    assert read == numbers
    assert int(varint_lengths(array).sum()) == len(varints(array))


@given(st.integers(-(2**63), 2**63 - 1))
def test_zigzag(number: int) -> None:
    (written,) = zigzag(np.array([number], np.int64)).tolist()
    assert (written >> 1) ^ -(written & 1) == number


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_features_stand_in_the_order_of_their_source(order: list[int]) -> None:
    boxes = [shapely.box(0.1, 0.1, 0.2 + i / 50, 0.2) for i in order]
    layer = LiveLayer("layer", features_of(boxes, n=order), RANGE)
    assert [f["properties"]["n"] for f in decode(layer.tile(10, 512, 511))] == order
