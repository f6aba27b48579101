"""The document of a schedule loses nothing, is the same for the same schedule, and is read fast."""

import json
import time
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.schedules_strategies import SCHEDULES
from twin.errors import StoreTooNew
from twin.exchange.schedule_document import VERSION, from_document, to_document
from twin.values.schedule import ALL_DAYS, Baseline, Schedule, Task, TaskLink


def through_json(schedule: Schedule) -> Schedule:
    return from_document(json.loads(json.dumps(to_document(schedule), allow_nan=False)))


@given(SCHEDULES)
def test_nothing_is_lost(schedule: Schedule) -> None:
    back = through_json(schedule)
    for field in fields(Schedule):
        assert getattr(back, field.name) == getattr(schedule, field.name), field.name
    for mine, theirs in zip((*schedule.unread, *schedule.notices), (*back.unread, *back.notices), strict=True):
        assert mine.packed() == theirs.packed()


def described(value: Any) -> Any:
    """Return a value with the type of every leaf: 1 and 1.0 and True differ."""
    return (type(value).__name__, repr(value))


@given(SCHEDULES)
def test_types_come_back(schedule: Schedule) -> None:
    back = through_json(schedule)
    for mine, theirs in zip(schedule.tasks, back.tasks, strict=True):
        for field in fields(Task):
            if field.name != "values":
                assert described(getattr(mine, field.name)) == described(getattr(theirs, field.name))


@given(SCHEDULES, st.randoms())
def test_equal_schedules_make_equal_documents(schedule: Schedule, random: Any) -> None:
    def shuffled(mapping: Any) -> dict[Any, Any]:
        keys = list(mapping)
        random.shuffle(keys)
        return {key: mapping[key] for key in keys}

    other = replace(
        schedule,
        tasks=[replace(task, values=shuffled(task.values)) for task in schedule.tasks],
        links=list(schedule.links),
        elements={task: list(ids) for task, ids in shuffled(schedule.elements).items()},
    )
    assert json.dumps(to_document(other)) == json.dumps(to_document(schedule))


def test_whole_numbers_are_written_as_the_floats_they_equal() -> None:
    one, other = (Schedule("", "csv", (Task("A", "", cost=cost),)) for cost in (5, 5.0))
    assert one == other
    assert json.dumps(to_document(one)) == json.dumps(to_document(other))


def test_columns_that_say_nothing_are_left_out() -> None:
    document = to_document(Schedule("", "csv", (Task("A", "a"), Task("B", "b"))))
    assert document == {
        "version": VERSION,
        "name": "",
        "format": "csv",
        "tasks": {"id": ["A", "B"], "name": ["a", "b"]},
    }


def test_a_document_of_a_newer_program_is_refused() -> None:
    with pytest.raises(StoreTooNew):
        from_document({"version": VERSION + 1, "name": "", "format": "csv"})


def large(count: int) -> Schedule:
    start = datetime(2025, 1, 6, 8)
    tasks = []
    for i in range(count):
        begin, end = start + timedelta(hours=i), start + timedelta(hours=i + 37)
        tasks.append(
            Task(
                f"T{i}", f"第{i}段混凝土浇筑", code=f"1.{i}", parent=f"T{i // 50}" if i else None, calendar="all_days",
                schedule_start=begin, schedule_finish=end, actual_start=begin, actual_finish=end,
                duration=timedelta(hours=37), remaining_duration=timedelta(0), completion=i / count, cost=i * 1.1,
                actual_cost=i * 1.2, work=timedelta(hours=80), actual_work=timedelta(hours=3),
                baselines=(Baseline(0, begin, end, i * 1.0, timedelta(hours=80), timedelta(hours=37)),),
                values={"zone": f"Z{i % 7}", "floor": f"F{i % 30}"},
            )
        )  # fmt: skip
    links = tuple(TaskLink(f"T{i}", f"T{i + 1}", "FS", timedelta(hours=i % 5)) for i in range(count - 1))
    return Schedule("", "mspdi", tuple(tasks), links, (ALL_DAYS,), "all_days", data_date=start)


def test_five_thousand_tasks_are_read_fast() -> None:
    schedule = large(5000)
    document = to_document(schedule)
    spent = []
    for _ in range(5):
        begin = time.perf_counter()
        back = from_document(document)
        spent.append(time.perf_counter() - begin)
    assert back == schedule
    assert min(spent) < 0.2  # 60 ms on a quiet machine; the test machine may be busy
    assert len(json.dumps(document, ensure_ascii=False)) < 450 * 5000
