"""The lights of all months, judged one after the other in a thread and kept by what they are made from."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from twin.judged import Judged, Judgement
from twin.judgement.s_curve import month_end, month_ends

MOST_MONTHS = 180
PATIENCE = 1.0  # seconds that an answer waits for months that are not judged yet
_KEPT = 4  # timelines: times of knowledge and rule packs
_PAUSE = 0.005  # seconds between two months, in which requests go first

Lights = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Months:
    """Month ends in order, and of each light → projects; None: not judged yet.

    today : the twin's own day; later months are forecasts
    """

    today: date
    days: Sequence[date]
    lights: Sequence[Lights | None]

    @property
    def complete(self) -> bool:
        """Are all months judged."""
        return None not in self.lights


@dataclass(slots=True, eq=False)
class _Job:
    """What one timeline is made from, and how far it is."""

    changes: int
    known_at: datetime | None
    rules: str | None
    today: date
    days: Sequence[date]
    lights: list[Lights | None] = field(default_factory=list)


class Timeline:
    """The timelines of one twin; safe to share between threads.

    threaded : a server judges in a thread and answers with what there is; otherwise an answer waits for all of it
    """

    def __init__(self, judged: Judged, patience: float = PATIENCE) -> None:
        self._judged, self._patience = judged, patience
        self.threaded = False
        self._changed = threading.Condition()
        self._jobs: OrderedDict[tuple[object, ...], _Job] = OrderedDict()
        self._at_work = False

    def months(self, known_at: datetime | None = None, rules: str | None = None) -> Months:
        """Return the months from the first planned start or report to the last finish, at most `MOST_MONTHS`.

        With a thread it waits a moment for those that are not judged yet, then answers without them.
        """
        pack = self._judged.pack(rules)
        key = (self._judged.store.changes(), known_at, pack.id, pack.version, pack.sha256, self._judged.day())
        with self._changed:
            job = self._jobs.get(key)
        if job is None:
            today = self._judged.projects(None, known_at, rules)
            days = _span(today)
            job = _Job(self._judged.store.changes(), known_at, rules, today.today, days, [None] * len(days))
        if not self.threaded:
            for row, day in enumerate(job.days):
                job.lights[row] = job.lights[row] or self._judged.lights(day, known_at, rules, forecast=True)
        deadline = time.monotonic() + self._patience
        with self._changed:
            job = self._jobs.setdefault(key, job)
            self._jobs.move_to_end(key)
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
            if not self._at_work and None in job.lights:
                self._at_work = True
                threading.Thread(target=self._work, name="timeline", daemon=True).start()
            while None in job.lights and (left := deadline - time.monotonic()) > 0 and self._at_work:
                self._changed.wait(left)
            return Months(job.today, job.days, tuple(job.lights))

    def _work(self) -> None:
        """Judge what was asked for, what was asked last first, until all is judged."""
        while True:
            with self._changed:
                open_jobs = [(key, job) for key, job in self._jobs.items() if None in job.lights]
                if not open_jobs:
                    self._at_work = False
                    self._changed.notify_all()
                    return
                key, job = open_jobs[-1]
            left = [row for row, lights in enumerate(job.lights) if lights is None]
            row = min(left, key=lambda row: abs(job.days[row] - job.today))  # what is looked at first
            try:
                lights = self._judge(job, job.days[row])
            except Exception:  # whoever asks next has it tried again
                logging.getLogger(__name__).exception("A month of the timeline cannot be judged.")
                lights = None
            with self._changed:
                if lights is None:
                    self._jobs.pop(key, None)
                else:
                    job.lights[row] = lights
                self._changed.notify_all()
            time.sleep(_PAUSE)

    def _judge(self, job: _Job, day: date) -> Lights | None:
        """Return the lights of a month; None where the twin is no longer the one that was asked for."""
        if self._judged.store.changes() != job.changes:
            return None
        lights = self._judged.lights(day, job.known_at, job.rules, forecast=True)
        return lights if self._judged.store.changes() == job.changes else None


def _span(judgement: Judgement) -> list[date]:
    """Return the month ends of all projects and of today, those that lie too far off left out."""
    days = [judgement.today]
    for found in judgement.projects:
        status, reports = found.status, found.facts.days
        ends = (status.planned_start, status.planned_finish, status.actual_start, status.actual_finish)
        days += [day for day in (*ends, *reports[:1], *reports[-1:], *status.forecast.finish.values()) if day]
    if len(days) == 1:
        return []
    far = timedelta(days=31 * MOST_MONTHS)
    first, last = max(min(days), judgement.today - far), min(max(days), judgement.today + far)
    today = month_end(judgement.today)
    early, late = month_ends(first, today), month_ends(today, last)[1:]
    early = early[-MOST_MONTHS:]
    return [*early, *late[: MOST_MONTHS - len(early)]]
