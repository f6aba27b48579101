"""Resource reports from a table: one row a resource, or one row a report with columns for every resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from twin.errors import InvalidInput
from twin.exchange.headers import RESOURCES_LONG, resource_column, resource_named, unit_in
from twin.exchange.mapping import Mapping_
from twin.exchange.progress import leave_out_silent, reported_already
from twin.exchange.records import (
    CODE,
    END,
    NUMBER,
    TEXT,
    Records,
    Rows,
    finish,
    moment_at,
    read_column,
    read_records,
    require,
    rows_of,
)
from twin.exchange.register import refuse_twice
from twin.exchange.table_header import header_key
from twin.values.project import RESOURCES, ResourceFact
from twin.values.sentence import say

_KINDS = {
    **{"project": CODE, "task": TEXT, "fact_date": END, "resource": TEXT, "unit": TEXT},
    **{"planned": NUMBER, "used": NUMBER, "total": NUMBER},
}
_MEASURES = ("planned", "used", "total")
# Unit as tables write it → what its figures are multiplied with to be in the unit of `RESOURCES`.
_UNITS: Mapping[str, Mapping[str, float]] = {
    "funds": {
        "元": 1,
        "千元": 1e3,
        "万元": 1e4,
        "万": 1e4,
        "百万元": 1e6,
        "亿元": 1e8,
        "亿": 1e8,
        "cny": 1,
        "rmb": 1,
        "人民币元": 1,
    },
    "labour": {
        "person-day": 1,
        "persondays": 1,
        "person-days": 1,
        "personday": 1,
        "man-days": 1,
        "人日": 1,
        "工日": 1,
        "人天": 1,
    }
    | {"人工日": 1, "人·日": 1, "万工日": 1e4, "万人日": 1e4},
    "machinery": {
        "machine-day": 1,
        "machine-days": 1,
        "machineday": 1,
        "台班": 1,
        "台日": 1,
        "台·日": 1,
        "万台班": 1e4,
    },
    "concrete": {
        "m3": 1,
        "立方米": 1,
        "立方": 1,
        "方": 1,
        "m^3": 1,
        "万立方米": 1e4,
        "万方": 1e4,
        "万m3": 1e4,
        "千立方米": 1e3,
    },
    "steel": {
        "t": 1,
        "吨": 1,
        "ton": 1,
        "tons": 1,
        "tonne": 1,
        "tonnes": 1,
        "kg": 1e-3,
        "千克": 1e-3,
        "公斤": 1e-3,
        "万吨": 1e4,
    },
    "land": {
        "m2": 1,
        "平方米": 1,
        "㎡": 1,
        "m^2": 1,
        "亩": 2000 / 3,
        "公顷": 1e4,
        "ha": 1e4,
        "hectare": 1e4,
        "万平方米": 1e4,
    }
    | {"km2": 1e6, "平方公里": 1e6},
}


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a report says of one resource, as the table counts it."""

    resource: str
    unit: str | None
    planned: float | None
    used: float | None
    total: float | None


def read_resources(
    path: Path, mapping: Mapping_ | None = None, *, recorded_at: str | None = None
) -> Rows[ResourceFact]:
    """Return the reports of a table in the units of `RESOURCES`; another unit that is not known stays as it is."""
    fields = {**RESOURCES_LONG, **dict.fromkeys(_wide_fields(), ())}
    kinds = {**_KINDS, **dict.fromkeys(_wide_fields(), NUMBER)}
    records = read_records(
        path, mapping, fields, kinds, recorded_at=recorded_at, claims=lambda header: resource_column(header) is not None
    )
    wide = _wide_columns(records)
    if wide and "resource" not in records.values:
        require(records, RESOURCES_LONG, "project", "fact_date")
        return _wide(records, wide)
    require(records, RESOURCES_LONG, "project", "fact_date", "resource")
    return _long(records)


def _wide_fields() -> list[str]:
    """Return the fields of a wide table: "funds_planned"…"""
    return [f"{resource}_{measure}" for resource in RESOURCES for measure in _MEASURES]


def _wide_columns(records: Records) -> dict[str, str]:
    """Return field ("funds_planned") → header, of the mapping and of headers that say so; reads those columns."""
    found = {name: header for name, header in records.columns.items() if name in _wide_fields()}
    mapped = set(records.columns.values())
    for header in records.table.columns:
        pair = resource_column(header)
        if pair is None or header in mapped:
            continue
        name = f"{pair[0]}_{pair[1]}"
        if name in found:
            raise InvalidInput(
                "{file} has two columns for {field}, {first} and {second}: name the right one with --map.",
                file=records.table.file,
                field=name,
                first=found[name],
                second=header,
            )
        found[name] = header
        records.columns[name] = header
        records.values[name] = read_column(records, name, header, NUMBER)
    return found


