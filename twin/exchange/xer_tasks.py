"""Tasks and links of an XER file.

Dates follow P6's own definition of an activity's Start and Finish: the actual date once there is one; else the
remaining early date that the scheduler computed (`restart_date`, `reend_date`, else `early_*`); else, in a project
that was never scheduled, the planned one (`target_*`).  Planned dates that differ are kept in the task's `values`.
They do not move with progress: in a project without a baseline project P6 takes them for the baseline, and so do we.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from twin.exchange.xer_file import Row, XerFile
from twin.exchange.xer_projects import Names, Projects, stand_in
from twin.exchange.xer_values import Notes, Values
from twin.values.schedule import LINK_TYPES, Baseline, Calendar, Task, TaskLink
from twin.values.sentence import say

_KINDS = {
    "tt_task": "task",
    "tt_rsrc": "task",
    "tt_mile": "milestone",
    "tt_finmile": "milestone",
    "tt_loe": "level_of_effort",
    "tt_wbs": "level_of_effort",  # a bar over a WBS level: P6 derives its dates, nobody works on it
}
_STATUS = {"tk_notstart", "tk_active", "tk_complete"}
_PERCENT_TYPES = {"cp_phys", "cp_drtn", "cp_units"}
START_FIELDS = ("act_start_date", "restart_date", "early_start_date", "target_start_date")
FINISH_FIELDS = ("act_end_date", "reend_date", "early_end_date", "target_end_date")


@dataclass(slots=True)
class TaskRows:
    """The rows of TASK: `own` of the schedule (task_id → row), `baselines` by number, ids of all rows of the file."""

    own: dict[str, Row] = field(default_factory=dict)
    baselines: list[dict[str, Row]] = field(default_factory=list)
    known: dict[str, bool] = field(default_factory=dict)  # task_id → is it of the schedule
    ids: dict[str, str] = field(default_factory=dict)  # task_id of own rows → id of the task


@dataclass(slots=True)
class Context:
    """What the reading of one task needs to know."""

    values: Values
    projects: Projects
    calendars: Mapping[str, Calendar]
    wbs: Mapping[str, str]
    costs: Mapping[str, tuple[float | None, float | None]]
    codes: Mapping[str, dict[str, str]]
    baselines: Mapping[tuple[str, str], Sequence[Baseline]]
    unfinished: int = 0  # complete by status, yet the physical per cent complete is below 100
    stand_ins: dict[str, None] = field(default_factory=dict)  # projects whose planned dates stand in for a baseline


def sort_rows(file: XerFile, projects: Projects, names: Names, notes: Notes) -> TaskRows:
    """Tell the tasks of the schedule from those of baselines and of other projects, and name them."""
    found = TaskRows(baselines=[{} for _ in projects.baselines])
    numbers = {key: number for number, group in enumerate(projects.baselines) for key in group}
    nameless, repeated, others = 0, 0, Counter[str]()
    for row in file.rows("TASK"):
        key = _task_id(row)
        project = projects.of(row)
        if not key:
            nameless += 1
        elif key in found.known:
            repeated += 1
        elif project in projects.chosen:
            found.known[key] = True
            found.own[key] = row
        else:
            found.known[key] = False
            if project in numbers:
                found.baselines[numbers[project]][key] = row
            else:
                others[projects.names[project]] += 1
    notes.lose(say("Table TASK: {count} rows without task_id and task_code are not read.", count=nameless), nameless)
    notes.lose(say("Table TASK: {count} rows repeat a task_id and are not read.", count=repeated), repeated)
    for name, count in others.items():
        notes.unread.append(say("{count} tasks of the other project {name} are not read.", count=count, name=name))
    _give_ids(found, projects, names, notes)
    return found


def _give_ids(found: TaskRows, projects: Projects, names: Names, notes: Notes) -> None:
    """Give every task its activity id; where two projects use the same one, both get their project's name in front."""
    users: dict[str, set[str]] = {}
    for key, row in found.own.items():
        users.setdefault(_code(row, key), set()).add(projects.of(row))
    shared = changed = missing = 0
    for key, row in found.own.items():
        code, project = _code(row, key), projects.of(row)
        wanted = f"{projects.names[project]}:{code}" if len(users[code]) > 1 else code
        found.ids[key] = names.give(wanted)
        shared += wanted != code
        changed += found.ids[key] != wanted
        missing += not row.get("task_code")
    notes.mend(
        say(
            "{count} tasks of several projects have the same task_code: the project's name stands in front.",
            count=shared,
        ),
        shared,
    )
    notes.mend(say("{count} tasks repeat a task_code: a number was put behind (“#2”).", count=changed), changed)
    notes.mend(say("{count} tasks have no task_code: task_id stands in for it.", count=missing), missing)


def _task_id(row: Row) -> str:
    """Return the key of a row; some programs leave out the number that P6 itself uses."""
    return row.get("task_id") or row.get("task_code")


def _code(row: Row, key: str) -> str:
    """Return the activity id that people see."""
    return row.get("task_code") or key


