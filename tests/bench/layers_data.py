"""A city of any size for the benchmark: real buildings repeated on a grid of offsets, as features and as a map file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from twin.values.layer import Features

STEP = (0.043, 0.029)  # degrees between two copies: they overlap, as dense as a large city (some 350 buildings a km²)


def repeated_buildings(source: Path, count: int) -> Features:
    """Return buildings of an OpenStreetMap file, over and over until there are `count`.

    Attributes: a text that is different everywhere and one almost so, one that is mostly "yes", a name that most lack,
    a whole number, a float.
    """
    frame = pyogrio.read_dataframe(source, layer="multipolygons", where="building IS NOT NULL")
    known = np.asarray(frame.geometry.values)
    copies = -(-count // len(known))
    side = int(np.ceil(copies**0.5))
    which = np.tile(np.arange(len(known)), copies)[:count]
    copy = np.repeat(np.arange(copies), len(known))[:count]
    geometry = known[which]
    points, owner = shapely.get_coordinates(geometry, return_index=True)
    points += np.stack([copy % side, copy // side], axis=1)[owner] * np.array(STEP)
    levels = (np.arange(count) * 7919) % 30 + 1
    table = pa.table(
        {
            "osm_id": pa.array([str(100_000_000 + i) for i in range(count)]),
            "address": pa.array([f"{i % 97} Street {i % 5000}" for i in range(count)]),
            "building": pa.array(frame["building"].to_numpy(object)[which], from_pandas=True),
            "name": pa.array(frame["name"].to_numpy(object)[which], from_pandas=True),
            "levels": pa.array(levels, pa.int32()),
            "height": pa.array(levels * 3.0),
        }
    )
    return Features(shapely.set_coordinates(geometry.copy(), points), table)


def write_map_file(features: Features, path: Path) -> None:
    """Write features as a FlatGeobuf, the way a user would hand them over."""
    import geopandas

    frame = geopandas.GeoDataFrame(features.attributes.to_pandas(), geometry=features.geometry, crs=4326)
    frame.to_file(path, driver="FlatGeobuf", engine="pyogrio")
