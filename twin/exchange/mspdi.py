"""Microsoft Project XML (MSPDI) read as a schedule: all versions since Project 2002, and programs that write like it.

What is easily misread, and how it is read here:

* Money stands in hundredths of the currency in every cost of a task, assignment and baseline; only rates are whole.
  The published schema is silent, the files are not: 71 h at 50 and 9 h overtime at 60 cost 4,090; the file says 409000.
* `LinkLag` counts tenths of a minute of working time, or per cent of the predecessor's duration where `LagFormat` says
  so. Elapsed lags shrink to the successor's average working time of as many weeks.
* The row with UID 0 stands for the whole project: it is kept, as the summary that all others hang on. Blank rows,
  inactive tasks and tasks of other projects are left aside and counted.
* Cost resources are written as material with a flag. Material is counted in the hours of `Work`: 12 t are PT12H0M0S.
* Resource `-65535` and the nameless resource 0 mean that nobody is assigned.
"""

from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element

from twin.errors import InvalidInput
from twin.exchange.findings import Findings, Record, names
from twin.exchange.mspdi_calendars import Calendars
from twin.exchange.mspdi_fields import UserFields
from twin.exchange.mspdi_tasks import Tasks, money
from twin.exchange.xml_source import records
from twin.values.schedule import Assignment, Resource, Schedule
from twin.values.sentence import Sentence, say

ROOT, PROGRAM = "Project", "Microsoft Project"
PROJECT, RESOURCES, ASSIGNMENTS = say("The project"), say("Resources"), say("Assignments")
SECTIONS = frozenset({"Tasks", "Calendars", "Resources", "Assignments", "ExtendedAttributes", "OutlineCodes"})
KNOWN = names("Name Title CalendarUID StatusDate StartDate FinishDate CurrencyCode BaselineForEarnedValue") | SECTIONS
KNOWN_OF_RESOURCES = names("UID ID Name Type IsNull IsCostResource MaterialLabel TimephasedData")
KNOWN_OF_ASSIGNMENTS = names("UID TaskUID ResourceUID Units Work ActualWork Cost ActualCost TimephasedData")
KINDS = {0: "material", 1: "labour", 2: "cost"}


