"""Importing again: unchanged, changed, placed by a sidecar, in a project whose frame somebody else just fixed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ifc_import.text_model import box, model
from twin.errors import JobLost, OutOfStep
from twin.store import Store
from twin.values.georeference import PlacementOptions
from web import ingest, read_file
from web.cli.main import run


def twin(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run a command that succeeds with `--json` and return what it says."""
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.ifc"
    path.write_bytes(model(box(100, "'0box000000000000000001'")))
    return path


def test_the_same_file_adds_nothing(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "twin"
    first, second = (twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder)) for _ in range(2))
    a, b = first["models"][0], second["models"][0]
    assert (a["unchanged"], b["unchanged"]) == (False, True)
    assert (a["ledger"], a["sha256"], a["revision"]) == (b["ledger"], b["sha256"], b["revision"])


def test_a_changed_file_is_the_next_revision(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "twin"
    twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder))
    file.write_bytes(model(box(100, "'0box000000000000000001'"), box(120, "'0box000000000000000002'", at=4.0)))
    said = twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder))["models"][0]
    assert (said["model"], said["revision"], said["ledger"]["drawn"]) == ("P-house", 2, 2)
    with Store.open(folder) as store:
        assert [r.ledger.drawn for r in sorted(store.history("P-house"), key=lambda r: r.revision)] == [1, 2]


def test_a_sidecar_that_comes_later_moves_the_model(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "twin"
    twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder))
    beside = {"longitude": 114.0, "latitude": 22.5, "orthogonal_height": 3.0}
    file.with_name("house.georef.json").write_text(json.dumps(beside), encoding="utf-8")
    said = twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder))["models"][0]
    assert said["georeference"]["source"] == "sidecar"
    assert said["georeference"]["longitude"] == pytest.approx(114.0, abs=1e-9)
    assert said["revision"] == 1


