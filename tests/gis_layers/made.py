"""Map files as programs write them, by GDAL itself, for the tests of the reader."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely

from gis_layers.reader import read_layers
from twin.values.layer import ReadLayer

HOUSES = [shapely.box(114.05 + i * 0.001, 22.54, 114.0505 + i * 0.001, 22.5405) for i in range(5)]
NAMES = ["市民中心", "图书馆", "<b>楼</b>", None, "d'Été"]


def frame(
    fields: Mapping[str, Any] | None = None,
    geometry: Sequence[shapely.Geometry | None] = HOUSES,
    crs: Any = 4490,
) -> geopandas.GeoDataFrame:
    """Return features; by default five houses in Shenzhen with names and floors."""
    columns = {"name": NAMES, "floors": np.array([3, 12, 1, 30, 6], dtype=np.int32)} if fields is None else dict(fields)
    return geopandas.GeoDataFrame(columns, geometry=list(geometry), crs=crs)


def write(path: Path, features: geopandas.GeoDataFrame, driver: str | None = None, **options: Any) -> Path:
    """Write features by GDAL."""
    with warnings.catch_warnings(action="ignore"):  # of a missing CRS, which is what some tests are about
        pyogrio.write_dataframe(features, path, driver=driver, **options)
    return path


def read(path: Path, name: str = "houses", **stated: Any) -> ReadLayer:
    """Return the one layer of a file."""
    layers = read_layers(path, name, **stated)
    assert len(layers) == 1
    assert shapely.is_valid(layers[0].features.geometry).all()
    assert not shapely.is_empty(layers[0].features.geometry).any()
    assert layers[0].features.attributes.num_rows in (0, len(layers[0].features))
    return layers[0]


def told(layer: ReadLayer) -> str:
    """Return all that a layer's user is told, in one text."""
    return " ".join([*map(str, layer.notices), str(layer.height_rule or "")])


def apart(layer: ReadLayer, expected: Sequence[shapely.Geometry]) -> float:
    """Return how far the corners of a layer are from expected ones, at most, in degrees."""
    assert len(layer.features) == len(expected)
    return float(shapely.hausdorff_distance(layer.features.geometry, np.array(expected, dtype=object)).max())
