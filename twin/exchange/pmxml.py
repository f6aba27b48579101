"""Primavera P6 XML read as a schedule: all versions (their namespaces differ, their records hardly).

What is easily misread, and how it is read here, as the XER reader does:

* Per cents complete are shares from 0 to 1, and each activity says which of its four counts.
* Start and Finish are P6's own: actual once there is one, else as scheduled. Planned dates that differ are kept in the
  task's `values`; costs and units are the planned ones.
* Baselines are `BaselineProject` elements (or projects that another one names as its baseline), matched by activity id;
  the one that the project names counts, number 0. Of a project without one its own planned dates count, as in P6.
* WBS elements are summary tasks; ids are what people see: activity id, WBS code, resource id.
* A working time ends with the last minute that is worked: 15:59 is 16:00.
"""

from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element

from twin.errors import InvalidInput
from twin.exchange.findings import Findings, Record, names
from twin.exchange.pmxml_calendars import Calendars
from twin.exchange.pmxml_codes import DEFINED, Codes
from twin.exchange.pmxml_costs import Costs
from twin.exchange.pmxml_tasks import KNOWN_OF_RELATIONSHIPS, RELATIONSHIPS, Project, TaskWriter, row
from twin.exchange.xml_source import records
from twin.values.schedule import Schedule
from twin.values.sentence import say

ROOT, PROGRAM = "APIBusinessObjects", "Primavera P6"
PROJECT = say("The project")
CONTAINERS = frozenset({"Project", "BaselineProject"})
USED = frozenset({"Resource", "Role", "ExpenseCategory", "UnitOfMeasure"})
ROWS = frozenset({"WBS", "Activity", "Relationship", "ResourceAssignment", "ActivityExpense"})
IN_PROJECT = frozenset({"ActivityCodeType", "ActivityCode"})  # codes of one project stand in it
KNOWN = names(
    "ObjectId Id Name DataDate StartDate FinishDate PlannedStartDate ScheduledFinishDate WBSCodeSeparator "
    "ActivityDefaultCalendarObjectId CurrentBaselineProjectObjectId OriginalProjectObjectId RelationshipLagCalendar"
)


