"""What the sample facts say, read by the twin; each file is read once."""

from datetime import datetime
from functools import cache
from pathlib import Path

from ifc_import.tasks import read_schedule as read_ifc_schedule
from sample_data.facts import FACTS, Fact
from twin.exchange.progress import read_progress
from twin.exchange.records import Rows
from twin.exchange.register import read_register
from twin.exchange.resources import read_resources
from twin.exchange.schedules import read_schedule
from twin.values.project import ProgressFact, RegisterEntry, ResourceFact
from twin.values.schedule import Schedule

CENTRE = "滨江社区服务中心.ifc"


def of_kind(kind: str) -> list[Fact]:
    return [fact for fact in FACTS if fact.kind == kind]


@cache
def schedule(facts_folder: Path, file: str) -> Schedule:
    path = facts_folder / file
    return read_ifc_schedule(path) if path.suffix == ".ifc" else read_schedule(path)


@cache
def register(facts_folder: Path) -> tuple[tuple[int, RegisterEntry], ...]:
    return tuple(read_register(facts_folder / of_kind("register")[0].file).facts)


@cache
def progress(facts_folder: Path) -> list[Rows[ProgressFact]]:
    return [read_progress(facts_folder / fact.file, recorded_at=str(fact.recorded_at)) for fact in of_kind("progress")]


@cache
def resources(facts_folder: Path) -> Rows[ResourceFact]:
    (fact,) = of_kind("resources")
    return read_resources(facts_folder / fact.file, recorded_at=str(fact.recorded_at))


def reports(facts_folder: Path) -> list[tuple[datetime, ProgressFact]]:
    found = []
    for rows in progress(facts_folder):
        for (_, fact), recorded in zip(rows.facts, rows.recorded, strict=True):
            assert recorded is not None
            found.append((recorded, fact))
    return found
