"""Placement: what is stated of a model's place (`Claim`s, options, the project's frame) → one `Georeference`.

Order of belief: IfcMapConversion, IfcRigidOperation, ePset_MapConversion, a sidecar, options, IfcSite; with
`--override` the options come first.  What is not believed is compared with what is, and told where it disagrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import MissingGeoreference, UnknownCRS
from twin.judgement import placement_checks as checks
from twin.judgement.frames import about, bearing, ecef_from_enu, ground, horizontal_distance, turned
from twin.judgement.reading import read
from twin.judgement.shared_map import MOST, on_frames_map
from twin.judgement.surroundings import FAR, Reading, Surroundings, Unusable
from twin.values.crs import ecef_from_lnglat, lnglat_from_ecef
from twin.values.georeference import SOURCES, Claim, Georeference, PlacementOptions
from twin.values.sentence import Sentence, say

_ADOPTED = 10.0  # metres from the project frame's origin within which a model placed by IfcSite or options adopts it
_SAME = 0.01  # metres: a placement of its own that agrees with the project frame so well is the project frame


@dataclass(frozen=True, slots=True)
class Standing:
    """A reading carried out: where its model stands.

    lnglat : (3,) float64, WGS 84 degrees and metres, of the local origin (of the middle of far geometry)
    local_point : (3,) float64, local metres, of that point
    enu_from_local, ecef_from_local : (4, 4) float64, metres
    """

    reading: Reading
    lnglat: NDArray[np.float64]
    local_point: NDArray[np.float64]
    enu_from_local: NDArray[np.float64]
    ecef_from_local: NDArray[np.float64]
    convergence: float
    point_scale: float

    @property
    def true_north(self) -> float:
        """Return the bearing of the model's +Y, degrees clockwise from true north."""
        return bearing(self.enu_from_local[:2, 1])


def place(
    claims: Sequence[Claim],
    options: PlacementOptions,
    *,
    box: NDArray[np.float64] | None = None,
    frame: Georeference | None = None,
    city_bounds: tuple[float, float, float, float] | None = None,
) -> Georeference:
    """Decide where a model stands.

    A model in a projected CRS is placed by the whole Jacobian of the map at the middle of its box: grid convergence
    and point scale are taken out, what remains over its size is the curvature of the earth (8 cm at 1 km).

    Parameters
    ----------
    claims : what the file and its sidecars state (`ifc_import.georeference.read_claims`)
    options : what the user says
    box : (2, 3) float64, least and greatest corner of the drawn geometry in the local frame, metres; None: not known
    frame : the placement of the project's first model; None when this is the first
    city_bounds : west, south, east, north of the twin, degrees; None when it has none

    Raises
    ------
    MissingGeoreference : nothing says where the model stands; it is never put at (0, 0)
    UnknownCRS : the CRS of what is believed, or of the options, is not known
    """
    around = _surroundings(claims, options, box, city_bounds)
    standings, problems = _standings(claims, options, around)
    if not standings:
        if frame is None or options.own_frame or problems or around.far:
            raise _missing(problems, city_bounds)
        return _in_city(_by_frame(claims, frame), around, city_bounds)
    believed = min(standings, key=lambda s: _rank(s.reading.claim, options))
    conflicts = [
        *(told for claim in claims for told in claim.notices),
        *(problem.sentence for problem in problems),
        *believed.reading.conflicts,
        *checks.geometry(believed, around),
        *checks.disagreements(believed, [s for s in standings if s is not believed]),
        *checks.north(believed, around, claims),
    ]
    placed = replace(
        _believing(believed, conflicts),
        lo_geo_ref=level(claims, problems),
        present=present(claims, standings, believed),
    )
    return _in_city(
        _in_project(_on_one_map(placed, believed, frame, around), frame, options, around), around, city_bounds
    )


