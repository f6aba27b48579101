"""Clashes, runs, history, groups and topics come back as they were put; nobody's change is lost, nor any clash."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engines import execute
from tests.store import samples
from twin.errors import InvalidInput, NotFound, OutOfStep
from twin.store import DATABASE, ClashRunRecord, Store, migrations
from twin.store.clashes import PLACEMENTS
from twin.store.connect import engine_at, writing
from twin.values.clash import (
    BodyKey,
    Clash,
    ClashEvent,
    ClashGroup,
    ClashStatus,
    ClashType,
    Match,
    Method,
    Untestable,
)
from twin.values.sentence import Sentence, say
from twin.values.topic import (
    Bitmap,
    Camera,
    Coloring,
    Comment,
    Component,
    HeaderFile,
    Snapshot,
    Topic,
    Viewpoint,
    Visibility,
)

MODEL, OTHER = "P001-办公楼", "P001-电"
AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)


# Keeps a second run, and dies as if killed at its n-th step of speaking SQL.
MORTAL = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from tests.store.test_clashes import Lived, clash, filled, group, run

folder, steps = Path(sys.argv[1]), 0
for n in range(1, 1000, 5):
    store = filled(folder / str(n), clash(1))
    store.close()
    child = os.fork()
    if child == 0:
        def step(*_, **__):
            global steps
            steps += 1
            if steps == n:
                os._exit(9)
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(store._engine, moment, step)
        after = [clash(1, severity="low"), clash(2)]
        store.put_clash_run(run(id="run-2"), lambda kept, known: Lived(after, [group(1), group(2)]))
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(n, code, flush=True)
    if code == 0:
        break
"""


@dataclass
class Lived:
    clashes: Sequence[Clash] = ()
    groups: Sequence[ClashGroup] = ()
    events: Sequence[ClashEvent] = ()


def clash(number: int = 1, **changes: Any) -> Clash:
    """Return a clash with something in every field."""
    full = Clash(
        id=f"clash-{number}",
        project="P001",
        rule="墙 × 电",
        a=BodyKey(MODEL, f"{number:022d}"),
        b=BodyKey(OTHER, "b"),
        type=ClashType.HARD,
        depth=0.1 + 0.2,
        volume=1e-9,
        distance=0.0,
        local_point=(1.5, -2.25, 0.1),
        local_box=((1.0, -3.0, 0.0), (2.0, -2.0, 0.2)),
        method=Method.EXACT_SOLID,
        status=ClashStatus.NEW,
        group=f"group-{number}",
        severity="high",
        factors=(say("depth {depth} m", depth=0.3),),
        reason=say("{a} is cut for {b}", a="墙", b="门"),
        storey="一层",
        assignee="王",
        due_date=date(2026, 7, 1),
        first_found=AT,
        last_found=AT + timedelta(microseconds=1),
        matches=(Match(BodyKey(MODEL, "old"), BodyKey(MODEL, "new"), "tag", 0.9),),
        element_missing=True,
        reopened=2,
        status_before=ClashStatus.REVIEWED,
    )
    return replace(full, **changes)


def run(**changes: Any) -> ClashRunRecord:
    pair = Untestable(BodyKey(MODEL, "a"), BodyKey(OTHER, "b"), say("{element} is open", element="墙"))
    full = ClashRunRecord(
        id="run-1",
        project="P001",
        started_at=AT,
        seconds=1.25,
        by="李",
        rules="default",
        models={MODEL: 1, OTHER: 1},
        examined=12,
        untestable_pairs=[pair],
        rules_without_match=["ducts"],
        found=3,
        notices=[say("Model {model} has no geometry.", model="x")],
        document={"rules": [{"name": "墙"}]},
        options={"tolerance": 0.002},
    )
    return replace(full, **changes)


def group(number: int, kind: str = "single") -> ClashGroup:
    return ClashGroup(f"group-{number}", "P001", kind, f"组 {number}")


def filled(folder: Path, *found: Clash) -> Store:
    """Return a store with two models, a run and its clashes."""
    store = Store.open(folder)
    store.put_revision(samples.revision())
    store.put_revision(samples.revision(stem="电", text="two"))
    groups = [group(int(c.id[6:])) for c in found]
    events = [ClashEvent(c.id, AT, "李", "found", "", "New", "", {"depth": 0.3}) for c in found]
    store.put_clash_run(run(), lambda kept, known: Lived(found, groups, events))
    return store


