"""The city in figures: lights counted, what changed within a month, districts as one figure each.

Also the class of each project in each colouring: its index in the legend, by the edges that building elements have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum
from typing import Protocol

import numpy as np

from twin.judgement.legend import LIGHT_INDEX
from twin.judgement.resource_use import AddedUse, add_up_all
from twin.judgement.s_curve import month_end
from twin.judgement.states import Column, Floats, Standing, deviation_column, progress_column, rate_column
from twin.values.project import LIGHTS, RESOURCES, Known
from twin.values.status import Light, ProjectStatus, ResourceUse

COLOURINGS = ("light", "progress", "deviation", *RESOURCES)  # of projects, each with a legend of this name
WORST_FIRST = ("red", "yellow", "grey", "green")


class CityProject(Protocol):
    """What is needed of `twin.judged.JudgedProject`."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def known(self) -> Known:
        """The register's entry, which has its district, kind and budget."""

    @property
    def status(self) -> ProjectStatus:
        """Its figures."""

    @property
    def light(self) -> Light:
        """Its light."""


@dataclass(frozen=True, slots=True)
class Change:
    """A project whose light is another than it was; before, now: lights."""

    code: str
    name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Group:
    """The projects of a district or of a kind; `name` is "" where the register does not say.

    lights, lights_before : light → projects, on the day and on the one that it is compared with
    values : colouring → figure of the whole (share, difference of shares, used / planned), None where there is none;
        a light has no figure
    index : colouring → index in the legend of that name, 0 without data
    """

    name: str
    projects: int
    lights: Mapping[str, int]
    lights_before: Mapping[str, int]
    values: Mapping[str, float | None]
    index: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """The city on a day against an earlier one; budget : currency ("" unknown) → sum; uses : resource → sum."""

    lights: Mapping[str, int]
    lights_before: Mapping[str, int]
    changes: Sequence[Change]
    districts: Sequence[Group]
    kinds: Sequence[Group]
    budget: Mapping[str, float]
    uses: Mapping[str, AddedUse]


def city_overview(now: Sequence[CityProject], before: Sequence[CityProject]) -> Overview:
    """Return what is counted of all projects on a day, and on an earlier one.

    A group's progress is the mean of the projects that have one, its deviation that of the projects that have a planned
    progress too, both weighted by the register's budget: by equal weights where one of these has no budget, or where
    their currencies differ.  Of a resource it is the sum used / the sum planned, of the projects that state both in the
    resource's unit.  Its light is the worst of its judged projects, red before yellow before green; it is grey only
    where none is judged.
    """
    budget: dict[str, list[float]] = {}
    for found in now:
        if found.known.entry.budget is not None:
            budget.setdefault(found.known.entry.currency or "", []).append(found.known.entry.budget)
    return Overview(
        counted(now),
        counted(before),
        _changes(now, before),
        _groups(now, before, "district"),
        _groups(now, before, "kind"),
        {currency: fsum(amounts) for currency, amounts in sorted(budget.items())},
        add_up_all(found.status.resources for found in now),
    )


def counted(projects: Sequence[CityProject]) -> dict[str, int]:
    """Return light → number of projects, every light."""
    lights = [found.light.light for found in projects]
    return {light: lights.count(light) for light in LIGHTS}


def month_before(day: date) -> date:
    """Return the day a month earlier; the end of a month stays one.

    >>> [month_before(date(2026, *day)).isoformat() for day in ((6, 30), (3, 30), (5, 12))]
    ['2026-05-31', '2026-02-28', '2026-04-12']
    """
    last = day.replace(day=1) - timedelta(days=1)
    return last if day == month_end(day) else last.replace(day=min(day.day, last.day))


def deviation(status: ProjectStatus) -> float | None:
    """Return progress - planned progress, shares; None where either is unknown."""
    if status.progress is None or status.planned_progress is None:
        return None
    return status.progress - status.planned_progress


