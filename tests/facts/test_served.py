"""Facts over HTTP: a new report shows at once and touches no tile; states are a byte an element; legends say what."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from flask.testing import FlaskClient

from sample_data.build import BUILDINGS, SampleModel
from tests.facts.files import PROGRESS_HEADER, REGISTER, SCHEDULE, write
from twin.judgement.states import COLUMNS
from twin.store import Store
from web.app import create_app
from web.ingest import ingest_ifc
from web.ingest_facts import Stated, load_links, load_progress, load_register, load_schedule
from web.settings import load

assert BUILDINGS
RULES = """
[[rule]]
task = "month 1"
class = ["IfcSlab", "IfcFooting"]

[[rule]]
task = "T2"
class = ["IfcWall", "IfcWallStandardCase", "IfcColumn"]

[[rule]]
task = "month 6"
"""


class Served:
    """A twin folder with a model, facts, and its app."""

    def __init__(self, folder: Path, sample: SampleModel) -> None:
        self.folder = folder
        self.store = Store.open(folder / "twin")
        load_register(lambda: self.store, Path(write(folder, "r.csv", REGISTER)), Stated(recorded_at="2026-01-01"))
        ingest_ifc(lambda: self.store, sample.path, "P1", discipline=sample.discipline)
        stated = Stated(recorded_at="2026-01-01")
        load_schedule(lambda: self.store, Path(write(folder, "s.csv", SCHEDULE)), "P1", stated)
        load_links(lambda: self.store, Path(write(folder, "l.toml", RULES)), "P1", stated)
        self.app = create_app(load({}, place=folder / "twin"))
        self.client: FlaskClient = self.app.test_client()
        (self.model,) = self.store.models("P1")

    def report(self, name: str, rows: str, recorded: str) -> None:
        path = Path(write(self.folder, name, PROGRESS_HEADER.replace("统计日期", "任务编号,统计日期") + rows))
        load_progress(lambda: self.store, path, Stated(recorded_at=recorded))

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.data)

    def states(self, by: str, day: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        answer = self.client.get(f"/api/models/{self.model.model}/states?as_of={day}&by={by}")
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Link"].startswith(f"</api/legends/{by}>")
        return np.frombuffer(answer.data, np.uint8)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, sample_models: list[SampleModel]) -> Iterator[Served]:
    found = Served(tmp_path_factory.mktemp("served"), sample_models[0])
    found.report("1.csv", "P1,T1,2026-02-28,100,100,2026-03-02\nP1,T2,2026-02-28,50,40,2026-03-02\n", "2026-03-02")
    yield found
    found.app.extensions["twin.store"].close()
    found.store.close()


def files_of(served: Served) -> dict[str, str]:
    """Return every blob and the tiles of the model as they are served: name → hash."""
    found = {
        path.relative_to(served.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((served.folder / "twin" / "blobs").rglob("*"))
        if path.is_file()
    }
    tileset = served.client.get(f"/3dtiles/{served.model.model}/tileset.json")
    return {**found, "tileset": tileset.headers["ETag"]}


def test_a_new_report_touches_no_tile_and_shows_at_once(served: Served) -> None:
    before = files_of(served)
    url = "/api/projects?as_of=2026-03-31"
    first = served.client.get(url)
    tile = served.client.get("/tiles/projects/0/0/0.mvt")
    served.report("2.csv", "P1,T3,2026-03-31,90,30,2026-04-02\n", "2026-04-02")
    after = files_of(served)
    assert {name: after[name] for name in before} == before
    grown = set(after) - set(before)
    assert len(grown) == 1  # the report itself is kept
    second = served.client.get(url)
    assert second.headers["ETag"] != first.headers["ETag"]
    progress = {f["id"]: f["properties"]["progress"] for f in json.loads(second.data)["features"]}
    assert progress["P1"] == pytest.approx((1 + 0.5 + 0.9) / 6)
    assert served.client.get("/tiles/projects/0/0/0.mvt").headers["ETag"] != tile.headers["ETag"]
    known = served.get(f"{url}&known_at=2026-03-05")["features"]
    assert {f["id"]: f["properties"]["progress"] for f in known}["P1"] == pytest.approx(1.5 / 6)


def test_a_byte_an_element(served: Served) -> None:
    columns = served.store.element_columns(served.model.model)
    for by in COLUMNS:
        found = served.states(by, "2026-02-28")
        assert len(found) == served.model.rows == len(columns.global_id)
        entries = {entry["index"] for entry in served.get(f"/api/legends/{by}")["entries"]}
        assert set(found.tolist()) <= entries


def test_states_follow_the_tasks_and_the_day(served: Served) -> None:
    """Slabs are of month 1 (done), walls of month 2 (half done), all else of month 6 (not due)."""
    columns = served.store.element_columns(served.model.model)
    classes = np.array(columns.classes)[list(columns.ifc_class)]
    keys = {entry["index"]: entry.get("key", "") for entry in served.get("/api/legends/state?lang=en")["entries"]}
    february = np.array([keys[index] for index in served.states("state", "2026-02-28").tolist()])
    slabs, walls = np.isin(classes, ["IfcSlab", "IfcFooting"]), np.char.startswith(classes.astype(str), "IfcWall")
    rest = np.isin(classes, ["IfcDoor", "IfcWindow"])
    assert slabs.any()
    assert walls.any()
    assert rest.any()
    assert set(february[slabs]) == {"done"}
    assert set(february[walls]) == {"late"}  # planned to be whole by then
    assert set(february[rest]) == {"not_started"}
    assert not served.states("state", "2026-01-15").any()  # nothing was reported by then
    lights = served.states("light", "2026-02-28")
    assert len(set(lights.tolist())) == 1


def test_an_element_names_its_tasks(served: Served) -> None:
    columns = served.store.element_columns(served.model.model)
    row = columns.ifc_class.index(columns.classes.index("IfcWall")) if "IfcWall" in columns.classes else 0
    element = served.get(f"/api/projects/P1/elements/{columns.global_id[row]}?as_of=2026-02-28&lang=en")
    (task,) = element["tasks"]
    assert (task["id"], task["completion"], task["planned"]) == ("T2", 0.5, 1.0)
    assert (task["baseline_start"], task["baseline_finish"]) == ("2026-02-01", "2026-02-28")
    assert element["condition"]["key"] == "late"
    assert element["completion"] == 0.5
    assert element["resources"]["funds"]["used"] is not None


def test_an_element_tells_what_was_reported_of_its_tasks(served: Served) -> None:
    columns = served.store.element_columns(served.model.model)
    row = columns.ifc_class.index(columns.classes.index("IfcWall")) if "IfcWall" in columns.classes else 0
    address = f"/api/projects/P1/elements/{columns.global_id[row]}"
    element = served.get(f"{address}?as_of=2026-02-28&lang=en")
    known = [fact for fact in served.store.known()["P1"].progress if fact.task == "T2"]
    told = [(fact["fact_date"], fact["completion"], fact["task"]) for fact in element["history"]]
    assert told == [(fact.fact_date.isoformat(), fact.completion, "T2") for fact in known]
    assert told
    assert element["history"][0]["report"]["row"] == known[0].row
    assert element["history_left_off"] == 0
    assert served.get(f"{address}?as_of=2026-01-01&lang=en")["history"] == []


def test_a_project_shows_its_curve(served: Served) -> None:
    found = served.get("/api/projects/P1?as_of=2026-02-28&lang=en")
    curve = dict(zip(found["curve"]["days"], found["curve"]["planned"], strict=True))
    assert curve["2026-06-30"] == pytest.approx(6e6)
    assert curve["2026-03-31"] == pytest.approx(3e6)
    earned = dict(zip(found["curve"]["days"], found["curve"]["earned"], strict=True))
    assert earned["2026-02-28"] == pytest.approx(1.5e6)
    assert earned["2026-05-31"] is None
    assert found["pv"] == pytest.approx(2e6)
    assert found["schedules"][0]["file"] == "s.csv"
    tasks = served.get("/api/projects/P1/tasks?as_of=2026-02-28")
    assert tasks["id"] == [f"T{m}" for m in range(1, 7)]
    assert tasks["planned"][:3] == [1.0, 1.0, 0.0]


def test_elements_go_on_at_the_project_s_pace(served: Served) -> None:
    """After 59 days 45 days' work is done; after 90 days 68.6: month 2 is over by then, month 3 has begun."""
    columns = served.store.element_columns(served.model.model)
    classes = np.array(columns.classes)[list(columns.ifc_class)]
    walls = np.char.startswith(classes.astype(str), "IfcWall")
    keys = {entry["index"]: entry.get("key", "") for entry in served.get("/api/legends/state?lang=en")["entries"]}
    wall = columns.global_id[int(np.flatnonzero(walls)[0])]
    served.store.set_as_of(date(2026, 2, 28))
    try:
        now, then = (served.states("state", f"{day}&forecast=1") for day in ("2026-02-28", "2026-03-31"))
        assert {keys[index] for index in now[walls].tolist()} == {"late"}
        assert {keys[index] for index in then[walls].tolist()} == {"done"}
        element = served.get(f"/api/projects/P1/elements/{wall}?as_of=2026-03-10&forecast=1")
        assert element["completion"] == pytest.approx((45 + 10 * 45 / 59 - 31) / 28, abs=1e-4)
    finally:
        served.store.set_as_of(None)


