"""City layers made by hand and put into a store as their straight line does: no map file needed."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gis_layers.geoparquet import write_geoparquet
from twin.store import NewLayer, Store
from twin.values.layer import Features, TileRange, summary

RANGE = TileRange(0, 15)


def features(count: int = 9, step: float = 0.0005) -> Features:
    """Return a row of square buildings that starts at 114.06 E 22.54 N."""
    lows = 114.06 + step * np.arange(count)
    squares = shapely.box(lows, 22.54, lows + 0.0003, 22.5403)
    names = [f"{i + 1}号楼" for i in range(count)]
    return Features(squares, pa.table({"name": names, "floors": list(range(1, count + 1))}))


def put(
    store: Store, folder: Path, name: str, found: Features, *, kind: str = "buildings", baked: bool = False
) -> None:
    """Add a layer as its straight line does."""
    features_file, tiles_file = folder / f"{name}.parquet", folder / f"{name}.pmtiles"
    write_geoparquet(found, features_file)
    if baked:
        from tiles.baked import bake

        bake(name, found, tiles_file, tile_range=RANGE, workers=0)
    new = NewLayer(
        name=name,
        kind=kind,
        file="城市.gpkg",
        source_layer=name,
        crs="EPSG:4326",
        datum="wgs84",
        encoding=None,
        summary=summary(found),
        height_rule=None,
        notices=[],
        lost=0,
        features_file=features_file,
        tiles_file=tiles_file if baked else None,
        tile_range=RANGE,
        added_at=datetime.now(UTC),
    )
    store.put_layers(name, [new])
