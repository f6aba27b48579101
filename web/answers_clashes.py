"""Clashes as the JSON of the contract: pairs, groups, projects. Knows no Flask."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.judgement.legend import CLASH_COLOURS
from twin.values.clash import HIDDEN_TYPES, OPEN, SEVERITIES, BodyKey, Clash, ClashEvent, ClashGroup, ClashStatus
from twin.values.crs import lnglat_from_ecef
from twin.values.sentence import in_language
from web.answers_facts import day, moment

if TYPE_CHECKING:
    from twin.judged_elements import JudgedElements
    from twin.store import ClashRunRecord, Model, Store
    from web.ingest_clashes import ClashRun

LENGTH_PLACES = 5  # a hundredth of a millimetre
VOLUME_PLACES = 9
DEGREE_PLACES = 8


@dataclass(frozen=True, slots=True)
class Named:
    """What an element of a clash is called, and its feature row; -1 where it is not drawn any more."""

    ifc_class: str
    name: str
    row: int


class Elements:
    """The elements of a project's models, by what clashes refer to them, and where the models stand."""

    def __init__(self, models: Iterable["Model"], elements: "JudgedElements") -> None:
        self._models = {model.model: model for model in models}
        self._tables = {name: elements.table(model) for name, model in self._models.items()}
        self._rows = {name: {key: i for i, key in enumerate(t.global_id)} for name, t in self._tables.items()}

    def named(self, key: BodyKey) -> Named:
        """Return what an element is called."""
        row = self._rows.get(key.model, {}).get(key.global_id, -1)
        if row < 0:
            return Named("", "", -1)
        table = self._tables[key.model]
        return Named(table.classes[int(table.ifc_class[row])], table.name[row], row)

    def places(self, clashes: Sequence[Clash]) -> list[list[float] | None]:
        """Return longitude, latitude (degrees) and height (metres) of each clash; None where its model is gone."""
        found: list[list[float] | None] = [None] * len(clashes)
        by_model: dict[str, list[int]] = {}
        for number, clash in enumerate(clashes):
            by_model.setdefault(clash.a.model, []).append(number)
        for name, numbers in by_model.items():
            lnglat = self._lnglat(name, [clashes[number].local_point for number in numbers])
            for number, place in zip(numbers, lnglat, strict=False):
                found[number] = place
        return found

    def corners(self, clash: Clash) -> list[list[float]]:
        """Return the places of the eight corners of a clash's box, x changing first; none where its model is gone."""
        low, high = clash.local_box
        return self._lnglat(
            clash.a.model, [(x, y, z) for z in (low[2], high[2]) for y in (low[1], high[1]) for x in (low[0], high[0])]
        )

    def _lnglat(self, model: str, points: Sequence[Sequence[float]]) -> list[list[float]]:
        """Return longitude, latitude (degrees) and height (metres) of local points; none where the model is gone."""
        if model not in self._models:
            return []
        matrix = self._models[model].georeference.ecef_from_local
        lnglat = lnglat_from_ecef(np.array(points) @ matrix[:3, :3].T + matrix[:3, 3])
        places = (DEGREE_PLACES, DEGREE_PLACES, 3)
        return [[round(value, digits) for value, digits in zip(row, places, strict=True)] for row in lnglat.tolist()]


def elements_of(store: "Store", elements: "JudgedElements", project: str | None = None) -> Elements:
    """Return the elements of a project, or of all projects."""
    return Elements(store.models(project), elements)


def clashes_json(clashes: Sequence[Clash], elements: Elements, language: str) -> list[dict[str, Any]]:
    """Return clashes, each as `twin clash run --json` lists it."""
    return [_clash(c, at, elements, language) for c, at in zip(clashes, elements.places(clashes), strict=True)]


