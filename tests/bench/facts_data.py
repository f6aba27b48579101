"""A twin of any size with a large model, its schedule and reports, and a portfolio of projects: what facts cost.

Everything is made by arithmetic from row numbers, the same on every run, and kept as plain columns beside the store, so
that other programs can work on the same figures.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.store.samples import building, revision
from twin.exchange.schedule_document import to_document
from twin.store import NewLoad, NewRevision, NewSchedule, Store
from twin.store.write import canonical
from twin.values.model import BuildingModel, Element, State, Storey
from twin.values.project import ProgressFact, RegisterEntry, ResourceFact
from twin.values.schedule import Baseline, Calendar, CalendarException, Schedule, Task

TOWER = "TOWER"
FIRST = date(2024, 7, 1)
MONTHS = [(pd.Timestamp(FIRST) + pd.offsets.MonthEnd(n)).date() for n in range(1, 25)]  # the days of reports
HOLIDAYS = [date(2025, 1, 27) + timedelta(days=n) for n in range(8)]
SHIFTS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
WEEKMASKS = ("1111110", "1111100")  # of the calendars, as numpy counts working days
CALENDARS = tuple(
    Calendar(f"C{n}", f"C{n}", tuple(SHIFTS if open_ == "1" else () for open_ in mask), (
        CalendarException(HOLIDAYS[0], HOLIDAYS[-1]),
    ))
    for n, mask in enumerate(WEEKMASKS)
)  # fmt: skip
CLASSES = (
    "IfcWall",
    "IfcSlab",
    "IfcColumn",
    "IfcBeam",
    "IfcDoor",
    "IfcWindow",
    "IfcStair",
    "IfcPipeSegment",
    "IfcDuct",
)
RULES = """
[[rule]]
task = "{class}/{storey}/{name}"
class = ["IfcWall", "IfcSlab", "IfcColumn", "IfcBeam", "IfcDoor", "IfcWindow", "IfcPipeSegment", "IfcDuct"]

[[rule]]
task = "{class}/{storey}/{name}"

[[rule]]
also = true
class = "IfcWall"
task = "IfcDoor/{storey}/{name}"
"""  # walls are built by a task of their own and finished by another one
RESOURCES = (("funds", "元"), ("labour", "person-day"), ("concrete", "m3"), ("steel", "t"))

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    elements: int = 100_000
    storeys: int = 50
    zones: int = 11
    facts: int = 100_000
    projects: int = 500
    tasks: int = 60


@dataclass(frozen=True)
class Plans:
    """Leaf tasks as columns: of a project (its number, -1 the tower), baseline days, calendar, cost; how they really
    go: from `begun` on, so many days."""

    project: NDArray[np.int64]
    task: list[str]
    start: Days
    finish: Days
    calendar: NDArray[np.int64]
    cost: NDArray[np.float64]
    begun: Days
    takes: NDArray[np.int64]

    def done(self, day: date, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the completion of some tasks at the end of a day, float64 (k,), whole per cents."""
        gone = (np.datetime64(day) - self.begun[rows]).astype(np.int64) + 1
        return np.floor(np.clip(gone / self.takes[rows], 0, 1) * 100) / 100


@dataclass(frozen=True)
class Made:
    """What was put into the twin.

    tower, portfolio : leaf tasks; elements : (k, 2) pairs of a feature row and a leaf of the tower
    reports : project, leaf (-1: the whole), day, completion; in the order in which they came
    labour : leaf of the tower, day, planned, used
    """

    size: Size
    tower: Plans
    portfolio: Plans
    elements: NDArray[np.int64]
    reports: pd.DataFrame
    labour: pd.DataFrame
    model: str


def tower_plans(size: Size) -> Plans:
    """Return the leaf tasks of the tower: a task per storey, class and zone."""
    names = [
        f"{kind}/L{storey:02}/Z{zone:02}"
        for storey in range(size.storeys)
        for kind in CLASSES
        for zone in range(size.zones)
    ]
    row = np.arange(len(names))
    storey = row // (len(CLASSES) * size.zones)
    begin = storey * 600 // size.storeys + row * 7 % 60
    return _plans(np.full(len(row), -1), names, begin, 15 + row * 13 % 60)


def portfolio_plans(size: Size) -> Plans:
    """Return the leaf tasks of all projects, some overlapping."""
    row = np.arange(size.projects * (size.tasks - 4))
    project, task = row // (size.tasks - 4), row % (size.tasks - 4)
    begin = project % 120 + task * 560 // (size.tasks - 4)
    return _plans(project, [f"T{n:02}" for n in task.tolist()], begin, 20 + row * 11 % 70)


