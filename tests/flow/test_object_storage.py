"""The real commands and a real server on a twin whose blobs lie in object storage, behind a network that fails."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests import s3
from tests.serving import serving
from twin.store import Store

if TYPE_CHECKING:
    from sample_data.build import SampleModel

pytest.importorskip("s3fs")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[s3.FaultyProxy]:
    with s3.storage() as storage, s3.faulty_proxy(storage.port) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "cache"))
        storage.bucket("twin")
        yield running


def twin(*arguments: str) -> tuple[int, dict[str, object]]:
    """Run a command; return its exit code and what it says."""
    command = [sys.executable, "-m", "web.cli.main", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200, env=os.environ.copy())
    assert "Traceback" not in done.stderr, done.stderr
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return done.returncode, said


def test_import_serve_and_remove(proxy: s3.FaultyProxy, tmp_path: Path, sample_models: "list[SampleModel]") -> None:
    folder = str(tmp_path / "twin")
    assert twin("init", "--twin", folder, "--blobs", "s3://twin/blobs")[0] == 0
    proxy.at_random(0.15, seed=3, faults=s3.FAULTS[:-1])
    path = str(sample_models[0].path)
    assert twin("import", path, "--project", "P001", "--twin", folder)[0] in (0, 3)
    assert sum(proxy.failed.values()) > 1
    with Store.open(tmp_path / "twin", create=False) as store:
        model = store.models()[0].model
        tiles = [name for name in store.blobs.names() if store.blobs.get_gzip(name)]
        assert not list((tmp_path / "twin").glob("blobs/*"))
    assert tiles
    with serving(tmp_path / "twin", "--no-jobs") as url:
        document = urlopen(f"{url}/3dtiles/{quote(model)}/tileset.json", timeout=60).read()
        assert json.loads(document)["asset"]["version"] == "1.1"
        proxy.fault = lambda _method, _path: "500"
        again = urlopen(f"{url}/3dtiles/{quote(model)}/tileset.json", timeout=60).read()  # from near
        assert again == document
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{url}/-/ready", timeout=60).read()
        assert refused.value.code == 503
        proxy.healthy()
    assert twin("doctor", "--twin", folder)[0] == 0
    assert twin("models", "remove", model, "--twin", folder)[0] == 0
    with Store.open(tmp_path / "twin", create=False) as store:
        assert list(store.blobs.names()) == []


@pytest.mark.long
@pytest.mark.parametrize("times", [2, pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(3000)])])
def test_imports_in_an_outage(
    proxy: s3.FaultyProxy, tmp_path: Path, sample_models: "list[SampleModel]", times: int
) -> None:
    """From some request on nothing works any more: the import says so, and the next one works."""
    chance = random.Random(4)  # noqa: S311
    folder = str(tmp_path / "twin")
    assert twin("init", "--twin", folder, "--blobs", "s3://twin/blobs")[0] == 0
    path = str(sample_models[1].path)
    outcomes = []
    for attempt in range(times):
        starts = len(proxy.asked) + chance.randrange(60)
        kind = chance.choice(["500", "close", "half request", "lost answer"])

        def fault(_method: str, _path: str, starts: int = starts, kind: str = kind) -> str | None:
            return kind if len(proxy.asked) > starts else None

        proxy.fault = fault
        code, said = twin("import", path, "--project", f"P{attempt:03}", "--twin", folder)
        outcomes.append(code)
        proxy.healthy()
        with Store.open(tmp_path / "twin", create=False) as store:
            assert len(store.models(f"P{attempt:03}")) == (code != 1), said
            store.sweep()
            assert store.damage() == []
    assert twin("import", path, "--project", "P999", "--twin", folder)[0] in (0, 3)
    assert twin("doctor", "--twin", folder)[0] == 0
    assert 1 in outcomes
