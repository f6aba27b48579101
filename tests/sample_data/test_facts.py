"""The files of the sample facts: alike on every run, readable, and what a bureau would report."""

import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from sample_data.build import MODELS
from sample_data.fact_calendar import FIRST
from sample_data.fact_places import lnglat
from sample_data.fact_projects import PROJECTS
from sample_data.fact_story import story
from sample_data.facts import FACT_FILES, FOLDER, SAMPLE_DATE
from tests.house import ROOT
from tests.sample_data.told import of_kind, progress, register, reports, resources, schedule
from twin.exchange.register import read_register
from twin.values.project import ResourceFact

OPENS, CLOSES = date(2024, 7, 1), date(2027, 6, 30)


# -- files -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_on_every_run(facts_folder: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom sample_data.facts import write_facts\n"
        f"write_facts(Path({str(tmp_path)!r}), Path({str(facts_folder / '滨江市.gpkg')!r}))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=environment)
    names = {f"{FOLDER}/{path.name}" for path in (tmp_path / FOLDER).iterdir()}
    assert names == set(FACT_FILES)
    for name in names:
        assert (tmp_path / name).read_bytes() == (facts_folder / name).read_bytes(), name


def test_every_table_is_read_without_a_problem(facts_folder: Path) -> None:
    registers = [read_register(facts_folder / fact.file) for fact in of_kind("register")]
    for rows in registers:
        assert (rows.problems, len(rows.facts)) == ([], len(PROJECTS))
    for reported in progress(facts_folder):
        assert reported.problems == []
        assert len(reported.facts) == reported.count > 200
    used = resources(facts_folder)
    assert used.problems == []
    assert len(used.facts) == used.count > 1000


def test_all_forms_of_schedules_occur(facts_folder: Path) -> None:
    forms = Counter(schedule(facts_folder, fact.file).format for fact in of_kind("schedule"))
    assert forms["mspdi"] >= 2 <= forms["xer"]
    assert forms["pmxml"] == forms["xlsx"] == forms["ifc"] == 1
    assert forms["csv"] >= 10
    assert len({fact.project for fact in of_kind("schedule")}) >= 18


# -- the register ------------------------------------------------------------------------------------------------------


def test_the_register_is_a_bureau_s(facts_folder: Path) -> None:
    entries = [entry for _, entry in register(facts_folder)]
    assert len(entries) == len({entry.code for entry in entries}) >= 24
    assert sum(len(entry.code) == 24 for entry in entries) == 3
    budgets = [entry.budget or 0 for entry in entries]
    assert (min(budgets), max(budgets)) == (28_000_000, 3_800_000_000)
    for entry in entries:
        assert entry.planned_start is not None
        assert entry.planned_finish is not None
        assert OPENS <= entry.planned_start < entry.planned_finish <= CLOSES, entry.code
    stages = {entry.stage for _, entry in read_register(facts_folder / of_kind("register")[1].file).facts}
    assert stages == {"approval", "design", "funding", "construction", "operation"}


def test_places_lie_in_their_districts(facts_folder: Path) -> None:
    _, _, shapes, (names, _) = pyogrio.raw.read(facts_folder / "滨江市.gpkg", layer="districts")
    districts = dict(zip(names, shapely.from_wkb(shapes), strict=True))
    _, _, shapes, (numbers, _, _, codes) = pyogrio.raw.read(facts_folder / "滨江市.gpkg", layer="parcels")
    parcels = dict(zip(numbers, shapely.from_wkb(shapes), strict=True))
    taken = {number for number, code in zip(numbers, codes, strict=True) if code}
    to_map = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
    kinds: Counter[str] = Counter()
    modelled = {model.site.code for model in MODELS}
    for _, entry in register(facts_folder):
        district = districts[entry.district]
        if entry.parcel is not None:
            assert district.intersects(shapely.point_on_surface(parcels[entry.parcel]))
            assert entry.parcel not in taken
            kinds["parcel"] += 1
        elif entry.place is not None:
            assert district.contains(shapely.Point(to_map.transform(*entry.place["coordinates"])))
            kinds["point"] += 1
        else:
            assert entry.code in modelled
    assert kinds["point"] > kinds["parcel"] >= 5
    assert len({entry.district for _, entry in register(facts_folder)}) >= 7


