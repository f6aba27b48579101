"""Topics, their comments and viewpoints in the database; the bytes that they hold are blobs.

Topics are kept as JSON of their dataclasses.  Bytes become {"sha256": name}; members that have their default are left
out, so that documents of before are read when a member is added.
"""

import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Connection, Row, delete, insert, select, update

from twin.store.blobs import Blobs, Packed, pack
from twin.store.clash_tables import comments, topic_blobs, topics, viewpoints
from twin.store.write import canonical, clean
from twin.values.topic import Comment, Snapshot, Topic, Viewpoint


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """What somebody said of a topic; `viewpoint` is the GUID of the viewpoint it is about, or empty."""

    guid: str
    topic: str
    at: datetime
    author: str
    text: str
    viewpoint: str
    modified_at: datetime | None
    modified_author: str


@dataclass(frozen=True, slots=True)
class PackedTopic:
    """A topic turned into rows and blobs before the write lock is taken."""

    topic: Topic
    document: str
    viewpoints: Sequence[tuple[Viewpoint, str, Packed | None]]
    blobs: Sequence[Packed]

    @classmethod
    def of(cls, topic: Topic) -> "PackedTopic":
        """Pack a topic."""
        blobs: dict[str, Packed] = {}
        document = _written(replace(topic, comments=(), viewpoints=()), blobs)
        views = []
        for viewpoint in topic.viewpoints:
            snapshot = pack(viewpoint.snapshot.content) if viewpoint.snapshot else None
            views.append((viewpoint, canonical(_written(replace(viewpoint, snapshot=None), blobs)), snapshot))
        return cls(topic, canonical(document), views, list(blobs.values()))

    @property
    def all_blobs(self) -> list[Packed]:
        """Every blob, snapshots included."""
        return [*self.blobs, *(snapshot for _, _, snapshot in self.viewpoints if snapshot is not None)]


def comments_of(connection: Connection, topic: str) -> list[CommentRecord]:
    """Return what was said of a topic or of a group of clashes, the first thing first."""
    query = select(comments).where(comments.c.topic == topic).order_by(comments.c.at, comments.c.guid)
    return [_comment(row) for row in connection.execute(query)]


def comments_of_project(connection: Connection, project: str) -> list[CommentRecord]:
    """Return what was said of all topics and groups of clashes of a project, the first thing first."""
    query = select(comments).where(comments.c.project == project).order_by(comments.c.at, comments.c.guid)
    return [_comment(row) for row in connection.execute(query)]


def all_topics(
    connection: Connection, blobs: Blobs, *, project: str | None = None, guid: str | None = None
) -> list[Topic]:
    """Return whole topics in the order of their GUIDs, bytes included."""
    query = select(topics).order_by(topics.c.guid)
    if project is not None:
        query = query.where(topics.c.project == project)
    if guid is not None:
        query = query.where(topics.c.guid == guid)
    found = []
    for row in connection.execute(query).all():
        said = [
            Comment(c.guid, c.at, c.author, c.text, c.viewpoint, c.modified_at, c.modified_author)
            for c in comments_of(connection, row.guid)
        ]
        views = viewpoints_of(connection, blobs, row.guid)
        found.append(replace(_read(Topic, json.loads(row.document), blobs), comments=said, viewpoints=views))
    return found


def viewpoints_of(connection: Connection, blobs: Blobs, topic: str) -> list[Viewpoint]:
    """Return the viewpoints of a topic or of a group of clashes, in their order, snapshots included."""
    query = select(viewpoints).where(viewpoints.c.topic == topic).order_by(viewpoints.c.position)
    found = []
    for row in connection.execute(query).all():
        viewpoint = _read(Viewpoint, json.loads(row.document), blobs)
        if row.snapshot_sha256:
            viewpoint = replace(viewpoint, snapshot=Snapshot(blobs.get(row.snapshot_sha256), row.snapshot_format))
        found.append(viewpoint)
    return found


