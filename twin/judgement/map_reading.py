"""Map claims (easting, northing in a projected CRS) → readings.

The numbers are taken at their word when that puts the model where its CRS is used.  When not, the usual mistakes are
tried in turn (another unit, easting and northing exchanged, a zone number too many or too few); the first that fits is
taken, and told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from twin.judgement.frames import Ground, ground, turned
from twin.judgement.surroundings import FAR, MARGIN, Reading, Surroundings, Unusable
from twin.values.crs import Crs, resolve
from twin.values.crs_names import grid_code, grid_of
from twin.values.georeference import Claim
from twin.values.sentence import Sentence, say

# Kilometres between a reading and another statement of the place: beyond the one it is doubted, within the other
# reading is believed in its stead.
_DOUBTED, _BELIEVED = 50.0, 5.0
_ABOUT = 0.5  # degrees around a CRS's area of use that still count as inside


@dataclass(frozen=True, slots=True)
class _Trial:
    """One way to read the numbers of a map claim.

    unit : metres per map unit
    eastings, northings : metres
    context : what the context's WorldCoordinateSystem is taken for: "inverse" (the standard's way), "forward", "none"
    middle : the place stated is that of the middle of the geometry, not of the local origin
    told : how it departs from the statement
    """

    crs: Crs
    unit: float
    eastings: float
    northings: float
    context: str
    middle: bool
    told: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A trial carried out: its (4, 4) matrix local metres → map metres, and the map at the model."""

    trial: _Trial
    map_from_local: NDArray[np.float64]
    ground: Ground
    told: tuple[Sentence, ...]

    @property
    def inside(self) -> bool:
        """Say whether it puts the model where its CRS is used."""
        return self.trial.crs.covers(float(self.ground.lnglat[0]), float(self.ground.lnglat[1]), _ABOUT)

    @property
    def fits(self) -> bool:
        """Say whether it puts the model near enough to where its CRS is used to be believed."""
        return self.trial.crs.covers(float(self.ground.lnglat[0]), float(self.ground.lnglat[1]), MARGIN)

    def kilometres(self, near: tuple[float, float] | None) -> float:
        """Return the rough distance to a longitude and latitude, 0 when there is none to compare with."""
        if near is None:
            return 0.0
        longitude, latitude = float(self.ground.lnglat[0]), float(self.ground.lnglat[1])
        east = ((longitude - near[0] + 180) % 360 - 180) * np.cos(np.radians(near[1]))
        return float(np.hypot(east, latitude - near[1])) * 111.2


def read_map(claim: Claim, crs: Crs, around: Surroundings) -> Reading:
    """Read easting and northing in a projected CRS.  Raises Unusable when they place nothing."""
    ways = [_try(claim, trial, around) for trial in _trials(claim, crs, around)]
    chosen = _choose(ways, around)
    told = [*chosen.trial.told, *chosen.told]
    at_null_island = float(np.abs(chosen.ground.lnglat[:2]).max()) < 0.1
    if claim.first == 0 and claim.second == 0 and (at_null_island or not chosen.inside):
        raise Unusable("{where} states the coordinates 0, 0: that is taken as not stated.", where=claim.where)
    if not np.isfinite(chosen.ground.enu_from_map).all():
        raise Unusable(
            "{where}: {crs} does not reach the coordinates {first:.2f}, {second:.2f}.",
            where=claim.where,
            crs=f"{crs.label} {crs.name}",
            first=claim.first,
            second=claim.second,
        )
    told += _outside(claim, chosen)
    return Reading(claim, chosen.trial.crs, chosen.map_from_local, None, 0.0, tuple(told))


def _choose(ways: Sequence[_Way], around: Surroundings) -> _Way:
    """Return the way to believe: the first, which takes the claim at its word, unless another has more for it."""
    stated, others = ways[0], ways[1:]
    if stated.kilometres(around.near) > _DOUBTED:
        close = [way for way in others if way.fits and way.kilometres(around.near) < _BELIEVED]
        if close:
            return close[0]
    if stated.inside:
        return stated
    return next((way for way in others if way.inside), stated if stated.fits else _first_fitting(ways))


def _first_fitting(ways: Sequence[_Way]) -> _Way:
    return next((way for way in ways if way.fits), ways[0])


