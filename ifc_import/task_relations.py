"""What IFC relations tie to tasks: elements, resources, costs, properties; and the links between tasks."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from ifc_import.schema import Damage, by_type
from ifc_import.task_times import Told, read_span, text_of
from twin.values.schedule import Assignment, Resource, TaskLink

_LINK_TYPES = {"START_START": "SS", "START_FINISH": "SF", "FINISH_START": "FS", "FINISH_FINISH": "FF"}
_KINDS = (
    ("IfcConstructionEquipmentResource", "machinery"),
    ("IfcConstructionMaterialResource", "material"),
    ("IfcConstructionProductResource", "material"),
    ("IfcSubContractResource", "cost"),
)
_DEEPEST = 8  # cost values in cost values
Names = Mapping[int, str]  # step id of a task → its id in the schedule


def read_links(ifc: Any, names: Names, told: Told, damage: Damage, seconds_per_unit: float) -> list[TaskLink]:
    """Return the links between the tasks in `names`; others are counted unless both ends are left aside."""

    def link(relation: Any) -> TaskLink | None:
        before, after = relation.RelatingProcess, relation.RelatedProcess
        if before.id() not in names or after.id() not in names:
            told.counts["foreign links"] += (before.id() in names) != (after.id() in names)
            return None
        if before.id() == after.id():
            told.counts["self links"] += 1
            return None
        kind = _LINK_TYPES.get(relation.SequenceType or "", "FS")
        lag, ratio = _lag(relation.TimeLag, told, seconds_per_unit)
        return TaskLink(names[before.id()], names[after.id()], kind, lag, ratio)

    found = (damage.tried(r, partial(link, r), None) for r in by_type(ifc, "IfcRelSequence"))
    return list(dict.fromkeys(x for x in found if x is not None))


def _lag(lag: Any, told: Told, seconds_per_unit: float) -> tuple[timedelta, float | None]:
    value = lag if lag is None or isinstance(lag, int | float) else lag.LagValue
    if value is not None and not isinstance(value, int | float) and value.is_a("IfcRatioMeasure"):
        ratio = float(value.wrappedValue)
        if math.isfinite(ratio):
            return timedelta(0), ratio
        told.unreadable("IfcLagTime", ratio)
        return timedelta(0), None
    return read_span(value, "IfcLagTime", told, 480, seconds_per_unit) or timedelta(0), None


@dataclass
class Tied:
    """What relations tie to tasks; keys and tasks are ids in the schedule."""

    elements: dict[str, list[str]] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    assignments: dict[tuple[str, str], Assignment] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)  # class → how many relations


def read_tied(ifc: Any, names: Names, told: Told, damage: Damage) -> Tied:
    """Return the elements, resources and costs of the tasks in `names`."""
    tied = Tied()
    for relation in by_type(ifc, "IfcRelAssignsToProduct"):
        damage.tried(relation, partial(_to_product, relation, names, tied), None)
    for relation in by_type(ifc, "IfcRelAssignsToProcess"):
        damage.tried(relation, partial(_to_process, relation, names, tied, told), None)
    for relation in by_type(ifc, "IfcRelAssignsToControl"):
        damage.tried(relation, partial(_to_control, relation, names, tied), None)
    return tied


def _to_product(relation: Any, names: Names, tied: Tied) -> None:
    product = relation.RelatingProduct
    for related in relation.RelatedObjects:
        if related.id() in names:
            _tie(names[related.id()], product, tied)


def _tie(task: str, product: Any, tied: Tied) -> None:
    if product.is_a("IfcProduct"):
        elements = tied.elements.setdefault(task, [])
        name = text_of(product, "GlobalId")
        if name and name not in elements:
            elements.append(name)
    else:
        tied.unknown[product.is_a()] += 1


def _to_process(relation: Any, names: Names, tied: Tied, told: Told) -> None:
    if relation.RelatingProcess.id() not in names:
        return
    task = names[relation.RelatingProcess.id()]
    for related in relation.RelatedObjects:
        if related.is_a("IfcResource"):
            resource = _resource(related)
            tied.resources.setdefault(resource.id, resource)
            tied.assignments.setdefault((task, resource.id), _assignment(task, related, told))
        else:
            _tie(task, related, tied)


def _resource(record: Any) -> Resource:
    kind = next((kind for ifc_class, kind in _KINDS if record.is_a(ifc_class)), "labour")
    unit = ""
    if kind == "material" and (quantity := getattr(record, "BaseQuantity", None)) is not None:
        unit = _unit(quantity)
    return Resource(text_of(record, "GlobalId"), text_of(record, "Name"), kind, unit)


def _unit(quantity: Any) -> str:
    kind = quantity.is_a() if quantity.is_a().startswith("IfcQuantity") else ""
    return {"IfcQuantityVolume": "m3", "IfcQuantityArea": "m2", "IfcQuantityLength": "m"}.get(kind, "")


def _assignment(task: str, record: Any, told: Told) -> Assignment:
    """Return the use of a resource; its work is stated once per resource, so it is whole on each of its tasks."""
    usage = getattr(record, "Usage", None)
    planned, actual = (_hours(usage, name, told) for name in ("ScheduleWork", "ActualWork"))
    if planned is None and (quantity := getattr(record, "BaseQuantity", None)) is not None:
        planned = _number(getattr(quantity, "ValueComponent", None) or quantity[3])
    return Assignment(task, text_of(record, "GlobalId"), planned, actual)


def _hours(usage: Any, name: str, told: Told) -> float | None:
    span = read_span(getattr(usage, name, None), name, told, 480)
    return None if span is None else span.total_seconds() / 3600


def _to_control(relation: Any, names: Names, tied: Tied) -> None:
    item = relation.RelatingControl
    tasks = [names[related.id()] for related in relation.RelatedObjects if related.id() in names]
    if not tasks or item.is_a("IfcWorkControl") or item.is_a("IfcWorkCalendar"):
        return
    if not item.is_a("IfcCostItem"):
        if not item.is_a("IfcScheduleTimeControl"):
            tied.unknown[item.is_a()] += 1
        return
    cost = cost_of(item)
    if cost is not None:  # a cost item of several tasks: each has an equal share
        for task in tasks:
            tied.costs[task] = tied.costs.get(task, 0.0) + cost / len(tasks)


def cost_of(item: Any) -> float | None:
    """Return the cost of an IfcCostItem: the sum of its values, times its quantities where it has any."""
    values = [_cost_value(value, _DEEPEST) for value in getattr(item, "CostValues", None) or ()]
    known = [value for value in values if value is not None]
    if not known:
        return None
    quantities = [_number(q[3]) for q in getattr(item, "CostQuantities", None) or () if len(q) > 3]
    amounts = [amount for amount in quantities if amount is not None]
    total = math.fsum(known) * (math.fsum(amounts) if amounts else 1.0)
    return total if math.isfinite(total) else None


def _cost_value(record: Any, deepest: int) -> float | None:
    if deepest == 0:
        return None
    parts = [_cost_value(part, deepest - 1) for part in getattr(record, "Components", None) or ()]
    known = [part for part in parts if part is not None]
    if known:
        return _combined(known, getattr(record, "ArithmeticOperator", None))
    value = record.AppliedValue
    if value is not None and value.is_a("IfcMeasureWithUnit"):
        value = value.ValueComponent
    amount = _number(value)
    basis = record.UnitBasis
    per = _number(basis.ValueComponent) if basis is not None else None
    return amount / per if amount is not None and per else amount


def _combined(values: Sequence[float], operator: str | None) -> float | None:
    first, rest = values[0], values[1:]
    if operator == "MULTIPLY":
        return math.prod(values)
    if operator == "SUBTRACT":
        return first - math.fsum(rest)
    if operator == "DIVIDE":
        return first / math.prod(rest) if math.prod(rest) else None
    return math.fsum(values)


def _number(value: Any) -> float | None:
    value = getattr(value, "wrappedValue", value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def read_values(task: Any, damage: Damage) -> dict[str, str]:
    """Return what a task states that no field of `Task` holds: attributes, and properties as "set.property"."""
    found: dict[str, str] = {}
    nothing: dict[str, str] = {}
    for name in ("Description", "ObjectType", "Status", "WorkMethod", "Priority", "LongDescription", "PredefinedType"):
        value = getattr(task, name, None)
        if value not in (None, "", "NOTDEFINED"):
            found[name] = str(value)
    for relation in getattr(task, "IsDefinedBy", None) or ():
        if relation.is_a("IfcRelDefinesByProperties"):
            found.update(damage.tried(relation, partial(_properties, relation), nothing))
    return found


def _properties(relation: Any) -> dict[str, str]:
    found = {}
    definition = relation.RelatingPropertyDefinition
    for item in getattr(definition, "HasProperties", None) or ():
        value = getattr(getattr(item, "NominalValue", None), "wrappedValue", None)
        if value is not None:
            found[f"{definition.Name}.{item.Name}"] = str(value)
    return found
