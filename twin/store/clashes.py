"""Clashes in the database. Every function takes the caller's connection; the writing ones need the write lock."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, exists, insert, or_, select, update

from twin.errors import NotFound, OutOfStep
from twin.store.clash_tables import clash_events, clash_groups, clash_runs, clashes, comments, topics
from twin.store.tables import models, revisions
from twin.store.write import canonical, clean
from twin.values.clash import (
    BodyKey,
    Clash,
    ClashEvent,
    ClashGroup,
    ClashStatus,
    ClashType,
    Match,
    Method,
    Untestable,
)
from twin.values.sentence import Sentence, unpack

PLACEMENTS = "placements"  # in the options of a run
_AT_ONCE = 500  # ids named in one question


@dataclass(frozen=True, slots=True)
class ClashRunRecord:
    """A run of clash detection.

    rules : their name, and `document`, what they were
    options : what was asked for besides, and `PLACEMENTS`: model → number of the placement that was looked at
    models : id of each model that was looked at → its revision
    examined, untestable, found : numbers of pairs; untestable_pairs : those that could not be judged
    """

    id: str
    project: str
    started_at: datetime
    seconds: float
    by: str
    rules: str
    models: Mapping[str, int]
    examined: int
    untestable_pairs: Sequence[Untestable]
    rules_without_match: Sequence[str]
    found: int
    notices: Sequence[Sentence] = ()
    document: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def untestable(self) -> int:
        """How many pairs could not be judged."""
        return len(self.untestable_pairs)


def all_clashes(connection: Connection, *, project: str | None = None, group: str | None = None) -> list[Clash]:
    """Return clashes in the order of their ids."""
    query = select(clashes).order_by(clashes.c.id)
    if project is not None:
        query = query.where(clashes.c.project == project)
    if group is not None:
        query = query.where(clashes.c.group == group)
    return [_clash(row) for row in connection.execute(query)]


def some_clashes(connection: Connection, ids: Iterable[str]) -> dict[str, Clash]:
    """Return id → clash, or say which one there is none of."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Clash] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(clashes).where(clashes.c.id.in_(wanted[start : start + _AT_ONCE]))
        found.update((row.id, _clash(row)) for row in connection.execute(query))
    for clash in wanted:
        if clash not in found:
            raise NotFound("There is no clash {clash}: `twin clash list` shows those that are there.", clash=clash)
    return {clash: found[clash] for clash in wanted}


def groups(connection: Connection, project: str | None = None) -> list[ClashGroup]:
    """Return groups of clashes in the order of their ids."""
    query = select(clash_groups).order_by(clash_groups.c.id)
    if project is not None:
        query = query.where(clash_groups.c.project == project)
    return [ClashGroup(row.id, row.project, row.kind, row.title) for row in connection.execute(query)]


def runs(connection: Connection, project: str | None = None) -> list[ClashRunRecord]:
    """Return runs, the first one first."""
    return [_run(row) for row in connection.execute(_runs(project).order_by(clash_runs.c.started_at, clash_runs.c.id))]


def last_run(connection: Connection, project: str) -> ClashRunRecord | None:
    """Return the last run of a project; None where there was none."""
    order = (clash_runs.c.started_at.desc(), clash_runs.c.id.desc())
    row = connection.execute(_runs(project).order_by(*order).limit(1)).first()
    return None if row is None else _run(row)


def checked_revisions(connection: Connection, project: str) -> dict[str, int]:
    """Return model → revision that the last run with this model looked at: its clashes speak of these elements."""
    query = select(clash_runs.c.models).where(clash_runs.c.project == project)
    found: dict[str, int] = {}
    for text in connection.scalars(query.order_by(clash_runs.c.started_at, clash_runs.c.id)):
        found.update(json.loads(text))
    return found


def _runs(project: str | None) -> Select[Any]:
    return select(clash_runs) if project is None else select(clash_runs).where(clash_runs.c.project == project)


def events(connection: Connection, clash: str) -> list[ClashEvent]:
    """Return what happened to a clash, the first thing first."""
    query = select(clash_events).where(clash_events.c.clash == clash).order_by(clash_events.c.id)
    return [_event(row) for row in connection.execute(query)]


