"""What is asked of the database. Every function takes a connection and returns records."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, and_, select

from twin.errors import NotFound
from twin.store.records import (
    Ancestor,
    Bounds,
    Counts,
    ElementColumns,
    ElementRecord,
    Ledger,
    LedgerItem,
    Model,
    Project,
    Revision,
    StoreyRecord,
    TileCounts,
    TwinSettings,
)
from twin.store.tables import elements, models, placements, projects, revisions, storeys, tiles, twin
from twin.values.georeference import Georeference, georeference_from_json
from twin.values.model import State
from twin.values.sentence import Sentence, unpack

_SPACES = "spaces/"
_AT_ONCE = 5_000  # rows named in one question


def settings(connection: Connection) -> TwinSettings:
    """Return what the twin says of its city."""
    row = connection.execute(select(twin)).one()
    return TwinSettings(row.name, row.crs, _bounds(row), date.fromisoformat(row.as_of) if row.as_of else None)


def current_models(connection: Connection, *, project: str | None = None, model: str | None = None) -> list[Model]:
    """Return models at their current revision and placement, in the order of their ids."""
    query = _current(models, revisions, placements)
    query = query.join_from(
        revisions,
        placements,
        and_(placements.c.revision_id == revisions.c.id, placements.c.number == revisions.c.placement),
    )
    if project is not None:
        query = query.where(models.c.project == project)
    if model is not None:
        query = query.where(models.c.id == model)
    return [_model(row) for row in connection.execute(query.order_by(models.c.id))]


def model(connection: Connection, model: str) -> Model:
    """Return one model, or say that there is none."""
    found = current_models(connection, model=model)
    if not found:
        raise no_model(model)
    return found[0]


def no_model(model: str) -> NotFound:
    """Return the error for a model that is not there."""
    return NotFound("There is no model {model}: `twin models list` names those there are.", model=model)


def history(connection: Connection, model: str) -> list[Revision]:
    """Return every revision of a model, the first one first."""
    current_revision(connection, model)
    rows = connection.execute(select(revisions).where(revisions.c.model == model).order_by(revisions.c.number))
    return [
        Revision(
            row.model,
            row.number,
            row.file,
            row.sha256,
            row.schema,
            row.kernel,
            datetime.fromisoformat(row.imported_at),
            _counts(row),
        )
        for row in rows
    ]


def all_projects(connection: Connection, code: str | None = None) -> list[Project]:
    """Return projects in the order of their codes, each with the ids and the common bounds of its models."""
    query = select(projects).order_by(projects.c.code)
    if code is not None:
        query = query.where(projects.c.code == code)
    found: dict[str, list[tuple[str, Bounds | None]]] = {}
    extents = select(models.c.id, models.c.project, placements).join_from(
        models, revisions, and_(revisions.c.model == models.c.id, revisions.c.number == models.c.revision)
    )
    extents = extents.join(
        placements, and_(placements.c.revision_id == revisions.c.id, placements.c.number == revisions.c.placement)
    )
    for row in connection.execute(extents.order_by(models.c.id)):
        found.setdefault(row.project, []).append((row.id, _bounds(row)))
    return [
        Project(
            row.code,
            row.name,
            _georeference(row.frame),
            [model for model, _ in found.get(row.code, [])],
            union([bounds for _, bounds in found.get(row.code, [])]),
        )
        for row in connection.execute(query)
    ]


def project(connection: Connection, code: str) -> Project:
    """Return one project, or say that there is none."""
    found = all_projects(connection, code)
    if not found:
        raise NotFound("There is no project {code}: `twin import FILE --project {code}` makes one.", code=code)
    return found[0]


def union(bounds: Sequence[Bounds | None]) -> Bounds | None:
    """Return the least bounds that hold all of `bounds`; None when there are none.

    >>> union([(113.0, 22.0, 113.5, 22.5), None, (113.2, 21.9, 114.0, 22.1)])
    (113.0, 21.9, 114.0, 22.5)
    """
    given = [box for box in bounds if box]
    if not given:
        return None
    west, south, east, north = zip(*given, strict=True)
    return min(west), min(south), max(east), max(north)


def project_frame(connection: Connection, code: str) -> Georeference | None:
    """Return the project's frame; None when it has none yet."""
    return _georeference(connection.scalar(select(projects.c.frame).where(projects.c.code == code)))


