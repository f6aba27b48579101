"""What a file says of its coordinate system never has PROJ open a file of this machine.

The oracle is the kernel: inotify tells of every open in a folder.
"""

import ctypes
import json
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyproj
import pyproj.database
import pytest

from twin.errors import UnknownCRS
from twin.values.crs import accuracy, datum_of, lnglat_from_map, resolve
from twin.values.crs_files import names_files

PLAIN = "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
HERE = np.array([[500_300.0, 2_500_000.0, 0.0]])
GEODETIC = (
    'GEOGCS["y",DATUM["d",SPHEROID["GRS 1980",6378137,298.257222101]{datum}],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]]'
)
WKT1 = (
    f'PROJCS["x / y",{GEODETIC},PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",114],PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],'
    'PARAMETER["false_northing",0],UNIT["metre",1]{more}]'
)
STEP = "PROJ-based operation method: +proj=hgridshift +grids="


def wkt(datum: str = "", more: str = "") -> str:
    return WKT1.format(datum=datum, more=more)


def bound(file: str, word: str = "PARAMETERFILE", name: str = "Latitude and longitude difference file") -> str:
    return shifted(f'METHOD["NTv2",ID["EPSG",9615]],{word}["{name}","{file}",ID["EPSG",8656]]')


def shifted(how: str) -> str:
    source, target = (pyproj.CRS(crs).to_wkt() for crs in (PLAIN, 4326))
    return f'BOUNDCRS[SOURCECRS[{source}],TARGETCRS[{target}],ABRIDGEDTRANSFORMATION["g",{how}]]'


def projjson(file: str) -> str:
    document = pyproj.CRS(bound("a.gsb")).to_json_dict()
    document["transformation"]["parameters"][0]["value"] = file
    return json.dumps(document)


# each makes of a path the text of a CRS that names it; pyproj alone opens the path for those marked so
OPENED: dict[str, Callable[[str], str]] = {
    "init": lambda p: f"+init={p}:x",
    "init without plus": lambda p: f"init={p}:x",
    "init later": lambda p: f"x +init={p}:x",
    "init with spaces": lambda p: f"+init = {p}:x",
    "init after a title": lambda p: f"+title=x +init={p}:x",
    "init in JSON": lambda p: json.dumps({"init": f"{p}:x"}),
    "init in what looks like WKT": lambda p: f"x[ +init={p}:x",
    "nadgrids": lambda p: f"{PLAIN} +nadgrids={p}",
    "nadgrids without plus": lambda p: f"{PLAIN.replace('+', '')} nadgrids={p}",
    "nadgrids with spaces": lambda p: f"{PLAIN} +nadgrids = {p}",
    "nadgrids in quotes": lambda p: f'{PLAIN} +nadgrids="{p}"',
    "nadgrids that may be missing": lambda p: f"{PLAIN} +nadgrids=@{p}",
    "nadgrids after none": lambda p: f"{PLAIN} +nadgrids=@null,{p}",
    "nadgrids in JSON": lambda p: json.dumps({"proj": "longlat", "ellps": "GRS80", "nadgrids": [p]}),
    "a pipeline": lambda p: f"+proj=pipeline +step +proj=hgridshift +grids={p}",
    "EXTENSION PROJ4": lambda p: wkt(more=f',EXTENSION["PROJ4","{PLAIN} +nadgrids={p} +wktext"]'),
    "extension in small letters": lambda p: wkt(more=f',extension [ "proj4" , "{PLAIN} +nadgrids={p}"]'),
    "EXTENSION in printed quotes": lambda p: wkt(more=f",EXTENSION[“PROJ4”,“{PLAIN} +nadgrids={p}”]"),
    "EXTENSION PROJ4 with init": lambda p: wkt(more=f',EXTENSION["PROJ4","+init={p}:x"]'),
    "EXTENSION PROJ4_GRIDS": lambda p: wkt(datum=f',EXTENSION["PROJ4_GRIDS","{p}"]'),
    "EXTENSION PROJ4_GRIDS behind a quote": lambda p: wkt(datum=f',EXTENSION["PROJ4_GRIDS","a.gsb"",{p}"]'),
    "PARAMETERFILE": bound,
    "parameterfile": lambda p: bound(p, word="parameterfile"),
    "PARAMETERFILE with a name in quotes": lambda p: bound(p, name='a"",""b.gsb'),
    "METHOD": lambda p: shifted(f'METHOD["{STEP}{p}"]'),
    "PROJJSON": projjson,
}
# nothing opens these today, and they are no more plain than the others
OTHERS: dict[str, Callable[[str], str]] = {
    "geoidgrids": lambda p: f"{PLAIN} +geoidgrids={p}",
    "o_init": lambda p: f"+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=30 +o_init={p}:x",
    "a registry's init": lambda p: "+init=epsg:4547",
    "METHOD PROJ": lambda p: shifted(f'METHOD["PROJ hgridshift grids={p}"]'),
    "broken JSON": lambda p: f'{{"init": "{p}:x"',
    "very deep JSON": lambda p: '{"a":' * 100_000,
}