def _outside(claim: Claim, way: _Way) -> list[Sentence]:
    """Tell when the model lies outside its CRS's area of use."""
    if way.inside:
        return []
    longitude, latitude = float(way.ground.lnglat[0]), float(way.ground.lnglat[1])
    return [
        say(
            "{where} puts the model at longitude {longitude:.4f}, latitude {latitude:.4f}, outside the area of use of"
            " {crs}: check the CRS and the coordinates.",
            where=claim.where,
            longitude=longitude,
            latitude=latitude,
            crs=f"{way.trial.crs.label} {way.trial.crs.name}",
        )
    ]


def _trials(claim: Claim, crs: Crs, around: Surroundings) -> Iterator[_Trial]:
    """Yield the ways to read a map claim, first the one at its word, then by how little they change."""
    first, second = float(claim.first or 0.0), float(claim.second or 0.0)
    middles = [True, False] if claim.source == "option" and around.far else [False]
    combined = product(_units(claim, crs), (False, True), _contexts(claim), middles)
    ways = sorted(combined, key=lambda way: (way[0][1] is not None) + way[1] + (way[2] != "inverse"))
    zoned: list[_Trial] = []
    for (unit, told_unit), exchanged, context, middle in ways:
        eastings, northings = (second * unit, first * unit) if exchanged else (first * unit, second * unit)
        told = [] if told_unit is None else [told_unit]
        if exchanged:
            told.append(
                say(
                    "{where}: eastings {first:.2f} and northings {second:.2f} are read exchanged: only so do they lie"
                    " where {crs} is used.",
                    where=claim.where,
                    first=first,
                    second=second,
                    crs=crs.label,
                )
            )
        if context != "inverse":
            told.append(
                say(
                    "{where}: the context's WorldCoordinateSystem is not the offset the standard makes it.",
                    where=claim.where,
                )
            )
        trial = _Trial(crs, unit, eastings, northings, context, middle, tuple(told))
        yield trial
        zoned += _other_zones(claim, trial)
    yield from zoned


def _units(claim: Claim, crs: Crs) -> list[tuple[float, Sentence | None]]:
    """Return the units the coordinates may be in, metres each, the stated one first."""
    if claim.source == "sidecar" and claim.map_unit is None:
        return [(crs.unit, None)]
    stated = claim.map_unit or claim.project_unit
    others = [unit for unit in dict.fromkeys((crs.unit, 1.0)) if abs(unit / stated - 1) > 1e-9]
    told = [
        say(
            "{where}: eastings and northings are read in units of {read:g} m; in the {stated:g} m that the file states"
            " they would not lie where {crs} is used.",
            where=claim.where,
            read=unit,
            stated=stated,
            crs=crs.label,
        )
        for unit in others
    ]
    return [(stated, None), *zip(others, told, strict=True)]


def _contexts(claim: Claim) -> list[str]:
    """Return what the WorldCoordinateSystem may be taken for; only one far from the origin is doubted."""
    if claim.local_from_context is None:
        return ["inverse"]
    moved = np.array(claim.local_from_context)[:2, 3]
    return ["inverse", "forward", "none"] if float(np.hypot(moved[0], moved[1])) > FAR else ["inverse"]


