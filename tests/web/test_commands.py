"""The commands beside import: init, get, models, doctor."""

import configparser
import json
from pathlib import Path
from typing import Any

import pytest

from tests.store import samples
from tests.web.test_api import TILE_PATH
from twin.store import Store
from twin.values.sentence import say
from web.cli import doctor, main
from web.settings import SETTINGS, load

ROOT = Path(__file__).resolve().parents[2]


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main.run(arguments)
    captured = capfd.readouterr()
    return code, captured.out, captured.err


def run_json(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, out, _ = run(capfd, *arguments, "--json")
    return code, json.loads(out)


def test_init_makes_a_twin_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "twin")
    given = ("--name", "深圳", "--crs", "EPSG:4547", "--bounds", "113.7,22.4,114.7,22.9")
    code, made = run_json(capfd, "init", "--twin", folder, *given)
    assert (code, made["name"], made["crs"], made["bounds"]) == (0, "深圳", "EPSG:4547", [113.7, 22.4, 114.7, 22.9])
    with Store.open(tmp_path / "twin", create=False) as store:
        assert store.settings().name == "深圳"
    code, out, err = run(capfd, "init", "--twin", folder)
    assert (code, out) == (1, "")
    assert "already" in err
    code, problem = run_json(capfd, "init", "--twin", folder)
    assert code == 1
    assert "already" in problem["detail"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--bounds", "1,2,3"), 2),
        (("--bounds", "114.7,22.4,113.7,22.9"), 2),
        (("--bounds", "113.7,22.9,114.7,22.4"), 2),
        (("--bounds", "nan,22.4,114.7,22.9"), 2),
        (("--bounds", "113.7,22.4,214.7,22.9"), 2),
        (("--crs", "EPSG:999999"), 1),
        (("--name", " "), 1),
    ],
)
def test_init_refuses_and_makes_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], given: tuple[str, ...], code: int
) -> None:
    assert run(capfd, "init", "--twin", str(tmp_path / "twin"), *given)[0] == code
    assert not (tmp_path / "twin").exists()


