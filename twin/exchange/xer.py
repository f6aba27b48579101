"""Read Primavera P6 XER files: `read_xer(path)` → `Schedule`.

Our own reader, because XER in the wild is not what a strict one expects.  What it decides, in short:

* several exported projects in one file are one schedule, told; projects that only lend predecessors are counted
* baselines from baseline projects in the file, with P6's Start and Finish and its budgeted cost; of a project that has
  none there, its own planned dates (`target_*`), as P6 itself counts
* `PROJECT.last_recalc_date` is the data date; the date in the first line is that of the export
* WBS rows are summary tasks; ids are what people see: activity id, WBS code, resource id
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from twin.errors import InvalidInput
from twin.exchange.xer_calendars import read_calendars
from twin.exchange.xer_codes import read_codes
from twin.exchange.xer_costs import cost_tables, keep_lines, read_costs
from twin.exchange.xer_file import Row, XerFile, read_tables
from twin.exchange.xer_projects import Names, Projects, choose, read_wbs
from twin.exchange.xer_tasks import (
    FINISH_FIELDS,
    START_FIELDS,
    Context,
    read_baselines,
    read_links,
    read_tasks,
    sort_rows,
)
from twin.exchange.xer_values import Notes, Values, decimal_symbol
from twin.values.schedule import Calendar, Schedule
from twin.values.sentence import say

TABLES = frozenset(
    (
        *("CURRTYPE", "PROJECT", "CALENDAR", "PROJWBS", "TASK", "TASKPRED", "SCHEDOPTIONS"),
        *("RSRC", "ROLES", "UMEASURE", "TASKRSRC", "PROJCOST", "COSTTYPE"),
        *("ACTVTYPE", "ACTVCODE", "TASKACTV", "UDFTYPE", "UDFCODE", "UDFVALUE"),
    )
)


def read_xer(path: Path) -> Schedule:
    """Return the schedule that a Primavera XER file holds; `InvalidInput` where it is none, or not a whole one."""
    file = read_tables(path, TABLES)
    if not file.rows("TASK"):
        raise InvalidInput(
            "{file} holds no tasks (table TASK is missing or empty). Export a project with its activities.",
            file=path.name,
        )
    notes = Notes(list(file.notices), list(file.unread))
    values = Values(notes, _decimal(file, notes))
    projects = choose(file, notes)
    names = Names()
    rows = sort_rows(file, projects, names, notes)
    if not rows.own:
        raise InvalidInput(
            "{file} holds no tasks that have a task_id or task_code. Export the project from P6 again.", file=path.name
        )
    wbs_tasks, wbs = read_wbs(file, projects, names, notes)
    calendars = read_calendars(file.rows("CALENDAR"), values)
    costs = read_costs(file, values)
    codes = read_codes(file, rows.known, notes)
    context = Context(values, projects, calendars, wbs, costs.sums, codes, {})
    context.baselines = read_baselines(rows, context)
    tasks = [*wbs_tasks, *read_tasks(rows, context)]
    links = read_links(file, rows, values)
    _tell_what_is_missing(file, any(link.lag for link in links), projects, notes)
    elsewhere = {key for key, own in rows.known.items() if not own}
    assignments = keep_lines(costs, rows.ids, elsewhere, notes)
    chosen = [projects.rows[key] for key in projects.chosen if key in projects.rows]
    starts = _moments(chosen, ("plan_start_date",), values)
    finishes = _moments(chosen, ("scd_end_date", "plan_end_date"), values)
    return Schedule(
        name=_name(file, chosen) or path.stem,
        format="xer",
        tasks=tasks,
        links=links,
        calendars=list(calendars.values()),
        calendar=_own_calendar(file, chosen, calendars),
        resources=costs.resources,
        assignments=assignments,
        data_date=_data_date(chosen, values),
        start=min(starts, default=None),
        finish=max(finishes, default=None),
        currency=_currency(file, chosen),
        unread=notes.unread,
        notices=notes.told(),
        lost=notes.lost + file.lost,
    )


def _decimal(file: XerFile, notes: Notes) -> str:
    """Return the decimal symbol of the file's numbers."""
    base = file.header[8] if len(file.header) > 8 else ""
    stated = {row.get("curr_short_name"): row.get("decimal_symbol") for row in file.rows("CURRTYPE")}
    symbol, both = decimal_symbol(cost_tables(file), stated.get(base, ""))
    if both:
        notes.notices.append(
            say("Numbers are written with “.” and with “,”: “{symbol}” is taken as the decimal symbol.", symbol=symbol)
        )
    return symbol