def _other_zones(claim: Claim, trial: _Trial) -> Iterator[_Trial]:
    """Yield a trial with the easting's zone number put right, where the CRS is a Chinese Gauss-Krüger grid."""
    code = int(trial.crs.text[5:]) if trial.crs.text.startswith("EPSG:") else 0
    grid = grid_of(code)
    if grid is None:
        return
    zone = int(trial.eastings // 1e6)
    crs, eastings, told = trial.crs, trial.eastings, None
    if zone == 0 and grid.prefixed:
        eastings += grid.zone * 1e6
        told = say(
            "{where}: {crs} puts its zone number {zone} before the easting; {easting:.2f} is read with it.",
            where=claim.where,
            crs=f"{trial.crs.label} {trial.crs.name}",
            zone=grid.zone,
            easting=trial.eastings,
        )
    elif zone >= 13 and (zone != grid.zone or not grid.prefixed):
        other = grid_code(grid.datum, zone, prefixed=True)
        if zone == grid.zone:
            eastings -= zone * 1e6
        elif other is not None:
            crs = resolve(f"EPSG:{other}")
        else:
            return
        told = say(
            "{where}: the easting {easting:.2f} carries the zone number {zone}, which {crs} does not put there: it is"
            " read in {used}.",
            where=claim.where,
            easting=trial.eastings,
            zone=zone,
            crs=f"{trial.crs.label} {trial.crs.name}",
            used=f"{crs.label} {crs.name}",
        )
    if told is not None:
        yield _Trial(crs, trial.unit, eastings, trial.northings, trial.context, trial.middle, (*trial.told, told))


def _try(claim: Claim, trial: _Trial, around: Surroundings) -> _Way:
    """Carry a trial out: the matrix it means, and the map where it puts the model."""
    height = (claim.height or 0.0) * (claim.height_unit or trial.unit)
    stated = np.array([trial.eastings, trial.northings, height])
    middle = around.middle
    told: tuple[Sentence, ...]
    if middle is not None and around.far and _is_there(middle, stated):
        matrix = np.eye(4)
        matrix[2, 3] = height - around.anchor(height)[2]
        told = (
            say(
                "The geometry already lies at the map coordinates that {where} states: it is not moved there again.",
                where=claim.where,
            ),
        )
    else:
        matrix, told = _helmert(claim, trial, stated, around)
    point = middle if middle is not None else np.array(claim.local_point)
    return _Way(trial, matrix, ground(trial.crs, matrix[:3, :3] @ point + matrix[:3, 3]), told)


def _is_there(middle: NDArray[np.float64], stated: NDArray[np.float64]) -> bool:
    """Say whether geometry (its (3,) middle) already lies at the stated (3,) map coordinates, metres."""
    size = float(np.hypot(stated[0], stated[1]))
    apart = float(np.hypot(middle[0] - stated[0], middle[1] - stated[1]))
    return size > FAR and apart < max(1000.0, 0.001 * size)


def _helmert(
    claim: Claim, trial: _Trial, stated: NDArray[np.float64], around: Surroundings
) -> tuple[NDArray[np.float64], tuple[Sentence, ...]]:
    """Return the (4, 4) matrix local metres → map metres that takes the local point to the (3,) stated place."""
    scale, told = _scale(claim, trial.unit)
    if claim.x_axis is not None:
        theta = np.arctan2(claim.x_axis[1], claim.x_axis[0])
        turn = turned(-float(np.degrees(theta)))
    elif claim.bearing is not None:
        turn = turned(claim.bearing)
    elif claim.source in ("option", "sidecar"):
        turn = turned(around.true_bearing - ground(trial.crs, stated).convergence)
    else:
        turn = np.eye(3)
    matrix = np.eye(4)
    matrix[:3, :3] = turn @ np.diag(scale * np.array(claim.factors))
    fixed = around.anchor(stated[2]) if trial.middle else np.array(claim.local_point)
    matrix[:3, 3] = stated - matrix[:3, :3] @ fixed
    if claim.local_from_context is not None and trial.context != "none":
        context = np.array(claim.local_from_context)
        matrix = matrix @ (np.linalg.inv(context) if trial.context == "inverse" else context)
    return matrix, told


def _scale(claim: Claim, unit: float) -> tuple[float, tuple[Sentence, ...]]:
    """Return map metres per local metre, near 1, and what is to be told of the stated Scale.

    The standard's Scale turns project units into map units (0.001 for a model in millimetres on a map in metres);
    exporters write 1, or 1000.

    unit : metres per map unit
    """
    if claim.scale is None:
        return 1.0, ()
    ratio = unit / claim.project_unit
    stated = claim.scale * ratio
    if abs(stated - 1) < 0.02:
        return stated, ()
    read = next((scale for scale in (claim.scale, claim.scale / ratio) if abs(scale - 1) < 0.02), 1.0)
    return read, (
        say(
            "{where}: Scale {scale:g} would make the model {times:,.10g} times as large, for the file's unit is"
            " {project:g} m and the map's {map:g} m: a metre of the model is taken as {read:g} m on the map.",
            where=claim.where,
            scale=claim.scale,
            times=stated,
            project=claim.project_unit,
            map=unit,
            read=read,
        ),
    )
