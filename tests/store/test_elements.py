"""Elements of the store: one by one, all of a project, and as columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store import samples
from twin.errors import NotFound
from twin.store import Ancestor, Store, StoreyRecord


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        yield opened


def test_an_element_comes_back_with_its_path_and_properties(store: Store) -> None:
    new = samples.revision()
    store.put_revision(new)
    wall = store.element("P001", f"{1:022d}")
    assert (wall.model, wall.row, wall.ifc_class, wall.name, wall.state) == (
        "P001-办公楼",
        1,
        "IfcWall",
        "外墙 1",
        "drawn",
    )
    assert wall.storey == StoreyRecord("S1", "一层", 0.0)
    assert [step.global_id for step in wall.path] == ["SITE", "BUILDING", "S1"]
    assert wall.path[0] == Ancestor("SITE", "IfcSite", "Site")
    assert wall.properties == new.model.elements[1].properties
    broken = store.element("P001", "BROKEN")
    assert (broken.row, broken.state, broken.reason) == (-1, "failed", "IfcBeam: no triangles")
    with pytest.raises(NotFound):
        store.element("P001", "no such id")
    with pytest.raises(NotFound):
        store.element("P009", "BROKEN")


def test_a_tree_that_bites_its_tail_ends(store: Store) -> None:
    from dataclasses import replace

    new = samples.revision()
    looped = [replace(e, parent="S1") if e.global_id == "SITE" else e for e in new.model.elements]
    store.put_revision(replace(new, model=replace(new.model, elements=looped)))
    assert [step.global_id for step in store.element("P001", "BROKEN").path] == ["SITE", "BUILDING", "S1"]


def test_a_global_id_in_two_models_gives_the_drawn_one(store: Store) -> None:
    store.put_revision(samples.revision(stem="a", count=1))
    store.put_revision(samples.revision(stem="b", text="b", count=3))
    assert store.element("P001", f"{2:022d}").model == "P001-b"
    assert store.element("P001", f"{0:022d}").model == "P001-a"
    assert store.element("P001", f"{0:022d}", "P001-b").model == "P001-b"
    with pytest.raises(NotFound):
        store.element("P001", f"{2:022d}", "P001-a")


def test_all_elements_of_a_project_are_those_that_are_asked_for_one_by_one(store: Store) -> None:
    from dataclasses import replace

    new = samples.revision(stem="a", count=1)
    # a tree that bites its tail; an element that is drawn in b only
    changed: dict[str, Any] = {"SITE": {"parent": "S1"}, "BROKEN": {"global_id": f"{2:022d}"}}
    elements = [replace(e, **changed.get(e.global_id, {})) for e in new.model.elements]
    store.put_revision(replace(new, model=replace(new.model, elements=elements)))
    store.put_revision(samples.revision(stem="b", text="b", count=3))
    store.put_revision(samples.revision(project="P002", stem="c", text="c"))
    found = store.elements("P001")
    ids = {item.global_id for model in store.models("P001") for item in store.ledger(model.model).items}
    assert set(found) == ids | {f"{row:022d}" for row in range(3)}
    assert {element.model for element in found.values()} == {"P001-a", "P001-b"}
    for global_id, element in found.items():
        assert element == store.element("P001", global_id)
    assert store.elements("P009") == {}


def test_columns_run_over_the_feature_rows(store: Store) -> None:
    new = samples.revision(count=50)
    store.put_revision(new)
    columns = store.element_columns("P001-办公楼")
    drawn = new.model.drawn()
    assert list(columns.global_id) == [e.global_id for e in drawn]
    assert list(columns.name) == [e.name for e in drawn]
    assert [columns.classes[i] for i in columns.ifc_class] == [e.ifc_class for e in drawn]
    assert [columns.storeys[i].global_id if i >= 0 else None for i in columns.storey] == [e.storey for e in drawn]