def project_indices(projects: Sequence[CityProject]) -> dict[str, Column]:
    """Return colouring → (n_projects,) uint8, the index in the legend of that name, 0 without data."""
    found = {"light": np.array([LIGHT_INDEX[of.light.light] for of in projects], np.uint8)}
    found["progress"] = progress_column(_floats([of.status.progress for of in projects]))
    planned = _floats([of.status.planned_progress for of in projects])
    found["deviation"] = _deviations(_floats([of.status.progress for of in projects]), planned)
    for resource in RESOURCES:
        uses = [of.status.resources.get(resource) for of in projects]
        found[resource] = rate_column(
            _floats([None if use is None else use.planned for use in uses]),
            _floats([None if use is None else use.used for use in uses]),
        )
    return found


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _deviations(done: Floats, planned: Floats) -> Column:
    return deviation_column(Standing(done, planned, np.zeros(len(done), bool)))


def _changes(now: Sequence[CityProject], before: Sequence[CityProject]) -> list[Change]:
    """Return whose light changed: those that became worse first, then by the light they have now."""
    earlier = {found.code: found.light.light for found in before}
    changes = [
        Change(found.code, found.name, earlier[found.code], found.light.light)
        for found in now
        if earlier.get(found.code, found.light.light) != found.light.light
    ]
    rank = WORST_FIRST.index
    return sorted(changes, key=lambda of: (rank(of.now) > rank(of.before), rank(of.now), of.code))


def _groups(now: Sequence[CityProject], before: Sequence[CityProject], by: str) -> list[Group]:
    """Return the groups that have the same word in the register, the largest first."""
    of_now, of_before = _by_word(now, by), _by_word(before, by)
    groups = []
    for name, projects in sorted(of_now.items(), key=lambda item: (-len(item[1]), item[0])):
        lights = counted(projects)
        values, index = _figures(projects)
        worst = next((light for light in ("red", "yellow", "green") if lights[light]), "grey")
        groups.append(
            Group(
                name,
                len(projects),
                lights,
                counted(of_before.get(name, [])),
                {"light": None, **values},
                {"light": LIGHT_INDEX[worst], **index},
            )
        )
    return groups


def _by_word(projects: Sequence[CityProject], by: str) -> dict[str, list[CityProject]]:
    found: dict[str, list[CityProject]] = {}
    for project in projects:
        found.setdefault(getattr(project.known.entry, by) or "", []).append(project)
    return found


def _figures(projects: Sequence[CityProject]) -> tuple[dict[str, float | None], dict[str, int]]:
    """Return values and indices of a group, of all colourings but the light."""
    told = [of for of in projects if of.status.progress is not None]
    progress = _mean(told, [of.status.progress or 0.0 for of in told])
    apart = [(of, gap) for of in projects if (gap := deviation(of.status)) is not None]
    gap = _mean([of for of, _ in apart], [value for _, value in apart])
    values: dict[str, float | None] = {"progress": progress, "deviation": gap}
    index = {
        "progress": int(progress_column(_floats([progress]))[0]),
        "deviation": int(_deviations(_floats([gap]), np.zeros(1))[0]),
    }
    added = add_up_all(of.status.resources for of in projects)
    for resource in RESOURCES:
        planned, used = (None, None) if resource not in added else _paired(projects, added[resource].use)
        values[resource] = used / planned if used is not None and planned else None
        index[resource] = int(rate_column(_floats([planned]), _floats([used]))[0])
    return values, index


def _mean(projects: Sequence[CityProject], values: Sequence[float]) -> float | None:
    """Return the mean, weighted by budget where all have one, in one currency."""
    if not values:
        return None
    entries = [of.known.entry for of in projects]
    weights = [entry.budget for entry in entries if entry.budget is not None and entry.budget > 0]
    if len(weights) < len(values) or len({entry.currency for entry in entries}) > 1:
        weights = [1.0] * len(values)
    return fsum(weight * value for weight, value in zip(weights, values, strict=True)) / fsum(weights)


def _paired(projects: Sequence[CityProject], added: ResourceUse) -> tuple[float | None, float | None]:
    """Return planned and used, summed over the projects that state both in the unit of the sum; None without any."""
    uses = [of.status.resources[added.resource] for of in projects if added.resource in of.status.resources]
    pairs = [
        (use.planned, use.used)
        for use in uses
        if use.unit == added.unit and use.planned is not None and use.used is not None
    ]
    if not pairs:
        return None, None
    return fsum(planned for planned, _ in pairs), fsum(used for _, used in pairs)
