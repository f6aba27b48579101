"""What the store knows, judged for a day: the one place where facts, plans, links and rule packs come together.

Everything that is kept in memory is named by what it was made from (a schedule's content, a model's revision, the
number of changes of the store), so nothing is ever out of date; what is asked most stays.
"""

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from twin.errors import InvalidInput, NotFound
from twin.store import Project, Store
from twin.values.project import Known, KnownSchedule
from twin.values.sentence import say
from twin.values.status import Light, ProjectStatus

if TYPE_CHECKING:
    from twin.judgement.baseline import Plan
    from twin.judgement.forecast import Pace
    from twin.judgement.progress import CompiledFacts
    from twin.judgement.resource_use import CompiledUses
    from twin.judgement.rules import RulePack
    from twin.store.known import Knowledge
    from twin.values.schedule import Schedule

T = TypeVar("T")
DEFAULT_RULES = "index"
_TIMES = 4  # times of knowledge that stay in memory
_DAYS_OF_ONE = 8  # days of a single project that do, although another one has news


@dataclass(frozen=True, slots=True, eq=False)
class JudgedProject:
    """A project on a day: what was known, how it stands, its light; `record` is what models make of it.

    version, plan : the schedule that counts on the day and its time-phased baseline; None without one, or without dates
    facts, uses : its reports of progress and of resources, prepared for any day
    pace : at which it goes on since its last report: its figures are not reported but expected
    reported : on a day to come how it stands on the twin's own day, after which no report counts
    failed : its facts break the program
    """

    record: Project
    known: Known
    version: KnownSchedule | None
    plan: "Plan | None"
    facts: "CompiledFacts"
    status: ProjectStatus
    light: Light
    uses: "CompiledUses"
    pace: "Pace | None" = None
    reported: ProjectStatus | None = None
    failed: bool = False

    @property
    def forecast(self) -> bool:
        """Are its figures expected ones."""
        return self.pace is not None

    @property
    def told(self) -> ProjectStatus:
        """How it stands as far as it was reported."""
        return self.reported or self.status

    @property
    def code(self) -> str:
        """Its code."""
        return self.known.entry.code

    @property
    def name(self) -> str:
        """Its name in the register, else what the twin calls it."""
        return self.known.entry.name or self.record.name


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a judgement is asked for; `forecast`: the day is after `today`, the last one whose reports count."""

    day: date
    pack: "RulePack"
    today: date
    forecast: bool

    @property
    def of_project(self) -> tuple[object, ...]:
        """What a project's judgement depends on besides its facts."""
        pack = self.pack
        return self.day, self.today if self.forecast else None, pack.id, pack.version, pack.sha256

    @property
    def key(self) -> tuple[object, ...]:
        """What the judgement of a city depends on besides its facts: it names the twin's own day, too."""
        return *self.of_project, self.today


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """All projects on a day, in the order of their codes.

    known_at : UTC; None where all that is recorded counts
    today : the twin's own day; forecast : the day is later, and projects go on at their own pace until then
    """

    as_of: date
    known_at: datetime | None
    pack: "RulePack"
    projects: Sequence[JudgedProject]
    today: date
    forecast: bool = False


class Recent:
    """Keeps the last things that were made, by what they were made from; safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.RLock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under `key`, made now if it is not."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
            made = self._kept[key] = make()
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
            return made


@dataclass(slots=True, eq=False)
class _Prepared:
    """A project's facts, prepared for any day.

    facts : progress, by the schedule that it is compared with
    judged : the last days that were asked for
    """

    known: Known
    uses: "CompiledUses"
    facts: "dict[KnownSchedule | None, CompiledFacts]" = field(default_factory=dict)
    judged: "Recent" = field(default_factory=lambda: Recent(_DAYS_OF_ONE))


class _Then:
    """What was known at one time, and what was prepared of it; `before`: an earlier reading to go on from."""

    def __init__(self, store: Store, changes: int, known_at: datetime | None, before: "_Then | None" = None) -> None:
        self.changes = changes
        self.knowledge: Knowledge = store.knowledge(known_at, before.knowledge if before else None)
        self.known = self.knowledge.known
        self.records = {record.code: record for record in store.projects()}
        self._prepared: dict[str, _Prepared] = before._prepared if before else {}

    def prepared(self, code: str) -> _Prepared:
        """Return a project's facts as they are prepared; what did not change since `before` is so already."""
        from twin.judgement.resource_use import CompiledUses

        known, found = self.known[code], self._prepared.get(code)
        if found is not None and found.known == known:  # long series are the same objects: no fact is compared
            return found
        uses, facts = None, None
        if found is not None:
            uses = found.uses if found.known.resources is known.resources else None
            facts = found.facts if found.known.progress is known.progress else None
        made = self._prepared[code] = _Prepared(
            known, uses or CompiledUses(known.resources), {} if facts is None else facts
        )
        return made


