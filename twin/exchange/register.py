"""The register of key projects from a table: CSV, XLSX or GeoJSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from twin.exchange import stages
from twin.exchange.cells import header_factor
from twin.exchange.headers import REGISTER, unit_in
from twin.exchange.mapping import Mapping_
from twin.exchange.records import (
    AMOUNT,
    BEGIN,
    CODE,
    END,
    LONG,
    NUMBER,
    TEXT,
    Records,
    Rows,
    finish,
    moment_at,
    read_records,
    require,
)
from twin.values.project import RegisterEntry
from twin.values.project_code import project_code_problem
from twin.values.sentence import Sentence, say

_KINDS = {
    **dict.fromkeys(REGISTER, TEXT),
    **{"code": CODE, "longitude": NUMBER, "latitude": NUMBER, "budget": AMOUNT, "note": LONG, "planned_start": BEGIN},
    **{"planned_finish": END, "forecast_finish": END},
}
_TEXTS = ("name", "kind", "district", "owner", "contractor", "supervisor", "address", "parcel", "currency", "note")
_DATES = ("planned_start", "planned_finish", "forecast_finish")


def read_register(
    path: Path, mapping: Mapping_ | None = None, *, recorded_at: str | None = None
) -> Rows[RegisterEntry]:
    """Return the projects of a table; a row with a problem has no entry.

    recorded_at : header of the column that says when a row was recorded: then a project may have several rows, one for
        each time
    """
    records = read_records(path, mapping, REGISTER, _KINDS, recorded_at=recorded_at)
    require(records, REGISTER, "code")
    given = _given(records)
    tell_negative(records, "budget")
    currency = _currency(records) if "budget" in records.values and "currency" not in records.values else None
    entries: dict[int, RegisterEntry] = {}
    for index in range(len(records.table.rows)):
        entry = _entry(records, index)
        if entry is not None:
            entries[index] = replace(entry, currency=entry.currency or currency, given=given)
    keys = {index: (entry.code,) for index, entry in entries.items()}
    refuse_twice(records, keys, "code", lambda row: say("row {row} is of the same project already", row=row))
    return finish(records, entries)


def tell_negative(records: Records, name: str) -> None:
    """Tell of amounts below 0: real registers have them where money was moved between projects."""
    rows = [
        str(records.table.rows[i][0])
        for i, v in enumerate(records.values.get(name, ()))
        if isinstance(v, float) and v < 0
    ]
    if rows:
        records.notices.append(
            say(
                "{count} values of {field} are below 0: rows {rows}.",
                count=len(rows),
                field=name,
                rows=", ".join(rows[:10]),
            )
        )


def _given(records: Records) -> Sequence[str]:
    """Return the fields of an entry that the table says something of."""
    given = [name for name in records.values if name not in ("code", "recorded_at", "longitude", "latitude")]
    if records.table.places or ("longitude" in records.values and "latitude" in records.values):
        given.append("place")
    if "currency" not in given and "budget" in given and _currency(records):
        given.append("currency")
    return tuple(sorted(given))


def _currency(records: Records) -> str | None:
    """Return the currency that the header of the budget names in its brackets, or the title of the table."""
    header = records.header("budget")
    unit = unit_in(header)
    if unit is not None and len(unit) == 3 and unit.isascii() and unit.isalpha():
        return "CNY" if unit.upper() == "RMB" else unit.upper()
    if unit is not None and ("元" in unit or "人民币" in unit) and "美" not in unit and "欧" not in unit:
        return "CNY"
    return "CNY" if records.money is not None and header_factor(header) is None else None


def _entry(records: Records, index: int) -> RegisterEntry | None:
    """Return the project of a row; None where it has no code. What is wrong is noted."""
    code = records.get("code", index)
    if not isinstance(code, str):
        return None
    problem = project_code_problem(code)
    if problem is not None:
        records.wrong(index, "code", problem, code)
    texts: dict[str, Any] = {name: records.get(name, index) for name in _TEXTS}
    dates: dict[str, Any] = {name: records.get(name, index) for name in _DATES}
    begin, end = dates["planned_start"], dates["planned_finish"]
    if begin is not None and end is not None and end < begin:
        records.wrong(
            index, "planned_finish", say("the planned finish is before the planned start ({start})", start=str(begin))
        )
    return RegisterEntry(
        code=code,
        place=_place(records, index),
        budget=cast("float | None", records.get("budget", index)),
        stage=stage_of(records, index, "stage", stages.LIFECYCLE),
        approval_stage=stage_of(records, index, "approval_stage", stages.APPROVAL),
        **texts,
        **dates,
    )


def stage_of(records: Records, index: int, name: str, kind: str) -> str | None:
    """Return the id of the stage that a row names; one that is not known is noted."""
    said = records.get(name, index)
    if not isinstance(said, str):
        return None
    found = stages.stage(said) if kind == stages.LIFECYCLE else stages.approval_stage(said)
    if found is None:
        records.wrong(index, name, stages.unknown_stage(kind))
    return found


def _place(records: Records, index: int) -> Mapping[str, Any] | None:
    """Return where a row's project stands: the feature's geometry, or a point of its longitude and latitude."""
    place = records.table.places.get(records.table.rows[index][0])
    longitude, latitude = records.get("longitude", index), records.get("latitude", index)
    if place is not None or (longitude is None and latitude is None):
        return place
    if not isinstance(longitude, float) or not isinstance(latitude, float):
        missing = "longitude" if longitude is None else "latitude"
        records.wrong(index, missing, say("a place needs longitude and latitude"))
        return None
    if abs(longitude) > 180 or abs(latitude) > 90:
        records.wrong(
            index,
            "longitude" if abs(longitude) > 180 else "latitude",
            say("this is no longitude and latitude in degrees (are the columns exchanged?)"),
        )
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}


def refuse_twice(
    records: Records, keys: Mapping[int, tuple[object, ...]], name: str, say_so: Callable[[int], Sentence]
) -> None:
    """Note every row whose key, with the time of its recording, an earlier row has; `say_so`: what, by that row."""
    first: dict[tuple[tuple[object, ...], datetime | None], int] = {}
    for index, key in keys.items():
        row = records.table.rows[index][0]
        before = first.setdefault((key, moment_at(records, index)), row)
        if before != row:
            records.wrong(index, name, say_so(before))
