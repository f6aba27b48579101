"""Which elements a task builds: by the relations of the schedule's file, else by the project's rules.

Rules look at each distinct class, storey and name once, and only at elements that nothing has tied before: a hundred
thousand elements take a fraction of a second.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.judgement.element_table import Column, Columns, ElementTable
from twin.judgement.link_rules import FIELDS, Glob, LinkRules, Rule, Scalar, Wish, class_matches, folded, parse_rules
from twin.judgement.task_weights import parent_rows
from twin.values.schedule import Schedule

__all__ = ["ElementTable", "LinkRules", "Links", "link_elements", "parse_rules"]

Rows = NDArray[np.int64]
Pairs = tuple[Rows, Rows]  # (k,) rows and (k,) tasks
MOST_LINKS = 5_000_000
_DEEPEST = 64  # levels of what holds what; a hostile file's may go round in circles
_MOST_FILLINGS = 256  # tasks that one element may fill in from many zones and systems
_NONE: Pairs = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Links:
    """Elements of one model and the tasks that build them, many to many, sorted by row, then task.

    rows, tasks : (k,) int32, feature row and index into `Schedule.tasks`
    how : (k,) uint8, 0 by a relation of the schedule's file, else the number of the rule
    unlinked : int32, rows without a task
    n_rows, n_tasks : of the model and of the schedule
    parents : (n_tasks,) int64, index of each task's summary, -1 at the top
    matched : elements that each rule tied, by its number, 0 for relations
    ambiguous : what rules call a task by → ids of the tasks that share this name or code; none of them is tied
    missing : what rules would call a task by, which no task is called → elements for which they did
    strangers : GlobalIds that the schedule's relations name and this model has not
    """

    rows: NDArray[np.int32]
    tasks: NDArray[np.int32]
    how: NDArray[np.uint8]
    unlinked: NDArray[np.int32]
    n_rows: int
    n_tasks: int
    parents: NDArray[np.int64]
    matched: Mapping[int, int] = field(default_factory=dict)
    ambiguous: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()


def link_elements(schedule: Schedule, rules: LinkRules | None, elements: ElementTable) -> Links:
    """Tie the elements of a model to the tasks of its project's schedule.

    The relations of the file count first; of the rules the first that matches an element and names a task that there
    is; a rule with `also` adds to what was tied before.  A summary is tied only where no leaf task is.  Spaces and
    other places are tied only where a relation names the place itself, or a rule its class.
    """
    finder = _TaskFinder(schedule)
    (rows, tasks), strangers = _related(schedule, elements, finder.ids)
    found: list[tuple[Rows, Rows, int]] = [(rows, tasks, 0)]
    linked = np.zeros(len(elements), bool)
    linked[rows] = True
    listed = rules.rules if rules is not None else ()
    columns = Columns(elements, [path for rule in listed for path in rule.psets])
    total = len(rows)
    built = elements.built()
    for rule in listed:
        asked = np.ones(len(elements), bool) if "class" in rule.conditions else built
        free = np.flatnonzero(asked if rule.also else asked & ~linked)
        rows, tasks = _applied(rule, _matching(rule, columns, free), columns, finder)
        total += len(rows)
        _check(total)
        linked[rows] = True
        found.append((rows, tasks, rule.number))
    return _collected(schedule, found, elements, finder, strangers)


def _check(total: int) -> None:
    if total > MOST_LINKS:
        raise InvalidInput(
            "Over {most} pairs of an element and a task are tied: name the tasks more narrowly.", most=MOST_LINKS
        )


def _collected(
    schedule: Schedule,
    found: list[tuple[Rows, Rows, int]],
    elements: ElementTable,
    finder: "_TaskFinder",
    strangers: frozenset[str],
) -> Links:
    n_tasks = max(len(schedule.tasks), 1)
    rows, tasks = (np.concatenate([part[i] for part in found]) for i in (0, 1))
    how = np.repeat([part[2] for part in found], [len(part[0]) for part in found])
    parents = parent_rows(schedule.tasks)
    # a pair that is found twice counts once, as it was found first
    keys, first = np.unique(rows * n_tasks + tasks, return_index=True)
    rows, tasks, how = keys // n_tasks, keys % n_tasks, how[first]
    summary = np.zeros(n_tasks, bool)
    summary[parents[parents >= 0]] = True
    finer = np.zeros(len(elements), bool)
    finer[rows[~summary[tasks]]] = True
    kept = ~summary[tasks] | ~finer[rows]
    rows, tasks, how = rows[kept], tasks[kept], how[kept]
    free = np.ones(len(elements), bool)
    free[rows] = False
    return Links(
        rows.astype(np.int32),
        tasks.astype(np.int32),
        how.astype(np.uint8),
        np.flatnonzero(free).astype(np.int32),
        len(elements),
        len(schedule.tasks),
        parents,
        {number: len(np.unique(part)) for part, _, number in found},
        finder.ambiguous,
        dict(finder.missing.most_common()),
        strangers,
    )


def _related(schedule: Schedule, elements: ElementTable, ids: Mapping[str, int]) -> tuple[Pairs, frozenset[str]]:
    """Return the pairs that the schedule's relations tie: elements themselves, and all that a named one holds."""
    named: dict[str, list[int]] = {}
    for task, global_ids in schedule.elements.items():
        if task in ids:
            for global_id in dict.fromkeys(global_ids):
                named.setdefault(global_id, []).append(ids[task])
    if not named:
        return _NONE, frozenset()
    parents = elements.parents() if elements.parents is not None else {}
    storeys = [storey.global_id for storey in elements.storeys]
    known: dict[str, tuple[int, ...]] = {}
    counts, tasks = np.zeros(len(elements), np.int64), []
    total = 0
    columns = zip(elements.global_id, np.asarray(elements.storey).tolist(), elements.built().tolist(), strict=True)
    for row, (global_id, storey, is_built) in enumerate(columns):
        holder = parents.get(global_id) or (storeys[storey] if storey >= 0 else None)
        own = named.get(global_id, ())
        held = _held_by(holder, named, parents, known) if holder is not None and is_built else ()
        if own or held:
            counts[row] = len(own) + len(held)
            total += len(own) + len(held)
            _check(total)
            tasks += [*own, *held]
    rows = np.repeat(np.arange(len(elements)), counts)
    here = {*elements.global_id, *storeys, *parents, *(holder for holder in parents.values() if holder)}
    return (rows, np.array(tasks, np.int64)), frozenset(named.keys() - here)


