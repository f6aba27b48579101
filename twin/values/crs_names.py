"""Names of coordinate reference systems → EPSG codes, offline and without PROJ: what IFC files and people write.

The Gauss-Krüger grids of China come in four numberings each: 3 or 6 degrees wide, with the zone number before the
easting (zone 40: 40 500 000 m) or without it (central meridian 120°E: 500 000 m).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Grid(NamedTuple):
    """A Chinese Gauss-Krüger grid: its datum, width in degrees, zone, central meridian in degrees, easting prefix."""

    datum: str
    width: int
    zone: int
    meridian: int
    prefixed: bool


@dataclass(frozen=True, slots=True)
class Datum:
    """A Chinese datum: what it is called, and its first EPSG code of each numbering (all continue without a gap)."""

    words: tuple[str, ...]
    geographic: int
    zones_3: int  # zones 25 to 45
    meridians_3: int  # 75°E to 135°E
    zones_6: int  # zones 13 to 23
    meridians_6: int  # 75°E to 135°E


DATUMS = {
    "CGCS2000": Datum(
        (
            *("cgcs2000", "cgcs 2000", "china geodetic coordinate system 2000", "china 2000"),
            *("国家大地坐标系", "国家大地2000", "国家2000", "2000坐标系", "2000国家", "大地2000"),
        ),
        *(4490, 4513, 4534, 4491, 4502),
    ),
    "Xian 1980": Datum(
        ("xian 1980", "xian1980", "xian80", "xian 80", "xi'an 1980", "西安80", "西安1980", "80西安", "1980西安"),
        *(4610, 2349, 2370, 2327, 2338),
    ),
    "Beijing 1954": Datum(
        (
            *("beijing 1954", "beijing1954", "beijing54", "beijing 54"),
            *("北京54", "北京1954", "54北京", "1954北京", "1954年北京"),
        ),
        *(4214, 2401, 2422, 21413, 21453),
    ),
}
_ZONES = {3: range(25, 46), 6: range(13, 24)}
_MERIDIANS = {3: range(75, 136, 3), 6: range(75, 136, 6)}

_CODE = re.compile(r"(?:^|[^a-z])epsg[\s:/_#-]*(?:code)?[\s:/_#-]*(?:[\d.]*:)?\s*(\d{4,6})(?!\d)")
_WIDTH = re.compile(r"(?<![\d.])([36三六])\s*-?\s*(?:degree|deg(?![a-z])|度|°)")
_MERIDIAN = re.compile(
    r"(?:(?<![a-z])cm|central meridian|中央经线|中央子午线|(?<![a-z])l0)\s*[:=为]?\s*(\d{2,3})(?!\d)"
    r"|(?<!\d)(\d{2,3})\s*(?:°|度|deg)?\s*e(?![a-z0-9])"
    r"|东经\s*(\d{2,3})(?!\d)"
)
_ZONE = re.compile(r"(?:zone|带号|第)\s*[:=为]?\s*(\d{2})(?!\d)|(?<!\d)(\d{2})\s*号?\s*(?:度)?带")
_UTM = re.compile(r"(?<![a-z])utm\D{0,12}?(\d{1,2})\s*([ns])?(?![a-z0-9])")
_UTM_BASES = (
    (("etrs89", "etrs 89", "etrs1989", "etrs_1989"), 25800, None),
    (("wgs84", "wgs 84", "wgs1984", "wgs 1984"), 32600, 32700),
)


def plain(text: str) -> str:
    """Return a name in lower case, full-width forms narrowed, underscores as spaces.

    >>> plain("CGCS2000_3_Degree_GK_CM_120Ｅ")
    'cgcs2000 3 degree gk cm 120e'
    """
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def code_in(text: str) -> int | None:
    """Return the EPSG code that a text names; a bare number counts as one, unless it is the year of a Chinese datum.

    >>> code_in("EPSG:4547"), code_in("urn:ogc:def:crs:EPSG::4547"), code_in("epsg 4547 (CGCS2000)"), code_in("UTM 32")
    (4547, 4547, 4547, None)
    """
    narrow = plain(text)
    if narrow.endswith("crs84"):  # OGC's own name of WGS 84 with longitude first, which all coordinates here have
        return 4326
    if re.fullmatch(r"\d{4,6}", narrow) and narrow not in ("1954", "1980", "2000"):
        return int(narrow)
    found = _CODE.search(narrow)
    return int(found[1]) if found else None


def datum_in(text: str) -> str | None:
    """Return which Chinese datum a text names.

    >>> datum_in("国家大地坐标系2000"), datum_in("ETRS89")
    ('CGCS2000', None)
    """
    narrow = plain(text)
    return next((name for name, datum in DATUMS.items() if any(word in narrow for word in datum.words)), None)


def grid_code(datum: str, zone: int, *, prefixed: bool) -> int | None:
    """Return the EPSG code of a zone of a Chinese datum: 25 to 45 are 3 degrees wide, 13 to 23 are 6.

    >>> grid_code("CGCS2000", 40, prefixed=True), grid_code("CGCS2000", 40, prefixed=False)
    (4528, 4549)
    """
    first = DATUMS[datum]
    if zone in _ZONES[3]:
        return (first.zones_3 if prefixed else first.meridians_3) + zone - 25
    if zone in _ZONES[6]:
        return (first.zones_6 if prefixed else first.meridians_6) + zone - 13
    return None


def grid_of(code: int) -> Grid | None:
    """Return the Chinese grid of an EPSG code, None for every other code.

    >>> grid_of(4547)
    Grid(datum='CGCS2000', width=3, zone=38, meridian=114, prefixed=False)
    >>> grid_of(4490)
    """
    for name, datum in DATUMS.items():
        for first, width, prefixed in (
            *((datum.zones_3, 3, True), (datum.meridians_3, 3, False)),
            *((datum.zones_6, 6, True), (datum.meridians_6, 6, False)),
        ):
            if 0 <= code - first < len(_ZONES[width]):
                zone = _ZONES[width][code - first]
                return Grid(name, width, zone, zone * 3 if width == 3 else zone * 6 - 3, prefixed)
    return None


def chinese_code(text: str, easting: float | None = None, longitude: float | None = None) -> int | None:
    """Return the EPSG code of a Chinese CRS name.

    A name without zone and central meridian is settled by the zone number before the easting, then by a longitude
    (degrees) known from elsewhere: the nearest central meridian of the 3-degree zones.

    >>> chinese_code("CGCS2000 / 3-degree Gauss-Kruger CM 120E"), chinese_code("2000国家大地坐标系 3度带 第40带")
    (4549, 4528)
    >>> chinese_code("国家大地坐标系2000", easting=39_412_345.6), chinese_code("国家大地坐标系2000")
    (4527, None)
    """
    narrow = plain(text)
    datum = datum_in(narrow)
    if datum is None:
        return None
    width_found = _WIDTH.search(narrow)
    if width_found is not None:
        width: int | None = 3 if width_found[1] in "3三" else 6
    else:  # the registry and ESRI name the width of the narrow grids only
        width = 6 if re.search(r"(?:gauss.kr(?:u|ü|ue)ger|gk) cm", narrow) else None
    rest = _without_datum(narrow if width_found is None else narrow.replace(width_found[0], " "), datum)
    if found := _MERIDIAN.search(rest):
        return _meridian_code(DATUMS[datum], int(next(g for g in found.groups() if g)), width)
    if found := _ZONE.search(rest):
        return grid_code(datum, int(found[1] or found[2]), prefixed=True)
    if bare := re.search(r"(?:^|[;/,\s])(\d{2,3})(?:\.0*)?\s*(?:°|度)?\s*(?:$|;)", rest):
        number = int(bare[1])
        return grid_code(datum, number, prefixed=True) or _meridian_code(DATUMS[datum], number, width)
    if easting is not None and easting >= 13e6:
        return grid_code(datum, int(easting // 1e6), prefixed=True)
    if longitude is not None and 73.5 <= longitude <= 136.5:
        return _meridian_code(DATUMS[datum], 3 * round(longitude / 3), 3)
    return None


def _meridian_code(datum: Datum, meridian: int, width: int | None) -> int | None:
    """Return the code of a central meridian, where both widths have it 3 degrees wide unless said otherwise."""
    wide = width if width is not None and meridian in _MERIDIANS[width] else 3
    if meridian not in _MERIDIANS[wide]:
        return None
    return (datum.meridians_3 if wide == 3 else datum.meridians_6) + (meridian - 75) // wide


def _without_datum(text: str, datum: str) -> str:
    """Return the text without the datum's own words and year."""
    for word in sorted(DATUMS[datum].words, key=len, reverse=True):
        text = text.replace(word, ";")
    return re.sub(r"(?<!\d)(?:2000|1980|1954)(?!\d)", ";", text)


def utm_code(text: str, northern: bool | None = None) -> int | None:
    """Return the EPSG code of a UTM zone of ETRS89 or WGS 84 named in words.

    >>> utm_code("UTM in band 32; ETRS89"), utm_code("WGS 84 / UTM zone 50N"), utm_code("WGS84 UTM 33S")
    (25832, 32650, 32733)
    """
    narrow = plain(text)
    found = _UTM.search(narrow)
    if found is None or not 1 <= int(found[1]) <= 60:
        return None
    zone, south = int(found[1]), found[2] == "s" or (found[2] is None and northern is False)
    for words, north_base, south_base in _UTM_BASES:
        if any(word in narrow for word in words):
            base = south_base if south else north_base
            return None if base is None else base + zone
    return None


def code_of(name: str, hints: Sequence[str] = (), easting: float | None = None) -> int | None:
    """Return the EPSG code that a CRS name means, with the help of hints (description, datum, projection, zone)."""
    code = code_in(name)
    if code is not None:
        return code
    words = "; ".join([name, *hints])
    return chinese_code(words, easting) or utm_code(words)
