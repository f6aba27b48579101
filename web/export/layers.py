"""City layers of a static copy: each one PMTiles archive, which needs no server but one that hands out files."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from twin.store import Layer
from twin.values.layer import TileRange
from web.export.asking import Asked, segment
from web.export.names import file_of
from web.export.writing import Written
from web.routes.layers import OSM_CREDIT, is_openstreetmap


def put_layers(asked: Asked, written: Written, advance: Callable[[int, int], None]) -> None:
    """Write every city layer as an archive; those that the server draws when they are asked for are baked."""
    found = asked.layers.city()
    for done, layer in enumerate(found):
        advance(done, len(found))
        path = written.place(archive_of(layer.name))
        if layer.tiles_sha256:
            with asked.store.blobs.open(layer.tiles_sha256) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        else:
            _bake(asked, layer, path)
        written.count(path.stat().st_size)


def _bake(asked: Asked, layer: Layer, path: Path) -> None:
    from tiles.bake import bake

    features = asked.layers.features(layer.name)[1].all()
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "layer.pmtiles"
        bake(layer.name, features, made, tile_range=TileRange(layer.minzoom, layer.maxzoom))
        shutil.copyfile(made, path)


def archive_of(layer: str) -> str:
    """Return the file of a layer's archive.

    >>> archive_of("建筑")
    'layers/建筑.pmtiles'
    """
    file = file_of(f"/tiles/{segment(layer)}.json", "", {})
    assert file is not None
    return file


def relative_style(asked: Asked, style: dict[str, Any]) -> dict[str, Any]:
    """Return a style whose sources are the archives of the copy, relative to its page."""
    sources = {name: _source(asked, source) for name, source in style["sources"].items()}
    return {**style, "sources": sources}


def _source(asked: Asked, source: dict[str, Any]) -> dict[str, Any]:
    name = unquote(urlsplit(source["url"]).path.removeprefix("/tiles/").removesuffix(".json"))
    layer = asked.layers.layer(name)
    path = "/".join(map(segment, archive_of(name).split("/")))
    # an archive's header knows the levels that hold tiles, and no credit
    facts = {"minzoom": layer.minzoom, "maxzoom": layer.maxzoom, "bounds": list(layer.bounds)}
    credit = {"attribution": OSM_CREDIT} if is_openstreetmap(layer) else {}
    return {**facts, **credit, **source, "url": f"pmtiles://{path}"}
