"""What was reported of some tasks, in the order of the days that the reports speak of."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from twin.values.project import ProgressFact

MOST = 200
ByTask = Mapping[str, Sequence[ProgressFact]]


@dataclass(frozen=True, slots=True)
class History:
    """Reports, oldest first; `left_off` older ones are not among them."""

    facts: Sequence[ProgressFact]
    left_off: int


def by_task(facts: Iterable[ProgressFact]) -> ByTask:
    """Return task → its reports, in the order given; those of the whole project are none of a task's."""
    found: dict[str, list[ProgressFact]] = {}
    for fact in facts:
        if fact.task is not None:
            found.setdefault(fact.task, []).append(fact)
    return found


def history(known: ByTask, tasks: Sequence[str], day: date, most: int = MOST) -> History:
    """Return the newest reports of the tasks up to a day.

    known : as `by_task` gives it, each task's reports in the order of their days
    """
    told = heapq.merge(*(known.get(task, ()) for task in dict.fromkeys(tasks)), key=lambda fact: fact.fact_date)
    found = [fact for fact in told if fact.fact_date <= day]
    left_off = max(0, len(found) - most)
    return History(found[left_off:], left_off)