@contextmanager
def opens(folder: Path) -> Iterator[Callable[[], bool]]:
    """Give what says whether anything in a folder has been opened since it was asked the last time."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert watch >= 0
    assert libc.inotify_add_watch(watch, os.fsencode(folder), 0x20) >= 0  # IN_OPEN

    def opened() -> bool:
        try:
            found = os.read(watch, 65_536)
        except BlockingIOError:
            return False
        mask = struct.unpack_from("iI", found)[1]
        return bool(mask & 0x20)

    try:
        yield opened
    finally:
        os.close(watch)


@pytest.mark.parametrize("text", OPENED.values(), ids=OPENED.keys())
def test_no_file_is_opened(text: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("<x> +proj=longlat <>", encoding="ascii")
    with opens(tmp_path) as opened:
        with pytest.raises(UnknownCRS, match=r"names a file .* EPSG:4547"):
            resolve(text(str(path)))
        with pytest.raises(UnknownCRS):
            resolve("nobody's grid", (text(str(path)),))
        assert not opened()


@pytest.mark.parametrize("name", ["init", "nadgrids", "EXTENSION PROJ4", "EXTENSION PROJ4_GRIDS", "PARAMETERFILE"])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_pyproj_alone_would_open_it(name: str, tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    path = tmp_path / "secret"
    path.write_text("<x> +proj=longlat <>", encoding="ascii")
    with opens(tmp_path) as opened:
        try:
            crs = pyproj.CRS.from_user_input(OPENED[name](str(path)))
            pyproj.Transformer.from_crs(crs, "EPSG:4979", always_xy=True).transform(*HERE[0])
        except pyproj.exceptions.ProjError:
            pass
        assert opened()


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_what_speaks_of_files_is_refused(text: Callable[[str], str], tmp_path: Path) -> None:
    with pytest.raises(UnknownCRS, match="names a file"):
        resolve(text(str(tmp_path / "secret")))


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("+", ""),
        f"{PLAIN} +no_defs +type=crs",
        f"{PLAIN} +towgs84=1.5,-2,3,0,0,0,0 +no_defs",
        f"{PLAIN} +nadgrids=@null +wktext +no_defs",
        PLAIN.replace("+units=m", "+to_meter=1.0"),
        PLAIN.replace("114", "113d59'60\"E"),
        json.dumps({"proj": "tmerc", "lon_0": 114, "x_0": 500_000, "ellps": "GRS80"}),
        wkt(),
        wkt(more=f',EXTENSION["PROJ4","{PLAIN} +nadgrids=@null +wktext"]'),
        pyproj.CRS(PLAIN).to_wkt("WKT1_ESRI"),
        pyproj.CRS(PLAIN).to_json(),
        pyproj.CRS(f"{PLAIN} +towgs84=1,2,3").to_wkt(),
        f'COMPD_CS["c",{wkt()},VERT_CS["v",VERT_DATUM["d",2005,EXTENSION["PROJ4_GRIDS","egm96_15.gtx"]],'
        'UNIT["metre",1],AXIS["Up",UP]]]',
    ],
)
def test_parameters_alone_go_on_working(text: str) -> None:
    crs = resolve(text)
    longitude, latitude, _ = lnglat_from_map(crs, HERE)[0]
    assert (longitude, latitude) == pytest.approx((114.0, 22.6), abs=0.03)
    assert datum_of(crs)
    accuracy(crs, *HERE[0, :2])
    assert lnglat_from_map(resolve(crs.text), HERE)[0, 0] == longitude  # what is kept can be read again


@pytest.mark.parametrize("code", [3857, 4326, 4547, 4490, 2154, 25832, 32650, 21781, 27700, 31467, 28992])
@pytest.mark.parametrize("version", ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2019"])
def test_wkt_of_the_registry_goes_on_working(code: int, version: str) -> None:
    there = np.array([[9.5, 50.5, 0.0]]) if code in (4326, 4490) else HERE
    read = lnglat_from_map(resolve(pyproj.CRS(code).to_wkt(version)), there)
    assert read == pytest.approx(lnglat_from_map(resolve(f"EPSG:{code}"), there), abs=1e-9)


def test_no_wkt_of_the_registry_is_refused() -> None:
    for code in pyproj.database.get_codes("EPSG", "PROJECTED_CRS")[::40]:
        crs = pyproj.CRS.from_epsg(int(code))
        for text in (crs.name, crs.to_wkt(), crs.to_json()):
            assert not names_files(text), code


def test_a_long_text_is_read_in_no_time() -> None:
    began = time.perf_counter()
    for part in ("a", "nad", "init ", "PARAMETERFILE[", 'PROJ4_GRIDS"', "=", "grids= ", " ", "/1", "+step"):
        names_files(part * (100_000 // len(part)))
    assert time.perf_counter() - began < 5
