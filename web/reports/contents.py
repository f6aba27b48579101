"""What reports say, as plain values: the same answers that the routes give, and what is worked out from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.values.sentence import Sentence, say
from web.reports.words import NOTHING, WORST_FIRST, Words

MOST_TASKS = 15


@dataclass(frozen=True, slots=True)
class CityReport:
    """A city on a day.

    overview : as `/api/overview` answers; projects : properties as `/api/projects` has them, worst first, each with its
        `evidence`
    """

    name: str
    overview: Mapping[str, Any]
    projects: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """A project on a day.

    details : as `/api/projects/{code}` answers
    tasks : those that hold it back most; no_task : why there is none
    """

    city: str
    details: Mapping[str, Any]
    tasks: Sequence["LateTask"]
    no_task: Sentence


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task that is behind its plan; `lost`: how much of the whole project it is behind by (share), None: unknown."""

    code: str
    name: str
    finish: str | None
    planned: float
    done: float
    lost: float | None


def worst_first(projects: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return projects by light, within a light those furthest behind first."""

    def key(project: Mapping[str, Any]) -> tuple[int, float, str]:
        behind = deviation(project)
        return WORST_FIRST.index(project["light"]), 9.0 if behind is None else behind, project["code"]

    return sorted(projects, key=key)


def deviation(project: Mapping[str, Any]) -> float | None:
    """Return progress minus planned progress, a share; None where one is not known."""
    done, planned = project["progress"], project["planned_progress"]
    return None if done is None or planned is None else done - planned


def late_tasks(columns: Mapping[str, Sequence[Any]], most: int = MOST_TASKS) -> tuple[list[LateTask], Sentence]:
    """Return the tasks (no summaries) that hold the project back most, and what to say where there is none.

    columns : as `/api/projects/{code}/tasks` answers
    What a task weighs in the project counts; where nothing has a weight, how far it is behind its own plan. A task that
    nobody reported on is not said to be behind.
    """
    whole = sum(weight or 0.0 for weight in columns["weight"])
    found = []
    for i, kind in enumerate(columns["kind"]):
        planned, done = columns["planned"][i], columns["completion"][i]
        if kind == "summary" or planned is None or done is None or planned - done <= 1e-6:
            continue
        weight = columns["weight"][i]
        lost = (planned - done) * (weight or 0.0) / whole if whole else None
        code, name, finish = (columns[name][i] for name in ("code", "name", "baseline_finish"))
        found.append(LateTask(code or columns["id"][i], name or "", finish, planned, done, lost))
    found.sort(key=lambda task: (-(task.lost or 0.0), task.done - task.planned, task.finish or "", task.code))
    if not columns["id"]:
        return [], say("No schedule with dates is known.")
    if all(done is None for done in columns["completion"]):
        return [], say("Nobody reported on single tasks.")
    return found[:most], say("No task is behind its plan.")


def is_forecast(head: Mapping[str, Any]) -> bool:
    """Are the figures of a report expected ones: a city is asked for them, a project goes on at its pace."""
    return bool(head["pace"] if "pace" in head else head["forecast"])


def day_text(words: Words, head: Mapping[str, Any]) -> str:
    """Return the day of a report as it stands on top."""
    return f"{words(say('forecast'))} {head['as_of']}" if is_forecast(head) else str(head["as_of"])


def basis(words: Words, head: Mapping[str, Any]) -> str:
    """Return what a judgement rests on, for the foot of a page: day, time of knowledge, rules."""
    known = head["known_at"]
    until = f"{known[:16].replace('T', ' ')} UTC" if known else ""
    rules = {"title": head["rules_title"], "pack": head["rules"], "version": head["rules_version"]}
    parts = [
        words(say("As of {day}", day=head["as_of"])),
        *([words(say("forecast"))] if is_forecast(head) else ()),
        words(say("facts recorded by {time}", time=until) if known else say("all facts that are recorded")),
        words(say("rules {title} ({pack} {version})", **rules)),
    ]
    separator = "；" if words.language == "zh" else "; "
    return separator.join((parts[0], *(part[:1].lower() + part[1:] for part in parts[1:])))


def report_text(words: Words, evidence: Mapping[str, Any]) -> str:
    """Return where the figures of a verdict stand: file and row, the day they speak of, when they were recorded."""
    report = evidence["report"]
    if report is None:
        return NOTHING
    row = report["row"]
    place = words(say("{file}, row {row}", file=report["file"], row=row), capital=False) if row else report["file"]
    times = words(
        say("as of {day}, recorded {time}", day=evidence["fact_date"] or NOTHING, time=report["recorded_at"][:10]),
        capital=False,
    )
    return f"{place}{'（' if words.language == 'zh' else ' ('}{times}{'）' if words.language == 'zh' else ')'}"