def packed_words(clash: Clash) -> list[Any]:
    """Return the sentences with templates and values: as strings they may be equal though these are lost."""
    return [word.packed() for word in (*clash.factors, clash.reason) if isinstance(word, Sentence)]


def test_all_of_a_clash_comes_back(tmp_path: Path) -> None:
    bare = clash(2, reason=None, due_date=None, matches=(), status_before=None, element_missing=False, factors=())
    with filled(tmp_path, clash(), bare) as store:
        assert store.clashes() == store.clashes("P001") == [clash(), bare]
        assert packed_words(store.clash("clash-1")) == packed_words(clash())
        assert store.clashes("P002") == []
        assert store.group_clashes("group-2") == [bare]
        assert store.clash_groups() == store.clash_groups("P001") == [group(1), group(2)]
        assert store.clash_events("clash-1") == [
            ClashEvent("clash-1", AT, "李", "found", "", "New", "", {"depth": 0.3})
        ]
        assert store.clash_runs() == [store.last_clash_run("P001")] == [run()]
        assert store.clash_runs()[0].untestable == 1
        assert store.last_clash_run("P002") is None
        with pytest.raises(NotFound, match="clash-9"):
            store.clash("clash-9")


@pytest.mark.parametrize("models", [{MODEL: 2, OTHER: 1}, {MODEL: 1, "P001-gone": 1}, {MODEL: 1, "P002-办公楼": 1}])
def test_a_run_of_other_revisions_is_refused_whole(tmp_path: Path, models: dict[str, int]) -> None:
    with filled(tmp_path, clash()) as store:
        store.put_revision(samples.revision(project="P002", text="three"))
        with pytest.raises(OutOfStep, match="changed meanwhile"):
            store.put_clash_run(run(id="run-2", models=models), lambda kept, known: Lived([clash(), clash(2)]))
        assert [r.id for r in store.clash_runs()] == ["run-1"]
        assert store.clashes() == [clash()]


def test_a_run_that_saw_another_placement_is_refused_whole(tmp_path: Path) -> None:
    with filled(tmp_path, clash()) as store:
        seen = store.model(MODEL)
        looked = run(id="run-2", options={PLACEMENTS: store.current_placements("P001")})
        moved = samples.revision()
        store.replace_placement(seen, samples.georeference(114.0), moved.placing)
        assert store.model(MODEL).revision == seen.revision
        with pytest.raises(OutOfStep, match="changed meanwhile"):
            store.put_clash_run(looked, lambda kept, known: Lived([clash(), clash(2)]))
        assert store.clashes() == [clash()]
        now = {PLACEMENTS: store.current_placements("P001")}
        assert now == {PLACEMENTS: {MODEL: 2, OTHER: 1}}
        store.put_clash_run(replace(looked, options=now), lambda kept, known: Lived([clash(), clash(2)]))
        assert len(store.clashes()) == 2


def test_a_run_that_loses_a_clash_or_dies_leaves_all_as_it_was(tmp_path: Path) -> None:
    with filled(tmp_path, clash(), clash(2)) as store:
        with pytest.raises(ValueError, match="clash-2"):
            store.put_clash_run(run(id="run-2"), lambda kept, known: Lived([clash(1, severity="low")]))

        def die(*_: object) -> Lived:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.put_clash_run(run(id="run-2"), die)
        assert store.clashes() == [clash(), clash(2)]
        assert len(store.clash_runs()) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_a_run_that_is_killed_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", MORTAL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    deaths = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert {code for _, code in deaths[:-1]} == {9}
    assert deaths[-1][1] == 0
    outcomes = []
    for n, _ in deaths:
        with Store.open(tmp_path / str(n), create=False) as store:
            kept = ([r.id for r in store.clash_runs()], store.clashes(), [g.id for g in store.clash_groups()])
            before = (["run-1"], [clash(1)], ["group-1"])
            after = (["run-1", "run-2"], [clash(1, severity="low"), clash(2)], ["group-1", "group-2"])
            assert kept in (before, after)
            outcomes.append(kept == after)
    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2


