"""The cells of a schedule table as values: texts, times of the day, durations, and the columns that are no field."""

import re
from datetime import date, datetime, time, timedelta
from typing import cast

from twin.exchange import cells
from twin.exchange.cells import Bad, narrow
from twin.exchange.records import Records
from twin.exchange.schedule_cells import clock_of, read_span, unguard
from twin.exchange.schedule_csv import VALUES
from twin.exchange.schedule_words import BASELINES, ROW_KINDS, bare_unit, baseline_field
from twin.exchange.table import MAX_TEXT
from twin.values.project import CellProblem
from twin.values.sentence import say

SPANS = (
    *("duration", "remaining_duration", "work", "actual_work"),
    *(baseline_field(number, part) for number in range(BASELINES + 1) for part in ("work", "duration")),
)
GLOBAL_ID = re.compile(r"[0-9A-Za-z_$]{22}")
_BETWEEN_IDS = re.compile(r"[\s;；,，、]+")


class Fields:
    """Reads the cells of a table; rows are known by their index; what is wrong goes to the problems of the records."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.columns = set(records.columns.values())
        self.others = [header for header in records.table.columns if header not in self.columns]
        self.units = {name: "h" if name.endswith("work") else bare_unit(records.header(name)) for name in SPANS}
        self.kinds: dict[int, str] = {}

    def text(self, name: str, index: int) -> str | None:
        """Return a field's text without the mark that guards it from spreadsheets."""
        text = self.records.get(name, index)
        return unguard(text) if isinstance(text, str) else None

    def number(self, name: str, index: int) -> float | None:
        """Return a field's number."""
        return cast("float | None", self.records.get(name, index))

    def time(self, name: str, index: int, *, ends: bool = False) -> datetime | None:
        """Return a field's day at the time that its cell names, else at its begin or end."""
        day = self.records.get(name, index)
        if not isinstance(day, date):
            return None
        cell = self.records.table.rows[index][1].get(self.records.columns.get(name, ""))
        form = self.records.mapping.form(name)
        if form is not None and "%H" in form and isinstance(cell, str):
            return datetime.strptime(narrow(cell), form).replace(tzinfo=None)
        clock = clock_of(cell)
        if isinstance(clock, Bad):
            self.records.wrong(index, name, clock.problem)
            return None
        if clock is not None:
            return datetime.combine(day, clock.time())
        return datetime.combine(day, time(23, 59) if ends else time())

    def span(self, name: str, index: int, day: int) -> timedelta | None:
        """Return a field's duration; `day`: minutes of a working day."""
        read = read_span(self.records.get(name, index), day, self.units[name])
        if isinstance(read, Bad):
            self.records.wrong(index, name, read.problem)
            return None
        return read

    def kind(self, index: int) -> str:
        """Return what kind of row it is, empty where it does not say."""
        if index not in self.kinds:
            self.kinds[index] = self._read_kind(index)
        return self.kinds[index]

    def _read_kind(self, index: int) -> str:
        text = self.text("kind", index)
        if text is None:
            return ""
        kind = ROW_KINDS.get(narrow(text).lower())
        if kind is None:
            self.records.wrong(
                index, "kind", say("this kind is not known: write task, milestone, summary or level_of_effort")
            )
        return kind or ""

    def ids_in(self, name: str, index: int) -> list[str]:
        """Return the GlobalIds in a cell, between semicolons, commas or spaces."""
        return [word for word in _BETWEEN_IDS.split(self.text(name, index) or "") if word]

    def rest(self, index: int) -> dict[str, str]:
        """Return the texts of all columns that are no fields."""
        row, found = self.records.table.rows[index][1], {}
        for header in self.others:
            text = cells.read_text(row.get(header), MAX_TEXT)
            if isinstance(text, Bad):
                problem = CellProblem(self.records.table.rows[index][0], header, str(row[header])[:80], text.problem)
                self.records.problems.append(problem)
            elif text is not None:
                found[header.removeprefix(VALUES)] = unguard(text)
        return found
