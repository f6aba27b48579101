"""Water and rail of the sample city: river with an island, lake, canals; railway with a station yard, metro lines."""

from dataclasses import dataclass

import numpy as np
import shapely

from sample_data import city_plan as plan
from sample_data.city_plan import CITY, RIVER, from_metro
from sample_data.city_shapes import Geometry, Point, ribbon, smooth, wave

YARD = (2950.0, 3850.0)  # x of the ends of the station yard
TRACK = 6.5  # metres between tracks


def river() -> Geometry:
    """Return the river: 240 to 360 m wide, with an island above the old town's bridge."""
    axis = shapely.segmentize(RIVER, 30.0)
    count = shapely.get_num_coordinates(axis)
    half = 148 + wave(count, [(17, 3, 0.6), (9, 7, 2.0), (3, 17, 1.0)])
    middle = shapely.line_interpolate_point(RIVER, plan.BEYOND + 2650.0)
    island = shapely.buffer(smooth(island_spine(), 20.0), 34.0, quad_segs=6)
    flood = shapely.buffer(middle, 330.0)
    wide = ribbon(axis, half + 26 * np.exp(-((((np.arange(count) / count) - 0.27) / 0.06) ** 2)))
    return shapely.intersection(shapely.difference(wide, shapely.intersection(island, flood)), CITY)


def island_spine() -> list[Point]:
    """Return the line along the middle of the island, north to south."""
    along = plan.BEYOND + np.array([2420.0, 2550.0, 2700.0, 2840.0])
    spine = shapely.line_interpolate_point(shapely.offset_curve(RIVER, -12.0), along)
    return [(float(p.x), float(p.y)) for p in spine]


def canals() -> dict[str, Geometry]:
    """Return the axis of each canal by its name."""
    return {name: shapely.intersection(smooth(points, 30.0), CITY) for name, (_, points) in plan.CANALS.items()}


def waters() -> dict[tuple[str, str], Geometry]:
    """Return the water polygons, none over another, by name and kind."""
    stream = river()
    result = {("滨江", "河流"): stream}
    for name, line in canals().items():
        band = shapely.buffer(line, plan.CANALS[name][0] / 2, quad_segs=4, cap_style="flat")
        pieces = shapely.get_parts(shapely.difference(shapely.intersection(band, CITY), stream))
        result[name, "沟渠"] = shapely.union_all([p for p in pieces if p.area > 4000])
    lake = shapely.Polygon(smooth(plan.LAKE, 25.0, closed=True))
    isle = shapely.Polygon(smooth([(2860, 2930), (2930, 2880), (3010, 2940), (2960, 3010)], 12.0, closed=True))
    result["南湖", "湖泊"] = shapely.difference(lake, isle)
    return result


@dataclass(frozen=True)
class Rails:
    """The rail of the city: (name, kind, line) of every track or line; (name, line, point) of every metro station."""

    lines: list[tuple[str, str, Geometry]]
    stations: list[tuple[str, str, Point]]
    ground: Geometry  # where no building may stand
    railway: Geometry  # the land of the railway


def rails() -> Rails:
    """Return railway, station yard and metro lines."""
    main = shapely.intersection(smooth(plan.RAILWAY, 40.0), CITY)
    lines = []
    for side, name in ((-TRACK / 2, "滨海铁路上行线"), (TRACK / 2, "滨海铁路下行线")):
        lines.append((name, "国家铁路", shapely.intersection(shapely.offset_curve(main, side), CITY)))
    for number, offset in enumerate(range(3, 13), start=1):
        aside = (offset // 2) * TRACK * (1 if offset % 2 else -1) + (TRACK / 2 if offset % 2 else -TRACK / 2)
        lines.append((f"滨江站{number}道", "站线", siding(main, aside, offset * 14.0)))
    metro, stations = metro_lines()
    lines += [(f"地铁{name}", "地铁", line) for name, line in metro.items()]
    yard = shapely.union_all([shapely.buffer(line, 9.0) for _, kind, line in lines if kind == "站线"])
    railway = shapely.union(shapely.buffer(main, 20.0), yard)
    ground = shapely.union_all([railway, *[shapely.buffer(line, 9.0) for line in metro.values()]])
    return Rails(lines, stations, ground, railway)


def siding(main: Geometry, aside: float, inset: float) -> Geometry:
    """Return a track of the yard beside the main line, with a switch curve at either end."""
    low, high = (shapely.line_locate_point(main, shapely.Point(x, 1540.0)) for x in YARD)
    along = np.linspace(low + inset, high - inset, 50)
    near = shapely.line_interpolate_point(main, along)
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(main, along + 0.5)) - shapely.get_coordinates(near)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    t = np.clip(np.minimum(along - along[0], along[-1] - along) / (90 + 4 * abs(aside)), 0.0, 1.0)
    ease = aside * (3 * t**2 - 2 * t**3)
    return shapely.LineString(
        shapely.get_coordinates(near) + np.column_stack([-ahead[:, 1], ahead[:, 0]]) * ease[:, None]
    )


def metro_lines() -> tuple[dict[str, Geometry], list[tuple[str, str, Point]]]:
    """Return the metro lines by name, and (name, lines, point) of every station; line 2 runs along its site's axis."""
    lines: dict[str, Geometry] = {}
    served: dict[tuple[str, Point], list[str]] = {}
    for line, stops in plan.METRO_LINES.items():
        points: list[Point] = []
        for name, x, y in stops:
            if name == "人民广场":  # the station that is a key project: straight through, beyond both ends
                points += [from_metro(along, 11.0) for along in (-120.0, -40.0, 92.0, 184.0, 290.0)]
                served[name, from_metro(92.0, 11.0)] = [line]
                continue
            points.append((float(x), float(y)))
            served.setdefault((name, (float(x), float(y))), []).append(line)
        lines[line] = smooth(points, 40.0)
    stations = [(f"{name}站", "、".join(f"地铁{line}" for line in on), point) for (name, point), on in served.items()]
    return lines, stations