def _held_by(
    holder: str,
    named: Mapping[str, Sequence[int]],
    parents: Mapping[str, str | None],
    known: dict[str, tuple[int, ...]],
) -> tuple[int, ...]:
    """Return the tasks of a holder and of all that holds it; `known` remembers what was walked."""
    trail: list[str] = []
    at: str | None = holder
    while at is not None and at not in known and at not in trail and len(trail) < _DEEPEST:
        trail.append(at)
        at = parents.get(at)
    above = known.get(at, ()) if at is not None else ()
    for step in reversed(trail):
        above = known[step] = (*named.get(step, ()), *above) if step in named else above
    return above


def _matching(rule: Rule, columns: Columns, rows: Rows) -> Rows:
    """Return those of `rows` for which all conditions of a rule hold, the cheap ones asked first."""
    for name in FIELDS:
        if name in rule.conditions and len(rows):
            column = columns.column(name, rows)
            rows = rows[_holds(column, rows, name, rule.conditions[name])]
    for path, wanted in rule.psets.items():
        if len(rows):
            rows = rows[_holds(columns.asked(path, rows), rows, path, wanted)]
    return rows


def _holds(column: Column, rows: Rows, name: str, wanted: Sequence[Wish]) -> NDArray[np.bool_]:
    """Tell for each of `rows` whether any of its values is wanted; each distinct value is looked at once."""
    codes = column.codes[rows]
    good = np.zeros(len(column.values), bool)
    good[codes] = True
    distinct = np.flatnonzero(good)
    values = [column.folded(code) for code in distinct.tolist()]
    owners = np.repeat(distinct, [len(value) for value in values])
    flat = [item for value in values for item in value]
    wished = np.zeros(len(flat), bool)
    for wish in wanted:
        wished |= np.fromiter(map(wishes(name, wish), flat), bool, len(flat))
    good[:] = False
    good[owners[wished]] = True
    return good[codes]


