"""PMTiles v3: one file with all tiles of a layer, written from baked portions and read by ranges."""

import json
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pmtiles.tile import (
    Compression,
    TileType,
    deserialize_directory,
    deserialize_header,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from tiles.ragged import starts_of
from twin.values.layer import LayerSummary, TileRange

HEADER = 127
LEAVES = 256  # directories kept in memory, some 100 kB each


def write_archive(name: str, path: Path, folder: Path, tile_range: TileRange, summary: LayerSummary) -> None:
    """Write the archive from the portions in a folder (`tiles.bake_worker`), tiles in the order of their numbers."""
    tiles: list[tuple[int, str, int, int]] = []
    for index in sorted(folder.glob("*-*.npy")):
        zoom = int(index.stem.split("-")[0])
        found = np.load(index)
        offsets = starts_of(found[:, 2]).tolist()
        for (x, y, size), offset in zip(found.tolist(), offsets, strict=False):
            tiles.append((zxy_to_tileid(zoom, x, y), index.stem, offset, size))
    tiles.sort()
    with path.open("wb") as file:
        writer = Writer(file)
        opened: OrderedDict[str, BinaryIO] = OrderedDict()
        for tile_id, stem, offset, size in tiles:
            if stem not in opened:
                opened[stem] = (folder / f"{stem}.tiles").open("rb")
                if len(opened) > 100:
                    opened.popitem(last=False)[1].close()
            opened[stem].seek(offset)
            writer.write_tile(tile_id, opened[stem].read(size))
        for part in opened.values():
            part.close()
        west, south, east, north = summary.bounds
        header = {
            "tile_compression": Compression.GZIP,
            "tile_type": TileType.MVT,
            "min_lon_e7": _e7(west, 180),
            "min_lat_e7": _e7(south, 90),
            "max_lon_e7": _e7(east, 180),
            "max_lat_e7": _e7(north, 90),
            "center_zoom": tile_range.minzoom,
        }
        fields = {field.name: field.type for field in summary.fields}
        one = {"id": name, "fields": fields, "minzoom": tile_range.minzoom, "maxzoom": tile_range.maxzoom}
        writer.finalize(header, {"name": name, "format": "pbf", "vector_layers": [one]})


def _e7(degrees: float, most: float) -> int:
    return round(max(-most, min(most, degrees)) * 1e7)


@dataclass(frozen=True, slots=True)
class _Directory:
    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    runs: NDArray[np.int64]

    def find(self, tile_id: int) -> tuple[int, int, int] | None:
        """Return offset, length and run length (0: a directory) of the entry that covers a tile."""
        i = int(np.searchsorted(self.ids, tile_id, side="right")) - 1
        if i < 0:
            return None
        run = int(self.runs[i])
        if run and tile_id >= int(self.ids[i]) + run:
            return None
        return int(self.offsets[i]), int(self.lengths[i]), run


class BakedLayer:
    """A PMTiles archive behind a seekable file: only directories stay in memory. Safe to use from several threads."""

    tile_range: TileRange

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._leaves: OrderedDict[int, _Directory] = OrderedDict()
        header: dict[str, Any] = dict(deserialize_header(self._read(0, HEADER)))
        self._data, self._leaf = header["tile_data_offset"], header["leaf_directory_offset"]
        self._root = _directory(self._read(header["root_offset"], header["root_length"]))
        told = json.loads(decompressed(self._read(header["metadata_offset"], header["metadata_length"])))
        layer = told["vector_layers"][0]  # the header only says in which levels there are tiles
        self.tile_range = TileRange(layer["minzoom"], layer["maxzoom"])

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return the gzip-compressed bytes of a tile, b"" where there is nothing."""
        if not (0 <= z <= self.tile_range.maxzoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return b""
        tile_id = zxy_to_tileid(z, x, y)
        found = self._root.find(tile_id)
        for _ in range(4):  # the specification's most levels of directories
            if found is None:
                return b""
            offset, length, run = found
            if run:
                return self._read(self._data + offset, length)
            found = self._directory_at(offset, length).find(tile_id)
        return b""

    def _directory_at(self, offset: int, length: int) -> _Directory:
        with self._lock:
            if offset in self._leaves:
                self._leaves.move_to_end(offset)
                return self._leaves[offset]
        read = _directory(self._read(self._leaf + offset, length))
        with self._lock:
            self._leaves[offset] = read
            if len(self._leaves) > LEAVES:
                self._leaves.popitem(last=False)
        return read

    def _read(self, offset: int, length: int) -> bytes:
        with self._lock:
            self._file.seek(offset)
            return self._file.read(length)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _directory(raw: bytes) -> _Directory:
    entries = deserialize_directory(raw)
    columns = np.array([(e.tile_id, e.offset, e.length, e.run_length) for e in entries], np.int64).reshape(-1, 4)
    return _Directory(*np.ascontiguousarray(columns.T))


def decompressed(content: bytes) -> bytes:
    """Return what a gzip-compressed tile holds."""
    return zlib.decompress(content, 16 + zlib.MAX_WBITS)
