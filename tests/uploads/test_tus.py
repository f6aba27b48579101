"""The protocol: what is taken, what is refused, and that bytes arrive whole however they are cut."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.uploads.sending import metadata
from twin.errors import InvalidInput, OutOfStep, TooMany
from twin.store import Store, upload_methods
from twin.values.job import JobState
from twin.values.sentence import say
from twin.values.upload import NewUpload, UploadState
from web.app import create_app
from web.settings import Settings
from web.uploads import tus

TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(tmp_path / "twin", 5.0, tmp_path))
    yield app.test_client()
    app.extensions["twin.store"].close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as found:
        yield found


def create(client: FlaskClient, size: int, **said: str) -> Any:
    said = {"filename": "house.ifc", "project": "P1", **said}
    return client.post("/api/uploads", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**said)})


def patch(client: FlaskClient, place: str, offset: int, content: bytes, **more: str) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset), **{k.replace("_", "-"): v for k, v in more.items()}}
    return client.patch(place, data=content, headers=headers, content_type=PART)


def place_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"]).removeprefix("http://localhost")


def test_a_file_arrives_and_waits_for_its_examination(client: FlaskClient, store: Store) -> None:
    answer = create(client, 6, discipline="建筑")
    place = place_of(answer)
    assert answer.headers["Upload-Offset"] == "0"
    assert "GMT" in answer.headers["Upload-Expires"]
    assert patch(client, place, 0, b"abc").headers["Upload-Offset"] == "3"
    head = client.head(place)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("3", "6")
    assert head.headers["Cache-Control"] == "no-store"
    sum_ = base64.b64encode(hashlib.sha1(b"def").digest()).decode()  # noqa: S324
    assert patch(client, place, 3, b"def", Upload_Checksum=f"sha1 {sum_}").status_code == 204
    found = client.get(place).get_json()
    assert (found["state"], found["received"], found["discipline"]) == ("examining", 6, "建筑")
    job = store.job(found["job"])
    assert (job.kind, job.state, job.project) == ("examine", JobState.QUEUED, "P1")
    assert [listed["id"] for listed in client.get("/api/uploads?project=P1").get_json()["uploads"]] == [found["id"]]
    assert client.get("/api/uploads?project=P2").get_json()["uploads"] == []


def test_its_first_bytes_may_come_along(client: FlaskClient) -> None:
    headers = {**TUS, "Upload-Length": "6", "Upload-Metadata": metadata(filename="a.ifc", project="P1")}
    answer = client.post("/api/uploads", data=b"abcd", headers=headers, content_type=PART)
    assert client.head(place_of(answer)).headers["Upload-Offset"] == "4"


def test_what_does_not_fit_is_refused_and_changes_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(create(client, 6))
    assert patch(client, place, 1, b"abc").status_code == 409
    assert patch(client, place, 0, b"abcdefg").status_code == 400
    assert patch(client, place, 0, b"abc", Upload_Checksum="sha256 AAAA").status_code == 460
    assert patch(client, place, 0, b"abc", Upload_Checksum="crc7 AAAA").status_code == 400
    assert patch(client, place, 0, b"abc", Upload_Offset="-1").status_code == 400
    assert client.patch(place, data=b"abc", headers=TUS, content_type=PART).status_code == 400
    assert client.patch(place, data=b"abc", headers=TUS, content_type="text/plain").status_code == 415
    assert client.patch(place, data=b"abc", content_type=PART).status_code == 412
    assert client.head(place).headers["Upload-Offset"] == "0"
    assert patch(client, place[:-3] + "xxx", 0, b"abc").status_code == 404
    assert patch(client, place, 0, bytes(16_000_001)).status_code == 413
    assert create(client, 2_000_000_001).status_code == 413
    monkeypatch.setenv("TWIN_UPLOAD_MB", "1")
    assert create(client, 1_000_001).status_code == 413
    assert create(client, 1_000_000).status_code == 201
    for size in ("0", "-1", "1.5", "x", ""):
        headers = {**TUS, "Upload-Length": size, "Upload-Metadata": metadata(filename="a.ifc", project="P1")}
        assert client.post("/api/uploads", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "a",
            "a.txt",
            ".ifc",
            "..ifc",
            "../a.ifc",
            "/etc/passwd.ifc",
            "a/b.ifc",
            "a\\b.ifc",
            "a\0.ifc",
            "a\n.ifc",
        ),
        *("a\u202egnp.ifc", "-rf.ifc", ".hidden.ifc", " a.ifc", "…….ifc", "a:b.ifc", "C:a.ifc", "a" * 200 + ".ifc"),
        *(
            "楼" * 100 + ".ifc",
            "\ud800.ifc".encode("utf-16", "surrogatepass").decode("utf-16", "replace") + "\u2028.ifc",
        ),
    ],
)
def test_names_that_are_none(client: FlaskClient, name: str) -> None:
    answer = create(client, 5, filename=name)
    assert answer.status_code == 400, name
    assert answer.get_json()["detail"]


@pytest.mark.parametrize("name", ["a.ifc", "A.IFC", "b.ifcZIP", "滨江 塔楼(二期).ifc", "a" * 196 + ".ifc", "a..b.ifc"])
def test_names_that_are_taken(client: FlaskClient, name: str) -> None:
    assert create(client, 5, filename=name).status_code == 201


@pytest.mark.parametrize(
    "options",
    [
        *("[]", "{", "1", '{"a": 1}', '{"longitude": 1}', '{"longitude": "x", "latitude": 1}', '{"eastings": 1}'),
        *('{"override": 1}', '{"crs": 4547, "eastings": 1, "northings": 2}', '{"longitude": 181, "latitude": 0}'),
        *('{"height": true}', '{"longitude": NaN, "latitude": 1}', "[" * 100_000),
    ],
)
def test_placements_that_are_none(options: str) -> None:
    with pytest.raises(InvalidInput):
        tus.placement(options)


def test_metadata_that_is_none(client: FlaskClient) -> None:
    for said in ("filename", "filename ===", "filename gA==", "filename " + "A" * 9000):
        headers = {**TUS, "Upload-Length": "5", "Upload-Metadata": said}
        assert client.post("/api/uploads", headers=headers).status_code == 400
    assert create(client, 5, project="../P").status_code == 400
    assert create(client, 5, project="").status_code == 400


def test_who_gives_up_leaves_nothing(client: FlaskClient, store: Store) -> None:
    place = place_of(create(client, 600))
    patch(client, place, 0, b"x" * 500)
    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place).status_code == 404
    assert client.delete(place, headers=TUS).status_code == 404
    assert list(store.blobs.names()) == []


def test_what_is_left_unfinished_is_forgotten_after_a_day(client: FlaskClient, store: Store) -> None:
    old, new = (place_of(create(client, 600, filename=name)) for name in ("old.ifc", "new.ifc"))
    patch(client, old, 0, b"x" * 500)
    later = datetime.now(UTC) + timedelta(hours=23)
    assert store.tidy_uploads(later) == 0
    patch(client, new, 0, b"y" * 500)
    store._engine.dispose()
    assert store.tidy_uploads(datetime.now(UTC) + timedelta(hours=25)) == 2
    assert list(store.blobs.names()) == []


def test_withdrawing_keeps_the_row_alone(client: FlaskClient, store: Store) -> None:
    place = place_of(create(client, 3))
    patch(client, place, 0, b"abc")
    job = client.get(place).get_json()["job"]
    answer = client.post(f"{place}/withdraw", json={})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "withdrawn")
    assert store.job(job).state is JobState.CANCELLED
    assert list(store.blobs.names()) == []
    assert client.post(f"{place}/withdraw", json={}).status_code == 409
    assert client.post(f"{place}/publish", json={}).status_code == 409


def test_states_follow_the_jobs(store: Store, tmp_path: Path) -> None:
    """Whatever ends a job, its upload is somewhere from where somebody can go on."""
    upload = store.put_upload(NewUpload("P1", "a.ifc", 3))
    upload = store.add_upload_part(upload.id, 0, b"abc")
    path = tmp_path / "a.ifc"
    path.write_bytes(b"abc")
    assert upload.job is not None
    store.claim_job(upload.job, "w1")
    store.keep_upload(upload.id, path)
    assert store.upload_parts(upload.id) == []
    store.finish_job(upload.job, "w1", state=JobState.DONE, result={"model": "P1-a"})
    upload = store.upload(upload.id)
    assert (upload.state, upload.examined) == (UploadState.WAITING, {"model": "P1-a"})

    for end in (JobState.FAILED, JobState.CANCELLED):
        publishing = store.publish_upload(upload.id, "m", {"file": "a.ifc"})
        assert publishing.state is UploadState.PUBLISHING
        assert publishing.job is not None
        assert store.job(publishing.job).input_sha256 == upload.sha256
        with pytest.raises(OutOfStep):
            store.withdraw_upload(upload.id)
        store.claim_job(publishing.job, f"w{end}")
        store.finish_job(publishing.job, f"w{end}", state=end, error=say("no"))
        again = store.upload(upload.id)
        assert (again.state, again.examined, again.error) == (UploadState.WAITING, {"model": "P1-a"}, "no")
    publishing = store.publish_upload(upload.id, "m", {"file": "a.ifc"})
    assert publishing.job is not None
    store.claim_job(publishing.job, "w9")
    store.finish_job(publishing.job, "w9", state=JobState.DONE, result={})
    assert store.upload(upload.id).state is UploadState.PUBLISHED
    assert store.tidy_uploads() == 1
    assert store.upload(upload.id).state is UploadState.PUBLISHED
    assert list(store.blobs.names()) == []  # nothing was really imported here

    refused = store.add_upload_part(store.put_upload(NewUpload("P1", "b.ifc", 3)).id, 0, b"xyz")
    assert refused.job is not None
    store.claim_job(refused.job, "w10")
    store.finish_job(refused.job, "w10", state=JobState.FAILED, error=say("It is no model."))
    found = store.upload(refused.id)
    assert (found.state, found.error) == (UploadState.REFUSED, "It is no model.")
    store.tidy_uploads()
    assert store.upload_parts(refused.id)  # its job did not forget them: it may be tried again
    assert store.retry_job(refused.job).state is JobState.QUEUED
    assert store.upload(refused.id).state is UploadState.EXAMINING
    store.claim_job(refused.job, "w11")
    store.finish_job(refused.job, "w11", state=JobState.FAILED, error=say("It is no model."))
    store.tidy_uploads(datetime.now(UTC) + timedelta(hours=25))
    assert list(store.blobs.names()) == []


def test_nobody_keeps_the_line_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_methods, "MOST_RECEIVING", 3)
    for _ in range(3):
        store.put_upload(NewUpload("P1", "a.ifc", 3, created_by="li"))
    with pytest.raises(TooMany):
        store.put_upload(NewUpload("P1", "a.ifc", 3, created_by="li"))
    store.put_upload(NewUpload("P1", "a.ifc", 3, created_by="wang"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.tuples(st.integers(0, 60), st.integers(-2, 2)), max_size=12), content=st.binary(min_size=1))
def test_bytes_arrive_whole_however_they_are_cut(store: Store, sizes: list[tuple[int, int]], content: bytes) -> None:
    """Parts of any size, sent again, out of step, or empty: the file is its bytes, once each."""
    upload = store.put_upload(NewUpload("P1", "a.ifc", len(content), created_by="property"))
    at = 0
    for size, aside in [*sizes, (len(content), 0)]:
        offset = max(0, at + aside)
        if offset != at:
            with pytest.raises((OutOfStep, InvalidInput)):
                store.add_upload_part(upload.id, offset, content[offset : offset + size])
            assert store.upload(upload.id).received == at
        elif at < len(content):
            part = content[at : at + size]
            upload = store.add_upload_part(upload.id, at, part)
            at += len(part)
            assert upload.received == at
    parts = store.upload_parts(upload.id)
    assert b"".join(store.blobs.get(part.sha256) for part in parts) == content
    assert upload.state is UploadState.EXAMINING
    with pytest.raises(OutOfStep):
        store.add_upload_part(upload.id, at, b"")
    store.withdraw_upload(upload.id)
