"""Lights: published thresholds at their edges, what makes grey, and the two periods."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.judgement.statuses import JUNE, MAY, funds, light_of, status
from twin.exchange.rule_packs import PACKS, read_pack
from twin.judgement.labels import input_label
from twin.judgement.lights import judge, previous_report
from twin.judgement.measures import ASPECTS, MEASURES, measure_label
from twin.values.project import Report
from twin.values.sentence import Sentence
from twin.values.status import Evidence, Forecast, Light, ProjectStatus


def by_rule(light: Light) -> dict[str, Evidence]:
    """Evidence by rule, the first of each."""
    return {item.rule: item for item in reversed(light.evidence)}


EDGES: list[tuple[str, dict[str, Any], str]] = [
    ("index", {"spi_t": 0.95}, "green"),
    ("index", {"spi_t": 0.9499}, "yellow"),
    ("index", {"spi_t": 0.90}, "yellow"),
    ("index", {"spi_t": 0.8999}, "red"),
    ("index", {"cpi": 0.95}, "green"),
    ("index", {"cpi": 0.9499}, "yellow"),
    ("index", {"cpi": 0.90}, "yellow"),
    ("index", {"cpi": 0.8999}, "red"),
    ("wuhan", {"progress": 0.40}, "green"),
    ("wuhan", {"progress": 0.3999}, "yellow"),
    ("wuhan", {"progress": 0.30}, "yellow"),
    ("wuhan", {"progress": 0.2999}, "red"),
    ("wuhan", {"progress": 0.56, "planned_progress": 0.7}, "green"),  # 0.56 / 0.7 is a hair below 0.8 in binary
    ("yinchuan-2025", {"progress": 0.4001}, "green"),
    ("yinchuan-2025", {"progress": 0.40}, "yellow"),  # 0.5 − 0.4 is a hair below 0.1 in binary
    ("yinchuan-2025", {"progress": 0.20}, "yellow"),
    ("yinchuan-2025", {"progress": 0.1999}, "red"),
    ("yinchuan-2025", {"resources": funds(99.999)}, "red"),
    ("sanya-2022", {"resources": funds(100.0)}, "green"),
    ("sanya-2022", {"resources": funds(99.999)}, "yellow"),
    ("sanya-2022", {"resources": funds(50.0)}, "yellow"),
    ("sanya-2022", {"resources": funds(49.999)}, "red"),
]


@pytest.mark.parametrize(("pack", "figures", "light"), EDGES)
def test_published_thresholds_at_their_edges(pack: str, figures: dict[str, Any], light: str) -> None:
    assert light_of(pack, status(**figures)) == light


@pytest.mark.parametrize(
    ("day", "light"),
    [
        (date(2026, 3, 30), "green"),  # the month of the planned start has not ended
        (date(2026, 3, 31), "yellow"),
        (date(2026, 5, 30), "yellow"),
        (date(2026, 5, 31), "red"),  # March, April, May
    ],
)
def test_months_without_a_start(day: date, light: str) -> None:
    waiting = {"actual_start": None, "progress": 0.0, "planned_progress": 0.05, "planned_start": date(2026, 3, 10)}
    found = judge(read_pack("yinchuan-2025"), status(day=day, status_date=day, **waiting), None)
    assert by_rule(found)["start"].light == light
    assert found.light == light


@pytest.mark.parametrize(
    ("day", "light"),
    [
        (date(2026, 4, 9), "green"),
        (date(2026, 4, 10), "yellow"),
        (date(2026, 5, 10), "yellow"),  # two months to the day is not more than two
        (date(2026, 5, 11), "red"),
    ],
)
def test_months_without_entry(day: date, light: str) -> None:
    begun = status(day=day, actual_start=date(2026, 3, 10), reports=())
    assert by_rule(judge(read_pack("yinchuan-2025"), begun, None))["entry"].light == light
    entered = replace(begun, reports=(date(2026, 3, 31),))
    assert by_rule(judge(read_pack("yinchuan-2025"), entered, None))["entry"].light == "green"


def test_what_the_published_rule_leaves_open_is_said() -> None:
    found = judge(read_pack("yinchuan-2025"), status(progress=0.45), None)
    assert "leaves this open" in by_rule(found)["progress"].clause.en
    assert by_rule(judge(read_pack("yinchuan-2025"), status(), None))["progress"].threshold == "≤ 0"


@pytest.mark.parametrize(
    ("index", "notes"), [(1.05, []), (1.051, ["> 1.05, ≤ 1.1"]), (1.1, ["> 1.05, ≤ 1.1"]), (1.2, ["> 1.1"])]
)
def test_high_indices_are_remarked_and_stay_green(index: float, notes: list[str]) -> None:
    found = judge(read_pack("index"), status(spi_t=index), None)
    assert found.light == "green"
    assert [item.threshold for item in found.evidence if item.light is None] == notes


def test_the_worst_rule_decides_and_every_rule_is_kept() -> None:
    report = Report("june.csv", 7, datetime(2026, 7, 2, tzinfo=UTC))
    found = judge(read_pack("index"), status(spi_t=0.93, cpi=0.8, report=report), None)
    assert (found.light, found.raw, found.rules, found.rules_version) == ("red", "red", "index", "1")
    lines = by_rule(found)
    assert {name: (item.light, item.decisive) for name, item in lines.items()} == {
        "schedule": ("yellow", False),
        "cost": ("red", True),
        "data": ("green", False),
    }
    cost = lines["cost"]
    assert (cost.measure, cost.value, cost.threshold, cost.fact_date, cost.report) == (
        "cpi",
        0.8,
        "< 0.9",
        JUNE,
        report,
    )
    assert cost.inputs == {"ev": 50.0, "ac": 50.0}
    assert cost.source.startswith("https://")
    assert cost.clause.zh
    assert cost.clause.en


def test_values_in_per_cent_carry_their_unit() -> None:
    line = by_rule(judge(read_pack("wuhan"), status(progress=0.35), None))["progress"]
    assert (line.value, line.unit, line.threshold) == (70.0, "%", "≥ 60, < 80")


# grey ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "good", "old"),
    [
        (date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 1)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1)),
        (date(2026, 5, 20), date(2026, 6, 20), date(2026, 6, 21)),
    ],
)
@pytest.mark.parametrize("pack", PACKS)
def test_a_report_holds_for_one_period(pack: str, last: date, good: date, old: date) -> None:
    reported = status(status_date=last, resources=funds(100.0, on=last))
    assert light_of(pack, replace(reported, day=good)) == "green"
    assert light_of(pack, replace(reported, day=old)) == "grey"


def test_a_week_and_a_quarter_are_periods_too() -> None:
    weekly, quarterly = (replace(read_pack("index"), period=period) for period in ("week", "quarter"))
    last = date(2026, 3, 31)
    reported = status(status_date=last)
    lights = [judge(weekly, replace(reported, day=last + timedelta(days=days)), None).light for days in (7, 8)]
    assert lights == ["green", "grey"]
    lights = [judge(quarterly, replace(reported, day=day), None).light for day in (JUNE, date(2026, 7, 1))]
    assert lights == ["green", "grey"]
    patient = replace(read_pack("index"), stale_after=2)
    assert judge(patient, replace(reported, day=MAY), None).light == "green"
    assert judge(patient, replace(reported, day=date(2026, 6, 1)), None).light == "grey"


def test_no_baseline_and_an_old_report_are_two_reasons() -> None:
    bare = {"has_baseline": False, "spi_t": None, "planned_progress": None, "earned_schedule": None}
    found = judge(read_pack("index"), status(**bare, status_date=date(2026, 4, 30)), None)
    reasons = [item for item in found.evidence if item.light == "grey"]
    assert found.light == "grey"
    assert [item.clause.en for item in reasons] == [
        "The last report is too old: it held until 2026-05-31.",
        "There is no plan over time to compare with: load a schedule with dates.",
    ]
    assert all(item.decisive and item.rule == item.aspect == "data" and item.source for item in reasons)
    assert (reasons[0].measure, reasons[0].value, reasons[0].threshold, reasons[0].unit) == (
        "report_age",
        61,
        "≤ 31",
        "days",
    )
    assert not any(item.decisive for item in found.evidence if item.light != "grey")


def test_a_plan_that_the_report_states_itself_can_be_judged() -> None:
    assert light_of("wuhan", status(has_baseline=False, progress=0.3, planned_progress=0.6)) == "red"
    assert light_of("wuhan", status(has_baseline=False, progress=0.3, planned_progress=None)) == "grey"
    assert light_of("index", status(has_baseline=False, spi_t=None, earned_schedule=None)) == "grey"


def test_a_pack_that_looks_at_funds_only_goes_by_their_reports() -> None:
    bare = {"has_baseline": False, "status_date": None, "progress": None, "planned_progress": None, "reports": ()}
    assert light_of("sanya-2022", status(**bare)) == "green"
    assert light_of("sanya-2022", status(resources={})) == "grey"
    found = judge(read_pack("sanya-2022"), status(resources=funds(100.0, on=date(2026, 4, 30))), None)
    assert found.light == "grey"
    assert by_rule(found)["data"].fact_date == date(2026, 4, 30)


def test_old_funds_beside_fresh_progress_are_not_judged() -> None:
    found = judge(read_pack("yinchuan-2025"), status(resources=funds(0.0, on=date(2026, 4, 30))), None)
    line = by_rule(found)["funds"]
    assert found.light == "green"
    assert (line.light, line.clause.en) == (None, "Not judged: the figures of 2026-04-30 are too old.")


def test_figures_that_nobody_reported_are_named_and_change_nothing() -> None:
    found = judge(read_pack("index"), status(cpi=None, ac=None), None)
    line = by_rule(found)["cost"]
    assert found.light == "green"
    assert (line.light, line.value, line.clause.en) == (None, None, "Not judged: nobody reported actual cost.")


@pytest.mark.parametrize("pack", PACKS)
def test_every_figure_of_the_evidence_has_a_name_for_people(pack: str) -> None:
    found = judge(read_pack(pack), status(spi_t=0.97), status(day=MAY, status_date=MAY, spi_t=0.8, progress=0.1))
    for item in found.evidence:
        assert isinstance(measure_label(item.measure), Sentence)
        assert all(isinstance(input_label(name), Sentence) for name in item.inputs)
        assert item.aspect in ASPECTS


def test_before_anything_is_due_nothing_is_missing() -> None:
    early = status(progress=0.0, planned_progress=0.0, spi_t=None, cpi=None, ac=0.0, actual_time=0.0)
    found = judge(read_pack("index"), early, None)
    assert found.light == "green"
    assert by_rule(found)["schedule"].clause.en == "Nothing was due by then, so nothing is missing."


NOTHING: dict[str, Any] = {
    "status_date": None,
    "progress": None,
    "spi_t": None,
    "cpi": None,
    "ev": None,
    "ac": None,
    "earned_schedule": None,
    "actual_time": None,
    "actual_start": None,
    "resources": {},
    "reports": (),
}


@pytest.mark.parametrize("pack", PACKS)
def test_a_project_that_is_not_due_yet_is_green_without_a_report(pack: str) -> None:
    waiting = status(**NOTHING, planned_start=date(2026, 7, 1))
    found = judge(read_pack(pack), waiting, None)
    assert found.light == "green"
    assert by_rule(found)["data"].clause.en == "The project is not due to start yet."
    assert light_of(pack, replace(waiting, has_baseline=False)) == "green"
    begins = judge(read_pack(pack), replace(waiting, day=date(2026, 7, 1)), None)
    assert begins.light == "green"
    assert (
        by_rule(begins)["data"].clause.en == "The project is just due to start: its first report is due by 2026-08-01."
    )
    assert light_of(pack, replace(waiting, day=date(2026, 8, 1))) != "grey"
    assert light_of(pack, replace(waiting, day=date(2026, 8, 2))) == "grey"
    assert light_of(pack, replace(waiting, planned_start=None)) == "grey"


@pytest.mark.parametrize("pack", PACKS)
def test_a_finished_project_does_not_age(pack: str) -> None:
    done = status(progress=1.0, planned_progress=1.0, actual_finish=JUNE)
    for day in (JUNE, date(2026, 12, 31), date(2030, 1, 1)):
        assert light_of(pack, replace(done, day=day)) == "green"
    assert light_of("index", replace(done, day=date(2030, 1, 1), spi_t=0.92)) == "yellow"


# two periods --------------------------------------------------------------------------------------------------------


def test_a_better_light_waits_for_its_second_period() -> None:
    may = status(day=MAY, status_date=MAY, spi_t=0.85)
    pack = read_pack("index")
    found = judge(pack, status(spi_t=0.97), may)
    assert (found.light, found.raw, found.held_from) == ("red", "green", MAY)
    decisive = [item for item in found.evidence if item.decisive]
    assert [(item.rule, item.light, item.fact_date) for item in decisive] == [
        ("improving", "red", MAY),
        ("schedule", "red", MAY),
    ]
    assert [item.light for item in found.evidence if item.rule == "schedule"] == ["red", "green"]
    again = judge(pack, status(day=date(2026, 7, 31), status_date=date(2026, 7, 31)), status(spi_t=0.97))
    assert (again.light, again.held_from) == ("green", None)
    assert judge(replace(pack, improving=1), status(spi_t=0.97), may).light == "green"


def test_a_worse_light_shows_at_once_and_grey_holds_nothing_back() -> None:
    good = status(day=MAY, status_date=MAY)
    assert light_of("index", status(spi_t=0.8), good) == "red"
    assert light_of("index", status(), replace(good, has_baseline=False, spi_t=None)) == "green"
    assert light_of("index", status(day=date(2026, 9, 1)), replace(good, spi_t=0.8)) == "grey"


def test_the_last_report_of_a_finished_project_counts_for_the_next_period_too() -> None:
    may = status(day=MAY, status_date=MAY, spi_t=0.85)
    done = status(progress=1.0, spi_t=0.97, actual_finish=JUNE)
    assert light_of("index", replace(done, day=date(2026, 7, 31)), may) == "red"
    assert light_of("index", replace(done, day=date(2026, 8, 1)), may) == "green"


def test_previous_report() -> None:
    found = status(status_date=date(2026, 6, 20), reports=(MAY, date(2026, 6, 10), date(2026, 6, 20)))
    assert previous_report(found) == MAY
    assert previous_report(found, "week") == date(2026, 6, 10)
    assert previous_report(found, "quarter") is None
    gap = (date(2026, 2, 10), date(2026, 2, 28), JUNE)
    assert previous_report(status(reports=gap)) == date(2026, 2, 28)
    assert previous_report(status(reports=(JUNE,))) is None
    assert previous_report(status(status_date=None, reports=())) is None


def test_two_yellow_cards_in_a_row_are_remarked() -> None:
    pack = read_pack("sanya-2022")

    def card(used: float, on: date) -> ProjectStatus:
        return status(day=on, status_date=on, resources=funds(used, on=on))

    def remarks(before: float, now: float) -> int:
        return sum(item.rule == "repeated" for item in judge(pack, card(now, JUNE), card(before, MAY)).evidence)

    assert remarks(80, 80) == 1
    assert [remarks(100, 80), remarks(80, 100), remarks(40, 80), remarks(40, 40)] == [0, 0, 0, 0]
    line = by_rule(judge(pack, card(80, JUNE), card(80, MAY)))["repeated"]
    assert (line.light, line.decisive, line.threshold) == (None, False, "2 × yellow")
    assert line.source


def test_days_late_and_overrun_can_be_judged_by_a_pack_of_ones_own() -> None:
    late = status(
        forecast=Forecast({"bac_by_cpi": 121.0}, {"spi_t": date(2027, 1, 15), "plan_rate": date(2027, 1, 3)}), bac=110.0
    )
    assert MEASURES["days_late"].compute(late).value == 15
    assert MEASURES["days_late"].compute(replace(late, actual_finish=date(2026, 12, 30))).value == -1
    assert MEASURES["days_late"].compute(status()).missing == ("finish",)
    assert MEASURES["cost_overrun"].compute(late).value == 0.1
    assert MEASURES["funds_ratio"].compute(status(resources=funds(30.0, 40.0))).value == 0.75
    assert MEASURES["report_age"].compute(status(status_date=MAY)).value == 30
    assert MEASURES["spi"].compute(status(spi=0.7)).value == 0.7


@pytest.mark.parametrize("pack", PACKS)
def test_five_hundred_lights_are_quick(pack: str) -> None:
    """At most 0.15 ms each, of the processor's time: others may be at work on the machine."""
    rules, now, before = read_pack(pack), status(spi_t=0.97), status(day=MAY, status_date=MAY, spi_t=0.85)
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        for _ in range(100):
            judge(rules, now, before)
        best = min(best, (time.process_time() - began) / 100)
    assert best <= 0.15e-3