def test_placing_anew_writes_no_tile(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "twin"
    twin(capsys, "import", str(file), "--project", "P", "--twin", str(folder))
    before = {p.name: p.stat().st_mtime_ns for p in (folder / "blobs").rglob("*") if p.is_file()}
    twin(capsys, "models", "place", "P-house", "--lon", "114.1", "--lat", "22.6", "--override", "--twin", str(folder))
    after = {p.name: p.stat().st_mtime_ns for p in (folder / "blobs").rglob("*") if p.is_file()}
    assert before.items() <= after.items()
    assert len(after) - len(before) == 1  # one tileset.json


def test_a_frame_fixed_meanwhile_is_adopted(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two first models of a project at once: the slower one finds the other's frame when it comes to be kept."""
    slower = tmp_path / "slower.ifc"
    slower.write_bytes(file.read_bytes().replace(b"(31,12,0)", b"(31,12,0,100000)"))  # 3 m further north
    real = read_file.with_tiles
    with Store.open(tmp_path / "twin") as store:

        def overtaken(found: Any, advance: Any) -> Any:
            monkeypatch.setattr(read_file, "with_tiles", real)
            ingest.ingest_ifc(lambda: store, file, "P")
            return real(found, advance)

        monkeypatch.setattr(read_file, "with_tiles", overtaken)
        ingest.ingest_ifc(lambda: store, slower, "P")
        sources = {m.stem: m.georeference.source for m in store.models("P")}
        assert sources == {"house": "IfcSite", "slower": "project_frame"}


PLACING = ingest._placing


def moves(monkeypatch: pytest.MonkeyPatch, *meanwhile: Callable[[], object]) -> list[Callable[[], object]]:
    """Have these things done while models are placed, one in each look; return those that are still to be done."""
    left = list(meanwhile)

    def placing(*args: Any) -> Any:
        found = PLACING(*args)
        if left:
            left.pop(0)()
        return found

    monkeypatch.setattr(ingest, "_placing", placing)
    return left


HERE = PlacementOptions(longitude=114.0, latitude=22.5, height=5.0, override=True)


def test_a_model_that_is_imported_while_it_is_placed_keeps_its_own_tiles(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")

        def again() -> None:
            file.write_bytes(model(box(100, "'0box000000000000000001'", at=4.0), box(120, "'0box000000000000000002'")))
            revised = ingest.ingest_ifc(lambda: store, file, "P").model
            assert revised.building_sha256 is not None
            named.append(uris(json.loads(store.blobs.get(revised.building_sha256))))

        named: list[set[str]] = []
        left = moves(monkeypatch, again)
        placed = ingest.place_model(store, "P-house", HERE)
        assert (left, placed.revision, placed.georeference.longitude) == ([], 2, 114.0)
        document = json.loads(store.blobs.get(store.tile("P-house", "tileset.json")))
        assert [uris(document)] == named != [set()]


def test_a_model_that_goes_on_changing_is_not_placed(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")

        def other() -> None:
            seen = store.model("P-house")
            store.replace_placement(seen, seen.georeference, PLACING(store, seen, seen.georeference))

        left = moves(monkeypatch, *[other] * (ingest.MOST_LOOKS + 2))
        with pytest.raises(OutOfStep, match="P-house has changed meanwhile: place it again"):
            ingest.place_model(store, "P-house", HERE)
        assert len(left) == 2
        assert store.model("P-house").georeference.source == "IfcSite"
        del left[1:]
        assert ingest.place_model(store, "P-house", HERE).georeference.longitude == 114.0


def test_a_model_that_has_company_meanwhile_leaves_the_frame_where_it_is(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.ifc"
    other.write_bytes(file.read_bytes())
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        left = moves(monkeypatch, lambda: ingest.ingest_ifc(lambda: store, other, "P"))
        ingest.place_model(store, "P-house", HERE)
        frame = store.project_frame("P")
        assert left == []
        assert frame is not None
        assert frame.longitude == store.model("P-other").georeference.longitude != 114.0
        assert store.model("P-house").georeference.longitude == 114.0


def test_options_of_a_known_file_are_not_given_to_the_file_that_came_meanwhile(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        newer = tmp_path / "newer" / file.name
        newer.parent.mkdir()
        newer.write_bytes(file.read_bytes() + b"\n")
        moves(monkeypatch, lambda: ingest.ingest_ifc(lambda: store, newer, "P"))
        with pytest.raises(OutOfStep, match="P-house has changed meanwhile"):
            ingest.ingest_ifc(lambda: store, file, "P", options=HERE)
        now = store.model("P-house")
        assert (now.revision, now.georeference.source) == (2, "IfcSite")


@pytest.mark.parametrize("beside", [False, True])
def test_a_job_that_is_somebody_elses_moves_no_known_file(tmp_path: Path, file: Path, beside: bool) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        if beside:
            stated = {"longitude": 114.0, "latitude": 22.5, "orthogonal_height": 3.0}
            file.with_name("house.georef.json").write_text(json.dumps(stated), encoding="utf-8")
        store.work_for("nojob", "nobody")
        with pytest.raises(JobLost):
            ingest.ingest_ifc(lambda: store, file, "P", options=None if beside else HERE)
        assert store.model("P-house").georeference.source == "IfcSite"


def uris(document: Any) -> set[str]:
    """Return the name of every tile that a tileset document, or a part of it, speaks of."""
    if isinstance(document, list):
        return set().union(*map(uris, document))
    if not isinstance(document, dict):
        return set()
    own = {document["uri"].rpartition("/")[2]} if "uri" in document else set()
    return own.union(*map(uris, document.values()))


def test_the_only_model_of_a_project_takes_its_frame_along(tmp_path: Path, file: Path) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        file.write_bytes(file.read_bytes().replace(b"(31,12,0)", b"(31,13,0)"))
        moved = ingest.ingest_ifc(lambda: store, file, "P").model
        frame = store.project_frame("P")
        assert frame is not None
        assert frame.latitude == moved.georeference.latitude == pytest.approx(31 + 13 / 60)


def test_a_revision_keeps_the_place_and_the_discipline_that_were_given(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ("import", str(file), "--project", "P", "--twin", str(tmp_path / "twin"))
    given = ("--lon", "114", "--lat", "22.5", "--height", "5", "--override", "--discipline", "建筑")
    first = twin(capsys, *base, *given)["models"][0]
    file.write_bytes(file.read_bytes() + b"\n")
    second = twin(capsys, *base)["models"][0]
    assert (second["revision"], second["discipline"]) == (2, "建筑")
    for key in ("source", "longitude", "latitude", "orthogonal_height"):
        assert second["georeference"][key] == first["georeference"][key]
    assert any("kept" in notice for notice in second["georeference"]["notices"])


def test_a_revision_that_stands_elsewhere_says_how_far(tmp_path: Path, file: Path) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        file.write_bytes(file.read_bytes().replace(b"(31,12,0)", b"(31,12,1)"))
        moved = ingest.ingest_ifc(lambda: store, file, "P").model
    assert any("stood 30.8 m from here" in notice for notice in moved.georeference.notices)


def test_lost_tiles_come_back_with_the_same_file(tmp_path: Path, file: Path) -> None:
    with Store.open(tmp_path / "twin") as store:
        ingest.ingest_ifc(lambda: store, file, "P")
        for blob in (tmp_path / "twin" / "blobs").rglob("*"):
            if blob.is_file():
                blob.unlink()
        assert not store.is_whole("P-house")
        again = ingest.ingest_ifc(lambda: store, file, "P").model
        assert again.revision == 1
        assert store.is_whole("P-house")
        assert store.damage() == []


TASKS = {
    "IFC4": "#{0}=IFCTASK('0task0000000000000{0}',$,'Dig',$,$,'1',$,$,$,.F.,$,#9{0},$);\n"
    "#9{0}=IFCTASKTIME($,$,$,.WORKTIME.,'P5D','2026-03-02T08:00:00','2026-03-06T17:00:00',"
    "$,$,$,$,$,$,$,$,$,$,$,$,$);",
    "undated": "#{0}=IFCTASK('0task0000000000000{0}',$,'Dig',$,$,'1',$,$,$,.F.,$,$,$);",
}


@pytest.mark.parametrize(("kind", "count"), [("IFC4", 2), ("undated", 0)])
def test_tasks_of_a_model_are_told(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str], kind: str, count: int
) -> None:
    file = file.rename(tmp_path / "my house.ifc")
    records = "\n".join(TASKS[kind].format(number) for number in (7001, 7002))
    file.write_bytes(file.read_bytes().replace(b"DATA;", f"DATA;\n{records}".encode(), 1))
    where = ("--project", "P", "--twin", str(tmp_path / "twin"))
    assert twin(capsys, "import", str(file), *where)["models"][0]["tasks"] == count
    assert twin(capsys, "import", str(file), *where)["models"][0]["tasks"] == count  # known already
    assert run(["import", str(file), *where]) == 0
    told = capsys.readouterr().out
    command = f"twin schedule load '{file}' --project P"
    assert (f"The model holds 2 tasks: `{command}` loads them as its schedule." in told) == (count == 2)
    if count:
        loaded = twin(capsys, "schedule", "load", str(file), *where)
        assert loaded["schedule"]["tasks"] == count


def test_a_model_without_tasks_says_nothing_of_them(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(file), "--project", "P", "--twin", str(tmp_path / "twin")]) == 0
    assert "tasks" not in capsys.readouterr().out
