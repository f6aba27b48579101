"""`/api/search`, systems of models, the history of elements: over HTTP, against what lies in the twin."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ifcopenshell
import pyarrow as pa
import pytest
import shapely
from flask.testing import FlaskClient

from sample_data.build import MODELS, build_models
from tests import layers
from tests.store import samples
from tests.web.conftest import settings_of
from twin.judgement.history import by_task, history
from twin.store import NewLoad, Store
from twin.values.georeference import PlacementOptions
from twin.values.ifc_classes import chinese_names
from twin.values.layer import Features
from twin.values.project import ProgressFact, RegisterEntry
from web.app import create_app
from web.ingest import ingest_ifc

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def _places() -> Features:
    """Return three parts of one road, and a road that begins alike."""
    lines = [shapely.LineString([(114 + i / 100, 22.5), (114 + (i + 1) / 100, 22.5 + i / 100)]) for i in range(4)]
    return Features(lines, pa.table({"name": ["人民路", "人民路", "人民路", "人民路支线"]}))  # type: ignore[arg-type]


def _shops() -> Features:
    points = [shapely.Point(114.2 + i / 10, 22.6) for i in range(3)]
    names = ["Café Ａ", None, " "]
    return Features(points, pa.table({"name": names, "address": ["人民路1号", "深南大道 2", None]}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("searched")
    with Store.init(folder, name="滨江", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision(count=6))
        known = {"name": "市第三人民医院", "contractor": "江湾建工", "address": "中央大道"}
        entries = [
            (2, NOW, RegisterEntry("P001", **known, given=tuple(known))),  # type: ignore[arg-type]
            (3, NOW, RegisterEntry("人民", name="第九中学", given=("name",))),
        ]
        store.put_register(NewLoad("r.csv", b"r", "0" * 64, NOW), entries)
        parts = tmp_path_factory.mktemp("layers")
        layers.put(store, parts, "道路网", _places(), kind="roads")
        layers.put(store, parts, "店铺", _shops(), kind="other")
    app = create_app(settings_of(folder))
    app.extensions["twin.views"].whole.search.patience = 60.0
    yield app.test_client()
    app.extensions["twin.store"].close()


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.text
    return response.json


def found(client: FlaskClient, query: str, **more: Any) -> list[dict[str, Any]]:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    answer = get(client, f"/api/search?q={quote(query)}{asked}")
    assert answer["complete"]
    assert answer["query"] == query
    results: list[dict[str, Any]] = answer["results"]
    return results


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ("P001", "code"), ("ｐ００１", "code"), ("第三人民", "name"), ("dsrmyy", "pinyin"), ("disanrenmin", "pinyin"),
        ("di san ren min", "pinyin"), ("江湾建", "contractor"), ("中央大道", "address"),
    ],
)  # fmt: skip
def test_a_project_is_found_by_all_that_is_said_of_it(client: FlaskClient, query: str, matched: str) -> None:
    first = found(client, query)[0]
    assert (first["kind"], first["project"], first["matched"]) == ("project", "P001", matched)
    assert first["title"] == "市第三人民医院"
    assert first["longitude"] == pytest.approx(113.9005)
    assert first["bounds"] == pytest.approx([113.9, 22.5, 113.901, 22.5005])


def test_better_matches_come_first_and_projects_before_places(client: FlaskClient) -> None:
    listed = [(item["kind"], item["title"], item["matched"]) for item in found(client, "人民")]
    assert listed == [
        ("project", "第九中学", "code"),
        ("place", "Café Ａ", "address"),
        ("place", "人民路", "name"),
        ("place", "人民路支线", "name"),
        ("project", "市第三人民医院", "name"),
    ]


def test_parts_of_a_road_are_one_place(client: FlaskClient) -> None:
    first = found(client, "renminlu")[1]
    assert (first["layer"], first["feature"], first["title"]) == ("道路网", 1, "人民路")
    assert first["bounds"] == pytest.approx([114.0, 22.5, 114.03, 22.52])
    assert (first["longitude"], first["latitude"]) == pytest.approx((114.015, 22.51))


def test_places_are_found_without_accents_and_by_their_address(client: FlaskClient) -> None:
    assert [item["title"] for item in found(client, "CAFE a")] == ["Café Ａ"]
    (place,) = found(client, "深南大道")
    assert (place["title"], place["matched"], place["feature"]) == ("深南大道 2", "address", 2)
    assert place["longitude"] == pytest.approx(114.3)


def test_elements_are_found_by_id_name_tag_and_class(client: FlaskClient) -> None:
    wall = f"{1:022d}"
    first = found(client, wall)
    assert [(item["global_id"], item["matched"]) for item in first] == [(wall, "global_id")]
    assert (first[0]["project"], first[0]["model"], first[0]["title"]) == ("P001", "P001-办公楼", "外墙 1")
    assert [item["title"] for item in found(client, "外墙", limit=3)] == ["外墙 0", "外墙 1", "外墙 2"]
    assert found(client, "waiqiang")[0]["matched"] == "pinyin"
    for query in ("IfcWall", "wall", "WALL"):
        assert [(item["title"], item["matched"]) for item in found(client, query)] == [
            ("外墙 1", "class"), ("外墙 3", "class"), ("外墙 5", "class")
        ]  # fmt: skip
    chinese = [item for item in found(client, "空间") if item["matched"] == "class"]
    assert [item["title"] for item in chinese] == ["外墙 0", "外墙 2", "外墙 4"]
    assert any(item["global_id"] == f"{4:022d}" for item in found(client, "4"))  # its tag and its name
    assert [item["global_id"] for item in found(client, "openi")] == ["OPENING"]
    assert found(client, "OpeningElement") == []  # left out by a rule: only its GlobalId finds it


def test_what_is_asked_wrongly_is_told(client: FlaskClient) -> None:
    for query in ("", "q=", "q=%20%E3%80%80", f"q={'a' * 201}", "q=a&limit=0", "q=a&limit=101", "q=a&limit=x"):
        answer = get(client, f"/api/search?lang=en&{query}", 400)
        assert re.search("^(q|limit) (is|has) ", answer["detail"])
    assert found(client, "%_\\ 'x") == []


def test_what_is_left_off_is_counted(client: FlaskClient) -> None:
    answer = get(client, f"/api/search?limit=2&q={quote('外墙')}")
    assert (len(answer["results"]), answer["left_off"]) == (2, 4)


def test_a_search_sees_what_came_meanwhile(tmp_path: Path) -> None:
    with Store.init(tmp_path, name="滨江", crs=None, bounds=None) as store:
        app = create_app(settings_of(tmp_path))
        app.extensions["twin.views"].whole.search.patience = 60.0
        client = app.test_client()
        assert found(client, "人民") == []
        layers.put(store, tmp_path, "道路网", _places(), kind="roads")
        assert [item["title"] for item in found(client, "人民")] == ["人民路", "人民路支线"]
        store.put_revision(samples.revision(count=2))
        assert len(found(client, "外墙")) == 2
        store.remove_model("P001-办公楼")
        store.remove_layer("道路网")
        assert found(client, "人民") + found(client, "外墙") == []
        app.extensions["twin.store"].close()


def test_an_answer_does_not_wait_for_what_takes_long(tmp_path: Path) -> None:
    with Store.init(tmp_path, name="滨江", crs=None, bounds=None) as store:
        layers.put(store, tmp_path, "道路网", _places(), kind="roads")
        app = create_app(settings_of(tmp_path))
        app.extensions["twin.views"].whole.search.patience = 0.0
        client = app.test_client()
        assert get(client, "/api/search?q=x")["complete"] is False
        app.extensions["twin.views"].whole.search.patience = 60.0
        assert len(found(client, "人民")) == 2
        app.extensions["twin.store"].close()


def test_the_page_and_the_server_call_classes_alike() -> None:
    words = (ROOT / "web/frontend/src/words/classes.ts").read_text("utf-8")
    block = words[words.index("const ZH") : words.index("};")]
    assert {f"Ifc{name}": said for name, said in re.findall(r'(\w+): "([^"]+)"', block)} == chinese_names()


def _systems(client: FlaskClient, model: str) -> dict[str, set[str]]:
    columns = get(client, f"/api/models/{quote(model)}/elements")
    ids = columns["global_id"]
    assert all(system["rows"] == sorted(set(system["rows"])) for system in columns["systems"])
    return {system["name"]: {ids[row] for row in system["rows"]} for system in columns["systems"]}


def _assigned(path: Path, drawn: set[str]) -> dict[str, set[str]]:
    """Return name of a group → GlobalIds of what the file itself assigns to it and is drawn."""
    members: dict[str, set[str]] = {}
    for relation in ifcopenshell.open(str(path)).by_type("IfcRelAssignsToGroup"):
        named = {member.GlobalId for member in relation.RelatedObjects} & drawn
        members.setdefault(relation.RelatingGroup.Name, set()).update(named)
    return {name: named for name, named in members.items() if named}


def _imported(folder: Path, path: Path) -> tuple[FlaskClient, str, set[str]]:
    store = Store.open(folder)
    here = PlacementOptions(longitude=114.0, latitude=22.5)
    model = ingest_ifc(lambda: store, path, "P1", options=here).model
    drawn = set(store.element_columns(model.model).global_id)
    store.close()
    return create_app(settings_of(folder)).test_client(), model.model, drawn


def test_systems_are_those_of_the_file(tmp_path: Path) -> None:
    plan = next(plan for plan in MODELS if plan.file == "市第三人民医院_机电.ifc")
    (sample,) = build_models(tmp_path / "samples", [plan])
    client, model, drawn = _imported(tmp_path / "twin", sample.path)
    systems = _systems(client, model)
    assert systems == _assigned(sample.path, drawn)
    assert len(systems) == 6
    name, ids = next(iter(systems.items()))
    assert get(client, f"/api/projects/P1/elements/{quote(min(ids))}")["systems"] == [name]


@pytest.mark.real_data
def test_groups_of_a_real_model_are_those_of_the_file(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "ifc" / "hard_288--wall--segfault--augmented.ifc"
    client, model, drawn = _imported(tmp_path / "twin", path)
    assigned = _assigned(path, drawn)
    assert assigned
    for name, ids in assigned.items():  # what stands in an assembly is in the assembly's groups, too
        assert ids <= _systems(client, model)[name]


def test_a_history_is_that_of_the_tasks_up_to_the_day_and_bounded() -> None:
    facts = [
        ProgressFact("P", date(2026, 1, 1 + i // 10), task, i / 400)
        for i in range(300)
        for task in (["T1", "T2", None, "T3"][i % 4],)
    ]
    told = history(by_task(facts), ["T2", "T1", "T2"], date(2026, 1, 15))
    wanted = [fact for fact in facts if fact.task in ("T1", "T2") and fact.fact_date <= date(2026, 1, 15)]
    assert sorted(told.facts, key=str) == sorted(wanted, key=str)
    assert [fact.fact_date for fact in told.facts] == sorted(fact.fact_date for fact in wanted)
    few = history(by_task(facts), ["T2", "T1"], date(2026, 1, 15), most=7)
    assert few.left_off == len(wanted) - 7
    assert min(fact.fact_date for fact in few.facts) >= sorted(fact.fact_date for fact in wanted)[-7]
    assert json.dumps([fact.completion for fact in few.facts])
