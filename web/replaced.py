"""Which plain buildings of the city's layers a BIM model stands for, found once per change of the twin."""

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.judgement.footprint import placed_outline
from twin.store import Store
from web.layers import Layers


class Replaced:
    """The plain buildings of one twin that are not to be drawn; safe to share between threads."""

    def __init__(self, store: Store, layers: Layers) -> None:
        self._store, self._layers = store, layers
        self._lock = threading.Lock()
        self._mark = -1
        self._found: Mapping[str, Mapping[int, str]] = {}

    def current(self) -> Mapping[str, Mapping[int, str]]:
        """Return layer → id of a replaced building → model, for all layers of buildings."""
        mark = self._store.changes()
        with self._lock:
            if mark != self._mark:
                self._found, self._mark = _find(self._store, self._layers), mark
            return self._found


def _find(store: Store, layers: Layers) -> dict[str, dict[int, str]]:
    footprints = {model.model: shape for model in store.models() if (shape := placed_outline(model)) is not None}
    found = {}
    for layer in layers.city():
        if layer.kind == "buildings" and footprints and (by := _in_layer(layers, layer.name, footprints)):
            found[layer.name] = by
    return found


def _in_layer(layers: Layers, name: str, footprints: Mapping[str, Any]) -> dict[int, str]:
    """Return id of a replaced building → model, for one layer; only buildings near a footprint are read."""
    import shapely

    from twin.judgement.replaced import replaced

    _, file = layers.features(name)
    west, south, east, north = file.boxes().T
    near = np.zeros(file.count, dtype=bool)
    for shape in footprints.values():
        left, low, right, high = shapely.bounds(shape)
        near |= (west <= right) & (east >= left) & (south <= high) & (north >= low)
    rows: NDArray[np.int64] = np.flatnonzero(near).astype(np.int64)
    if not len(rows):
        return {}
    hidden = replaced(file.take(rows).geometry, footprints)
    return {int(rows[row]) + 1: model for row, model in hidden.items()}
