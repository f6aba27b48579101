"""The city in figures, counted again the slow way; classes by the legend's own edges."""

from dataclasses import dataclass
from datetime import date
from random import Random

import pytest

from twin.judgement.legend import LIGHT_INDEX, UNPLANNED, legend
from twin.judgement.overview import COLOURINGS, city_overview, month_before, project_indices
from twin.values.project import LIGHTS, RESOURCES, Known, RegisterEntry
from twin.values.status import Light, ProjectStatus, ResourceUse

DAY = date(2026, 6, 30)


@dataclass(frozen=True)
class Stub:
    """A project as the overview sees it."""

    code: str
    name: str
    known: Known
    status: ProjectStatus
    light: Light


def use(resource: str, planned: float | None, used: float | None, unit: str | None = None) -> ResourceUse:
    unit = RESOURCES[resource] if unit is None else unit
    rate = used / planned if planned and used is not None else None
    return ResourceUse(resource, unit, planned, used, None, rate, DAY)


def project(
    code: str,
    light: str = "green",
    progress: float | None = None,
    planned: float | None = None,
    budget: float | None = None,
    district: str | None = "北",
    currency: str | None = "CNY",
    kind: str | None = None,
    *,
    uses: dict[str, ResourceUse] | None = None,
) -> Stub:
    entry = RegisterEntry(code, district=district, budget=budget, currency=currency, kind=kind)
    status = ProjectStatus(DAY, progress=progress, planned_progress=planned, resources=uses or {})
    return Stub(code, code, Known(entry), status, Light(light, light, (), "index", "1"))


def budget_of(found: Stub) -> float:
    assert found.known.entry.budget is not None
    return found.known.entry.budget


def some_city(seed: int) -> list[Stub]:
    random = Random(seed)  # noqa: S311
    found = []
    for number in range(60):
        uses = {
            name: use(name, random.choice([None, 0.0, 8.0, 10.0]), random.choice([None, 0.0, 9.0, 20.0]))
            for name in RESOURCES
            if random.random() < 0.6
        }
        found.append(
            project(
                f"P{number}",
                random.choice(LIGHTS),
                random.choice([None, 0.0, 1.0, random.random()]),
                random.choice([None, random.random()]),
                random.choice([100.0, 250.0, 900.0]),
                random.choice([None, "", "北", "南", "西"]),
                kind=random.choice([None, "桥"]),
                uses=uses,
            )
        )
    return found


@pytest.mark.parametrize("seed", range(5))
def test_districts_and_lights_are_those_of_a_slow_count(seed: int) -> None:
    now, before = some_city(seed), some_city(seed + 100)[:50]
    found = city_overview(now, before)
    assert found.lights == {light: len([p for p in now if p.light.light == light]) for light in LIGHTS}
    assert sum(group.projects for group in found.districts) == sum(group.projects for group in found.kinds) == 60
    assert [(-g.projects, g.name) for g in found.districts] == sorted((-g.projects, g.name) for g in found.districts)
    for group in found.districts:
        mine = [p for p in now if (p.known.entry.district or "") == group.name]
        then = [p for p in before if (p.known.entry.district or "") == group.name]
        assert group.projects == len(mine)
        assert sum(group.lights_before.values()) == len(then)
        total = weight = 0.0
        for p in mine:
            if p.status.progress is not None:
                total, weight = total + budget_of(p) * p.status.progress, weight + budget_of(p)
        assert group.values["progress"] == pytest.approx(total / weight)
        total = weight = 0.0
        for p in mine:
            if p.status.progress is not None and p.status.planned_progress is not None:
                total += budget_of(p) * (p.status.progress - p.status.planned_progress)
                weight += budget_of(p)
        assert group.values["deviation"] == pytest.approx(total / weight)
        for name in RESOURCES:
            uses = [p.status.resources[name] for p in mine if name in p.status.resources]
            pairs = [(u.planned, u.used) for u in uses if u.planned is not None and u.used is not None]
            whole = sum(planned for planned, _ in pairs)
            assert group.values[name] == (pytest.approx(sum(u for _, u in pairs) / whole) if whole else None)
    changed = {p.code: (q.light.light, p.light.light) for p, q in zip(now, before, strict=False)}
    expected = {code: pair for code, pair in changed.items() if pair[0] != pair[1]}
    assert {c.code: (c.before, c.now) for c in found.changes} == expected


