"""Small IFC files written as text, and the oracles that placements are compared with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ifcopenshell
import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer

from ifc_import.georeference import read_claims
from twin.judgement.placement import place
from twin.values.georeference import Claim, Georeference, PlacementOptions

UNITS = {
    "m": "IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.)",
    "mm": "IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.)",
    "ft": "IFCCONVERSIONBASEDUNIT(#91,.LENGTHUNIT.,'FOOT',#92)",
}
WGS84 = Geod(ellps="WGS84")
BOX = np.array([[-10.0, -20.0, 0.0], [40.0, 60.0, 30.0]])


@dataclass(frozen=True)
class Step:
    """What a small IFC file states; attribute texts are STEP."""

    schema: str = "IFC4"
    unit: str = "m"
    true_north: str = "$"
    wcs: tuple[float, float, float] = (0.0, 0.0, 0.0)
    site: str = "$,$,$"  # RefLatitude, RefLongitude, RefElevation
    site_at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    more: str = ""

    def text(self) -> str:
        north = "$" if self.true_north == "$" else "#29"
        return f"""ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('small.ifc','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('{self.schema}'));
ENDSEC;
DATA;
#1=IFCPROJECT('2DAvEupIz0HQr73cMaawtY',#60,'P',$,$,$,$,(#21),#11);
#2=IFCDIRECTION((1.,0.,0.));
#4=IFCDIRECTION((0.,0.,1.));
#11=IFCUNITASSIGNMENT((#90));
#20=IFCCARTESIANPOINT(({self.wcs[0]:.6f},{self.wcs[1]:.6f},{self.wcs[2]:.6f}));
#21=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#22,{north});
#22=IFCAXIS2PLACEMENT3D(#20,#4,#2);
{"" if north == "$" else f"#29=IFCDIRECTION({self.true_north});"}
#30=IFCSITE('27H$neCQf1NwtmczxBInPR',#60,'S',$,$,#31,$,$,.ELEMENT.,{self.site},$,$);
#31=IFCLOCALPLACEMENT($,#32);
#32=IFCAXIS2PLACEMENT3D(#33,#4,#2);
#33=IFCCARTESIANPOINT(({self.site_at[0]:.6f},{self.site_at[1]:.6f},{self.site_at[2]:.6f}));
#34=IFCRELAGGREGATES('3Hu7f6BmT14B_XS9yS78Jr',#60,$,$,#1,(#30));
#60=IFCOWNERHISTORY(#63,#64,$,.NOCHANGE.,$,$,$,0);
#61=IFCPERSON($,'x',$,$,$,$,$,$);
#62=IFCORGANIZATION($,'x',$,$,$);
#63=IFCPERSONANDORGANIZATION(#61,#62,$);
#64=IFCAPPLICATION(#62,'1','x','x');
#90={UNITS[self.unit]};
#91=IFCDIMENSIONALEXPONENTS(1,0,0,0,0,0,0);
#92=IFCMEASUREWITHUNIT(IFCLENGTHMEASURE(0.3048),#93);
#93=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#94=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
{self.more}
ENDSEC;
END-ISO-10303-21;
"""

    def open(self) -> ifcopenshell.file:
        return ifcopenshell.file.from_string(escaped(self.text()))

    def claims(self, path: Path = Path("no-such-folder/small.ifc")) -> list[Claim]:
        return read_claims(self.open(), path)


def escaped(text: str) -> str:
    """Return STEP text with its Chinese in escapes, as `ifc_import.source` leaves it."""
    return re.sub(r"[^\x00-\x7f]+", lambda m: "\\X2\\" + m[0].encode("utf-16-be").hex().upper() + "\\X0\\", text)


def conversion(
    name: str,
    eastings: float,
    northings: float,
    height: float = 0.0,
    *,
    axis: tuple[float, float] | None = (1.0, 0.0),
    scale: float | None = 1.0,
    unit: str = "#93",
    vertical: str = "$",
    hints: Sequence[str] = ("$", "$", "$", "$"),
) -> str:
    """Return the STEP lines of an IfcMapConversion and its IfcProjectedCRS."""
    turn = "$,$" if axis is None else f"{axis[0]!r},{axis[1]!r}"
    size = "$" if scale is None else repr(float(scale))
    description, datum, projection, zone = hints
    return (
        f"#40=IFCPROJECTEDCRS('{name}',{description},{datum},{vertical},{projection},{zone},{unit});\n"
        f"#41=IFCMAPCONVERSION(#21,#40,{float(eastings)!r},{float(northings)!r},{float(height)!r},{turn},{size});"
    )


@cache
def transformer(source: str, target: str) -> Transformer:
    """Return PROJ's own choice of a transformation, longitude and easting first."""
    return Transformer.from_crs(source, target, always_xy=True)


def put(
    step: Step | Sequence[Claim],
    options: PlacementOptions | None = None,
    *,
    box: NDArray[np.float64] | None = BOX,
    frame: Georeference | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Georeference:
    """Place a small file."""
    claims = step.claims() if isinstance(step, Step) else step
    return place(claims, options or PlacementOptions(), box=box, frame=frame, city_bounds=bounds)


def on_ground(georeference: Georeference, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitude, latitude, height of (n, 3) local points through the placement and pyproj's EPSG:4978."""
    matrix = georeference.ecef_from_local
    ecef = points @ matrix[:3, :3].T + matrix[:3, 3]
    return np.column_stack(transformer("EPSG:4978", "EPSG:4979").transform(*ecef.T))


def through_map(
    crs: str, points: NDArray[np.float64], eastings: float, northings: float, height: float, axis: tuple[float, float]
) -> NDArray[np.float64]:
    """Return longitude, latitude, height of (n, 3) local points through a Helmert turn and pyproj alone."""
    theta = np.arctan2(axis[1], axis[0])
    east = np.cos(theta) * points[:, 0] - np.sin(theta) * points[:, 1] + eastings
    north = np.sin(theta) * points[:, 0] + np.cos(theta) * points[:, 1] + northings
    ecef = transformer(crs, "EPSG:4978").transform(east, north, points[:, 2] + height)
    return np.column_stack(transformer("EPSG:4978", "EPSG:4979").transform(*ecef))


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float]:
    """Return the greatest horizontal and vertical distance of (n, 3) longitude, latitude, height points, metres."""
    _, _, metres = WGS84.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
    return float(np.max(metres)), float(np.max(np.abs(one[:, 2] - other[:, 2])))


def vertices(box: NDArray[np.float64] = BOX, count: int = 1000, seed: int = 4) -> NDArray[np.float64]:
    """Return (count, 3) points inside a box, local metres."""
    return np.random.default_rng(seed).uniform(box[0], box[1], (count, 3))
