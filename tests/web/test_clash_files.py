"""BCF files go out and come back: valid, read by another program, nothing lost, hostile ones refused whole."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.bcf.files import CASES, GUID, case, file_2_1, members, topic_2_1
from tests.store import samples
from tests.web import clash_samples
from tests.web.clash_replies import HOSTILE, NOW, bare, in_3_0, seeing, shown, wide
from tests.web.clash_samples import CLASHES, FOREIGN, GROUP, PROJECT, A, B
from tests.web.conftest import settings_of
from twin.exchange.bcf import read, written
from twin.store import Store
from twin.values.clash import ClashStatus
from twin.values.topic import BcfFile, Comment, Document, HeaderFile, Topic
from web.app import create_app
from web.bcf.files import project_guid
from web.cli import main

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clashes")
    with Store.init(folder, name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(stem="duplex", text="b", spaces=False))
        store.put_revision(samples.revision(project="P002", stem="塔", text="c", count=70))
        clash_samples.put(store)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "twin"))


@pytest.fixture
def twin(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `twin clash …` and return its exit code and JSON."""

    def call(*words: str | Path) -> tuple[int, Any]:
        capsys.readouterr()
        code = main.run(["clash", *(str(word) for word in words), "--twin", str(folder), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(settings_of(folder))
    yield app.test_client()
    app.extensions["twin.store"].close()


def topics(path: Path) -> dict[str, Topic]:
    return {topic.guid: topic for topic in read(path).topics}


def reply(path: Path, *found: Topic, **others: Any) -> Path:
    path.write_bytes(written(BcfFile(topics=found, **others), "3.0").content)
    return path


def state(folder: Path) -> Any:
    """Return all that clashes and topics are."""
    with Store.open(folder, create=False) as store:
        events = [store.clash_events(clash.id) for clash in store.clashes()]
        return store.clashes(), events, store.topics(), [store.comments(guid) for guid in (GROUP, FOREIGN)]


@pytest.mark.real_data
@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_an_export_is_valid_and_another_program_reads_it(
    twin: Run, tmp_path: Path, real_data: Path, version: str
) -> None:
    from tests.bcf.schemas import as_others_read, faults

    path = tmp_path / "issues.bcf"
    code, told = twin("export", path, "--bcf", version, "--project", PROJECT)
    assert (code, told["topics"], told["clashes"], told["bcf"]) == (0, 2, 2, version)
    content = path.read_bytes()
    assert told["bytes"] == len(content)
    assert faults(content, version, real_data / "bcf") == []
    both = as_others_read(content)
    assert set(both) == {GROUP, FOREIGN}
    theirs = both[GROUP]
    assert (theirs["title"], theirs["status"]) == ("两处", "New")
    assert theirs["selected"] == [[f"{0:022d}", f"{1:022d}"]]  # both sides have the same names here
    assert len(theirs["comments"]) == 1
    assert all(picture.startswith(b"\x89PNG") for picture in theirs["snapshots"])


def test_an_export_says_what_the_twin_knows(twin: Run, tmp_path: Path) -> None:
    path = tmp_path / "issues.bcf"
    assert twin("export", path, "--project", PROJECT, "--no-pictures")[0] == 0
    file = read(path)
    assert (file.project_id, file.project_name) == (project_guid(PROJECT), PROJECT)
    found = topics(path)
    topic = found[GROUP]
    assert (topic.status, topic.priority, topic.assigned_to) == ("New", "High", "王")
    assert topic.due_date is not None
    assert topic.due_date.date() == date(2026, 7, 1)
    assert sorted(topic.labels) == ["hard", "一层"]
    assert [file.filename for file in topic.files] == ["duplex.ifc", "办公楼.ifc"]
    assert topic.viewpoints[0].snapshot is None
    assert shown(found[FOREIGN]) == shown(in_3_0(clash_samples.foreign()))
    assert twin("export", path, "--project", PROJECT, "--no-pictures", "--all")[1]["clashes"] == 3


def test_pictures_of_several_processes_are_those_of_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.bcf import pictures

    with Store.open(folder, create=False) as store:
        scene, found = pictures.Scene(store, PROJECT), store.clashes(PROJECT)
        drawings = [scene.drawing(clash, [clash]) for clash in found]
        with pictures.painting(1) as paint:
            alone = [paint(drawing).result() for drawing in drawings]
        monkeypatch.setattr("os.cpu_count", lambda: 2)
        with pictures.painting(pictures.FEW + 1) as paint:
            waiting = [paint(drawing) for drawing in drawings]
            assert paint is not pictures._at_once
            assert [future.result(60) for future in waiting] == alone
    assert len(set(alone)) == len(alone)


@pytest.mark.parametrize("way", ["command", "http"])
def test_a_reply_is_kept_with_who_and_when(
    way: str, twin: Run, client: FlaskClient, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "issues.bcf"
    assert twin("export", path, "--project", PROJECT, "--no-pictures")[0] == 0
    mine = topics(path)[GROUP]
    said = Comment("0a000000-0000-4000-8000-000000000001", NOW, "li@mep.cn", "已改")
    answer = replace(
        mine,
        status="Closed",
        assigned_to="li@mep.cn",
        due_date=datetime(2026, 8, 1, tzinfo=UTC),
        modified_author="zhao@arch.cn",
        modified_date=NOW,
        comments=[*mine.comments, said],
    )
    back = reply(tmp_path / "reply.bcf", answer)
    started = datetime.now(UTC)
    if way == "command":
        code, told = twin("load", back, "--by", "钱")
        assert code == 0
    else:
        response = client.post(
            "/api/clashes.bcf?name=reply.bcf&by=钱", data=back.read_bytes(), content_type="application/octet-stream"
        )
        assert response.status_code == 200, response.text
        told = response.json
    assert (told["project"], told["topics"], told["changed"], told["comments"]) == (PROJECT, 1, 2, 1)
    with Store.open(folder, create=False) as store:
        for clash in (store.clash(name) for name in CLASHES[:2]):
            assert (clash.status, clash.assignee) == (ClashStatus.RESOLVED, "li@mep.cn")
            assert clash.due_date == date(2026, 8, 1)
            changed = {e.what: e for e in store.clash_events(clash.id) if e.what != "found"}
            assert set(changed) == {"status", "assignee", "due_date"}
            assert {(e.by, e.note) for e in changed.values()} == {("zhao@arch.cn", "reply.bcf")}
            assert all(started - timedelta(seconds=1) <= e.at <= datetime.now(UTC) for e in changed.values())
            assert changed["status"].after == "Resolved"
        assert [(c.author, c.text, c.at) for c in store.comments(GROUP)] == [("li@mep.cn", "已改", NOW)]
        assert store.clash(CLASHES[2]).status is ClashStatus.NEW  # touches; nobody spoke of it
    code, again = twin("load", back)
    assert (code, again["changed"], again["comments"]) == (0, 0, 0)


def test_an_export_that_comes_back_unchanged_changes_nothing(twin: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "issues.bcf"
    assert twin("export", path, "--project", PROJECT, "--no-pictures")[0] == 0
    before = state(folder)
    code, told = twin("load", path)
    assert (code, told["topics"], told["changed"], told["comments"]) == (0, 1, 0, 0)
    after = state(folder)
    assert after[:2] == before[:2]
    assert after[3] == before[3]
    with Store.open(folder, create=False) as store:
        assert {clash.assignee for clash in store.group_clashes(GROUP)} == {"", "王"}


def test_what_is_closed_does_not_speak_for_its_group(twin: Run, folder: Path, tmp_path: Path) -> None:
    with Store.open(folder, create=False) as store:
        values = {"status": ClashStatus.RESOLVED, "assignee": "A", "due_date": date(2026, 1, 1)}
        store.change_clashes([CLASHES[0]], values, by="李", at=NOW)
        before = store.clashes()
    path = tmp_path / "issues.bcf"
    assert twin("export", path, "--project", PROJECT, "--no-pictures")[1]["clashes"] == 1
    assert (topics(path)[GROUP].status, topics(path)[GROUP].assigned_to) == ("Active", "王")
    assert twin("load", path)[1]["changed"] == 0
    assert twin("load", reply(tmp_path / "r.bcf", replace(topics(path)[GROUP], status="Approved")))[1]["changed"] == 1
    with Store.open(folder, create=False) as store:
        assert store.clash(CLASHES[0]) == before[0]
        assert store.clash(CLASHES[1]).status is ClashStatus.APPROVED


def test_what_is_by_design_stays_so_whatever_a_reply_says(twin: Run, folder: Path, tmp_path: Path) -> None:
    from twin.values.sentence import say

    with Store.open(folder, create=False) as store:
        store.put_clash_run(
            replace(store.clash_runs(PROJECT)[-1], id="run-2"),
            lambda kept, known: clash_samples.Lived(
                [replace(kept[0], status=ClashStatus.BY_DESIGN, reason=say("cut for it")), *kept[1:]], known, []
            ),
        )
    path = tmp_path / "issues.bcf"
    twin("export", path, "--project", PROJECT, "--no-pictures", "--all")
    assert twin("load", reply(tmp_path / "r.bcf", replace(topics(path)[GROUP], status="Approved")))[1]["changed"] == 1
    with Store.open(folder, create=False) as store:
        statuses = [store.clash(name).status for name in CLASHES[:2]]
    assert statuses == [ClashStatus.BY_DESIGN, ClashStatus.APPROVED]


def test_a_group_that_is_all_by_design_stays_so(twin: Run, folder: Path, tmp_path: Path) -> None:
    from twin.values.sentence import say

    with Store.open(folder, create=False) as store:
        store.put_clash_run(
            replace(store.clash_runs(PROJECT)[-1], id="run-2"),
            lambda kept, known: clash_samples.Lived(
                [replace(clash, status=ClashStatus.BY_DESIGN, reason=say("cut for it")) for clash in kept], known, []
            ),
        )
        before = store.clashes()
    path = tmp_path / "issues.bcf"
    twin("export", path, "--project", PROJECT, "--no-pictures", "--all")
    assert topics(path)[GROUP].status == "ByDesign"
    assert twin("load", reply(tmp_path / "r.bcf", replace(topics(path)[GROUP], status="Open")))[1]["changed"] == 0
    with Store.open(folder, create=False) as store:
        assert store.clashes() == before


def test_a_status_that_is_not_known_is_told_and_changes_nothing(twin: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "issues.bcf"
    twin("export", path, "--project", PROJECT, "--no-pictures")
    code, told = twin("load", reply(tmp_path / "r.bcf", replace(topics(path)[GROUP], status="Vertagt")))
    assert (code, told["changed"]) == (3, 0)
    (notice,) = told["notices"]
    assert "Vertagt" in notice
    assert "两处" in notice
    with Store.open(folder, create=False) as store:
        assert store.clash(CLASHES[0]).status is ClashStatus.NEW


def test_documents_that_come_along_are_told(twin: Run, tmp_path: Path) -> None:
    sent = [Document("0d000000-0000-4000-8000-000000000001", "a.pdf", content=b"%PDF")]
    topic = replace(clash_samples.foreign(), guid="0e000000-0000-4000-8000-000000000001")
    code, told = twin("load", reply(tmp_path / "r.bcf", topic, documents=sent), "--project", PROJECT)
    assert (code, told["other_topics"], len(told["notices"])) == (3, 1, 1)
    assert "1" in told["notices"][0]


@pytest.mark.parametrize(
    ("topic", "others", "project"),
    [
        (bare(), {"project_id": project_guid("P002")}, "P002"),
        (bare(), {"project_id": "P002"}, "P002"),
        (bare(), {"project_name": "P002", "project_id": "x"}, "P002"),
        (bare(files=[HeaderFile("duplex.ifc")]), {}, PROJECT),
        (bare(files=[HeaderFile("塔.ifc")]), {}, "P002"),
        (bare(viewpoints=seeing(f"{69:022d}")), {}, "P002"),  # only the tower has so many rows
        (bare(), {}, None),
        (bare(viewpoints=seeing("z" * 22)), {}, None),
    ],
)
def test_the_project_is_found_by_guid_file_or_elements(
    twin: Run, folder: Path, tmp_path: Path, topic: Topic, others: dict[str, str], project: str | None
) -> None:
    before = state(folder)
    code, told = twin("load", reply(tmp_path / "r.bcf", topic, **others))
    if project is None:
        assert code == 1
        assert "--project" in told["detail"]
        assert state(folder) == before
        code, told = twin("load", tmp_path / "r.bcf", "--project", "P002")
    assert (code, told["project"]) == (0, project or "P002")
    with Store.open(folder, create=False) as store:
        assert topic.guid in {kept.guid for kept in store.topics(project or "P002")}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_a_sentence_and_keep_nothing(
    name: str, twin: Run, client: FlaskClient, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "evil.bcf"
    path.write_bytes(HOSTILE[name])
    before = state(folder)
    code, told = twin("load", path, "--project", PROJECT)
    assert code == 1
    sentences = [told["detail"]]
    response = client.post(
        f"/api/clashes.bcf?project={PROJECT}&name=evil.bcf&lang=en",
        data=HOSTILE[name],
        content_type="application/octet-stream",
    )
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    sentences.append(json.loads(response.data)["detail"])
    for sentence in sentences:
        assert "evil.bcf" in sentence
        assert "\n" not in sentence
        assert "Traceback" not in sentence
    assert state(folder) == before
    assert not (tmp_path / "evil").exists()


def test_another_site_cannot_load_a_file(client: FlaskClient, folder: Path) -> None:
    before = state(folder)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = client.post(
            "/api/clashes.bcf", data=file_2_1(topic_2_1()), content_type="application/octet-stream", headers=headers
        )
        assert response.status_code == 403
    assert state(folder) == before


def test_what_cannot_be_exported_is_one_sentence(twin: Run, tmp_path: Path) -> None:
    code, told = twin("export", tmp_path / "o.bcf", "--project", "P009")
    assert code == 1
    assert "P009" in told["detail"]
    assert not (tmp_path / "o.bcf").exists()
    assert twin("load", tmp_path / "none.bcf")[0] == 1
    code, told = twin("export", tmp_path / "o.bcf", "--no-pictures")  # one project has clashes: no need to name it
    assert (code, told["project"]) == (0, PROJECT)


def test_an_old_version_that_cannot_hold_all_is_told(twin: Run, tmp_path: Path) -> None:
    assert twin("load", reply(tmp_path / "r.bcf", bare(viewpoints=wide())), "--project", PROJECT)[0] == 0
    code, told = twin("export", tmp_path / "o.bcf", "--bcf", "2.1", "--project", PROJECT, "--no-pictures")
    assert (code, bool(told["notices"])) == (3, True)
    assert (tmp_path / "o.bcf").exists()


@pytest.mark.real_data
def test_the_official_cases_go_in_and_come_out_as_they_were(twin: Run, tmp_path: Path, real_data: Path) -> None:
    given: dict[str, Topic] = {}
    for name in CASES:
        path = case(real_data, name)
        given |= {topic.guid: topic for topic in read(path).topics}
        code, told = twin("load", path, "--project", PROJECT)
        assert code == (3 if told["notices"] else 0), name
        assert told["changed"] == 0
    path = tmp_path / "out.bcf"
    code, told = twin("export", path, "--bcf", "3.0", "--project", PROJECT, "--no-pictures")
    assert (code, told["topics"]) == (3, len(given) + 2)  # some of 2.1 cannot be said in 3.0
    from tests.bcf.schemas import faults

    assert faults(path.read_bytes(), "3.0", real_data / "bcf") == []
    found = topics(path)
    assert set(found) == {*given, GROUP, FOREIGN}
    for guid, topic in given.items():
        before, after = shown(in_3_0(topic)), shown(in_3_0(found[guid]))
        if not topic.type or not topic.status:  # BCF 3.0 must have both
            before["facts"] = replace(before["facts"], type=after["facts"].type, status=after["facts"].status)
        # a comment of 2.1 that says nothing and shows nothing cannot be in 3.0
        before["comments"] = [comment for comment in before["comments"] if comment.text or comment.viewpoint]
        said = [view.camera and view.camera.aspect for view in topic.viewpoints]
        before["viewpoints"] = [
            # 2.1 says no aspect, and 3.0 must: that of the picture
            (v[0], v[1] and replace(v[1], aspect=v[1].aspect if said[n] else after["viewpoints"][n][1].aspect), *v[2:])
            for n, v in enumerate(before["viewpoints"])
        ]
        assert after == before, topic.title


def test_a_topic_folder_is_not_asked_for_more_than_it_has(twin: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.bcf"
    path.write_bytes(file_2_1(topic_2_1()))
    assert twin("load", path, "--project", PROJECT)[0] == 0
    twin("export", tmp_path / "o.bcf", "--project", PROJECT, "--no-pictures")
    names = set(members(tmp_path / "o.bcf"))
    assert f"{GUID.format(1)}/markup.bcf" in names
    assert not any(name.startswith(GUID.format(1)) and name.endswith(".png") for name in names)


def test_the_models_of_the_samples_overlap(folder: Path) -> None:
    """The pictures of these tests show something."""
    with Store.open(folder, create=False) as store:
        bodies = [store.bodies(model) for model in (A, B)]
    assert all(body is not None and len(body) == 4 for body in bodies)
