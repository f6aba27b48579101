"""BCF-API 3.0: what programs list, read, add and change, and what is refused; who and when are kept."""

import base64
import itertools
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.clash_replies import CAMERA
from tests.web.clash_samples import CLASHES, FOREIGN, GROUP, PNG, PROJECT, SAID, SEEN, TOUCHES
from tests.web.conftest import settings_of
from tests.web.test_api import validate
from twin.store import Store
from twin.values.clash import ClashStatus
from web.app import create_app
from web.bcf.files import project_guid
from web.bcf.topics import viewpoint_guid

BASE = f"/bcf/3.0/projects/{project_guid(PROJECT)}"
TOPICS = f"{BASE}/topics"
OWN, OTHER = f"{TOPICS}/{GROUP}", f"{TOPICS}/{FOREIGN}"
NEW = "0a000000-0000-4000-8000-00000000000a"


@pytest.fixture
def folder(twin_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(twin_folder, tmp_path / "twin"))


@pytest.fixture
def own_client(folder: Path) -> Iterator[FlaskClient]:
    """A client of a twin that may be changed."""
    app = create_app(settings_of(folder))
    yield app.test_client()
    app.extensions["twin.store"].close()


def got(client: FlaskClient, path: str, schema: str | None = None, **query: str) -> Any:
    response = client.get(path, query_string={"lang": "en"} | query)
    assert response.status_code == 200, response.text
    if schema:
        validate(response.json, schema)
    return response.json


def sent(client: FlaskClient, method: str, path: str, document: Any, status: int = 200, by: str = "赵") -> Any:
    response = client.open(path, method=method, json=document, query_string={"lang": "en", "by": by})
    assert response.status_code == status, response.text
    if status >= 400:
        validate(response.json, "Problem")
        told: Any = response.json
        assert told["message"] == told["detail"]
    return response.json


def test_a_program_finds_its_way(client: FlaskClient) -> None:
    versions = got(client, "/foundation/versions", "BcfVersions")["versions"]
    assert versions == got(client, "/bcf/versions")["versions"]
    (bcf,) = [version for version in versions if version["api_id"] == "bcf"]
    assert (bcf["version_id"], bcf["api_base_url"]) == ("3.0", "http://localhost/bcf/3.0")
    assert got(client, "/bcf/3.0/auth") == {"http_basic_supported": False, "supported_oauth2_flows": []}
    assert got(client, "/bcf/3.0/current-user", by="钱") == {"id": "钱", "name": "钱"}
    projects = got(client, "/bcf/3.0/projects", "BcfProjects")
    assert {"project_id": project_guid(PROJECT), "name": PROJECT} in projects
    for name in (PROJECT, project_guid(PROJECT), project_guid(PROJECT).upper()):
        found = got(client, f"/bcf/3.0/projects/{name}", "BcfProject", includeAuthorization="true")
        assert found["project_id"] == project_guid(PROJECT)
        assert found["authorization"] == {"project_actions": ["createTopic"]}
    words = got(client, f"{BASE}/extensions", "BcfExtensions")
    assert {"Clash", "Request"} <= set(words["topic_type"])
    assert {"New", "Approved", "Open"} <= set(words["topic_status"])
    assert {"MEP", "hard", "一层"} <= set(words["topic_label"])
    assert words["users"] == ["王"]
    assert words["topic_actions"] == ["update", "createComment", "createViewpoint"]
    files = got(client, f"{BASE}/files_information", "BcfFilesInformation")
    assert [file["file"]["filename"] for file in files] == ["duplex.ifc", "办公楼.ifc"]


