"""Jobs over HTTP: listed, begun, cancelled, tried again, by whom."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from tests.store import samples
from tests.web.conftest import settings_of
from tests.web.test_api import validate
from twin.store import Store
from twin.values.job import JobState, NewJob
from twin.values.rights import Identity, Role
from web.app import create_app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(project="P002", stem="b"))
    made = create_app(settings_of(tmp_path))
    yield made
    made.extensions["twin.store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_clash_run_is_queued_cancelled_and_tried_again(client: FlaskClient) -> None:
    asked = {"kind": "clash", "project": "P001", "tolerance": 0.01}
    answer = client.post("/api/jobs", json=asked)
    assert answer.status_code == 201
    job = answer.json
    assert job is not None
    validate(job, "Job")
    assert (job["state"], job["arguments"], job["result"]) == ("queued", {"tolerance": 0.01}, None)
    for action, state in (("cancel", "cancelled"), ("cancel", "cancelled"), ("retry", "queued")):
        changed = client.post(f"/api/jobs/{job['id']}/{action}", json={})
        assert changed.status_code == 200
        assert changed.json is not None
        validate(changed.json, "Job")
        assert changed.json["state"] == state
    refused = client.post(f"/api/jobs/{job['id']}/retry?lang=en", json={})
    assert refused.status_code == 400
    assert "queued" in refused.json["detail"]  # type: ignore[index]
    listed = client.get("/api/jobs?project=P001&state=queued").json
    assert listed is not None
    validate(listed, "Jobs")
    assert [found["id"] for found in listed["jobs"]] == [job["id"]]
    assert client.get("/api/jobs?project=P002").json == {"jobs": []}


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "import", "project": "P001"},
        {"kind": "clash"},
        {"kind": "clash", "project": 7},
        {"kind": "clash", "project": "P001", "tolerance": -1},
        {"kind": "clash", "project": "P001", "clearance": True},
        {"kind": "clash", "project": "P001", "clearance": 1e300},
        {"kind": "clash", "project": "P001", "place": "/etc"},
    ],
)
def test_what_is_no_job_is_refused(client: FlaskClient, asked: dict[str, object]) -> None:
    assert client.post("/api/jobs", json=asked).status_code == 400
    assert client.get("/api/jobs").json == {"jobs": []}


def test_odd_questions_are_refused(client: FlaskClient) -> None:
    assert client.post("/api/jobs", json={"kind": "clash", "project": "P999"}).status_code == 404
    for address in ("/api/jobs?state=lost", "/api/jobs?limit=0", "/api/jobs?limit=²", "/api/jobs?limit=1001"):
        assert client.get(address).status_code == 400
    assert client.get("/api/jobs/none").status_code == 404
    assert client.post("/api/jobs/none/cancel", json={}).status_code == 404


def test_whose_job_it_is(app: Flask) -> None:
    app.extensions["twin.views"].users = True
    past_the_door = Client(app.extensions["twin.gate"], TestResponse)
    store: Store = app.extensions["twin.store"]
    job = store.put_job(NewJob("clash", "P001", {}, "li"))
    grants = {"P001": Role.ENGINEER, "P002": Role.MANAGER}
    li, wang = (Identity("program", name, grants=grants) for name in ("li", "wang"))
    boss = Identity("program", "zhao", grants={"P001": Role.MANAGER})
    viewer = Identity("program", "sun", grants={"P001": Role.VIEWER, "P002": Role.ENGINEER})
    elsewhere = Identity("program", "qian", grants={"P002": Role.MANAGER})

    def ask(who: Identity, address: str, method: str = "POST") -> int:
        said = {"twin.identity": who, "twin.address": "127.0.0.1"}
        body: dict[str, object] | None = {} if method == "POST" else None
        return past_the_door.open(address, method=method, environ_overrides=said, json=body).status_code

    cancel, retry = f"/api/jobs/{job.id}/cancel", f"/api/jobs/{job.id}/retry"
    assert [ask(who, cancel) for who in (wang, viewer, elsewhere)] == [403, 404, 404]
    assert store.job(job.id).state is JobState.QUEUED
    assert [ask(li, cancel), ask(wang, retry), ask(boss, retry), ask(boss, cancel)] == [200, 403, 200, 200]
    assert [ask(who, f"/api/jobs/{job.id}", "GET") for who in (wang, viewer, elsewhere)] == [200, 200, 404]
    assert ask(Identity("public"), "/api/jobs", "GET") == 401
