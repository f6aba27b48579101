"""What the store knows of who may see what: what is published, and what belongs to which project; part of `Store`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, union_all

from twin.errors import InvalidInput, NotFound
from twin.store import layers, read, write
from twin.store.clash_tables import clash_groups, comments, topics, viewpoints
from twin.store.connect import reading, writing
from twin.store.tables import models
from twin.store.user_tables import publications
from twin.values.rights import ALL_FIELDS, FIELDS, PUBLISHED_FIELDS, Published

PUBLISHABLE = ("project", "layer")


@dataclass(frozen=True, slots=True)
class Publication:
    """Something that the public sees.

    what : "project" or "layer"; name : its code or name
    fields : what is shown of a project, of `FIELDS` in their order; of a layer nothing is left out
    published_at : UTC; published_by : who did it
    """

    what: str
    name: str
    fields: tuple[str, ...]
    published_at: datetime
    published_by: str


class SharingMethods:
    """What is published, and what belongs to whom."""

    _engine: Engine

    def publications(self) -> list[Publication]:
        """Return everything that is published, projects first, in the order of their names."""
        with reading(self._engine) as connection:
            return _publications(connection)

    def published(self) -> Published:
        """Return what the public sees."""
        found = self.publications()
        projects = {each.name: frozenset(each.fields) for each in found if each.what == "project"}
        return Published(projects, frozenset(each.name for each in found if each.what == "layer"))

    def publish(
        self, what: str, name: str, fields: Collection[str] | None = None, *, by: str, at: datetime | None = None
    ) -> Publication:
        """Show a project, or a layer, to the public; one that is published already is shown with these fields.

        It is the name that is published: a project or layer that takes the place of another one is shown, too.

        what : "project" or "layer"; fields : of `FIELDS`, for a project; None: its light and its progress

        Raises
        ------
        NotFound : there is no such project or layer.
        InvalidInput : there is no such field.
        """
        wanted = checked_fields(what, fields)
        moment = at or datetime.now(UTC)
        with writing(self._engine) as connection:
            write.lock(connection)
            if what == "project":
                read.project(connection, name)
            else:
                layers.layer(connection, name)
            _forget(connection, what, name)
            row = {"fields": ",".join(wanted), "published_at": moment.isoformat(), "published_by": by}
            connection.execute(insert(publications).values(what=what, name=name, **row))
        return Publication(what, name, wanted, moment, by)

    def unpublish(self, what: str, name: str) -> None:
        """Show a project, or a layer, to the public no longer; NotFound where it was not published."""
        checked_fields(what, None)
        with writing(self._engine) as connection:
            write.lock(connection)
            if not _forget(connection, what, name):
                raise NotFound("{name} is not published: `twin publish --list` shows what is.", name=name)

    def model_projects(self) -> dict[str, str]:
        """Return model → the project that it belongs to, of all models."""
        with reading(self._engine) as connection:
            return {row.id: row.project for row in connection.execute(select(models.c.id, models.c.project))}

    def topic_projects(self, topic: str) -> frozenset[str]:
        """Return the projects to which a topic or a group of clashes belongs: one, or none where there is none."""
        named = ((topics, topics.c.guid), (clash_groups, clash_groups.c.id))
        said = ((table, table.c.topic) for table in (comments, viewpoints))
        queries = [select(table.c.project).where(column == topic) for table, column in (*named, *said)]
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(union_all(*queries)))


def checked_fields(what: str, fields: Collection[str] | None) -> tuple[str, ...]:
    """Return what is to be shown of a project, in the order of `FIELDS`; nothing of a layer.

    >>> checked_fields("project", ["steel", "light"]), checked_fields("project", None), checked_fields("layer", None)
    (('light', 'steel'), ('light', 'progress'), ())
    """
    if what not in PUBLISHABLE:
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.", name="what", value=what[:50], known=", ".join(PUBLISHABLE)
        )
    if what == "layer":
        if fields:
            raise InvalidInput("A layer is shown whole: fields are those of a project.")
        return ()
    wanted = PUBLISHED_FIELDS if fields is None else frozenset(fields)
    for name in sorted(wanted - ALL_FIELDS):
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.", name="fields", value=name[:50], known=", ".join(FIELDS)
        )
    return tuple(name for name in FIELDS if name in wanted)


def _publications(connection: Connection) -> list[Publication]:
    rows = connection.execute(select(publications).order_by(publications.c.what.desc(), publications.c.name))
    return [
        Publication(
            row.what,
            row.name,
            tuple(name for name in FIELDS if name in row.fields.split(",")),
            datetime.fromisoformat(row.published_at),
            row.published_by,
        )
        for row in rows
    ]


def _forget(connection: Connection, what: str, name: str) -> bool:
    here = (publications.c.what == what, publications.c.name == name)
    return bool(connection.execute(delete(publications).where(*here)).rowcount)
