"""City layers in the database. Every function takes the caller's connection; the writing ones need the write lock."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select

from twin.errors import InvalidInput, NotFound
from twin.store.records import Layer, NewLayer
from twin.store.tables import layers
from twin.store.write import canonical, clean
from twin.values.layer import Field
from twin.values.sentence import unpack


def all_layers(connection: Connection) -> list[Layer]:
    """Return all layers in the order of their names."""
    return [_layer(row) for row in connection.execute(select(layers).order_by(layers.c.name))]


def layer(connection: Connection, name: str) -> Layer:
    """Return one layer."""
    row = connection.execute(select(layers).where(layers.c.name == name)).first()
    if row is None:
        raise no_layer(name)
    return _layer(row)


def no_layer(name: str) -> NotFound:
    """Return the error for a layer that is not there."""
    return NotFound("There is no layer {layer}: `twin layers list` shows those that are there.", layer=name)


def put_layers(connection: Connection, group: str, new: Sequence[tuple[NewLayer, str, str | None, int]]) -> None:
    """Replace the layers of a group by new ones: each with the names of its blobs and their bytes."""
    names = [arriving.name for arriving, *_ in new]
    strangers = select(layers.c.name, layers.c.group).where(layers.c.name.in_(names), layers.c.group != group)
    taken = connection.execute(strangers).first()
    if taken is not None:
        raise InvalidInput(
            "The layer {layer} belongs to {group}: choose another name, or remove {group} first.",
            layer=taken.name,
            group=taken.group,
        )
    kept = {row.name: row for row in connection.execute(select(layers).where(layers.c.group == group))}
    connection.execute(delete(layers).where(layers.c.group == group))
    for arriving, features, tiles, size in new:
        row = _row(arriving, group, features, tiles, size)
        before = kept.get(arriving.name)
        if before is not None and before.version == row["version"]:
            row["added_at"] = before.added_at
        connection.execute(insert(layers).values(row))


def remove_layer(connection: Connection, name: str) -> list[str]:
    """Remove a layer, or all layers of a group, and return their names."""
    wanted = or_(layers.c.name == name, layers.c.group == name)
    found = list(connection.scalars(select(layers.c.name).where(wanted).order_by(layers.c.name)))
    if not found:
        raise no_layer(name)
    connection.execute(delete(layers).where(wanted))
    return found


def _row(new: NewLayer, group: str, features: str, tiles: str | None, size: int) -> dict[str, Any]:
    facts = {
        "name": new.name,
        "group": group,
        "kind": new.kind,
        "file": clean(new.file),
        "source_layer": clean(new.source_layer),
        "crs": new.crs,
        "datum": new.datum,
        "encoding": new.encoding,
        "features": new.summary.features,
        **dict(zip(("west", "south", "east", "north"), new.summary.bounds, strict=True)),
        "geometry_types": canonical(dict(new.summary.geometry_types)),
        "fields": clean(canonical([asdict(field) for field in new.summary.fields])),
        "height_rule": None if new.height_rule is None else clean(canonical(new.height_rule.packed())),
        "notices": clean(canonical([notice.packed() for notice in new.notices])),
        "lost": new.lost,
        "features_sha256": features,
        "tiles_sha256": tiles,
        "minzoom": new.tile_range.minzoom,
        "maxzoom": new.tile_range.maxzoom,
        "bytes": size,
    }
    version = hashlib.sha256(canonical(facts).encode()).hexdigest()[:16]
    return {**facts, "version": version, "added_at": new.added_at.isoformat()}


def _layer(row: Row[Any]) -> Layer:
    at = dict(row._mapping)
    return Layer(
        bounds=tuple(at.pop(side) for side in ("west", "south", "east", "north")),
        added_at=datetime.fromisoformat(at.pop("added_at")),
        geometry_types=json.loads(at.pop("geometry_types")),
        fields=[Field(**field) for field in json.loads(at.pop("fields"))],
        height_rule=None if (rule := at.pop("height_rule")) is None else unpack(json.loads(rule)),
        notices=[unpack(packed) for packed in json.loads(at.pop("notices"))],
        **at,
    )
