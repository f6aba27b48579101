"""What people change of clashes, with who and when. Every function runs in a transaction that has the write lock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import Connection, insert, select

from twin.errors import InvalidInput
from twin.store import clashes as kept
from twin.store.clash_tables import clash_groups, clashes, comments
from twin.store.write import clean
from twin.values.clash import Clash, ClashEvent, ClashGroup, ClashStatus

CHANGEABLE = ("status", "assignee", "due_date", "group", "severity")


def change_clashes(
    connection: Connection,
    ids: Sequence[str],
    values: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    note: str,
    comment: str,
) -> list[Clash]:
    """Change attributes of clashes and say something of their groups; return the clashes as they are then.

    What is as wanted already leaves no trace.  A `group` that is no group's id becomes a new group made by hand, of
    that title.
    """
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise InvalidInput(
            "{name} of a clash cannot be changed: change one of {known}.",
            name=min(unknown),
            known=", ".join(CHANGEABLE),
        )
    before = kept.some_clashes(connection, ids)
    after, events = [], []
    made: dict[str, ClashGroup] = {}
    for clash in before.values():
        wanted = dict(values)
        if "group" in wanted:
            group = _group(connection, clash.project, str(wanted["group"]), made)
            wanted["group"] = group
        changed = {name: value for name, value in wanted.items() if getattr(clash, name) != value}
        events += [
            ClashEvent(clash.id, at, by, name, _text(getattr(clash, name)), _text(value), note)
            for name, value in changed.items()
        ]
        if "status" in changed:  # somebody has looked: what an unchecked clash was before does not matter any more
            changed |= {"status": ClashStatus(changed["status"]), "status_before": None}
            if changed["status"] is ClashStatus.BY_DESIGN:
                changed["reason"] = None  # a person's word, not the file's
        after.append(replace(clash, **changed))
    kept.put_clashes(connection, before, after)
    for project in sorted({clash.project for clash in after}) if "group" in values else ():
        kept.put_groups(connection, project, [group for group in made.values() if group.project == project])
    kept.put_events(connection, events)
    if comment:
        for group, project in sorted({(clash.group, clash.project) for clash in after}):
            add_comment(connection, project, group, author=by, at=at, text=comment)
    return after


def add_comment(
    connection: Connection,
    project: str,
    topic: str,
    *,
    author: str,
    at: datetime,
    text: str,
    viewpoint: str = "",
    guid: str | None = None,
) -> str:
    """Keep what somebody said of a topic, which is a group of clashes or came by BCF; return the comment's GUID."""
    name = guid or str(uuid4())
    connection.execute(
        insert(comments).values(
            topic=topic,
            guid=name,
            project=project,
            at=at.isoformat(),
            author=clean(author),
            text=clean(text),
            viewpoint=viewpoint,
            modified_author="",
        )
    )
    return name


def lose_model(connection: Connection, model: str, at: datetime) -> None:
    """Mark the clashes of a model that is about to be removed: they stay, unchecked, without one of their elements.

    What is approved, resolved or by design stays so.
    """
    query = select(clashes.c.id).where((clashes.c.model_a == model) | (clashes.c.model_b == model))
    before = kept.some_clashes(connection, connection.scalars(query).all())
    after, events = [], []
    for clash in before.values():
        lost = replace(clash, element_missing=True)
        if clash.status in (ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.REVIEWED):
            lost = replace(lost, status=ClashStatus.UNCHECKED, status_before=clash.status)
            note = "model removed"
            events.append(ClashEvent(clash.id, at, "", "status", clash.status.value, lost.status.value, note))
        after.append(lost)
    kept.put_clashes(connection, before, after)
    kept.put_events(connection, events)


def _group(connection: Connection, project: str, wanted: str, made: dict[str, ClashGroup]) -> str:
    """Return the id of a group of the project; a new one is noted in `made`."""
    if connection.scalar(
        select(clash_groups.c.id).where(clash_groups.c.project == project, clash_groups.c.id == wanted)
    ):
        return wanted
    made_id = str(uuid5(NAMESPACE_URL, f"clash-group:{project}:{wanted}"))
    made.setdefault(made_id, ClashGroup(made_id, project, "hand", wanted))
    return made_id


def _text(value: Any) -> str:
    """Return a value as the history shows it.

    >>> _text(ClashStatus.NEW), _text(None)
    ('New', '')
    """
    return "" if value is None else str(value)
