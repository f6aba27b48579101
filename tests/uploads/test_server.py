"""Uploads against the real server: cut off, killed, sent twice, hostile; and streams that share its few threads."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT
from tests.serving import serving
from tests.uploads.sending import Client, metadata
from twin.store import Store
from web.settings import THREADS

PLACED = '{"longitude": 121.5, "latitude": 31.2}'


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """A server with a runner beside it, for tests that do not harm it; and its folder."""
    folder = tmp_path_factory.mktemp("city") / "twin"
    with serving(folder) as url:
        yield Client(url), folder


@contextmanager
def killable(folder: Path, **environment: str) -> Iterator[tuple["subprocess.Popen[str]", Client]]:
    """Run a server that a test may kill, without a runner."""
    command = [sys.executable, "-m", "web.cli.main", "serve", "--no-jobs", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--twin", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        yield process, Client(json.loads(process.stdout.readline())["url"])
    finally:
        with_group(process, signal.SIGKILL)
        process.communicate(timeout=20)


def with_group(process: "subprocess.Popen[str]", number: int) -> None:
    """Send a signal to a server and its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def cut_off(client: Client, place: str, offset: int, content: bytes) -> None:
    """Begin to send a part, and let the line go in the middle of it."""
    host, port = client.host.split(":")
    with socket.create_connection((host, int(port))) as line:
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: {client.host}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        line.sendall(head.encode() + content[: len(content) // 2])
        time.sleep(0.1)


@pytest.mark.real_data
def test_a_real_file_that_is_cut_off_five_times_is_resumed_and_published(
    city: tuple[Client, Path], real_data: Path
) -> None:
    client, folder = city
    content = (real_data / "ifc" / "duplex_arch.ifc").read_bytes()
    place = client.create(len(content), filename="duplex_arch.ifc", project="UNSEEN", options=PLACED)
    step, cuts = len(content) // 11, 0
    while (at := client.offset(place)) < len(content):
        if cuts < 5:
            cut_off(client, place, at, content[at : at + step])
            cuts += 1
            at = client.offset(place)
        # 409: what had arrived of the part that was cut off was kept meanwhile, so there is another offset now
        assert client.part(place, at, content[at : at + step])[0] in (204, 409)
    assert cuts == 5
    found = client.wait(place, "waiting", "refused")
    assert found["state"] == "waiting", found["refused"]
    examined = found["examined"]
    assert examined["ledger"]["drawn"] > 200
    assert examined["georeference"]["longitude"] == pytest.approx(121.5)
    assert examined["revision"] == 1
    assert not examined["unchanged"]
    assert nothing_visible(client, "UNSEEN")

    assert client.json("POST", f"{place}/publish", {})[0] == 200
    assert client.wait(place, "published", "waiting")["state"] == "published"
    model = client.json("GET", "/api/models/UNSEEN-duplex_arch")[1]
    assert model["ledger"]["drawn"] == examined["ledger"]["drawn"]
    with Store.open(folder) as store:
        kept = store.model("UNSEEN-duplex_arch")
        assert store.blobs.get(kept.sha256) == content
        assert store.damage() == []


def nothing_visible(client: Client, project: str) -> bool:
    """Is nothing of an unpublished upload to be seen by the city's own routes."""
    seen = [
        *("/api/models", "/api/projects", "/api/overview", "/3dtiles/tileset.json", "/api/search?q=duplex"),
        *("/api/scene", "/api/timeline", "/tiles/projects.json"),
    ]
    answers = [client.ask("GET", path) for path in seen]
    assert answers[0][0] == answers[3][0] == 200
    return not any(project.encode() in content for _, _, content in answers)


def test_what_was_acknowledged_outlives_the_server(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    folder, sent, place = tmp_path / "twin", 0, ""
    for round_ in range(0, 6, 2):
        with killable(folder) as (process, client):
            place = place or client.create(len(content), filename="house.ifc", project="P1")
            assert client.offset(place) >= sent, "a part that was acknowledged is gone"
            at = client.offset(place)
            assert client.part(place, at, content[at : at + 300_000])[0] == 204
            sent = at + 300_000
            killer = threading.Timer(0.02 * round_, with_group, (process, signal.SIGKILL))
            killer.start()  # at some moment of the next part
            try:
                status, headers, _ = client.part(place, sent, content[sent : sent + 300_000])
                sent = int(headers["upload-offset"]) if status == 204 else sent
            except (OSError, http.client.HTTPException):
                pass
            killer.join()
    with Store.open(folder) as store:
        upload = store.upload(place.rpartition("/")[2])
        assert upload.received >= sent
        kept = b"".join(store.blobs.get(part.sha256) for part in store.upload_parts(upload.id))
        assert kept == content[: upload.received]
        assert store.damage() == []


def test_several_servers_take_parts_of_one_file(tmp_path: Path) -> None:
    content = os.urandom(500_000)
    folder = tmp_path / "twin"
    with killable(folder) as (_, one), killable(folder) as (_, other):
        place = one.create(len(content), filename="house.ifc", project="P1")
        for number, start in enumerate(range(0, len(content), 100_000)):
            client = (one, other)[number % 2]
            assert client.part(place, start, content[start : start + 100_000])[0] == 204
        assert one.json("GET", place)[1]["state"] == "examining"
    with Store.open(folder) as store:
        id = place.rpartition("/")[2]
        assert b"".join(store.blobs.get(part.sha256) for part in store.upload_parts(id)) == content


def test_of_two_that_send_the_same_part_one_is_told(tmp_path: Path) -> None:
    content = os.urandom(2_000_000)
    with killable(tmp_path / "twin") as (_, client):
        for _ in range(5):
            place = client.create(2 * len(content), filename="house.ifc", project="P1")
            answers: list[int] = []
            both = [
                threading.Thread(target=lambda: answers.append(client.part(place, 0, content)[0]))  # noqa: B023
                for _ in range(2)
            ]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
            assert sorted(answers) == [204, 409]
            assert client.offset(place) == len(content)


def test_two_uploads_of_one_model_become_two_revisions(
    city: tuple[Client, Path], sample_models: Any, tmp_path: Path
) -> None:
    client, _ = city
    content = sample_models[0].path.read_bytes()
    other = content.replace(b"END-ISO-10303-21", b"\n\nEND-ISO-10303-21")
    places = [client.send(each, filename="twice.ifc", project="T1", options=PLACED) for each in (content, other)]
    for place in places:
        assert client.wait(place, "waiting", "refused")["state"] == "waiting"
    for place in places:
        assert client.json("POST", f"{place}/publish", {})[0] == 200
    assert client.json("POST", f"{places[0]}/publish", {})[0] == 409
    for place in places:
        assert client.wait(place, "published")["state"] == "published"
    assert client.json("GET", "/api/models/T1-twice")[1]["revision"] == 2

    third = client.send(content.replace(b"IFCWALL(", b"IFCWALL("), filename="twice.ifc", project="T1")
    examined = client.wait(third, "waiting")["examined"]
    assert examined["revision"] == 3
    assert examined["moved"] == pytest.approx(0, abs=0.01)
    changes = examined["changes"]
    assert changes["added"] == changes["removed"] == changes["changed"] == 0
    assert changes["same"] == examined["ledger"]["drawn"]


def test_a_refused_file_says_why_and_leaves_only_its_row(city: tuple[Client, Path]) -> None:
    client, folder = city
    place = client.send(b"ISO-10303-21;\nno model" * 1000, filename="noise.ifc", project="N1")
    found = client.wait(place, "refused", "waiting")
    assert found["state"] == "refused"
    assert "truncated" in found["refused"]
    with Store.open(folder) as store:
        assert store.upload(found["id"]).sha256 is None
        assert store.upload_parts(found["id"]) == []
        before = set(store.blobs.names())
        assert store.sweep() == 0
        assert set(store.blobs.names()) == before


def test_streams_tell_at_once_share_the_threads_and_end_with_their_listener(tmp_path: Path) -> None:
    with killable(tmp_path / "twin") as (_, client):
        place = client.send(b"x" * 1000, filename="house.ifc", project="P1")
        job = client.json("GET", place)[1]["job"]  # nobody works on it: it stays queued
        streams = []
        while True:
            stream, status = listen(client, job)
            if status != 200:
                stream.close()
                break
            streams.append(stream)
            assert len(streams) < 10
        assert status == 503
        assert len(streams) == THREADS // 2
        assert client.json("GET", "/api/models")[0] == 200  # the other half answers
        client.json("POST", f"/api/jobs/{job}/cancel", {})
        for stream in streams:
            stream.close()
        place = client.send(b"y" * 1000, filename="house.ifc", project="P1")
        job = client.json("GET", place)[1]["job"]
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            stream, status = listen(client, job)
            stream.close()
            if status == 200:
                return
            time.sleep(0.3)
        raise AssertionError("a listener that went away keeps its thread")


def listen(client: Client, job: str) -> tuple[http.client.HTTPConnection, int]:
    """Open a stream; its first event must come at once, long before it ends."""
    connection = http.client.HTTPConnection(client.host, timeout=5)
    connection.request("GET", f"/api/jobs/{job}/events?lang=en")
    answer = connection.getresponse()
    if answer.status == 200:
        began = time.monotonic()
        lines = [answer.readline() for _ in range(4)]
        assert lines[0] == b"retry: 1000\n"
        assert lines[2] == b"event: progress\n", lines
        assert json.loads(lines[3].removeprefix(b"data: "))["state"] == "queued"
        assert time.monotonic() - began < 4
    return connection, answer.status


def test_a_page_of_another_site_cannot_send(city: tuple[Client, Path]) -> None:
    client, _ = city
    said = {"Upload_Length": "10", "Upload_Metadata": metadata(filename="a.ifc", project="P")}
    assert client.ask("POST", "/api/uploads", None, **said)[0] == 412
    evil = {"Origin": "http://evil.example", "Tus_Resumable": "1.0.0", **said}
    assert client.ask("POST", "/api/uploads", None, **evil)[0] == 403
    assert client.ask("POST", "/api/uploads", None, Host="evil.example", Tus_Resumable="1.0.0", **said)[0] == 403