def _clash(clash: Clash, point: list[float] | None, elements: Elements, language: str) -> dict[str, Any]:
    return {
        "id": clash.id,
        "project": clash.project,
        "rule": clash.rule,
        "a": _side(clash.project, clash.a, elements),
        "b": _side(clash.project, clash.b, elements),
        "type": clash.type.value,
        "depth": round(clash.depth, LENGTH_PLACES),
        "volume": round(clash.volume, VOLUME_PLACES),
        "distance": round(clash.distance, LENGTH_PLACES),
        "point": point,
        "method": clash.method.value,
        "status": clash.status.value,
        "group": clash.group,
        "severity": clash.severity,
        "factors": [in_language(factor, language) for factor in clash.factors],
        "reason": None if clash.reason is None else in_language(clash.reason, language),
        "storey": clash.storey,
        "assignee": clash.assignee,
        "due_date": day(clash.due_date),
        "first_found": moment(clash.first_found),
        "last_found": moment(clash.last_found),
        "element_missing": clash.element_missing,
        "reopened": clash.reopened,
    }


def _side(project: str, key: BodyKey, elements: Elements) -> dict[str, Any]:
    named = elements.named(key)
    return {
        "project": project,
        "model": key.model,
        "global_id": key.global_id,
        "ifc_class": named.ifc_class,
        "name": named.name,
        "row": named.row,
    }


