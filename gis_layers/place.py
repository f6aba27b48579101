"""Where a layer's coordinates are: its coordinate reference system found, checked against the numbers, and undone."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import InvalidInput, UnknownCRS
from twin.values.crs import Crs, accuracy, datum_of, is_wgs84, lnglat_from_map, resolve
from twin.values.crs_names import DATUMS, datum_in
from twin.values.crs_reading import CoordinateReading, example_for, looks_like_degrees, read_coordinates
from twin.values.gcj02 import ERROR, lnglat_from_gcj02
from twin.values.sentence import Sentence, say

DATUM_NAMES = ("wgs84", "cgcs2000", "gcj02")
_CHUNK = 50_000  # features whose coordinates are transformed as one array
_SAMPLE = 20_000
_FARTHEST = 1e9  # a coordinate beyond it lies nowhere, whatever its system and unit
_SAME = 1e-8  # degrees: a millimetre


@dataclass(frozen=True, slots=True)
class Place:
    """How a layer's coordinates become longitude and latitude.

    datum : "wgs84", "cgcs2000", "gcj02", else the datum's name
    """

    reading: CoordinateReading
    datum: str
    notices: tuple[Sentence, ...]

    @property
    def crs(self) -> str:
        """Return "EPSG:n" or WKT of the CRS as it was understood."""
        return self.reading.crs.text


def find_place(
    geometry: NDArray[np.object_], *, file: str, stated: str | None, asked: str | None, datum: str | None
) -> Place:
    """Return how the coordinates of geometries are to be understood.

    geometry : (n,) shapely geometries in the file's coordinates, or None
    stated : what the file says; asked : what the user says, which wins
    datum : one of `DATUM_NAMES`; alone, it also says that coordinates are degrees

    Raises InvalidInput and UnknownCRS with what to type.
    """
    if datum is not None and datum not in DATUM_NAMES:
        raise InvalidInput(
            "The datum {datum} is not known: --datum is wgs84, cgcs2000 or gcj02.", datum=repr(datum)[:40]
        )
    sample = _sample(geometry)
    crs, notices = _crs(sample, file, stated, asked, datum)
    reading = _read(crs, sample)
    own = datum_of(reading.crs)
    if datum in ("wgs84", "cgcs2000") and own not in ("wgs84", "cgcs2000", "unknown", "ETRS89"):
        raise InvalidInput(
            "{crs} stands on the datum {own}, not on {datum}: leave --datum out, or name another --crs.",
            crs=_title(crs),
            own=own,
            datum=datum,
        )
    told = [*notices, *([reading.notice] if reading.notice else []), *_about_datum(reading, datum, own, sample)]
    return Place(reading, datum or own, tuple(told))


def _read(crs: Crs, sample: NDArray[np.float64]) -> CoordinateReading:
    """Return how coordinates are to be understood; a refusal never advises the system that was refused."""
    try:
        return read_coordinates(crs, sample)
    except InvalidInput as error:
        values = error.sentence.values
        if values.get("example") != crs.text:
            raise
        raise InvalidInput(
            "The coordinates ({x}, {y}) cannot lie in {crs}, though they look like it: check them in a GIS, or type "
            "--crs with the system they are in.",
            x=values["x"],
            y=values["y"],
            crs=values["crs"],
        ) from error


def _sample(geometry: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the first corner of some geometries, evenly taken, (n, 2)."""
    some = geometry[:: max(1, len(geometry) // _SAMPLE)]
    coordinates, owners = shapely.get_coordinates(some, return_index=True)
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    found: NDArray[np.float64] = coordinates[firsts]
    with np.errstate(invalid="ignore"):
        return found[(np.abs(found) < _FARTHEST).all(axis=1)]


def _crs(
    sample: NDArray[np.float64], file: str, stated: str | None, asked: str | None, datum: str | None
) -> tuple[Crs, list[Sentence]]:
    """Return the CRS that counts, and what is to be told about the choice."""
    if asked is not None:
        crs = _named(asked, sample)
        said = _quietly(stated, sample)
        if said is not None and not _is_same(said, crs, sample):
            return crs, [
                say(
                    "{file} says {stated}, but --crs {asked} counts.", file=file, stated=_title(said), asked=_title(crs)
                )
            ]
        return crs, []
    if stated is not None:
        found = _quietly(stated, sample)
        if found is None:
            raise UnknownCRS(
                "The coordinate reference system of {file} ({name}) is not known: type --crs with its EPSG code, "
                "a PROJ string or WKT, for instance --crs {example}.",
                file=file,
                name=stated[:60],
                example=example_for(sample),
            )
        return found, []
    if datum is not None and looks_like_degrees(sample):
        return resolve("EPSG:4490" if datum == "cgcs2000" else "EPSG:4326"), []
    raise InvalidInput(
        "{file} does not say its coordinate reference system: type --crs, for instance --crs {example}.",
        file=file,
        example=example_for(sample),
    )


def _is_same(one: Crs, other: Crs, sample: NDArray[np.float64]) -> bool:
    """Return whether two systems are one, however they are written: same datum, same places for these coordinates."""
    if one.text == other.text:
        return True
    if datum_of(one) != datum_of(other) or one.geographic != other.geographic or not len(sample):
        return False
    points = np.column_stack([sample[:100], np.zeros(len(sample[:100]))])
    apart = np.abs(lnglat_from_map(one, points) - lnglat_from_map(other, points))[:, :2]
    return bool((apart < _SAME).all())


def _title(crs: Crs) -> str:
    """Return what to call a system; a PROJ string and some WKT give it no name."""
    if crs.text.startswith("EPSG:"):
        return crs.text
    return say("a system without a name") if crs.name.lower() in ("", "unknown", "unnamed") else crs.name


def _named(text: str, sample: NDArray[np.float64]) -> Crs:
    """Return the CRS of a name; coordinates tell the zone of a Chinese one that names none, and degrees its datum."""
    easting = float(np.median(sample.max(axis=1))) if len(sample) else None
    try:
        return resolve(text, (), easting if easting is not None and easting >= 13e6 else None)
    except UnknownCRS:
        datum = datum_in(text)
        if datum is not None and looks_like_degrees(sample):
            return resolve(f"EPSG:{DATUMS[datum].geographic}")
        raise


def _quietly(text: str | None, sample: NDArray[np.float64]) -> Crs | None:
    try:
        return None if text is None else _named(text, sample)
    except UnknownCRS:
        return None


def _about_datum(
    reading: CoordinateReading, datum: str | None, own: str, sample: NDArray[np.float64]
) -> list[Sentence]:
    """Return what a user should know about the accuracy of the way to WGS 84."""
    crs = reading.crs
    if datum == "gcj02":
        return [
            say(
                "GCJ-02 was undone with the formula that is publicly known. It is not official: compared with "
                "published maps in 18 cities it is off by 1 to 8 m, so count on errors up to {metres} m.",
                metres=ERROR,
            )
        ]
    if datum == "cgcs2000" or own == "cgcs2000":
        return [say("CGCS2000 was taken for WGS 84: the two agree within some decimetres.")]
    if own == "unknown":
        return [say("The coordinate reference system names no datum: it was taken for WGS 84.")]
    middle = np.median(sample, axis=0) if len(sample) else np.zeros(2)
    x, y = (middle[::-1] if reading.swapped else middle).tolist()
    metres = accuracy(crs, x, y)
    if metres is None:
        return [
            say(
                "How {crs} lies to WGS 84 is not public: expect errors of tens of metres, or give --crs as a PROJ "
                "string with your own +towgs84.",
                crs=_shown(crs),
            )
        ]
    if metres > 1:
        return [say("{crs} lies to WGS 84 with an accuracy of {metres} m.", crs=_shown(crs), metres=round(metres))]
    return []


def _shown(crs: Crs) -> str:
    return crs.name if crs.name.lower() not in ("", "unknown", "unnamed") else "--crs"


def to_lnglat(geometry: NDArray[np.object_], place: Place) -> None:
    """Transform geometries, (n,), to WGS 84 longitude and latitude (degrees) in place; heights stay as they are.

    A corner that is no place on Earth becomes inf.
    """
    identity = is_wgs84(place.reading.crs) and not place.reading.swapped and place.datum != "gcj02"
    for start in range(0, len(geometry), _CHUNK):
        part = geometry[start : start + _CHUNK]
        high = shapely.has_z(part)
        for rows, with_z in ((np.flatnonzero(~high), False), (np.flatnonzero(high), True)):
            if not len(rows):
                continue
            coordinates = shapely.get_coordinates(part[rows], include_z=with_z)
            moved = _lnglat(coordinates[:, :2], place, identity=identity)
            if identity and np.isfinite(moved).all():
                continue
            coordinates[:, :2] = moved
            part[rows] = shapely.set_coordinates(part[rows], coordinates)


def _lnglat(points: NDArray[np.float64], place: Place, *, identity: bool) -> NDArray[np.float64]:
    """Return longitude and latitude of points, (n, 2) in the file's order; inf where there is no such place."""
    if identity:
        lnglat = points.copy()
    else:
        ordered = points[:, ::-1] if place.reading.swapped else points
        lnglat = lnglat_from_map(place.reading.crs, np.column_stack([ordered, np.zeros(len(points))]))[:, :2]
        if place.datum == "gcj02":
            lnglat = lnglat_from_gcj02(lnglat)
    with np.errstate(invalid="ignore"):
        nowhere = ~(np.abs(lnglat[:, 1]) <= 90) | ~(np.abs(lnglat[:, 0]) <= 360)
    lnglat[nowhere] = np.inf  # not nan: a ring is closed only where its ends are equal
    return lnglat
