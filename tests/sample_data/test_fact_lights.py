"""The sample facts judged: elements tied to tasks, and the lights that they promise."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as clock
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import ifcopenshell.util.element
import pytest

from sample_data.build import MODELS
from sample_data.fact_projects import PROJECTS
from sample_data.facts import FACTS, SAMPLE_DATE
from tests.oracle import opened
from tests.sample_data.told import CENTRE, of_kind, register, reports, schedule
from twin.exchange.rule_packs import read_pack
from twin.judgement.baseline import Plan, compile_plan
from twin.judgement.element_table import ElementTable
from twin.judgement.lights import judge, previous_report
from twin.judgement.links import link_elements, parse_rules
from twin.judgement.progress import schedule_in_force, status_at
from twin.values.project import Known, KnownSchedule, ProgressFact, Report
from twin.values.status import ProjectStatus

# -- links and lights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [fact.project for fact in FACTS if fact.kind == "links"])
def test_elements_are_tied_to_tasks(facts_folder: Path, tmp_path: Path, code: str) -> None:
    (links,) = (fact for fact in FACTS if fact.kind == "links" and fact.project == code)
    rules = parse_rules((facts_folder / links.file).read_text("utf-8"))
    read = schedule(facts_folder, next(fact.file for fact in of_kind("schedule") if fact.project == code))
    total = unlinked = 0
    matched: Counter[int] = Counter()
    for model in (model for model in MODELS if model.site.code == code):
        model.write(tmp_path / model.file)
        found = link_elements(read, rules, element_table(tmp_path / model.file, model.discipline))
        total, unlinked = total + found.n_rows, unlinked + len(found.unlinked)
        matched.update(found.matched)
        assert not found.missing
        assert not found.ambiguous
    assert unlinked / total < 0.02
    assert {rule.number for rule in rules.rules} == {number for number, count in matched.items() if count}


def element_table(path: Path, discipline: str) -> ElementTable:
    """Return the elements of a file as the parser has them, without the importer."""
    elements = [e for e in opened(path).by_type("IfcElement") if not e.is_a("IfcOpeningElement")]
    within = [ifcopenshell.util.element.get_container(element) for element in elements]
    storeys = sorted({w.Name for w in within if w is not None and w.is_a("IfcBuildingStorey")})
    classes = sorted({element.is_a() for element in elements})
    return ElementTable(
        [element.GlobalId for element in elements],
        [element.Name or "" for element in elements],
        [classes.index(element.is_a()) for element in elements],
        classes,
        [storeys.index(w.Name) if w is not None and w.Name in storeys else -1 for w in within],
        [SimpleNamespace(global_id=name, name=name, elevation=0.0) for name in storeys],
        model=path.stem,
        discipline=discipline,
    )


def test_the_community_centre_says_itself_who_builds_what(facts_folder: Path) -> None:
    read = schedule(facts_folder, CENTRE)
    file = opened(facts_folder / CENTRE)
    drawn = {e.GlobalId for e in file.by_type("IfcElement") if not e.is_a("IfcOpeningElement")}
    tied = [element for elements in read.elements.values() for element in elements]
    assert len(tied) == len(set(tied))
    assert set(tied) == drawn
    names = {task.id: task.name for task in read.tasks}
    floors = ("首层", "二层", "三层")
    for task, elements in read.elements.items():
        for element in elements if names[task].startswith(floors) else ():
            within = ifcopenshell.util.element.get_container(file.by_guid(element))
            assert within is not None
            assert names[task].startswith(within.Name), (names[task], element)


@cache
def known(facts_folder: Path, until: datetime | None = None) -> Mapping[str, tuple[Known, Mapping[str, Plan | None]]]:
    """Return what was known of each project at a time, with the plans of its schedules."""
    files: dict[str, list[KnownSchedule]] = defaultdict(list)
    plans: dict[str, dict[str, Plan | None]] = defaultdict(dict)
    entries = {entry.code: entry for _, entry in register(facts_folder)}
    for fact in of_kind("schedule"):
        read = schedule(facts_folder, fact.file)
        assert isinstance(fact.recorded_at, date)
        report = Report(fact.file, 0, datetime.combine(fact.recorded_at, clock(), UTC))
        data_date = read.data_date.date() if read.data_date else None
        files[str(fact.project)].append(KnownSchedule(fact.file, data_date, report))
        plans[str(fact.project)][fact.file] = compile_plan(read, entries[str(fact.project)].budget)
    standing: dict[tuple[str, str | None, date], tuple[datetime, ProgressFact]] = {}
    for recorded, said in sorted(reports(facts_folder), key=lambda item: item[0]):
        if until is None or recorded <= until:
            told = dataclasses.replace(said, report=Report("x", said.row, recorded))
            standing[said.project, said.task, said.fact_date] = (recorded, told)
    return {
        code: (
            Known(entry, None, files[code], sorted((f for _, f in standing.values() if f.project == code),
                                                   key=lambda fact: fact.fact_date)),
            plans[code],
        )
        for code, entry in entries.items()
    }  # fmt: skip


def stands(facts_folder: Path, code: str, day: date, until: datetime | None = None) -> ProjectStatus:
    facts, plans = known(facts_folder, until)[code]
    version = schedule_in_force(facts, day)
    return status_at(facts, plans[version.key] if version else None, day)


def light(facts_folder: Path, code: str, day: date, until: datetime | None = None) -> str:
    now = stands(facts_folder, code, day, until)
    before = previous_report(now)
    return judge(read_pack("index"), now, stands(facts_folder, code, before, until) if before else None).light


def test_lights_on_the_sample_date(facts_folder: Path) -> None:
    lights = {project.code: light(facts_folder, project.code, SAMPLE_DATE) for project in PROJECTS}
    assert lights == {project.code: project.light for project in PROJECTS}
    counts, total = Counter(lights.values()), len(PROJECTS)
    assert 0.4 < counts["green"] / total <= 0.5
    assert counts["yellow"] / total == pytest.approx(0.25, abs=0.05)
    assert counts["red"] / total == pytest.approx(0.2, abs=0.05)
    assert counts["grey"] >= 2


def test_indices_are_those_of_the_course(facts_folder: Path) -> None:
    """An independent way round: the judgement finds the SPI(t) and CPI that the story was told with."""
    for project in PROJECTS:
        if project.sketch is None or not project.course or project.code == "BJ-017" or project.stage == "运营维护":
            continue
        now = stands(facts_folder, project.code, SAMPLE_DATE)
        assert now.spi_t == pytest.approx(project.course[-1][1], abs=0.004), project.code
        assert now.cpi == pytest.approx(project.course[-1][2], abs=0.002), project.code


def test_lights_change_with_the_date_and_with_what_was_known(facts_folder: Path) -> None:
    ends = [date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30)]
    changing = [p.code for p in PROJECTS if len({light(facts_folder, p.code, day) for day in ends}) > 1]
    assert len(changing) >= 10
    assert light(facts_folder, "BJ-004", date(2025, 6, 30)) == "yellow"  # and green again later
    assert light(facts_folder, "BJ-024", SAMPLE_DATE) == "yellow"  # better now, which counts from the second month on
    soon = datetime(2026, 4, 8, tzinfo=UTC)  # before the report of March was put right
    first, later = (stands(facts_folder, "BJ-020", date(2026, 3, 31), until) for until in (soon, None))
    assert first.progress is not None
    assert later.progress is not None
    assert first.progress > later.progress * 1.1
    assert light(facts_folder, "BJ-020", date(2026, 3, 31), soon) != "red"
    assert light(facts_folder, "BJ-020", date(2026, 3, 31)) == "red"
