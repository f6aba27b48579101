"""A schedule worked out: a sketch of tasks, their lengths and what they wait for, becomes dates and costs.

The sketch is text, one line for each task, indented below its summary:

    id | name | days | cost | after

`days` 0 makes a milestone, a line without days is a summary.  `cost` is a share, of any unit.  `after` names the tasks
waited for, by comma: `A`, `A+5` (five days later), `A SS+10` (ten days after its start), `A FF`.  A task without it
begins with the project.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sample_data.fact_calendar import FIRST, WorkCalendar

_AFTER = re.compile(r"^(?P<task>\S+?)(?: (?P<type>FS|SS|FF))?(?P<lag>[+-]\d+)?$")


@dataclass(frozen=True, slots=True)
class Wait:
    """A link: `task` is waited for, `lag` in worked days."""

    task: str
    type: str
    lag: int


@dataclass(slots=True)
class Row:
    """A row of a sketch, then of a schedule.

    level : 0 for the outermost; start, finish : its first and last day; cost : yuan; uid : its number, from 1
    """

    id: str
    name: str
    parent: str | None
    level: int
    kind: str  # "task", "milestone", "summary"
    days: float
    share: float
    waits: list[Wait]
    uid: int
    start: date = FIRST
    finish: date = FIRST
    length: int = 0
    cost: float = 0.0
    children: list["Row"] = field(default_factory=list)


@dataclass(frozen=True)
class Network:
    """A worked-out schedule: its rows in order, and the calendar that all of them keep."""

    name: str
    rows: Sequence[Row]
    calendar: WorkCalendar
    budget: float

    @property
    def leaves(self) -> list[Row]:
        """The tasks that are worked on."""
        return [row for row in self.rows if row.kind == "task"]

    @property
    def start(self) -> date:
        """The first day of work."""
        return min(row.start for row in self.rows)

    @property
    def finish(self) -> date:
        """The last day of work."""
        return max(row.finish for row in self.rows)

    def shares(self, at: NDArray[np.float64], calendar: WorkCalendar | None = None) -> NDArray[np.float64]:
        """Return (n_leaves, n) planned completion at moments (n,) or (n_leaves, n), in days since `FIRST`."""
        keeps = calendar or self.calendar
        leaves = self.leaves
        begun = np.array([(leaf.start - FIRST).days for leaf in leaves], float)[:, None]
        ended = np.array([(leaf.finish - FIRST).days + 1 for leaf in leaves], float)[:, None]
        low, high = keeps.elapsed(begun), keeps.elapsed(ended)
        passed = keeps.elapsed(np.broadcast_to(np.asarray(at, float), (len(leaves), np.shape(at)[-1])))
        return np.clip((passed - low) / (high - low), 0.0, 1.0)

    def costs(self) -> NDArray[np.float64]:
        """Return (n_leaves,) the costs of the leaves, yuan."""
        return np.array([leaf.cost for leaf in self.leaves])


def sketch(text: str) -> list[Row]:
    """Read a sketch."""
    rows: list[Row] = []
    above: list[Row] = []
    for line in filter(str.strip, text.splitlines()):
        level = (len(line) - len(line.lstrip())) // 2
        cells = [cell.strip() for cell in line.split("|")]
        cells += [""] * (5 - len(cells))
        kind = "summary" if not cells[2] else "milestone" if cells[2] == "0" else "task"
        parent = above[level - 1] if level else None
        waits = list(dict.fromkeys(_wait(item) for item in cells[4].split(",") if item.strip()))
        row = Row(
            cells[0], cells[1], parent.id if parent else None, level, kind, float(cells[2] or 0),
            float(cells[3] or 0), waits, len(rows) + 1,
        )  # fmt: skip
        rows.append(row)
        if parent:
            parent.children.append(row)
        above = [*above[:level], row]
    return rows


def _wait(item: str) -> Wait:
    found = _AFTER.match(item.strip())
    assert found, item
    return Wait(found["task"], found["type"] or "FS", int(found["lag"] or 0))


def worked_out(
    name: str,
    text: str,
    budget: float,
    span: tuple[date, date],
    calendar: WorkCalendar,
    shown: WorkCalendar | None = None,
) -> Network:
    """Return the schedule: dates from first to last day of `span`, costs that add up to `budget` (yuan).

    shown : calendar that the finished schedule states, when it is another one than was planned with
    """
    rows = sketch(text)
    low, high = 0.05, 8.0  # how the sketch's days must be stretched to fill the span
    start, finish = calendar.index(span[0]), calendar.index(span[1] + timedelta(1)) - 1
    for _ in range(40):
        middle = (low + high) / 2
        if _pass(rows, start, middle)[1] <= finish:
            low = middle
        else:
            high = middle
    placed, last = _pass(rows, start, low)
    for row in rows:
        if row.kind != "summary":
            first, end = placed[row.id]
            if end == last and row.kind == "milestone":  # what is left over by rounding, before the end
                first = end = finish
            row.start, row.finish, row.length = calendar.day(first), calendar.day(end), end - first + 1
    for row in reversed(rows):
        if row.kind == "summary":
            row.start = min(child.start for child in row.children)
            row.finish = max(child.finish for child in row.children)
            row.length = calendar.index(row.finish) - calendar.index(row.start) + 1
    _priced(rows, budget)
    return Network(name, rows, shown or calendar, budget)


def _pass(rows: Sequence[Row], start: int, stretch: float) -> tuple[dict[str, tuple[int, int]], int]:
    """Return first and last worked day of each task at a stretch, and the last of all: the forward pass."""
    placed: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.kind == "summary":
            continue
        length = max(1, round(row.days * stretch)) if row.kind == "task" else 1
        first = start
        for wait in row.waits:
            begun, ended = placed[wait.task]
            if wait.type == "FS":  # a milestone falls on the evening of what it waits for
                first = max(first, ended + wait.lag + (row.kind == "task"))
            elif wait.type == "SS":
                first = max(first, begun + wait.lag)
            else:
                first = max(first, ended + wait.lag - length + 1)
        placed[row.id] = (first, first + length - 1)
    return placed, max(end for _, end in placed.values())


def _priced(rows: Sequence[Row], budget: float) -> None:
    """Give the tasks their costs, whole hundreds of yuan; summaries get the sum."""
    leaves = [row for row in rows if row.kind == "task"]
    total = sum(row.share for row in leaves)
    for row in leaves:
        row.cost = round(budget * row.share / total / 100) * 100.0
    dearest = max(leaves, key=lambda row: row.cost)
    dearest.cost += budget - sum(row.cost for row in leaves)
    for row in reversed(rows):
        if row.kind == "summary":
            row.cost = sum(child.cost for child in row.children)