def test_projects_are_vector_tiles_with_their_light(served: Served) -> None:
    served.store.set_as_of(date(2026, 2, 28))
    try:
        address = "/tiles/projects/10/836/446.mvt"  # 113.906 to 114.258 E, 22.269 to 22.594 N
        answer = served.client.get(address, headers={"Accept-Encoding": "identity"})
        layer = mapbox_vector_tile.decode(answer.data)["projects"]
        lights = {f["properties"]["code"]: f["properties"]["light"] for f in layer["features"]}
        listed = {f["id"]: f["properties"]["light"] for f in served.get("/api/projects")["features"]}
        assert lights == listed
        assert set(lights) == {"P1", "P2"}
    finally:
        served.store.set_as_of(None)


@pytest.mark.parametrize(
    "path",
    [
        "/api/projects?as_of=2026-13-01",
        "/api/projects?as_of=9999-12-31&rules=yinchuan-2025",
        "/api/projects?as_of=0001-01-01",
        "/api/projects?known_at=never",
        "/api/projects?rules=/etc/passwd",
        "/api/projects?rules=",
        "/api/legends/colour",
        "/api/scenes/city?by=colour",
    ],
)
def test_a_wrong_question_is_a_sentence(served: Served, path: str) -> None:
    answer = served.client.get(path)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_a_project_of_later_is_not_known_earlier(served: Served) -> None:
    assert served.client.get("/api/projects/P2?known_at=2025-12-31").status_code == 404
    assert served.client.get("/api/projects/P2").status_code == 200
    assert served.get("/api/projects?known_at=2025-12-31")["features"] == []  # nor was any model there