def read_pmxml(path: Path) -> Schedule:
    """Read a Primavera P6 XML file."""
    return _Reader(path).schedule()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._findings = Findings()
        self._calendars = Calendars(self._findings)
        self._codes = Codes(self._findings)
        self._costs = Costs(self._findings)
        self._currencies: list[Record] = []
        self._projects: list[Project] = []
        self._open = self._project(False)
        self._loose = self._project(False)  # rows that stand beside their project, as very old versions write them
        self._left: Counter[str] = Counter()

    def _project(self, is_baseline: bool) -> Project:
        return Project(Record(Element("Project"), PROJECT, self._findings), is_baseline)

    def schedule(self) -> Schedule:
        """Read the file and return what it says."""
        for container, element in records(self._path, root=ROOT, program=PROGRAM, containers=CONTAINERS):
            if container:
                self._add_to_project(element, container == "BaselineProject")
            elif element.tag in CONTAINERS:
                self._open.is_baseline = element.tag == "BaselineProject"
                self._projects.append(self._open)
                self._open = self._project(False)
            else:
                self._add(element)
        self._settle()
        projects, baselines = self._chosen()
        if not projects:
            raise InvalidInput(
                "{file} holds no activity: export the project from P6 again, with its activities.",
                file=self._path.name,
            )
        return self._composed(projects, baselines)

    def _add(self, element: Element) -> None:
        """Read a record that belongs to no project."""
        if element.tag == "Calendar":
            self._calendars.add(element)
        elif element.tag in DEFINED:
            self._codes.add(element)
        elif element.tag in USED:
            self._costs.add(element)
        elif element.tag == "Currency":
            self._currencies.append(Record(element, say("A currency"), self._findings))
        elif element.tag in ROWS:
            self._add_row(self._loose, element, False)
        else:
            self._left[element.tag] += 1

    def _add_to_project(self, element: Element, is_baseline: bool) -> None:
        """Read a record or field of the project that is being read."""
        if element.tag in ROWS:
            self._add_row(self._open, element, is_baseline)
        elif element.tag in IN_PROJECT:
            self._codes.add(element)
        elif element.tag == "Calendar" and not is_baseline:
            self._calendars.add(element)
        elif element.tag == "ScheduleOptions":
            for option in element:
                if option.tag == "RelationshipLagCalendar" and option.text:
                    self._open.fields.texts.setdefault(option.tag, option.text.strip())
        elif not len(element):
            if element.text and (text := element.text.strip()):
                self._open.fields.texts.setdefault(element.tag, text)
        elif not is_baseline:
            self._left[element.tag] += 1

    def _add_row(self, project: Project, element: Element, is_baseline: bool) -> None:
        if element.tag in {"WBS", "Activity"}:
            rows = project.wbs if element.tag == "WBS" else project.activities
            rows.append(row(element, element.tag, self._codes, self._findings, is_baseline))
        elif element.tag != "Relationship":
            project.lines.append(self._costs.line(element, is_baseline))
        elif not is_baseline:
            record = Record(element, say("A relationship"), self._findings)
            record.where = say("Relationship {id}", id=record.text("ObjectId") or "?")
            record.leave(RELATIONSHIPS, KNOWN_OF_RELATIONSHIPS)
            project.relationships.append(record)

    def _settle(self) -> None:
        """Give rows that stand beside the projects to the project they name, else to the first one."""
        loose = self._loose
        if not (loose.wbs or loose.activities or loose.relationships or loose.lines):
            return
        if not self._projects:
            self._projects.append(self._project(False))
        homes = {project.id: project for project in reversed(self._projects)}
        first = next((p for p in self._projects if not p.is_baseline), self._projects[0])
        for kind in ("wbs", "activities"):
            for item in getattr(loose, kind):
                getattr(homes.get(item.record.text("ProjectObjectId"), first), kind).append(item)
        owner = {a.record.text("ObjectId"): project for project in self._projects for a in project.activities}
        for line in loose.lines:
            owner.get(line.activity, first).lines.append(line)
        first.relationships.extend(loose.relationships)

    def _chosen(self) -> tuple[list[Project], dict[str, list[Project]]]:
        """Return the projects that are read as the schedule, and the baselines of each, by number."""
        worked = [project for project in self._projects if project.activities]
        ids = {project.id for project in worked if project.id}
        named = {_named(project) for project in worked if _named(project) != project.id} - {""}
        main: list[Project] = []
        bases: list[Project] = []
        for project in worked:
            copied = _origin(project) in ids - {project.id}
            (bases if project.is_baseline or project.id in named or copied else main).append(project)
        if not main and any(not project.is_baseline for project in worked):  # they name one another
            main, bases = worked, []
        if len(main) > 1:
            self._findings.notice(
                say(
                    "The file holds {count} projects ({names}), read as one schedule. "
                    "Export one alone to keep it apart.",
                    count=len(main),
                    names=", ".join(project.name for project in main[:5]) + (" …" if len(main) > 5 else ""),
                )
            )
        owned: dict[str, list[Project]] = {}
        by_id = {base.id: base for base in bases}
        for project in main:
            if _named(project) in by_id:
                owned[project.id] = [by_id[_named(project)]]
        for base in bases:
            origin = _origin(base) or (main[0].id if len(main) == 1 else "")
            own = owned.setdefault(origin, [])
            if base not in own[:1]:
                own.append(base)
        baselines = {project.id: self._numbered(project, owned.pop(project.id, [])) for project in main}
        used = {id(base) for own in baselines.values() for base in own}
        aside = sum(len(base.activities) for base in bases if id(base) not in used)
        if aside:
            self._findings.unread(say("Activities in baselines of other projects: {count}.", count=aside))
        return main, baselines

    def _numbered(self, project: Project, own: list[Project]) -> list[Project]:
        """Return the baselines of a project, the one that it names first; told where it names none of several."""
        if len(own) > 1 and own[0].id != _named(project):
            self._findings.notice(
                say(
                    "Project {name} has {count} baselines in the file and names none: the first, {baseline}, counts.",
                    name=project.name,
                    count=len(own),
                    baseline=own[0].name,
                )
            )
        return own

    def _composed(self, projects: list[Project], baselines: dict[str, list[Project]]) -> Schedule:
        first = projects[0].fields
        calendars, default = self._calendars.written(first.text("ActivityDefaultCalendarObjectId"))
        writer = TaskWriter(self._findings, self._codes, {calendar.id: calendar for calendar in calendars})
        written = writer.write(projects, baselines)
        links = writer.links(projects, written.ids)
        resources, assignments = self._costs.written(written.lines)
        dates = [date for project in projects if (date := project.fields.date("DataDate"))]
        if len(set(dates)) > 1:
            self._findings.notice(
                say(
                    "The projects have different data dates, from {first} to {last}: the last one is taken.",
                    first=min(dates).date().isoformat(),
                    last=max(dates).date().isoformat(),
                )
            )
        starts = [date for p in projects if (date := p.fields.date("StartDate", "PlannedStartDate"))]
        finishes = [date for p in projects if (date := p.fields.date("FinishDate", "ScheduledFinishDate"))]
        for project in projects:
            project.fields.leave(PROJECT, KNOWN)
        self._findings.elements(self._left)
        one = first.first("Name", "Id") or self._path.stem
        return Schedule(
            name=one if len(projects) == 1 else ", ".join(project.name for project in projects[:5]),
            format="pmxml",
            tasks=tuple(written.tasks),
            links=links,
            calendars=calendars,
            calendar=default,
            resources=resources,
            assignments=assignments,
            data_date=max(dates, default=None),
            start=min(starts, default=None),
            finish=max(finishes, default=None),
            currency=self._currency(),
            unread=self._findings.left_aside,
            notices=self._findings.notices,
            lost=self._findings.lost,
        )

    def _currency(self) -> str | None:
        """Return the base currency, in which P6 writes all costs; a single one is it."""
        base = [currency for currency in self._currencies if currency.flag("IsBaseCurrency")]
        found = base or (self._currencies if len(self._currencies) == 1 else [])
        return (found[0].text("Id") or None) if found else None


def _named(project: Project) -> str:
    """Return the ObjectId of the baseline that a project names as its own."""
    return project.fields.text("CurrentBaselineProjectObjectId")


def _origin(project: Project) -> str:
    """Return the ObjectId of the project that a baseline was taken from."""
    return project.fields.text("OriginalProjectObjectId")
