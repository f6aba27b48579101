"""Georeferences as values: what a file says of its place (`Claim`), and what was decided (`Georeference`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.values.sentence import Sentence, in_language, unpack

# In the order in which they are believed; the names are part of the public contract.
SOURCES = (
    "IfcMapConversion",
    "IfcRigidOperation",
    "ePset_MapConversion",
    "sidecar",
    "option",
    "IfcSite",
    "project_frame",
    "none",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a file, or a sidecar beside it, states of the model's place: as stated, not yet believed.

    source : one of `SOURCES`, or "context", "placement" or "address" for what says something but places nothing
    lo_geo_ref : 10 to 50, the level of georeferencing of this statement; 0 for what is not in the IFC file itself
    where : the entity, property set or file name that says it, for people
    crs : name, code or WKT of the CRS of `first` and `second`, as stated; None means WGS 84 longitude and latitude
    crs_hints : other words that may name the CRS (description, geodetic datum, projection, zone)
    geographic : `first` and `second` are degrees of longitude and latitude, otherwise map units of easting and northing
    first, second : longitude and latitude in degrees, or easting and northing in `map_unit`; None when nothing is said
    height : in `height_unit`; None when nothing is said
    x_axis : abscissa and ordinate of the local x axis in the map (or of east and north, with `geographic`), as stated
    true_north : x and y in the local frame of the direction to true north, as stated; None when nothing is said
    bearing : of the local y axis, degrees clockwise from grid north (from true north with `geographic`), where that
        is what is stated in place of `x_axis`
    scale : map units per project length unit, as stated; None when nothing is said
    factors : what coordinates along x, y and z are multiplied with besides (IfcMapConversionScaled)
    map_unit : metres per unit of `first` and `second`; None when nothing is said or they are degrees
    height_unit : metres per unit of `height`; None when it is in `map_unit`
    project_unit : metres per length unit of the file
    vertical_datum : as stated; None when nothing is said
    local_point : the point in the local frame, metres, whose place is stated; the local origin for most
    local_from_context : (4, 4) float64 as nested tuples, metres: the context's WorldCoordinateSystem; None when it is
        the identity
    stated : the raw attributes as JSON values, for the audit
    notices : what was odd in reading it
    """

    source: str
    lo_geo_ref: int
    where: str
    crs: str | None = None
    crs_hints: Sequence[str] = ()
    geographic: bool = False
    first: float | None = None
    second: float | None = None
    height: float | None = None
    x_axis: tuple[float, float] | None = None
    true_north: tuple[float, float] | None = None
    bearing: float | None = None
    scale: float | None = None
    factors: tuple[float, float, float] = (1.0, 1.0, 1.0)
    map_unit: float | None = None
    height_unit: float | None = None
    project_unit: float = 1.0
    vertical_datum: str | None = None
    local_point: tuple[float, float, float] = (0.0, 0.0, 0.0)
    local_from_context: tuple[tuple[float, ...], ...] | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class PlacementOptions:
    """What a user says of a model's place on the command line: a longitude and latitude, or a point in a CRS.

    longitude, latitude : degrees, WGS 84, of the local origin
    crs, eastings, northings : a CRS ("EPSG:4547", a name) and the local origin in its own unit, easting first
    height : metres, of the local origin; None when not given (taken as 0)
    rotation : bearing of the model's +Y, degrees clockwise from true north, with `crs` from grid north; None when not
        given (the file's TrueNorth is taken)
    override : these options outrank everything in the file
    own_frame : do not adopt the project's frame
    """

    longitude: float | None = None
    latitude: float | None = None
    crs: str | None = None
    eastings: float | None = None
    northings: float | None = None
    height: float | None = None
    rotation: float | None = None
    override: bool = False
    own_frame: bool = False

    @property
    def places(self) -> bool:
        """Say whether the options name a point."""
        return self.longitude is not None or self.eastings is not None


