"""The commands on a twin on PostgreSQL: init, copy, doctor, and what they say when something is missing."""

import json
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines import POSTGRESQL
from tests.postgres import Cluster
from tests.store import samples
from twin.store import Store
from web.cli import main

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="names both engines itself")


def run_json(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command with --json; return its exit code and what it wrote."""
    code = main.run([*arguments, "--json"])
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return code, found


def findings(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in found["findings"]}


def with_password(url: str) -> str:
    """Return the address with a password that nobody may see; the server trusts who comes from the loopback."""
    return url.replace("twin@", "twin:verborgen@")


def test_a_twin_is_made_copied_and_looked_after(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres_server: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, shown = with_password(postgres_server.fresh()), "postgresql://twin@127.0.0.1"
    monkeypatch.setenv("TWIN_DIR", url)
    code, told = run_json(capfd, "init", "--name", "深圳")
    assert (code, "--blobs" in told["detail"], "verborgen" in told["detail"]) == (1, True, False)
    code, told = run_json(capfd, "init", "--name", "深圳", "--blobs", str(tmp_path / "blobs"))
    assert (code, told["name"], told["folder"].startswith(shown)) == (0, "深圳", True)
    assert "verborgen" not in json.dumps(told)
    assert run_json(capfd, "init", "--blobs", str(tmp_path / "blobs"))[0] == 1
    with Store.open(url) as store:
        store.put_revision(samples.revision())
    code, told = run_json(capfd, "models", "list")
    assert [model["model"] for model in told["models"]] == ["P001-办公楼"]

    code, told = run_json(capfd, "doctor")
    looked = findings(told)
    assert (code, told["ok"]) == (0, True), told
    assert looked["PostgreSQL"]["found"].startswith("15.")
    assert looked["PostGIS"]["found"].startswith("3.")
    assert looked["rights"]["ok"]
    assert looked["blobs"]["found"] == str(tmp_path / "blobs")
    assert "verborgen" not in json.dumps(told)

    code, told = run_json(capfd, "copy", "--to", str(tmp_path / "back"))
    assert (code, told["rows"]["models"], told["blobs"], told["new_blobs"]) == (0, 1, 6, 6), told
    assert "verborgen" not in json.dumps(told)
    code, told = run_json(capfd, "doctor", "--twin", str(tmp_path / "back"))
    assert (code, told["ok"]) == (0, True)
    assert run_json(capfd, "copy", "--to", str(tmp_path / "back"))[0] == 1


def test_doctor_says_what_is_missing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres_server: Cluster
) -> None:
    bare = postgres_server.fresh("bare", template="template0")
    code, told = run_json(capfd, "doctor", "--twin", bare)
    assert code == 0  # the twin is made by `twin init`, and so is the extension
    assert "CREATE EXTENSION" in findings(told)["PostGIS"]["advice"]
    postgres_server.run("CREATE ROLE weak LOGIN", "postgres")
    weak = bare.replace("twin@", "weak@")
    code, told = run_json(capfd, "doctor", "--twin", weak)
    assert (code, findings(told)["rights"]["ok"], findings(told)["rights"]["advice"]) == (
        1,
        False,
        "Have the owner of the database grant CREATE.",
    )
    code, told = run_json(capfd, "init", "--twin", weak, "--blobs", str(tmp_path))
    assert (code, "CREATE EXTENSION postgis" in told["detail"]) == (1, True), told
    postgres_server.run("DROP EXTENSION IF EXISTS postgis", "bare")
    code, told = run_json(capfd, "doctor", "--twin", bare + "-none")
    assert code == 1
    assert "createdb" in findings(told)["PostgreSQL"]["advice"]


def test_doctor_compares_the_clocks(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres_server: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.fresh()
    run_json(capfd, "init", "--twin", url, "--blobs", str(tmp_path / "blobs"))
    code, told = run_json(capfd, "doctor", "--twin", url)
    assert (code, findings(told)["clock"]["ok"]) == (0, True)
    real = time.time
    monkeypatch.setattr("twin.store.server_facts.time", SimpleNamespace(time=lambda: real() - 40))
    code, told = run_json(capfd, "doctor", "--twin", url)
    clock = findings(told)["clock"]
    assert (code, clock["ok"], clock["found"].startswith("+40")) == (1, False, True), clock
    assert "NTP" in clock["advice"]


def test_a_database_of_something_else_is_left_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres_server: Cluster
) -> None:
    url = postgres_server.fresh()
    name = url.rpartition("/")[2]
    postgres_server.run("CREATE TABLE models (id int)", name)
    code, told = run_json(capfd, "init", "--twin", url, "--blobs", str(tmp_path))
    assert (code, "a database of its own" in told["detail"]) == (1, True), told
    assert postgres_server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == [(2,)]


def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("TWIN_SCHEDULER", f"tcp://127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setattr("web.jobs.executors._CONNECT", 0.5)
        code, told = run_json(capfd, "doctor", "--twin", str(tmp_path / "none"))
    assert code == 1
    assert "No scheduler answers" in findings(told)["Dask"]["advice"]


@pytest.mark.parametrize("given", ["mysql://a/b", "postgresql://host", "postgresql://host:x/y"])
def test_what_names_no_twin_is_told(given: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, told = run_json(capfd, "models", "list", "--twin", given)
    assert (code, "postgresql://user@host/database" in told["detail"]) == (1, True)
