"""A real city's portfolio as dated facts: what each of its reports said is what was known at its date."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.facts.files import Twin, write

MAPPING = """
[columns]
code = "PID"
name = "Project Name"
kind = "Category"
district = "Borough"
owner = "Managing Agency"
budget = "Budget Forecast"
forecast_finish = "Forecast Completion"
recorded_at = "Date Reported As Of"

[formats]
forecast_finish = "%m/%d/%Y"
recorded_at = "%m/%d/%Y %I:%M:%S %p"
"""


def day_of(row: dict[str, str]) -> date:
    return datetime.strptime(row["Date Reported As Of"][:10], "%m/%d/%Y").date()


@pytest.mark.real_data
def test_each_report_is_known_at_its_date(real_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = real_data / "portfolio" / "NYC_capital_projects_20190901.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    twin = Twin(tmp_path, capfd)
    mapping = write(tmp_path, "nyc.toml", MAPPING)
    answer = twin.good("projects", "load", str(path), "--map", mapping, "--recorded-at", "Date Reported As Of")
    assert answer["rows"] == len(rows) == 2259
    assert len(answer["projects"]) == 378
    assert answer["kept"] + answer["unchanged"] == 2259
    dates = sorted({day_of(row) for row in rows})
    assert len(dates) == 15
    for reported in dates:
        listed = twin.good("projects", "list", "--known-at", str(reported))["projects"]
        found = {item["code"]: item for item in listed}
        said = [row for row in rows if row["Date Reported As Of"].startswith(f"{reported:%m/%d/%Y}")]
        assert said
        for row in said:
            item = found[row["PID"]]
            finish = row["Forecast Completion"]
            wanted = str(datetime.strptime(finish, "%m/%d/%Y").date()) if finish else None
            assert item["forecast_finish"] == wanted, (reported, row["PID"])
            assert item["budget"] == (float(row["Budget Forecast"]) if row["Budget Forecast"] else None)
        # who is not in this report was in an earlier one: nobody comes out of a later one
        earlier = {
            row["PID"]
            for row in rows
            if datetime.strptime(row["Date Reported As Of"][:10], "%m/%d/%Y").date() <= reported
        }
        assert set(found) == earlier
    assert twin.good("projects", "list", "--known-at", "2012-01-01")["projects"] == []