def _believing(believed: Standing, conflicts: Sequence[Sentence]) -> Georeference:
    """Return the placement by one standing, without what the others say."""
    height_reference, told_height, heights = checks.heights(believed)
    return Georeference(
        source=believed.reading.claim.source,
        lo_geo_ref=0,
        crs=None if believed.reading.crs is None else believed.reading.crs.label,
        longitude=float(believed.lnglat[0]),
        latitude=float(believed.lnglat[1]),
        orthogonal_height=float(believed.lnglat[2]),
        true_north_deg=believed.true_north,
        grid_convergence_deg=believed.convergence,
        point_scale=believed.point_scale,
        height_reference=height_reference,
        enu_from_local=believed.enu_from_local,
        ecef_from_local=believed.ecef_from_local,
        conflicts=[*conflicts, *told_height],
        inside_city=None,
        present=[],
        notices=heights,
    )


def _surroundings(
    claims: Sequence[Claim],
    options: PlacementOptions,
    box: NDArray[np.float64] | None,
    bounds: tuple[float, float, float, float] | None,
) -> Surroundings:
    """Return what else is known: the box, a longitude and latitude stated elsewhere, the file's TrueNorth."""
    near = None
    for claim in claims:
        if near is None and claim.source == "IfcSite" and claim.first is not None and claim.second is not None:
            near = (claim.first, claim.second)
    if near is None or near == (0, 0) or abs(near[1]) > 90:
        near = None if options.longitude is None else (options.longitude, options.latitude or 0.0)
    city = None if bounds is None else ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return Surroundings(box, near, city, _true_bearing(claims))


def _true_bearing(claims: Sequence[Claim]) -> float:
    """Return the bearing of the model's +Y by TrueNorth, degrees clockwise from true north; 0 when nothing is said."""
    for claim in claims:
        if claim.true_north is not None:
            north = np.array([*claim.true_north, 0.0])
            if claim.local_from_context is not None:
                north = np.array(claim.local_from_context)[:3, :3] @ north
            return -float(np.degrees(np.arctan2(north[0], north[1])))
    return 0.0


def _standings(
    claims: Sequence[Claim], options: PlacementOptions, around: Surroundings
) -> tuple[list[Standing], list[Unusable | UnknownCRS]]:
    """Carry out every claim that states a place; return also why some could not be."""
    stating = [claim for claim in claims if claim.source in SOURCES]
    if options.places:
        stating.append(_option_claim(options))
    standings: list[Standing] = []
    problems: list[Unusable | UnknownCRS] = []
    for claim in stating:
        try:
            standings.append(_stand(read(claim, around), around))
        except (Unusable, UnknownCRS) as problem:
            if claim.source == "option":
                raise
            problems.append(problem)
    return standings, problems


def _option_claim(options: PlacementOptions) -> Claim:
    """Return what the options state, as a claim in metres and degrees."""
    geographic = options.longitude is not None
    stated = {
        name: getattr(options, name)
        for name in ("longitude", "latitude", "crs", "eastings", "northings", "height", "rotation")
    }
    return Claim(
        source="option",
        lo_geo_ref=0,
        where="--lon --lat" if geographic else "--crs",
        crs=None if geographic else options.crs,
        geographic=geographic,
        first=options.longitude if geographic else options.eastings,
        second=options.latitude if geographic else options.northings,
        height=options.height,
        height_unit=1.0,
        map_unit=1.0,
        bearing=options.rotation,
        stated={name: value for name, value in stated.items() if value is not None},
    )


def _rank(claim: Claim, options: PlacementOptions) -> int:
    return -1 if claim.source == "option" and options.override else SOURCES.index(claim.source)


def level(claims: Sequence[Claim], problems: Sequence[Unusable | UnknownCRS] = ()) -> int:
    """Return the best level of georeferencing among what the file itself states; 0 when it states nothing."""
    void = {problem.sentence.values.get("where") for problem in problems}
    return max((claim.lo_geo_ref for claim in claims if claim.where not in void), default=0)


def _stand(reading: Reading, around: Surroundings) -> Standing:
    """Carry out a reading."""
    return _stand_on_map(reading, around) if reading.lnglat is None else _stand_at(reading, reading.lnglat, around)