def test_topics_are_groups_and_what_came_from_elsewhere(client: FlaskClient) -> None:
    found = {topic["guid"]: topic for topic in got(client, TOPICS, "BcfTopics", includeAuthorization="true")}
    assert set(found) == {GROUP, FOREIGN}  # pairs that only touch are no issue
    own = found[GROUP]
    assert (own["title"], own["topic_type"], own["topic_status"], own["priority"]) == ("两处", "Clash", "New", "High")
    assert (own["assigned_to"], own["due_date"]) == ("王", "2026-07-01T00:00:00Z")
    assert own["description"].count("\n") == 1  # two clashes
    assert own["authorization"]["topic_status"][0] == "New"
    assert "Unchecked" not in own["authorization"]["topic_status"]
    other = found[FOREIGN]
    assert (other["title"], other["topic_status"], other["labels"]) == ("门洞", "Open", ["建筑", "MEP"])
    assert "topic_status" not in other["authorization"]
    assert len({topic["server_assigned_id"] for topic in found.values()}) == 2
    assert got(client, OTHER, "BcfTopic") == {k: v for k, v in other.items() if k != "authorization"}
    assert got(client, f"{TOPICS}/{GROUP.upper()}")["guid"] == GROUP
    assert got(client, f"{TOPICS}/{TOUCHES}")["guid"] == TOUCHES  # who has its GUID can read it
    assert got(client, f"{OTHER}/related_topics") == [{"related_topic_guid": GROUP}]
    assert got(client, f"{OTHER}/document_references")[0]["url"] == "https://example.cn/a.pdf"
    assert [file["filename"] for file in got(client, f"{OWN}/files")] == ["duplex.ifc", "办公楼.ifc"]


def test_a_group_is_changed_with_who_and_when(own_client: FlaskClient, folder: Path) -> None:
    topic = got(own_client, OWN)
    started = datetime.now(UTC)
    due = "2026-08-09T00:00:00Z"
    changed = sent(own_client, "PUT", OWN, topic | {"topic_status": "Closed", "assigned_to": "李", "due_date": due})
    validate(changed, "BcfTopic")
    assert (changed["topic_status"], changed["assigned_to"], changed["due_date"]) == ("Resolved", "李", due)
    assert changed["modified_author"] == "赵"
    assert started <= datetime.fromisoformat(changed["modified_date"]) <= datetime.now(UTC)
    with Store.open(folder, create=False) as store:
        for name in CLASHES[:2]:
            assert store.clash(name).status is ClashStatus.RESOLVED
            assert {e.by for e in store.clash_events(name) if e.what != "found"} == {"赵"}
        assert store.clash(CLASHES[2]).status is ClashStatus.NEW
    kinds = [
        (action["type"], action["value"])
        for event in got(own_client, f"{OWN}/events", "BcfEvents")
        for action in event["actions"]
    ]
    assert set(kinds) == {
        ("topic_created", None),
        ("status_updated", "Resolved"),
        ("assigned_to_updated", "李"),
        ("due_date_updated", "2026-08-09"),
    }
    assert len(kinds) == 4  # of both clashes at once
    by_kind = got(own_client, f"{TOPICS}/events", "BcfEvents", **{"$filter": "type eq 'status_updated'"})
    assert [event["topic_guid"] for event in by_kind] == [GROUP]
    assert got(own_client, TOPICS, **{"$filter": "topic_status eq 'Resolved'"})[0]["guid"] == GROUP
    # a PUT is the whole: who is left out is gone
    changed = sent(own_client, "PUT", OWN, {"title": topic["title"]})
    assert "assigned_to" not in changed
    assert "due_date" not in changed
    assert changed["topic_status"] == "Resolved"


def test_a_group_that_is_sent_back_as_it_is_stays_as_it_is(own_client: FlaskClient, folder: Path) -> None:
    with Store.open(folder, create=False) as store:
        before = store.clashes(), [store.clash_events(name) for name in CLASHES]
    sent(own_client, "PUT", OWN, got(own_client, OWN, includeAuthorization="true"))
    with Store.open(folder, create=False) as store:
        assert (store.clashes(), [store.clash_events(name) for name in CLASHES]) == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"topic_type": "Issue"},
        {"priority": "Low"},
        {"topic_status": "Unchecked"},
        {"topic_status": "Verschoben"},
        {"title": ""},
        {"title": None},
        {"title": 7},
        {"labels": "hard"},
        {"labels": [1]},
        {"due_date": "tomorrow"},
        {"due_date": "0001-01-01T00:00:00+14:00"},
        {"assigned_to": "x" * 201},
        {"index": True},
        {"bim_snippet": {"snippet_type": "a"}},
        {"bim_snippet": []},
    ],
)
def test_what_a_group_cannot_be_is_refused_and_nothing_changes(
    own_client: FlaskClient, folder: Path, change: dict[str, Any]
) -> None:
    topic = got(own_client, OWN)
    told = sent(own_client, "PUT", OWN, topic | change, 400)
    assert "\n" not in told["message"]
    with Store.open(folder, create=False) as store:
        assert [store.clash(name).status for name in CLASHES[:2]] == [ClashStatus.NEW, ClashStatus.ACTIVE]