def test_a_run_sees_what_people_changed_while_it_looked(tmp_path: Path) -> None:
    with filled(tmp_path, clash()) as store:
        store.change_clashes(["clash-1"], {"status": ClashStatus.APPROVED}, by="王", at=AT)
        seen: list[Sequence[Clash]] = []

        def live(kept: Sequence[Clash], known: Sequence[ClashGroup]) -> Lived:
            seen.append(kept)
            return Lived([*(replace(c, depth=0.5) for c in kept), clash(2)], [*known, group(2)])

        lived = store.put_clash_run(run(id="run-2"), live)
        assert seen[0][0].status is ClashStatus.APPROVED
        assert store.clashes() == list(lived.clashes)
        assert [e.what for e in store.clash_events("clash-1")] == ["found", "status"]


def test_changes_leave_who_and_when(tmp_path: Path) -> None:
    later = AT + timedelta(days=1)
    wanted = {"status": ClashStatus.REVIEWED, "assignee": "王", "due_date": None}
    with filled(tmp_path, clash(status=ClashStatus.UNCHECKED), clash(2, group="group-1")) as store:
        changed = store.change_clashes(["clash-1", "clash-2"], wanted, by="赵", at=later, note="看过", comment="请改")
        assert changed == store.clashes()
        for found in changed:
            assert (found.status, found.status_before, found.due_date) == (ClashStatus.REVIEWED, None, None)
        happened = [(e.what, e.before, e.after, e.by, e.at, e.note) for e in store.clash_events("clash-1")[1:]]
        assert happened == [
            ("status", "Unchecked", "Reviewed", "赵", later, "看过"),
            ("due_date", "2026-07-01", "", "赵", later, "看过"),  # the assignee was that one already
        ]
        said = store.comments("group-1")  # once, though two clashes of the group were changed
        assert [(c.author, c.text, c.at) for c in said] == [("赵", "请改", later)]
        with pytest.raises(NotFound):
            store.change_clashes(["clash-1", "clash-9"], {"severity": "low"}, by="赵", at=later)
        with pytest.raises(InvalidInput, match="depth"):
            store.change_clashes(["clash-1"], {"depth": 0}, by="赵", at=later)
        assert store.clashes() == changed


def test_groups_made_by_hand(tmp_path: Path) -> None:
    with filled(tmp_path, clash(1), clash(2), clash(3)) as store:
        first = store.change_clashes(["clash-1", "clash-2"], {"group": "机房"}, by="赵", at=AT)
        made = first[0].group
        assert {c.group for c in first} == {made}
        assert [(g.kind, g.title) for g in store.clash_groups() if g.id == made] == [("hand", "机房")]
        assert {g.id for g in store.clash_groups()} == {made, "group-3"}  # what nobody is in any more is gone
        store.change_clashes(["clash-3"], {"group": made}, by="赵", at=AT)  # by its id
        store.change_clashes(["clash-3"], {"group": "机房"}, by="赵", at=AT)  # by its title, as before
        assert {c.group for c in store.clashes()} == {made}
        assert len(store.clash_events("clash-3")) == 2


def test_clashes_of_a_removed_model_stay_unchecked(tmp_path: Path) -> None:
    found = [
        clash(1, element_missing=False, status=ClashStatus.REVIEWED, status_before=None),
        clash(2, element_missing=False, status=ClashStatus.RESOLVED, status_before=None),
        clash(3, a=BodyKey(MODEL, "a"), b=BodyKey(MODEL, "b"), element_missing=False),
    ]
    with filled(tmp_path, *found) as store:
        store.remove_model(OTHER)
        states = [(c.status, c.status_before, c.element_missing) for c in store.clashes()]
        assert states == [
            (ClashStatus.UNCHECKED, ClashStatus.REVIEWED, True),
            (ClashStatus.RESOLVED, None, True),
            (ClashStatus.NEW, ClashStatus.REVIEWED, False),
        ]
        assert [e.after for e in store.clash_events("clash-1")] == ["New", "Unchecked"]
        store.remove_model(MODEL)  # the last one: the project stays for what people have said of its clashes
        assert [p.code for p in store.projects()] == ["P001"]
        assert len(store.clashes()) == 3


def test_what_belongs_to_a_project_goes_with_it(tmp_path: Path) -> None:
    with filled(tmp_path, clash()) as store:
        store.add_comment("P001", "group-1", author="王", at=AT, text="?")
        store.put_topics("P001", [topic()])
    tables = (
        "clash_runs",
        "clashes",
        "clash_groups",
        "clash_events",
        "topics",
        "comments",
        "viewpoints",
        "topic_blobs",
    )
    counts = {table: execute(tmp_path, f"SELECT count(*) FROM {table}")[0][0] for table in tables}  # noqa: S608
    assert all(counts.values()), counts
    execute(tmp_path, "DELETE FROM models", "DELETE FROM projects")
    assert {execute(tmp_path, f"SELECT count(*) FROM {table}")[0][0] for table in tables} == {0}  # noqa: S608


