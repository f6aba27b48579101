"""What is to be told of a placement: sources that disagree, odd geometry, heights of unknown meaning, other norths."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.judgement.frames import enu_axes, horizontal_distance, signed
from twin.judgement.surroundings import Surroundings
from twin.values.georeference import Claim, Georeference
from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from twin.judgement.placement import Standing

_APART = 10.0  # metres between two sources from which on they disagree
_HEIGHT = 1.0  # metres between two heights from which on they disagree
_DEGREES = 1.0  # between two norths
_WIDE = 10_000.0  # metres: no building, but parts of it astray

_ELLIPSOIDAL = re.compile(r"ellips|椭球|大地高|wgs\s*-?84|grs\s*80|epsg:(4979|4937|4480)", re.IGNORECASE)
_VAGUE = re.compile(r"^\W*$|unknown|undefined|not\s?defined|none|n/a|local|relative|未知|相对|假定", re.IGNORECASE)


def apart(one: "Standing", other: "Standing") -> float:
    """Return how far apart two standings put the same point of the model, metres across the ground."""
    point = np.array([*one.local_point, 1.0])
    up = enu_axes(float(one.lnglat[0]), float(one.lnglat[1]))[:, 2]
    return horizontal_distance((one.ecef_from_local @ point)[:3], (other.ecef_from_local @ point)[:3], up)


def disagreements(believed: "Standing", others: "Sequence[Standing]") -> list[Sentence]:
    """Tell which other sources put the model elsewhere, or at another height."""
    told = []
    claim = believed.reading.claim
    for other in others:
        distance = apart(believed, other)
        if distance > _APART:
            told.append(_elsewhere(claim, other.reading.claim, distance))
        if distance < 10_000 and claim.height is not None and other.reading.claim.height is not None:
            told += _other_height(believed, other)
    return told


def _elsewhere(believed: Claim, other: Claim, distance: float) -> Sentence:
    values = {"believed": believed.source, "other": other.source, "distance": distance}
    if other.source == "option":
        return say(
            "The options put the model {distance:,.0f} m from where {believed} puts it; {believed} is believed. Add"
            " --override to believe the options.",
            **values,
        )
    return say(
        "{believed} and {other} put the model {distance:,.0f} m apart; {believed} is believed.",
        **values,
    )


def _other_height(believed: "Standing", other: "Standing") -> list[Sentence]:
    claim = other.reading.claim
    here, there = float(believed.lnglat[2]), float(other.lnglat[2])
    if abs(here - there) <= _HEIGHT:
        return []
    if claim.source == "IfcSite" and claim.height is not None and abs(claim.height - here) <= _HEIGHT:
        return [
            say(
                "IfcSite.RefElevation {elevation:g} was written in metres, though the file's unit is {unit:g} m; as"
                " metres it agrees with {believed}.",
                elevation=claim.height,
                unit=claim.project_unit,
                believed=believed.reading.claim.source,
            )
        ]
    return [
        say(
            "{believed} gives the height {here:.2f} m, {other} {there:.2f} m; {believed} is believed.",
            believed=believed.reading.claim.source,
            other=claim.source,
            here=here,
            there=there,
        )
    ]


def geometry(believed: "Standing", around: Surroundings) -> list[Sentence]:
    """Tell when the geometry lies far from its own origin, or is spread wider than a building is."""
    told = []
    if around.far and around.middle is not None:
        values = {
            "distance": float(np.hypot(around.middle[0], around.middle[1])) / 1000,
            "source": believed.reading.claim.source,
        }
        if believed.reading.map_from_local is None or believed.reading.claim.source == "option":
            told.append(
                say(
                    "The geometry lies {distance:,.0f} km from the model's own origin, as map coordinates written as"
                    " local ones do: the middle of its box is put where {source} says.",
                    **values,
                )
            )
        else:
            told.append(
                say(
                    "The geometry lies {distance:,.0f} km from the model's own origin, as map coordinates written as"
                    " local ones do: it is placed through {source}.",
                    **values,
                )
            )
    if around.box is not None and (width := float(np.ptp(around.box[:, :2], axis=0).max())) > _WIDE:
        told.append(
            say(
                "The geometry is spread over {width:,.0f} km: some elements lie astray, and the middle of the box may"
                " not be the building's.",
                width=width / 1000,
            )
        )
    return told


def north(believed: "Standing", around: Surroundings, claims: Sequence[Claim]) -> list[Sentence]:
    """Tell when TrueNorth agrees neither with true north nor with grid north as the believed conversion has them."""
    claim = believed.reading.claim
    stated = any(c.true_north is not None for c in claims)
    if not stated or claim.lo_geo_ref < 50:
        return []
    off = [signed(around.true_bearing - b) for b in (believed.true_north, believed.true_north - believed.convergence)]
    if min(map(abs, off)) <= _DEGREES:
        return []
    return [
        say(
            "By TrueNorth the model's +Y points to {stated:.1f}° from true north, by {believed} to {read:.1f}°;"
            " {believed} is believed.",
            stated=around.true_bearing % 360,
            believed=claim.source,
            read=believed.true_north,
        )
    ]


def heights(believed: "Standing") -> tuple[str, list[Sentence], list[Sentence]]:
    """Return the height reference ("orthometric", "ellipsoidal" or "unknown"), conflicts and notices about it."""
    claim, crs = believed.reading.claim, believed.reading.crs
    reference = _height_reference(claim, crs.vertical if crs else None)
    height = float(believed.lnglat[2])
    if reference == "unknown" and claim.source == "option":
        return reference, [], [say("No --height was given: the local origin is put at height 0.")]
    if reference == "unknown" and claim.height is None:
        told = say("{source} states no height: 0 m is taken, from an unknown datum.", source=claim.source)
        return reference, [told], []
    if reference == "unknown":
        told = say(
            "{source} states the height {height:.2f} m from an unknown datum: it is taken as a height above sea level.",
            source=claim.source,
            height=height,
        )
        return reference, [told], []
    if reference == "ellipsoidal":
        return reference, [], [say("Heights are above the ellipsoid.")]
    return reference, [], [say("Heights are above sea level; no geoid model is applied to them.")]


def _height_reference(claim: Claim, vertical: str | None) -> str:
    if claim.height is None:
        return "unknown"
    datum = claim.vertical_datum or vertical
    if datum and not _VAGUE.search(datum):
        return "ellipsoidal" if _ELLIPSOIDAL.search(datum) else "orthometric"
    if claim.source == "IfcRigidOperation" and claim.geographic:
        return "ellipsoidal"  # IFC 4.3: above the ellipsoid of the geodetic datum
    if claim.source in ("IfcSite", "option"):
        return "orthometric"  # IFC: RefElevation is relative to sea level; so is --height
    return "unknown"


def adopted(placed: Georeference, frame: Georeference, distance: float) -> Sentence:
    """Return the sentence that says that the project's frame was adopted."""
    return say(
        "The project's frame is adopted: {source} puts the model {distance:.2f} m from the project's origin, its +Y to"
        " {own:.2f}°, the frame's to {frame:.2f}°. --own-frame refuses.",
        source=placed.source,
        distance=distance,
        own=placed.true_north_deg,
        frame=frame.true_north_deg,
    )


def adopted_height(placed: Georeference, frame: Georeference) -> list[Sentence]:
    """Tell when the adopted frame stands at another height than the model itself states."""
    if abs(placed.orthogonal_height - frame.orthogonal_height) <= _HEIGHT:
        return []
    return [
        say(
            "The project's frame stands at {frame:.2f} m, {source} of this model says {own:.2f} m; the frame is"
            " believed.",
            frame=frame.orthogonal_height,
            source=placed.source,
            own=placed.orthogonal_height,
        )
    ]
