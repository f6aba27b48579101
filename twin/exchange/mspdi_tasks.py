"""Tasks, links and baselines of a Microsoft Project XML file."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

from twin.exchange.calendar_drafts import working_part
from twin.exchange.findings import Findings, Record, names
from twin.exchange.mspdi_fields import UserFields
from twin.values.schedule import Baseline, Calendar, Task, TaskLink
from twin.values.sentence import Sentence, say

TASKS = say("Tasks")
BASELINES = say("Baselines of tasks")
LINKS = say("Links")
DEEPEST = 100  # outline levels; a deeper row is a mistake
PROJECT_SUMMARY = "0"  # UID of the row that stands for the whole project
KEPT = names(  # read into `Task.values` under their own names
    "Notes Contact Deadline ConstraintDate GUID SubprojectName StartText FinishText DurationText Hyperlink "
    "HyperlinkAddress"
)
KNOWN = KEPT | names(
    "UID ID Name IsNull Active ExternalTask WBS OutlineNumber OutlineLevel Start Finish ActualStart ActualFinish "
    "Duration DurationFormat RemainingDuration PercentComplete PhysicalPercentComplete EarnedValueMethod Cost "
    "ActualCost Work ActualWork Milestone Summary CalendarUID Baseline PredecessorLink ExtendedAttribute OutlineCode "
    "TimephasedData"
)
KNOWN_OF_BASELINES = names("Number Interim Start Finish Cost Work Duration DurationFormat TimephasedData")
KNOWN_OF_LINKS = frozenset({"PredecessorUID", "Type", "CrossProject", "CrossProjectName", "LinkLag", "LagFormat"})
LINK_TYPES = {0: "FF", 1: "FS", 2: "SF", 3: "SS"}
PERCENT = {19, 20, 51, 52}  # lag formats; the even ones are elapsed time, whatever their unit
ELAPSED = {4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52}


def money(record: Record, name: str) -> float | None:
    """Return an amount in the currency: the file counts in hundredths."""
    amount = record.number(name)
    return None if amount is None else amount / 100


class Tasks:
    """Collects the tasks of a file in its order; `written` and `links` finish what needs the whole file."""

    def __init__(self, findings: Findings, fields: UserFields) -> None:
        self._findings, self._fields = findings, fields
        self._tasks: dict[str, dict[str, Any]] = {}
        self._records: dict[str, tuple[Record, list[Element]]] = {}  # with the user fields, whose names may come later
        self._links: list[tuple[str, Record]] = []
        self._above: list[tuple[int, str | None]] = []  # outline level of the rows above, and the task that hangs there
        self._parents: set[str] = set()
        self._left: Counter[str] = Counter()  # ids of rows that are left out
        self._repeated: Counter[str] = Counter()  # UID → rows that repeat it
        self.blank = self.inactive = self.external = self.time_phased = 0

    @property
    def ids(self) -> Mapping[str, object]:
        """Return what has the ids of all tasks that are kept as keys."""
        return self._tasks

    def is_left_out(self, uid: str) -> bool:
        """Return whether the file has such a row and it is left out (blank, inactive, of another project)."""
        return uid in self._left and uid not in self._tasks

    def add(self, element: Element) -> None:
        """Read one `Task` element."""
        record = Record(element, say("A task"), self._findings)
        uid = record.text("UID")
        record.where = say("Task {id}", id=uid or "?")
        if record.flag("IsNull"):
            self.blank += 1
            self._left[uid] += 1
            return
        level = self._level(record, uid)
        while self._above and self._above[-1][0] >= level:
            self._above.pop()
        parent = self._above[-1][1] if self._above else None
        if self._leaves_out(record, uid):
            self._above.append((level, parent))
            return
        uid = self._unique(uid)
        self._above.append((level, uid))
        if parent is not None:
            self._parents.add(parent)
        self._tasks[uid] = self._values(record, uid, parent)
        own = [c for c in element if c.tag in {"ExtendedAttribute", "OutlineCode"}]
        for link in element.iterfind("PredecessorLink"):
            self._links.append((uid, Record(link, record.where, self._findings)))
        phased = sum(1 for _ in element.iter("TimephasedData"))
        self.time_phased += phased
        record.leave(TASKS, KNOWN)
        record.element = Element("Task")  # the file's element, and what was read of it, can go
        record.texts = {name: text for name, text in record.texts.items() if name in KEPT}
        self._records[uid] = (record, own)

    def _level(self, record: Record, uid: str) -> int:
        """Return the outline level of a row, by its outline number where it states none that can be."""
        level = record.whole("OutlineLevel")
        if level is not None and not 0 <= level <= DEEPEST:
            self._findings.broken(record.where, "OutlineLevel", str(level))
            level = None
        if level is not None:
            return level
        return record.text("OutlineNumber").count(".") + 1 if uid != PROJECT_SUMMARY else 0

    def _unique(self, uid: str) -> str:
        """Return the id of a task: its UID, with a number behind it where a row above has the same."""
        unique, number = uid, self._repeated[uid] + 1
        while unique in self._tasks:
            number += 1
            unique = f"{uid}#{number}"
        self._repeated[uid] += unique != uid
        return unique

    def tell_shared(self) -> None:
        """Tell of tasks that repeat a UID."""
        repeated = +self._repeated
        if repeated:
            first = next(iter(repeated))
            self._findings.notice(
                say(
                    "{count} tasks repeat a UID: a number was put behind (“{uid}#2”). Links and assignments of such a "
                    "UID go to the first task that has it.",
                    count=repeated.total(),
                    uid=first[:60],
                )
            )

    def _leaves_out(self, record: Record, uid: str) -> bool:
        """Return whether a row is no task of this schedule; it is counted or told."""
        if not uid:
            where = say("{where} ({name})", where=record.where, name=record.text("Name")[:80])
            self._findings.lose(say("{where}: its UID is missing; it is left out.", where=where))
            return True
        external, active = record.flag("ExternalTask"), record.flag("Active", True)
        if external or not active:
            self.external += external
            self.inactive += not external
            self._left[uid] += 1
            return True
        return False

    def _values(self, record: Record, uid: str, parent: str | None) -> dict[str, Any]:
        physical = record.whole("EarnedValueMethod") == 1
        milestone, duration = record.flag("Milestone"), record.duration("Duration")
        summary = record.flag("Summary") or uid == PROJECT_SUMMARY
        if milestone and duration and not summary:
            self._findings.notice(
                say("{where} is marked as a milestone, but takes time: it is read as a task.", where=record.where)
            )
        return {
            "id": uid,
            "name": record.text("Name"),
            "kind": "summary" if summary else "milestone" if milestone and not duration else "task",
            "code": record.first("WBS", "OutlineNumber"),
            "parent": parent,
            "calendar": record.text("CalendarUID"),
            "schedule_start": record.date("Start"),
            "schedule_finish": record.date("Finish"),
            "actual_start": record.date("ActualStart"),
            "actual_finish": record.date("ActualFinish"),
            "duration": duration,
            "remaining_duration": record.duration("RemainingDuration"),
            "completion": record.share("PhysicalPercentComplete" if physical else "PercentComplete", 100),
            "cost": money(record, "Cost"),
            "actual_cost": money(record, "ActualCost"),
            "work": record.duration("Work"),
            "actual_work": record.duration("ActualWork"),
            "baselines": self._baselines(record),
        }

    def _baselines(self, task: Record) -> tuple[Baseline, ...]:
        found: dict[int, Baseline] = {}
        interim: set[int] = set()
        for element in task.element.iterfind("Baseline"):
            record = Record(element, task.where, self._findings)
            number, is_interim = record.whole("Number"), record.flag("Interim")
            if number is None or not 0 <= number <= 10 or (number in found and number not in interim):
                self._findings.broken(task.where, "Baseline/Number", record.text("Number") or "–")
                continue
            if number in found:
                self._findings.notice(
                    say(
                        "{where}: interim baseline {number} is left out; a whole one stands.",
                        where=task.where,
                        number=number,
                    )
                )
            interim = interim | {number} if is_interim else interim - {number}
            found[number] = Baseline(
                number=number,
                start=record.date("Start"),
                finish=record.date("Finish"),
                cost=money(record, "Cost"),
                work=record.duration("Work"),
                duration=record.duration("Duration"),
            )
            record.leave(BASELINES, KNOWN_OF_BASELINES)
        return tuple(found[number] for number in sorted(found))

    def written(self, calendars: Mapping[str, Calendar], counted: int) -> tuple[Task, ...]:
        """Return the tasks; `counted` is the number of the baseline that the file's earned value counts."""
        tasks = []
        for uid, values in self._tasks.items():
            record, own = self._records[uid]
            values["calendar"] = self._calendar(record, values["calendar"], calendars)
            if uid in self._parents:
                values["kind"] = "summary"
            if counted:
                swap = {counted: 0, 0: counted}
                renumbered = (_numbered(b, swap.get(b.number, b.number)) for b in values["baselines"])
                values["baselines"] = tuple(sorted(renumbered, key=lambda b: b.number))
            kept = {name: text for name, text in record.texts.items() if name in KEPT}
            tasks.append(Task(**values, values={**kept, **dict(self._fields.read(own, record))}))
        return tuple(tasks)

    def _calendar(self, record: Record, uid: str, calendars: Mapping[str, Calendar]) -> str | None:
        if uid in calendars:
            return uid
        if uid not in {"", "0"} and not uid.startswith("-"):  # those mean: the project's
            self._findings.broken(record.where, "CalendarUID", uid, lost=False)
        return None

    def links(
        self, tasks: Mapping[str, Task], calendars: Mapping[str, Calendar], default: str | None
    ) -> tuple[TaskLink, ...]:
        """Return the links between the tasks that are kept; others are counted."""
        links = []
        left: Counter[Sentence] = Counter()
        elapsed = 0
        for successor, record in self._links:
            predecessor = record.text("PredecessorUID")
            if record.flag("CrossProject"):
                left[say("Links to tasks of other projects")] += 1
                continue
            if self.is_left_out(predecessor):
                left[say("Links from rows that are left aside")] += 1
                continue
            if predecessor not in tasks:
                self._findings.broken(record.where, "PredecessorUID", predecessor or "–")
                continue
            calendar = calendars.get(tasks[successor].calendar or default or "")
            elapsed += _is_elapsed(record)
            links.append(self._link(record, predecessor, successor, calendar))
        for what, count in left.items():
            self._findings.unread(say("{what}: {count}.", what=what, count=count))
        if elapsed:
            self._findings.notice(
                say(
                    "{count} links have a lag in elapsed time: it is read as the working time of average weeks.",
                    count=elapsed,
                )
            )
        return tuple(links)

    def _link(self, record: Record, predecessor: str, successor: str, calendar: Calendar | None) -> TaskLink:
        record.leave(LINKS, KNOWN_OF_LINKS)
        kind = record.whole("Type")
        if kind is not None and kind not in LINK_TYPES:
            self._findings.broken(record.where, "PredecessorLink/Type", str(kind))
        type_ = LINK_TYPES.get(1 if kind is None else kind, "FS")
        lag, form = record.number("LinkLag") or 0.0, record.whole("LagFormat")
        if abs(lag) > 1e10:
            self._findings.broken(record.where, "LinkLag", record.text("LinkLag"))
            lag = 0.0
        if form in PERCENT:
            return TaskLink(predecessor, successor, type_, lag_percent=lag / 100)
        minutes = lag / 10 * (working_part(calendar) if _is_elapsed(record) else 1)
        return TaskLink(predecessor, successor, type_, timedelta(minutes=minutes))


def _is_elapsed(record: Record) -> bool:
    return record.text("LagFormat").isdecimal() and record.text("LagFormat") in ELAPSED_TEXTS


def _numbered(baseline: Baseline, number: int) -> Baseline:
    return Baseline(number, baseline.start, baseline.finish, baseline.cost, baseline.work, baseline.duration)


ELAPSED_TEXTS = {str(form) for form in ELAPSED}
