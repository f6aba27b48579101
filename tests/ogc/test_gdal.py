"""GDAL reads the running server: OGC API Features by its OAPIF driver, vector tiles by its MVT driver."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from gis_layers.geoparquet import LayerFile
from tests.serving import serving
from twin.store import Store
from twin.values.layer import Features
from web.ingest_layers import ingest_layers

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
MERCATOR = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
EXTENT, CIRCUMFERENCE = 4096, 40075016.68557849


def read(source: str, layer: str, **options: Any) -> tuple[NDArray[np.int64], NDArray[np.object_], dict[str, Any]]:
    """Return ids, geometry and columns of a layer as GDAL reads it."""
    known, ids, shapes, columns = pyogrio.raw.read(source, layer=layer, return_fids=True, **options)
    return ids, shapely.from_wkb(shapes), dict(zip(known["fields"], columns, strict=True))


def features(url: str, layer: str, **options: Any) -> Any:
    return read(f"OAPIF:{url}/ogc/", layer, **options)


@pytest.mark.parametrize("layer", ["houses", "塔 & <i>", "roads", "islands"])
def test_gdal_reads_every_feature_as_it_was(served: str, sources: dict[str, Features], layer: str) -> None:
    ids, shapes, columns = features(served, layer)
    source = sources[layer]
    assert ids.tolist() == list(range(1, len(source) + 1))
    assert shapely.equals_identical(shapes, source.geometry).all()
    assert list(columns) == source.attributes.column_names
    assert columns["name"].tolist() == source.attributes.column("name").to_pylist()
    assert pyogrio.read_info(f"OAPIF:{served}/ogc/", layer=layer)["features"] == len(source)


def test_gdal_finds_every_layer_and_its_types(served: str) -> None:
    listed = {name for name, _ in pyogrio.list_layers(f"OAPIF:{served}/ogc/")}
    assert listed == {"houses", "塔 & <i>", "roads", "islands", "projects"}
    _, _, columns = features(served, "houses")
    assert columns["floors"].dtype.kind in "if"
    assert columns["height"].dtype == np.float64
    assert columns["built"].dtype == np.dtype("datetime64[D]")
    assert columns["seen"].dtype.kind == "M"


FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "floors = 7": lambda row: row["floors"] == 7,
    "floors > 7 AND name IS NOT NULL": lambda row: (row["floors"] or 0) > 7 and row["name"] is not None,
    "name LIKE 'Stra%3_' OR height < 10": lambda row: (
        (row["name"] or "").endswith("3%") or (row["height"] == row["height"] and row["height"] < 10)
    ),
    "NOT (floors BETWEEN 0 AND 30)": lambda row: row["floors"] is not None and not 0 <= row["floors"] <= 30,
    "\"用途\" = '学校'": lambda row: row["用途"] == "学校",
    "listed = 1": lambda row: row["listed"] is True,
    "built > '2010/01/01'": lambda row: row["built"] is not None and row["built"].isoformat() > "2010-01-01",
    '"two words" = \'x\' AND "limit" < 9': lambda row: row["limit"] < 9,
    "name = '<script>alert(1)</script> & \"quoted\" ''name'''": lambda row: row["limit"] == 1,
}


@pytest.mark.parametrize("where", FILTERS)
def test_gdal_leaves_filters_to_the_server(
    served: str, sources: dict[str, Features], where: str, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = sources["houses"].attributes.to_pylist()
    expected = [i + 1 for i, row in enumerate(rows) if FILTERS[where](row)]
    pyogrio.set_gdal_config_options({"CPL_DEBUG": "OAPIF,HTTP"})
    try:
        ids, _, _ = features(served, "houses", where=where)
    finally:
        pyogrio.set_gdal_config_options({"CPL_DEBUG": None})
    assert ids.tolist() == expected != []
    said = capfd.readouterr().err
    assert "&filter=" in said
    assert "Full filter will be evaluated on client side" not in said


def test_gdal_leaves_boxes_to_the_server(
    served: str, sources: dict[str, Features], capfd: pytest.CaptureFixture[str]
) -> None:
    box = (113.95, 22.45, 114.02, 22.52)
    pyogrio.set_gdal_config_options({"CPL_DEBUG": "OAPIF,HTTP"})
    try:
        ids, _, _ = features(served, "houses", bbox=box)
    finally:
        pyogrio.set_gdal_config_options({"CPL_DEBUG": None})
    expected = np.flatnonzero(shapely.intersects(sources["houses"].geometry, shapely.box(*box))) + 1
    assert ids.tolist() == expected.tolist() != []
    assert "bbox=113.95" in capfd.readouterr().err


def test_gdal_reads_pages(served: str, sources: dict[str, Features]) -> None:
    ids, shapes, _ = features(served, "houses", PAGE_SIZE="17", INITIAL_REQUEST_PAGE_SIZE="3")
    assert ids.tolist() == list(range(1, 241))
    assert shapely.equals_identical(shapes, sources["houses"].geometry).all()


@pytest.mark.parametrize("code", [4326, 4490, 4547, 3857])
def test_gdal_reads_other_systems_in_their_axis_order(served: str, sources: dict[str, Features], code: int) -> None:
    _, shapes, _ = features(served, "houses", CRS=EPSG + str(code))
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=True)
    expected = shapely.transform(sources["houses"].geometry, lambda at: np.column_stack(transformer.transform(*at.T)))
    near = 1e-9 if code in (4326, 4490) else 1e-3
    assert shapely.get_coordinates(shapes) == pytest.approx(shapely.get_coordinates(expected), abs=near)


# --- tiles ---


def tiles(url: str, layer: str, zoom: int) -> tuple[NDArray[np.int64], NDArray[np.object_], dict[str, Any]]:
    """Return the features of all tiles of a zoom level, each as often as it is in tiles, with its own id."""
    source = f"MVT:{url}/tiles/{quote(layer, safe='')}/{zoom}"
    _, shapes, columns = read(source, layer, TILE_EXTENSION="mvt")
    return columns.pop("mvt_id").astype(np.int64), shapes, columns


def check_areas(ids: NDArray[np.int64], shapes: NDArray[np.object_], source: Features, zoom: int) -> None:
    """Hold the parts of each feature, as the tiles have them, against its area, within the rounding of the grid."""
    step = CIRCUMFERENCE / 2**zoom / EXTENT
    drawn = np.zeros(len(source) + 1)
    np.add.at(drawn, ids, shapely.area(shapely.make_valid(shapes)))
    flat = shapely.transform(shapely.force_2d(source.geometry), lambda at: np.column_stack(MERCATOR.transform(*at.T)))
    tolerance = 2 * step * shapely.length(flat) + 8 * step**2
    worst = np.abs(drawn[1:] - shapely.area(flat)) / tolerance
    assert worst.max() <= 1, (int(worst.argmax()), float(worst.max()))


@pytest.mark.parametrize("layer", ["houses", "roads", "塔 & <i>"])
def test_gdal_finds_every_feature_in_the_tiles(served: str, sources: dict[str, Features], layer: str) -> None:
    ids, shapes, columns = tiles(served, layer, 15)
    source = sources[layer]
    assert sorted(set(ids.tolist())) == list(range(1, len(source) + 1))
    check_areas(ids, shapes, source, 15)
    names = source.attributes.column("name").to_pylist()
    assert [columns["name"][i] for i in range(len(ids))] == [names[number - 1] for number in ids]


def test_gdal_reads_one_tile_of_ogc(served: str, tmp_path: Path) -> None:
    path = tmp_path / "tile.mvt"
    with urlopen(f"{served}/ogc/collections/houses/tiles/WebMercatorQuad/12/1784/3344", timeout=20) as answer:
        path.write_bytes(answer.read())
    _, shapes, _ = read(f"MVT:{path}", "houses", X="3344", Y="1784", Z="12")
    assert len(shapes) > 0
    west, south, east, north = shapely.total_bounds(shapes)
    low, high = MERCATOR.transform(113.9, 22.4), MERCATOR.transform(114.52, 22.62)
    step = CIRCUMFERENCE / 2**12
    assert low[0] - step < west < east < high[0] + step
    assert low[1] - step < south < north < high[1] + step


# --- a real file ---


@pytest.fixture(scope="module")
def liechtenstein(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, Features]]]:
    """Serve the layers of a country's OpenStreetMap file; with what they hold, read from the store."""
    folder = tmp_path_factory.mktemp("liechtenstein")
    held: dict[str, Features] = {}
    with Store.open(folder / "twin") as store:
        for layer in ingest_layers(lambda: store, real_data / "gis" / "liechtenstein.osm.pbf", "li"):
            with store.blobs.open(layer.features_sha256) as content:
                held[layer.name] = LayerFile(content).all()
    with serving(folder / "twin") as url:
        yield url, held


