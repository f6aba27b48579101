"""Of what is known of a project, the part that belongs to the fields which somebody may see.

What is left out is None, or empty, as if nobody had said it.  Notes, which are free text, are shown to whom everything
is shown.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from twin.values.project import RESOURCES, Known, ProgressFact, RegisterEntry
from twin.values.rights import ALL_FIELDS

# What a register's entry says beside the project's name, kind, district, address and place, by the field it belongs to.
REGISTER = {
    "contacts": ("owner", "contractor", "supervisor"),
    "funds": ("budget", "currency"),
    "progress": ("planned_start", "planned_finish", "forecast_finish", "stage", "approval_stage"),
}


def seen_known(known: Known, fields: Collection[str]) -> Known:
    """Return what is known of a project without what belongs to other fields; with all fields `known` itself."""
    if set(fields) >= ALL_FIELDS:
        return known
    return Known(
        seen_entry(known.entry, fields),
        known.report,
        known.schedules if "progress" in fields else (),
        seen_progress(known.progress, fields),
        tuple(fact for fact in known.resources if fact.resource in fields and fact.resource in RESOURCES),
        known.links if "progress" in fields else None,
    )


def seen_entry(entry: RegisterEntry, fields: Collection[str]) -> RegisterEntry:
    """Return what the register says of a project, without what belongs to other fields.

    >>> found = seen_entry(RegisterEntry("A", "Hall", owner="Li", budget=5.0, note="late"), {"contacts"})
    >>> found.name, found.owner, found.budget, found.note
    ('Hall', 'Li', None, None)
    """
    hidden: dict[str, Any] = {name: None for of, names in REGISTER.items() if of not in fields for name in names}
    return replace(entry, note=None, **hidden)


def seen_progress(facts: Collection[ProgressFact], fields: Collection[str]) -> tuple[ProgressFact, ...]:
    """Return reports of progress: none without the field "progress", no costs without "funds", no notes."""
    if "progress" not in fields:
        return ()
    hidden = ("note",) if "funds" in fields else ("note", "actual_cost")
    if all(getattr(fact, name) is None for fact in facts for name in hidden):
        return tuple(facts)
    left_out: dict[str, Any] = dict.fromkeys(hidden)
    return tuple(replace(fact, **left_out) for fact in facts)