def ledger(connection: Connection, model: str) -> Ledger:
    """Return the ledger of the current revision, with every element that is not drawn."""
    revision = current_revision(connection, model)
    query = (
        select(elements.c.global_id, elements.c.ifc_class, elements.c.name, elements.c.state, elements.c.reason)
        .where(elements.c.revision_id == revision.id, elements.c.state != State.DRAWN.value)
        .order_by(elements.c.position)
    )
    items = [LedgerItem(*row[:4], _sentence(row.reason)) for row in connection.execute(query)]
    return Ledger(_counts(revision), items)


def element(connection: Connection, project: str, global_id: str, model: str | None = None) -> ElementRecord:
    """Return an element of a project; where several models hold the GlobalId, a drawn one, then the first model's."""
    query = _current(models, revisions, elements).join_from(revisions, elements)
    query = query.where(models.c.project == project, elements.c.global_id == global_id)
    if model is not None:
        query = query.where(models.c.id == model)
    rows = connection.execute(query.order_by(models.c.id, elements.c.position)).all()
    if not rows:
        raise NotFound(
            "The project {project} has no element {global_id}: check both, GlobalIds tell capitals from small letters.",
            project=project,
            global_id=global_id,
        )
    row = min(rows, key=lambda row: row._mapping[elements.c.state] != State.DRAWN.value)
    revision_id = row._mapping[revisions.c.id]
    found = {storey.global_id: storey for storey in _storeys(connection, revision_id)}
    return _element(row, found, lambda parent: _above(connection, revision_id, parent))


def all_elements(connection: Connection, project: str) -> dict[str, ElementRecord]:
    """Return GlobalId → element of a project, each as `element` returns it, in the order of models and ledgers."""
    found: dict[str, ElementRecord] = {}
    for model in connection.scalars(select(models.c.id).where(models.c.project == project).order_by(models.c.id)).all():
        query = _current(models, revisions, elements).join_from(revisions, elements).where(models.c.id == model)
        rows = connection.execute(query.order_by(elements.c.position)).all()
        known = {storey.global_id: storey for storey in _storeys(connection, current_revision(connection, model).id)}
        first: dict[str, _Step] = {}
        for row in rows:
            first.setdefault(row._mapping[elements.c.global_id], _step(row))
        for row in rows:
            record = _element(row, known, first.get)
            other = found.get(record.global_id)
            if other is None or (other.state != State.DRAWN.value and record.state == State.DRAWN.value):
                found[record.global_id] = record
    return found


def element_columns(connection: Connection, model: str) -> ElementColumns:
    """Return the drawn elements of the current revision as columns over the feature rows."""
    revision = current_revision(connection, model)
    found = _storeys(connection, revision.id)
    query = (
        select(elements.c.global_id, elements.c.name, elements.c.ifc_class, elements.c.storey)
        .where(elements.c.revision_id == revision.id, elements.c.feature_row >= 0)
        .order_by(elements.c.feature_row)
    )
    rows = connection.execute(query).all()
    global_ids, names, ifc_classes, storey_ids = zip(*rows, strict=True) if rows else ((), (), (), ())
    classes = sorted(set(ifc_classes))
    index = {name: i for i, name in enumerate(classes)}
    storey_index = {storey.global_id: i for i, storey in reversed(list(enumerate(found)))}
    return ElementColumns(
        global_ids,
        names,
        [index[name] for name in ifc_classes],
        [storey_index.get(storey, -1) for storey in storey_ids],
        classes,
        found,
    )