def _tell_what_is_missing(file: XerFile, lags: bool, projects: Projects, notes: Notes) -> None:
    """Tell of a foreign TASK table without P6's dates, and of lags that are counted in another calendar."""
    fields = set(file.fields.get("TASK", ()))
    if not fields & {*START_FIELDS, *FINISH_FIELDS}:
        notes.notices.append(
            say(
                "Table TASK has none of P6's date fields ({fields} …): the tasks have no dates.",
                fields=START_FIELDS[-1],
            )
        )
    ways = {
        row.get("sched_calendar_on_relationship_lag")
        for row in file.rows("SCHEDOPTIONS")
        if projects.of(row) in projects.chosen
    }
    others = ", ".join(sorted(ways - {"", "rcal_Successor"}))
    if lags and others:
        notes.notices.append(
            say(
                "P6 counts the lags of this file by another calendar ({way}); they are taken by the successor's.",
                way=others,
            )
        )


def _moments(rows: Sequence[Row], names: Sequence[str], values: Values) -> list[datetime]:
    """Return the first filled date of each row."""
    return [moment for row in rows if (moment := values.first_moment(row, names))]


def _data_date(chosen: Sequence[Row], values: Values) -> datetime | None:
    """Return the data date; the latest of several, so that no progress is used before its day."""
    found = _moments(chosen, ("last_recalc_date",), values)
    if len(set(found)) > 1:
        values.notes.notices.append(
            say(
                "The projects have different data dates, from {first} to {last}: the last one is taken.",
                first=min(found).date().isoformat(),
                last=max(found).date().isoformat(),
            )
        )
    return max(found, default=None)


def _own_calendar(file: XerFile, chosen: Sequence[Row], calendars: dict[str, Calendar]) -> str | None:
    """Return the id of the project's calendar, else of the default one, else of the first."""
    stated = [row.get("clndr_id") for row in chosen]
    default = [row.get("clndr_id") for row in file.rows("CALENDAR") if row.get("default_flag") == "Y"]
    return next((key for key in (*stated, *default, *calendars) if key in calendars), None)


def _name(file: XerFile, chosen: Sequence[Row]) -> str:
    """Return the name of the project: P6 keeps it in the root of the WBS; of several, their short names."""
    if len(chosen) != 1:
        return ", ".join(row.get("proj_short_name") for row in chosen[:5])
    key = chosen[0].get("proj_id")
    roots = (
        row.get("wbs_name")
        for row in file.rows("PROJWBS")
        if row.get("proj_node_flag") == "Y" and row.get("proj_id") in {key, ""}
    )
    return next((name for name in roots if name), "") or chosen[0].get("proj_short_name")


def _currency(file: XerFile, chosen: Sequence[Row]) -> str | None:
    """Return the currency of the costs: the project's, else that of the export (the last cell of the first line)."""
    names = {row.get("curr_id"): row.get("curr_short_name") for row in file.rows("CURRTYPE")}
    stated = [names.get(row.get("curr_id"), "") for row in chosen if row.get("curr_id")]
    stated += [file.header[8] if len(file.header) > 8 else "", *(list(names.values()) if len(names) == 1 else [])]
    return next((name for name in stated if name and len(name) <= 8), None)
