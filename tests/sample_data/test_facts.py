"""The facts of the sample city: complete, readable by the twin, alike on every run, with the lights they promise."""

import dataclasses
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import ifcopenshell.util.element
import numpy as np
import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from ifc_import.tasks import read_schedule as read_ifc_schedule
from sample_data import community_centre
from sample_data.build import MODELS
from sample_data.city import write_city
from sample_data.fact_calendar import FIRST, OFFICE, SITE
from sample_data.fact_network import worked_out
from sample_data.fact_places import lnglat
from sample_data.fact_projects import BY_CODE, PROJECTS
from sample_data.fact_story import network, story
from sample_data.facts import FACT_FILES, FACTS, FOLDER, SAMPLE_DATE, Fact, write_facts
from tests.house import ROOT
from tests.oracle import opened
from twin.exchange.progress import read_progress
from twin.exchange.records import Rows
from twin.exchange.register import read_register
from twin.exchange.resources import read_resources
from twin.exchange.rule_packs import read_pack
from twin.exchange.schedules import read_schedule
from twin.judgement.baseline import Plan, compile_plan
from twin.judgement.element_table import ElementTable
from twin.judgement.lights import judge, previous_report
from twin.judgement.links import link_elements, parse_rules
from twin.judgement.progress import schedule_in_force, status_at
from twin.values.project import Known, KnownSchedule, ProgressFact, RegisterEntry, Report, ResourceFact
from twin.values.schedule import Schedule
from twin.values.status import ProjectStatus

OPENS, CLOSES = date(2024, 7, 1), date(2027, 6, 30)
CENTRE = "滨江社区服务中心.ifc"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the city's map file, the community centre and all facts. Read-only: tests share it."""
    made = tmp_path_factory.mktemp("facts")
    write_city(made / "滨江市.gpkg")
    community_centre.write(made / CENTRE)
    started = time.monotonic()
    write_facts(made, made / "滨江市.gpkg")
    print(f"facts: {time.monotonic() - started:.2f} s")  # noqa: T201
    return made


def of_kind(kind: str) -> list[Fact]:
    return [fact for fact in FACTS if fact.kind == kind]


@cache
def schedule(folder: Path, file: str) -> Schedule:
    path = folder / file
    return read_ifc_schedule(path) if path.suffix == ".ifc" else read_schedule(path)


@cache
def register(folder: Path) -> tuple[tuple[int, RegisterEntry], ...]:
    return tuple(read_register(folder / of_kind("register")[0].file).facts)


@cache
def progress(folder: Path) -> list[Rows[ProgressFact]]:
    return [read_progress(folder / fact.file, recorded_at=str(fact.recorded_at)) for fact in of_kind("progress")]


@cache
def resources(folder: Path) -> Rows[ResourceFact]:
    (fact,) = of_kind("resources")
    return read_resources(folder / fact.file, recorded_at=str(fact.recorded_at))


def reports(folder: Path) -> list[tuple[datetime, ProgressFact]]:
    found = []
    for rows in progress(folder):
        for (_, fact), recorded in zip(rows.facts, rows.recorded, strict=True):
            assert recorded is not None
            found.append((recorded, fact))
    return found


# -- files -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_on_every_run(folder: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom sample_data.facts import write_facts\n"
        f"write_facts(Path({str(tmp_path)!r}), Path({str(folder / '滨江市.gpkg')!r}))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=environment)
    names = {f"{FOLDER}/{path.name}" for path in (tmp_path / FOLDER).iterdir()}
    assert names == set(FACT_FILES)
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_every_table_is_read_without_a_problem(folder: Path) -> None:
    tables = [
        *(read_register(folder / fact.file) for fact in of_kind("register")),
        *progress(folder),
        resources(folder),
    ]
    for rows in tables:
        assert rows.problems == [], rows.file
        assert len(rows.facts) == rows.count > 20


def test_all_forms_of_schedules_occur(folder: Path) -> None:
    forms = Counter(schedule(folder, fact.file).format for fact in of_kind("schedule"))
    assert forms["mspdi"] >= 2 <= forms["xer"]
    assert forms["pmxml"] == forms["xlsx"] == forms["ifc"] == 1
    assert forms["csv"] >= 10
    assert len({fact.project for fact in of_kind("schedule")}) >= 18