def test_a_topic_is_added_and_changed(own_client: FlaskClient, folder: Path) -> None:
    document = {
        "guid": NEW.upper(),
        "title": "加洞",
        "topic_type": "Request",
        "labels": ["MEP", "MEP", None],
        "due_date": "2026-08-01",
        "unknown": {"to": "us"},
        "priority": None,
        "bim_snippet": {"snippet_type": "a", "is_external": True, "reference": "https://a", "reference_schema": "s"},
    }
    made = sent(own_client, "POST", TOPICS, document, 201)
    validate(made, "BcfTopic")
    assert (made["guid"], made["creation_author"], made["labels"]) == (NEW, "赵", ["MEP"])
    assert made["bim_snippet"] == document["bim_snippet"]
    assert got(own_client, f"{TOPICS}/{NEW}") == made
    assert "already" in sent(own_client, "POST", TOPICS, document, 409)["message"]
    assert sent(own_client, "POST", TOPICS, document | {"guid": GROUP}, 409)
    changed = sent(own_client, "PUT", f"{TOPICS}/{NEW}", {"title": "加洞", "topic_status": "Closed"}, by="钱")
    assert (changed["topic_status"], changed["modified_author"], changed["creation_author"]) == ("Closed", "钱", "赵")
    assert "labels" not in changed
    assert changed["creation_date"] == made["creation_date"]
    with Store.open(folder, create=False) as store:
        assert store.topic(NEW).status == "Closed"
    assert sent(own_client, "POST", TOPICS, {"title": "x", "guid": "no"}, 400)
    assert sent(own_client, "POST", TOPICS, {"topic_type": "x"}, 400)
    assert sent(own_client, "POST", TOPICS, [], 400)
    unnamed = sent(own_client, "POST", TOPICS, {"title": "x"}, 201, by="")
    assert unnamed["creation_author"] == "BCF-API"


@pytest.mark.parametrize("topic", [OWN, OTHER])
def test_comments_are_said_and_corrected(own_client: FlaskClient, topic: str) -> None:
    before = got(own_client, topic)
    old = got(own_client, f"{topic}/comments", "BcfComments")
    said = sent(own_client, "POST", f"{topic}/comments", {"guid": NEW, "comment": "好"}, 201)
    validate(said, "BcfComment")
    assert (said["guid"], said["author"], said["comment"], said["topic_guid"]) == (NEW, "赵", "好", before["guid"])
    assert sent(own_client, "POST", f"{topic}/comments", {"guid": NEW, "comment": "好"}, 409)
    assert sent(own_client, "POST", f"{topic}/comments", {"comment": " "}, 400)
    assert sent(own_client, "POST", f"{topic}/comments", {"comment": "x", "viewpoint_guid": NEW}, 400)
    first = got(own_client, f"{topic}/viewpoints")[0]["guid"]
    seen = sent(own_client, "POST", f"{topic}/comments", {"viewpoint_guid": first}, 201)
    assert (seen["viewpoint_guid"], seen["comment"]) == (first, "")
    corrected = sent(own_client, "PUT", f"{topic}/comments/{NEW}", {"comment": "很好"}, by="钱")
    assert (corrected["comment"], corrected["author"], corrected["modified_author"]) == ("很好", "赵", "钱")
    assert got(own_client, f"{topic}/comments/{NEW}", "BcfComment") == corrected
    assert len(got(own_client, f"{topic}/comments")) == len(old) + 2
    mine = got(own_client, f"{topic}/comments", **{"$filter": "author eq '赵'", "$orderby": "date desc"})
    assert [comment["guid"] for comment in mine] == [seen["guid"], NEW]
    after = got(own_client, topic)
    assert (after["modified_date"], after["modified_author"]) == (corrected["modified_date"], "钱")
    ignored = ("modified_date", "modified_author")
    assert {k: v for k, v in after.items() if k not in ignored} == {k: v for k, v in before.items() if k not in ignored}


