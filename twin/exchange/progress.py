"""Progress reports from a table: how far a project, or a task of it, is on a day."""

from datetime import date
from pathlib import Path
from typing import cast

from twin.exchange import stages
from twin.exchange.headers import PROGRESS
from twin.exchange.mapping import Mapping_
from twin.exchange.records import (
    AMOUNT,
    BEGIN,
    CODE,
    END,
    LONG,
    SHARE,
    TEXT,
    Records,
    Rows,
    finish,
    moment_at,
    read_records,
    require,
)
from twin.exchange.register import refuse_twice, stage_of
from twin.values.project import ProgressFact
from twin.values.sentence import Sentence, say

_KINDS = {
    **{"project": CODE, "task": TEXT, "fact_date": END, "completion": SHARE, "planned_completion": SHARE},
    **{"actual_cost": AMOUNT, "actual_start": BEGIN, "actual_finish": END, "stage": TEXT, "note": LONG},
}
_FIGURES = ("completion", "planned_completion", "actual_cost", "actual_start", "actual_finish", "stage", "note")


def read_progress(path: Path, mapping: Mapping_ | None = None, *, recorded_at: str | None = None) -> Rows[ProgressFact]:
    """Return the reports of a table; a row with a problem has none, a row that reports nothing is left out and told."""
    records = read_records(path, mapping, PROGRESS, _KINDS, recorded_at=recorded_at)
    require(records, PROGRESS, "project", "fact_date")
    facts: dict[int, ProgressFact] = {}
    silent: list[int] = []
    for index, (row, _) in enumerate(records.table.rows):
        project, day = records.get("project", index), records.get("fact_date", index)
        if all(records.get(name, index) is None for name in _FIGURES):
            silent.append(row)
        elif isinstance(project, str) and isinstance(day, date):
            facts[index] = _fact(records, index, project, day)
    leave_out_silent(records, silent)
    keys = {i: (fact.project, fact.task, fact.fact_date) for i, fact in facts.items()}
    refuse_twice(records, keys, "fact_date", reported_already)
    return finish(records, facts)


def reported_already(row: int) -> Sentence:
    """Return what is said of a second report on the same thing; `row`: the first one, which may say otherwise."""
    return say("row {row} reports on the same project, task and day already", row=row)


def leave_out_silent(records: Records, silent: list[int]) -> None:
    """Tell of rows that report nothing; one with a bad cell is told as that already."""
    bad = {problem.row for problem in records.problems}
    rows = [row for row in silent if row not in bad]
    if rows:
        shown = ", ".join(str(row) for row in rows[:10])
        records.notices.append(
            say("{count} rows report nothing and are left out: rows {rows}.", count=len(rows), rows=shown)
            if len(rows) <= 10
            else say("{count} rows report nothing and are left out: rows {rows} and more.", count=len(rows), rows=shown)
        )


def _fact(records: Records, index: int, project: str, day: date) -> ProgressFact:
    """Return the report of a row; dates that contradict each other are noted."""
    start = cast("date | None", records.get("actual_start", index))
    end = cast("date | None", records.get("actual_finish", index))
    if start is not None and end is not None and end < start:
        records.wrong(
            index, "actual_finish", say("the actual finish is before the actual start ({start})", start=str(start))
        )
    cost = cast("float | None", records.get("actual_cost", index))
    if cost is not None and cost < 0:
        records.wrong(index, "actual_cost", say("the number is below 0"))
    for name, value in (("actual_start", start), ("actual_finish", end)):
        if value is not None and value > day:
            records.wrong(index, name, say("an actual date is after the day of the report ({day})", day=str(day)))
    return ProgressFact(
        project=project,
        fact_date=day,
        task=cast("str | None", records.get("task", index)),
        completion=cast("float | None", records.get("completion", index)),
        planned_completion=cast("float | None", records.get("planned_completion", index)),
        actual_cost=cost,
        actual_start=start,
        actual_finish=end,
        stage=stage_of(records, index, "stage", stages.LIFECYCLE),
        note=cast("str | None", records.get("note", index)),
        recorded_at=moment_at(records, index),
        row=records.table.rows[index][0],
    )