def _wide(records: Records, columns: Mapping[str, str]) -> Rows[ResourceFact]:
    """Return the facts of a table with columns for every resource: several a row."""
    facts: list[tuple[int, int, ResourceFact]] = []
    silent: list[int] = []
    keys: dict[int, tuple[object, ...]] = {}
    for index, (row, _) in enumerate(records.table.rows):
        figures = [f for resource in RESOURCES if (f := _of_wide(records, index, resource, columns)) is not None]
        if not figures:
            silent.append(row)
        made = [(index, row, fact) for f in figures if (fact := _fact(records, index, f)) is not None]
        facts += made
        if made:
            keys[index] = (made[0][2].project, made[0][2].task, made[0][2].fact_date)
    leave_out_silent(records, silent)
    refuse_twice(records, keys, "fact_date", reported_already)
    bad = {problem.row for problem in records.problems}
    good = [(index, row, fact) for index, row, fact in facts if row not in bad]
    return rows_of(records, [(row, fact) for _, row, fact in good], [moment_at(records, i) for i, _, _ in good])


def _of_wide(records: Records, index: int, resource: str, columns: Mapping[str, str]) -> _Figures | None:
    """Return what a row says of a resource; None: nothing."""
    numbers = {name: records.get(f"{resource}_{name}", index) for name in _MEASURES}
    if all(number is None for number in numbers.values()):
        return None
    headers = [columns[f"{resource}_{name}"] for name in _MEASURES if f"{resource}_{name}" in columns]
    unit = next((unit for header in headers if (unit := unit_in(header)) is not None), None)
    return _Figures(resource, unit, **{name: cast("float | None", number) for name, number in numbers.items()})


def _long(records: Records) -> Rows[ResourceFact]:
    """Return the facts of a table with one row a resource."""
    facts: dict[int, ResourceFact] = {}
    silent: list[int] = []
    for index, (row, _) in enumerate(records.table.rows):
        said = records.get("resource", index)
        numbers = {name: cast("float | None", records.get(name, index)) for name in _MEASURES}
        if all(number is None for number in numbers.values()):
            silent.append(row)
            continue
        resource = resource_named(said) if isinstance(said, str) else None
        if isinstance(said, str) and resource is None:
            records.wrong(index, "resource", say("this is no known resource: {known}", known=", ".join(RESOURCES)))
        if resource is None:
            continue
        unit = records.get("unit", index)
        if not isinstance(unit, str):
            unit = next((u for name in _MEASURES if (u := unit_in(records.header(name))) is not None), None)
        fact = _fact(records, index, _Figures(resource, unit, **numbers))
        if fact is not None:
            facts[index] = fact
    leave_out_silent(records, silent)
    keys = {index: (fact.project, fact.task, fact.fact_date, fact.resource) for index, fact in facts.items()}
    refuse_twice(
        records,
        keys,
        "resource",
        lambda row: say("row {row} reports on the same project, task, day and resource already", row=row),
    )
    return finish(records, facts)


def _fact(records: Records, index: int, said: _Figures) -> ResourceFact | None:
    """Return a fact in the resource's own unit; None where the row has no project or day."""
    project, day = records.get("project", index), records.get("fact_date", index)
    if not isinstance(project, str) or not isinstance(day, date):
        return None
    unit, factor = _unit(said.resource, said.unit, records.money)
    for name in _MEASURES:
        if (getattr(said, name) or 0) < 0:
            field = name if name in records.columns else f"{said.resource}_{name}"
            records.wrong(index, field, say("the number is below 0"))
    return ResourceFact(
        project=project,
        fact_date=day,
        resource=said.resource,
        unit=unit,
        planned=_times(said.planned, factor),
        used=_times(said.used, factor),
        total=_times(said.total, factor),
        task=cast("str | None", records.get("task", index)),
        recorded_at=moment_at(records, index),
        row=records.table.rows[index][0],
    )


def _unit(resource: str, said: str | None, money: float | None) -> tuple[str, float]:
    """Return the unit that figures are kept in, and what they are multiplied with."""
    if said is None:
        return RESOURCES[resource], (money or 1.0) if resource == "funds" else 1.0
    key = header_key(said).replace("³", "3").replace("²", "2")
    factor = _UNITS[resource].get(key)
    return (said, 1.0) if factor is None else (RESOURCES[resource], factor)


def _times(number: float | None, factor: float) -> float | None:
    """Return a product as people would write it: 12345.67 × 10000 is 123456700."""
    return None if number is None else number if factor == 1.0 else round(number * factor, 6)
