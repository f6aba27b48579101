"""GeoParquet of others, which GDAL here cannot read: by pyarrow, with geometry as WKB or in native columns."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gis_layers.long_texts import too_large
from gis_layers.source import Source
from twin.errors import InvalidInput

_MAX_CHUNK = 1_500_000_000  # bytes of one column of one row group, unpacked


def read_geoparquet(source: Source) -> tuple[NDArray[np.object_], pa.Table, str | None]:
    """Return geometry as WKB ((n,) objects: bytes or None), the attributes, and the CRS as text; None without one."""
    try:
        return _read(source)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            "{file} cannot be read as {format} ({error}): open it in a GIS and export it again.",
            file=source.label,
            format=source.format,
            error=str(error).splitlines()[0][:160] if str(error) else type(error).__name__,
        ) from error


def _read(source: Source) -> tuple[NDArray[np.object_], pa.Table, str | None]:
    with pq.ParquetFile(source.path) as file:
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
        if geo is None:
            raise InvalidInput("{file} is a Parquet file without geometry: export it as GeoParquet.", file=source.label)
        for group in range(file.num_row_groups):
            row_group = file.metadata.row_group(group)
            if max(row_group.column(i).total_uncompressed_size for i in range(row_group.num_columns)) > _MAX_CHUNK:
                raise too_large(source)
        primary = geo["primary_column"]
        column = geo["columns"][primary]
        others = [name for name in geo["columns"] if name != primary]
        covering = [path[0] for path in column.get("covering", {}).get("bbox", {}).values()]
        wkb = _native(source, primary) if column["encoding"] != "WKB" else None
        dropped = {primary, *others, *covering}
        table = file.read(columns=[name for name in file.schema_arrow.names if wkb is None or name != primary])
    if wkb is None:
        wkb = np.array(table[primary].to_pylist(), dtype=object)
    return wkb, table.drop_columns([n for n in table.column_names if n in dropped]), _crs(column)


def _native(source: Source, primary: str) -> NDArray[np.object_]:
    """Return the WKB of a geometry column that is stored as coordinates."""
    import geopandas

    frame = geopandas.read_parquet(source.path, columns=[primary])
    found: NDArray[np.object_] = np.asarray(frame[primary].to_wkb(), dtype=object)
    return found


def _crs(column: dict[str, Any]) -> str | None:
    """Return the CRS of a geometry column: without the key it is OGC:CRS84, with null it is unknown."""
    if "crs" not in column:
        return "EPSG:4326"
    crs = column["crs"]
    if not crs:
        return None
    if isinstance(crs, dict):
        code = crs.get("id") or {}
        if code.get("authority") and code.get("code"):
            return f"{code['authority']}:{code['code']}"
        return json.dumps(crs)
    return str(crs)
