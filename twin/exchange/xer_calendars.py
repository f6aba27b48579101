"""Calendars of an XER file: P6 keeps week and exceptions in one nested text, `(0||CalendarData()( … ))`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from twin.errors import InvalidInput
from twin.exchange.xer_file import Row
from twin.exchange.xer_values import FIRST_YEAR, LAST_YEAR, Values
from twin.values.schedule import Calendar, CalendarException, Shift
from twin.values.sentence import say

MAX_EXCEPTIONS = 1_000_000  # of all calendars of a file, written out
MAX_BASES = 5  # P6 itself has one: the global calendar
_EPOCH = date(1899, 12, 30)
_OFFICE_HOURS: Sequence[Shift] = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
_NODE = re.compile(r"\(\s*\d+\s*\|\|\s*([^()]*?)\s*\(([^()]*)\)|[()]")
_CLOCK = re.compile(r"\s*(\d{1,2}):(\d\d)(?::\d\d)?\s*([AaPp])?[.Mm]*\s*$")

Free = tuple[date, Sequence[Shift]]  # a day, and when work is done on it


@dataclass(slots=True)
class _Own:
    """What the text of one calendar says itself; `week` only where it states working days."""

    week: list[list[Shift]] | None = None
    exceptions: list[Free] = field(default_factory=list)
    whole: bool = True


@dataclass(slots=True)
class _Node:
    """One `(0||name(attributes)(children))`."""

    name: str
    attributes: str
    children: list["_Node"] = field(default_factory=list)


def read_calendars(rows: Sequence[Row], values: Values) -> dict[str, Calendar]:
    """Return clndr_id → calendar, the exceptions of its base calendar written out in it."""
    by_id: dict[str, Row] = {}
    for row in rows:
        if key := row.get("clndr_id"):
            by_id.setdefault(key, row)
    values.notes.leave(
        say(
            "Table CALENDAR: {count} rows without or with a repeated clndr_id are not read.",
            count=len(rows) - len(by_id),
        ),
        len(rows) - len(by_id),
    )
    own = {key: _parse(row, values) for key, row in by_id.items()}
    found, total = {}, 0
    for key, row in by_id.items():
        found[key] = _written_out(key, by_id, own, values)
        total += len(found[key].exceptions)
        if total > MAX_EXCEPTIONS:
            raise InvalidInput(
                "The calendars have more than {limit} exceptions (line {line}). Export again without unused calendars.",
                limit=MAX_EXCEPTIONS,
                line=row.line,
            )
    return found


def _written_out(key: str, by_id: Mapping[str, Row], own: Mapping[str, _Own], values: Values) -> Calendar:
    """Return a calendar with what it inherits: the week where it has none, exceptions before its own."""
    row, chain = by_id[key], [key]
    while base := by_id[chain[-1]].get("base_clndr_id"):
        if base not in own or len(chain) > MAX_BASES:  # circles end here too
            values.notes.note_bad(by_id[chain[-1]], "base_clndr_id", base)
            break
        chain.append(base)
    week: Sequence[Sequence[Shift]] | None = next((own[c].week for c in chain if own[c].week is not None), None)
    if week is None:
        week = _stand_in(row, values)
    days: dict[date, Sequence[Shift]] = {}
    for part in reversed(chain):
        days.update(own[part].exceptions)
    exceptions = [CalendarException(day, day, tuple(days[day])) for day in sorted(days)]
    name = row.get("clndr_name")
    return Calendar(key, name, tuple(tuple(shifts) for shifts in week), tuple(exceptions))


def _stand_in(row: Row, values: Values) -> Sequence[Sequence[Shift]]:
    """Return a week for a calendar whose text is missing, from its hours a day and a week; told."""
    hours = values.number(row, "day_hr_cnt")
    weekly = values.number(row, "week_hr_cnt")
    shifts: Sequence[Shift] = _OFFICE_HOURS
    if hours and 0 < hours <= 24 and hours != 8:
        minutes = round(hours * 60)
        start = 8 * 60 if minutes <= 16 * 60 else 0
        shifts = ((start, start + minutes),) if minutes else _OFFICE_HOURS
    days = min(7, max(1, round(weekly / hours))) if hours and weekly and 0 < weekly <= 168 and hours > 0 else 5
    values.notes.notices.append(
        say(
            "Calendar {name} (line {line}) states no working hours: {days} days a week, {hours:.1f} hours from {start}"
            " stand in.",
            name=row.get("clndr_name") or row.get("clndr_id"),
            line=row.line,
            days=days,
            hours=sum(finish - start for start, finish in shifts) / 60,
            start=f"{shifts[0][0] // 60:02}:00",
        )
    )
    return [list(shifts) if day < days else [] for day in range(7)]


def _parse(row: Row, values: Values) -> _Own:
    """Read the nested text; what of it cannot be read is noted."""
    text = "".join(row.get("clndr_data").split("\n"))
    own = _Own()
    if not text:
        return own
    root, own.whole = _tree(text)
    stack = [root]
    while stack:
        node = stack.pop()
        if node.name == "DaysOfWeek" and node.children:
            own.week = _week(node, own)
        elif node.name == "Exceptions":
            own.exceptions = _exceptions(node, own)
        else:
            stack.extend(node.children)
    if not own.whole:
        values.notes.note_bad(row, "clndr_data", text[-40:])
    return own


def _tree(text: str) -> tuple[_Node, bool]:
    """Return the root of the nested text, and whether its brackets close."""
    root = _Node("", "")
    # Every bracket has its place on the stack; a bracket around children belongs to the node it stands in.
    stack = [root]
    for match in _NODE.finditer(text):
        if match[0] == "(":
            stack.append(stack[-1])
        elif match[0] == ")":
            if len(stack) == 1:
                return root, False
            stack.pop()
        else:
            node = _Node(match[1], match[2])
            stack[-1].children.append(node)
            stack.append(node)
    return root, len(stack) == 1 and bool(root.children)


def _week(days: _Node, own: _Own) -> list[list[Shift]]:
    """Return the seven days, Monday first; P6 counts from 1 = Sunday."""
    week: list[list[Shift]] = [[] for _ in range(7)]
    for node in days.children:
        if node.name in {"1", "2", "3", "4", "5", "6", "7"}:
            week[(int(node.name) - 2) % 7] = _shifts(node, own)
        else:
            own.whole = False
    return week


def _exceptions(node: _Node, own: _Own) -> list[Free]:
    """Return the days on which the week does not hold, in the order of the text."""
    found: list[Free] = []
    for child in node.children:
        words = [word.strip() for word in child.attributes.split("|")]
        number = words[1] if len(words) > 1 and words[0] == "d" else ""
        if number.isdecimal() and len(number) <= 6 and (day := _day(int(number))):
            found.append((day, _shifts(child, own)))
        else:
            own.whole = False
    return found


def _day(number: int) -> date | None:
    """Return the date of a day number (days since 1899-12-30), None for one beyond 1900 to 2200.

    >>> _day(43650)
    datetime.date(2019, 7, 4)
    """
    day = _EPOCH + timedelta(days=number)
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _shifts(node: _Node, own: _Own) -> list[Shift]:
    """Return the shifts of a day, sorted and without overlaps; 00:00 as a finish is midnight."""
    found: list[Shift] = []
    for child in node.children:
        words = child.attributes.split("|")
        stated = dict(zip((word.strip() for word in words[::2]), words[1::2], strict=False))
        start, finish = _minutes(stated.get("s", "")), _minutes(stated.get("f", ""))
        finish = 1440 if finish in {0, 1439} else finish
        if start is None or finish is None or start >= finish:
            own.whole = False
        else:
            found.append((start, finish))
    merged: list[Shift] = []
    for start, finish in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(finish, merged[-1][1]))
        else:
            merged.append((start, finish))
    return merged


def _minutes(text: str) -> int | None:
    """Return the minute of the day of "13:30" or "1:30 PM".

    >>> _minutes("13:30"), _minutes("12:15 AM"), _minutes("25:00")
    (810, 15, None)
    """
    match = _CLOCK.match(text)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2])
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] in "Pp" else 0)
    return hour * 60 + minute if hour * 60 + minute <= 1440 and minute < 60 else None