def test_a_district_is_as_bad_as_its_worst_judged_project() -> None:
    def light(*lights: str) -> int:
        (group,) = city_overview([project(str(i), light) for i, light in enumerate(lights)], []).districts
        return group.index["light"]

    assert light("green", "grey") == LIGHT_INDEX["green"]
    assert light("grey", "yellow", "green") == LIGHT_INDEX["yellow"]
    assert light("yellow", "red", "grey") == LIGHT_INDEX["red"]
    assert light("grey", "grey") == LIGHT_INDEX["grey"]


def test_weights_are_equal_where_a_budget_is_missing_or_currencies_differ() -> None:
    def progress(*projects: Stub) -> float | None:
        return city_overview(projects, []).districts[0].values["progress"]

    heavy = project("a", progress=1.0, budget=300.0)
    assert progress(heavy, project("b", progress=0.0, budget=100.0)) == 0.75
    assert progress(heavy, project("b", progress=0.0)) == 0.5
    assert progress(heavy, project("b", progress=0.0, budget=100.0, currency="USD")) == 0.5
    # one without a figure does not take part, so its budget does not matter
    assert progress(heavy, project("b", progress=0.0, budget=100.0), project("c")) == 0.75
    assert progress(project("c")) is None


def test_other_units_and_lonely_figures_stay_out_of_a_rate() -> None:
    projects = [
        project("a", uses={"steel": use("steel", 10.0, 5.0)}),
        project("b", uses={"steel": use("steel", 10.0, 10.0, unit="kg")}),
        project("c", uses={"steel": use("steel", 90.0, None)}),
    ]
    found = city_overview(projects, [])
    assert found.districts[0].values["steel"] == 0.5
    assert found.districts[0].index["steel"] == project_indices(projects[:1])["steel"][0]
    assert (found.uses["steel"].counted, found.uses["steel"].left_out) == (2, 1)
    (lonely,) = city_overview([project("a", uses={"steel": use("steel", 9.0, None)}), project("b")], []).districts
    assert (lonely.values["steel"], lonely.index["steel"]) == (None, 0)
    (unplanned,) = city_overview([project("a", uses={"steel": use("steel", 0.0, 3.0)})], []).districts
    assert (unplanned.values["steel"], unplanned.index["steel"]) == (None, UNPLANNED)


@pytest.mark.parametrize("seed", range(3))
def test_classes_hold_what_the_legend_says_of_them(seed: int) -> None:
    projects = some_city(seed)
    for by, column in project_indices(projects).items():
        entries = legend(by)
        for of, index in zip(projects, column.tolist(), strict=True):
            entry = entries[index]
            value = None
            if by == "light":
                assert entry.key == of.light.light
                continue
            if by == "progress":
                value = of.status.progress
            elif by == "deviation":
                if of.status.progress is not None and of.status.planned_progress is not None:
                    value = of.status.progress - of.status.planned_progress
            elif (found := of.status.resources.get(by)) is not None:
                value = found.rate
                if found.planned == 0.0 and found.used:
                    assert entry.key == "unplanned"
                    continue
            if value is None:
                assert index == 0
            else:
                assert (-1e9 if entry.low is None else entry.low) - 1e-6 <= value * 100
                assert value * 100 <= (1e9 if entry.high is None else entry.high) + 1e-6
                assert index > 0


def test_a_city_of_nothing() -> None:
    found = city_overview([], [])
    assert (found.districts, found.changes, found.budget, found.uses) == ([], [], {}, {})
    assert {by: column.tolist() for by, column in project_indices([]).items()} == {by: [] for by in COLOURINGS}


def test_changes_for_the_worse_come_first() -> None:
    before = [project("a", "red"), project("b", "green"), project("c", "yellow"), project("d", "green")]
    now = [project("a", "yellow"), project("b", "yellow"), project("c", "red"), project("d", "green")]
    now.append(project("new", "red"))  # nobody knows what it was
    found = [(change.code, change.before, change.now) for change in city_overview(now, before).changes]
    assert found == [("c", "yellow", "red"), ("b", "green", "yellow"), ("a", "red", "yellow")]


@pytest.mark.parametrize(
    ("day", "expected"),
    [((2026, 3, 31), (2026, 2, 28)), ((2024, 2, 29), (2024, 1, 31)), ((2026, 1, 15), (2025, 12, 15))],
)
def test_a_month_earlier(day: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    assert month_before(date(*day)) == date(*expected)
