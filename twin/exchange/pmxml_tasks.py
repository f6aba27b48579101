"""WBS, activities, relationships and baselines of the projects of a Primavera P6 XML file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from twin.exchange.findings import Findings, Record, names
from twin.exchange.pmxml_codes import Codes, Stated
from twin.exchange.pmxml_costs import Line, Sums, plus, sums
from twin.exchange.xer_projects import MAX_CODE, Names, stand_in
from twin.values.schedule import Baseline, Calendar, Task, TaskLink
from twin.values.sentence import say

ACTIVITIES, WBS, RELATIONSHIPS = say("Activities"), say("WBS"), say("Relationships")
START = ("StartDate", "ActualStartDate", "RemainingEarlyStartDate", "EarlyStartDate", "PlannedStartDate")
FINISH = ("FinishDate", "ActualFinishDate", "RemainingEarlyFinishDate", "EarlyFinishDate", "PlannedFinishDate")
PERCENTS = {
    "Physical": "PhysicalPercentComplete",
    "Duration": "DurationPercentComplete",
    "Units": "UnitsPercentComplete",
    "Scope": "ScopePercentComplete",
}
COSTS = ("LaborCost", "NonLaborCost", "MaterialCost")
KNOWN = names(
    "ObjectId ProjectObjectId WBSObjectId Id Name Type Status CalendarObjectId PercentCompleteType PercentComplete "
    "PhysicalPercentComplete DurationPercentComplete UnitsPercentComplete ScopePercentComplete PlannedDuration "
    "RemainingDuration StartDate FinishDate ActualStartDate ActualFinishDate RemainingEarlyStartDate "
    "RemainingEarlyFinishDate EarlyStartDate EarlyFinishDate PlannedStartDate PlannedFinishDate PlannedLaborCost "
    "PlannedNonLaborCost PlannedMaterialCost PlannedExpenseCost ActualLaborCost ActualNonLaborCost ActualMaterialCost "
    "ActualExpenseCost PlannedLaborUnits PlannedNonLaborUnits ActualLaborUnits ActualNonLaborUnits Code UDF"
)
KNOWN_OF_WBS = names("ObjectId ProjectObjectId ParentObjectId Code Name UDF")
KNOWN_OF_RELATIONSHIPS = names(
    "ObjectId PredecessorActivityObjectId SuccessorActivityObjectId PredecessorProjectObjectId "
    "SuccessorProjectObjectId Type Lag"
)
KINDS = {
    "Task Dependent": "task",
    "Resource Dependent": "task",
    "Start Milestone": "milestone",
    "Finish Milestone": "milestone",
    "Level of Effort": "level_of_effort",
    "WBS Summary": "level_of_effort",  # a bar over a WBS level: P6 derives its dates, nobody works on it
}
STATUS = {"Not Started", "In Progress", "Completed"}
LINK_TYPES = {"Finish to Start": "FS", "Start to Start": "SS", "Finish to Finish": "FF", "Start to Finish": "SF"}


@dataclass(slots=True)
class Row:
    """An activity or WBS element, with the codes it states."""

    record: Record
    stated: list[Stated]


@dataclass(eq=False)
class Project:
    """What stands in one `Project` or `BaselineProject` element."""

    fields: Record
    is_baseline: bool
    wbs: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    relationships: list[Record] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Return the ObjectId."""
        return self.fields.text("ObjectId")

    @property
    def name(self) -> str:
        """Return what people call the project."""
        return self.fields.first("Id", "Name") or self.id or "?"


@dataclass
class Written:
    """The tasks of the projects that are read, in the file's order, and the ids of activities by ObjectId."""

    tasks: list[Task] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[Line, str]] = field(default_factory=list)


def row(element: Element, kind: str, codes: Codes, findings: Findings, quiet: bool) -> Row:
    """Read an `Activity` or `WBS`; `quiet`: of a baseline, whose fields nobody counts."""
    record = Record(element, say("Activities"), findings)
    label = record.first("Id", "Code", "ObjectId") or "?"
    record.where = say("Activity {id}", id=label) if kind == "Activity" else say("WBS {id}", id=label)
    known = KNOWN if kind == "Activity" else KNOWN_OF_WBS
    if not quiet:
        record.leave(ACTIVITIES if kind == "Activity" else WBS, known)
    stated = [] if quiet else codes.stated(element)
    record.texts = {name: text for name, text in record.texts.items() if name in known}
    record.element = Element(kind)
    return Row(record, stated)


