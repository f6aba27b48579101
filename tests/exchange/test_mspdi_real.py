"""Every real Microsoft Project XML file against an independent look at it."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.exchange.xml_files import Plain
from twin.exchange.mspdi import read_mspdi

FILES = (
    "alias calendar-recurring-exceptions-project2016-mspdi mspdiassignmentfields mspdinulltasks mspdirelations "
    "mspditimephased sample task-baselines-project2002-mspdi task-baselines-project2019-mspdi "
    "task-links-project2003-mspdi task-links-project2010-mspdi task-links-project2016-mspdi"
)


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES.split())
def test_real_files_agree_with_an_independent_look(real_data: Path, name: str) -> None:
    path = real_data / "schedules/mspdi" / f"{name}.xml"
    plain, schedule = Plain(path), read_mspdi(path)
    rows = [row for row in plain.rows("Tasks/Task") if row["IsNull"] == "0"]
    assert len(schedule.tasks) == len(rows)
    for row, found in zip(rows, schedule.tasks, strict=True):
        assert (found.id, found.name) == (row["UID"], row.get("Name", ""))
        for field, value in (("Start", found.schedule_start), ("Finish", found.schedule_finish),
                             ("ActualStart", found.actual_start), ("ActualFinish", found.actual_finish)):  # fmt: skip
            assert (value.isoformat() if value else None) == row.get(field)
        assert found.completion == int(row["PercentComplete"]) / 100
        assert found.cost == pytest.approx(float(row["Cost"]) / 100)
        assert found.actual_cost == pytest.approx(float(row["ActualCost"]) / 100)
        assert found.code == row["WBS"]
        assert (found.kind == "summary") == (row["Summary"] == "1" or row["UID"] == "0")
        for field, length in (("Duration", found.duration), ("RemainingDuration", found.remaining_duration),
                              ("Work", found.work), ("ActualWork", found.actual_work)):  # fmt: skip
            hours, minutes, seconds = re.findall(r"[\d.]+", row[field])
            assert length == timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    assert len(schedule.resources) == sum("Name" in row for row in plain.rows("Resources/Resource"))
    known = {row["UID"] for row in plain.rows("Resources/Resource") if "Name" in row}
    assert len(schedule.assignments) == sum(
        row.get("ResourceUID") in known for row in plain.rows("Assignments/Assignment")
    )
    phased = sum(1 for _ in plain.root.iter("TimephasedData"))
    assert phased == sum(
        int(str(s).rpartition(": ")[2].rstrip(".")) for s in schedule.unread if str(s).startswith("Time-phased")
    )
    assert schedule.data_date is None


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES.split())
def test_parents_of_real_files_follow_from_their_numbers(real_data: Path, name: str) -> None:
    path = real_data / "schedules/mspdi" / f"{name}.xml"
    rows = [row for row in Plain(path).rows("Tasks/Task") if row["IsNull"] == "0"]
    by_number = {row["OutlineNumber"]: row["UID"] for row in rows}
    for row, found in zip(rows, read_mspdi(path).tasks, strict=True):
        above = row["OutlineNumber"].rpartition(".")[0] or ("0" if row["UID"] != "0" else "none")
        if name == "sample" and row["OutlineNumber"] == "2":
            continue  # a recurring task, whose number skips its level in this file
        assert found.parent == by_number.get(above), row


@pytest.mark.real_data
@pytest.mark.parametrize("name", FILES.split())
def test_links_and_baselines_of_real_files(real_data: Path, name: str) -> None:
    path = real_data / "schedules/mspdi" / f"{name}.xml"
    plain, schedule = Plain(path), read_mspdi(path)
    expected: Counter[tuple[str | None, str | None, str, timedelta]] = Counter()
    bases = {}
    for node in plain.root.findall("Tasks/Task"):
        uid = node.findtext("UID")
        for found in node.findall("PredecessorLink"):
            kind = ["FF", "FS", "SF", "SS"][int(found.findtext("Type") or 1)]
            minutes = int(found.findtext("LinkLag") or 0) / 10
            expected[found.findtext("PredecessorUID"), uid, kind, timedelta(minutes=minutes)] += 1
        bases[uid] = {
            int(b.findtext("Number") or 0): (
                b.findtext("Start"),
                b.findtext("Finish"),
                b.findtext("Cost"),
                b.findtext("Work"),
            )
            for b in node.findall("Baseline")
        }
    assert Counter((x.predecessor, x.successor, x.type, x.lag) for x in schedule.links) == expected
    for task in schedule.tasks:
        own = {
            b.number: (
                b.start.isoformat() if b.start else None,
                b.finish.isoformat() if b.finish else None,
                None if b.cost is None else f"{b.cost * 100:g}",
                None if b.work is None else f"PT{b.work.total_seconds() / 3600:.0f}H0M0S",
            )
            for b in task.baselines
        }
        assert own == bases[task.id]


@pytest.mark.real_data
def test_rates_prove_that_money_stands_in_hundredths(real_data: Path) -> None:
    path = real_data / "schedules/mspdi/mspdiassignmentfields.xml"
    schedule = read_mspdi(path)
    rates = {row["UID"]: row for row in Plain(path).rows("Resources/Resource")}
    rows = {(row["TaskUID"], row["ResourceUID"]): row for row in Plain(path).rows("Assignments/Assignment")}
    assignment = next(a for a in schedule.assignments if a.resource == "1")
    row, rate = rows[assignment.task, "1"], rates["1"]
    regular, overtime = (int(re.findall(r"\d+", row[name])[0]) for name in ("RegularWork", "OvertimeWork"))
    assert assignment.cost == regular * float(rate["StandardRate"]) + overtime * float(rate["OvertimeRate"]) == 4090
    assert sorted(r.kind for r in schedule.resources) == ["cost", "labour", "labour", "labour"]
