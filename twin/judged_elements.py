"""Building elements on a day: which tasks build them, how they stand, what they use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.judged import Judged, JudgedProject, Recent
from twin.judgement.baseline import planned_shares
from twin.judgement.element_resources import Amounts, ElementUse, element_resources, volume_of
from twin.judgement.element_table import ElementTable
from twin.judgement.link_coverage import Coverage, coverage
from twin.judgement.links import LinkRules, Links, link_elements, parse_rules
from twin.judgement.progress import task_completions
from twin.judgement.states import standing, state_column
from twin.store import Model, Store
from twin.values.project import RESOURCES
from twin.values.schedule import Schedule

if TYPE_CHECKING:
    from twin.judgement.progress import TaskState

_EPOCH = date(1970, 1, 1).toordinal()
_NONE = Schedule("", "csv", ())  # of a project that has none


@dataclass(frozen=True, slots=True)
class ElementTask:
    """A task of an element: as planned, as reported; shares 0 to 1, None where nothing is known or dated."""

    id: str
    name: str
    code: str
    baseline_start: str | None
    baseline_finish: str | None
    actual_start: str | None
    actual_finish: str | None
    completion: float | None
    planned: float | None


@dataclass(frozen=True, slots=True)
class JudgedElement:
    """An element on a day: index in the legend "state", shares, its tasks, what it uses of each resource."""

    condition: int
    completion: float | None
    planned: float | None
    tasks: Sequence[ElementTask]
    resources: Mapping[str, ElementUse]


class JudgedElements:
    """The elements of a twin's models, judged; safe to share between threads.

    whole : that of the whole twin, where `judged` is of those who see a part of it: what the models hold is read once.
        Whoever asks names models and projects that they see; it is these projects' facts that are judged.
    """

    def __init__(self, judged: Judged, whole: "JudgedElements | None" = None) -> None:
        self._judged = judged
        self._store: Store = judged.store if whole is None else whole._store
        if whole is None:
            self._tables, self._links, self._states = Recent(32), Recent(32), Recent(16)
        else:
            self._tables, self._links, self._states = whole._tables, whole._links, whole._states

    def states(self, model: Model, project: JudgedProject, by: str) -> bytes:
        """Return a byte per feature row of a model: the index in `legend(by)`."""
        if by == "light":
            return state_column(by, None, model.rows, None, None, None, light=project.light.light).tobytes()
        links = self.links(model, project)
        if links is None or project.plan is None:
            return bytes(model.rows)
        tasks = self._tasks(project)
        amounts = task_amounts(project, by, tasks) if by in RESOURCES else None
        shares = planned_shares(project.plan, _day(tasks, project))
        return state_column(by, links, model.rows, project.plan, tasks, shares, amounts=amounts).tobytes()

    def element(self, model: Model, project: JudgedProject, row: int) -> JudgedElement | None:
        """Return the element of a feature row; None where no task builds it."""
        links, plan = self.links(model, project), project.plan
        if links is None or plan is None or row < 0 or project.version is None:
            return None
        mine = np.unique(links.tasks[links.rows == row]).tolist()
        if not mine:
            return None
        tasks = self._tasks(project)
        shares = planned_shares(plan, _day(tasks, project))
        now = standing(links, plan, tasks, shares)
        condition = state_column("state", links, model.rows, plan, tasks, shares)[row]
        schedule = self._judged.schedule(project.version)
        listed = [
            ElementTask(
                plan.ids[task],
                schedule.tasks[task].name,
                schedule.tasks[task].code,
                _text(plan.start[task].astype("datetime64[D]")),
                _text((plan.finish[task] - np.timedelta64(1, "m")).astype("datetime64[D]")),
                _text(tasks.actual_start[task]),
                _text(tasks.actual_finish[task]),
                _number(tasks.completion[task]),
                _number(shares[task]),
            )
            for task in mine
        ]
        uses = self._uses(project, model, links, row, tasks)
        done, planned = _number(now.completion[row]), _number(now.planned[row])
        return JudgedElement(int(condition), done, planned, listed, uses)

    def links(self, model: Model, project: JudgedProject) -> Links | None:
        """Return which elements of a model the tasks of its project's schedule build; None without a schedule."""
        if project.version is None:
            return None
        return self._linked(model, project, self._judged.schedule(project.version))

    def _linked(self, model: Model, project: JudgedProject, schedule: Schedule) -> Links:
        rules, key = project.known.links, None if project.version is None else project.version.key
        return self._links.get(
            (*_import(model), key, rules),
            lambda: link_elements(schedule, _parsed(rules), self.table(model)),
        )

    def table(self, model: Model) -> ElementTable:
        """Return the drawn elements of a model as columns."""
        return self._tables.get(_import(model), lambda: self._read(model))

    def windows(self, model: Model) -> NDArray[np.float64] | None:
        """Return (rows, 2) first and last day on which tasks build the elements of a model, as proleptic ordinals.

        The days are those of the baseline, actual ones where they are reported, on the twin's own day; NaN where no
        task builds an element.  None without a schedule.
        """
        project, _ = self._judged.project(model.project)
        links, plan = self.links(model, project), project.plan
        if links is None or plan is None:
            return None
        tasks = self._tasks(project)
        start, finish = (
            np.where(np.isnat(actual), planned.astype("datetime64[D]"), actual)
            for actual, planned in ((tasks.actual_start, plan.start), (tasks.actual_finish, plan.finish))
        )
        days = np.full((model.rows, 2), np.nan)
        for column, moments, pick in ((0, start, np.fmin), (1, finish, np.fmax)):
            ordinals = moments.astype(np.int64) + float(_EPOCH)
            ordinals[np.isnat(moments)] = np.nan
            pick.at(days[:, column], links.rows, ordinals[links.tasks])
        return days

    def coverage(self, code: str) -> Coverage:
        """Return how much of a project is tied to tasks, on the twin's own day; nothing is without a schedule."""
        project, _ = self._judged.project(code)
        schedule = _NONE if project.version is None else self._judged.schedule(project.version)
        models = self._store.models(code)
        tied = [(self._linked(model, project, schedule), self.table(model)) for model in models]
        return coverage(schedule, tied, _parsed(project.known.links))

    def _read(self, model: Model) -> ElementTable:
        columns = self._store.element_columns(model.model)
        return ElementTable(
            columns.global_id,
            columns.name,
            np.asarray(columns.ifc_class, np.int32),
            columns.classes,
            np.asarray(columns.storey, np.int32),
            columns.storeys,
            model=model.stem,
            discipline=model.discipline or model.stem,
            parents=lambda: self._store.element_parents(model.model),
            properties=lambda rows: self._store.element_properties(model.model, rows),
        )

    def _tasks(self, project: JudgedProject) -> "TaskState":
        # kept with the project, so that no other one can get its id
        kept: tuple[JudgedProject, TaskState]
        kept = self._states.get((project.code, id(project)), lambda: (project, tasks_of(project)))
        return kept[1]

    def _uses(
        self, project: JudgedProject, model: Model, links: Links, row: int, tasks: "TaskState"
    ) -> dict[str, ElementUse]:
        def volumes(rows: Sequence[int]) -> list[Any]:
            return [volume_of(properties) for properties in self._store.element_properties(model.model, rows)]

        elsewhere = np.zeros(links.n_tasks, np.int64)  # elements of the project's other models share its tasks
        for other in self._store.models(project.code):
            if other.model != model.model and (tied := self.links(other, project)) is not None:
                elsewhere += np.bincount(tied.tasks, minlength=links.n_tasks)
        found = {}
        for resource in RESOURCES:
            amounts = task_amounts(project, resource, tasks)
            if amounts is not None:
                use = element_resources(links, row, amounts, volumes, elsewhere)
                if use.planned is not None or use.used is not None:
                    found[resource] = use
        return found


