"""The spatial tree of an IFC file: what contains what, storeys, and the height that stands on the ground."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.schema import Damage, by_type
from twin.values.model import Storey


def read_parents(ifc: Any, damage: Damage) -> dict[int, Any]:
    """Return step id of a product → what holds it: aggregation and nesting first, then the host of an opening or of its
    filling, then containment in a spatial structure."""
    parents: dict[int, Any] = {}

    def add(relation: Any, held: str, holder: str, *, first_wins: bool) -> None:
        things = getattr(relation, held)
        for thing in things if isinstance(things, tuple) else (things,):
            if thing is not None and not (first_wins and thing.id() in parents):
                parents[thing.id()] = getattr(relation, holder)

    for ifc_class, held, holder, first_wins in (
        ("IfcRelContainedInSpatialStructure", "RelatedElements", "RelatingStructure", False),
        ("IfcRelVoidsElement", "RelatedOpeningElement", "RelatingBuildingElement", True),
        ("IfcRelFillsElement", "RelatedBuildingElement", "RelatingOpeningElement", True),
        ("IfcRelNests", "RelatedObjects", "RelatingObject", False),
        ("IfcRelAggregates", "RelatedObjects", "RelatingObject", False),
    ):
        for relation in by_type(ifc, ifc_class):
            damage.tried(relation, partial(add, relation, held, holder, first_wins=first_wins), None)
    return parents


def storey_of(product: Any, parents: Mapping[int, Any], known: dict[int, str | None]) -> str | None:
    """Return the GlobalId of the storey that holds `product`, however deep; `known` remembers what was walked."""
    trail: list[int] = []
    current, found = product, None
    while current is not None and current.id() not in known:
        if current.is_a("IfcBuildingStorey"):
            found = current.GlobalId
            break
        if current.id() in trail:
            break
        trail.append(current.id())
        current = parents.get(current.id())
    else:
        found = known[current.id()] if current is not None else None
    known.update(dict.fromkeys(trail, found))
    return found


def read_storeys(ifc: Any, unit_scale: float) -> list[Storey]:
    """Return the storeys, lowest first; elevations in metres in the local frame, from their placement."""
    storeys = []
    for storey in by_type(ifc, "IfcBuildingStorey"):
        if not storey.GlobalId:  # nothing can refer to it; its elements are told to belong to no storey
            continue
        if storey.ObjectPlacement is not None:
            elevation = placement_matrix(storey.ObjectPlacement)[2, 3] * unit_scale
        else:
            elevation = (storey.Elevation or 0.0) * unit_scale
        storeys.append(Storey(storey.GlobalId, storey.Name or storey.LongName or "", float(elevation)))
    return sorted(storeys, key=lambda s: (s.elevation, s.name, s.global_id))


def placement_matrix(placement: Any) -> NDArray[np.float64]:
    """Return (4, 4) float64 of an IfcObjectPlacement in the file's length unit; the identity where it is unreadable."""
    import ifcopenshell.util.placement

    try:
        return np.array(ifcopenshell.util.placement.get_local_placement(placement), np.float64)
    except (AttributeError, RuntimeError, ValueError, TypeError):
        return np.eye(4)


def ground_height(storeys: Sequence[Storey], box: NDArray[np.float64] | None) -> float:
    """Return the height in the local frame, metres, that stands on the ground.

    The storey nearest to 0 within the model's height is the ground floor: a cellar lies below it.  A model without
    storeys, or whose storeys all lie outside of its geometry, stands on its lowest point.

    box : (2, 3) float64, least and greatest corner of what is drawn, metres, local frame; None where nothing is drawn
    """
    low, high = (float(box[0, 2]), float(box[1, 2])) if box is not None else (-np.inf, np.inf)
    inside = [s.elevation for s in storeys if low - 1.0 <= s.elevation <= high]
    if inside:
        return min(inside, key=abs)
    return low if box is not None else 0.0
