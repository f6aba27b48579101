"""Features → GeoJSON text: coordinates with every digit they have, dates in ISO 8601, what is no number as null."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from web.ogc import times
from web.ogc.crs import Frame, in_frame

if TYPE_CHECKING:
    from twin.values.layer import Features


def feature_texts(
    features: "Features", rows: NDArray[np.int64], wanted: Frame, properties: Sequence[str] | None
) -> list[str]:
    """Return each feature as a GeoJSON object without its closing brace, so that members can be added.

    rows : (n,) the features' row numbers; their ids are one more
    properties : the columns to show, None for all
    """
    shapes = shapely.to_geojson(in_frame(features.geometry, wanted))
    table = features.attributes if properties is None else features.attributes.select(list(properties))
    values = property_texts(table) if table.num_columns else ["{}"] * len(features)
    return [
        f'{{"type":"Feature","id":{row + 1},"geometry":{shape},"properties":{value}'
        for row, shape, value in zip(rows.tolist(), shapes, values, strict=True)
    ]


def property_texts(table: Any) -> list[str]:
    """Return each row of an Arrow table as a JSON object."""
    names = [json.dumps(name, ensure_ascii=False) + ":" for name in table.column_names]
    columns = [_column_texts(column) for column in table.columns]
    return [
        "{" + ",".join([name + text for name, text in zip(names, row, strict=True)]) + "}"
        for row in zip(*columns, strict=True)
    ]


def _column_texts(column: Any) -> list[str]:
    """Return a column's values as JSON."""
    import pyarrow as pa

    if times.is_time(column.type):
        known = times.microseconds(column).to_pylist()
        day = times.is_day(column.type)
        return ["null" if at is None else f'"{times.iso(at)[:10] if day else times.iso(at)}"' for at in known]
    values = column.to_pylist()
    if pa.types.is_floating(column.type):
        return ["null" if value is None or value - value != 0 else repr(value) for value in values]
    return [json.dumps(value, ensure_ascii=False) for value in values]