class Judged:
    """The judgements of one twin; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._then: OrderedDict[datetime | None, _Then] = OrderedDict()
        self._lock, self._days = threading.Lock(), Recent(16)
        self._plans, self._schedules = Recent(2000), Recent(64)

    def day(self, asked: date | None = None) -> date:
        """Return the day to look at: the one asked for, else the twin's own, else today (UTC)."""
        return asked or self.store.settings().as_of or datetime.now(UTC).date()

    def pack(self, rules: str | None = None) -> "RulePack":
        """Return a rule pack by its name, or by the path of a file."""
        from twin.exchange.rule_packs import read_pack

        return read_pack(rules or DEFAULT_RULES)

    def known(self, known_at: datetime | None = None) -> Mapping[str, Known]:
        """Return code → all that was known of a project by then."""
        return self._known(known_at).known

    def projects(
        self,
        as_of: date | None = None,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool = False,
    ) -> Judgement:
        """Return every project on a day with its light; forecast : days after the twin's own are forecasts."""
        asked = self._asked(as_of, rules, forecast=forecast)
        key = (self.store.changes(), known_at, *asked.key)
        return self._days.get(key, lambda: self._judge(asked, known_at))

    def project(
        self,
        code: str,
        as_of: date | None = None,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool = False,
    ) -> tuple[JudgedProject, Judgement]:
        """Return one project on a day, and the judgement, of it alone; NotFound where it was not known by then."""
        asked = self._asked(as_of, rules, forecast=forecast)
        found = self._project(self._known(known_at), code, asked)
        return found, Judgement(asked.day, known_at, asked.pack, [found], asked.today, asked.forecast)

    def lights(
        self,
        day: date,
        known_at: datetime | None = None,
        rules: str | None = None,
        *,
        forecast: bool,
        codes: Collection[str] | None = None,
    ) -> dict[str, int]:
        """Return light → projects on a day; nothing of it is kept, so that days which are looked at stay in memory.

        codes : of the projects that count; None: all
        """
        from twin.judgement.overview import counted

        then, asked = self._known(known_at), self._asked(day, rules, forecast=forecast)
        chosen = then.known if codes is None else [code for code in codes if code in then.known]
        return counted([self._project_now(then, then.prepared(code), asked) for code in chosen])

    def schedule(self, version: KnownSchedule) -> "Schedule":
        """Return a schedule as it was loaded."""
        return self._schedules.get(version.key, lambda: schedule_version(self.store, version.key))

    def curve(self, judged: JudgedProject) -> Mapping[str, Sequence[Any]]:
        """Return the S-curve of a project: planned, earned and expected value and actual cost over time."""
        from twin.judgement.forecast import curve_on
        from twin.judgement.progress import s_curve

        known, plan, told = judged.known, judged.plan, judged.told
        return curve_on(s_curve(known, plan, told.day, judged.facts), plan, told, told.bac or 1.0)

    def _asked(self, as_of: date | None, rules: str | None, *, forecast: bool) -> "_Asked":
        today = self.day()
        day = as_of or today
        return _Asked(day, self.pack(rules), today, forecast and day > today)

    def _known(self, known_at: datetime | None) -> _Then:
        """Return what was known, read now as far as it is not in memory."""
        with self._lock:
            changes, found = self.store.changes(), self._then.get(known_at)
            if found is None or found.changes != changes:
                # fewer changes than before: somebody put another database there
                before = found if found and found.changes < changes else None
                found = self._then[known_at] = _Then(self.store, changes, known_at, before)
            self._then.move_to_end(known_at)
            while len(self._then) > _TIMES:
                self._then.popitem(last=False)
            return found

    def _judge(self, asked: "_Asked", known_at: datetime | None) -> Judgement:
        then = self._known(known_at)
        judged = [self._project(then, code, asked) for code in then.known]
        return Judgement(asked.day, known_at, asked.pack, judged, asked.today, asked.forecast)

    def _project(self, then: _Then, code: str, asked: "_Asked") -> JudgedProject:
        """Return a project on a day: as it was judged before where nothing new is known of it."""
        if code not in then.known:
            raise no_project(code)
        prepared = then.prepared(code)
        found = prepared.judged.get(asked.of_project, lambda: self._project_now(then, prepared, asked))
        record = then.records.get(code)
        return found if record is None or found.record is record else replace(found, record=record)

    def _project_now(self, then: _Then, prepared: _Prepared, asked: "_Asked") -> JudgedProject:
        from twin.judgement.lights import judge, previous_report

        code, day, pack = prepared.known.entry.code, asked.day, asked.pack
        record = then.records.get(code) or self.store.project(code)[0]
        try:
            if asked.forecast:
                return self._expected(
                    self._project(then, code, replace(asked, day=asked.today, forecast=False)), prepared, asked
                )
            version, plan, facts, now = self._stands(prepared, day)
            earlier = previous_report(now, pack.period)
            before = None if earlier is None else self._stands(prepared, earlier)[-1]
            light = judge(pack, now, before)
        except Exception as error:
            if os.environ.get("TWIN_DEBUG"):
                raise
            return _unjudged(record, prepared, day, pack, error)
        return JudgedProject(record, prepared.known, version, plan, facts, now, light, prepared.uses)

    def _expected(self, base: JudgedProject, prepared: _Prepared, asked: "_Asked") -> JudgedProject:
        """Return a project on a day to come, from how it stands on the twin's own day."""
        from twin.judgement.forecast import Pace, outlook, status_on
        from twin.judgement.forecast_lights import judge_forecast, period_before
        from twin.judgement.lights import previous_report

        told, plan, pack = base.status, base.plan, asked.pack
        if base.failed:
            return replace(base, status=replace(told, day=asked.day), reported=told)
        found = outlook(pack, plan, told)
        now = status_on(told, plan, asked.day, found)
        last = period_before(asked.day, pack.period)
        if isinstance(found, Pace) and last > asked.today:
            before: ProjectStatus | None = status_on(told, plan, last, found)
        else:
            earlier = previous_report(now, pack.period)
            before = None if earlier is None else self._stands(prepared, earlier)[-1]
        light = judge_forecast(pack, told, now, before, found)
        pace = found if isinstance(found, Pace) else None
        return replace(base, status=now, light=light, pace=pace, reported=told)

    def _stands(
        self, prepared: _Prepared, day: date
    ) -> "tuple[KnownSchedule | None, Plan | None, CompiledFacts, ProjectStatus]":
        """Return the schedule in force on a day, its plan, the prepared facts, and how the project stands."""
        from twin.judgement.progress import compile_facts, schedule_in_force, status_at

        known = prepared.known
        version = schedule_in_force(known, day)
        plan = None if version is None else self._plan(version)
        facts = prepared.facts.get(version)
        if facts is None:
            facts = prepared.facts[version] = compile_facts(known.progress, plan)
        return version, plan, facts, status_at(known, plan, day, prepared.uses.at(day), facts)

    def _plan(self, version: KnownSchedule) -> "Plan | None":
        """Return the plan of a schedule; progress in a file without a status date is as of its recording."""
        recorded = version.report.recorded_at.replace(tzinfo=None) if version.data_date is None else None
        return self._plans.get((version.key, recorded), lambda: _compiled(self.schedule(version), recorded))


