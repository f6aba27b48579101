"""`twin lights`: which light, why, and that what was known then is answered for then."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.facts.files import PROGRESS_HEADER, Twin, write

MONTH_ENDS = [date(2026, m + 1, 1) - timedelta(days=1) for m in range(1, 7)]


def report(code: str, day: date, percent: float, cost: float, recorded: date) -> str:
    return f"{code},{day},{percent},{cost},{recorded}\n"


def test_a_light_says_why(twin: Twin) -> None:
    """At the end of March half is planned: 46 % done is SPI(t) 0.92; of 600 万元 that is 276 for the 250 spent."""
    rows = report("P1", date(2026, 3, 31), 46, 250, date(2026, 4, 2)) + report(
        "P2", date(2026, 3, 31), 50, 250, date(2026, 4, 2)
    )
    twin.load("progress", "march.csv", PROGRESS_HEADER + rows, "--recorded-at", "填报日期")
    lights = twin.lights("--as-of", "2026-03-31")
    first = lights["P1"]
    assert (first["light"], lights["P2"]["light"]) == ("yellow", "green")
    assert first["progress"] == pytest.approx(0.46)
    assert first["planned_progress"] == pytest.approx(0.5)
    # 46 % is planned 0.76 of the way through March: 59 + 0.76 × 31 of 90 days
    assert first["spi_t"] == pytest.approx((59 + 0.76 * 31) / 90, abs=1e-6)
    assert first["cpi"] == pytest.approx(0.46 * 6e6 / 2.5e6, abs=1e-6)
    decisive = [item for item in first["evidence"] if item["decisive"]]
    (schedule,) = decisive
    assert schedule["rule"] == "schedule"
    assert schedule["value"] == pytest.approx(first["spi_t"])
    assert schedule["fact_date"] == "2026-03-31"
    assert schedule["recorded_at"] == "2026-04-02T00:00:00Z"
    assert schedule["report"] == {"file": "march.csv", "row": 2, "recorded_at": "2026-04-02T00:00:00Z"}
    assert schedule["source"].startswith("https://")
    assert schedule["clause"]
    assert "0.9" in schedule["threshold"]


def test_without_a_report_for_more_than_a_period_it_is_grey(twin: Twin) -> None:
    twin.load("progress", "a.csv", PROGRESS_HEADER + report("P1", date(2026, 3, 31), 50, 300, date(2026, 4, 2)))
    assert twin.lights("--as-of", "2026-04-30")["P1"]["light"] == "green"
    assert twin.lights("--as-of", "2026-05-01")["P1"]["light"] == "grey"


def test_getting_worse_shows_at_once_and_getting_better_after_two_periods(twin: Twin) -> None:
    done = [16.7, 20, 50, 66.7, 83.4, 100]  # red in February, on plan from March on
    rows = "".join(report("P1", day, p, 0, day) for day, p in zip(MONTH_ENDS, done, strict=True))
    twin.load("progress", "a.csv", PROGRESS_HEADER.replace("累计完成投资(万元)", "备注") + rows)
    shown = [twin.lights("--as-of", str(day))["P1"]["light"] for day in MONTH_ENDS]
    assert shown == ["green", "red", "red", "green", "green", "green"]
    held = twin.lights("--as-of", "2026-03-31")["P1"]
    assert (held["raw_light"], held["held_from"]) == ("green", "2026-02-28")


def test_what_was_known_then_is_answered_for_then(twin: Twin) -> None:
    """Reports come late, are corrected, are missing: whatever was answered for (D, E) on E is answered for ever."""
    coming = [
        [("P1", MONTH_ENDS[0], 16.7), ("P2", MONTH_ENDS[0], 16.7)],
        [("P1", MONTH_ENDS[1], 33.4)],  # P2 is missing
        [("P1", MONTH_ENDS[2], 50.0), ("P2", MONTH_ENDS[1], 10.0), ("P2", MONTH_ENDS[2], 20.0)],  # late, and red
        [("P1", MONTH_ENDS[2], 40.0), ("P1", MONTH_ENDS[3], 60.0)],  # corrected
    ]
    answered: dict[tuple[str, str], Any] = {}
    for month, reports in enumerate(coming, 2):
        recorded = date(2026, month, 5)
        rows = "".join(report(code, day, percent, percent * 5, recorded) for code, day, percent in reports)
        twin.load("progress", f"{month}.csv", PROGRESS_HEADER + rows, "--recorded-at", "填报日期")
        for day in MONTH_ENDS[:4]:
            asked = (str(day), f"2026-{month:02}-05")
            answered[asked] = twin.lights("--as-of", asked[0], "--known-at", asked[1])
    again = {asked: twin.lights("--as-of", asked[0], "--known-at", asked[1]) for asked in answered}
    assert again == answered
    now = twin.lights("--as-of", "2026-03-31")
    assert now == answered["2026-03-31", "2026-05-05"]
    assert now != answered["2026-03-31", "2026-04-05"]  # the correction changed it
    assert answered["2026-03-31", "2026-04-05"]["P2"]["light"] == "red"
    assert answered["2026-03-31", "2026-03-05"]["P2"]["status_date"] == "2026-01-31"


def test_history_from_before_the_register_is_history(twin: Twin) -> None:
    """A project whose reports were recorded before its entry in the register was there, by its code."""
    twin.load("projects", "new.csv", "code,name\nP3,三号\n")
    twin.load(
        "progress",
        "a.csv",
        PROGRESS_HEADER + report("P3", date(2025, 3, 31), 45, 300, date(2025, 4, 2)),
        "--recorded-at",
        "填报日期",
    )
    then = twin.lights("--as-of", "2025-03-31", "--known-at", "2025-04-30")
    assert {code: (found["name"], found["progress"]) for code, found in then.items()} == {"P3": ("P3", 0.45)}
    assert twin.lights("--as-of", "2025-03-31")["P3"]["name"] == "三号"
    assert twin.lights("--known-at", "2025-04-01") == {}


def test_other_rule_packs_and_ones_own(twin: Twin, tmp_path: Path) -> None:
    rows = report("P1", date(2026, 3, 31), 35, 300, date(2026, 4, 2))  # 70 % of what was planned
    twin.load("progress", "march.csv", PROGRESS_HEADER + rows, "--recorded-at", "填报日期")
    found = {
        pack: twin.lights("--as-of", "2026-03-31", "--rules", pack)["P1"]["light"]
        for pack in ("index", "wuhan", "yinchuan-2025")
    }
    assert found == {"index": "red", "wuhan": "yellow", "yinchuan-2025": "yellow"}
    code, problem = twin.run("lights", "--rules", "nowhere")
    assert code == 1
    assert "wuhan" in problem["detail"]


def test_days_that_are_none_are_wrong_usage(twin: Twin) -> None:
    for option in ("--as-of", "--known-at"):
        code, problem = twin.run("lights", option, "yesterday")
        assert code == 2
        assert "2026-06-01" in problem["detail"]


def test_in_words_the_worst_come_first(twin: Twin, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from web.cli import main

    rows = report("P2", date(2026, 3, 31), 20, 300, date(2026, 4, 2)) + report(
        "P1", date(2026, 3, 31), 55, 300, date(2026, 4, 2)
    )
    twin.load("progress", "march.csv", PROGRESS_HEADER + rows, "--recorded-at", "填报日期")
    capfd.readouterr()
    assert main.run(["lights", "--as-of", "2026-03-31", "--twin", str(tmp_path / "twin")]) == 0
    text = capfd.readouterr().out
    assert text.index("P2") < text.index("P1")
    assert "march.csv" in text


def test_a_map_file_names_foreign_columns(twin: Twin, tmp_path: Path) -> None:
    mapping = write(
        tmp_path,
        "map.toml",
        '[columns]\nproject = "PID"\nfact_date = "Month"\ncompletion = "Done"\n[formats]\nfact_date = "%d/%m/%Y"\n',
    )
    path = write(tmp_path, "foreign.csv", "PID,Month,Done,Chief\nP1,31/03/2026,0.5,someone\n")
    answer = twin.good("progress", "load", path, "--map", mapping)
    assert answer["kept"] == 1
    assert any("Chief" in notice for notice in answer["notices"])  # a column that nobody reads is told
    assert twin.lights("--as-of", "2026-03-31")["P1"]["progress"] == 0.5
