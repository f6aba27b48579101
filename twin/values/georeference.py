"""Georeferences as values: what a file says of its place (`Claim`), and what was decided (`Georeference`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.values.sentence import Sentence

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
class Georeference:
    """Where a model stands, decided and rigid: one file, one model, one placement.

    source : one of `SOURCES`
    lo_geo_ref : 10 to 50, the level of georeferencing (Clemen and Goerne 2019) of the best the file itself states
    crs : the CRS as "EPSG:n" (or WKT/PROJ text without a code); None where the place is a plain longitude and latitude
    longitude, latitude : degrees, WGS 84, of the local origin
    orthogonal_height : metres, of the local origin, in the height system of the source
    true_north_deg : bearing of the model's +Y axis, degrees clockwise from true north
    grid_convergence_deg : bearing of grid north, degrees clockwise from true north, 0 without a projected CRS
    point_scale : map metres per ground metre at the model, 1 without a projected CRS
    height_reference : "orthometric", "ellipsoidal" or "unknown"
    enu_from_local : (4, 4) float64, row-major: local metres → east-north-up metres at the anchor
    ecef_from_local : (4, 4) float64, row-major: local metres → EPSG:4978 metres
    conflicts : what disagrees, in sentences
    inside_city : does it stand inside the twin's bounds; None when the twin has no bounds
    present : every source found, with what it says, as JSON values (for the audit)
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
