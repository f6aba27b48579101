"""Where layers stand: every way a CRS is said, the slips of survey files, GCJ-02, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from gis_layers.reader import read_layers
from tests.georeference.test_gcj02 import scalar_gcj02
from tests.gis_layers.made import HOUSES, apart, frame, read, told, write
from twin.errors import InvalidInput, UnknownCRS


def moved(houses: list[shapely.Geometry], by: Any) -> list[shapely.Geometry]:
    """Return geometries with another (n, 2) array of coordinates."""
    return [shapely.transform(house, by) for house in houses]


def projected(code: Any) -> list[shapely.Geometry]:
    """Return the houses in a CRS, by pyproj."""
    forward = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    return moved(HOUSES, lambda xy: np.column_stack(forward.transform(xy[:, 0], xy[:, 1])))


def bare(path: Path, houses: list[shapely.Geometry]) -> Path:
    """Write a Shapefile without a .prj."""
    write(path, frame(geometry=houses, crs=None), encoding="UTF-8")
    assert not path.with_suffix(".prj").exists()
    return path


@pytest.mark.parametrize("code", [4326, 4490, 3857, 32650, 4547, 4526, 4508, 4497])
@pytest.mark.parametrize("file", ["a.gpkg", "a.shp", "a.gml", "a.fgb", "a.parquet"])
def test_what_the_file_says(tmp_path: Path, code: int, file: str) -> None:
    features = frame(geometry=projected(code), crs=code)
    if file == "a.parquet":
        features.to_parquet(tmp_path / file)
    else:
        write(tmp_path / file, features, **({"SPATIAL_INDEX": "NO"} if file == "a.fgb" else {}))
    layer = read(tmp_path / file)
    assert apart(layer, HOUSES) < 1e-8
    assert layer.crs == f"EPSG:{code}"
    assert layer.datum == ("wgs84" if code in (4326, 3857, 32650) else "cgcs2000")


@pytest.mark.parametrize(
    "crs",
    [
        *("EPSG:4547", "4547", "CGCS2000 / 3-degree Gauss-Kruger CM 114E", "2000国家大地坐标系 3度带 中央经线114"),
        "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs",
        pyproj.CRS(4547).to_wkt("WKT1_ESRI"),
        pyproj.CRS(4547).to_wkt(),
    ],
)
def test_what_the_user_says(tmp_path: Path, crs: str) -> None:
    layer = read(bare(tmp_path / "a.shp", projected(4547)), crs=crs)
    assert apart(layer, HOUSES) < 1e-8


def test_a_zone_number_names_the_zone_of_a_bare_chinese_name(tmp_path: Path) -> None:
    assert read(bare(tmp_path / "a.shp", projected(4526)), crs="国家大地坐标系2000").crs == "EPSG:4526"
    assert read(bare(tmp_path / "b.shp", list(HOUSES)), crs="国家大地坐标系2000").crs == "EPSG:4490"


def test_a_citys_own_grid(tmp_path: Path) -> None:
    city = (
        "+proj=tmerc +lat_0=22.5 +lon_0=114.05 +k=1 +x_0=1000 +y_0=2000 +ellps=GRS80 +towgs84=0,0,0 +units=m +no_defs"
    )
    layer = read(bare(tmp_path / "a.shp", projected(city)), crs=city)
    assert apart(layer, HOUSES) < 1e-8
    assert "EPSG" not in layer.crs.split("[")[0]


def test_no_crs_is_refused_with_what_to_type(tmp_path: Path) -> None:
    for houses, example in ((projected(4547), "4547"), (projected(4526), "4526"), (list(HOUSES), "4490")):
        with pytest.raises(InvalidInput, match=f"type --crs, for instance --crs EPSG:{example}"):
            read(bare(tmp_path / f"{example}.shp", houses))
    assert read(tmp_path / "4490.shp", datum="cgcs2000").crs == "EPSG:4490"
    assert read(tmp_path / "4490.shp", datum="wgs84").crs == "EPSG:4326"
    with pytest.raises(InvalidInput, match="type --crs"):
        read(tmp_path / "4547.shp", datum="cgcs2000")


def test_unknown_crs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", frame())
    for crs in ("EPSG:999999", "my grid", "+proj=nonsense", "EPSG:5737", "GEOGCS[broken"):
        with pytest.raises(UnknownCRS, match="EPSG"):
            read(path, crs=crs)


def test_the_user_wins_and_is_told(tmp_path: Path) -> None:
    layer = read(write(tmp_path / "a.gpkg", frame(geometry=projected(4547), crs=4548)), crs="EPSG:4547")
    assert apart(layer, HOUSES) < 1e-8
    assert "a.gpkg says EPSG:4548, but --crs EPSG:4547 counts" in told(layer)
    same = read(write(tmp_path / "b.gpkg", frame(geometry=projected(4547), crs=4547)), crs="EPSG:4547")
    assert "counts" not in told(same)


@pytest.mark.parametrize(("written", "stated"), [(4526, 4547), (4547, 4526), (4497, 4508), (4508, 4497)])
@pytest.mark.parametrize("swapped", [False, True])
def test_zone_numbers_and_swapped_axes_are_put_right_and_told(
    tmp_path: Path, written: int, stated: int, swapped: bool
) -> None:
    houses = projected(written)
    layer = read(
        write(
            tmp_path / "a.gpkg",
            frame(geometry=moved(houses, lambda xy: xy[:, ::-1]) if swapped else houses, crs=stated),
        )
    )
    assert apart(layer, HOUSES) < 1e-8
    assert layer.crs == f"EPSG:{written}"
    assert "zone number" in told(layer)
    assert ("swapped" in told(layer)) == swapped


def test_swapped_degrees(tmp_path: Path) -> None:
    layer = read(write(tmp_path / "a.gpkg", frame(geometry=moved(list(HOUSES), lambda xy: xy[:, ::-1]), crs=4490)))
    assert apart(layer, HOUSES) < 1e-12
    assert "swapped" in told(layer)


def test_metres_in_geojson_and_degrees_under_metres_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        '{"type":"Point","coordinates":[38512345.0,2493000.0]}}]}'
    )
    with pytest.raises(InvalidInput, match=r"no degrees.*--crs EPSG:4526"):
        read(path)
    assert read(path, crs="EPSG:4526").datum == "cgcs2000"
    with pytest.raises(InvalidInput, match=r"are degrees.*EPSG:4490"):
        read(write(tmp_path / "b.gpkg", frame(crs=4547)))
    with pytest.raises(InvalidInput, match="no degrees"):
        read(write(tmp_path / "c.gpkg", frame(geometry=moved(list(HOUSES), lambda xy: xy + 500), crs=4326)))


def test_strays_are_lost_and_counted(tmp_path: Path) -> None:
    houses = [*projected(4547)[:4], shapely.box(1e30, 1e30, 2e30, 2e30)]
    layer = read(write(tmp_path / "a.gpkg", frame(geometry=houses, crs=4547)))
    assert (layer.lost, len(layer.features)) == (1, 4)
    assert "no place on Earth" in told(layer)


def test_gcj02_is_undone(tmp_path: Path) -> None:
    shifted = moved(list(HOUSES), lambda xy: np.array([scalar_gcj02(*p) for p in xy.tolist()]))
    layer = read(bare(tmp_path / "a.shp", shifted), datum="gcj02")
    assert apart(layer, HOUSES) < 1e-9  # a millimetre is 1e-8
    assert (layer.datum, layer.crs) == ("gcj02", "EPSG:4326")
    assert "not official" in told(layer)
    assert "10 m" in told(layer)
    # tiles of Amap are Web Mercator of shifted degrees
    mercator = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    path = write(
        tmp_path / "b.gpkg",
        frame(geometry=moved(shifted, lambda xy: np.column_stack(mercator.transform(xy[:, 0], xy[:, 1]))), crs=3857),
    )
    assert apart(read(path, datum="gcj02"), HOUSES) < 1e-8


def test_datums(tmp_path: Path) -> None:
    assert "within some decimetres" in told(read(write(tmp_path / "a.gpkg", frame(crs=4490))))
    xian = write(tmp_path / "b.gpkg", frame(geometry=projected(4610), crs=4610))
    assert "not public" in told(read(xian))
    assert read(xian).datum == "Xian 1980"
    with pytest.raises(InvalidInput, match="stands on the datum Xian 1980, not on cgcs2000"):
        read(xian, datum="cgcs2000")
    beijing = write(tmp_path / "c.gpkg", frame(geometry=projected(4214), crs=4214))
    assert "with an accuracy of " in told(read(beijing))


def test_a_layer_across_the_antimeridian_stays_in_one_piece(tmp_path: Path) -> None:
    fiji = shapely.box(179.5, -17, 180.5, -16)
    layer = read(write(tmp_path / "a.gpkg", frame({"name": ["Fiji"]}, [fiji], crs=4326)), "districts")
    assert shapely.equals_identical(layer.features.geometry[0], fiji)


def test_nothing_is_known_of_a_file_before_its_name_is_checked() -> None:
    with pytest.raises(InvalidInput, match="cannot be the name"):
        read_layers(Path("/nowhere"), "../x")
