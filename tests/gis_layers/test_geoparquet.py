"""GeoParquet written and read by parts, against geopandas and pyarrow used directly."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_layers.geoparquet import LayerFile, write_geoparquet
from twin.values.layer import Features


def sample(count: int, extra: dict[str, list[object]] | None = None) -> Features:
    """Return `count` squares, points and lines (every third with a height) with attributes."""
    x = np.linspace(-179, 170, count)
    made = [
        shapely.box(lon, 0, lon + 0.01, 0.02) if i % 3 else shapely.Point(lon, 1, 7.5)
        for i, lon in enumerate(x.tolist())
    ]
    columns: dict[str, list[object]] = {
        "name": [None if i % 7 == 0 else f"路 {i} <b>" for i in range(count)],
        "floors": list(range(count)),
        **(extra or {}),
    }
    return Features(np.array(made, dtype=object), pa.table(columns))


@pytest.fixture
def big(tmp_path: Path) -> tuple[Features, Path]:
    features, path = sample(25_001), tmp_path / "layer.parquet"
    write_geoparquet(features, path)
    return features, path


def test_geopandas_reads_the_same(big: tuple[Features, Path]) -> None:
    features, path = big
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_authority() == ("OGC", "CRS84")
    assert shapely.equals_identical(np.asarray(frame.geometry), features.geometry).all()
    assert [v if isinstance(v, str) else None for v in frame["name"]] == features.attributes["name"].to_pylist()
    assert list(frame["floors"]) == list(range(25_001))
    inside = geopandas.read_parquet(path, bbox=(0, 0, 10, 1))  # uses the covering
    assert len(inside) == int(np.sum(shapely.intersects(features.geometry, shapely.box(0, 0, 10, 1))))


def test_the_file_says_what_it_is(big: tuple[Features, Path]) -> None:
    _, path = big
    file = pq.ParquetFile(path)
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point Z", "Polygon"]
    assert geo["columns"]["geometry"]["covering"]["bbox"]["ymax"] == ["bbox", "ymax"]
    assert "crs" not in geo["columns"]["geometry"]
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [10_000, 10_000, 5_001]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_parts(big: tuple[Features, Path]) -> None:
    features, path = big
    file = LayerFile(path)
    assert file.count == 25_001
    assert file.schema.names == ["name", "floors"]
    assert np.array_equal(file.boxes(), shapely.bounds(features.geometry))
    assert file.boxes() is file.boxes()
    whole = file.all()
    assert shapely.equals_identical(whole.geometry, features.geometry).all()
    assert whole.attributes.equals(features.attributes)
    assert file.attributes(["floors"]).column_names == ["floors"]
    assert file.attributes(["floors", "name"]).num_rows == 25_001
    with pytest.raises(KeyError):
        file.attributes(["geometry"])
    file.close()


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 25_000), max_size=40))
def test_take_any_rows(rows: set[int]) -> None:
    features, path = SHARED
    file = LayerFile(path)
    wanted = np.array(sorted(rows), dtype=np.int64)
    part = file.take(wanted)
    assert shapely.equals_identical(part.geometry, features.geometry[wanted]).all()
    assert part.attributes.equals(features.attributes.take(pa.array(wanted)))
    file.close()


@pytest.fixture(autouse=True, scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    global SHARED  # noqa: PLW0603  (hypothesis and fixtures of functions do not mix)
    features, path = sample(25_001), tmp_path_factory.mktemp("shared") / "layer.parquet"
    write_geoparquet(features, path)
    SHARED = (features, path)


SHARED: tuple[Features, Path]


@pytest.mark.parametrize("rows", [[3, 2], [-1], [25_001], [4, 4]])
def test_rows_that_are_none(big: tuple[Features, Path], rows: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        LayerFile(big[1]).take(np.array(rows))


def test_threads_get_their_own_rows(big: tuple[Features, Path]) -> None:
    features, path = big
    with path.open("rb") as opened:
        file = LayerFile(opened)

        def ask(start: int) -> bool:
            rows = np.arange(start, 25_001, 997)
            return bool(shapely.equals_identical(file.take(rows).geometry, features.geometry[rows]).all())

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(64)))


def test_attributes_may_have_the_names_of_our_columns() -> None:
    features = sample(
        12,
        {
            "geometry": ["a"] * 12,
            "bbox.xmin": list(range(12)),
            "a": [1] * 12,
            "a.b": [2.5] * 12,
            "Geometry": ["b"] * 12,
        },
    )
    content = io.BytesIO()
    write_geoparquet(features, content)  # pyarrow takes a file as well
    file = LayerFile(content)
    assert file.all().attributes.equals(features.attributes)
    assert file.attributes(["a"]).column_names == ["a"]
    assert file.attributes(["bbox.xmin"])["bbox.xmin"].to_pylist() == list(range(12))
    assert np.array_equal(file.boxes(), shapely.bounds(features.geometry))


def test_no_attributes_and_no_features(tmp_path: Path) -> None:
    bare = Features(np.array([shapely.Point(1, 2)], dtype=object), pa.table({}))
    write_geoparquet(bare, tmp_path / "a.parquet")
    assert len(LayerFile(tmp_path / "a.parquet").all()) == 1
    none = Features(np.array([], dtype=object), pa.table({"name": pa.array([], pa.string())}))
    write_geoparquet(none, tmp_path / "b.parquet")
    empty = LayerFile(tmp_path / "b.parquet")
    assert (empty.count, len(empty.all()), empty.boxes().shape) == (0, 0, (0, 4))
    assert len(empty.take(np.array([], dtype=np.int64))) == 0