@dataclass(frozen=True, slots=True)
class Georeference:
    """Where a model stands, decided: one file, one model, one placement.

    source : one of `SOURCES`
    lo_geo_ref : 10 to 50, the level of georeferencing (Clemen and Goerne 2019) of the best the file itself states;
        0 when it states nothing
    crs : the CRS as "EPSG:n" (or WKT/PROJ text without a code); None where the place is a plain longitude and latitude
    longitude, latitude : degrees, WGS 84, of the local origin; of the middle of the geometry where that lies more than
        10 km from the local origin
    orthogonal_height : metres, of that point, in the height system of the source
    true_north_deg : bearing of the model's +Y axis, degrees clockwise from true north, 0 ≤ it < 360
    grid_convergence_deg : bearing of grid north, degrees clockwise from true north, 0 without a projected CRS
    point_scale : map metres per ground metre at the model, 1 without a projected CRS
    height_reference : "orthometric", "ellipsoidal" or "unknown"
    enu_from_local : (4, 4) float64, row-major: local metres → east-north-up metres at the middle of the geometry
        (at the local origin when the geometry is not known)
    ecef_from_local : (4, 4) float64, row-major: local metres → EPSG:4978 metres
    conflicts : what disagrees or is wrong, in sentences
    inside_city : does it stand inside the twin's bounds; None when the twin has no bounds
    present : every source found, with what it says, as JSON values (for the audit)
    notices : what a user should know that is no conflict, in sentences
    options : the user's own placement (the fields of `PlacementOptions`) that was weighed, so that the next revision
        can keep it; empty without one
    """

    source: str
    lo_geo_ref: int
    crs: str | None
    longitude: float
    latitude: float
    orthogonal_height: float
    true_north_deg: float
    grid_convergence_deg: float
    point_scale: float
    height_reference: str
    enu_from_local: NDArray[np.float64]
    ecef_from_local: NDArray[np.float64]
    conflicts: Sequence[Sentence]
    inside_city: bool | None
    present: Sequence[dict[str, Any]]
    notices: Sequence[Sentence] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


_MATRICES = ("enu_from_local", "ecef_from_local")
_SENTENCES = ("conflicts", "notices")


def same_place(one: Georeference, other: Georeference) -> bool:
    """Say whether two georeferences put a model at the same place for the same reason."""
    return one.source == other.source and bool((one.ecef_from_local == other.ecef_from_local).all())


def georeference_to_json(georeference: Georeference) -> dict[str, Any]:
    """Return `georeference` as JSON values, for the store: nothing is lost, sentences keep their templates.

    Matrices (4, 4) become nested lists of float64, row-major, metres.
    """
    document: dict[str, Any] = {f.name: getattr(georeference, f.name) for f in fields(georeference)}
    for name in _MATRICES:
        document[name] = document[name].tolist()
    for name in _SENTENCES:
        document[name] = [sentence.packed() for sentence in document[name]]
    document["present"] = [_keep_sentences(claim) for claim in georeference.present]
    document["options"] = dict(georeference.options)
    return document


def georeference_from_json(document: Mapping[str, Any]) -> Georeference:
    """Return the georeference that `georeference_to_json` wrote; its matrices are (4, 4) float64, metres."""
    values = {f.name: document[f.name] for f in fields(Georeference)}
    for name in _MATRICES:
        values[name] = np.array(values[name], dtype=np.float64)
    for name in _SENTENCES:
        values[name] = [unpack(packed) for packed in values[name]]
    values["present"] = [_find_sentences(claim) for claim in values["present"]]
    return Georeference(**values)


def public_json(georeference: Georeference, language: str) -> dict[str, Any]:
    """Return what users see of `georeference` as JSON values, its sentences in `language` ("zh" or "en").

    Matrices stay out: `enu_from_local` and `ecef_from_local` are (4, 4) float64 for the program, in metres.
    """
    document: dict[str, Any] = {f.name: getattr(georeference, f.name) for f in fields(georeference)}
    for name in (*_MATRICES, "options"):
        del document[name]
    for name in _SENTENCES:
        document[name] = [in_language(sentence, language) for sentence in document[name]]
    document["present"] = [
        {**claim, "notices": [in_language(s, language) for s in claim.get("notices", [])]}
        for claim in georeference.present
    ]
    return document


def _keep_sentences(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a `present` entry with its notices packed."""
    return {**claim, "notices": [s.packed() for s in claim.get("notices", [])]}


def _find_sentences(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a `present` entry with its notices as sentences."""
    return {**claim, "notices": [unpack(packed) for packed in claim.get("notices", [])]}