def wishes(name: str, wish: Wish) -> Callable[[Scalar], bool]:
    """Return the test of (folded) values that a rule makes: globs of texts, numbers to nine digits, true and false."""
    if isinstance(wish, Glob):
        test = wish.test
        if name == "class":
            return lambda value: class_matches(wish, str(value))
        return lambda value: test(value if isinstance(value, str) else str(value).casefold())
    if isinstance(wish, bool):
        return lambda value: value is wish
    return lambda value: not isinstance(value, str | bool) and _close(value, wish)


def _close(a: float, b: float) -> bool:
    try:
        return math.isclose(a, b)
    except OverflowError:  # an integer beyond all floats
        return False


def _applied(rule: Rule, rows: Rows, columns: Columns, finder: "_TaskFinder") -> Pairs:
    """Return the pairs of `rows` and the tasks that a rule names for them."""
    if not len(rows):
        return _NONE
    fields = [name for name in FIELDS if any(name in task.fields for task in rule.tasks)]
    used = [columns.column(name, rows) for name in fields]
    kinds, example = np.zeros(len(rows), np.int64), np.zeros(1, np.int64)
    for column in used:  # number the distinct combinations of what is filled in
        keys = kinds * (len(column.values) + 1) + column.codes[rows]
        _, example, kinds = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(kinds, minlength=len(example))
    tasks: list[list[int]] = []
    for row, count in zip(rows[example].tolist(), counts.tolist(), strict=True):
        values = [
            [str(v) for v in column.values[column.codes[row]] if _asked_for(rule, name, v)]
            for name, column in zip(fields, used, strict=True)
        ]
        tasks.append(list(dict.fromkeys(finder.named(_fillings(rule, fields, values), count))))
    size = np.array([len(found) for found in tasks])
    _check(int((size * counts).sum()))
    flat = np.array([task for found in tasks for task in found], np.int64)
    start = np.cumsum(size) - size
    repeats = size[kinds]
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return np.repeat(rows, repeats), flat[np.repeat(start[kinds], repeats) + within]


def _asked_for(rule: Rule, name: str, value: Scalar) -> bool:
    """Tell whether one of several zones or systems is one that the rule's own condition means."""
    wanted = rule.conditions.get(name)
    return wanted is None or any(wishes(name, wish)(folded(str(value))) for wish in wanted)


def _fillings(rule: Rule, fields: Sequence[str], values: Sequence[Sequence[str]]) -> Iterable[str]:
    """Yield what the tasks of a rule are called for an element with these values; nothing where one is missing."""
    for task in rule.tasks:
        own = [choice if name in task.fields else [""] for name, choice in zip(fields, values, strict=True)]
        for choice in islice(product(*own), _MOST_FILLINGS):
            yield task.filled(dict(zip(fields, choice, strict=True)))


class _TaskFinder:
    """Finds tasks by id, then code, then name; notes what is ambiguous and what is not there."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.ids = {task.id: i for i, task in enumerate(schedule.tasks)}
        self.ambiguous: dict[str, tuple[str, ...]] = {}
        self.missing: Counter[str] = Counter()
        self._steps: list[dict[str, list[int]]] = [{}, {}, {}, {}]
        for i, task in enumerate(schedule.tasks):
            texts = (task.code, task.name, folded(task.code), folded(task.name))
            for step, text in zip(self._steps, texts, strict=True):
                if text:
                    step.setdefault(text, []).append(i)

    def named(self, texts: Iterable[str], count: int) -> Iterable[int]:
        """Yield the tasks that are called so; `count` elements ask."""
        for text in texts:
            if (task := self._find(text)) is not None:
                yield task
            elif text not in self.ambiguous:
                self.missing[text] += count

    def _find(self, text: str) -> int | None:
        if text in self.ids:
            return self.ids[text]
        for step, key in zip(self._steps, (text, text, folded(text), folded(text)), strict=True):
            if len(found := step.get(key, ())) > 1:
                self.ambiguous[text] = tuple(self._schedule.tasks[i].id for i in found)
            if found:
                return found[0] if len(found) == 1 else None
        return None
