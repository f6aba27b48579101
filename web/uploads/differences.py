"""What a file would change of the model that the city has: how many elements come, go, differ, stay as they are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.values.bodies import Bodies
from twin.values.model import BuildingModel

if TYPE_CHECKING:
    from twin.store import Store

SAME = 0.001  # metres: kernels round
_AT_ONCE = 2000


def differences(store: "Store", model: str, new: BuildingModel) -> dict[str, int]:
    """Return {added, removed, changed, same}: elements by GlobalId, of all that is drawn.

    An element has changed when its class, name, storey or properties differ, or its box, (2, 3) in local metres, by
    more than a millimetre.
    """
    known, coming = _kept(store, model), _coming(new)
    both = known.keys() & coming.keys()
    changed = sum(1 for global_id in both if _differ(known[global_id], coming[global_id]))
    return {
        "added": len(coming) - len(both),
        "removed": len(known) - len(both),
        "changed": changed,
        "same": len(both) - changed,
    }


Told = tuple[tuple[str, str, str | None], Mapping[str, Any], NDArray[np.float64] | None]


def _differ(a: Told, b: Told) -> bool:
    if a[0] != b[0] or a[1] != b[1]:
        return True
    return a[2] is not None and b[2] is not None and bool((np.abs(a[2] - b[2]) > SAME).any())


def _kept(store: "Store", model: str) -> dict[str, Told]:
    """Return GlobalId → what the store has of the drawn elements of a model."""
    columns = store.element_columns(model)
    bodies = store.bodies(model)
    boxes = None if bodies is None else _boxes_of(bodies)
    rows = range(len(columns.global_id))
    properties: list[Any] = []
    for start in range(0, len(rows), _AT_ONCE):
        properties += store.element_properties(model, list(rows[start : start + _AT_ONCE]))
    storeys = [storey.global_id for storey in columns.storeys]
    return {
        columns.global_id[row]: (
            (
                columns.classes[columns.ifc_class[row]],
                columns.name[row],
                storeys[columns.storey[row]] if columns.storey[row] >= 0 else None,
            ),
            properties[row],
            None if boxes is None else boxes[row],
        )
        for row in rows
    }


def _coming(new: BuildingModel) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for element in new.drawn():
        box = None
        if element.placed is not None:
            box = _box(new.shapes[element.placed.shape].vertices, element.placed.local_from_shape)
        found[element.global_id] = (
            (element.ifc_class, element.name, element.storey), dict(element.properties), box
        )  # fmt: skip
    return found


def _boxes_of(bodies: Bodies) -> list[NDArray[np.float64]]:
    return [
        _box(bodies.shape_mesh(int(bodies.shapes[row]))[0], bodies.local_from_shape[row]) for row in range(len(bodies))
    ]


def _box(vertices: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (2, 3) float64, least and greatest corner of (n, 3) vertices moved by a (4, 4) matrix, metres."""
    moved = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    return np.stack([moved.min(axis=0), moved.max(axis=0)])