def element_parents(connection: Connection, model: str) -> dict[str, str | None]:
    """Return GlobalId → GlobalId of what holds it: the element above it, else its storey; of all IfcProducts."""
    revision = current_revision(connection, model)
    query = select(elements.c.global_id, elements.c.parent, elements.c.storey)
    query = query.where(elements.c.revision_id == revision.id).order_by(elements.c.global_id, elements.c.position)
    found = connection.execute(query)
    return {row.global_id: row.parent or row.storey for row in found}


def element_properties(connection: Connection, model: str, rows: Sequence[int]) -> list[Any]:
    """Return the properties of the elements drawn in these feature rows, in this order."""
    revision = current_revision(connection, model)
    query = select(elements.c.feature_row, elements.c.properties).where(elements.c.revision_id == revision.id)
    found: dict[int, str] = {}
    for start in range(0, len(rows), _AT_ONCE):
        part = [int(row) for row in rows[start : start + _AT_ONCE]]
        found.update((row[0], row[1]) for row in connection.execute(query.where(elements.c.feature_row.in_(part))))
    return [json.loads(found[int(row)]) if int(row) in found else {} for row in rows]


def tile(connection: Connection, model: str, path: str) -> str:
    """Return the sha256 of a tileset's file; tile files of earlier revisions stay reachable."""
    if path.endswith("tileset.json"):
        return _document(connection, model, path)
    sha256 = path.removeprefix(_SPACES).removesuffix(".glb")
    query = select(tiles.c.sha256).join_from(tiles, revisions).where(revisions.c.model == model)
    if not path.endswith(".glb") or not connection.scalar(query.where(tiles.c.sha256 == sha256).limit(1)):
        raise no_tile(model, path)
    return sha256


def space_documents(connection: Connection, model: str) -> list[str]:
    """Return the sha256 of every tileset document of a model's rooms, those of earlier revisions included."""
    query = select(placements.c.spaces_sha256).join_from(placements, revisions).where(revisions.c.model == model)
    return [found for found in connection.scalars(query.distinct()) if found]


def no_tile(model: str, path: str) -> NotFound:
    """Return the error for a tile that is not there."""
    return NotFound("The model {model} has no tile {path}.", model=model, path=path)


def current_revision(connection: Connection, model: str) -> Row[Any]:
    """Return the row of a model's current revision, or say that there is no such model."""
    row = connection.execute(_current(revisions).where(models.c.id == model)).first()
    if row is None:
        raise no_model(model)
    return row


def placement(connection: Connection, revision_id: int, number: int) -> Row[Any]:
    """Return the row of a placement."""
    query = select(placements).where(placements.c.revision_id == revision_id, placements.c.number == number)
    return connection.execute(query).one()


def blob_names(connection: Connection, model: str) -> list[str]:
    """Return the names of the blobs that a model's current revision, as it is placed now, is made of."""
    revision = current_revision(connection, model)
    row = placement(connection, revision.id, revision.placement)
    baked = connection.scalars(select(tiles.c.sha256).where(tiles.c.revision_id == revision.id))
    own = (revision.sha256, revision.bodies_sha256, row.building_sha256, row.spaces_sha256)
    return [name for name in (*own, *baked) if name]


def _current(*wanted: Any) -> Select[Any]:
    """Select columns of models joined to their current revisions."""
    joined = and_(revisions.c.model == models.c.id, revisions.c.number == models.c.revision)
    return select(*wanted).select_from(models).join(revisions, joined)


def _document(connection: Connection, model: str, path: str) -> str:
    revision = current_revision(connection, model)
    names = {"tileset.json": "building_sha256", f"{_SPACES}tileset.json": "spaces_sha256"}
    row = placement(connection, revision.id, revision.placement)
    sha256: str | None = row._mapping[names[path]] if path in names else None
    if sha256 is None:
        raise no_tile(model, path)
    return sha256


_Step = tuple[Ancestor, str | None]  # an element above others, and what is above it