def _import(model: Model) -> tuple[object, ...]:
    """Return what names the elements of a model: one that is removed and imported again begins at revision 1 anew."""
    return model.model, model.revision, model.imported_at, model.rows


def tasks_of(project: JudgedProject) -> "TaskState":
    """Return the tasks of a project that has a plan on its day, expected ones where it is a forecast."""
    from twin.judgement.forecast import tasks_on

    plan = project.plan
    assert plan is not None
    tasks = task_completions(plan, project.facts, project.told.day)
    return tasks if project.pace is None else tasks_on(plan, tasks, project.status.day, project.pace)


def task_amounts(project: JudgedProject, resource: str, tasks: "TaskState") -> Amounts | None:
    """Return what of a resource was planned and used per task by the project's day; None where nobody reports it.

    Funds that nobody reports by task are the tasks' own: their planned value and their reported actual cost.
    """
    plan = project.plan
    assert plan is not None
    planned, used = np.full(len(plan.ids), np.nan), np.full(len(plan.ids), np.nan)
    told = project.uses.of_tasks.get(resource)
    if told is not None:
        count = int(np.searchsorted(told.days, np.datetime64(project.told.day, "D"), side="right"))
        rows = np.asarray([plan.rows.get(task, -1) for task in told.tasks[:count]], dtype=np.int64)
        mine = rows >= 0
        if mine.any():  # of several reports of a task the last stays, which is the newest
            planned[rows[mine]], used[rows[mine]] = told.planned[:count][mine], told.used[:count][mine]
            return Amounts(planned, used)
    if resource != "funds" or plan.weighted_by != "cost":
        return None
    costs = project.facts.task_cost
    count = costs.until(_number_of(project))
    if not count:
        return None
    used[costs.rows[:count]] = costs.values[:count]
    until = _day(tasks, project) if project.pace is None else project.pace.since  # costs are not foretold
    return Amounts(planned_shares(plan, until) * plan.weight, used)


def _number_of(project: JudgedProject) -> int:
    from twin.judgement.progress_facts import day_number

    return day_number(project.told.day)


def _parsed(rules: str | None) -> LinkRules | None:
    return None if rules is None else parse_rules(rules)


def _day(tasks: "TaskState", project: JudgedProject) -> Any:
    """Return the day of the last report of tasks, else the day that is looked at."""
    return project.status.day if np.isnat(tasks.status_day) else tasks.status_day.item()


def _text(day: Any) -> str | None:
    return None if np.isnat(day) else str(day)


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