def test_a_project_that_breaks_the_program_hides_no_other(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.judgement import progress

    plain = progress.status_at

    def broken(known: Any, *arguments: Any) -> Any:
        if known.entry.code == "P1":
            raise OverflowError("date value out of range")
        return plain(known, *arguments)

    monkeypatch.setattr(progress, "status_at", broken)
    lights = {f["id"]: f["properties"]["light"] for f in served.get("/api/projects?as_of=2026-04-11")["features"]}
    assert lights["P1"] == "grey"
    assert (
        lights["P2"]
        == {f["id"]: f for f in served.get("/api/projects?as_of=2026-04-11")["features"]}["P2"]["properties"]["light"]
    )
    (reason,) = served.get("/api/projects/P1?as_of=2026-04-11&lang=en")["evidence"]
    assert "date value out of range" in reason["clause"]


def test_all_times_are_utc(served: Served) -> None:
    found = served.get("/api/projects/P1?as_of=2026-02-28&known_at=2026-03-02T08:00:00%2B08:00")
    assert found["known_at"] == "2026-03-02T00:00:00Z"
    assert datetime.fromisoformat(found["report"]["recorded_at"]) == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_model_that_is_removed_and_imported_anew_has_its_own_states(
    tmp_path: Path, sample_models: list[SampleModel]
) -> None:
    """The new file has the old one's name and revision number, and other elements."""
    found = Served(tmp_path, sample_models[0])
    found.report("1.csv", "P1,T1,2026-02-28,100,100,2026-03-02\n", "2026-03-02")
    assert len(found.states("state", "2026-02-28")) == found.model.rows
    found.store.remove_model(found.model.model)
    again = tmp_path / sample_models[0].path.name
    again.write_bytes(sample_models[1].path.read_bytes())
    new = ingest_ifc(lambda: found.store, again, "P1").model
    assert (new.model, new.revision) == (found.model.model, 1)
    assert new.rows != found.model.rows
    found.model = new
    assert len(found.states("state", "2026-02-28")) == new.rows
    found.app.extensions["twin.store"].close()
    found.store.close()
