"""CRSs by code and name, and their coordinates, against pyproj used directly."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import UnknownCRS
from twin.values.crs import ecef_from_lnglat, lnglat_from_ecef, lnglat_from_map, map_from_lnglat, resolve
from twin.values.crs_names import DATUMS, code_of, grid_of

CODES = sorted(
    {
        first + i
        for datum in DATUMS.values()
        for first, count in (
            *((datum.zones_3, 21), (datum.meridians_3, 21)),
            *((datum.zones_6, 11), (datum.meridians_6, 11)),
        )
        for i in range(count)
    }
)


@pytest.mark.parametrize("code", CODES)
def test_every_chinese_grid_is_what_the_registry_says(code: int) -> None:
    crs = pyproj.CRS.from_epsg(code)
    grid = grid_of(code)
    assert grid is not None
    assert crs.coordinate_operation is not None
    parameters = {p.name: p.value for p in crs.coordinate_operation.params}
    assert float(parameters["Longitude of natural origin"]) == grid.meridian
    assert float(parameters["False easting"]) == grid.zone * 1e6 * grid.prefixed + 500_000
    assert grid.datum.split()[0].lower() in crs.name.lower().replace(
        "china geodetic coordinate system 2000", "cgcs2000"
    )


@pytest.mark.parametrize("code", [c for c in CODES if 4491 <= c <= 4554])
def test_the_registrys_own_names_and_esris_are_understood(code: int) -> None:
    crs = pyproj.CRS.from_epsg(code)
    grid, meant = grid_of(code), grid_of(code_of(crs.name) or 0)
    assert grid is not None
    assert meant is not None
    assert meant == grid
    assert code_of(crs.name.replace(" / ", "_").replace("-", "_").replace(" ", "_")) == code_of(crs.name)


@pytest.mark.parametrize(
    ("name", "hints", "code"),
    [
        ("EPSG:4547", (), 4547),
        ("urn:ogc:def:crs:EPSG::4547", (), 4547),
        ("http://www.opengis.net/def/crs/EPSG/0/4547", (), 4547),
        ("4547", (), 4547),
        ("CGCS2000_3_Degree_GK_CM_114E", (), 4547),
        ("CGCS2000_3_Degree_GK_Zone_38", (), 4526),
        ("国家大地坐标系2000 3度带 中央经线114°", (), 4547),
        ("2000国家大地坐标系，中央子午线120°E", (), 4549),
        ("国家大地坐标系2000", ("$", "高斯-克吕格", "40"), 4528),
        ("国家大地坐标系2000", ("CGCS2000", "Gauss-Kruger", "120"), 4549),
        ("CGCS2000", ("3-degree Gauss-Kruger", "CM 117E"), 4548),
        ("CGCS2000 6度带 第20带", (), 4498),
        ("CGCS2000 / 6-degree CM 117E", (), 4509),
        ("西安80 3度带 第38带", (), 2362),
        ("北京54 中央经线 114", (), 2435),
        ("UTM in band 32", ("ETRS89",), 25832),
        ("WGS 84 / UTM zone 50N", (), 32650),
    ],
)
def test_names(name: str, hints: tuple[str, ...], code: int) -> None:
    assert resolve(name, hints).label == f"EPSG:{code}"


def test_a_zone_number_before_the_easting_names_the_zone() -> None:
    assert resolve("国家大地坐标系2000", (), 40_512_345.6).label == "EPSG:4528"
    assert resolve("CGCS2000", (), 20_512_345.6).label == "EPSG:4498"


@pytest.mark.parametrize("name", ["", "Shanghai City Grid", "EPSG:999999", "EPSG:4978", "EPSG:5737", "+proj=nonsense"])
def test_what_is_no_map_is_refused(name: str) -> None:
    with pytest.raises(UnknownCRS, match="EPSG"):
        resolve(name)


def test_wkt_of_a_method_that_proj_does_not_know_is_refused() -> None:
    wkt = pyproj.CRS("EPSG:4547").to_wkt().replace('METHOD["Transverse Mercator"', 'METHOD["Strange Mercator"')
    wkt = wkt.replace('"EPSG",9807', '"EPSG",1').replace(',ID["EPSG",4547]', "").replace("CGCS2000 / 3-degree", "Own")
    assert pyproj.CRS(wkt).is_projected  # PROJ reads it, and cannot compute with it
    with pytest.raises(UnknownCRS):
        resolve(wkt)


def test_wkt_without_a_code_works() -> None:
    wkt = pyproj.CRS("+proj=tmerc +lat_0=0 +lon_0=121.5 +k=1 +x_0=300000 +y_0=-3000000 +ellps=GRS80 +units=m").to_wkt()
    crs = resolve(wkt)
    assert crs.area is None
    lnglat = lnglat_from_map(crs, np.array([[300_000.0, 456_000.0, 7.0]]))
    direct = pyproj.Transformer.from_crs(wkt, "EPSG:4979", always_xy=True).transform(300_000.0, 456_000.0, 7.0)
    assert lnglat[0] == pytest.approx(direct, abs=1e-11)


# A place inside the area of use of each: easting first, whatever the authority's order.
PLACES = {
    "EPSG:4547": (500_300.0, 3_380_000.0),
    "EPSG:4526": (38_500_300.0, 3_380_000.0),
    "EPSG:25832": (458_657.30, 5_438_232.25),
    "EPSG:31467": (3_458_715.92, 5_439_966.65),
    "EPSG:9897": (76_670.0, 77_179.0),
    "EPSG:3065": (452_741.0, 4_539_580.0),
    "EPSG:27700": (530_000.0, 180_000.0),
    "EPSG:2435": (500_300.0, 3_380_000.0),
    "EPSG:2225": (6_600_000.0, 2_000_000.0),
    "EPSG:3857": (13_500_000.0, 3_600_000.0),
}


@pytest.mark.parametrize("code", PLACES)
def test_coordinates_agree_with_pyproj_and_come_back(code: str) -> None:
    """The short cut around PROJ's search of transformations changes nothing: 0.01 mm."""
    points = np.array([[*PLACES[code], 12.0], [PLACES[code][0] + 100, PLACES[code][1] - 70, 40.0]])
    found = lnglat_from_map(resolve(code), points)
    direct = pyproj.Transformer.from_crs(code, "EPSG:4979", always_xy=True)
    expected = np.column_stack(direct.transform(*points.T))
    assert found[:, :2] == pytest.approx(expected[:, :2], abs=1e-10)
    assert found[:, 2] == pytest.approx(points[:, 2], abs=1e-6)
    # Within a millimetre: PROJ keeps the height across a change of datum, so the way back starts a trifle off.
    assert map_from_lnglat(resolve(code), found) == pytest.approx(points, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-500, 9000))
def test_ecef_agrees_with_pyproj_and_comes_back(longitude: float, latitude: float, height: float) -> None:
    point = np.array([[longitude, latitude, height]])
    ecef = ecef_from_lnglat(point)
    oracle = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    assert ecef[0] == pytest.approx(oracle.transform(longitude, latitude, height), abs=1e-8)
    assert ecef_from_lnglat(lnglat_from_ecef(ecef)) == pytest.approx(ecef, abs=1e-6)


def test_the_network_is_off() -> None:
    resolve("EPSG:4326")
    assert not pyproj.network.is_network_enabled()  # type: ignore[attr-defined]