def events_of_project(connection: Connection, project: str, kinds: Sequence[str]) -> list[ClashEvent]:
    """Return what happened to all clashes of a project, of these kinds only, the first thing first."""
    query = (
        select(clash_events)
        .join(clashes, clashes.c.id == clash_events.c.clash)
        .where(clashes.c.project == project, clash_events.c.what.in_(kinds))
        .order_by(clash_events.c.id)
    )
    return [_event(row) for row in connection.execute(query)]


def _event(row: Row[Any]) -> ClashEvent:
    return ClashEvent(
        row.clash,
        datetime.fromisoformat(row.at),
        row.by,
        row.what,
        row.before,
        row.after,
        row.note,
        json.loads(row.details),
    )


def check_unchanged(connection: Connection, run: ClashRunRecord) -> None:
    """Refuse a run that looked at other revisions or placements than the models have now: its verdicts are of
    yesterday."""
    now = {row.id: row for row in connection.execute(_standing(run.project))}
    placed = run.options.get(PLACEMENTS, {})
    for model, revision in sorted(run.models.items()):
        row = now.get(model)
        if row is None or row.revision != revision or placed.get(model, row.placement) != row.placement:
            raise OutOfStep("The model {model} has changed meanwhile: run it again.", model=model)


def current_placements(connection: Connection, project: str) -> dict[str, int]:
    """Return model → number of the placement in which its current revision stands."""
    return {row.id: row.placement for row in connection.execute(_standing(project))}


def _standing(project: str) -> Select[Any]:
    """Ask for the revision of every model of a project, and for the number of its placement."""
    current = and_(revisions.c.model == models.c.id, revisions.c.number == models.c.revision)
    found = select(models.c.id, models.c.revision, revisions.c.placement).join_from(models, revisions, current)
    return found.where(models.c.project == project)


def put_run(connection: Connection, run: ClashRunRecord) -> None:
    """Add a run."""
    connection.execute(
        insert(clash_runs).values(
            id=run.id,
            project=run.project,
            started_at=run.started_at.isoformat(),
            seconds=float(run.seconds),
            by=clean(run.by),
            rules=clean(run.rules),
            document=clean(canonical(run.document)),
            options=clean(canonical(dict(run.options))),
            models=canonical(dict(run.models)),
            examined=run.examined,
            untestable=clean(canonical([[list(u.a), list(u.b), u.reason.packed()] for u in run.untestable_pairs])),
            rules_without_match=clean(canonical(list(run.rules_without_match))),
            found=run.found,
            notices=clean(canonical([notice.packed() for notice in run.notices])),
        )
    )


def put_clashes(connection: Connection, before: Mapping[str, Clash], after: Sequence[Clash]) -> None:
    """Write the clashes that differ from what they were before; none is ever taken away.

    Raises ValueError where one is lost: whoever lets clashes live on must keep them all.
    """
    lost = before.keys() - {clash.id for clash in after}
    if lost:
        raise ValueError(f"{len(lost)} clashes are lost, among them {min(lost)}")
    new = [_row(clash) for clash in after if clash.id not in before]
    changed = [_row(clash) for clash in after if clash.id in before and before[clash.id] != clash]
    if new:
        connection.execute(insert(clashes), new)
    if changed:
        statement = update(clashes).where(clashes.c.id == bindparam("which"))
        connection.execute(statement, [{**row, "which": row["id"]} for row in changed])


def put_events(connection: Connection, found: Iterable[ClashEvent]) -> None:
    """Add what happened, in this order."""
    rows = [
        {
            "clash": event.clash,
            "at": event.at.isoformat(),
            "by": clean(event.by),
            "what": event.what,
            "before": clean(event.before),
            "after": clean(event.after),
            "note": clean(event.note),
            "details": clean(canonical(dict(event.details))),
        }
        for event in found
    ]
    if rows:
        connection.execute(insert(clash_events), rows)


