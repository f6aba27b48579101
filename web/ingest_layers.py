"""The straight line of a city layer: map file → features → GeoParquet and tiles → store.

It knows no Flask and no command line; both call it.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from tiles.bake import Crowded
    from twin.store import Layer, NewLayer, Store
    from twin.values.layer import Features, ReadLayer

# From so many on tiles are baked when the layer is added; below, they are made from the features when asked for.
BAKED_FEATURES, BAKED_COORDINATES = 20_000, 1_000_000
MAP_EDGE = 85.05  # degrees of latitude that Web Mercator tiles reach

Advance = Callable[[str, int, int], None]  # stage ("read", "repair", "features", "tiles", "store"), done, total


class Stated(TypedDict, total=False):
    """What a user says of a source: its kind, where and how it is written down, which of its layers is meant."""

    kind: str | None
    crs: str | None
    datum: str | None
    encoding: str | None
    source_layer: str | None


def _silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


def ingest_layers(
    open_store: Callable[[], "Store"],
    path: Path,
    name: str,
    *,
    advance: Advance = _silent,
    **stated: Unpack[Stated],
) -> "list[Layer]":
    """Add the layers of one source, in one transaction; they replace what was added under this name before.

    name : of the layer; an OSM file gives the layers "{name}-{kind}"
    stated : what the source does not say itself

    Raises InvalidInput or UnknownCRS with a sentence; the store is then as it was before.
    """
    from gis_layers.reader import check_name, read_layers

    check_name(name)
    advance("read", 0, 1)
    found = read_layers(path, name, advance=advance, **stated)
    with tempfile.TemporaryDirectory(prefix="twin-layers-") as folder:
        made = []
        while found:
            made.append(_files(found, path, Path(folder) / str(len(found)), advance))
        advance("store", 0, 1)
        kept = open_store().put_layers(name, made)
    advance("store", 1, 1)
    return kept


def _told_of(crowded: "Crowded", features: int) -> list[Sentence]:
    """Return what tiles do not hold, as sentences; a feature in several tiles is told once."""
    told = []
    if crowded.left_out:
        told.append(
            say(
                "Tiles leave out {count} features where too many lie on one spot; OGC API Features has them all.",
                count=min(crowded.left_out, features),
            )
        )
    if crowded.bare:
        told.append(
            say(
                "In tiles {count} features are without some of their attributes, as too much lies on one spot; OGC API"
                " Features has them all.",
                count=min(crowded.bare, features),
            )
        )
    return told


def is_baked(features: "Features") -> bool:
    """Tell whether the tiles of these features are baked once, or made when they are asked for."""
    import shapely

    return len(features) >= BAKED_FEATURES or shapely.get_num_coordinates(features.geometry).sum() >= BAKED_COORDINATES


def _files(found: "list[ReadLayer]", path: Path, beside: Path, advance: Advance) -> "NewLayer":
    """Take the first layer out of those that were found and write its files.

    Nobody holds its features while its tiles are baked: of a million buildings they are half a gigabyte.
    """
    from gis_layers.geoparquet import write_geoparquet
    from tiles.bake import bake
    from tiles.live import tile_range_of
    from twin.store import NewLayer
    from twin.values.layer import TileRange, summary

    read = found.pop(0)
    features_file, tiles_file = beside.with_suffix(".parquet"), beside.with_suffix(".pmtiles")
    advance("features", 0, 1)
    write_geoparquet(read.features, features_file)
    counted, tile_range = summary(read.features), tile_range_of(read.features)
    on_map = counted.bounds[1] <= MAP_EDGE and counted.bounds[3] >= -MAP_EDGE  # else there is no tile at all
    baked = on_map and is_baked(read.features)
    new = NewLayer(
        name=read.name,
        kind=read.kind,
        file=path.name,
        source_layer=read.source_layer,
        crs=read.crs,
        datum=read.datum,
        encoding=read.encoding,
        summary=counted,
        height_rule=read.height_rule,
        notices=read.notices,
        lost=read.lost,
        features_file=features_file,
        tiles_file=tiles_file if baked else None,
        tile_range=tile_range,
        added_at=datetime.now(UTC),
    )
    features = [read.features]
    del read
    if not on_map:
        return new
    # of a layer that is not baked only the deepest level is tried, to know whether its tiles hold everything
    wanted = tile_range if baked else TileRange(tile_range.maxzoom, tile_range.maxzoom)
    crowded = bake(new.name, features.pop(), tiles_file, tile_range=wanted, advance=partial(advance, "tiles"))
    return replace(new, notices=[*new.notices, *_told_of(crowded, counted.features)])
