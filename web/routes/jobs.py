"""`/api/jobs`: what is queued, at work and done; running clash detection, cancelling, trying again."""

import math
from typing import Any

from flask import Response, request

from twin.errors import InvalidInput, NotAllowed
from twin.store.visible_work import needed_for
from twin.values.job import Job, JobState, NewJob
from twin.values.rights import Role
from web.answers_jobs import job_json
from web.people.audited import about
from web.responses import json_answer
from web.routes.asked import identity, json_body, language, store, store_as
from web.routes.table import LANG, Body, Parameter, Routes

routes = Routes()

ONE = "/api/jobs/<job>"
_MOST = 1000
_PROJECT = Parameter("project", "Only those of this project.")
_STATE = Parameter("state", "Only those in this state.", {"enum": [state.value for state in JobState]})
_LIMIT = Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": 100})
_NOTHING = Body(schema="NoWords")


def job_shown(job: Job) -> dict[str, Any]:
    """Return a job as its asker sees it."""
    return job_json(job, language(), whole=sees_whole(job))


def sees_whole(job: Job) -> bool:
    """May the asker see what a job was given and what came of it: of a file that is not published engineers only."""
    return job.kind != "examine" or identity().role_in(job.project) >= Role.ENGINEER


@routes.get(
    "/api/jobs", "Jobs, the last one first", needs=Role.VIEWER, schema="Jobs", asks=(_PROJECT, _STATE, _LIMIT, LANG)
)
def jobs() -> Response:
    """Answer with the jobs of the projects that the asker sees."""
    found = store().jobs(request.args.get("project") or None, _states(), _limit())
    return json_answer({"jobs": [job_shown(job) for job in found]})


def _states() -> list[JobState] | None:
    asked = request.args.get("state") or None
    if asked is not None and asked not in list(JobState):
        raise InvalidInput("state is {value}: it must be one of {known}.", value=asked, known=", ".join(JobState))
    return None if asked is None else [JobState(asked)]


def _limit() -> int:
    asked = request.args.get("limit", "100")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= _MOST):
        raise InvalidInput("limit is {value}: give a whole number from 1 to {most}.", value=asked[:50], most=_MOST)
    return int(asked)


@routes.get(ONE, "A job: how far it is, what came of it", needs=Role.VIEWER, schema="Job", asks=(LANG,))
def job(job: str) -> Response:
    """Answer with a job."""
    return json_answer(job_shown(store().job(job)))


@routes.change(
    "POST",
    "/api/jobs",
    "Check the models of a project against each other (kind clash), by the built-in rules unless lengths are given",
    needs=Role.ENGINEER,
    body=Body(schema="NewJob"),
    schema="Job",
    status=201,
    asks=(LANG,),
)
def create_job() -> Response:
    """Queue a clash run and answer with its job."""
    given = json_body()
    unknown = set(given) - {"kind", "project", "tolerance", "clearance"}
    if unknown or given.get("kind") != "clash" or not isinstance(given.get("project"), str):
        raise InvalidInput("A job is {wanted}: mend it and send it again.", wanted='{"kind": "clash", "project": CODE}')
    project = store().project(given["project"])[0]
    about(project=project.code, what="clash")
    arguments: dict[str, Any] = {
        name: _length(name, given[name]) for name in ("tolerance", "clearance") if name in given
    }
    who = identity()
    new = NewJob("clash", project.code, arguments, who.name)
    return json_answer(job_shown(store().put_job(new)), status=201)


def _length(name: str, value: Any) -> float:
    from twin.exchange.clash_rules import LONGEST

    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not (good and 0 <= value <= LONGEST):
        raise InvalidInput(
            "{name} is {value}: give metres from 0 to {most}.", name=name, value=str(value)[:50], most=f"{LONGEST:g}"
        )
    return float(value)


@routes.change(
    "POST",
    f"{ONE}/cancel",
    "Cancel a job: one's own, or as its project's manager; what has ended stays as it is",
    needs=Role.ENGINEER,
    body=_NOTHING,
    schema="Job",
    asks=(LANG,),
)
def cancel_job(job: str) -> Response:
    """Cancel a job and answer with it."""
    _nothing()
    _own(store().job(job))
    return json_answer(job_shown(store().cancel_job(job)))


@routes.change(
    "POST",
    f"{ONE}/retry",
    "Queue a job again that failed or was cancelled: one's own, or as its project's manager, as whom alone an import",
    needs=Role.ENGINEER,
    body=_NOTHING,
    schema="Job",
    asks=(LANG,),
)
def retry_job(job: str) -> Response:
    """Queue a job again and answer with it."""
    _nothing()
    found = store().job(job)
    _own(found)
    needed = needed_for(found.kind)
    if identity().role_in(found.project) < needed:
        raise NotAllowed(
            "This needs the role {role} in the project {project}.", role=str(needed), project=found.project
        )
    return json_answer(job_shown(store_as(needed).retry_job(job)))


def _nothing() -> None:
    """Read the body, which says nothing."""
    given = json_body()
    if given:
        raise InvalidInput("There is no member {name}: send an empty object.", name=min(given)[:50])


def _own(found: Job) -> None:
    """Refuse whoever has not asked for a job and does not manage its project."""
    asker = identity()
    mine = asker.kind == "local" or (asker.name == found.created_by and bool(asker.name))
    if not mine and asker.role_in(found.project) < Role.MANAGER:
        raise NotAllowed("Job {job} is somebody else's: they or the project's manager may change it.", job=found.id)
