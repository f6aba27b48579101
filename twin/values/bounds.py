"""Bounds of what may lie across the antimeridian: west, south, east, north in degrees, beyond ±180 where it crosses."""

import math

Bounds = tuple[float, float, float, float]


def extent_in_degrees(bounds: Bounds) -> Bounds:
    """Return bounds with longitudes between -180 and 180; west is greater than east where they cross the antimeridian.

    >>> extent_in_degrees((179, 10, 181, 11)), extent_in_degrees((181, 10, 181, 10))
    ((179, 10, -179, 11), (-179, 10, -179, 10))
    """
    west, south, east, north = bounds
    if west >= -180 and east <= 180:
        return bounds
    if east - west >= 360:
        return -180, south, 180, north
    turn = 360 * math.floor((west + 180) / 360)
    west, east = west - turn, east - turn
    return west, south, east - 360 if east > 180 else east, north


def range_in_degrees(bounds: Bounds) -> Bounds:
    """Return bounds as `extent_in_degrees`, but all the way round where they cross: for those who know no crossing."""
    west, south, east, north = extent_in_degrees(bounds)
    return (west, south, east, north) if west <= east else (-180, south, 180, north)
