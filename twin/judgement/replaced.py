"""Which plain buildings of the city a building model replaces: they are hidden where the model stands."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.values.sentence import say

if TYPE_CHECKING:
    import shapely

SHARE = 1 / 3  # of an area: what stands beside a well-placed model overlaps it by far less
RULE = say(
    "A plain building is hidden where a model stands: at least a third of its area lies within the outline of the "
    "model above the ground, or it covers at least a third of that outline."
)


def replaced(
    buildings: Sequence[Any] | NDArray[np.object_], footprints: Mapping[str, "shapely.Geometry"]
) -> dict[int, str]:
    """Return row → model for the buildings that `RULE` hides; of several models the one with the largest overlap.

    buildings : (n,) shapely geometries in `lnglat`; what is no area is never hidden
    footprints : model → its outline above the ground in `lnglat`
    """
    import shapely

    plain = np.asarray(buildings, dtype=object)
    models = [model for model, outline in footprints.items() if not shapely.is_empty(outline)]
    if not len(plain) or not models:
        return {}
    outlines = shapely.make_valid(np.array([footprints[model] for model in models], dtype=object))
    which, rows = shapely.STRtree(plain).query(outlines, predicate="intersects")
    # A third of an area is a third of it in degrees too: over a building the scale of a degree does not change.
    shared = shapely.area(shapely.intersection(plain[rows], outlines[which]))
    own, outline = shapely.area(plain[rows]), shapely.area(outlines[which])
    hidden = (own > 0) & ((shared >= SHARE * own) | (outline > 0) & (shared >= SHARE * outline))
    found: dict[int, tuple[float, str]] = {}
    for row, model, area in zip(rows[hidden].tolist(), which[hidden].tolist(), shared[hidden].tolist(), strict=True):
        if row not in found or area > found[row][0]:
            found[row] = (area, models[model])
    return {row: model for row, (_, model) in sorted(found.items())}