def read_baselines(rows: TaskRows, context: Context) -> dict[tuple[str, str], list[Baseline]]:
    """Return (project, activity id) → its baselines: P6 finds a task in a baseline project by its activity id."""
    found: dict[tuple[str, str], list[Baseline]] = {}
    wanted = {(context.projects.of(row), _code(row, key)) for key, row in rows.own.items()}
    values = context.values
    for number, (group, origins) in enumerate(zip(rows.baselines, context.projects.baselines, strict=True)):
        done: set[tuple[str, str]] = set()
        for key, row in group.items():
            place = (origins[context.projects.of(row)], _code(row, key))
            if place not in wanted or place in done:
                continue
            done.add(place)
            dates = _dates(row, values)
            cost, _ = context.costs.get(key, (None, None))
            work = _sum(values, row, "target_work_qty", "target_equip_qty")
            duration = values.hours(row, "target_drtn_hr_cnt")
            made = Baseline(number, _start(row, dates), _finish(row, dates), cost, work, duration)
            found.setdefault(place, []).append(made)
        dropped = len(group) - len(done)
        values.notes.leave(
            say("Baseline {number}: {count} of its tasks are not in the schedule.", number=number, count=dropped),
            dropped,
        )
    return found


def read_tasks(rows: TaskRows, context: Context) -> list[Task]:
    """Return the tasks of the schedule in the file's order."""
    notes = context.values.notes
    found = [_task(key, row, rows.ids[key], context) for key, row in rows.own.items()]
    if context.stand_ins:
        names = [context.projects.names.get(key, key) for key in context.stand_ins]
        notes.notices.append(stand_in(names, bool(context.projects.baselines)))
    resource_led = sum(row.get("task_type").lower() == "tt_rsrc" for row in rows.own.values())
    notes.mend(
        say(
            "{count} tasks follow the calendars of their resources in P6; the task's own calendar is taken.",
            count=resource_led,
        ),
        resource_led,
    )
    notes.mend(
        say(
            "{count} tasks are completed although their physical per cent complete is below 100: taken as complete.",
            count=context.unfinished,
        ),
        context.unfinished,
    )
    return found


def _task(key: str, row: Row, name: str, context: Context) -> Task:
    """Return one task."""
    values = context.values
    dates = _dates(row, values)
    kind = _kind(row, values.notes)
    start, finish = _start(row, dates), _finish(row, dates)
    actual_start, actual_finish = dates["act_start_date"], dates["act_end_date"]
    if kind == "milestone":  # P6 fills in one of the two
        start, finish = start or finish, finish or start
        if row.get("status_code").lower() == "tk_complete":
            actual_start, actual_finish = actual_start or actual_finish, actual_finish or actual_start
    cost, actual_cost = context.costs.get(key, (None, None))
    stated = dict(context.codes.get(key, {}))
    for field_name, now in (("target_start_date", start), ("target_end_date", finish)):
        if dates[field_name] not in {None, now}:
            stated.setdefault(field_name, row.get(field_name))
    return Task(
        name,
        row.get("task_name"),
        kind,
        code=_code(row, key),
        parent=_parent(row, context),
        calendar=_calendar(row, context),
        schedule_start=start,
        schedule_finish=finish,
        actual_start=actual_start,
        actual_finish=actual_finish,
        duration=values.hours(row, "target_drtn_hr_cnt"),
        remaining_duration=values.hours(row, "remain_drtn_hr_cnt"),
        completion=_completion(row, actual_finish is not None, context),
        cost=cost,
        actual_cost=actual_cost,
        work=_sum(values, row, "target_work_qty", "target_equip_qty"),
        actual_work=_sum(values, row, "act_work_qty", "act_equip_qty"),
        baselines=_baselines(key, row, kind, dates, context),
        values=stated,
    )


def _baselines(
    key: str, row: Row, kind: str, dates: Mapping[str, datetime | None], context: Context
) -> tuple[Baseline, ...]:
    """Return the baselines of a task; its planned dates and budget where its project has no baseline in the file."""
    project = context.projects.of(row)
    if project in context.projects.with_baseline:
        return tuple(context.baselines.get((project, _code(row, key)), ()))
    start, finish = dates["target_start_date"], dates["target_end_date"]
    if start is None and finish is None:
        return ()
    if kind == "milestone":
        start, finish = start or finish, finish or start
    context.stand_ins[project] = None
    work = _sum(context.values, row, "target_work_qty", "target_equip_qty")
    duration = context.values.hours(row, "target_drtn_hr_cnt")
    return (Baseline(0, start, finish, context.costs.get(key, (None, None))[0], work, duration),)


def _dates(row: Row, values: Values) -> dict[str, datetime | None]:
    """Return all dates of a task that are read."""
    return {name: values.moment(row, name) for name in (*START_FIELDS, *FINISH_FIELDS)}


def _start(row: Row, dates: Mapping[str, datetime | None]) -> datetime | None:
    """Return P6's Start."""
    return next((date for name in START_FIELDS if (date := dates[name])), None)


