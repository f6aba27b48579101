"""What a project uses of its resources by a day, against plan; and the sums for districts and the city.

Reported figures are cumulative, so the newest report says it all: nothing is added up over time.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import fsum
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from twin.values.project import RESOURCES, ResourceFact
from twin.values.sentence import Sentence, say
from twin.values.status import ResourceUse

Owner = tuple[str, str | None]  # resource and task
_fact_date = attrgetter("fact_date")


class CompiledUses:
    """A project's resource reports, prepared for any number of days; safe to share between threads.

    facts : as they came, in the order of their days
    """

    def __init__(self, facts: Sequence[ResourceFact]) -> None:
        self.facts = facts
        self._days = sorted({fact.fact_date for fact in facts})
        self._owners: dict[Owner, list[ResourceFact]] = {}
        for fact in sorted(facts, key=_fact_date):
            self._owners.setdefault((fact.resource, fact.task), []).append(fact)
        self._found: dict[int, Mapping[str, ResourceUse]] = {}

    def at(self, day: date) -> Mapping[str, ResourceUse]:
        """Return `resource_use` of the whole project; between two reports it stays the same, so it is kept."""
        step = bisect_right(self._days, day)
        if step not in self._found:
            known = (
                (owner, facts[: bisect_right(facts, day, key=_fact_date)]) for owner, facts in self._owners.items()
            )
            self._found[step] = _uses({owner: facts for owner, facts in known if facts}, None)
        return self._found[step]

    @cached_property
    def of_tasks(self) -> "Mapping[str, TaskUses]":
        """What was reported of single tasks, by resource."""
        found: dict[str, list[ResourceFact]] = {}
        for fact in self.facts:
            if fact.task is not None:
                found.setdefault(fact.resource, []).append(fact)
        return {
            resource: TaskUses(
                tuple(fact.task or "" for fact in own),
                np.asarray([fact.fact_date for fact in own], dtype="datetime64[D]"),
                np.asarray([np.nan if fact.planned is None else fact.planned for fact in own], dtype=np.float64),
                np.asarray([np.nan if fact.used is None else fact.used for fact in own], dtype=np.float64),
            )
            for resource, own in found.items()
        }


@dataclass(frozen=True, slots=True)
class TaskUses:
    """Reports of one resource by task, all (k,) in the order of `days`.

    tasks : ids; days : datetime64[D]; planned, used : float64, NaN where not reported
    """

    tasks: Sequence[str]
    days: NDArray[np.datetime64]
    planned: NDArray[np.float64]
    used: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AddedUse:
    """A sum over projects or tasks; `counted`: how many are in it, `left_out`: how many use another unit."""

    use: ResourceUse
    counted: int
    left_out: int
    notes: Sequence[Sentence]


def resource_use(facts: Sequence[ResourceFact], day: date, *, task: str | None = None) -> Mapping[str, ResourceUse]:
    """Return resource → use as of the last report up to `day`, in the order of `RESOURCES`.

    task : of this task alone; None: of the whole project, where its own reports win and, for a resource that only tasks
        report, the tasks are added up
    """
    by_owner: dict[Owner, list[ResourceFact]] = {}
    for fact in sorted(facts, key=_fact_date):
        if fact.fact_date <= day and (task is None or fact.task == task):
            by_owner.setdefault((fact.resource, fact.task), []).append(fact)
    return _uses(by_owner, task)


def _uses(by_owner: Mapping[Owner, Sequence[ResourceFact]], task: str | None) -> Mapping[str, ResourceUse]:
    """Return resource → use of a task, or of the whole project; by_owner : reports in the order of their days."""
    found: dict[str, ResourceUse] = {}
    for resource in sorted({resource for resource, _ in by_owner}, key=_rank):
        own = by_owner.get((resource, task))
        if own is not None:
            found[resource] = _newest(own)
        else:
            found[resource] = add_up([_newest(of) for (name, _), of in by_owner.items() if name == resource]).use
    return found


def add_up(uses: Sequence[ResourceUse]) -> AddedUse:
    """Return the sum of one resource's uses: of those in one unit, with the rate of those that have plan and use.

    The unit is the resource's own (`RESOURCES`) where one of them has it, else the most frequent; others are told, not
    added.  Raises ValueError for no uses and for uses of several resources: they have no sum.
    """
    names = {use.resource for use in uses}
    if len(names) != 1:
        raise ValueError(f"uses of {sorted(names)} have no sum")
    resource = names.pop()
    counts = Counter(use.unit for use in uses)
    unit = RESOURCES.get(resource, "")
    if unit not in counts:
        unit = min(counts, key=lambda name: (-counts[name], name))
    same = [use for use in uses if use.unit == unit]
    paired = [(use.used, use.planned) for use in same if use.used is not None and use.planned is not None]
    planned = fsum(plan for _, plan in paired)
    use = ResourceUse(
        resource=resource,
        unit=unit,
        planned=_sum(use.planned for use in same),
        used=_sum(use.used for use in same),
        total=_sum(use.total for use in same),
        rate=fsum(used for used, _ in paired) / planned if planned else None,
        fact_date=max(use.fact_date for use in same),
    )
    return AddedUse(use, len(same), len(uses) - len(same), tuple(_notes(uses, same, len(paired))))


def _notes(uses: Sequence[ResourceUse], same: Sequence[ResourceUse], paired: int) -> Iterable[Sentence]:
    """Yield what a reader of a sum must know: `same` are in it, `paired` of them have plan and use."""
    unit = same[0].unit
    if len(same) < len(uses):
        yield say(
            "{count} of {all} are counted in {others} and are not in the sum, which is in {unit}.",
            count=len(uses) - len(same),
            all=len(uses),
            others=", ".join(sorted({use.unit for use in uses} - {unit})),
            unit=unit,
        )
    if paired < len(same):
        yield say(
            "{count} of {all} lack the plan or the use: the rate is that of the others.",
            count=len(same) - paired,
            all=len(same),
        )
    first, last = min(use.fact_date for use in same), max(use.fact_date for use in same)
    if first < last:
        yield say(
            "The figures are of different days, {first} to {last}.", first=first.isoformat(), last=last.isoformat()
        )


def add_up_all(projects: Iterable[Mapping[str, ResourceUse]]) -> Mapping[str, AddedUse]:
    """Return resource → sum over projects, for a district or the city, in the order of `RESOURCES`."""
    by_resource: dict[str, list[ResourceUse]] = {}
    for uses in projects:
        for use in uses.values():
            by_resource.setdefault(use.resource, []).append(use)
    return {resource: add_up(by_resource[resource]) for resource in sorted(by_resource, key=_rank)}


def _newest(facts: Sequence[ResourceFact]) -> ResourceUse:
    """Return the use that the newest report states; plans reported ahead of any use wait for it.

    facts : in the order of their days

    The total, which is of no day, may come from an earlier report in the same unit.
    """
    fact = next((fact for fact in reversed(facts) if fact.used is not None), facts[-1])
    totals = (other.total for other in reversed(facts) if other.total is not None and other.unit == fact.unit)
    return ResourceUse(
        resource=fact.resource,
        unit=fact.unit,
        planned=fact.planned,
        used=fact.used,
        total=next(totals, None),
        rate=fact.used / fact.planned if fact.used is not None and fact.planned else None,
        fact_date=fact.fact_date,
        report=fact.report,
    )


def _sum(figures: Iterable[float | None]) -> float | None:
    """Return the sum of the figures there are, None without any; the order of the figures does not matter."""
    known = [figure for figure in figures if figure is not None]
    return fsum(known) if known else None


def _rank(resource: str) -> tuple[int, str]:
    """Return where a resource stands in the order of `RESOURCES`; unknown ones come last."""
    names = tuple(RESOURCES)
    return (names.index(resource) if resource in names else len(names), resource)
