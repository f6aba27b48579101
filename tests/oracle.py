"""What an independent kernel says: ifcopenshell's default one, run on its own in the test process."""

from functools import cache
from pathlib import Path

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.shape
import numpy as np
from numpy.typing import NDArray


@cache
def opened(path: Path) -> ifcopenshell.file:
    """Return the open file, shared by the run: read-only."""
    return ifcopenshell.open(path)


@cache
def kernel_boxes(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return GlobalId → (2, 3) float64 bounding box of what the kernel draws but openings; metres, local."""
    file, settings = opened(path), ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    iterator = ifcopenshell.geom.iterator(settings, file, 2, exclude=file.by_type("IfcOpeningElement"))
    found = {}
    assert iterator.initialize()
    while True:
        shape = iterator.get()
        vertices = ifcopenshell.util.shape.get_vertices(shape.geometry)
        found[shape.guid] = np.array([vertices.min(axis=0), vertices.max(axis=0)])
        if not iterator.next():
            return found
