"""Models of one project on one map: they share the point at which the map is linearised.

A map is curved; each model alone is placed by the map's Jacobian at its own middle.  Two models whose coordinates on
the map say that they meet would then stand some millimetres apart (18 mm in height at 500 m), and a clash detection
would see gaps where there are none.  What is drawn of one project is therefore linearised where the project's frame is.
"""

from dataclasses import replace

import numpy as np

from twin.judgement.frames import about, ecef_from_enu, ground
from twin.judgement.surroundings import Reading
from twin.values.crs import lnglat_from_ecef, map_from_lnglat
from twin.values.georeference import Georeference

# Metres that a corner of the box may move by it: the earth's curvature over 1.6 km. Farther off, its own is better.
MOST = 0.2


def on_frames_map(placed: Georeference, reading: Reading, frame: Georeference) -> Georeference | None:
    """Return `placed` by the linearisation of the map that the frame rests on; None where that is another map.

    reading : what the placement rests on
    frame : the placement of the project's first model
    """
    if reading.crs is None or reading.map_from_local is None or reading.crs.label != frame.crs:
        return None
    # the frame's east-north-up origin is where its map was linearised
    linear, shift = frame.enu_from_local[:3, :3], frame.enu_from_local[:3, 3]
    middle = frame.ecef_from_local @ np.array([*-np.linalg.solve(linear, shift), 1.0])
    lnglat = lnglat_from_ecef(middle[None, :3])
    there = map_from_lnglat(reading.crs, lnglat)[0] * [reading.crs.unit, reading.crs.unit, 1.0]
    at = ground(reading.crs, there)
    enu_from_local = about(at.enu_from_map, there) @ reading.map_from_local
    return replace(placed, enu_from_local=enu_from_local, ecef_from_local=ecef_from_enu(at.lnglat) @ enu_from_local)
