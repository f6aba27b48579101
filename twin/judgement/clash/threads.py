"""The solid library's own threads, which only wait for each other on bodies as small as a building's elements."""

import os
from functools import cache


@cache
def one_thread() -> None:
    """Let the solid library work in the calling thread only; processes use the cores.

    It counts the cores that it may use when it is first used, so it is first used while there is but one.  Where a
    system has no such limit (Windows, macOS) its threads stay: that costs time, no correctness.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    from manifold3d import Manifold

    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(cores)})
        cube = Manifold.cube([1.0, 1.0, 1.0])
        (cube ^ cube.translate([0.5, 0.25, 0.125])).volume()
        cube.min_gap(cube.translate([2.0, 0.0, 0.0]), 2.0)
    finally:
        os.sched_setaffinity(0, cores)
