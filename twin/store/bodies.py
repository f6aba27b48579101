"""The bodies of a model as bytes: a small header, then the arrays one after another, raw and little-endian."""

import json
from collections.abc import Mapping
from math import prod

import numpy as np
from sqlalchemy import Connection, select

from twin.errors import TwinError
from twin.store import read
from twin.store.blobs import Packed, pack
from twin.store.dialects import MemberText
from twin.store.tables import connections, elements, revisions
from twin.values.bodies import Bodies, bodies_of
from twin.values.model import BuildingModel

_MAGIC = b"city-twin bodies 1\n"
_LEVEL = 1
# Every array, its type on the disk and the shape of one of its rows.
_ARRAYS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "vertices": ("<f8", (3,)),
    "faces": ("<u4", (3,)),
    "vertex_starts": ("<i8", ()),
    "face_starts": ("<i8", ()),
    "shapes": ("<i4", ()),
    "local_from_shape": ("<f8", (4, 4)),
}


def whole_bodies(model: BuildingModel) -> Bodies | None:
    """Return the bodies of a model; None where one of its drawn elements has no shape (a model made by hand)."""
    drawn = model.drawn()
    return None if any(element.placed is None for element in drawn) else bodies_of(drawn, model.shapes)


def pack_bodies(bodies: Bodies) -> Packed:
    """Return bodies as a blob; the same bodies give the same bytes."""
    return pack(bodies_to_bytes(bodies), compress=True, level=_LEVEL)


def bodies_to_bytes(bodies: Bodies) -> bytes:
    """Return bodies as bytes that `bodies_from_bytes` reads back bit by bit."""
    arrays = {name: np.ascontiguousarray(getattr(bodies, name), kind) for name, (kind, _) in _ARRAYS.items()}
    lengths = json.dumps({name: len(array) for name, array in arrays.items()}, separators=(",", ":"))
    return b"".join([_MAGIC, lengths.encode(), b"\n", *(array.tobytes() for array in arrays.values())])


def bodies_from_bytes(content: bytes) -> Bodies:
    """Return the bodies that `bodies_to_bytes` wrote; raises TwinError for anything else."""
    try:
        if not content.startswith(_MAGIC):
            raise ValueError("it does not begin as one")
        end = content.index(b"\n", len(_MAGIC))
        lengths = json.loads(content[len(_MAGIC) : end])
        arrays, at = {}, end + 1
        for name, (kind, row) in _ARRAYS.items():
            numbers = int(lengths[name]) * prod(row)
            if numbers < 0:
                raise ValueError("a length is negative")
            found = np.frombuffer(content, kind, numbers, at) if numbers else np.zeros(0, kind)
            arrays[name] = found.reshape(-1, *row).astype(kind[1:], copy=False)
            at += found.nbytes
        if at != len(content):
            raise ValueError("its length is wrong")
    except (ValueError, KeyError, TypeError) as error:
        raise TwinError("A blob with the bodies of a model is damaged: {reason}.", reason=str(error)) from error
    return Bodies(**arrays)


def bodies_name(connection: Connection, model: str) -> str | None:
    """Return the sha256 of the bodies of a model's current revision; None where they were not kept."""
    name: str | None = read.current_revision(connection, model).bodies_sha256
    return name


def model_connections(connection: Connection, model: str) -> list[tuple[str, str, str]]:
    """Return (relation, GlobalId, GlobalId) of a model's current revision, as its file has them."""
    revision = read.current_revision(connection, model)
    query = select(connections.c.relation, connections.c.a, connections.c.b)
    rows = connection.execute(query.where(connections.c.revision_id == revision.id).order_by(connections.c.position))
    return [(row.relation, row.a, row.b) for row in rows]


def revision_elements(connection: Connection, model: str, number: int) -> tuple[str, list[tuple[str, ...]]] | None:
    """Return the sha256 of the bodies of some revision of a model, and (GlobalId, class, name, tag) of its feature
    rows; None where there is no such revision, or no bodies of it."""
    query = select(revisions.c.id, revisions.c.bodies_sha256)
    revision = connection.execute(query.where(revisions.c.model == model, revisions.c.number == number)).first()
    if revision is None or revision.bodies_sha256 is None:
        return None
    tag = MemberText(elements.c.properties, "tag")
    rows = connection.execute(
        select(elements.c.global_id, elements.c.ifc_class, elements.c.name, tag)
        .where(elements.c.revision_id == revision.id, elements.c.feature_row >= 0)
        .order_by(elements.c.feature_row)
    )
    return revision.bodies_sha256, [(row[0], row[1], row[2], row[3] or "") for row in rows]