class TaskWriter:
    """Turns the projects that are read into tasks and links."""

    def __init__(self, findings: Findings, codes: Codes, calendars: Mapping[str, Calendar]) -> None:
        self._findings, self._codes, self._calendars = findings, codes, calendars
        self._names = Names()
        self._unfinished = 0

    def write(self, projects: Sequence[Project], baselines: Mapping[str, Sequence[Project]]) -> Written:
        """Return the tasks of the projects; `baselines`: ObjectId of a project → its baselines, by number."""
        written = Written()
        users: dict[str, set[int]] = {}
        for number, project in enumerate(projects):
            for activity in project.activities:
                users.setdefault(activity.record.text("Id"), set()).add(number)
        given = [self._given(project, users) for project in projects]
        stand_ins: dict[str, None] = {}  # projects whose planned dates stand in for a baseline
        for project, ids in zip(projects, given, strict=True):
            parents = self._wbs(project, written)
            agreed = [_by_id(baseline) for baseline in baselines.get(project.id, ())]
            costs = sums(project.lines)
            for activity, id_ in ids:
                written.tasks.append(self._task(activity, id_, parents, costs, agreed))
                written.ids[activity.record.text("ObjectId")] = id_
                if not agreed and written.tasks[-1].baselines:
                    stand_ins[project.name] = None
        if stand_ins:
            self._findings.notice(stand_in(list(stand_ins), any(baselines.values())))
        lost = 0
        for project in projects:
            kept = [(line, written.ids[line.activity]) for line in project.lines if line.activity in written.ids]
            written.lines.extend(kept)
            lost += len(project.lines) - len(kept)
        if lost:
            self._findings.lose(
                say("{count} assignments and expenses name an activity that the file does not hold.", count=lost), lost
            )
        self._tell(projects)
        return written

    def _tell(self, projects: Sequence[Project]) -> None:
        led = sum(a.record.text("Type") == "Resource Dependent" for project in projects for a in project.activities)
        if led:
            self._findings.notice(
                say(
                    "{count} tasks follow the calendars of their resources in P6; the task's own calendar is taken.",
                    count=led,
                )
            )
        if self._unfinished:
            self._findings.notice(
                say(
                    "{count} tasks are completed although their physical per cent complete is below 100: "
                    "taken as complete.",
                    count=self._unfinished,
                )
            )

    def _given(self, project: Project, users: Mapping[str, set[int]]) -> list[tuple[Row, str]]:
        """Return the activities with their ids: the project's name in front where two projects use the same one."""
        found: list[tuple[Row, str]] = []
        seen: set[str] = set()
        for activity in project.activities:
            record = activity.record
            key, id_ = record.text("ObjectId"), record.text("Id")
            if (not key and not id_) or (key and key in seen):
                self._findings.lose(
                    say("{where}: its ObjectId is missing or not unique; it is left out.", where=record.where)
                )
                continue
            seen.add(key)
            wanted = f"{project.name}:{id_}" if id_ and len(users[id_]) > 1 else id_ or key
            given = self._names.give(wanted)
            if given != id_:
                self._findings.notice(
                    say("{where}: its id is missing or taken; it is called {id}.", where=record.where, id=given)
                )
            found.append((activity, given))
        return found

    def _wbs(self, project: Project, written: Written) -> dict[str, str]:
        """Write the WBS as summary tasks; return ObjectId → task id, the whole WBS code."""
        rows: dict[str, Row] = {}
        for row_ in project.wbs:
            key = row_.record.text("ObjectId")
            if not key or key in rows:
                where = row_.record.where
                self._findings.lose(say("{where}: its ObjectId is missing or not unique; it is left out.", where=where))
            else:
                rows[key] = row_
        parents = self._parents(rows)
        mark = project.fields.text("WBSCodeSeparator") or "."
        codes: dict[str, str] = {}
        for key in rows:
            trail = [key]
            while trail[-1] not in codes and trail[-1] in parents:
                trail.append(parents[trail[-1]])
            for here in reversed(trail):
                if here not in codes:
                    own = rows[here].record.first("Code", "Name") or here
                    code = f"{codes[parents[here]]}{mark}{own}" if here in parents else own
                    codes[here] = code if len(code) <= MAX_CODE else here
        ids = {key: self._names.give(codes[key]) for key in rows}
        for key, row_ in rows.items():
            record = row_.record
            parent = ids[parents[key]] if key in parents else None
            values = dict(self._codes.named(row_.stated, record))
            name = record.first("Name", "Code")
            written.tasks.append(Task(ids[key], name, "summary", code=codes[key], parent=parent, values=values))
        return ids

    def _parents(self, rows: Mapping[str, Row]) -> dict[str, str]:
        """Return ObjectId → that of the parent, circles cut; the root's parent is P6's project tree."""
        parents = {key: up for key, row_ in rows.items() if (up := row_.record.text("ParentObjectId")) in rows}
        safe: set[str] = set()
        for key in rows:
            trail: dict[str, None] = {}
            here = key
            while here in parents and here not in safe:
                if here in trail:
                    self._findings.broken(rows[here].record.where, "ParentObjectId", parents.pop(here))
                    break
                trail[here] = None
                here = parents[here]
            safe.update(trail)
        return parents

    def _task(
        self,
        activity: Row,
        id_: str,
        parents: Mapping[str, str],
        costs: Mapping[str, Sums],
        agreed: Sequence[Mapping[str, Baseline]],
    ) -> Task:
        record = activity.record
        kind, completed = self._kind(record), record.text("Status") == "Completed"
        start, finish = record.date(*START), record.date(*FINISH)
        actual_start, actual_finish = record.date("ActualStartDate"), record.date("ActualFinishDate")
        if kind == "milestone":  # P6 fills in one of the two
            start, finish = start or finish, finish or start
            if completed:
                actual_start, actual_finish = actual_start or actual_finish, actual_finish or actual_start
        calendar = record.text("CalendarObjectId")
        if calendar and calendar not in self._calendars:
            self._findings.broken(record.where, "CalendarObjectId", calendar, lost=False)
        wbs = record.text("WBSObjectId")
        if wbs and wbs not in parents:
            self._findings.broken(record.where, "WBSObjectId", wbs)
        cost, actual_cost = _costs(record, costs)
        values = dict(self._codes.named(activity.stated, record))
        values = {**_planned_dates(record, start, finish), **values}
        name = record.text("Id")
        baselines = tuple(replace(by_id[name], number=n) for n, by_id in enumerate(agreed) if name in by_id)
        return Task(
            id=id_,
            name=record.text("Name"),
            kind=kind,
            code=record.text("Id") or id_,
            parent=parents.get(wbs),
            calendar=calendar if calendar in self._calendars else None,
            schedule_start=start,
            schedule_finish=finish,
            actual_start=actual_start,
            actual_finish=actual_finish,
            duration=record.hours("PlannedDuration"),
            remaining_duration=record.hours("RemainingDuration"),
            completion=self._completion(record, completed or actual_finish is not None),
            cost=cost,
            actual_cost=actual_cost,
            work=_total(record, "PlannedLaborUnits", "PlannedNonLaborUnits"),
            actual_work=_total(record, "ActualLaborUnits", "ActualNonLaborUnits"),
            baselines=baselines if agreed else _planned(record, kind, costs),
            values=values,
        )

    def _kind(self, record: Record) -> str:
        for name, known in (("Type", KINDS), ("Status", STATUS)):
            if record.text(name) and record.text(name) not in known:
                self._findings.broken(record.where, name, record.text(name))
        return KINDS.get(record.text("Type"), "task")

    def _completion(self, record: Record, finished: bool) -> float | None:
        """Return P6's Activity % Complete: what the activity's own type of per cent complete means."""
        type_ = record.text("PercentCompleteType")
        if type_ and type_ not in PERCENTS:
            self._findings.broken(record.where, "PercentCompleteType", type_)
        name = PERCENTS.get(type_, "PercentComplete")
        found = record.share(name if name in record.texts else "PercentComplete", 1)
        if finished:
            self._unfinished += type_ == "Physical" and found is not None and found < 1
            return 1.0
        return found

    def links(self, projects: Sequence[Project], ids: Mapping[str, str]) -> tuple[TaskLink, ...]:
        """Return the relationships between the tasks that are read; others are counted."""
        links, outside, ways = [], 0, Counter[str]()
        for project in projects:
            way = project.fields.text("RelationshipLagCalendar")
            for record in project.relationships:
                before, after = (record.text(f"{end}ActivityObjectId") for end in ("Predecessor", "Successor"))
                if before not in ids or after not in ids:
                    outside += 1
                    continue
                type_ = record.text("Type")
                if type_ and type_ not in LINK_TYPES and type_ not in LINK_TYPES.values():
                    self._findings.broken(record.where, "Type", type_)
                kind = LINK_TYPES.get(type_, type_ if type_ in LINK_TYPES.values() else "FS")
                lag = record.hours("Lag") or timedelta(0)
                ways[way] += bool(lag)
                links.append(TaskLink(ids[before], ids[after], kind, lag))
        if outside:
            self._findings.unread(
                say("Relationships with activities that are not in the schedule: {count}.", count=outside)
            )
        others = ", ".join(sorted(way for way, count in ways.items() if count and way and not way.startswith("Succ")))
        if others:
            self._findings.notice(
                say(
                    "P6 counts the lags of this file by another calendar ({way}); they are taken by the successor's.",
                    way=others[:200],
                )
            )
        return tuple(links)