# -- the register ------------------------------------------------------------------------------------------------------


def test_the_register_is_a_bureau_s(folder: Path) -> None:
    entries = [entry for _, entry in register(folder)]
    assert len(entries) == len({entry.code for entry in entries}) >= 24
    assert sum(len(entry.code) == 24 for entry in entries) == 3
    budgets = [entry.budget or 0 for entry in entries]
    assert (min(budgets), max(budgets)) == (28_000_000, 3_800_000_000)
    for entry in entries:
        assert entry.planned_start is not None
        assert entry.planned_finish is not None
        assert OPENS <= entry.planned_start < entry.planned_finish <= CLOSES, entry.code
    stages = {entry.stage for _, entry in read_register(folder / of_kind("register")[1].file).facts}
    assert stages == {"approval", "design", "funding", "construction", "operation"}


def test_places_lie_in_their_districts(folder: Path) -> None:
    _, _, shapes, (names, _) = pyogrio.raw.read(folder / "滨江市.gpkg", layer="districts")
    districts = dict(zip(names, shapely.from_wkb(shapes), strict=True))
    _, _, shapes, (numbers, _, _, codes) = pyogrio.raw.read(folder / "滨江市.gpkg", layer="parcels")
    parcels = dict(zip(numbers, shapely.from_wkb(shapes), strict=True))
    taken = {number for number, code in zip(numbers, codes, strict=True) if code}
    to_map = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
    kinds: Counter[str] = Counter()
    modelled = {model.site.code for model in MODELS}
    for _, entry in register(folder):
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
    assert len({entry.district for _, entry in register(folder)}) >= 7


def test_degrees_agree_with_proj() -> None:
    transformer = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True)
    for easting, northing in ((501500.0, 2489000.0), (511500.0, 2498500.0), (430000.0, 5400000.0)):
        assert lnglat(easting, northing) == pytest.approx(transformer.transform(easting, northing), abs=1e-6)


# -- schedules ---------------------------------------------------------------------------------------------------------


def test_costs_add_up_to_the_budget(folder: Path) -> None:
    for fact in of_kind("schedule"):
        assert fact.project is not None
        tasks = schedule(folder, fact.file).tasks
        costs = [task.cost or 0.0 for task in tasks if task.kind == "task"]
        assert sum(costs) == pytest.approx(BY_CODE[fact.project].budget * 10_000, abs=1), fact.file
        assert 10 <= len(costs) <= 120


def test_dates_are_those_that_were_planned(folder: Path) -> None:
    for fact in of_kind("schedule"):
        assert fact.project is not None
        read, plan = schedule(folder, fact.file), network(fact.project)
        found = {task.code or task.id: task for task in read.tasks}
        for row in plan.leaves:
            baseline = next(iter(found[row.id].baselines), None)
            start = baseline.start if baseline else found[row.id].schedule_start
            finish = baseline.finish if baseline else found[row.id].schedule_finish
            assert start is not None
            assert finish is not None
            # a table's day may end at midnight
            assert (start.date(), (finish - timedelta(minutes=1)).date()) == (row.start, row.finish), (
                fact.file,
                row.id,
            )
        kinds = Counter(row.kind for row in plan.rows)
        assert Counter(task.kind for task in read.tasks)["milestone"] == kinds["milestone"]
        waits = sum(len(row.waits) for row in plan.rows)
        assert len(read.links) == waits, fact.file


@pytest.mark.parametrize("code", [project.code for project in PROJECTS if project.sketch])
def test_nobody_starts_before_what_he_waits_for(code: str) -> None:
    plan = network(code)
    rows, calendar = {row.id: row for row in plan.rows}, OFFICE if BY_CODE[code].form == "mspdi" else SITE
    assert max(row.finish for row in plan.rows) <= BY_CODE[code].span[1]
    for row in plan.rows:
        for wait in row.waits:
            before = rows[wait.task]
            if wait.type == "SS":
                assert calendar.index(row.start) >= calendar.index(before.start) + wait.lag
            elif row.kind == "task":
                assert calendar.index(row.start) > calendar.index(before.finish) + wait.lag - 1
                assert row.start > before.finish
            else:
                assert row.finish >= before.finish


