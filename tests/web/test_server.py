"""The real server, over loopback: it starts, answers, shares its port among workers, stops cleanly."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.store import samples
from tests.web.test_api import ADDRESSES, TILE_PATH
from twin.store import Store

ENVIRONMENT = {**os.environ, "TWIN_LANG": "en"}


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `twin serve` on a free port; give its host:port and its process."""
    command = [sys.executable, "-m", "web.cli.main", "serve", "--twin", str(folder), "--port", "0", "--json", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, start_new_session=True
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, process.communicate()[1]
        yield urlsplit(json.loads(said)["url"]).netloc, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def ask(
    place: str, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(place, timeout=20)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_answers_and_stops_cleanly(twin_folder: Path, workers: int) -> None:
    with serving(twin_folder, "--workers", str(workers)) as (place, process):
        for path in ADDRESSES.values():
            if not path.startswith(("/assets", "/help", "/licences")):  # the real page may not be built
                assert ask(place, path)[0] == 200, path
        status, headers, body = ask(place, TILE_PATH, headers={"Accept-Encoding": "gzip"})
        assert (status, headers["Content-Encoding"], int(headers["Content-Length"])) == (200, "gzip", len(body))
        tag = headers["ETag"]
        status, headers, body = ask(place, TILE_PATH, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
        assert (status, headers["ETag"], body) == (304, tag, b"")
        status, headers, body = ask(place, "/api/projects", "HEAD")
        assert (status, body) == (200, b"")
        assert int(headers["Content-Length"]) == len(ask(place, "/api/projects")[2])
        status, headers, body = ask(place, "/api/projects", "DELETE")
        assert (status, headers["Content-Type"]) == (405, "application/problem+json")
        assert ask(place, "/../../etc/passwd")[0] == 404
        assert ask(place, "/assets/..%2f..%2f..%2fsetup.cfg")[0] == 404
        with ThreadPoolExecutor(12) as pool:
            paths = list(ADDRESSES.values())[:15] * 6
            assert {ask_status for ask_status, _, _ in pool.map(lambda path: ask(place, path), paths)} == {200}
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_import_is_seen_by_a_running_server_and_a_stop_request_is_heard(tmp_path: Path) -> None:
    with serving(tmp_path / "twin", "--workers", "2") as (place, process):
        assert json.loads(ask(place, "/api/projects")[2])["features"] == []
        with Store.open(tmp_path / "twin") as store:
            store.put_revision(samples.revision())
        for _ in range(6):
            assert [f["id"] for f in json.loads(ask(place, "/api/projects")[2])["features"]] == ["P001"]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_a_taken_port_is_told(twin_folder: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "web.cli.main", "serve", "--twin", str(twin_folder), "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1
