"""`twin layers` as a user types it: what is added, told, refused; nothing is ever half-added."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.gis_layers.made import HOUSES, frame, write
from tests.gis_layers.test_osm import written
from twin.store import Store
from web.cli import guard, layers, main


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return tmp_path / "twin"


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main.run(arguments)
    captured = capfd.readouterr()
    return code, captured.out, captured.err


def run_json(capfd: pytest.CaptureFixture[str], twin: Path, *arguments: str) -> tuple[int, Any]:
    code, out, _ = run(capfd, *arguments, "--twin", str(twin), "--json")
    return code, json.loads(out)


def test_add_list_remove(tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "city.gpkg", frame())
    code, answer = run_json(capfd, twin, "layers", "add", "建筑", str(path), "--kind", "buildings")
    assert code == 0
    assert (answer["group"], answer["lost"]) == ("建筑", 0)
    assert answer["seconds"] > 0
    (layer,) = answer["layers"]
    wanted = {
        *("name", "kind", "features", "geometry_types", "bounds", "crs", "datum", "encoding", "height_rule", "notices"),
        *("lost", "version", "minzoom", "maxzoom", "baked", "bytes"),
    }
    assert wanted <= set(layer)
    assert (layer["name"], layer["kind"], layer["features"], layer["crs"]) == ("建筑", "buildings", 5, "EPSG:4490")
    assert layer["bounds"] == pytest.approx(shapely.total_bounds(HOUSES).tolist())
    code, listed = run_json(capfd, twin, "layers", "list")
    assert (code, listed["layers"]) == (0, [layer])
    code, removed = run_json(capfd, twin, "layers", "remove", "建筑")
    assert (code, removed) == (0, {"removed": ["建筑"]})
    assert run_json(capfd, twin, "layers", "list") == (0, {"layers": []})
    code, problem = run_json(capfd, twin, "layers", "remove", "建筑")
    assert (code, problem["title"]) == (1, "NotFound")


def test_in_words(
    tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "city.gpkg", frame())
    code, out, _ = run(capfd, "layers", "add", "houses", str(path), "--twin", str(twin))
    assert code == 0
    assert out.startswith("houses  buildings, 5 features from city.gpkg, EPSG:4490 (cgcs2000)")
    assert "Heights of 5 buildings" in out
    assert "Note: CGCS2000" in out
    code, out, _ = run(capfd, "layers", "list", "--twin", str(twin))
    assert out.startswith("houses  buildings, 5 features")
    assert run(capfd, "layers", "remove", "houses", "--twin", str(twin))[1] == "The layer houses is removed.\n"
    assert run(capfd, "layers", "list", "--twin", str(twin))[1] == "There are no layers.\n"


def test_what_is_lost_makes_the_exit_code_3(tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.gpkg", frame(geometry=[*HOUSES[:4], None]))
    code, out, _ = run(capfd, "layers", "add", "a", str(path), "--twin", str(twin))
    assert code == 3
    assert "1 features were lost." in out
    assert "1 features have no geometry and were left out." in out


def test_an_openstreetmap_file_is_one_group(tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.osm")
    code, answer = run_json(capfd, twin, "layers", "add", "osm", str(path))
    assert code == 0
    names = {layer["name"] for layer in answer["layers"]}
    assert {"osm-buildings", "osm-roads", "osm-other"} <= names
    code, removed = run_json(capfd, twin, "layers", "remove", "osm")
    assert set(removed["removed"]) == names


def test_adding_again_replaces(tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.gpkg", frame())
    _, first = run_json(capfd, twin, "layers", "add", "a", str(path))
    write(path, frame({"name": ["x"]}, HOUSES[:1]))
    _, second = run_json(capfd, twin, "layers", "add", "a", str(path), "--kind", "parcels")
    assert first["layers"][0]["version"] != second["layers"][0]["version"]
    with Store.open(twin) as store:
        assert [(layer.name, layer.features, layer.kind) for layer in store.layers()] == [("a", 1, "parcels")]


REFUSED: list[tuple[str, tuple[str, ...], str]] = [
    ("bare.shp", (), "type --crs"),
    ("bare.shp", ("--crs", "EPSG:999999"), "not known"),
    ("bare.shp", ("--crs", "EPSG:4548"), "are degrees"),
    ("none.geojson", (), "has no features"),
    ("long.geojson", (), "Feature 2 of long.geojson has a text of more than 100,000 characters in note"),
    ("missing.gpkg", (), "There is no file"),
    ("link.vrt", (), "names other sources"),
    ("cut.gpkg", (), "cut off"),
]


@pytest.mark.parametrize(("file", "stated", "words"), REFUSED)
@pytest.mark.parametrize("replaced", [False, True])
def test_what_is_refused_changes_nothing(
    tmp_path: Path,
    twin: Path,
    capfd: pytest.CaptureFixture[str],
    file: str,
    stated: tuple[str, ...],
    words: str,
    replaced: bool,
) -> None:
    write(tmp_path / "bare.shp", frame(crs=None))
    (tmp_path / "none.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    write(tmp_path / "long.geojson", frame({"note": ["a", "x" * 100_001]}, HOUSES[:2]))
    (tmp_path / "link.vrt").write_text("<OGRVRTDataSource></OGRVRTDataSource>")
    good = write(tmp_path / "good.gpkg", frame())
    (tmp_path / "cut.gpkg").write_bytes(good.read_bytes()[:60_000])
    before: Any = None
    if replaced:
        run_json(capfd, twin, "layers", "add", "a", str(good))
        before = run_json(capfd, twin, "layers", "list")
    code, problem = run_json(capfd, twin, "layers", "add", "a", str(tmp_path / file), *stated)
    assert code == 1
    assert words in problem["detail"]
    assert "\n" not in problem["detail"]
    if replaced:
        assert run_json(capfd, twin, "layers", "list") == before
    else:
        assert not twin.exists()


@pytest.mark.parametrize("name", ["../evil", "<b>", "projects", "a b"])
def test_names_that_are_refused(twin: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    code, problem = run_json(capfd, twin, "layers", "add", name, "nowhere.gpkg")
    assert (code, problem["title"]) == (1, "InvalidInput")
    assert "name" in problem["detail"]
    assert not twin.exists()


@pytest.mark.parametrize("stated", [("--kind", "bridge"), ("--datum", "bd09")])
def test_wrong_usage(twin: Path, capfd: pytest.CaptureFixture[str], stated: tuple[str, str]) -> None:
    code, problem = run_json(capfd, twin, "layers", "add", "a", "b.gpkg", *stated)
    assert (code, problem["title"]) == (2, "WrongUsage")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes of this kind")
def test_a_crash_or_a_thirst_for_memory_ends_in_a_sentence(
    tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gis_layers import reader

    path = write(tmp_path / "a.gpkg", frame())
    monkeypatch.setattr(guard, "may_fork", lambda: True)

    def crash(*_: Any, **__: Any) -> Any:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)  # pytest's handler would print what it knows
        os.kill(os.getpid(), signal.SIGSEGV)

    def eat(*_: Any, **__: Any) -> Any:
        return [bytearray(10**9) for _ in range(100)]

    def stumble(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("nobody expected this")

    for fault, words in ((crash, "crash (SIGSEGV)"), (eat, "more memory"), (stumble, "nobody expected this")):
        if fault is eat and sys.platform != "linux":
            continue
        monkeypatch.setenv("TWIN_LAYER_MEMORY_MB", "3000")
        monkeypatch.setattr(reader, "read_layers", fault)
        code, problem = run_json(capfd, twin, "layers", "add", "a", str(path))
        assert code == 1
        assert words in problem["detail"]
        assert not twin.exists()
    monkeypatch.undo()


def test_the_limit_of_memory_is_no_limit_of_the_parent() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    child = os.fork() if guard.may_fork() else 0
    if child == 0 and guard.may_fork():
        layers.limit_memory()
        os._exit(resource.getrlimit(resource.RLIMIT_DATA)[0] != layers.MEMORY_MEGABYTES * 2**20)
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_what_an_addition_removes_is_told(tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.osm")
    code, first = run_json(capfd, twin, "layers", "add", "osm", str(path), "--kind", "buildings")
    assert (code, first["removed"]) == (0, [])
    assert run_json(capfd, twin, "layers", "add", "osm", str(path), "--kind", "buildings")[1]["removed"] == []
    assert run_json(capfd, twin, "layers", "add", "osm", str(path), "--kind", "roads")[1]["removed"] == [
        "osm-buildings"
    ]
    before = [layer["name"] for layer in run_json(capfd, twin, "layers", "add", "osm", str(path))[1]["layers"]]
    house = write(tmp_path / "a.geojson", frame())
    out = run(capfd, "layers", "add", "osm", str(house), "--twin", str(twin))[1]
    assert f"Removed, as they were added under osm before: {', '.join(sorted(before))}." in out
    assert "Removed" not in run(capfd, "layers", "add", "osm", str(house), "--twin", str(twin))[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes of this kind")
@pytest.mark.parametrize("fault", ["killed", "hung"])
def test_a_child_that_is_ended_leaves_no_files(
    tmp_path: Path, twin: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    import tempfile
    import time

    from gis_layers import reader

    path, crowded = write(tmp_path / "a.gpkg", frame()), tmp_path / "temporary"
    crowded.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(crowded))
    monkeypatch.setattr(guard, "may_fork", lambda: True)
    monkeypatch.setattr(guard, "patience", lambda _: 0.5)

    def end(*_: Any, **__: Any) -> Any:
        Path(tempfile.mkdtemp(), "unpacked").write_bytes(b"much")
        os.write(marks, b"x")
        if fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

    monkeypatch.setattr(reader, "read_layers", end)
    reading, marks = os.pipe()
    code, problem = run_json(capfd, twin, "layers", "add", "a", str(path))
    assert os.read(reading, 1) == b"x"
    assert code == 1
    assert ("SIGKILL" if fault == "killed" else "given up") in problem["detail"]
    assert list(crowded.iterdir()) == []