def _by_id(project: Project) -> dict[str, Baseline]:
    """Return activity id → what a baseline project agreed for it: P6's Start and Finish, its budget."""
    costs = sums(project.lines)
    return {
        record.text("Id"): _baseline(record, costs, START, FINISH)
        for record in (activity.record for activity in reversed(project.activities))
        if record.text("Id")
    }


def _baseline(record: Record, costs: Mapping[str, Sums], start: Sequence[str], finish: Sequence[str]) -> Baseline:
    """Return what is planned for an activity; `start`, `finish`: the fields of its dates, the first one counts."""
    return Baseline(
        number=0,
        start=record.date(*start),
        finish=record.date(*finish),
        cost=_costs(record, costs)[0],
        work=_total(record, "PlannedLaborUnits", "PlannedNonLaborUnits"),
        duration=record.hours("PlannedDuration"),
    )


def _planned(record: Record, kind: str, costs: Mapping[str, Sums]) -> tuple[Baseline, ...]:
    """Return what P6 counts for an activity where there is no baseline project: its own planned dates."""
    planned = _baseline(record, costs, ("PlannedStartDate",), ("PlannedFinishDate",))
    if kind == "milestone":
        planned = replace(planned, start=planned.start or planned.finish, finish=planned.finish or planned.start)
    return (planned,) if planned.start or planned.finish else ()


def _costs(record: Record, costs: Mapping[str, Sums]) -> tuple[float | None, float | None]:
    """Return planned and actual cost: of the assignments and expenses, else what the activity itself says."""
    own = costs.get(record.text("ObjectId"), Sums())
    found = []
    for n, when in enumerate(("Planned", "Actual")):
        assigned = own.assigned[n]
        if assigned is None:
            for name in COSTS:
                assigned = plus(assigned, record.number(f"{when}{name}"))
        spent = own.spent[n] if own.spent[n] is not None else record.number(f"{when}ExpenseCost")
        found.append(plus(assigned, spent))
    return found[0], found[1]


def _total(record: Record, *fields: str) -> timedelta | None:
    """Return the sum of hours of the fields that are there."""
    lengths = [length for name in fields if (length := record.hours(name)) is not None]
    return sum(lengths, timedelta(0)) if lengths else None


def _planned_dates(record: Record, start: datetime | None, finish: datetime | None) -> dict[str, str]:
    """Return the planned dates that differ from those of the schedule."""
    pairs = (("PlannedStartDate", start), ("PlannedFinishDate", finish))
    return {name: record.text(name) for name, now in pairs if record.date(name) not in {None, now}}
