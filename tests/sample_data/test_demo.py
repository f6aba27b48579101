"""`twin demo`: the sample buildings imported, placed and served."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.house import ROOT

TWIN = str(Path(sys.executable).with_name("twin"))


def demo(folder: Path, *options: str) -> dict[str, Any]:
    """Run `twin demo --no-serve --json`."""
    command = [TWIN, "demo", "--no-serve", "--json", "--twin", str(folder), *options]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "twin"


@pytest.fixture(scope="module")
def first(folder: Path) -> dict[str, Any]:
    return demo(folder)


def test_nothing_is_lost(first: dict[str, Any]) -> None:
    centre, school = first["models"]
    for model, schema, products, drawn in ((centre, "IFC4", 724, 599), (school, "IFC2X3", 1045, 786)):
        ledger = model["ledger"]
        assert (model["schema"], ledger["products"], ledger["drawn"]) == (schema, products, drawn)
        assert ledger["failed"] == 0
        assert len(ledger["items"]) == ledger["empty"] + ledger["skipped"] == products - drawn
        assert {item["ifc_class"] for item in ledger["items"] if item["state"] == "skipped"} == {"IfcOpeningElement"}


def test_they_stand_where_they_should(first: dict[str, Any]) -> None:
    centre, school = (model["georeference"] for model in first["models"])
    assert (centre["source"], centre["crs"]) == ("IfcMapConversion", "EPSG:4547")
    assert (school["source"], school["crs"]) == ("IfcSite", None)
    assert centre["longitude"] == pytest.approx(114.06007798, abs=1e-7)
    assert centre["latitude"] == pytest.approx(22.54046915, abs=1e-7)
    assert centre["true_north_deg"] == pytest.approx(348.0 + 0.023, abs=2e-3)  # 12° from grid north, and convergence
    assert school["true_north_deg"] == pytest.approx(35.0, abs=1e-6)
    for georeference in (centre, school):
        assert georeference["conflicts"] == []
        assert georeference["inside_city"] is True


def test_a_second_run_adds_nothing(first: dict[str, Any], folder: Path) -> None:
    assert [model["unchanged"] for model in first["models"]] == [False, False]
    again = demo(folder)
    assert [model["unchanged"] for model in again["models"]] == [True, True]
    assert [model["revision"] for model in again["models"]] == [1, 1]


def test_it_serves(first: dict[str, Any], folder: Path) -> None:
    command = [TWIN, "demo", "--twin", str(folder), "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=environment) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            with urllib.request.urlopen(told["url"] + "api/projects", timeout=20) as answer:
                projects = json.load(answer)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    named = {feature["id"]: feature["properties"]["name"] for feature in projects["features"]}
    assert named == {"BJ-001": "滨江社区服务中心", "BJ-002": "河东小学教学楼"}
    assert len(first["models"]) == len(projects["features"])


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_s_python_runs(first: dict[str, Any], folder: Path, tmp_path: Path, readme: str) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", (ROOT / readme).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "twin-data").symlink_to(folder)
    shown = f"{code}\nimport json\nprint(json.dumps([layer['id'] for layer in json.loads(deck.to_json())['layers']]))"
    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert {model["model"] for model in first["models"]} <= set(json.loads(done.stdout))
