"""Resources, assignments and expenses of an XER file.

Costs are kept as P6 budgets them (`target_*`): planned = target, actual = regular + overtime.  What remains is not
kept: it is a forecast, which is computed elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twin.exchange.xer_file import Row, XerFile, texts
from twin.exchange.xer_projects import Names
from twin.exchange.xer_values import Notes, Values
from twin.values.schedule import Assignment, Resource
from twin.values.sentence import say

_KINDS = {"rt_labor": "labour", "rt_equip": "machinery", "rt_mat": "material"}


@dataclass(slots=True)
class Costs:
    """What the tasks cost.

    lines : (row, task_id, assignment that does not name its task yet) of each assignment and expense
    sums : task_id → (cost, actual cost)
    made, nameless : ids of resources that RSRC does not list: roles and cost categories, and those it should list
    """

    resources: list[Resource] = field(default_factory=list)
    lines: list[tuple[Row, str, Assignment]] = field(default_factory=list)
    sums: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    nameless: set[str] = field(default_factory=set)

    def make(self, resource: Resource) -> str:
        """Add a resource that RSRC does not list; return its id."""
        self.resources.append(resource)
        self.made.add(resource.id)
        return resource.id

    def add(self, row: Row, task_id: str, assignment: Assignment) -> None:
        """Add a line and count its costs to the task."""
        self.lines.append((row, task_id, assignment))
        cost, actual = self.sums.get(task_id, (None, None))
        self.sums[task_id] = (_plus(cost, assignment.cost), _plus(actual, assignment.actual_cost))


def _plus(sum_: float | None, more: float | None) -> float | None:
    """Add what may be unknown: None only where both are."""
    return more if sum_ is None else sum_ if more is None else sum_ + more


def read_costs(file: XerFile, values: Values) -> Costs:
    """Return the resources, and the assignments and expenses of all tasks of the file."""
    costs = Costs()
    names = Names()
    ids = _resources(file, values.notes, names, costs)
    _assignments(file, values, names, costs, ids)
    _expenses(file, values, names, costs)
    return costs


def keep_lines(costs: Costs, ids: Mapping[str, str], elsewhere: set[str], notes: Notes) -> list[Assignment]:
    """Return the assignments of the tasks `ids` (task_id → id); the rest is counted.

    Resources that the file does not list stay only where such an assignment uses them.
    """
    kept, others, unknown = [], dict[str, int](), dict[str, int]()
    for row, task_id, line in costs.lines:
        if task_id in ids:
            figures = (line.planned, line.actual, line.cost, line.actual_cost)
            kept.append(Assignment(ids[task_id], line.resource, *figures))
        else:
            count = others if task_id in elsewhere else unknown
            count[row.table] = count.get(row.table, 0) + 1
    for table, number in others.items():
        notes.unread.append(
            say("Table {table}: {count} rows belong to baselines or other projects.", table=table, count=number)
        )
    for table, number in unknown.items():
        notes.lose(
            say("Table {table}: {count} rows name a task that is not in the file.", table=table, count=number), number
        )
    used = {line.resource for line in kept}
    costs.resources = [one for one in costs.resources if one.id in used or one.id not in costs.made]
    missing = len(used & costs.nameless)
    notes.mend(say("{count} resources are used but table RSRC lacks them: they have no name.", count=missing), missing)
    return kept


def _resources(file: XerFile, notes: Notes, names: Names, costs: Costs) -> dict[str, str]:
    """Fill in the resources; return rsrc_id → id: the name that people know it by, where it has one."""
    units = dict(texts(file.rows("UMEASURE"), "unit_id", "unit_abbrev"))
    ids: dict[str, str] = {}
    unusable = 0
    for row in file.rows("RSRC"):
        key = row.get("rsrc_id")
        if not key or key in ids:
            unusable += 1
            continue
        kind = _kind(row, notes)
        ids[key] = names.give(row.get("rsrc_short_name") or key)
        unit = units.get(row.get("unit_id"), "") if kind == "material" else ""
        costs.resources.append(Resource(ids[key], row.get("rsrc_name"), kind, unit))
    notes.lose(
        say("Table RSRC: {count} rows without or with a repeated rsrc_id are not read.", count=unusable), unusable
    )
    return ids


def _kind(row: Row, notes: Notes) -> str:
    """Return the kind of a resource; an unknown one is noted and counts as labour."""
    text = row.get("rsrc_type")
    if text and text.lower() not in _KINDS:
        notes.note_bad(row, "rsrc_type", text)
    return _KINDS.get(text.lower(), "labour")


def _assignments(file: XerFile, values: Values, names: Names, costs: Costs, ids: dict[str, str]) -> None:
    """Add the assignments; a role without a person is a resource too, and so is one that RSRC lacks."""
    roles = {
        row.get("role_id"): (row.get("role_short_name"), row.get("role_name")) for row in reversed(file.rows("ROLES"))
    }
    role_ids: dict[str, str] = {}
    for row in file.rows("TASKRSRC"):
        key, role = row.get("rsrc_id"), row.get("role_id")
        if not key and role:
            if role not in role_ids:
                short, name = roles.get(role, ("", ""))
                made = Resource(names.give(short or role), name or short, _kind(row, values.notes))
                role_ids[role] = costs.make(made)
            resource = role_ids[role]
        else:
            if key not in ids:
                made = Resource(names.give(key or "unassigned"), "", _kind(row, values.notes))
                ids[key] = costs.make(made)
                costs.nameless.add(made.id)
            resource = ids[key]
        figures = (
            values.number(row, "target_qty"),
            values.total(row, ("act_reg_qty", "act_ot_qty")),
            values.number(row, "target_cost"),
            values.total(row, ("act_reg_cost", "act_ot_cost")),
        )
        costs.add(row, row.get("task_id"), Assignment("", resource, *figures))


def _expenses(file: XerFile, values: Values, names: Names, costs: Costs) -> None:
    """Add the expenses of tasks, one resource of kind "cost" for each cost category."""
    categories = dict(texts(file.rows("COSTTYPE"), "cost_type_id", "cost_type"))
    ids: dict[str, str] = {}
    for row in file.rows("PROJCOST"):
        category = row.get("cost_type_id")
        if category not in ids:
            name = categories.get(category, "") or category or "expenses"
            ids[category] = costs.make(Resource(names.give(name), name, "cost"))
        cost, actual = values.number(row, "target_cost"), values.number(row, "act_cost")
        costs.add(row, row.get("task_id"), Assignment("", ids[category], None, None, cost, actual))


def cost_tables(file: XerFile) -> Sequence[Sequence[Row]]:
    """Return the tables whose numbers tell the decimal symbol."""
    return [file.rows(table) for table in ("TASKRSRC", "PROJCOST", "TASK", "TASKPRED", "CALENDAR", "CURRTYPE")]
