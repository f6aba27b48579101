"""What changes the database. Every function runs inside the caller's one transaction, which has the write lock."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from twin.errors import FrameTaken, InvalidInput, OutOfStep
from twin.store import read
from twin.store.blobs import Packed, pack
from twin.store.bodies import pack_bodies, whole_bodies
from twin.store.clash_tables import clashes, topics
from twin.store.dialects import insert_rows
from twin.store.records import Model, NewRevision, Placing
from twin.store.tables import (
    BLOB_COLUMNS,
    FACT_TABLES,
    connections,
    elements,
    models,
    placements,
    projects,
    revisions,
    storeys,
    tiles,
    twin,
)
from twin.values.georeference import Georeference, georeference_to_json
from twin.values.model import Element, State
from twin.values.tiles import TileFile

RESERVED_CODES = ("city",)  # /api/scenes/city is the scene of all projects
_SOURCE_LEVEL = 1  # an IFC text shrinks to a quarter even so, and the user waits for it


def canonical(document: Any) -> str:
    """Return a JSON text that depends on the value only.

    >>> canonical({"b": 1, "a": ["墙"]})
    '{"a":["墙"],"b":1}'
    """
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def model_id(project: str, stem: str) -> str:
    """Return the id of a model; the same letters give the same id, however the file system composes accents.

    >>> model_id("P001", "duplex_arch")
    'P001-duplex_arch'
    """
    return unicodedata.normalize("NFC", f"{project}-{stem}")


def lock(connection: Connection) -> None:
    """Wait until no other writer is at work, and keep the others waiting until this transaction ends."""
    connection.execute(update(twin).values(changes=twin.c.changes + 1))


class PackedRevision:
    """A new revision turned into rows and blobs before the write lock is taken."""

    def __init__(self, new: NewRevision) -> None:
        check_code(new.project)
        self.new = new
        self.id = model_id(new.project, new.stem)
        self.stem = unicodedata.normalize("NFC", new.stem)
        with ThreadPoolExecutor() as pool:  # compressing lets go of the interpreter, so rows are made meanwhile
            source = pool.submit(pack, new.source, compress=True, level=_SOURCE_LEVEL)
            packing = [pool.submit(pack, file.content, compress=True) for file in _distinct(new.bake)]
            bodies = whole_bodies(new.model)
            bodies_packing = None if bodies is None else pool.submit(pack_bodies, bodies)
            self.placement = PackedPlacement(new.placing, new.georeference)
            self.elements = [_element_row(position, element) for position, element in enumerate(new.model.elements)]
            self.tiles = [tile.result() for tile in packing]
            self.source = source.result()
            self.bodies = None if bodies_packing is None else bodies_packing.result()
        if self.source.sha256 != new.source_sha256:
            raise ValueError(f"the source's sha256 is {self.source.sha256}, not {new.source_sha256}")

    @property
    def blobs(self) -> list[Packed]:
        """Every blob of the revision."""
        return [self.source, *([self.bodies] if self.bodies else []), *self.tiles, *self.placement.blobs]

    def row(self) -> dict[str, Any]:
        """Return the columns of the `revisions` table that the import itself decides."""
        new, states = self.new, [element.state for element in self.new.model.elements]
        return {
            "file": new.file,
            "discipline": new.discipline,
            "sha256": new.source_sha256,
            "schema": new.model.schema,
            "kernel": new.model.kernel,
            "products": len(states),
            **{state.value: states.count(state) for state in State},
            "notices": canonical([notice.packed() for notice in new.model.notices]),
            "box": None if new.box is None else canonical(new.box.tolist()),
            "footprint": canonical(new.footprint),
            "tile_count": len(self.tiles),
            "tile_bytes": sum(len(tile.payload) for tile in self.tiles),
        }


class PackedPlacement:
    """A placement turned into a row and blobs."""

    def __init__(self, placing: Placing, georeference: Georeference) -> None:
        building, spaces = (
            None if document is None else pack(canonical(document).encode(), compress=True)
            for document in (placing.building_document, placing.spaces_document)
        )
        self.blobs = [blob for blob in (building, spaces) if blob]
        west, south, east, north = placing.bounds or (None,) * 4
        low, high = placing.heights or (None, None)
        self.placed_at = placing.placed_at.isoformat()
        self.values: dict[str, Any] = {
            "georeference": canonical(georeference_to_json(georeference)),
            "ground_height": float(placing.ground_height),
            **{"west": west, "south": south, "east": east, "north": north, "height_min": low, "height_max": high},
            "building_sha256": building and building.sha256,
            "spaces_sha256": spaces and spaces.sha256,
            "geometric_error": placing.building_document and placing.building_document["geometricError"],
        }


def check_code(code: str) -> None:
    """Refuse a project code that could not stand in a URL."""
    if (
        not code.strip(".")
        or code != code.strip()
        or any(c in "/\\" or not c.isprintable() for c in code)
        or len(code) > 200
    ):
        raise InvalidInput(
            "{code} cannot be a project code: a code has no slash or backslash, no control or invisible characters,"
            " no space at its ends, 200 characters at most, and is more than dots.",
            code=repr(code),
        )
    if code in RESERVED_CODES:
        raise InvalidInput("The project code {code} is reserved: choose another.", code=code)


# a model as it stands: of which file its tiles and documents are, and since when it stands where it does
_STANDING = ("revision", "sha256", "placed_at", "building_sha256", "spaces_sha256")


def put_revision(connection: Connection, packed: PackedRevision) -> bool:
    """Add the revision; False when the model's current revision is just this one already."""
    new = packed.new
    _ensure_project(connection, new)
    revision_id, number = _current(connection, packed)
    if revision_id is not None and _is_same(connection, revision_id, packed):
        if packed.bodies is not None:
            add_bodies(connection, revision_id, packed.bodies.sha256, new.model.connections)
        return False
    connection.execute(update(models).where(models.c.id == packed.id).values(revision=number + 1))
    row = {**packed.row(), "model": packed.id, "number": number + 1, "placement": 1}
    row |= {"bodies_sha256": packed.bodies and packed.bodies.sha256, "imported_at": new.imported_at.isoformat()}
    added = connection.execute(insert(revisions).values(row))
    key: Any = added.inserted_primary_key
    revision_id = int(key[0])
    _insert_placement(connection, revision_id, 1, packed.placement)
    sizes = ((revision_id, tile.sha256, len(tile.payload)) for tile in packed.tiles)
    insert_rows(connection, tiles, ("revision_id", "sha256", "size"), sizes)
    insert_rows(
        connection,
        storeys,
        ("revision_id", "position", "global_id", "name", "elevation"),
        (
            (revision_id, i, clean(s.global_id), clean(s.name), float(s.elevation))
            for i, s in enumerate(new.model.storeys)
        ),
    )
    insert_rows(connection, elements, _ELEMENT_COLUMNS, ((revision_id, *row) for row in packed.elements))
    _insert_connections(connection, revision_id, new.model.connections)
    return True