def run_json(run: "ClashRun", elements: Elements, language: str) -> dict[str, Any]:
    """Return a run: what was examined, what could not be, what was found, and what every clash is now."""
    listed, record = run.lived.clashes, run.record
    found = [clash for clash in listed if clash.last_found == record.started_at]
    pairs = record.untestable_pairs
    return {
        "run": record.id,
        "project": record.project,
        "rules": record.rules,
        "started_at": moment(record.started_at),
        "seconds": round(record.seconds, 3),
        "examined": record.examined,
        "found": len(found),
        "untestable": len(pairs),
        "untestable_pairs": [
            {
                "a": _side(record.project, pair.a, elements),
                "b": _side(record.project, pair.b, elements),
                "reason": in_language(pair.reason, language),
            }
            for pair in pairs
        ],
        "rules_without_match": list(record.rules_without_match),
        "models_without_geometry": list(run.without_geometry),
        "types": _counted(clash.type.value for clash in found if clash.status is not ClashStatus.BY_DESIGN),
        "statuses": _counted(clash.status.value for clash in listed),
        "notices": [in_language(notice, language) for notice in record.notices],
        "clashes": clashes_json(found, elements, language),
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def is_open(clash: Clash) -> bool:
    """Is a clash something that somebody has to look at."""
    return clash.status in OPEN and clash.type not in HIDDEN_TYPES


def chosen_clashes(clashes: Iterable[Clash], asked: Mapping[str, str | None], *, everything: bool) -> list[Clash]:
    """Return the clashes that fit what was asked for, the worst first.

    asked : attribute of `Clash` → its text, None for any; a type or status that is asked for is shown though hidden
    everything : also touching pairs, those by design and resolved ones
    """
    named = {name: value for name, value in asked.items() if value}
    found = []
    for clash in clashes:
        if any(str(getattr(clash, name) or "") != value for name, value in named.items()):
            continue
        hidden = clash.type in HIDDEN_TYPES and "type" not in named
        closed = clash.status in (ClashStatus.BY_DESIGN, ClashStatus.RESOLVED) and "status" not in named
        if everything or not (hidden or closed):
            found.append(clash)
    return sorted(found, key=lambda clash: (SEVERITIES.index(clash.severity), -clash.depth, clash.id))


def project_summary(
    code: str, name: str, clashes: Sequence[Clash], last_run: Mapping[str, Any] | None, elements: Elements
) -> dict[str, Any]:
    """Return how many clashes of a project are open, how bad they are, and where their middle lies."""
    opened = [clash for clash in clashes if is_open(clash)]
    places = [place for place in elements.places(opened) if place is not None]
    severities = Counter(clash.severity for clash in opened)
    return {
        "code": code,
        "name": name,
        "open": len(opened),
        "statuses": _counted(clash.status.value for clash in clashes),
        "types": _counted(clash.type.value for clash in opened),
        "severities": {severity: severities[severity] for severity in SEVERITIES},
        "point": np.median(places, axis=0).round(DEGREE_PLACES).tolist() if places else None,
        "last_run": last_run,
    }


def group_json(group: ClashGroup, clashes: Sequence[Clash], places: Sequence[list[float] | None]) -> dict[str, Any]:
    """Return a group: what it is called, its clashes, the worst of them, where it lies."""
    worst = min(clashes, key=lambda clash: (SEVERITIES.index(clash.severity), -clash.depth, clash.id))
    known = [place for place in places if place is not None]
    assignees = {clash.assignee for clash in clashes}
    dates = {clash.due_date for clash in clashes}
    return {
        "group": group.id,
        "kind": group.kind,
        "title": group.title,
        "clashes": [clash.id for clash in clashes],
        "open": sum(is_open(clash) for clash in clashes),
        "types": _counted(clash.type.value for clash in clashes),
        "statuses": _counted(clash.status.value for clash in clashes),
        "severity": worst.severity,
        "depth": round(max(clash.depth for clash in clashes), LENGTH_PLACES),
        "volume": round(sum(clash.volume for clash in clashes), VOLUME_PLACES),
        "storey": worst.storey,
        "rule": worst.rule,
        "assignee": assignees.pop() if len(assignees) == 1 else "",
        "due_date": day(dates.pop()) if len(dates) == 1 else None,
        "point": np.median(known, axis=0).round(DEGREE_PLACES).tolist() if known else None,
    }


def event_json(event: ClashEvent) -> dict[str, Any]:
    """Return what happened to a clash, who did it and when."""
    return {
        "at": moment(event.at),
        "by": event.by,
        "what": event.what,
        "before": event.before,
        "after": event.after,
        "note": event.note,
    }


def groups_json(groups: Iterable[ClashGroup], clashes: Sequence[Clash], elements: Elements) -> list[dict[str, Any]]:
    """Return the groups that some clashes belong to, the worst first."""
    members: dict[str, list[int]] = {}
    for number, clash in enumerate(clashes):
        members.setdefault(clash.group, []).append(number)
    places = elements.places(clashes)
    listed = [
        group_json(group, [clashes[i] for i in members[group.id]], [places[i] for i in members[group.id]])
        for group in groups
        if group.id in members
    ]
    return sorted(listed, key=lambda g: (SEVERITIES.index(g["severity"]), -len(g["clashes"]), -g["depth"], g["group"]))


def summaries(store: "Store", elements: Elements, project: str | None) -> list[dict[str, Any]]:
    """Return a summary of one project, or of each project where a run of clash detection was made."""
    projects = [store.project(project)[0]] if project is not None else store.projects()
    by_project: dict[str, list[Clash]] = {}
    for clash in store.clashes(project):
        by_project.setdefault(clash.project, []).append(clash)
    found = []
    for record in projects:
        run = store.last_clash_run(record.code)
        if run is None and project is None:
            continue
        mine = by_project.get(record.code, [])
        found.append(project_summary(record.code, record.name, mine, None if run is None else run_head(run), elements))
    return found


def run_head(run: "ClashRunRecord") -> dict[str, Any]:
    """Return what a run came to, without its clashes."""
    return {
        "run": run.id,
        "by": run.by,
        "rules": run.rules,
        "started_at": moment(run.started_at),
        "examined": run.examined,
        "found": run.found,
        "untestable": run.untestable,
        "rules_without_match": list(run.rules_without_match),
    }


def details(store: "Store", clash: Clash, elements: "JudgedElements", language: str) -> dict[str, Any]:
    """Return a clash with its box, its history and what was said of its group."""
    known = elements_of(store, elements, clash.project)
    return {
        **clashes_json([clash], known, language)[0],
        "box": [list(corner) for corner in clash.local_box],
        "corners": known.corners(clash),
        "history": [event_json(event) for event in store.clash_events(clash.id)],
        "comments": [
            {"guid": comment.guid, "by": comment.author, "text": comment.text, "at": moment(comment.at)}
            for comment in store.comments(clash.group)
        ],
        "matches": [
            {
                "before": _side(clash.project, match.before, known),
                "after": _side(clash.project, match.after, known),
                "by": match.by,
                "score": round(match.score, 3),
            }
            for match in clash.matches
        ],
    }


def colours() -> dict[str, str]:
    """Return the colours of the first and of the second element of a clash, #rrggbb."""
    return {side: "#" + bytes(rgb).hex() for side, rgb in zip("ab", CLASH_COLOURS, strict=True)}
