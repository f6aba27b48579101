"""Every real Primavera P6 XML file against an independent look at it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange.xml_files import Plain
from twin.exchange.pmxml import read_pmxml

FILES = ("PredecessorCalendar", "SuccessorCalendar", "percent-complete-8.4.pmxml")


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES)
def test_real_files_agree_with_an_independent_look(real_data: Path, name: str) -> None:
    path = real_data / "schedules/pmxml" / f"{name}.xml"
    plain, schedule = Plain(path), read_pmxml(path)
    rows = list(plain.rows("Project/Activity"))
    summaries = list(plain.rows("Project/WBS"))
    assert len(schedule.tasks) == len(rows) + len(summaries)
    assert [t.code for t in schedule.tasks if t.kind == "summary"] == [row["Code"] for row in summaries]
    for row, found in zip(rows, [t for t in schedule.tasks if t.kind != "summary"], strict=True):
        assert (found.id, found.name) == (row["Id"], row["Name"])
        for field, value in (("StartDate", found.schedule_start), ("FinishDate", found.schedule_finish),
                             ("ActualStartDate", found.actual_start),
                             ("ActualFinishDate", found.actual_finish)):  # fmt: skip
            assert (value.isoformat() if value else "") == row.get(field, "")
        assert found.duration == timedelta(hours=float(row["PlannedDuration"]))
        assert found.remaining_duration == timedelta(hours=float(row["RemainingDuration"]))
        percent = row[f"{row['PercentCompleteType']}PercentComplete"]
        assert found.completion == (1.0 if row["Status"] == "Completed" else float(percent))
        assert found.completion == float(row["PercentComplete"])
        assert found.cost == float(row["PlannedLaborCost"]) + float(row["PlannedNonLaborCost"])
        hours = float(row["ActualLaborUnits"]) + float(row["ActualNonLaborUnits"])
        assert found.actual_work == timedelta(hours=hours)
        assert [(b.start.isoformat(), b.finish.isoformat()) for b in found.baselines if b.start and b.finish] == [
            (row["PlannedStartDate"], row["PlannedFinishDate"])
        ]
    assert len(schedule.links) == sum(1 for _ in plain.rows("Project/Relationship"))
    assert schedule.data_date == datetime.fromisoformat(plain.root.findtext("Project/DataDate") or "")
    (week,) = schedule.calendars
    hours = sum(finish - start for day in week.week for start, finish in day) / 60
    assert hours == float(plain.root.findtext("Calendar/HoursPerWeek") or 0)
    assert sum((e.finish - e.start).days + 1 for e in week.exceptions) == len(
        plain.root.findall(".//HolidayOrException")
    )
    assert [notice[:34] for notice in schedule.notices] == ["The file holds no baseline project"]
