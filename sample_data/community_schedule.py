"""The schedule inside the model of the community centre: IfcTask, their order and costs, and what each builds."""

from collections.abc import Iterator

from sample_data.fact_network import Network
from sample_data.fact_story import network
from sample_data.writer import Entity, IfcWriter, global_id

CODE, SEED = "BJ-001", "滨江社区服务中心"
_SEQUENCE = {"FS": "FINISH_START", "SS": "START_START", "FF": "FINISH_FINISH"}
_FLOORS = {"首层": "1", "二层": "2", "三层": "3"}
# Class of an element → the task of its storey, "#" for the storey's number.
_BY_CLASS = {
    "IfcColumn": "B#10", "IfcBeam": "B#10", "IfcSlab": "B#20", "IfcStair": "B#20", "IfcStairFlight": "B#20",
    "IfcWall": "C#10", "IfcWindow": "C#20", "IfcDoor": "C#20", "IfcShadingDevice": "C#20", "IfcRailing": "D#10",
    "IfcCurtainWall": "C910", "IfcMember": "C910", "IfcPlate": "C910", "IfcFurniture": "D910",
}  # fmt: skip


def task_id(task: str) -> str:
    """Return the GlobalId of a task, which is what reports call it by."""
    return global_id(SEED, f"task/{task}")


def add_schedule(w: IfcWriter) -> None:
    """Add the schedule to a file whose elements are made and whose relations are not written yet."""
    plan = network(CODE)
    tasks = _tasks(w, plan)
    control = w.rooted(
        "IfcWorkSchedule", "schedule", Name="滨江社区服务中心总进度计划", Identification=CODE,
        CreationDate="2025-03-10T09:00:00", StartTime=f"{plan.start}T08:00:00", FinishTime=f"{plan.finish}T17:00:00",
        PredefinedType="PLANNED",
    )  # fmt: skip
    outermost = [tasks[row.id] for row in plan.rows if row.parent is None]
    w.rooted("IfcRelAssignsToControl", "schedule/tasks", RelatedObjects=outermost, RelatingControl=control)
    for row in plan.rows:
        if row.children:
            below = [tasks[child.id] for child in row.children]
            w.rooted("IfcRelNests", f"nests/{row.id}", RelatingObject=tasks[row.id], RelatedObjects=below)
        for wait in row.waits:
            lag = None
            if wait.lag:
                length = w.file.create_entity("IfcDuration", f"P{wait.lag}D")
                lag = w.make("IfcLagTime", LagValue=length, DurationType="WORKTIME")
            w.rooted(
                "IfcRelSequence", f"sequence/{wait.task}/{row.id}", RelatingProcess=tasks[wait.task],
                RelatedProcess=tasks[row.id], TimeLag=lag, SequenceType=_SEQUENCE[wait.type],
            )  # fmt: skip
        if row.kind == "task":
            value = w.make("IfcCostValue", AppliedValue=w.file.create_entity("IfcMonetaryMeasure", row.cost))
            cost = w.rooted("IfcCostItem", f"cost/{row.id}", Name=row.name, CostValues=[value])
            w.rooted("IfcRelAssignsToControl", f"costs/{row.id}", RelatedObjects=[tasks[row.id]], RelatingControl=cost)
    for element, task in _built(w):
        w.rooted(
            "IfcRelAssignsToProduct",
            f"builds/{element.GlobalId}",
            RelatedObjects=[tasks[task]],
            RelatingProduct=element,
        )


def _tasks(w: IfcWriter, plan: Network) -> dict[str, Entity]:
    """Make the tasks: id → entity."""
    made = {}
    for row in plan.rows:
        time = w.make(
            "IfcTaskTime", DurationType="WORKTIME",
            ScheduleStart=f"{row.finish}T17:00:00" if row.kind == "milestone" else f"{row.start}T08:00:00",
            ScheduleFinish=f"{row.finish}T17:00:00",
        )  # fmt: skip
        made[row.id] = w.rooted(
            "IfcTask", f"task/{row.id}", Name=row.name, Identification=row.id, IsMilestone=row.kind == "milestone",
            TaskTime=time, PredefinedType=None if row.kind == "milestone" else "CONSTRUCTION",
        )  # fmt: skip
    return made


def _built(w: IfcWriter) -> Iterator[tuple[Entity, str]]:
    """Yield the elements, each with the task that builds it."""
    storeys: dict[Entity, str] = {}
    for (relation, _, storey), elements in w.groups.items():
        if relation == "IfcRelContainedInSpatialStructure":
            storeys.update(dict.fromkeys(elements, str(storey.Name)))
    for (relation, _, whole), parts in w.groups.items():
        if relation == "IfcRelAggregates" and whole in storeys:
            storeys.update(dict.fromkeys(parts, storeys[whole]))
    for element, storey in storeys.items():
        if storey == "室外地坪":
            yield element, "A030" if element.is_a("IfcSlab") else "E010"
        elif storey == "屋面":
            yield element, "B910"
        else:
            yield element, _BY_CLASS[element.is_a()].replace("#", _FLOORS[storey])