def topic(**changes: Any) -> Topic:
    view = Viewpoint(
        "view-1",
        camera=Camera((1.0, 2.0, 3.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), field_of_view=60.0, aspect=1.5),
        selection=(Component("g1"), Component("g2", "Revit", "17")),
        visibility=Visibility(default=False, exceptions=(Component("g3"),), spaces=True),
        coloring=(Coloring("FF0000", (Component("g1"),)),),
        bitmaps=(Bitmap("png", "a.png", (0.0,) * 3, (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 2.0, b"\x89PNG bitmap"),),
        snapshot=Snapshot(b"\xff\xd8 picture", "jpg"),
        index=3,
    )
    full = Topic(
        "topic-1",
        "墙碰管",
        AT,
        "王",
        status="Open",
        labels=("电", "墙"),
        due_date=AT,
        files=(HeaderFile("a.ifc", "p", date=AT, external=False, content=b"ISO-10303-21;"),),
        comments=(Comment("c1", AT, "王", "看", "view-1"),),
        viewpoints=(view, Viewpoint("view-2")),
    )
    return replace(full, **changes)


def test_topics_come_back_with_their_bytes_and_their_comments_grow(tmp_path: Path) -> None:
    with filled(tmp_path, clash()) as store:
        store.put_topics("P001", [topic()])
        found = store.topic("topic-1")
        assert replace(found, comments=tuple(found.comments), viewpoints=tuple(found.viewpoints)) == topic()
        assert store.sweep() == 0
        older = Comment("c1", AT, "王", "older", modified_date=AT - timedelta(1))
        newer = Comment("c1", AT, "王", "改", modified_date=AT + timedelta(1), modified_author="李")
        second = Comment("c2", AT + timedelta(2), "李", "好")
        store.put_topics("P001", [topic(title="二", comments=(older,), viewpoints=())])
        assert [c.text for c in store.comments("topic-1")] == ["看"]
        store.put_topics("P001", [topic(title="二", comments=(newer, second), viewpoints=())])
        found = store.topics("P001")[0]
        assert (found.title, [c.text for c in found.comments]) == ("二", ["改", "好"])
        assert [v.guid for v in found.viewpoints] == ["view-1", "view-2"]  # programs may refer to them
        assert store.topics("P002") == []
        with pytest.raises(NotFound):
            store.put_topics("P009", [topic()])
        store.remove_topic("topic-1")
        assert store.sweep() == 3  # the snapshot, the bitmap, the model that was sent along
        with pytest.raises(NotFound):
            store.topic("topic-1")


@pytest.mark.sqlite
def test_a_twin_of_the_third_version_keeps_all_it_has(tmp_path: Path) -> None:
    engine = engine_at(tmp_path / DATABASE, 1)
    with writing(engine) as connection:
        migrations.upgrade(connection, "0003")
        insert = connection.exec_driver_sql
        insert("INSERT INTO twin (id, name, changes) VALUES (1, '城', 7)")
        insert("INSERT INTO projects (code, name, registered) VALUES ('P001', '一', 0)")
        insert("INSERT INTO models (id, project, stem, revision) VALUES ('P001-办公楼', 'P001', '办公楼', 1)")
        insert(
            "INSERT INTO revisions (id, model, number, placement, file, sha256, schema, kernel, imported_at, products,"
            " drawn, empty, skipped, failed, notices, tile_count, tile_bytes) VALUES"
            " (5, 'P001-办公楼', 1, 1, 'a.ifc', 'aa', 'IFC4', 'lite', '2026-06-01T08:30:00+00:00',"
            " 1, 1, 0, 0, 0, '[]', 0, 0)"
        )
    engine.dispose()
    with Store.open(tmp_path) as store:
        assert store.settings().name == "城"
        assert [r.file for r in store.history(MODEL)] == ["a.ifc"]
        assert (store.bodies(MODEL), store.connections(MODEL), store.clashes()) == (None, [], [])
        store.put_clash_run(run(models={MODEL: 1}), lambda kept, known: Lived([clash()], [group(1)]))
        assert store.clashes() == [clash()]
