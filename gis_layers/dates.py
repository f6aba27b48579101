"""Dates in text formats: GDAL reads 2020-02-30 as 2020-03-01 and says nothing; here it stays text, or is told."""

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from twin.values.sentence import Sentence, say

_DAY = r"^\d{4}[-/]\d{2}[-/]\d{2}$"
_MOMENT = r"^\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?"
_DOUBTFUL = re.compile(rb"(?<!\d)(\d{4})[-/](02|04|06|09|11)[-/](29|30|31)(?!\d)")
_BLOCK, _LONGEST = 1 << 20, 10


def with_dates(table: pa.Table) -> pa.Table:
    """Return a table whose texts became dates or times where every one of a column is one.

    >>> with_dates(pa.table({"a": ["2020-02-28"], "b": ["2020-02-30"]})).schema.types
    [DataType(date32[day]), DataType(string)]
    """
    columns = [_dated(column) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _dated(column: pa.ChunkedArray) -> pa.ChunkedArray:
    targets = (
        (_DAY, pa.date32()),
        (_MOMENT + "$", pa.timestamp("ms")),
        (_MOMENT + r"(Z|[+-]\d{2}:?\d{2})$", pa.timestamp("ms", "UTC")),
    )
    if column.null_count == len(column):
        return column
    try:
        for pattern, kind in targets:
            if pc.all(pc.match_substring_regex(column, pattern)).as_py():
                return pc.replace_substring(column, "/", "-").cast(kind)
    except pa.ArrowInvalid:  # one is no date, or no text
        pass
    return column


def told_of_dates(path: Path, table: pa.Table) -> list[Sentence]:
    """Return a notice where a text file, whose dates GDAL has read into a table, has one that is none."""
    if not any(pa.types.is_date(kind) or pa.types.is_timestamp(kind) for kind in table.schema.types):
        return []
    found = _impossible(path)
    if found is None:
        return []
    return [say("Dates that do not exist, such as {date}, were read as days of the next month.", date=found)]


def _impossible(path: Path) -> str | None:
    """Return the first date of a file that no calendar has."""
    kept = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            for found in _DOUBTFUL.finditer(kept + block):
                try:
                    date(*map(int, found.groups()))
                except ValueError:
                    return found[0].decode()
            kept = block[-_LONGEST:]
    return None