def test_a_group_is_seen_from_where_the_exported_file_stands(client: FlaskClient) -> None:
    from twin.exchange.bcf import read

    (found,) = got(client, f"{OWN}/viewpoints", "BcfViewpoints")
    assert found["guid"] == viewpoint_guid(GROUP)
    assert found["snapshot"] == {"snapshot_type": "png"}
    view = f"{OWN}/viewpoints/{found['guid']}"
    picture = client.get(f"{view}/snapshot")
    assert picture.mimetype == "image/png"
    exported = read(client.get(f"/api/clashes.bcf?project={PROJECT}").data)
    there = next(topic for topic in exported.topics if topic.guid == GROUP).viewpoints[0]
    assert there.camera is not None
    assert tuple(found["perspective_camera"]["camera_view_point"].values()) == pytest.approx(there.camera.position)
    assert there.snapshot is not None
    assert there.snapshot.content == picture.data
    assert got(client, f"{view}/selection", "BcfSelection")["selection"] == [
        {"ifc_guid": component.ifc_guid, "originating_system": "City Twin"} for component in there.selection
    ]
    colors = got(client, f"{view}/coloring", "BcfColoring")["coloring"]
    assert [color["color"] for color in colors] == [coloring.color for coloring in there.coloring]
    assert got(client, f"{view}/visibility", "BcfVisibility")["visibility"]["default_visibility"] is True


def test_a_picture_is_drawn_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.bcf import pictures

    view = f"{OWN}/viewpoints/{viewpoint_guid(GROUP)}"
    first = client.get(f"{view}/snapshot").data
    monkeypatch.setattr(pictures.Drawing, "png", lambda _: pytest.fail("drawn again"))
    for _ in range(3):
        assert client.get(f"{view}/snapshot").data == first


def test_another_run_draws_anew_and_few_are_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tests.web.clash_samples import Lived
    from web.bcf import pictures

    drawn = itertools.count(1)
    monkeypatch.setattr(pictures.Drawing, "png", lambda _: b"%d" % next(drawn))
    monkeypatch.setattr(pictures, "KEPT", 1)
    kept = pictures.Pictures()
    with Store.open(folder, create=False) as store:
        one, two, _ = store.clashes(PROJECT)
        assert [kept.png(store, PROJECT, one, [one]) for _ in range(2)] == [b"1", b"1"]
        run = replace(store.clash_runs(PROJECT)[-1], id="run-2")
        store.put_clash_run(run, lambda clashes, groups: Lived(clashes, groups, []))
        assert kept.png(store, PROJECT, one, [one]) == b"2"
        assert kept.png(store, PROJECT, two, [two]) == b"3"
        assert kept.png(store, PROJECT, one, [one]) == b"4"