def replace_placement(connection: Connection, seen: Model, packed: PackedPlacement, *, fixes_frame: bool) -> None:
    """Place the current revision anew, if it is the one that was seen; the placement before stays in the history."""
    now = read.model(connection, seen.model)
    if any(getattr(now, name) != getattr(seen, name) for name in _STANDING):
        raise OutOfStep("The model {model} has changed meanwhile: place it again.", model=seen.model)
    current = read.current_revision(connection, seen.model)
    number = current.placement + 1
    _insert_placement(connection, current.id, number, packed)
    connection.execute(update(revisions).where(revisions.c.id == current.id).values(placement=number))
    if fixes_frame:
        known = connection.scalar(select(projects.c.frame).where(projects.c.code == seen.project))
        _fix_frame(connection, seen.project, seen.model, known, packed.values["georeference"])


def name_project(connection: Connection, code: str, name: str) -> None:
    """Register a project under its name."""
    values = {"name": clean(name), "registered": 1}
    if not connection.execute(update(projects).where(projects.c.code == code).values(values)).rowcount:
        connection.execute(insert(projects).values(code=code, **values))


def set_as_of(connection: Connection, day: date | None) -> None:
    """Set the day that is looked at unless another one is asked for."""
    connection.execute(update(twin).values(as_of=day and day.isoformat()))


def remove_model(connection: Connection, model: str) -> None:
    """Forget a model and its history; with its last model a project loses its frame, and a bare project goes."""
    project = connection.scalar(select(models.c.project).where(models.c.id == model))
    if project is None:
        raise read.no_model(model)
    connection.execute(delete(models).where(models.c.id == model))
    left = connection.scalar(select(func.count()).select_from(models).where(models.c.project == project))
    if not left:
        bare = (projects.c.code == project, projects.c.registered == 0)
        connection.execute(delete(projects).where(*bare, ~or_(*_facts_of(project))))
        connection.execute(update(projects).where(projects.c.code == project).values(frame=None))


def _facts_of(project: str) -> list[ColumnElement[bool]]:
    """Return conditions that say whether a project has facts of any kind, or clashes and what people said of them."""
    found = (*FACT_TABLES.values(), clashes, topics)
    return [exists().where(table.c.project == project) for table in found]


def referenced_blobs(connection: Connection) -> set[str]:
    """Return the name of every blob that a row keeps alive."""
    found: set[str] = set()
    for column in BLOB_COLUMNS:
        found.update(name for name in connection.scalars(select(column).distinct()) if name)
    return found