def _plans(project: NDArray[np.int64], names: list[str], begin: NDArray[np.int64], takes: NDArray[np.int64]) -> Plans:
    row = np.arange(len(names))
    calendar = row % len(CALENDARS)
    start = np.datetime64(FIRST) + begin
    finish = start + takes
    for n, mask in enumerate(WEEKMASKS):
        mine = calendar == n
        start[mine] = np.busday_offset(start[mine], 0, roll="forward", weekmask=mask, holidays=HOLIDAYS)
        finish[mine] = np.busday_offset(finish[mine], 0, roll="forward", weekmask=mask, holidays=HOLIDAYS)
    length = (finish - start).astype(np.int64) + 1
    begun = start + (project * 5 + row * 3) % 17 - 4
    real = np.maximum(length * (70 + (project * 7 + row * 29) % 80) // 100, 1)
    return Plans(
        project, names, start, finish, calendar, np.asarray(1e4 * (1 + row * 17 % 90), np.float64), begun, real
    )


def schedule_of(plans: Plans, rows: NDArray[np.int64], groups: int, name: str) -> Schedule:
    """Return some leaf tasks as a schedule, under so many summaries."""
    tasks = [Task(f"S{n}", f"part {n}", kind="summary") for n in range(groups)]
    for at, row in enumerate(rows.tolist()):
        start = datetime.combine(plans.start[row].item(), time(8))
        finish = datetime.combine(plans.finish[row].item(), time(17))
        tasks.append(
            Task(
                plans.task[row],
                f"task {row}",
                code=f"1.{row}",
                parent=f"S{at * groups // len(rows)}",
                calendar=CALENDARS[plans.calendar[row]].id,
                schedule_start=start,
                schedule_finish=finish,
                cost=float(plans.cost[row]),
                baselines=(Baseline(0, start, finish, cost=float(plans.cost[row])),),
            )
        )
    return Schedule(name, "csv", tasks, calendars=CALENDARS, calendar="C0")


def fill(folder: Path, size: Size) -> Made:
    """Make a twin with all of it."""
    tower, portfolio = tower_plans(size), portfolio_plans(size)
    with Store.open(folder) as store:
        model, pairs = _put_model(store, size, tower)
        codes = [code_of(project) for project in range(-1, size.projects)]
        entries = [(n, _moment(FIRST), _entry(code, n)) for n, code in enumerate(codes)]
        store.put_register(new_load("register"), entries)
        for project in range(-1, size.projects):
            plans = tower if project < 0 else portfolio
            rows = np.flatnonzero(plans.project == project)
            schedule = schedule_of(plans, rows, size.storeys if project < 0 else 4, code_of(project))
            document = canonical(to_document(schedule)).encode()
            new = NewSchedule(code_of(project), schedule.name, "csv", None, len(schedule.tasks), document)
            store.put_schedule(new_load(f"schedule {project}"), _moment(FIRST), new)
        store.put_links(new_load("links"), _moment(FIRST), TOWER, RULES)
        reports = pd.concat([_tower_reports(tower, size), _portfolio_reports(portfolio, size)], ignore_index=True)
        store.put_progress(new_load("progress"), list(_progress(reports, tower, portfolio)))
        labour = _tower_labour(tower)
        store.put_resources(new_load("labour"), list(_task_uses(labour, tower)))
        store.put_resources(new_load("resources"), list(_project_uses(size)))
    return Made(size, tower, portfolio, pairs, reports, labour, model)


def code_of(project: int) -> str:
    """Return the code of a project by its number."""
    return TOWER if project < 0 else f"P{project:03}"


def new_load(name: str) -> NewLoad:
    """Return a load whose file is only its name."""
    content = name.encode()
    return NewLoad(name, content, hashlib.sha256(content).hexdigest(), datetime.now(UTC))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _entry(code: str, number: int) -> RegisterEntry:
    place = {"type": "Point", "coordinates": [113.9 + number % 25 * 0.01, 22.5 + number // 25 * 0.01]}
    given = {
        "name": f"项目 {number}",
        "district": f"区 {number % 9}",
        "owner": f"建设单位 {number % 40}",
        "place": place,
        "budget": 1e8,
        "stage": "建设实施",
    }
    return RegisterEntry(code, **given, given=tuple(given))  # type: ignore[arg-type]


def _put_model(store: Store, size: Size, tower: Plans) -> tuple[str, NDArray[np.int64]]:
    """Put a model whose elements have the classes, storeys and names that the tower's tasks build; return its id and
    the pairs of rows and leaves."""
    leaves = len(tower.task)
    row = np.arange(size.elements)
    leaf = row % leaves
    storeys = [Storey(f"S{n}", f"L{n:02}", 3.0 * n) for n in range(size.storeys)]
    elements = []
    for at, own in zip(row.tolist(), leaf.tolist(), strict=True):
        kind, storey, zone = tower.task[own].split("/")
        above = f"S{int(storey[1:])}"
        properties = {"psets": {"Pset_Common": {"Reference": f"R{at}", "IsExternal": at % 2 == 0}}}
        elements.append(
            Element(at, f"{at:022d}", kind, zone, State.DRAWN, None, above, above, at + 1, properties=properties)
        )
    here = building()
    model = BuildingModel(here.schema, here.kernel, elements, [], storeys, [], here.ground)
    found = store.put_revision(_with_model(model))
    per_storey = len(CLASSES) * size.zones
    walls = row[leaf % per_storey // size.zones == CLASSES.index("IfcWall")]
    doors = leaf[walls] + (CLASSES.index("IfcDoor") - CLASSES.index("IfcWall")) * size.zones
    return found.model, np.concatenate([np.stack([row, leaf], axis=1), np.stack([walls, doors], axis=1)])


def _with_model(model: BuildingModel) -> NewRevision:
    return replace(revision(project=TOWER, stem="tower", spaces=False, fixes_frame=True), model=model)


def _tower_reports(plans: Plans, size: Size) -> pd.DataFrame:
    """Return reports of every leaf on one report day after another, until there are enough."""
    leaves = len(plans.task)
    rounds = -(-size.facts // leaves)
    parts = []
    for n in range(rounds):
        rows = np.arange(min(leaves, size.facts - n * leaves))
        day = MONTHS[n % len(MONTHS)] - timedelta(days=n // len(MONTHS) + 1 if n >= len(MONTHS) else 0)
        parts.append(_report_frame(-1, rows, day, plans.done(day, rows)))
    return pd.concat(parts).sort_values("day", kind="stable")


def _portfolio_reports(plans: Plans, size: Size) -> pd.DataFrame:
    """Return a report a month: of the whole for even projects, of each task that has begun and was not yet told to be
    done for the others."""
    parts = []
    whole = pd.Series(plans.cost).groupby(plans.project).sum().to_numpy()
    told = np.zeros(len(plans.task))
    for day in MONTHS:
        rows = np.arange(len(plans.task))
        done = plans.done(day, rows)
        shares = np.bincount(plans.project, done * plans.cost) / whole
        even = np.arange(0, size.projects, 2)
        parts.append(_report_frame(even, np.full(len(even), -1), day, np.round(shares[even], 4)))
        active = rows[(plans.project % 2 == 1) & (done > 0) & (told < 1)]
        parts.append(_report_frame(plans.project[active], active, day, done[active]))
        told[active] = done[active]
    return pd.concat(parts)


def _report_frame(
    project: int | NDArray[np.int64], leaf: NDArray[np.int64], day: date, done: NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame({"project": project, "leaf": leaf, "day": np.datetime64(day, "s"), "completion": done})


def _progress(reports: pd.DataFrame, tower: Plans, portfolio: Plans) -> Iterable[tuple[int, datetime, ProgressFact]]:
    columns = (reports[name].tolist() for name in ("project", "leaf", "day", "completion"))
    for row, (project, leaf, moment, completion) in enumerate(zip(*columns, strict=True)):
        day = moment.date()
        task = None if leaf < 0 else (tower if project < 0 else portfolio).task[leaf]
        cost = round(completion * 5e7 * (0.8 + project % 40 / 100), 2) if leaf < 0 else None
        fact = ProgressFact(code_of(project), day, task, completion, actual_cost=cost, stage=None)
        yield row, _moment(day + timedelta(days=2)), fact


def _tower_labour(plans: Plans) -> pd.DataFrame:
    """Return what each leaf planned and used of labour by every third report day."""
    rows = np.arange(len(plans.task))
    parts = []
    for day in MONTHS[2::3]:
        planned = np.round(
            np.clip((np.datetime64(day) - plans.start) // np.timedelta64(1, "D"), 0, 60) * (1.0 + rows % 5), 1
        )
        used = np.round(planned * (0.7 + rows * 13 % 70 / 100), 1)
        parts.append(pd.DataFrame({"leaf": rows, "day": np.datetime64(day, "s"), "planned": planned, "used": used}))
    return pd.concat(parts, ignore_index=True)


def _task_uses(labour: pd.DataFrame, tower: Plans) -> Iterable[tuple[int, datetime, ResourceFact]]:
    columns = (labour[name].tolist() for name in ("leaf", "day", "planned", "used"))
    for row, (leaf, moment, planned, used) in enumerate(zip(*columns, strict=True)):
        day = moment.date()
        fact = ResourceFact(TOWER, day, "labour", "person-day", planned, used, task=tower.task[leaf])
        yield row, _moment(day + timedelta(days=2)), fact


def _project_uses(size: Size) -> Iterable[tuple[int, datetime, ResourceFact]]:
    for month, day in enumerate(MONTHS, 1):
        moment = _moment(day + timedelta(days=2))
        for project in range(size.projects):
            for resource, unit in RESOURCES:
                planned = 1000.0 * month
                used = planned * (0.7 + (project * 7 + month) % 60 / 100)
                fact = ResourceFact(code_of(project), day, resource, unit, planned, used, 24_000.0)
                yield project, moment, fact
