"""Resources, assignments and expenses of a Primavera P6 XML file.

Costs are those that P6 budgets (`Planned…`); what remains is a forecast, which is computed elsewhere.  P6 does not
write all sums of an activity, so they are added up from its assignments and expenses where it has some.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from twin.exchange.findings import Findings, Record, names
from twin.exchange.xer_projects import Names
from twin.values.schedule import Assignment, Resource
from twin.values.sentence import say

RESOURCES, ASSIGNMENTS, EXPENSES = say("Resources"), say("Assignments"), say("Expenses")
KNOWN_OF_RESOURCES = names("ObjectId Id Name ResourceType UnitOfMeasureObjectId UnitOfMeasureAbbreviation")
KNOWN_OF_ASSIGNMENTS = names(
    "ObjectId ProjectObjectId ActivityObjectId ResourceObjectId RoleObjectId ResourceType PlannedUnits ActualUnits "
    "PlannedCost ActualCost"
)
KNOWN_OF_EXPENSES = names("ObjectId ProjectObjectId ActivityObjectId ExpenseCategoryObjectId PlannedCost ActualCost")
KINDS = {"Labor": "labour", "Nonlabor": "machinery", "Material": "material"}


@dataclass(slots=True)
class Line:
    """An assignment or expense: its activity's ObjectId, and a key of who or what is used."""

    activity: str
    used: tuple[str, str]  # ("Resource" | "Role" | "Expense", ObjectId)
    planned: float | None
    actual: float | None
    cost: float | None
    actual_cost: float | None
    kind: str = ""


@dataclass(slots=True)
class Sums:
    """What the lines of an activity add up to: (planned, actual), None where no line states it."""

    assigned: tuple[float | None, float | None] = (None, None)
    spent: tuple[float | None, float | None] = (None, None)


@dataclass(slots=True)
class Costs:
    """The resources of a file; the lines are kept with their projects."""

    findings: Findings
    resources: dict[tuple[str, str], Record] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def add(self, element: Element) -> None:
        """Read a `Resource`, `Role`, `ExpenseCategory` or `UnitOfMeasure`."""
        record = Record(element, say("A resource"), self.findings)
        id_ = record.text("ObjectId")
        record.where = say("Resource {id}", id=id_ or "?")
        if element.tag == "UnitOfMeasure":
            self.units[id_] = record.first("Abbreviation", "Name")
            return
        key = ("Expense" if element.tag == "ExpenseCategory" else element.tag, id_)
        if not id_ or key in self.resources:
            self.findings.lose(
                say("{where}: its ObjectId is missing or not unique; it is left out.", where=record.where)
            )
            return
        if element.tag == "Resource":
            record.leave(RESOURCES, KNOWN_OF_RESOURCES)
        record.element = Element(element.tag)
        self.resources[key] = record

    def line(self, element: Element, baseline: bool) -> Line:
        """Read a `ResourceAssignment` or `ActivityExpense`."""
        expense = element.tag == "ActivityExpense"
        record = Record(element, say("An expense") if expense else say("An assignment"), self.findings)
        activity = record.text("ActivityObjectId")
        record.where = say("{where} of activity {id}", where=record.where, id=activity or "?")
        if not baseline:
            record.leave(EXPENSES if expense else ASSIGNMENTS, KNOWN_OF_EXPENSES if expense else KNOWN_OF_ASSIGNMENTS)
        if expense:
            used = ("Expense", record.text("ExpenseCategoryObjectId"))
        elif record.text("ResourceObjectId") or not record.text("RoleObjectId"):
            used = ("Resource", record.text("ResourceObjectId"))
        else:
            used = ("Role", record.text("RoleObjectId"))
        return Line(
            activity,
            used,
            None if expense else record.number("PlannedUnits"),
            None if expense else record.number("ActualUnits"),
            record.number("PlannedCost"),
            record.number("ActualCost"),
            record.text("ResourceType"),
        )

    def written(self, lines: Iterable[tuple[Line, str]]) -> tuple[tuple[Resource, ...], tuple[Assignment, ...]]:
        """Return the resources, and the assignments of (line, task id); roles and categories only where used."""
        given = Names()
        resources: dict[tuple[str, str], Resource] = {}
        for key, record in self.resources.items():
            if key[0] == "Resource":
                resources[key] = self._resource(key, record, given)
        assignments, missing = [], 0
        for line, task in lines:
            if line.used not in resources:
                record = self.resources.get(line.used) or Record(Element("Resource"), RESOURCES, self.findings)
                missing += line.used not in self.resources and line.used[0] != "Expense"
                resources[line.used] = self._resource(line.used, record, given, line.kind)
            figures = (line.planned, line.actual, line.cost, line.actual_cost)
            assignments.append(Assignment(task, resources[line.used].id, *figures))
        if missing:
            self.findings.notice(
                say(
                    "{count} resources are used, but the file does not describe them: they have no name.", count=missing
                )
            )
        return tuple(resources.values()), tuple(assignments)

    def _resource(self, key: tuple[str, str], record: Record, given: Names, kind: str = "") -> Resource:
        what, id_ = key
        stated = record.text("ResourceType") or kind
        if stated and stated not in KINDS:
            self.findings.broken(record.where, "ResourceType", stated)
        fallback = {"Resource": "unassigned", "Role": "role", "Expense": "expenses"}[what]
        wanted = record.first("Id", *(["Name"] if what == "Expense" else [])) or id_ or fallback
        known = "cost" if what == "Expense" else KINDS.get(stated, "labour")
        unit = record.text("UnitOfMeasureAbbreviation") or self.units.get(record.text("UnitOfMeasureObjectId"), "")
        return Resource(given.give(wanted), record.text("Name"), known, unit if known == "material" else "")


def sums(lines: Iterable[Line]) -> dict[str, Sums]:
    """Return ObjectId of an activity → what its lines cost."""
    found: dict[str, Sums] = {}
    for line in lines:
        own = found.setdefault(line.activity, Sums())
        if line.used[0] == "Expense":
            own.spent = plus(own.spent[0], line.cost), plus(own.spent[1], line.actual_cost)
        else:
            own.assigned = plus(own.assigned[0], line.cost), plus(own.assigned[1], line.actual_cost)
    return found


def plus(first: float | None, second: float | None) -> float | None:
    """Add what may be unknown: None only where both are.

    >>> plus(None, 2.0), plus(1.0, 2.0)
    (2.0, 3.0)
    """
    return second if first is None else first if second is None else first + second
