"""`twin demo`: the sample city built, imported, placed and served."""

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

from sample_data.sites import SITES
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


# model: source of its place, schema, feature rows at least
MODELS = {
    "BJ-001-滨江社区服务中心": ("IfcMapConversion", "IFC4", 590),
    "BJ-002-河东小学教学楼": ("IfcSite", "IFC2X3", 780),
    "BJ-003-市第三人民医院_建筑": ("IfcMapConversion", "IFC4", 1400),
    "BJ-003-市第三人民医院_结构": ("project_frame", "IFC4", 1000),
    "BJ-003-市第三人民医院_机电": ("project_frame", "IFC4", 1500),
    "BJ-004-江湾高架桥": ("IfcRigidOperation", "IFC4X3_ADD2", 400),
    "BJ-005-地铁2号线人民广场站": ("ePset_MapConversion", "IFC2X3", 500),
    "BJ-006-河东水厂": ("sidecar", "IFC4", 450),
    "BJ-007-江湾安居小区": ("IfcMapConversion", "IFC4", 1300),
}
WRONG = "BJ-007-江湾安居小区"


def test_nothing_is_lost(first: dict[str, Any]) -> None:
    assert [model["model"] for model in first["models"]] == list(MODELS)
    for model in first["models"]:
        ledger, (_, schema, drawn) = model["ledger"], MODELS[model["model"]]
        assert (model["schema"], ledger["failed"]) == (schema, 0)
        assert ledger["drawn"] >= drawn
        assert len(ledger["items"]) == ledger["empty"] + ledger["skipped"] == ledger["products"] - ledger["drawn"]
        assert {item["ifc_class"] for item in ledger["items"] if item["state"] == "skipped"} <= {"IfcOpeningElement"}


def test_each_is_placed_in_its_own_way_and_the_wrong_one_is_found(first: dict[str, Any]) -> None:
    for model in first["models"]:
        placed = model["georeference"]
        assert placed["source"] == MODELS[model["model"]][0], model["model"]
        assert placed["inside_city"] is (model["model"] != WRONG), model["model"]
        assert bool(placed["conflicts"]) is (model["model"] == WRONG), (model["model"], placed["conflicts"])
    crs = {model["model"]: model["georeference"]["crs"] for model in first["models"]}
    assert crs["BJ-001-滨江社区服务中心"] == "EPSG:4547"
    assert crs["BJ-003-市第三人民医院_建筑"] == "EPSG:4526"
    assert crs["BJ-002-河东小学教学楼"] is None


def test_two_stand_where_they_should(first: dict[str, Any]) -> None:
    centre, school = (model["georeference"] for model in first["models"][:2])
    assert centre["longitude"] == pytest.approx(114.06007798, abs=1e-7)
    assert centre["latitude"] == pytest.approx(22.54046915, abs=1e-7)
    assert centre["true_north_deg"] == pytest.approx(348.0 + 0.023, abs=2e-3)  # 12° from grid north, and convergence
    assert school["true_north_deg"] == pytest.approx(35.0, abs=1e-6)


def test_the_city_has_its_layers(first: dict[str, Any]) -> None:
    layers = {layer["name"]: layer for layer in first["layers"]}
    assert {layer["kind"] for layer in layers.values()} == {
        *("districts", "parcels", "land_use", "water", "green", "roads", "rail", "utilities", "buildings", "other"),
    }
    assert layers["districts"]["features"] == 8
    assert layers["buildings"]["features"] >= 25_000
    assert layers["buildings"]["baked"]
    for layer in layers.values():
        assert (layer["crs"], layer["datum"], layer["lost"]) == ("EPSG:4547", "cgcs2000", 0)
        west, south, east, north = layer["bounds"]
        assert 113.9 < west < east < 114.3
        assert 22.4 < south < north < 22.7


def test_models_stand_for_their_plain_buildings(first: dict[str, Any], folder: Path) -> None:
    done = subprocess.run([TWIN, "get", "/api/replaced", "--twin", str(folder)], capture_output=True, check=True)
    hidden = json.loads(done.stdout)["layers"]["buildings"]["by"]
    projects = {model.rpartition("-")[0] for model in hidden.values()}
    assert {"BJ-001", "BJ-002", "BJ-003"} <= projects
    assert "BJ-005" not in projects  # a station under ground hides nothing
    assert len(hidden) < 10
    assert len(first["models"]) == len(MODELS)


def test_a_second_run_adds_nothing(first: dict[str, Any], folder: Path) -> None:
    assert {model["unchanged"] for model in first["models"]} == {False}
    again = demo(folder)
    # a sidecar may have changed, so a model that has one is placed again
    assert {model["unchanged"] for model in again["models"]} == {True}
    assert {model["revision"] for model in again["models"]} == {1}
    assert [layer["version"] for layer in again["layers"]] == [layer["version"] for layer in first["layers"]]


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
    assert {site.code: named.get(site.code) for site in SITES} == {site.code: site.name for site in SITES}
    assert len(first["models"]) == 9


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_s_python_runs(first: dict[str, Any], folder: Path, tmp_path: Path, readme: str) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", (ROOT / readme).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "twin-data").symlink_to(folder)
    shown = f"{code}\nimport json\nprint(json.dumps([layer['id'] for layer in json.loads(deck.to_json())['layers']]))"
    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert {"projects", "blocks"} <= set(json.loads(done.stdout))  # without a server there are no tiles to draw


def asked(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a command that answers in JSON."""
    done = subprocess.run(
        [TWIN, *arguments, "--json", "--twin", str(folder)], capture_output=True, encoding="utf-8", check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_project_has_a_light_on_every_day(first: dict[str, Any], folder: Path) -> None:
    assert all(fact["problems"] == [] and fact["kept"] > 0 for fact in first["facts"])
    now = asked(folder, "lights")
    assert now["as_of"] == "2026-06-30"  # the day that the sample city stores
    assert min(now["counts"].values()) >= 2
    codes = {project["code"] for project in now["projects"]}
    assert len(codes) >= 24
    assert {site.code for site in SITES} <= codes
    for day in ("2024-07-01", "2025-09-30", "2027-06-30"):
        assert {project["code"] for project in asked(folder, "lights", "--as-of", day)["projects"]} == codes
    for project in now["projects"]:
        assert any(item["decisive"] for item in project["evidence"])
        if project["light"] in ("red", "yellow"):
            assert any(item["report"] for item in project["evidence"] if item["decisive"])


def test_most_elements_are_tied_to_tasks(first: dict[str, Any], folder: Path) -> None:
    for code in ("BJ-001", "BJ-002", "BJ-003", "BJ-004", "BJ-005", "BJ-006", "BJ-007"):
        found = asked(folder, "schedule", "coverage", "--project", code)
        assert found["linked_elements"] >= 0.85 * found["elements"] > 0, code
        assert found["strangers"] == []


def test_the_facts_are_loaded_once(first: dict[str, Any], folder: Path) -> None:
    before = asked(folder, "lights")
    assert demo(folder)["facts"] == []
    after = asked(folder, "lights")
    assert {**after, "known_at": None} == {**before, "known_at": None}