def put_groups(connection: Connection, project: str, found: Iterable[ClashGroup]) -> None:
    """Add groups and change those that are there; what no clash, comment or topic belongs to any more goes."""
    known = {group.id: group for group in groups(connection, project)}
    wanted = {group.id: group for group in found}.values()
    rows = [
        {"id": group.id, "project": group.project, "kind": group.kind, "title": clean(group.title)}
        for group in wanted
        if known.get(group.id) != group
    ]
    new = [row for row in rows if row["id"] not in known]
    changed = [{**row, "which": row["id"]} for row in rows if row["id"] in known]
    if new:
        connection.execute(insert(clash_groups), new)
    if changed:
        connection.execute(update(clash_groups).where(clash_groups.c.id == bindparam("which")), changed)
    used = (
        exists().where(clashes.c.group == clash_groups.c.id),
        exists().where(comments.c.topic == clash_groups.c.id),
        exists().where(topics.c.guid == clash_groups.c.id),
    )
    connection.execute(delete(clash_groups).where(clash_groups.c.project == project, ~or_(*used)))


def _row(clash: Clash) -> dict[str, Any]:
    return {
        "id": clash.id,
        "project": clash.project,
        "rule": clean(clash.rule),
        **{"model_a": clash.a.model, "element_a": clash.a.global_id},
        **{"model_b": clash.b.model, "element_b": clash.b.global_id},
        **{"type": clash.type.value, "method": clash.method.value, "status": clash.status.value},
        "status_before": clash.status_before and clash.status_before.value,
        **{name: float(getattr(clash, name)) for name in ("depth", "volume", "distance")},
        "point": canonical([float(x) for x in clash.local_point]),
        "box": canonical([[float(x) for x in corner] for corner in clash.local_box]),
        "group": clash.group,
        "severity": clash.severity,
        "factors": clean(canonical([factor.packed() for factor in clash.factors])),
        "reason": None if clash.reason is None else clean(canonical(clash.reason.packed())),
        "storey": clean(clash.storey),
        "assignee": clean(clash.assignee),
        "due_date": clash.due_date and clash.due_date.isoformat(),
        **{"first_found": clash.first_found.isoformat(), "last_found": clash.last_found.isoformat()},
        "matches": canonical([[list(m.before), list(m.after), m.by, float(m.score)] for m in clash.matches]),
        **{"element_missing": int(clash.element_missing), "reopened": clash.reopened},
    }


def _clash(row: Row[Any]) -> Clash:
    low, high = (tuple(corner) for corner in json.loads(row.box))
    return Clash(
        id=row.id,
        project=row.project,
        rule=row.rule,
        a=BodyKey(row.model_a, row.element_a),
        b=BodyKey(row.model_b, row.element_b),
        type=ClashType(row.type),
        depth=row.depth,
        volume=row.volume,
        distance=row.distance,
        local_point=tuple(json.loads(row.point)),
        local_box=(low, high),
        method=Method(row.method),
        status=ClashStatus(row.status),
        group=row._mapping[clashes.c.group],
        severity=row.severity,
        factors=tuple(unpack(packed) for packed in json.loads(row.factors)),
        reason=None if row.reason is None else unpack(json.loads(row.reason)),
        storey=row.storey,
        assignee=row.assignee,
        due_date=date.fromisoformat(row.due_date) if row.due_date else None,
        first_found=datetime.fromisoformat(row.first_found),
        last_found=datetime.fromisoformat(row.last_found),
        matches=tuple(Match(BodyKey(*a), BodyKey(*b), by, score) for a, b, by, score in json.loads(row.matches)),
        element_missing=bool(row.element_missing),
        reopened=row.reopened,
        status_before=ClashStatus(row.status_before) if row.status_before else None,
    )


def _run(row: Row[Any]) -> ClashRunRecord:
    pairs = json.loads(row.untestable)
    return ClashRunRecord(
        id=row.id,
        project=row.project,
        started_at=datetime.fromisoformat(row.started_at),
        seconds=row.seconds,
        by=row.by,
        rules=row.rules,
        models=json.loads(row.models),
        examined=row.examined,
        untestable_pairs=[Untestable(BodyKey(*a), BodyKey(*b), unpack(reason)) for a, b, reason in pairs],
        rules_without_match=json.loads(row.rules_without_match),
        found=row.found,
        notices=[unpack(packed) for packed in json.loads(row.notices)],
        document=json.loads(row.document),
        options=json.loads(row.options),
    )
