"""Interchanges of the sample city: loops and outer ramps where expressways and main roads cross."""

import numpy as np
import shapely

from sample_data.city_plan import EXPRESSWAY, RING, ROADS, THROUGH
from sample_data.city_roads import Street
from sample_data.city_shapes import Floats, Geometry, smooth

# Name, the two roads, a point near the crossing, the loops' radius in metres.
CROSSINGS = (
    ("江湾西立交", RING.name, THROUGH.name, (600, 3200), 62.0),
    ("东港立交", RING.name, THROUGH.name, (9270, 2890), 62.0),
    ("北环立交", RING.name, "中央大道", (3190, 8700), 52.0),
    ("南环立交", RING.name, "中央大道", (3340, 740), 52.0),
    ("中央立交", THROUGH.name, "中央大道", (3410, 3600), 40.0),
    ("高新立交", RING.name, "江北路", (9220, 6900), 46.0),
    ("江北西立交", RING.name, "江北路", (640, 7740), 46.0),
)
WIDTH = 8.5  # of a ramp, metres
CLEAR = 3.1  # radii of the loops around a crossing that are kept for the interchange


def crossings() -> list[tuple[str, Floats, Floats, Floats, float]]:
    """Return name, centre (2,), the two roads' directions (2,) there, and the loops' radius of each interchange."""
    lines = {road.name: road.line for road in ROADS}
    found = []
    for name, one, two, near, radius in CROSSINGS:
        meeting = shapely.get_parts(shapely.intersection(lines[one], lines[two]))
        centre = min(meeting, key=lambda p: p.distance(shapely.Point(near)))
        at = shapely.get_coordinates(centre)[0]
        found.append((name, at, heading(lines[one], centre), heading(lines[two], centre), radius))
    return found


def heading(line: Geometry, point: Geometry) -> Floats:
    """Return the direction (2,) of a line at a point on it."""
    s = shapely.line_locate_point(line, point)
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [max(s - 60, 0.0), s + 60]))
    along: Floats = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    return along


def ramps() -> list[Street]:
    """Return the ramps: in each quarter of a crossing a loop and an outer ramp around it."""
    streets = []
    for name, centre, one, two, radius in crossings():
        for u, v in ((one, two), (two, -one), (-one, -two), (-two, one)):
            t = np.linspace(0.0, 1.5 * np.pi, 26) - np.pi / 2
            circle = radius * np.column_stack([1 + np.cos(t), 1 + np.sin(t)])
            loop = centre + circle[:, :1] * u + circle[:, 1:] * v
            far = radius * np.array(
                [(4.6, 0.15), (3.4, 0.42), (2.5, 1.1), (2.0, 2.0), (1.1, 2.5), (0.42, 3.4), (0.15, 4.6)]
            )
            outer = [(float(x), float(y)) for x, y in centre + far[:, :1] * u + far[:, 1:] * v]
            for line in (shapely.LineString(loop), smooth(outer, 15.0)):
                streets.append(Street(f"{name}匝道", EXPRESSWAY, WIDTH, line, one_way=True))
    return streets


def reserved() -> Geometry:
    """Return the ground of the interchanges, where no street ends and nothing is built."""
    rounds = [shapely.Point(centre).buffer(CLEAR * radius) for _, centre, _, _, radius in crossings()]
    return shapely.union_all(rounds)