def _stand_at(reading: Reading, lnglat: NDArray[np.float64], around: Surroundings) -> Standing:
    """Place by (3,) longitude, latitude, height and a bearing: a rigid frame, tangent at the stated point."""
    fixed = around.anchor(float(lnglat[2])) if around.far else np.array(reading.claim.local_point)
    enu_from_local = about(turned(reading.bearing), fixed)
    ecef_from_local = ecef_from_enu(lnglat) @ enu_from_local
    shown = fixed if around.far else np.zeros(3)
    if shown.any() or fixed.any():
        lnglat = lnglat_from_ecef((ecef_from_local[:3, :3] @ shown + ecef_from_local[:3, 3])[None, :])[0]
    return Standing(reading, lnglat, shown, enu_from_local, ecef_from_local, 0.0, 1.0)


def _stand_on_map(reading: Reading, around: Surroundings) -> Standing:
    """Place by a map: linearised at the middle of the geometry, reported at the local origin unless that is far."""
    crs, matrix = reading.crs, reading.map_from_local
    assert crs is not None  # a reading without lnglat has both
    assert matrix is not None
    middle = np.array(reading.claim.local_point) if around.middle is None else around.middle
    there = ground(crs, matrix[:3, :3] @ middle + matrix[:3, 3])
    enu_from_local = about(there.enu_from_map @ matrix[:3, :3], middle)
    shown = np.array([middle[0], middle[1], 0.0]) if around.far else np.zeros(3)
    on_map = matrix[:3, :3] @ shown + matrix[:3, 3]
    flat = ground(crs, np.array([*(matrix[:2, :3] @ middle + matrix[:2, 3]), 0.0]))
    return Standing(
        reading,
        ground(crs, on_map).lnglat,
        shown,
        enu_from_local,
        ecef_from_enu(there.lnglat) @ enu_from_local,
        flat.convergence,
        flat.point_scale,
    )


def present(
    claims: Sequence[Claim], standings: Sequence[Standing] = (), believed: Standing | None = None
) -> list[dict[str, Any]]:
    """Return every source found, with what it says, as JSON values."""
    standing_of = {id(s.reading.claim): s for s in standings}
    listed = [*claims, *(s.reading.claim for s in standings if s.reading.claim.source == "option")]
    entries = []
    for claim in listed:
        entry: dict[str, Any] = {"source": claim.source, "where": claim.where, "lo_geo_ref": claim.lo_geo_ref}
        standing = standing_of.get(id(claim))
        if standing is not None and believed is not None:
            crs, matrix = standing.reading.crs, standing.reading.map_from_local
            entry |= {
                "believed": standing is believed,
                "crs": None if crs is None else crs.label,
                "longitude": float(standing.lnglat[0]),
                "latitude": float(standing.lnglat[1]),
                "orthogonal_height": None if claim.height is None else float(standing.lnglat[2]),
                "true_north_deg": standing.true_north,
                "metres_from_believed": round(checks.apart(believed, standing), 3),
            }
            if matrix is not None:
                on_map = matrix[:3, :3] @ standing.local_point + matrix[:3, 3]
                entry |= {"eastings": float(on_map[0]), "northings": float(on_map[1])}
        told = (*claim.notices, *(() if standing is None else standing.reading.conflicts))
        entries.append({**entry, "stated": dict(claim.stated), "notices": list(told)})
    return entries


def _by_frame(claims: Sequence[Claim], frame: Georeference) -> Georeference:
    """Place a model that says nothing of its place in its project's frame: trades share their local coordinates."""
    told = say("Nothing in the file says where the model stands: it takes the project's frame.")
    stated = [notice for claim in claims for notice in claim.notices]
    return replace(
        frame,
        source="project_frame",
        lo_geo_ref=level(claims),
        conflicts=stated,
        inside_city=None,
        present=present(claims),
        notices=[told],
        options={},
    )


def _on_one_map(
    placed: Georeference, believed: Standing, frame: Georeference | None, around: Surroundings
) -> Georeference:
    """Return the placement by the linearisation of the project's map, where the model stands near enough for it."""
    shared = None if frame is None else on_frames_map(placed, believed.reading, frame)
    return placed if shared is None or not _farthest(shared, placed, around) < MOST else shared