def _ensure_project(connection: Connection, new: NewRevision) -> None:
    frame = canonical(georeference_to_json(new.georeference)) if new.fixes_frame else None
    known = connection.execute(select(projects.c.frame).where(projects.c.code == new.project)).first()
    if known is None:
        connection.execute(insert(projects).values(code=new.project, name=new.project, registered=0, frame=frame))
    elif frame is not None:
        _fix_frame(connection, new.project, model_id(new.project, new.stem), known.frame, frame)


def _fix_frame(connection: Connection, project: str, model: str, known: str | None, frame: str) -> None:
    """Give a project the frame of one of its models, unless another model stands in the frame that it has."""
    others = select(models.c.id).where(models.c.project == project, models.c.id != model).limit(1)
    if known is not None and connection.execute(others).first() is not None:
        raise FrameTaken("Another import has fixed the frame of project {code}: place again.", code=project)
    connection.execute(update(projects).where(projects.c.code == project).values(frame=frame))


def _current(connection: Connection, packed: PackedRevision) -> tuple[int | None, int]:
    """Return the current revision's row id and number, making the model when it is missing: (None, 0)."""
    known = connection.execute(select(models).where(models.c.id == packed.id)).first()
    if known is None:
        row = {"id": packed.id, "project": packed.new.project, "stem": packed.stem, "revision": 0}
        connection.execute(insert(models).values(row))
        return None, 0
    if (known.project, known.stem) != (packed.new.project, packed.stem):
        # no word of whose it is: that project may be hidden from who reads this
        raise InvalidInput("The model id {model} is taken: rename the file.", model=packed.id)
    return read.current_revision(connection, packed.id).id, known.revision


def _is_same(connection: Connection, revision_id: int, packed: PackedRevision) -> bool:
    """Is the current revision, as it stands now, exactly what is being put."""
    revision = connection.execute(select(revisions).where(revisions.c.id == revision_id)).one()._mapping
    placement = read.placement(connection, revision_id, revision["placement"])._mapping
    kept = set(connection.scalars(select(tiles.c.sha256).where(tiles.c.revision_id == revision_id)))
    bodies = revision["bodies_sha256"]  # a revision of before they were kept gets them, and is no other for it
    return (
        {**packed.row(), **packed.placement.values}.items() <= {**revision, **placement}.items()
        and kept == {tile.sha256 for tile in packed.tiles}
        and (bodies is None or packed.bodies is None or bodies == packed.bodies.sha256)
    )


def add_bodies(connection: Connection, revision_id: int, sha256: str, found: Sequence[tuple[str, str, str]]) -> None:
    """Give a revision of before they were kept the name of its bodies, and its connections; others stay as they are."""
    lacking = (revisions.c.id == revision_id, revisions.c.bodies_sha256.is_(None))
    if connection.execute(update(revisions).where(*lacking).values(bodies_sha256=sha256)).rowcount:
        connection.execute(delete(connections).where(connections.c.revision_id == revision_id))
        _insert_connections(connection, revision_id, found)


def _insert_connections(connection: Connection, revision_id: int, found: Sequence[tuple[str, str, str]]) -> None:
    rows = ((revision_id, i, relation, clean(a), clean(b)) for i, (relation, a, b) in enumerate(found))
    insert_rows(connection, connections, ("revision_id", "position", "relation", "a", "b"), rows)


def _insert_placement(connection: Connection, revision_id: int, number: int, packed: PackedPlacement) -> None:
    row = {"revision_id": revision_id, "number": number, "placed_at": packed.placed_at, **packed.values}
    connection.execute(insert(placements).values(row))


_ELEMENT_COLUMNS = tuple(column.name for column in elements.c)


def _element_row(position: int, element: Element) -> tuple[Any, ...]:
    """Return an element's columns after `revision_id`, in the table's order."""
    return (
        clean(element.global_id),
        position,
        element.row,
        element.ifc_class,
        clean(element.name),
        element.state.value,
        None if element.reason is None else canonical(element.reason.packed()),
        element.storey,
        element.parent,
        _properties_text(element.properties),
    )


def clean(text: str) -> str:
    """Return a text that any database takes: what is half a character (a lone surrogate) or NUL becomes "?".

    >>> clean("墙"), clean("a" + chr(0xD83D)), clean("b" + chr(0))
    ('墙', 'a?', 'b?')
    """
    if text.isascii():
        return text.replace("\0", "?")
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


_STRICT_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _properties_text(properties: Mapping[str, Any]) -> str:
    """Return properties as JSON; numbers that JSON does not know (NaN, infinities) become null."""
    try:
        text = _STRICT_JSON.encode(properties)
    except ValueError:
        finite = json.loads(json.dumps(properties), parse_constant=lambda _name: None)
        text = json.dumps(finite, ensure_ascii=False, separators=(",", ":"))
    return clean(text)


def _distinct(bake: Any) -> list[TileFile]:
    """Return the tile files of both tilesets, each path once."""
    files: Mapping[str, TileFile] = {
        file.path: file for tileset in (bake.building, bake.spaces) if tileset for file in tileset.contents
    }
    return list(files.values())
