"""Districts and trunk mains of the sample city."""

from typing import Any

import numpy as np
import shapely

from sample_data.city_plan import CITY, DISTRICTS, HEIGHT, RIVER, ROADS, WIDTH
from sample_data.city_roads import Street
from sample_data.city_shapes import Geometry, parts

# Road, and the box of the plan (west, south, east, north) in which it is a border.
BORDERS = (
    ("中山路", (-1, 0, WIDTH + 1, HEIGHT)),
    ("江湾快速路", (-1, 0, WIDTH + 1, HEIGHT)),
    ("中央大道", (0, 5200, WIDTH, HEIGHT + 1)),
    ("城西大道", (0, 3150, WIDTH, 5450)),
)


def districts() -> list[tuple[str, Geometry]]:
    """Return name and polygon of the districts: they fill the city without gaps, borders along river and main roads."""
    lines = [CITY.exterior, RIVER]
    for name, box in BORDERS:
        (line,) = (road.line for road in ROADS if road.name == name)
        lines.append(shapely.intersection(line, shapely.box(*box)))
    faces, _ = parts(np.array([shapely.polygonize([shapely.union_all(lines)])]))
    seeds = shapely.points([point for _, point in DISTRICTS])
    nearest = [int(np.argmin(shapely.distance(face, seeds))) for face in faces]
    rows = np.array(nearest)
    return [(name, shapely.union_all(faces[rows == i])) for i, (name, _) in enumerate(DISTRICTS)]


def utilities(streets: list[Street]) -> list[tuple[str, int, Any]]:
    """Return kind, size (millimetres, kilovolts for lines of power) and line of the trunk mains."""
    plans = {
        "人民路": [("给水干管", 1200, 14.0), ("污水干管", 1000, -14.0)],
        "中央大道": [("给水干管", 1000, 18.0), ("污水干管", 1200, -18.0)],
        "江北路": [("给水干管", 1400, 13.0)],
        "南湖路": [("给水干管", 800, 12.0), ("污水干管", 1000, -12.0)],
        "河东大道": [("给水干管", 1000, 15.0), ("污水干管", 1200, -15.0)],
        "工业大道": [("给水干管", 800, 13.0), ("污水干管", 1500, -13.0)],
        "沿江大道": [("污水干管", 1800, 10.0)],
        "滨江路": [("污水干管", 1800, -9.0)],
        "环城快速路": [("高压电力线", 220, 40.0)],
        "解放大道": [("给水干管", 800, 14.0), ("电力电缆", 110, -14.0)],
        "振兴路": [("电力电缆", 110, 13.0)],
    }
    rows = []
    for street in streets:
        for kind, size, aside in plans.get(street.name, []):
            if street.line.length > 200:
                line = shapely.offset_curve(street.line, aside)
                rows += [(kind, size, piece) for piece in shapely.get_parts(shapely.intersection(line, CITY))]
    return [row for row in rows if row[2].geom_type == "LineString" and row[2].length > 50]