def test_the_hospital_keeps_the_holidays(folder: Path) -> None:
    read = schedule(folder, f"{FOLDER}/市第三人民医院_进度计划.xml")
    assert len(read.tasks) == 112
    assert any(link.type == "SS" and link.lag for link in read.links)
    (calendar,) = read.calendars
    off = [exception for exception in calendar.exceptions if not exception.shifts]
    festivals = [exception for exception in off if exception.name == "春节"]
    assert [exception.start.year for exception in festivals] == [2025, 2026, 2027]
    extra = [exception for exception in calendar.exceptions if exception.shifts]
    assert len(extra) >= 10
    assert all(exception.start.weekday() >= 5 for exception in extra)
    free = {
        exception.start + timedelta(n)
        for exception in off
        for n in range((exception.finish - exception.start).days + 1)
    }
    assert not free & {
        moment.date() for task in read.tasks for moment in (task.schedule_start, task.schedule_finish) if moment
    }


def test_an_update_keeps_the_baseline(folder: Path) -> None:
    first, second = (schedule(folder, fact.file) for fact in of_kind("schedule") if fact.project == "BJ-003")
    assert second.data_date == datetime(2026, 3, 31, 17)
    assert [task.baselines for task in first.tasks] == [task.baselines for task in second.tasks]
    assert {task.completion for task in first.tasks} == {0.0}
    done = [task.completion or 0 for task in second.tasks if task.kind == "task"]
    assert done.count(1.0) > 30
    assert any(0 < share < 1 for share in done)
    for task in second.tasks:
        assert (task.actual_finish or datetime.min) <= second.data_date
        assert (task.actual_finish is not None) == (task.completion == 1.0 and task.kind == "task")


def test_the_network_stretches_to_its_span() -> None:
    span = (date(2025, 1, 6), date(2025, 12, 31))
    plan = worked_out("x", "A|Sum\n  A1|one|10|1|\n  A2|two|20|3|A1+5\n  A3|end|0||A2", 400.0 * 100, span, OFFICE)
    one, two, end = plan.rows[1:]
    assert (plan.start, end.finish) == (span[0], plan.finish)
    assert plan.finish > date(2025, 12, 20)
    assert OFFICE.index(two.start) == OFFICE.index(one.finish) + 1 + 5
    assert (one.cost, two.cost, plan.rows[0].cost) == (10_000, 30_000, 40_000)
    moments = [np.array([(day - FIRST).days], float) for day in (span[0], two.start, plan.finish + timedelta(1))]
    shares = [plan.shares(moment).ravel().tolist() for moment in moments]
    assert shares == [[0, 0], [1, 0], [1, 1]]


# -- reports -----------------------------------------------------------------------------------------------------------


def test_reports_name_what_there_is(folder: Path) -> None:
    codes = {entry.code for _, entry in register(folder)}
    tasks: dict[str, set[str]] = defaultdict(set)
    for fact in of_kind("schedule"):
        tasks[str(fact.project)] |= {task.id for task in schedule(folder, fact.file).tasks}
    facts: Sequence[ProgressFact | ResourceFact] = [
        *(fact for _, fact in reports(folder)), *(fact for _, fact in resources(folder).facts)
    ]  # fmt: skip
    for fact in facts:
        assert fact.project in codes
        assert fact.task is None or fact.task in tasks[fact.project], fact
    by_task = {fact.project for fact in facts if fact.task is not None}
    assert by_task == {model.site.code for model in MODELS}


def test_reports_are_late_corrected_and_missing(folder: Path) -> None:
    found = reports(folder)
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


def test_completion_only_grows(folder: Path) -> None:
    known: dict[tuple[str, str | None], list[tuple[date, datetime, float]]] = defaultdict(list)
    for recorded, fact in reports(folder):
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


def test_resources_are_used_up_and_over(folder: Path) -> None:
    found = [fact for _, fact in resources(folder).facts]
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


# -- links and lights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [fact.project for fact in FACTS if fact.kind == "links"])
def test_elements_are_tied_to_tasks(folder: Path, code: str) -> None:
    (links,) = (fact for fact in FACTS if fact.kind == "links" and fact.project == code)
    rules = parse_rules((folder / links.file).read_text("utf-8"))
    read = schedule(folder, next(fact.file for fact in of_kind("schedule") if fact.project == code))
    total = unlinked = 0
    matched: Counter[int] = Counter()
    for model in (model for model in MODELS if model.site.code == code):
        model.write(folder / model.file)
        found = link_elements(read, rules, element_table(folder / model.file, model.discipline))
        total, unlinked = total + found.n_rows, unlinked + len(found.unlinked)
        matched.update(found.matched)
        assert found.missing == found.ambiguous == {}
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