def test_get_prints_the_body(twin_folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main.run(["get", "/api/projects/P001?lang=en", "--twin", str(twin_folder)]) == 0
    assert json.loads(capfdbinary.readouterr().out)["code"] == "P001"
    assert main.run(["get", TILE_PATH, "--twin", str(twin_folder)]) == 0
    assert capfdbinary.readouterr().out == b"glTF coarse"
    assert main.run(["get", "/api/models/none?lang=en", "--twin", str(twin_folder)]) == 1
    assert json.loads(capfdbinary.readouterr().out)["status"] == 404


def test_get_json_has_status_headers_body(twin_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = ("--twin", str(twin_folder))
    code, found = run_json(capfd, "get", "/api/models/P001-办公楼", *folder)
    assert (code, found["status"], found["body"]["rows"]) == (0, 200, 60)
    assert found["headers"]["ETag"].startswith('"')
    code, found = run_json(capfd, "get", "/nothing/here", *folder)
    assert (code, found["status"], found["body"]["status"]) == (1, 404, 404)
    code, found = run_json(capfd, "get", "/-/metrics", *folder)
    assert found["body"].startswith("# HELP")
    code, found = run_json(capfd, "get", TILE_PATH, *folder)
    assert found["body"] == "Z2xURiBjb2Fyc2U="  # base64 of "glTF coarse"


def test_get_takes_a_day(twin_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = ("--twin", str(twin_folder))
    assert run(capfd, "get", "/api/projects", "--as-of", "2026-06-01", *folder)[0] == 0
    assert run(capfd, "get", "/api/projects?lang=en", "--as-of", "soon", *folder)[0] == 2
    assert run(capfd, "get", "/api/projects?lang=en", "--known-at", "soon", *folder)[0] == 2
    assert run(capfd, "get", "/api/projects?lang=en&as_of=soon", *folder)[0] == 1


def test_models_are_listed_and_removed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = ("--twin", str(tmp_path))
    code, out, _ = run(capfd, "models", "list", *folder)
    assert (code, out) == (0, "There are no models.\n")
    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(stem="b", text="b"))
    code, out, _ = run(capfd, "models", "list", *folder)
    assert [line.split()[0] for line in out.splitlines()] == ["P001-b", "P001-办公楼"]
    code, listed = run_json(capfd, "models", "list", *folder)
    assert [(m["model"], m["revision"]) for m in listed["models"]] == [("P001-b", 1), ("P001-办公楼", 1)]
    code, removed = run_json(capfd, "models", "remove", "P001-b", *folder)
    assert (code, removed) == (0, {"removed": "P001-b"})
    code, _, err = run(capfd, "models", "remove", "P001-b", *folder)
    assert code == 1
    assert "twin models list" in err
    code, listed = run_json(capfd, "models", "list", *folder)
    assert [m["model"] for m in listed["models"]] == ["P001-办公楼"]


def test_doctor_finds_what_is_there_and_what_is_damaged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = ("--twin", str(tmp_path))
    _, found = run_json(capfd, "doctor", *folder)
    by_name = {finding["name"]: finding for finding in found["findings"]}
    assert by_name["sqlalchemy"]["ok"]
    assert "twin init" in by_name[str(tmp_path)]["advice"]
    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision())
    next((tmp_path / "blobs").glob("*/*.gz")).unlink()
    code, found = run_json(capfd, "doctor", *folder)
    assert (code, found["ok"]) == (1, False)
    assert "missing" in found["findings"][-1]["found"]


def test_doctor_says_how_to_get_a_missing_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(doctor.PARTS, "no-such-package", say("nothing"))
    missing = [finding for finding in doctor.findings(tmp_path) if not finding.ok and finding.name != "page"]
    assert [finding.name for finding in missing] == ["no-such-package"]
    assert missing[0].advice is not None
    assert "pip install no-such-package" in missing[0].advice


def test_doctor_knows_every_package_that_the_product_needs() -> None:
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    needed = {line.split()[0] for line in metadata["options"]["install_requires"].strip().splitlines()}
    assert set(doctor.PARTS) == needed


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    found = load({"TWIN_DIR": str(tmp_path), "TWIN_BUSY_SECONDS": "2.5", "TWIN_PAGE": "/page"})
    assert (found.place, found.busy_seconds, found.page) == (tmp_path, 2.5, Path("/page"))
    assert load({}).place == Path("twin-data")
    assert load({"TWIN_DIR": "a"}, place=Path("b")).place == Path("b")
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)
    with pytest.raises(Exception, match="no number"):
        load({"TWIN_BUSY_SECONDS": "long"})


def test_a_placed_model_moves_and_keeps_its_tiles(
    sample_models: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = ("--twin", str(tmp_path / "twin"))
    code, came = run_json(capfd, "import", str(sample_models[0].path), "--project", "P001", *folder)
    assert code == 0, came
    model = came["models"][0]["model"]
    with Store.open(tmp_path / "twin") as store:
        before, blobs = store.model(model), set(store.blobs.names())
    given = ("--lon", "114.2", "--lat", "22.7", "--height", "33", "--override")
    code, moved = run_json(capfd, "models", "place", model, *given, *folder)
    assert code == 0, moved
    west, south, east, north = moved["bounds"]
    assert west - 0.01 < 114.2 < east + 0.01
    assert south - 0.01 < 22.7 < north + 0.01
    assert moved["revision"] == 1
    with Store.open(tmp_path / "twin") as store:
        after = store.model(model)
        assert after.georeference.source == "option"
        assert after.tiles == before.tiles
        assert after.building_sha256 != before.building_sha256
        new = set(store.blobs.names()) - blobs
        assert after.building_sha256 in new
        assert len(new) <= 2  # the tileset documents, nothing else
        assert store.sweep() == 0
    code, problem = run_json(capfd, "models", "place", "P001-none", *given, *folder)
    assert code == 1
    assert "P001-none" in problem["detail"]