def _unjudged(record: Project, prepared: _Prepared, day: date, pack: "RulePack", error: Exception) -> JudgedProject:
    """Return a project whose facts break the program: grey, with the reason, so that all others keep their lights."""
    from twin.judgement.lights import failed
    from twin.judgement.progress import compile_facts

    light = failed(pack, f"{type(error).__name__}: {error}"[:160])
    status, facts = ProjectStatus(day=day), compile_facts((), None)
    return JudgedProject(record, prepared.known, None, None, facts, status, light, prepared.uses, failed=True)


def _compiled(schedule: "Schedule", recorded: datetime | None) -> "Plan | None":
    from twin.judgement.baseline import compile_plan

    plan = compile_plan(schedule if recorded is None else replace(schedule, data_date=recorded))
    if plan is None or recorded is None or not plan.has_progress:
        return plan
    note = say(
        "The schedule names no status date: its progress counts as of {day}, when it was recorded.",
        day=recorded.date().isoformat(),
    )
    return replace(plan, notes=(*plan.notes, note))


def schedule_version(store: Store, key: str) -> "Schedule":
    """Return a schedule of the store by the name of its content."""
    from twin.exchange.schedule_document import from_document

    return from_document(json.loads(store.blobs.get(key)))


def no_project(code: str) -> NotFound:
    """Return the error for a project that is not there, or was not known then."""
    return NotFound("There is no project {code}: `twin projects list` names those there are.", code=code)


def no_schedule(code: str) -> InvalidInput:
    """Return the error for a project without a schedule."""
    return InvalidInput("{project} has no schedule: load one with `twin schedule load`.", project=code)