def test_the_community_centre_says_itself_who_builds_what(folder: Path) -> None:
    read = schedule(folder, CENTRE)
    file = opened(folder / CENTRE)
    drawn = {e.GlobalId for e in file.by_type("IfcElement") if not e.is_a("IfcOpeningElement")}
    tied = [element for elements in read.elements.values() for element in elements]
    assert len(tied) == len(set(tied))
    assert set(tied) == drawn


@cache
def known(folder: Path, until: datetime | None = None) -> Mapping[str, tuple[Known, Mapping[str, Plan | None]]]:
    """Return what was known of each project at a time, with the plans of its schedules."""
    files: dict[str, list[KnownSchedule]] = defaultdict(list)
    plans: dict[str, dict[str, Plan | None]] = defaultdict(dict)
    entries = {entry.code: entry for _, entry in register(folder)}
    for fact in of_kind("schedule"):
        read = schedule(folder, fact.file)
        assert isinstance(fact.recorded_at, date)
        report = Report(fact.file, 0, datetime.combine(fact.recorded_at, clock(), UTC))
        data_date = read.data_date.date() if read.data_date else None
        files[str(fact.project)].append(KnownSchedule(fact.file, data_date, report))
        plans[str(fact.project)][fact.file] = compile_plan(read, entries[str(fact.project)].budget)
    standing: dict[tuple[str, str | None, date], tuple[datetime, ProgressFact]] = {}
    for recorded, said in sorted(reports(folder), key=lambda item: item[0]):
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


def stands(folder: Path, code: str, day: date, until: datetime | None = None) -> ProjectStatus:
    facts, plans = known(folder, until)[code]
    version = schedule_in_force(facts, day)
    return status_at(facts, plans[version.key] if version else None, day)


def light(folder: Path, code: str, day: date, until: datetime | None = None) -> str:
    now = stands(folder, code, day, until)
    before = previous_report(now)
    return judge(read_pack("index"), now, stands(folder, code, before, until) if before else None).light


def test_lights_on_the_sample_date(folder: Path) -> None:
    lights = {project.code: light(folder, project.code, SAMPLE_DATE) for project in PROJECTS}
    assert lights == {project.code: project.light for project in PROJECTS}
    counts, total = Counter(lights.values()), len(PROJECTS)
    assert 0.4 < counts["green"] / total <= 0.5
    assert counts["yellow"] / total == pytest.approx(0.25, abs=0.05)
    assert counts["red"] / total == pytest.approx(0.2, abs=0.05)
    assert counts["grey"] >= 2


def test_indices_are_those_of_the_course(folder: Path) -> None:
    """An independent way round: the judgement finds the SPI(t) and CPI that the story was told with."""
    for project in PROJECTS:
        if project.sketch is None or not project.course or project.code == "BJ-017" or project.stage == "运营维护":
            continue
        now = stands(folder, project.code, SAMPLE_DATE)
        assert now.spi_t == pytest.approx(project.course[-1][1], abs=0.004), project.code
        assert now.cpi == pytest.approx(project.course[-1][2], abs=0.002), project.code


def test_lights_change_with_the_date_and_with_what_was_known(folder: Path) -> None:
    ends = [date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30)]
    changing = [p.code for p in PROJECTS if len({light(folder, p.code, day) for day in ends}) > 1]
    assert len(changing) >= 10
    assert light(folder, "BJ-004", date(2025, 6, 30)) == "yellow"  # and green again later
    assert light(folder, "BJ-024", SAMPLE_DATE) == "yellow"  # better now, which counts from the second month on
    soon = datetime(2026, 4, 8, tzinfo=UTC)  # before the report of March was put right
    first, later = (stands(folder, "BJ-020", date(2026, 3, 31), until) for until in (soon, None))
    assert first.progress is not None
    assert later.progress is not None
    assert first.progress > later.progress * 1.1
    assert (light(folder, "BJ-020", date(2026, 3, 31), soon), light(folder, "BJ-020", date(2026, 3, 31))) != (
        "red",
        "red",
    )
