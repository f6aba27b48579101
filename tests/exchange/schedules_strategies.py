"""Hypothesis strategies that make schedules with every field of `twin.values.schedule` in use."""

from datetime import date, datetime
from typing import TypeVar

from hypothesis import strategies as st

from twin.values.schedule import (
    FORMATS,
    LINK_TYPES,
    RESOURCE_KINDS,
    TASK_KINDS,
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Resource,
    Schedule,
    Task,
    TaskLink,
)
from twin.values.sentence import say

T = TypeVar("T")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=8)
IDS = st.text("ABCxyz019.-_墙", min_size=1, max_size=6)
TIMES = st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31)).map(lambda time: time.replace(fold=0))
SPANS = st.timedeltas()
DAYS = st.dates(date(1950, 1, 1), date(2199, 12, 31))


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


SHIFTS = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda shift: shift[0] < shift[1]), max_size=2
).map(tuple)
EXCEPTIONS = st.builds(CalendarException, DAYS, DAYS, SHIFTS, TEXTS)
CALENDARS = st.builds(Calendar, IDS, TEXTS, st.tuples(*[SHIFTS] * 7), st.lists(EXCEPTIONS, max_size=3).map(tuple))
BASELINES = st.builds(
    Baseline, st.integers(0, 10), maybe(TIMES), maybe(TIMES), maybe(NUMBERS), maybe(SPANS), maybe(SPANS)
)
TASKS = st.builds(
    Task,
    id=IDS,
    name=TEXTS,
    kind=st.sampled_from(TASK_KINDS),
    code=TEXTS,
    parent=maybe(IDS),
    calendar=maybe(IDS),
    schedule_start=maybe(TIMES),
    schedule_finish=maybe(TIMES),
    actual_start=maybe(TIMES),
    actual_finish=maybe(TIMES),
    duration=maybe(SPANS),
    remaining_duration=maybe(SPANS),
    completion=maybe(NUMBERS),
    cost=maybe(NUMBERS),
    actual_cost=maybe(NUMBERS),
    work=maybe(SPANS),
    actual_work=maybe(SPANS),
    baselines=st.lists(BASELINES, max_size=2).map(tuple),
    values=st.dictionaries(TEXTS, TEXTS, max_size=3),
)
LINKS = st.builds(TaskLink, IDS, IDS, st.sampled_from(LINK_TYPES), SPANS, maybe(NUMBERS))
SENTENCES = st.builds(
    lambda count, word: say("{count} rows of {table}: {inner}", count=count, table=word, inner=say("of {x}", x=word)),
    st.integers(),
    TEXTS,
)
SCHEDULES = st.builds(
    Schedule,
    name=TEXTS,
    format=st.sampled_from(FORMATS),
    tasks=st.lists(TASKS, max_size=5).map(tuple),
    links=st.lists(LINKS, max_size=4).map(tuple),
    calendars=st.lists(CALENDARS, max_size=2).map(tuple),
    calendar=maybe(IDS),
    resources=st.lists(st.builds(Resource, IDS, TEXTS, st.sampled_from(RESOURCE_KINDS), TEXTS), max_size=3).map(tuple),
    assignments=st.lists(
        st.builds(Assignment, IDS, IDS, maybe(NUMBERS), maybe(NUMBERS), maybe(NUMBERS), maybe(NUMBERS)), max_size=3
    ).map(tuple),
    data_date=maybe(TIMES),
    start=maybe(TIMES),
    finish=maybe(TIMES),
    currency=maybe(TEXTS),
    elements=st.dictionaries(IDS, st.lists(IDS, max_size=3).map(tuple), max_size=3),
    unread=st.lists(SENTENCES, max_size=2).map(tuple),
    notices=st.lists(SENTENCES, max_size=2).map(tuple),
    lost=st.integers(0, 3),
)