def read_mspdi(path: Path) -> Schedule:
    """Read a Microsoft Project XML file."""
    return _Reader(path).schedule()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._findings = Findings()
        self._calendars = Calendars(self._findings)
        self._fields = UserFields(self._findings)
        self._tasks = Tasks(self._findings, self._fields)
        self._project = Element(ROOT)
        self._resources: dict[str, Resource] = {}
        self._assignments: list[Record] = []
        self._left: Counter[str] = Counter()
        self._blank_resources: set[str] = set()
        self._time_phased = 0

    def schedule(self) -> Schedule:
        """Read the file and return what it says."""
        adders = {
            "Tasks": self._tasks.add,
            "Calendars": self._calendars.add,
            "Resources": self._add_resource,
            "Assignments": self._add_assignment,
            "ExtendedAttributes": self._fields.add,
            "OutlineCodes": self._fields.add,
        }
        for container, element in records(self._path, root=ROOT, program=PROGRAM):
            if container in adders:
                adders[container](element)
            elif container:
                self._left[f"{container}/{element.tag}"] += 1
            else:
                self._project.append(_copied(element))
        if not self._tasks.ids:
            raise InvalidInput(
                "{file} holds no task: export the schedule again with its tasks.",
                file=self._path.name,
            )
        return self._composed()

    def _composed(self) -> Schedule:
        project = Record(self._project, PROJECT, self._findings)
        calendars, default = self._calendars.written(project.text("CalendarUID"))
        by_id = {calendar.id: calendar for calendar in calendars}
        counted = project.whole("BaselineForEarnedValue") or 0
        if counted not in range(11):
            self._findings.broken(project.where, "BaselineForEarnedValue", str(counted))
            counted = 0
        if counted:
            self._findings.notice(
                say(
                    "The file counts earned value from baseline {number}: it is read as the baseline that counts (0), "
                    "and baseline 0 as number {number}.",
                    number=counted,
                )
            )
        self._tasks.tell_shared()
        tasks = self._tasks.written(by_id, counted)
        links = self._tasks.links({task.id: task for task in tasks}, by_id, default)
        assignments = self._written_assignments()
        status = project.date("StatusDate")
        self._tell(project)
        return Schedule(
            name=project.first("Title", "Name") or self._path.stem,
            format="mspdi",
            tasks=tasks,
            links=links,
            calendars=calendars,
            calendar=default,
            resources=tuple(self._resources.values()),
            assignments=assignments,
            # Project's zero of time means that there is none.
            data_date=status if status is not None and status.year > 1984 else None,
            start=project.date("StartDate"),
            finish=project.date("FinishDate"),
            currency=project.text("CurrencyCode") or None,
            unread=self._findings.left_aside,
            notices=self._findings.notices,
            lost=self._findings.lost,
        )

    def _add_resource(self, element: Element) -> None:
        record = Record(element, say("A resource"), self._findings)
        uid = record.text("UID")
        record.where = say("Resource {id}", id=uid or "?")
        self._time_phased += sum(1 for _ in element.iter("TimephasedData"))
        if record.flag("IsNull") or (uid == "0" and not record.text("Name")):
            self._blank_resources.add(uid)
            return
        if not uid or uid in self._resources:
            self._findings.lose(say("{where}: its UID is missing or not unique; it is left out.", where=record.where))
            return
        kind = record.whole("Type")
        if kind is not None and kind not in KINDS:
            self._findings.broken(record.where, "Type", str(kind))
        name = "cost" if record.flag("IsCostResource") else KINDS.get(1 if kind is None else kind, "labour")
        self._resources[uid] = Resource(uid, record.text("Name"), name, record.text("MaterialLabel"))
        record.leave(RESOURCES, KNOWN_OF_RESOURCES)

    def _add_assignment(self, element: Element) -> None:
        self._time_phased += sum(1 for _ in element.iter("TimephasedData"))
        record = Record(element, say("An assignment"), self._findings)
        record.where = say("Assignment {id}", id=record.text("UID") or "?")
        record.leave(ASSIGNMENTS, KNOWN_OF_ASSIGNMENTS)
        record.element = Element("Assignment")
        record.texts = {name: text for name, text in record.texts.items() if name in KNOWN_OF_ASSIGNMENTS}
        self._assignments.append(record)

    def _written_assignments(self) -> tuple[Assignment, ...]:
        found, nobody, aside = [], 0, 0
        for record in self._assignments:
            task, resource = record.text("TaskUID"), record.text("ResourceUID")
            if resource.startswith("-") or not resource or resource in self._blank_resources:
                nobody += 1
                continue
            if task not in self._tasks.ids and self._tasks.is_left_out(task):
                aside += 1
                continue
            if task not in self._tasks.ids or resource not in self._resources:
                name = "TaskUID" if task not in self._tasks.ids else "ResourceUID"
                self._findings.broken(record.where, name, record.text(name) or "–")
                continue
            kind = self._resources[resource].kind
            found.append(
                Assignment(
                    task=task,
                    resource=resource,
                    planned=None if kind == "cost" else _quantity(record, "Work", kind),
                    actual=None if kind == "cost" else _quantity(record, "ActualWork", ""),
                    cost=money(record, "Cost"),
                    actual_cost=money(record, "ActualCost"),
                )
            )
        if nobody:
            self._findings.unread(say("Assignments of nobody: {count}.", count=nobody))
        if aside:
            self._findings.unread(say("Assignments of rows that are left aside: {count}.", count=aside))
        return tuple(found)

    def _tell(self, project: Record) -> None:
        """Count what is left aside."""
        tasks = self._tasks
        counts: list[tuple[Sentence, int]] = [
            (say("Blank rows"), tasks.blank),
            (say("Inactive tasks"), tasks.inactive),
            (say("Tasks of other projects"), tasks.external),
            (say("Time-phased values of tasks"), tasks.time_phased),
            (say("Time-phased values of resources and assignments"), self._time_phased),
        ]
        for what, count in counts:
            if count:
                self._findings.unread(say("{what}: {count}.", what=what, count=count))
        self._findings.elements(self._left)
        project.leave(PROJECT, KNOWN | {name.partition("/")[0] for name in self._left})


def _quantity(record: Record, name: str, kind: str) -> float | None:
    """Return hours, or units of a material; where a material has no work, its units."""
    length = record.duration(name)
    if length is None:
        return record.number("Units") if kind == "material" else None
    return length.total_seconds() / 3600


def _copied(element: Element) -> Element:
    """Return a field of the project that survives the emptying of the file's element."""
    copy = Element(element.tag)
    copy.text = element.text
    for child in list(element):
        copy.append(child)
    return copy
