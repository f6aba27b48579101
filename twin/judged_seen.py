"""What is judged, as somebody sees it who sees a part of the city.

A light is what the whole of a project's facts makes it: everybody sees the same one, or none.  What is shown of a
judged project is then cut down to the fields of a scope: the figures of other fields are None, and a light that is not
shown is grey and gives no reason.  Nothing is judged twice, so a scope costs next to nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from twin.judged import Judged, JudgedProject, Judgement, Recent, no_project
from twin.store.visible import Visible
from twin.values.project import RESOURCES, Known, KnownSchedule
from twin.values.rights import ALL_FIELDS
from twin.values.seen import seen_known
from twin.values.status import Evidence, Forecast, Light, ProjectStatus

if TYPE_CHECKING:
    from twin.judgement.baseline import Plan
    from twin.judgement.progress_facts import CompiledFacts
    from twin.values.schedule import Schedule

T = TypeVar("T")
_CUT = 4000  # projects on a day that stay in memory as they are seen
_TIMES = 4  # times of knowledge, and schedules of a project, that do
_OF_COST = ("cpi", "cost_overrun")
_AMOUNTS = ("ev", "pv", "ac", "bac", "estimate_at_completion")


class SeenJudged(Judged):
    """The judgements of a scope; safe to share between threads."""

    def __init__(self, whole: Judged, store: Visible) -> None:
        super().__init__(store)
        self._whole, self._visible = whole, store
        self._kept = store.changes(), *_caches()
        self._cuts: dict[str, tuple[_Cut, ...]] = {}

    def known(self, known_at: datetime | None = None) -> Mapping[str, Known]:
        """Return code → what was known of a project by then, of the fields that are seen."""
        found = self._whole.known(known_at)
        return {code: self._seen_known(code, known) for code, known in found.items() if self._visible.sees(code)}

    def _caches(self) -> "tuple[Recent, Recent]":
        """Return what is kept of judged projects and of judgements; nothing of before a change."""
        changes, kept = self._visible.changes(), self._kept
        if kept[0] != changes:
            kept = self._kept = changes, *_caches()
        return kept[1:]

    def _seen_known(self, code: str, known: Known) -> Known:
        fields = self._visible.fields(code)
        return known if fields == ALL_FIELDS else self._cut(code, known, fields).known

    def _cut(self, code: str, known: Known, fields: frozenset[str]) -> "_Cut":
        """Return what is known of a project as it is seen; that of the last times of knowledge is kept."""
        cuts = self._cuts.get(code, ())
        found = next((cut for cut in cuts if cut.source is known), None)
        if found is None:
            found = _Cut(known, fields)
            self._cuts[code] = (found, *cuts[: _TIMES - 1])
        return found

    def projects(
        self,
        as_of: date | None = None,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool = False,
    ) -> Judgement:
        """Return every project that is seen on a day, with its light."""
        whole = self._whole.projects(as_of, known_at, rules, forecast=forecast)

        def cut(whole: Judgement) -> Judgement:
            return replace(
                whole, projects=[self._seen(found) for found in whole.projects if self._visible.sees(found.code)]
            )

        return _kept(self._caches()[1], whole, cut)

    def project(
        self,
        code: str,
        as_of: date | None = None,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool = False,
    ) -> tuple[JudgedProject, Judgement]:
        """Return one project on a day, and the judgement of it alone; NotFound where it is not seen."""
        if not self._visible.sees(code):
            raise no_project(code)
        found, judgement = self._whole.project(code, as_of, known_at, rules, forecast=forecast)
        seen = self._seen(found)
        return seen, replace(judgement, projects=[seen])

    def lights(
        self,
        day: date,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool,
        codes: Collection[str] | None = None,
    ) -> dict[str, int]:
        """Return light → projects on a day; a light that is not shown counts as grey."""
        seen = [code for code in self._whole.known(known_at) if self._visible.sees(code)]
        shown = [code for code in seen if self._visible.sees(code, "light")]
        counts = self._whole.lights(day, known_at, rules, forecast=forecast, codes=shown)
        return {**counts, "grey": counts["grey"] + len(seen) - len(shown)}

    def schedule(self, version: KnownSchedule) -> "Schedule":
        """Return a schedule as it was loaded."""
        return self._whole.schedule(version)

    def _seen(self, found: JudgedProject) -> JudgedProject:
        fields = self._visible.fields(found.code)
        if fields == ALL_FIELDS:
            return found
        cut = self._cut(found.code, found.known, fields)
        return _kept(self._caches()[0], found, lambda of: _seen_project(of, cut, fields))


class _Cut:
    """What is known of a project as it is seen, and its reports prepared anew."""

    def __init__(self, source: Known, fields: frozenset[str]) -> None:
        from twin.judgement.resource_use import CompiledUses

        self.source, self.known = source, seen_known(source, fields)
        self.uses = CompiledUses(self.known.resources)
        self._facts: tuple[tuple[Plan | None, CompiledFacts], ...] = ()

    def facts(self, plan: "Plan | None") -> "CompiledFacts":
        """Return the reports of progress as they are compared with a plan."""
        from twin.judgement.progress_facts import compile_facts

        found = next((facts for of, facts in self._facts if of is plan), None)
        if found is None:
            found = compile_facts(self.known.progress, plan)
            self._facts = ((plan, found), *self._facts[: _TIMES - 1])
        return found


def _caches() -> tuple[Recent, Recent]:
    return Recent(_CUT), Recent(16)


def _kept(kept: Recent, source: T, make: Callable[[T], T]) -> T:
    """Return what was made of a source, now if it is not kept; the source is kept with it, so its id is its own."""
    pair: tuple[T, T] = kept.get(id(source), lambda: (source, make(source)))
    return pair[1]


def _seen_project(found: JudgedProject, cut: _Cut, fields: frozenset[str]) -> JudgedProject:
    """Return a judged project without what belongs to other fields."""
    shown = "progress" in fields
    plan = found.plan if shown else None
    return replace(
        found,
        known=cut.known,
        version=found.version if shown else None,
        plan=plan if plan is None or "funds" in fields else _unpriced(plan),
        facts=cut.facts(plan),
        status=seen_status(found.status, fields),
        light=seen_light(found.light, fields, failed=found.failed),
        uses=cut.uses,
        pace=found.pace if shown else None,
        reported=None if found.reported is None else seen_status(found.reported, fields),
    )


def seen_status(status: ProjectStatus, fields: Collection[str]) -> ProjectStatus:
    """Return figures without those of other fields."""
    resources = {name: use for name, use in status.resources.items() if name in fields and name in RESOURCES}
    shown, priced = "progress" in fields, "funds" in fields
    if shown and priced:
        return replace(status, resources=resources)
    if not shown:
        cost = {"bac": status.bac, "ac": status.ac, "cost_report": status.cost_report, "cost_date": status.cost_date}
        weighed = {"weighted_by": status.weighted_by} if status.weighted_by in ("cost", "budget") else {}
        told = {**cost, **weighed} if priced and weighed else {}
        return ProjectStatus(day=status.day, resources=resources, **told)  # type: ignore[arg-type]
    money: dict[str, Any] = dict.fromkeys(("bac", "pv", "ev", "ac", "cpi", "cost_report", "cost_date", "weighted_by"))
    return replace(
        status,
        resources=resources,
        forecast=Forecast(finish=status.forecast.finish),
        notes=(),  # some of them name sums
        **money,
    )


def seen_light(light: Light, fields: Collection[str], *, failed: bool = False) -> Light:
    """Return a light, or a grey one without a reason where lights are not shown.

    A rule whose figures belong to a field that is not shown keeps its verdict, and says no figure.
    """
    if "light" not in fields:
        return Light("grey", "grey", (), light.rules, light.rules_version)
    if failed:  # the reason may name anything
        return replace(light, evidence=())
    return replace(light, evidence=tuple(_seen_evidence(item, fields) for item in light.evidence))


def _seen_evidence(item: Evidence, fields: Collection[str]) -> Evidence:
    if not _needed(item.measure) <= set(fields):
        return replace(item, value=None, inputs={}, fact_date=None, report=None)
    if "funds" in fields:
        return item
    return replace(item, inputs={name: value for name, value in item.inputs.items() if name not in _AMOUNTS})


def _needed(measure: str) -> set[str]:
    """Return the fields that a measure's figures belong to.

    >>> sorted(_needed("cpi")), _needed("steel_ratio"), _needed("spi"), _needed("light_before")
    (['funds', 'progress'], {'steel'}, {'progress'}, set())
    """
    if measure == "light_before":
        return set()
    if measure in _OF_COST:
        return {"funds", "progress"}
    resource = measure.partition("_")[0]
    return {resource} if resource in RESOURCES else {"progress"}


def _unpriced(plan: "Plan") -> "Plan":
    """Return a plan in which the whole is worth 1, and nothing has a price."""
    total = plan.total_weight if plan.total_weight > 0 else 1.0
    none = np.full(len(plan.ids), np.nan)
    return replace(
        plan,
        weight=plan.weight / total,
        total_weight=1.0 if plan.total_weight > 0 else plan.total_weight,
        bac=1.0,
        weighted_by="duration",
        actual_cost=none,
        currency=None,
        notes=(),
    )