def _finish(row: Row, dates: Mapping[str, datetime | None]) -> datetime | None:
    """Return P6's Finish."""
    return next((date for name in FINISH_FIELDS if (date := dates[name])), None)


def _kind(row: Row, notes: Notes) -> str:
    """Return the kind of a task; an unknown type is noted."""
    text = row.get("task_type")
    if text and text.lower() not in _KINDS:
        notes.note_bad(row, "task_type", text)
    return _KINDS.get(text.lower(), "task")


def _sum(values: Values, row: Row, *names: str) -> timedelta | None:
    """Return the sum of hours of the fields that are filled in."""
    filled = [time for name in names if (time := values.hours(row, name)) is not None]
    return sum(filled, timedelta(0)) if filled else None


def _parent(row: Row, context: Context) -> str | None:
    """Return the id of the WBS summary above a task."""
    wbs = row.get("wbs_id")
    if wbs and wbs not in context.wbs:
        context.values.notes.note_bad(row, "wbs_id", wbs)
    return context.wbs.get(wbs)


def _calendar(row: Row, context: Context) -> str | None:
    """Return the id of a task's calendar."""
    key = row.get("clndr_id")
    if key and key not in context.calendars:
        context.values.notes.note_bad(row, "clndr_id", key, lost=False)
    return key if key in context.calendars else None


def _completion(row: Row, finished: bool, context: Context) -> float | None:
    """Return P6's Activity % Complete as 0 to 1: what the task's own type of per cent complete means."""
    values = context.values
    status = row.get("status_code").lower()
    if status and status not in _STATUS:
        values.notes.note_bad(row, "status_code", row.get("status_code"))
    kind = row.get("complete_pct_type").lower()
    if kind and kind not in _PERCENT_TYPES:
        values.notes.note_bad(row, "complete_pct_type", row.get("complete_pct_type"))
        kind = ""
    project = context.projects.rows.get(context.projects.of(row))
    if not kind and project:
        kind = project.get("def_complete_pct_type").lower()
    physical = _physical(row, values)
    if finished or status == "tk_complete":
        context.unfinished += kind == "cp_phys" and physical is not None and physical < 1
        return 1.0
    if kind == "cp_phys" or (kind not in _PERCENT_TYPES and physical is not None):
        return physical
    return _by_units(row, values) if kind == "cp_units" else _by_duration(row, values)


def _physical(row: Row, values: Values) -> float | None:
    """Return the physical per cent complete; one beyond 0 to 100 is noted and not taken."""
    percent = values.number(row, "phys_complete_pct")
    if percent is not None and not 0 <= percent <= 100:
        values.notes.note_bad(row, "phys_complete_pct", row.get("phys_complete_pct"))
        return None
    return None if percent is None else percent / 100


def _by_duration(row: Row, values: Values) -> float | None:
    """Return Duration % Complete: the share of the planned duration that does not remain, never below 0."""
    target, remaining = values.number(row, "target_drtn_hr_cnt"), values.number(row, "remain_drtn_hr_cnt")
    if target is None or remaining is None:
        return None
    return min(1.0, max(0.0, (target - remaining) / target)) if target > 0 else 0.0


def _by_units(row: Row, values: Values) -> float | None:
    """Return Units % Complete: actual units by units at completion, of labour and machinery."""
    actual = values.total(row, ("act_work_qty", "act_equip_qty"))
    remaining = values.total(row, ("remain_work_qty", "remain_equip_qty"))
    if actual is None or remaining is None:
        return None
    whole = actual + remaining
    return min(1.0, max(0.0, actual / whole)) if whole > 0 else 0.0


def read_links(file: XerFile, rows: TaskRows, values: Values) -> list[TaskLink]:
    """Return the links between the schedule's tasks; those from or to other projects are counted."""
    found: list[TaskLink] = []
    outside = others = broken = 0
    for row in file.rows("TASKPRED"):
        ends = row.get("pred_task_id"), row.get("task_id")
        own = [end in rows.ids for end in ends]
        if all(own) and ends[0] != ends[1]:
            lag = values.hours(row, "lag_hr_cnt") or timedelta(0)
            found.append(TaskLink(rows.ids[ends[0]], rows.ids[ends[1]], _link_type(row, values.notes), lag))
        elif not all(ends) or ends[0] == ends[1]:
            broken += 1
        elif any(own):
            outside += 1
        else:
            others += 1
    leave = values.notes.leave
    leave(
        say("Table TASKPRED: {count} links come from or go to tasks that are not in the schedule.", count=outside),
        outside,
    )
    leave(
        say("Table {table}: {count} rows belong to baselines or other projects.", table="TASKPRED", count=others),
        others,
    )
    values.notes.lose(say("Table TASKPRED: {count} links lack an end or lead to their own task.", count=broken), broken)
    return found


def _link_type(row: Row, notes: Notes) -> str:
    """Return the type of a link; an unknown one is noted and counts as finish-start."""
    text = row.get("pred_type").upper()
    kind = text.removeprefix("PR_")
    if text and kind not in LINK_TYPES:
        notes.note_bad(row, "pred_type", text)
    return kind if kind in LINK_TYPES else "FS"
