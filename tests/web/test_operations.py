"""What an operator sees of a server: is it ready, its metrics, its logs."""

import io
import json
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.serving import serving
from tests.web.conftest import settings_of
from twin.errors import StoreBusy
from web import logs, readiness
from web.app import create_app
from web.observed import observe


@pytest.fixture
def own_folder(twin_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(twin_folder, tmp_path / "twin")
    return tmp_path / "twin"


@pytest.fixture
def watched(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app as a server has it, its logs wanted."""
    monkeypatch.setenv("TWIN_LOG", "json")
    made = create_app(settings_of(own_folder))
    observe(made, made.extensions["twin.store"])
    yield made
    made.extensions["twin.store"].close()


@pytest.fixture
def client_of(watched: Flask) -> FlaskClient:
    return watched.test_client()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    loggers = [logs.ACCESS, logging.getLogger("web")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def samples_of(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return samples_of(text).get((name, frozenset(labels.items())), 0.0)


def test_ready_says_what_it_looked_at(client_of: FlaskClient) -> None:
    answer = client_of.get("/-/ready").json
    assert answer is not None
    assert answer["status"] == "ready"
    assert [(check["name"], check["ok"]) for check in answer["checks"]] == [
        ("database", True),
        ("blobs", True),
        ("page", True),
    ]


def test_not_ready_without_its_parts(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "GOOD_FOR", 0.0)
    app = create_app(settings_of(own_folder))
    client = app.test_client()
    store = app.extensions["twin.store"]
    assert client.get("/-/ready").status_code == 200

    (own_folder / "page" / "index.html").rename(own_folder / "aside.html")
    answer = client.get("/-/ready?lang=en")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json is not None
    assert "page is not built" in answer.json["detail"]
    assert [check["name"] for check in answer.json["checks"] if not check["ok"]] == ["page"]
    (own_folder / "aside.html").rename(own_folder / "page" / "index.html")

    def refuse(*, writable: bool) -> None:
        raise StoreBusy("The object storage {place} does not answer.", place="s3://x")

    monkeypatch.setattr(store.blobs, "check", refuse)
    answer = client.get("/-/ready?lang=en")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "s3://x does not answer" in answer.json["detail"]
    assert answer.headers["Retry-After"] == "5"
    monkeypatch.undo()
    store.close()


def test_blobs_that_hang_are_not_waited_for(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.2)
    monkeypatch.setattr(readiness, "GOOD_FOR", 0.0)
    app = create_app(settings_of(own_folder))
    store = app.extensions["twin.store"]
    calls: list[bool] = []

    def hang(*, writable: bool) -> None:
        calls.append(writable)
        time.sleep(1)

    monkeypatch.setattr(store.blobs, "check", hang)
    for _ in range(3):
        began = time.monotonic()
        answer = app.test_client().get("/-/ready?lang=en")
        assert answer.status_code == 503
        assert time.monotonic() - began < 0.9
        assert answer.json is not None
        assert "did not answer" in answer.json["detail"]
    assert len(calls) == 1  # the one that hangs is waited for, no second one is sent after it
    time.sleep(1)
    store.close()


def test_what_was_found_is_good_for_a_moment(watched: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    check = watched.extensions["twin.store"].check

    def counted() -> None:
        calls.append(1)
        check()

    monkeypatch.setattr(watched.extensions["twin.store"], "check", counted)
    for _ in range(10):
        assert watched.test_client().get("/-/ready").status_code == 200
    assert len(calls) == 1


def test_requests_are_counted_by_route(client_of: FlaskClient) -> None:
    before = client_of.get("/-/metrics", buffered=True).text
    for path in ("/api/projects", "/api/projects", "/api/projects/none", "/nothing/here"):
        client_of.get(path, buffered=True)
    after = client_of.get("/-/metrics", buffered=True).text

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("twin_requests_total", route="/api/projects", method="GET", status="200") == 2
    assert more("twin_requests_total", route="/api/projects/<code>", method="GET", status="404") == 1
    assert more("twin_request_seconds_count", route="/api/projects", method="GET") == 2
    assert more("twin_requests_in_flight") == 0
    assert value(after, "twin_requests_in_flight") >= 1  # this one
    assert value(after, "twin_models") == 3
    assert not [name for name in after.splitlines() if "/nothing" in name]  # foreign paths make no series


def test_tiles_from_memory_are_counted(client_of: FlaskClient) -> None:
    path = "/tiles/projects/10/836/445.mvt"
    before = client_of.get("/-/metrics", buffered=True).text
    for _ in range(3):
        assert client_of.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True).status_code == 200
    after = client_of.get("/-/metrics", buffered=True).text
    name = "twin_tile_gate_hits_total"
    assert value(after, name) - value(before, name) == 2


def test_jobs_are_counted_by_state(watched: Flask) -> None:
    from twin.values.job import NewJob

    watched.extensions["twin.store"].put_job(NewJob(kind="clash", project="P001", created_by="test"))
    text = watched.test_client().get("/-/metrics").text
    assert value(text, "twin_jobs", state="queued") == 1


def test_each_request_has_a_number_and_a_line(client_of: FlaskClient, lines: io.StringIO) -> None:
    answer = client_of.get(
        "/api/projects?lang=en&token=twin_secret_secret_secret", headers={"X-Request-Id": "from-nginx-1"}, buffered=True
    )
    assert answer.headers["X-Request-Id"] == "from-nginx-1"
    other = client_of.get("/api/projects/none", headers={"X-Request-Id": "bad id\twith blanks"}, buffered=True).headers[
        "X-Request-Id"
    ]
    assert len(other) == 32
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert first["request"] == "from-nginx-1"
    assert (first["method"], first["path"], first["status"]) == ("GET", "/api/projects", 200)
    assert first["route"] == "/api/projects"
    assert first["seconds"] >= 0
    assert first["kind"] == "local"
    assert (second["request"], second["status"]) == (other, 404)
    assert "secret" not in lines.getvalue()


def test_a_failure_is_logged_with_its_request(
    watched: Flask, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("cannot reach postgresql://twin:hunter2secret@db/twin\n[parameters: ('$argon2id$abc',)]")

    monkeypatch.setattr(watched.extensions["twin.store"], "settings", fail)
    watched.config["PROPAGATE_EXCEPTIONS"] = False
    answer = watched.test_client().get("/-/ready", headers={"X-Request-Id": "r1"}, buffered=True)
    assert answer.status_code == 500
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    failed = next(line for line in found if line["level"] == "error")
    assert failed["request"] == "r1"
    assert "RuntimeError" in failed["error"]
    assert "hunter2" not in lines.getvalue()
    assert "argon2" not in lines.getvalue()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Authorization: Bearer twin_0123456789abcdefgh", "0123456789"),
        ("password=correct-horse-battery", "correct-horse"),
        ("{'password': 'correct-horse-battery'}", "correct-horse"),
        ("Cookie: twin_session=0123456789abcdef", "0123456789"),
        ("s3://key:verysecretkey@bucket/x", "verysecretkey"),
    ],
)
def test_secrets_are_taken_out(text: str, gone: str) -> None:
    assert gone not in logs.without_secrets(text)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM")
def test_several_processes_count_together(own_folder: Path) -> None:
    with serving_two(own_folder) as url:
        for _ in range(30):
            with urlopen(f"{url}/-/health", timeout=10) as answer:
                answer.read()
        for _ in range(4):
            with urlopen(f"{url}/-/metrics", timeout=10) as answer:
                text = answer.read().decode()
            assert value(text, "twin_requests_total", route="/-/health", method="GET", status="200") == 30


def serving_two(folder: Path) -> Any:
    """Run a server of two processes."""
    return serving(folder, "--workers", "2", "--no-jobs")


def test_the_log_of_a_server_is_json_lines(own_folder: Path) -> None:
    code = (
        "from web import logs; logs.configure(); import logging;"
        "log = logging.getLogger('granian'); log.error('one\\ntwo');"
        "logs.ACCESS.info('request', extra={'fields': {'status': 200}})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in found] == ["one\ntwo", "request"]
    assert found[1]["status"] == 200