def put_topic(connection: Connection, project: str, packed: PackedTopic) -> None:
    """Keep a topic: its facts as they are now, new comments, changed ones where they are newer, new viewpoints.

    What was said stays, and so does a viewpoint: programs may refer to both.
    """
    guid = packed.topic.guid
    values = {"project": project, "document": clean(packed.document)}
    if not connection.execute(update(topics).where(topics.c.guid == guid).values(**values)).rowcount:
        connection.execute(insert(topics).values(guid=guid, **values))
    _put_comments(connection, project, guid, packed.topic.comments)
    known = set(connection.scalars(select(viewpoints.c.guid).where(viewpoints.c.topic == guid)))
    for viewpoint, document, snapshot in packed.viewpoints:
        if viewpoint.guid not in known:
            known.add(viewpoint.guid)
            row = {
                "topic": guid,
                "guid": viewpoint.guid,
                "project": project,
                "position": len(known),
                "document": clean(document),
                "snapshot_sha256": snapshot and snapshot.sha256,
                "snapshot_format": viewpoint.snapshot and viewpoint.snapshot.format,
            }
            connection.execute(insert(viewpoints).values(row))
    held = set(connection.scalars(select(topic_blobs.c.sha256).where(topic_blobs.c.topic == guid)))
    for name in sorted({blob.sha256 for blob in packed.blobs} - held):
        connection.execute(insert(topic_blobs).values(topic=guid, sha256=name, project=project))


def remove_topic(connection: Connection, guid: str) -> None:
    """Forget a topic with all that hangs on it."""
    for table, column in ((topics, topics.c.guid), *((t, t.c.topic) for t in (comments, viewpoints, topic_blobs))):
        connection.execute(delete(table).where(column == guid))


def _put_comments(connection: Connection, project: str, topic: str, said: Iterable[Comment]) -> None:
    known = {comment.guid: comment for comment in comments_of(connection, topic)}
    for comment in said:
        values = {
            "project": project,
            "at": comment.date.isoformat(),
            "author": clean(comment.author),
            "text": clean(comment.text),
            "viewpoint": comment.viewpoint,
            "modified_at": comment.modified_date and comment.modified_date.isoformat(),
            "modified_author": clean(comment.modified_author),
        }
        before = known.get(comment.guid)
        if before is None:
            connection.execute(insert(comments).values(topic=topic, guid=comment.guid, **values))
            known |= {comment.guid: CommentRecord(comment.guid, topic, comment.date, "", "", "", None, "")}
        elif (comment.modified_date or comment.date) > (before.modified_at or before.at):
            here = (comments.c.topic == topic, comments.c.guid == comment.guid)
            connection.execute(update(comments).where(*here).values(**values))


def _comment(row: Row[Any]) -> CommentRecord:
    return CommentRecord(
        row.guid,
        row.topic,
        datetime.fromisoformat(row.at),
        row.author,
        row.text,
        row.viewpoint,
        datetime.fromisoformat(row.modified_at) if row.modified_at else None,
        row.modified_author,
    )


def _written(value: Any, blobs: dict[str, Packed]) -> Any:
    """Return a value of `twin.values.topic` as JSON; its bytes are put into `blobs`."""
    if is_dataclass(value):
        pairs = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: _written(found, blobs) for f, found in pairs if f.default is MISSING or found != f.default}
    if isinstance(value, bytes):
        packed = pack(value, compress=True)
        blobs[packed.sha256] = packed
        return {"sha256": packed.sha256}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_written(item, blobs) for item in value]
    return value


def _read(kind: Any, document: Any, blobs: Blobs) -> Any:
    """Return the value of a type that `_written` wrote."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if document is None:
            return None
        return _read(next(part for part in get_args(kind) if part is not type(None)), document, blobs)
    if origin is tuple:
        return tuple(document)
    if origin is not None:  # a sequence
        return tuple(_read(get_args(kind)[0], item, blobs) for item in document)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], found, blobs) for name, found in document.items() if name in hints})
    if kind is datetime:
        return datetime.fromisoformat(document)
    return blobs.get(document["sha256"]) if kind is bytes else document


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)