@pytest.mark.real_data
def test_gdal_reads_a_country_from_the_server(liechtenstein: tuple[str, dict[str, Features]]) -> None:
    url, held = liechtenstein
    assert {name for name, _ in pyogrio.list_layers(f"OAPIF:{url}/ogc/")} == {*held, "projects"}
    for name, source in held.items():
        ids, shapes, columns = features(url, name)
        assert ids.tolist() == list(range(1, len(source) + 1)), name
        assert shapely.equals_identical(shapes, source.geometry).all(), name
        assert list(columns) == source.attributes.column_names, name
        north = (9.4, 47.2, 9.7, 47.3)
        within = np.flatnonzero(shapely.intersects(source.geometry, shapely.box(*north))) + 1
        assert features(url, name, bbox=north)[0].tolist() == within.tolist(), name


@pytest.mark.real_data
def test_gdal_finds_a_countrys_buildings_in_the_tiles(liechtenstein: tuple[str, dict[str, Features]]) -> None:
    url, held = liechtenstein
    source = held["li-buildings"]
    with urlopen(f"{url}/tiles/li-buildings.json", timeout=20) as answer:
        deepest = json.load(answer)["maxzoom"]
    ids, shapes, columns = tiles(url, "li-buildings", deepest)
    assert sorted(set(ids.tolist())) == list(range(1, len(source) + 1))
    check_areas(ids, shapes, source, deepest)
    assert set(columns) <= set(source.attributes.column_names)
