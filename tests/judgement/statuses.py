"""Statuses of projects, built directly: what the tests of lights judge."""

from datetime import date
from typing import Any

from twin.exchange.rule_packs import read_pack
from twin.judgement.lights import judge
from twin.values.status import ProjectStatus, ResourceUse

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)


def funds(used: float | None, planned: float | None = 100.0, on: date = JUNE) -> dict[str, ResourceUse]:
    rate = used / planned if used is not None and planned else None
    return {"funds": ResourceUse("funds", "元", planned, used, None, rate, on)}


def status(**changes: Any) -> ProjectStatus:
    """A project under construction that keeps to its plan, asked for on the day of its last report."""
    figures: dict[str, Any] = {
        "day": JUNE,
        "status_date": JUNE,
        "progress": 0.5,
        "planned_progress": 0.5,
        "spi_t": 1.0,
        "cpi": 1.0,
        "ev": 50.0,
        "pv": 50.0,
        "ac": 50.0,
        "earned_schedule": 180.0,
        "actual_time": 180.0,
        "planned_start": date(2026, 1, 1),
        "planned_finish": date(2026, 12, 31),
        "actual_start": date(2026, 1, 1),
        "has_baseline": True,
        "resources": funds(100.0),
        "reports": (date(2026, 4, 30), MAY, JUNE),
    }
    return ProjectStatus(**(figures | changes))


def light_of(pack: str, now: ProjectStatus, before: ProjectStatus | None = None) -> str:
    return judge(read_pack(pack), now, before).light
