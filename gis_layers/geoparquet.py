"""A layer's features as one GeoParquet 1.1 file, and back by parts: the only file that knows the columns of the file.

Columns: the attributes as they are, the geometry as WKB in OGC:CRS84 (the default of GeoParquet, so that no CRS is
written), and a covering struct of xmin, ymin, xmax, ymax. Rows keep their order; a row group has 10,000 of them, so
that a part is read without the rest.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.values.layer import Features

ROWS_PER_GROUP = 10_000
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_TYPES = (
    *("Point", "LineString", "LineString", "Polygon"),
    *("MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"),
)


def write_geoparquet(features: Features, path: Path | BinaryIO) -> None:
    """Write features as GeoParquet 1.1; the file is written by row groups, so that its WKB is never whole in memory."""
    names = [*features.attributes.column_names]
    geometry, box = _free("geometry", names), _free("bbox", names)
    fields = [
        *features.attributes.schema,
        pa.field(geometry, pa.binary(), nullable=False),
        pa.field(box, pa.struct([pa.field(side, pa.float64(), nullable=False) for side in _SIDES]), nullable=False),
    ]
    schema = pa.schema(fields, metadata={b"geo": json.dumps(_geo(features, geometry, box)).encode()})
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=True) as writer:
        for start in range(0, len(features), ROWS_PER_GROUP):
            some = features.geometry[start : start + ROWS_PER_GROUP]
            bounds = shapely.bounds(some)
            columns = [
                *(features.attributes.column(i).slice(start, len(some)) for i in range(len(names))),
                pa.array(shapely.to_wkb(some, flavor="iso"), pa.binary()),
                pa.StructArray.from_arrays(
                    [pa.array(bounds[:, i]) for i in range(4)], fields=list(schema.field(box).type)
                ),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=ROWS_PER_GROUP)


def _free(wanted: str, taken: Sequence[str]) -> str:
    """Return a column name that no attribute has or begins with (the reader of Parquet takes "a" for "a.b", too).

    >>> _free("bbox", ["bbox.xmin", "name"])
    'bbox_'
    """
    while any(name.lower().startswith(wanted) for name in taken):
        wanted += "_"
    return wanted


def _geo(features: Features, geometry: str, box: str) -> dict[str, Any]:
    """Return the `geo` metadata of GeoParquet 1.1."""
    kinds = np.unique(shapely.get_type_id(features.geometry) * 2 + shapely.has_z(features.geometry))
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({_TYPES[kind // 2] + (" Z" if kind % 2 else "") for kind in kinds.tolist()}),
        "covering": {"bbox": {side: [box, side] for side in _SIDES}},
    }
    if len(features):
        column["bbox"] = shapely.total_bounds(features.geometry).tolist()
    return {"version": "1.1.0", "primary_column": geometry, "columns": {geometry: column}}


class LayerFile:
    """A GeoParquet file of `write_geoparquet`, read by parts; for several threads, one at a time.

    count : number of features
    schema : Arrow schema of the attributes
    """

    def __init__(self, file: BinaryIO | Path) -> None:
        self._lock = threading.Lock()
        self._boxes: NDArray[np.float64] | None = None
        # not mapped into memory: pages of a file that was read would count as the server's
        self._file = pq.ParquetFile(file, memory_map=False, pre_buffer=False)
        whole = self._file.schema_arrow
        geo = json.loads((whole.metadata or {}).get(b"geo", b"null"))
        if geo is None:
            raise InvalidInput("This GeoParquet file has no geometry: add the layer again.")
        self._geometry: str = geo["primary_column"]
        self._box: str = geo["columns"][self._geometry]["covering"]["bbox"]["xmin"][0]
        self.schema: pa.Schema = pa.schema([f for f in whole if f.name not in (self._geometry, self._box)])
        self.count: int = self._file.metadata.num_rows
        rows = [self._file.metadata.row_group(i).num_rows for i in range(self._file.num_row_groups)]
        self._starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(rows)]).astype(np.int64)

    def boxes(self) -> NDArray[np.float64]:
        """Return west, south, east, north of every feature, (n, 4) float64, degrees; kept after the first call."""
        if self._boxes is None:
            with self._lock:
                column = self._file.read(columns=[self._box], use_threads=False)[self._box]
            boxes = np.zeros((self.count, 4))
            start = 0
            for chunk in column.chunks:
                for i, side in enumerate(_SIDES):
                    boxes[start : start + len(chunk), i] = chunk.field(side).to_numpy(zero_copy_only=False)
                start += len(chunk)
            boxes.setflags(write=False)
            self._boxes = boxes
        return self._boxes

    def take(self, rows: NDArray[np.int64]) -> Features:
        """Return the features of the given rows: (n,) int64, ascending, each at most once, from 0."""
        rows = np.asarray(rows, dtype=np.int64)
        if len(rows) and (rows[0] < 0 or rows[-1] >= self.count or np.any(np.diff(rows) <= 0)):
            raise ValueError("rows must ascend and lie in the file")
        groups = np.searchsorted(self._starts, rows, side="right") - 1
        parts = []
        for group in np.unique(groups).tolist():
            wanted = rows[groups == group] - self._starts[group]
            with self._lock:
                table = self._file.read_row_group(group, columns=self._columns, use_threads=False)
            parts.append(table.take(pa.array(wanted)))
        return self._features(parts)

    def all(self) -> Features:
        """Return every feature."""
        with self._lock:
            parts = [
                self._file.read_row_group(i, columns=self._columns, use_threads=False)
                for i in range(self._file.num_row_groups)
            ]
        return self._features(parts)

    def attributes(self, columns: Sequence[str]) -> pa.Table:
        """Return whole columns, in the given order; KeyError for one that the layer has not."""
        wanted = list(columns)
        for name in wanted:
            if name not in self.schema.names:
                raise KeyError(name)
        with self._lock:
            table = self._file.read(columns=wanted, use_threads=False)
        return table.select(wanted).replace_schema_metadata(None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close(force=True)

    @property
    def _columns(self) -> list[str]:
        return [*self.schema.names, self._geometry]

    def _features(self, parts: list[pa.Table]) -> Features:
        """Return the features of tables with attributes and WKB."""
        if not parts:
            return Features(np.array([], dtype=object), self.schema.empty_table())
        geometry = [shapely.from_wkb(part[self._geometry].to_numpy()) for part in parts]
        attributes = pa.concat_tables([part.select(self.schema.names) for part in parts])
        return Features(np.concatenate(geometry), attributes.replace_schema_metadata(None))