def _in_project(
    placed: Georeference, frame: Georeference | None, options: PlacementOptions, around: Surroundings
) -> Georeference:
    """Return the placement with the project's frame adopted where that is the rule, or where both are the same."""
    if frame is None or options.own_frame:
        return placed
    if _farthest(placed, frame, around) < _SAME:
        return replace(placed, enu_from_local=frame.enu_from_local, ecef_from_local=frame.ecef_from_local)
    origins = ecef_from_lnglat(
        np.array([[g.longitude, g.latitude, frame.orthogonal_height] for g in (frame, placed)], dtype=np.float64)
    )
    up = origins[0] / np.linalg.norm(origins[0])
    distance = horizontal_distance(origins[0], origins[1], up)
    near = distance <= _ADOPTED and _farthest(placed, frame, around) < FAR
    if placed.source not in ("IfcSite", "option") or not near:
        told = say(
            "The model keeps a frame of its own, {distance:,.1f} m from the project's: by {source}.",
            distance=distance,
            source=placed.source,
        )
        return replace(placed, notices=[*placed.notices, told])
    return replace(
        placed,
        source="project_frame",
        notices=[*placed.notices, checks.adopted(placed, frame, distance)],
        conflicts=[*placed.conflicts, *checks.adopted_height(placed, frame)],
        **{name: getattr(frame, name) for name in _FRAME},
    )


_FRAME = (
    *("crs", "longitude", "latitude", "orthogonal_height", "true_north_deg", "grid_convergence_deg", "point_scale"),
    *("height_reference", "enu_from_local", "ecef_from_local"),
)


def _farthest(placed: Georeference, frame: Georeference, around: Surroundings) -> float:
    """Return how far apart two placements put a corner of the box (or of a cube of 100 m), metres at most."""
    box = np.array([[-50.0] * 3, [50.0] * 3]) if around.box is None else around.box
    corners = np.array([[x, y, z, 1.0] for x in box[:, 0] for y in box[:, 1] for z in box[:, 2]])
    apart = (placed.ecef_from_local - frame.ecef_from_local) @ corners.T
    return float(np.linalg.norm(apart[:3], axis=0).max())


def _in_city(
    placed: Georeference, around: Surroundings, bounds: tuple[float, float, float, float] | None
) -> Georeference:
    """Return the placement with the answer to whether the model's middle stands inside the city."""
    if bounds is None:
        return placed
    middle = placed.ecef_from_local @ np.array([*(np.zeros(3) if around.middle is None else around.middle), 1.0])
    longitude, latitude, _ = lnglat_from_ecef(middle[None, :3])[0]
    west, south, east, north = bounds
    across = west <= longitude <= east if west <= east else (longitude >= west or longitude <= east)
    inside = bool(south <= latitude <= north and across)
    told: list[Sentence] = []
    if not inside:
        told.append(
            say(
                "The model stands at longitude {longitude:.5f}, latitude {latitude:.5f}, outside the city's bounds"
                " {bounds}.",
                longitude=float(longitude),
                latitude=float(latitude),
                bounds=",".join(f"{value:g}" for value in bounds),
            )
        )
    return replace(placed, inside_city=inside, conflicts=[*placed.conflicts, *told])


def _missing(
    problems: Sequence[Unusable | UnknownCRS], bounds: tuple[float, float, float, float] | None
) -> MissingGeoreference | UnknownCRS:
    """Return the error of a model that nothing places, with what to type."""
    unknown = [problem for problem in problems if isinstance(problem, UnknownCRS)]
    if unknown:
        return unknown[0]
    example = (121.4737, 31.2304) if bounds is None else ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    values = {"longitude": f"{example[0]:.4f}", "latitude": f"{example[1]:.4f}"}
    if problems:
        return MissingGeoreference(
            "{reason} Nothing else says where the model stands. Say it: --lon {longitude} --lat {latitude}, or --crs"
            " EPSG:4549 --eastings 545000 --northings 3456000, each with --height and --rotation where known; or put a"
            " sidecar <model>.georef.json beside the file.",
            reason=problems[0].sentence,
            **values,
        )
    return MissingGeoreference(
        "Nothing in the file or beside it says where the model stands. Say it: --lon {longitude} --lat {latitude}, or"
        " --crs EPSG:4549 --eastings 545000 --northings 3456000, each with --height and --rotation where known; or put"
        " a sidecar <model>.georef.json beside the file.",
        **values,
    )