def _element(row: Row[Any], known: Mapping[str, StoreyRecord], above: Callable[[str], _Step | None]) -> ElementRecord:
    at = row._mapping
    return ElementRecord(
        at[models.c.project],
        at[models.c.id],
        at[elements.c.global_id],
        at[elements.c.feature_row],
        at[elements.c.ifc_class],
        at[elements.c.name],
        at[elements.c.state],
        _sentence(at[elements.c.reason]),
        known.get(at[elements.c.storey]),
        _path(at[elements.c.parent], above),
        json.loads(at[elements.c.properties]),
    )


def _path(parent: str | None, above: Callable[[str], _Step | None]) -> list[Ancestor]:
    """Return the ancestors from the root to `parent`; a file whose tree bites its own tail ends the walk."""
    path: dict[str, Ancestor] = {}
    while parent is not None and parent not in path and (step := above(parent)) is not None:
        path[parent], parent = step
    return list(path.values())[::-1]


def _above(connection: Connection, revision_id: int, global_id: str) -> _Step | None:
    columns: tuple[Any, ...] = (elements.c.global_id, elements.c.ifc_class, elements.c.name, elements.c.parent)
    query = select(*columns).where(elements.c.revision_id == revision_id, elements.c.global_id == global_id)
    row = connection.execute(query.order_by(elements.c.position).limit(1)).first()
    return None if row is None else _step(row)


def _step(row: Row[Any]) -> _Step:
    at = row._mapping
    found = Ancestor(at[elements.c.global_id], at[elements.c.ifc_class], at[elements.c.name])
    return found, at[elements.c.parent]


def _storeys(connection: Connection, revision_id: int) -> list[StoreyRecord]:
    query = select(storeys.c.global_id, storeys.c.name, storeys.c.elevation)
    query = query.where(storeys.c.revision_id == revision_id).order_by(storeys.c.position)
    return [StoreyRecord(*row) for row in connection.execute(query)]


def _model(row: Row[Any]) -> Model:
    at = row._mapping
    box = json.loads(at[revisions.c.box]) if at[revisions.c.box] else None
    georeference = georeference_from_json(json.loads(at[placements.c.georeference]))
    low = at[placements.c.height_min]
    return Model(
        model=at[models.c.id],
        project=at[models.c.project],
        stem=at[models.c.stem],
        file=at[revisions.c.file],
        discipline=at[revisions.c.discipline],
        revision=at[revisions.c.number],
        sha256=at[revisions.c.sha256],
        schema=at[revisions.c.schema],
        kernel=at[revisions.c.kernel],
        imported_at=datetime.fromisoformat(at[revisions.c.imported_at]),
        placed_at=datetime.fromisoformat(at[placements.c.placed_at]),
        ledger=_counts(row),
        georeference=georeference,
        notices=[unpack(packed) for packed in json.loads(at[revisions.c.notices])],
        ground_height=at[placements.c.ground_height],
        box=None if box is None else np.array(box, dtype=np.float64),
        footprint=None if at[revisions.c.footprint] is None else json.loads(at[revisions.c.footprint]),
        bounds=_bounds(row),
        heights=None if low is None else (low, at[placements.c.height_max]),
        geometric_error=at[placements.c.geometric_error],
        building_sha256=at[placements.c.building_sha256],
        spaces_sha256=at[placements.c.spaces_sha256],
        tiles=TileCounts(at[revisions.c.tile_count], at[revisions.c.tile_bytes]),
    )


def _counts(row: Row[Any]) -> Counts:
    return Counts(row.products, row.drawn, row.empty, row.skipped, row.failed)


def _bounds(row: Row[Any]) -> Bounds | None:
    return None if row.west is None else (row.west, row.south, row.east, row.north)


def _georeference(text: str | None) -> Georeference | None:
    return None if text is None else georeference_from_json(json.loads(text))


def _sentence(text: str | None) -> Sentence | None:
    return None if text is None else unpack(json.loads(text))