def test_degrees_agree_with_proj() -> None:
    transformer = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True)
    for easting, northing in ((501500.0, 2489000.0), (511500.0, 2498500.0), (430000.0, 5400000.0)):
        assert lnglat(easting, northing) == pytest.approx(transformer.transform(easting, northing), abs=1e-6)


# -- reports -----------------------------------------------------------------------------------------------------------


def test_reports_name_what_there_is(facts_folder: Path) -> None:
    codes = {entry.code for _, entry in register(facts_folder)}
    tasks: dict[str, set[str]] = defaultdict(set)
    for fact in of_kind("schedule"):
        tasks[str(fact.project)] |= {task.id for task in schedule(facts_folder, fact.file).tasks}
    told = [(fact.project, fact.task) for _, fact in reports(facts_folder)]
    told += [(fact.project, fact.task) for _, fact in resources(facts_folder).facts]
    for project, task in told:
        assert project in codes
        assert task is None or task in tasks[project], (project, task)
    assert {project for project, task in told if task is not None} == {model.site.code for model in MODELS}


def test_reports_are_late_corrected_and_missing(facts_folder: Path) -> None:
    found = reports(facts_folder)
    assert max(fact.fact_date for _, fact in found) == SAMPLE_DATE
    assert min(fact.fact_date for _, fact in found) == date(2024, 7, 31)
    delays = [(recorded.date() - fact.fact_date).days for recorded, fact in found if not fact.note]
    assert min(delays) >= 3
    assert sum(delay > 19 for delay in delays) >= 6
    said: dict[tuple[str, str | None, date], list[tuple[datetime, float | None]]] = defaultdict(list)
    for recorded, fact in found:
        said[fact.project, fact.task, fact.fact_date].append((recorded, fact.completion))
    twice = {key: sorted(rows) for key, rows in said.items() if len(rows) > 1}
    assert len({project for project, _, _ in twice}) >= 5
    assert all(first[0] < second[0] and first[1] != second[1] for first, second in twice.values())
    gaps = 0
    for project in PROJECTS:
        months = sorted({fact.fact_date for _, fact in found if fact.project == project.code})
        gaps += sum((later - earlier).days > 32 for earlier, later in pairwise(months))
    assert gaps >= 5
    last = {
        project: max(f.fact_date for _, f in found if f.project == project) for project in {f.project for _, f in found}
    }
    assert last["BJ-017"] == date(2026, 3, 31)
    assert {"BJ-022", "BJ-025"}.isdisjoint(last)
    finished = {fact.project for _, fact in found if fact.task is None and fact.completion == 1}
    assert finished == {"BJ-016", "BJ-021"}


def test_completion_only_grows(facts_folder: Path) -> None:
    known: dict[tuple[str, str | None], list[tuple[date, datetime, float]]] = defaultdict(list)
    for recorded, fact in reports(facts_folder):
        if fact.completion is not None:
            known[fact.project, fact.task].append((fact.fact_date, recorded, fact.completion))
    for key, rows in known.items():
        latest = {day: share for day, _, share in sorted(rows)}
        assert list(latest.values()) == sorted(latest.values()), key


def test_what_a_task_tells_of_its_days_is_true() -> None:
    for project in PROJECTS:
        told = story(project.code)
        if not told.months or project.sketch is None:
            continue
        last = (told.months[-1] - FIRST).days
        begun = told.done[:, -1] > 0
        assert ((told.begun[begun] >= 0) & (told.begun[begun] <= last)).all()
        ended = told.done[:, -1] == 1
        assert (told.ended[ended] >= told.begun[ended]).all()
        assert (told.ended[ended] <= last).all(), project.code


def test_resources_are_used_up_and_over(facts_folder: Path) -> None:
    found = [fact for _, fact in resources(facts_folder).facts]
    assert {fact.resource for fact in found} == {"funds", "labour", "machinery", "concrete", "steel", "land"}
    assert {fact.project for fact in found if fact.task is not None} == {"BJ-003"}
    last: dict[tuple[str, str], ResourceFact] = {}
    for fact in sorted(found, key=lambda fact: fact.fact_date):
        if fact.task is None:
            last[fact.project, fact.resource] = fact
    rates = {key: fact.used / fact.planned for key, fact in last.items() if fact.used and fact.planned}
    assert sum(rate > 1.05 for rate in rates.values()) >= 3
    assert rates["BJ-007", "steel"] > 1.1
    assert ("BJ-012", "machinery") not in last
    assert all(fact.unit for fact in found)
