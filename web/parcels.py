"""Parcels of the city's layers, found by their id or number: where a project of the register stands."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.store import Store

# What map files call the number of a parcel; the first column that has the wanted number counts.
NUMBER_COLUMNS = ("code", "parcel", "parcel_id", "number", "地块编号", "地块号", "宗地号", "宗地代码", "编号", "name")


class Parcels:
    """The parcels of a twin, read when they are first asked for."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._found: dict[str, Any] | None = None

    def find(self, parcel: str) -> Mapping[str, Any] | None:
        """Return the GeoJSON geometry (`lnglat`) of a parcel by its number, else by its feature id; else None."""
        import shapely

        if self._found is None:
            self._found = self._read()
        geometry = self._found.get(parcel.strip())
        if geometry is None:
            return None
        found: dict[str, Any] = json.loads(shapely.to_geojson(geometry))
        return found

    def _read(self) -> dict[str, Any]:
        from gis_layers.geoparquet import LayerFile

        found: dict[str, Any] = {}
        for layer in self._store.layers():
            if layer.kind != "parcels":
                continue
            with self._store.blobs.open(layer.features_sha256) as file:
                features = LayerFile(file).all()
            for row, geometry in enumerate(features.geometry, 1):
                found.setdefault(str(row), geometry)
            names = features.attributes.column_names
            for column in reversed([name for name in NUMBER_COLUMNS if name in names]):
                numbers = features.attributes.column(column).to_pylist()
                found.update({str(n): g for n, g in zip(numbers, features.geometry, strict=True) if n is not None})
        return found