def test_a_viewpoint_is_added_as_it_is_sent(own_client: FlaskClient) -> None:
    point = {"x": 1, "y": 2, "z": 3}
    part = {"ifc_guid": "0" * 22}
    document = {
        "guid": NEW,
        "perspective_camera": CAMERA,
        "lines": [{"start_point": point, "end_point": CAMERA["camera_view_point"]}],
        "clipping_planes": [{"location": point, "direction": CAMERA["camera_direction"]}],
        "snapshot": {"snapshot_type": "png", "snapshot_data": base64.b64encode(PNG).decode()},
        "components": {
            "selection": [part],
            "coloring": [{"color": "ff0000", "components": [part]}],
            "visibility": {"default_visibility": False, "exceptions": [part], "view_setup_hints": None},
        },
    }
    for topic in (OWN, OTHER):
        made = sent(own_client, "POST", f"{topic}/viewpoints", document, 201)
        validate(made, "BcfViewpoint")
        view = f"{topic}/viewpoints/{NEW}"
        assert got(own_client, view, "BcfViewpoint") == made
        assert made["perspective_camera"] == CAMERA
        assert made["lines"] == document["lines"]
        assert made["clipping_planes"] == document["clipping_planes"]
        picture = own_client.get(f"{view}/snapshot")
        assert (picture.mimetype, picture.data) == ("image/png", PNG)
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert got(own_client, f"{view}/selection") == {"selection": [part]}
        assert got(own_client, f"{view}/coloring") == {"coloring": [{"color": "FF0000", "components": [part]}]}
        seen = got(own_client, f"{view}/visibility")["visibility"]
        assert (seen["default_visibility"], seen["exceptions"]) == (False, [part])
        assert sent(own_client, "POST", f"{topic}/viewpoints", document, 409)
    flat = {**CAMERA, "view_to_world_scale": 5}
    del flat["field_of_view"]
    made = sent(own_client, "POST", f"{OTHER}/viewpoints", {"orthogonal_camera": flat}, 201)
    assert made["orthogonal_camera"] == flat
    assert own_client.get(f"{OTHER}/viewpoints/{made['guid']}/snapshot").status_code == 404


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"components": {"selection": []}},
        {"perspective_camera": CAMERA, "orthogonal_camera": CAMERA | {"view_to_world_scale": 1}},
        {"perspective_camera": CAMERA | {"field_of_view": 180}},
        {"perspective_camera": CAMERA | {"field_of_view": "60"}},
        {"perspective_camera": CAMERA | {"aspect_ratio": 0}},
        {"perspective_camera": CAMERA | {"camera_direction": {"x": 0, "y": 0, "z": 0}}},
        {"perspective_camera": CAMERA | {"camera_view_point": {"x": 1e300, "y": 0, "z": 0}}},
        {"perspective_camera": CAMERA | {"camera_view_point": [0, 0, 0]}},
        {"perspective_camera": CAMERA, "lines": [1]},
        {"perspective_camera": CAMERA, "components": {"selection": [{}]}},
        {"perspective_camera": CAMERA, "components": {"selection": [{"ifc_guid": "../x"}]}},
        {"perspective_camera": CAMERA, "components": {"coloring": [{"color": "red", "components": []}]}},
        {"perspective_camera": CAMERA, "snapshot": {"snapshot_type": "svg", "snapshot_data": ""}},
        {"snapshot": {"snapshot_type": "png", "snapshot_data": base64.b64encode(b"<script>").decode()}},
        {"snapshot": {"snapshot_type": "png", "snapshot_data": "%%%"}},
    ],
)
def test_a_viewpoint_that_is_none_is_refused(own_client: FlaskClient, document: dict[str, Any]) -> None:
    assert sent(own_client, "POST", f"{OTHER}/viewpoints", document, 400)
    assert [view["guid"] for view in got(own_client, f"{OTHER}/viewpoints")] == [SEEN]


@pytest.mark.parametrize(
    "path",
    [
        "/bcf/3.0/projects/P009",
        "/bcf/3.0/projects/P009/topics",
        f"/bcf/3.0/projects/P-2/topics/{GROUP}",
        f"/bcf/3.0/projects/P-2/topics/{FOREIGN}/comments",
        f"{TOPICS}/{NEW}",
        f"{OTHER}/comments/{NEW}",
        f"{OWN}/comments/{SAID}",
        f"{OTHER}/viewpoints/{NEW}",
        f"{OTHER}/viewpoints/{NEW}/snapshot",
        "/bcf/2.1/projects",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path, query_string={"lang": "en"})
    assert response.status_code == 404, response.text
    told = json.loads(response.data)
    assert told["message"] == told["detail"]


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", TOPICS, {"title": "x"}),
        ("PUT", OWN, {"title": "两处", "topic_status": "Approved"}),
        ("PUT", OTHER, {"title": "x"}),
        ("POST", f"{OWN}/comments", {"comment": "x"}),
        ("PUT", f"{OTHER}/comments/{SAID}", {"comment": "x"}),
        ("POST", f"{OTHER}/viewpoints", {"perspective_camera": CAMERA}),
    ],
)
def test_pages_of_other_sites_change_nothing(
    own_client: FlaskClient, method: str, path: str, document: dict[str, Any]
) -> None:
    before = got(own_client, TOPICS), got(own_client, f"{OTHER}/comments"), got(own_client, f"{OWN}/comments")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert own_client.open(path, method=method, json=document, headers=headers).status_code == 403
    plain = own_client.open(path, method=method, data=json.dumps(document), content_type="text/plain")
    assert plain.status_code == 400
    after = got(own_client, TOPICS), got(own_client, f"{OTHER}/comments"), got(own_client, f"{OWN}/comments")
    assert after == before
    for origin, reads in (("https://viewer.example", None), ("http://localhost:8888", "http://localhost:8888")):
        answered = own_client.get(TOPICS, headers={"Origin": origin}).headers
        assert answered.get("Access-Control-Allow-Origin") == reads
