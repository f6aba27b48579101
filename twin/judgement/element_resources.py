"""What a single element uses: its portion of what was planned and used for the tasks that build it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.judgement.links import Links

Floats = NDArray[np.float64]
Volume = tuple[float, str]  # amount and unit
Volumes = Callable[[Sequence[int]], Sequence[Volume | None]]  # of rows, in their order


@dataclass(frozen=True, slots=True)
class Amounts:
    """What of one resource was planned and used per task, cumulative.

    planned, used : (n_tasks,) float64, NaN where not reported
    portions : (k,) float64, of its task that each link carries (`element_portions`); None: all elements the same
    """

    planned: Floats
    used: Floats
    portions: Floats | None = None


@dataclass(frozen=True, slots=True)
class TaskPortion:
    """What an element has of one task.

    task : index of the task; elements : how many share it; portion : 0 to 1
    shared_by : "volume", "number" or "alone" (one element has it all)
    planned, used : of this element; None where the task reports none
    """

    task: int
    elements: int
    portion: float
    shared_by: str
    planned: float | None
    used: float | None


@dataclass(frozen=True, slots=True)
class ElementUse:
    """Planned and used amounts of one element, and of which tasks they come.

    planned, used : None where no task reports any; rate : used / planned over the tasks that report both, or None
    """

    planned: float | None
    used: float | None
    rate: float | None
    portions: Sequence[TaskPortion] = ()


def volume_of(properties: Mapping[str, Any]) -> Volume | None:
    """Return an element's net volume, else its gross volume, as its quantities state it; None where they do not."""
    sets = properties.get("quantities") or {}
    for name in ("NetVolume", "GrossVolume"):
        for quantities in sets.values():
            quantity = quantities.get(name)
            if isinstance(quantity, Mapping):
                value = quantity.get("value")
                if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < np.inf:
                    return float(value), str(quantity.get("unit") or "")
    return None


def element_portions(
    links: Links, volumes: Sequence[Volume | None] | None = None, elsewhere: NDArray[np.int64] | None = None
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return (k,) float64, the portion of its task that each link carries, and (n_tasks,) bool, which are by volume.

    A task is shared by volume when every element of it has one, in one unit; else all its elements have the same.

    volumes : of all rows of the model
    elsewhere : (n_tasks,) elements that each task has in the project's other models: their volumes are not known here
    """
    others = np.zeros(links.n_tasks, np.int64) if elsewhere is None else np.asarray(elsewhere, np.int64)
    count = np.bincount(links.tasks, minlength=links.n_tasks) + others
    portions = 1.0 / count[links.tasks]
    if volumes is None or not len(links.rows):
        return portions, np.zeros(links.n_tasks, bool)
    amount = np.array([volume[0] if volume else 0.0 for volume in volumes])
    units: dict[str, int] = {}
    unit = np.array([units.setdefault(volume[1], len(units)) if volume else -1 for volume in volumes])
    by_volume = _by_volume(links, amount, unit) & (others == 0)
    total = np.bincount(links.tasks, amount[links.rows], links.n_tasks)
    heavy = by_volume[links.tasks]
    portions[heavy] = amount[links.rows[heavy]] / total[links.tasks[heavy]]
    return portions, by_volume


def _by_volume(links: Links, amount: Floats, unit: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (n_tasks,) bool: the tasks whose elements all have a volume in the same unit."""
    least = np.full(links.n_tasks, np.inf)
    low, high = np.full(links.n_tasks, np.iinfo(np.int64).max), np.full(links.n_tasks, -1)
    np.minimum.at(least, links.tasks, amount[links.rows])
    np.minimum.at(low, links.tasks, unit[links.rows])
    np.maximum.at(high, links.tasks, unit[links.rows])
    found: NDArray[np.bool_] = (least > 0) & np.isfinite(least) & (low == high)
    return found


def element_amounts(links: Links, amounts: Amounts) -> tuple[Floats, Floats]:
    """Return planned and used of every row, (n_rows,) float64, over the tasks that report both; NaN where none does."""
    planned, used = _of_summaries(links, amounts)
    known = np.isfinite(planned) & np.isfinite(used)
    rows, tasks = links.rows, links.tasks
    portions = amounts.portions
    if portions is None:
        portions = 1.0 / np.bincount(tasks, minlength=links.n_tasks)[tasks]
    kept = known[tasks]
    rows, tasks, portions = rows[kept], tasks[kept], portions[kept]
    has = np.zeros(links.n_rows, bool)
    has[rows] = True
    return (
        np.where(has, np.bincount(rows, portions * planned[tasks], links.n_rows), np.nan),
        np.where(has, np.bincount(rows, portions * used[tasks], links.n_rows), np.nan),
    )


def _of_summaries(links: Links, amounts: Amounts) -> tuple[Floats, Floats]:
    """Return the amounts, where a summary that reports none has the sum over the tasks below that report both."""
    n = links.n_tasks
    planned, used = amounts.planned.astype(np.float64), amounts.used.astype(np.float64)
    known = np.isfinite(planned) & np.isfinite(used)
    at = np.flatnonzero(known)
    above = links.parents[at] if len(at) else at
    sums, count = np.zeros((2, n)), np.zeros(n, np.int64)
    while (inside := above >= 0).any():
        at, above = at[inside], above[inside]
        sums[0] += np.bincount(above, planned[at], n)
        sums[1] += np.bincount(above, used[at], n)
        count += np.bincount(above, minlength=n)
        # what stands above a task that reports has that task's own figures already
        above = np.where(known[above], -1, links.parents[above])
    filled = (count > 0) & ~np.isfinite(planned) & ~np.isfinite(used)
    return np.where(filled, sums[0], planned), np.where(filled, sums[1], used)


def element_resources(
    links: Links,
    row: int,
    amounts: Amounts,
    volumes: Volumes | None = None,
    elsewhere: NDArray[np.int64] | None = None,
) -> ElementUse:
    """Return what one element has of one resource, task by task, and how each task is shared.

    volumes : asked for the elements of this element's tasks only (`volume_of` their properties)
    elsewhere : as for `element_portions`
    """
    tasks = np.unique(links.tasks[links.rows == row])
    planned, used = _of_summaries(links, amounts)
    found = []
    for task in tasks.tolist():
        rows = links.rows[links.tasks == task]
        count = len(rows) + (int(elsewhere[task]) if elsewhere is not None else 0)
        portion, shared_by = _portion(row, rows, count, volumes)
        found.append(
            TaskPortion(task, count, portion, shared_by, _part(planned[task], portion), _part(used[task], portion))
        )
    both = [(p.planned, p.used) for p in found if p.planned is not None and p.used is not None]
    wanted = sum(pair[0] for pair in both)
    return ElementUse(
        _total([p.planned for p in found]),
        _total([p.used for p in found]),
        sum(pair[1] for pair in both) / wanted if wanted > 0 else None,
        tuple(found),
    )


def _portion(row: int, rows: NDArray[np.int32], count: int, volumes: Volumes | None) -> tuple[float, str]:
    if count == 1:
        return 1.0, "alone"
    if volumes is not None and count == len(rows):
        known = [volume for volume in volumes(rows.tolist()) if volume is not None]
        if len(known) == count and len({unit for _, unit in known}) == 1:
            at = rows.tolist().index(row)
            return known[at][0] / sum(amount for amount, _ in known), "volume"
    return 1.0 / count, "number"


def _part(amount: float, portion: float) -> float | None:
    return float(amount * portion) if np.isfinite(amount) else None


def _total(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
