"""The store keeps everything, adds nothing twice, forgets nothing it should remember."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engines import POSTGRESQL, execute
from tests.store import samples
from twin.errors import FrameTaken, InvalidInput, NotFound, OutOfStep, StoreTooNew
from twin.store import DATABASE, Counts, Store
from twin.values.georeference import georeference_to_json
from twin.values.sentence import Sentence


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        yield opened


def test_a_new_twin_has_defaults(store: Store) -> None:
    settings = store.settings()
    assert (settings.name, settings.crs, settings.bounds, settings.as_of) == ("twin", None, None, None)
    assert store.models() == []
    assert store.projects() == []


def test_init_keeps_what_it_is_told_and_refuses_a_second_time(tmp_path: Path) -> None:
    bounds = (113.7, 22.4, 114.7, 22.9)
    with Store.init(tmp_path, name="深圳", crs="EPSG:4547", bounds=bounds) as made:
        assert made.settings().name == "深圳"
        assert made.settings().crs == "EPSG:4547"
        assert made.settings().bounds == bounds
    with pytest.raises(InvalidInput, match="already"):
        Store.init(tmp_path, name="again", crs=None, bounds=None)
    with Store.open(tmp_path) as opened:
        assert opened.settings().name == "深圳"
    assert sorted(path.name for path in tmp_path.iterdir()) == ([] if POSTGRESQL else [DATABASE])


def test_a_missing_twin_is_only_made_on_request(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="twin init"):
        Store.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_model_comes_back_as_it_was_put(store: Store) -> None:
    new = samples.revision()
    store.put_revision(new)
    found = store.model("P001-办公楼")
    assert (found.project, found.stem, found.file, found.discipline) == ("P001", "办公楼", "办公楼.ifc", "建筑")
    assert (found.revision, found.sha256, found.schema, found.kernel) == (1, new.source_sha256, "IFC4", "lite")
    assert found.imported_at == found.placed_at == samples.IMPORTED_AT
    assert found.ledger == Counts(products=9, drawn=4, empty=3, skipped=1, failed=1)
    assert found.rows == 4
    assert georeference_to_json(found.georeference) == georeference_to_json(new.georeference)
    assert found.notices == new.model.notices
    assert [notice.template for notice in found.notices] == ["{count} GlobalIds are used twice."]
    assert found.box is not None
    assert new.box is not None
    assert np.array_equal(found.box, new.box)
    assert (found.bounds, found.heights, found.ground_height) == (new.bounds, new.heights, new.ground_height)
    assert found.geometric_error == 64.5
    assert store.blobs.get(found.sha256) == new.source
    assert store.find_model("P001", "办公楼") is not None
    assert store.find_model("P002", "办公楼") is None


def test_tiles_come_back_by_path(store: Store) -> None:
    new = samples.revision()
    found = store.put_revision(new)
    assert new.building_document is not None
    assert new.spaces_document is not None
    assert new.bake.building is not None
    assert new.bake.spaces is not None
    for path, document in (("tileset.json", new.building_document), ("spaces/tileset.json", new.spaces_document)):
        assert store.blobs.get(store.tile(found.model, path)) == samples.document_text(dict(document))
    for file in (*new.bake.building.contents, *new.bake.spaces.contents):
        sha256 = store.tile(found.model, file.path)
        assert f"{sha256}.glb" == file.path
        assert store.blobs.get(sha256) == file.content
    assert store.tile(found.model, f"spaces/{new.bake.spaces.contents[0].path}")
    stored = [store.blobs.get_gzip(store.tile(found.model, file.path)) for file in new.bake.building.contents]
    stored += [store.blobs.get_gzip(store.tile(found.model, file.path)) for file in new.bake.spaces.contents]
    assert (found.tiles.count, found.tiles.bytes) == (3, sum(len(content or b"") for content in stored))


@pytest.mark.parametrize(
    "path", ["", "other.json", "x/tileset.json", "tileset.json/", "0" * 64 + ".glb", "..", "a.glb"]
)
def test_other_tiles_are_not_found(store: Store, path: str) -> None:
    found = store.put_revision(samples.revision())
    with pytest.raises(NotFound):
        store.tile(found.model, path)


def test_the_blob_of_another_model_is_not_found(store: Store) -> None:
    store.put_revision(samples.revision(stem="a", tiles=(b"glTF only in a",)))
    store.put_revision(samples.revision(stem="b", text="b", tiles=(b"glTF only in b",)))
    path = samples.tile_file(b"glTF only in a").path
    assert store.tile("P001-a", path)
    with pytest.raises(NotFound):
        store.tile("P001-b", path)


def test_a_model_without_drawn_elements_has_no_tileset(store: Store) -> None:
    from dataclasses import replace

    new = samples.revision(count=0, spaces=False)
    new = replace(
        new, bake=replace(new.bake, building=None), building_document=None, box=None, bounds=None, heights=None
    )
    found = store.put_revision(new)
    assert (found.rows, found.box, found.bounds, found.heights, found.has_building) == (0, None, None, None, False)
    assert store.element_columns(found.model).global_id == ()
    with pytest.raises(NotFound):
        store.tile(found.model, "tileset.json")


def test_the_ledger_lists_what_is_not_drawn(store: Store) -> None:
    store.put_revision(samples.revision())
    ledger = store.ledger("P001-办公楼")
    assert ledger.counts.products == len(ledger.items) + ledger.counts.drawn
    assert [item.state for item in ledger.items] == ["empty", "empty", "empty", "skipped", "failed"]
    reason = ledger.items[-1].reason
    assert isinstance(reason, Sentence)
    assert (reason, reason.template) == ("IfcBeam: no triangles", "{ifc_class}: {why}")


def count_rows(store: Store) -> dict[str, int]:
    assert store.folder is not None
    tables = ("projects", "models", "revisions", "placements", "storeys", "elements", "tiles")
    return {table: execute(store.folder, f"SELECT count(*) FROM {table}")[0][0] for table in tables}  # noqa: S608


def test_the_same_again_adds_nothing(store: Store) -> None:
    first = store.put_revision(samples.revision())
    before, blobs = count_rows(store), sorted(store.blobs.names())
    again = store.put_revision(samples.revision())
    assert (again.revision, again.model) == (first.revision, first.model)
    assert (count_rows(store), sorted(store.blobs.names())) == (before, blobs)


def test_a_changed_file_is_the_next_revision(store: Store) -> None:
    old = samples.revision()
    store.put_revision(old)
    new = samples.revision(text="ISO-10303-21; two", count=6, tiles=(b"glTF new",))
    found = store.put_revision(new)
    assert (found.revision, found.rows, store.model(found.model).sha256) == (2, 6, new.source_sha256)
    history = store.history(found.model)
    assert [(r.revision, r.sha256, r.ledger.drawn) for r in history] == [
        (1, old.source_sha256, 4),
        (2, new.source_sha256, 6),
    ]
    assert store.blobs.get(old.source_sha256) == old.source
    assert old.bake.building is not None
    for file in old.bake.building.contents:
        assert store.blobs.get(store.tile(found.model, file.path)) == file.content
    assert store.element("P001", f"{5:022d}").row == 5
    assert len(store.element_columns(found.model).global_id) == 6
    assert store.sweep() == 0


def test_back_to_the_first_file_is_a_third_revision(store: Store) -> None:
    store.put_revision(samples.revision(text="one"))
    store.put_revision(samples.revision(text="two"))
    assert store.put_revision(samples.revision(text="one")).revision == 3


def test_the_same_file_drawn_or_placed_otherwise_is_a_revision(store: Store) -> None:
    store.put_revision(samples.revision())
    assert store.put_revision(samples.revision(tiles=(b"glTF other",))).revision == 2
    elsewhere = samples.revision(tiles=(b"glTF other",), place=samples.georeference(114.1))
    assert store.put_revision(elsewhere).revision == 3


def test_a_new_place_keeps_tiles_and_history(store: Store) -> None:
    first = store.put_revision(samples.revision(fixes_frame=True))
    here = samples.georeference(114.2, 22.7)
    moved = store.replace_placement(first, here, samples.placing(here))
    assert (moved.revision, moved.georeference.longitude, moved.bounds) == (1, 114.2, samples.placing(here).bounds)
    assert moved.has_spaces is False
    assert moved.tiles == first.tiles
    assert first.building_sha256 is not None
    assert moved.building_sha256 == store.tile(first.model, "tileset.json") != first.building_sha256
    assert store.sweep() == 0
    assert store.blobs.has(first.building_sha256)
    frame = store.project_frame("P001")
    assert frame is not None
    assert frame.longitude == 113.9
    store.replace_placement(moved, here, samples.placing(here), fixes_frame=True)
    frame = store.project_frame("P001")
    assert frame is not None
    assert frame.longitude == 114.2


@pytest.mark.parametrize("meanwhile", ["revised", "placed", "made anew"])
def test_a_model_that_changed_meanwhile_is_not_placed(store: Store, meanwhile: str) -> None:
    """Its documents are those of the tiles that were looked at, which may be gone."""
    seen = store.put_revision(samples.revision(text="one"))
    if meanwhile == "placed":
        there = samples.georeference(114.4)
        store.replace_placement(seen, there, samples.placing(there))
    else:
        if meanwhile == "made anew":
            store.remove_model(seen.model)
        store.put_revision(samples.revision(text="two", tiles=(b"glTF other",)))
    now = store.model(seen.model)
    here = samples.georeference(114.2)
    with pytest.raises(OutOfStep, match=seen.model):
        store.replace_placement(seen, here, samples.placing(here))
    after = store.model(seen.model)
    assert (after.revision, after.building_sha256) == (now.revision, now.building_sha256)
    assert after.georeference.longitude == now.georeference.longitude
    assert store.sweep() == 0
    store.replace_placement(now, here, samples.placing(here))


def test_a_name_that_is_taken_tells_nothing_of_whose_it_is(store: Store) -> None:
    """Two projects and two files can make one id; who imports the second may not know of the first."""
    store.put_revision(samples.revision(project="P001-2", stem="hid"))
    with pytest.raises(InvalidInput, match="P001-2-hid is taken") as caught:
        store.put_revision(samples.revision(project="P001", stem="2-hid"))
    assert caught.value.sentence.values == {"model": "P001-2-hid"}
    assert [model.project for model in store.models()] == ["P001-2"]


def test_a_model_that_is_gone_is_not_placed(store: Store) -> None:
    seen = store.put_revision(samples.revision())
    store.remove_model(seen.model)
    with pytest.raises(NotFound, match=seen.model):
        store.replace_placement(seen, seen.georeference, samples.placing(seen.georeference))


def test_a_frame_in_which_another_model_stands_is_not_moved(store: Store) -> None:
    first = store.put_revision(samples.revision(stem="a", text="a", fixes_frame=True))
    store.put_revision(samples.revision(stem="b", text="b"))
    here = samples.georeference(114.2)
    with pytest.raises(FrameTaken):
        store.replace_placement(first, here, samples.placing(here), fixes_frame=True)
    frame = store.project_frame("P001")
    assert frame is not None
    assert frame.longitude == store.model(first.model).georeference.longitude == 113.9


def test_the_first_model_fixes_the_frame(store: Store) -> None:
    assert store.project_frame("P001") is None
    store.put_revision(samples.revision(stem="free", fixes_frame=False))
    assert store.project_frame("P001") is None
    store.put_revision(samples.revision(stem="a", text="a", place=samples.georeference(113.8), fixes_frame=True))
    store.put_revision(samples.revision(stem="b", text="b", place=samples.georeference(114.8)))
    with pytest.raises(FrameTaken):
        store.put_revision(samples.revision(stem="c", text="c", fixes_frame=True))
    frame = store.project_frame("P001")
    assert frame is not None
    assert georeference_to_json(frame) == georeference_to_json(samples.georeference(113.8))


def test_projects_know_their_models_and_bounds(store: Store) -> None:
    store.put_revision(samples.revision(stem="a", place=samples.georeference(113.8, 22.4)))
    store.put_revision(samples.revision(stem="b", text="b", place=samples.georeference(114.8, 22.6)))
    store.put_revision(samples.revision(project="P002", stem="c", text="c"))
    first, second = store.projects()
    assert (first.code, first.name, first.models) == ("P001", "P001", ["P001-a", "P001-b"])
    assert first.bounds == pytest.approx((113.8, 22.4, 114.801, 22.6005), abs=1e-12)
    assert (second.code, second.models) == ("P002", ["P002-c"])
    assert [m.model for m in store.models("P001")] == ["P001-a", "P001-b"]
    project, models = store.project("P002")
    assert (project.models, [m.model for m in models]) == (["P002-c"], ["P002-c"])
    with pytest.raises(NotFound):
        store.project("P003")


def test_a_named_project_outlives_its_models(store: Store) -> None:
    store.name_project("P002", "学校")
    store.put_revision(samples.revision())
    store.name_project("P001", "文化中心")
    assert [(p.code, p.name, len(p.models)) for p in store.projects()] == [("P001", "文化中心", 1), ("P002", "学校", 0)]
    store.remove_model("P001-办公楼")
    assert [(p.code, p.name, p.frame) for p in store.projects()] == [
        ("P001", "文化中心", None),
        ("P002", "学校", None),
    ]
    with pytest.raises(InvalidInput):
        store.name_project("city", "x")


def test_a_removed_model_leaves_nothing(store: Store, tmp_path: Path) -> None:
    store.put_revision(samples.revision(stem="kept", fixes_frame=True))
    kept = count_rows(store), sorted(store.blobs.names())
    store.put_revision(samples.revision(stem="gone", text="one", tiles=(b"glTF shared", b"glTF coarse")))
    store.put_revision(samples.revision(stem="gone", text="two"))
    store.remove_model("P001-gone")
    assert (count_rows(store), sorted(store.blobs.names())) == kept
    assert store.project_frame("P001") is not None
    store.remove_model("P001-kept")
    assert set(count_rows(store).values()) == {0}
    assert list(store.blobs.names()) == []
    assert store.projects() == []
    with pytest.raises(NotFound):
        store.remove_model("P001-kept")


def test_two_files_cannot_share_an_id(store: Store) -> None:
    store.put_revision(samples.revision(project="A-B", stem="C"))
    with pytest.raises(InvalidInput, match="rename"):
        store.put_revision(samples.revision(project="A", stem="B-C", text="other"))
    assert [project.code for project in store.projects()] == ["A-B"]


def test_accents_composed_otherwise_are_the_same_model(store: Store) -> None:
    store.put_revision(samples.revision(stem="caf\u00e9"))
    assert store.put_revision(samples.revision(stem="cafe\u0301", text="two")).revision == 2
    assert store.find_model("P001", "cafe\u0301") is not None


@pytest.mark.parametrize("code", ["", " P1", "a/b", "a\\b", "a\nb", "city", "x" * 201])
def test_codes_that_could_not_stand_in_a_url_are_refused(store: Store, code: str) -> None:
    with pytest.raises(InvalidInput):
        store.put_revision(samples.revision(project=code))
    assert store.projects() == []


def test_a_wrong_hash_is_a_programming_error(store: Store) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="sha256"):
        store.put_revision(replace(samples.revision(), source=b"other"))


def test_damage_is_found(store: Store) -> None:
    store.put_revision(samples.revision())
    assert store.damage() == []
    assert store.folder is not None
    path = next((store.folder / "blobs").glob("*/*.gz"))
    name = path.name.removesuffix(".gz")
    path.write_bytes(path.read_bytes()[:-9])
    assert store.damage() == [f"damaged: {name}"]
    path.unlink()
    assert store.damage() == [f"missing: {name}"]


@pytest.mark.sqlite
def test_something_else_in_the_database_file_is_told(tmp_path: Path) -> None:
    from twin.errors import TwinError

    (tmp_path / DATABASE).write_bytes(b"this is no database, but it is long enough to look like one" * 20)
    with pytest.raises(TwinError, match="cannot be used"):
        Store.open(tmp_path)


def test_a_newer_twin_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    execute(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="9999"):
        Store.open(tmp_path)


def test_stored_json_is_canonical(store: Store) -> None:
    found = store.put_revision(samples.revision())
    content = store.blobs.get(store.tile(found.model, "tileset.json"))
    document: Any = json.loads(content)
    assert content == samples.document_text(document)
    assert store.tile(found.model, "tileset.json") == hashlib.sha256(content).hexdigest()


def test_texts_and_numbers_that_no_database_takes_are_kept_as_far_as_they_go(store: Store) -> None:
    from dataclasses import replace

    new = samples.revision(count=1)
    odd = {"psets": {"P": {"half": "a\ud83d", "ratio": float("nan"), "endless": float("inf"), "墙": "\0"}}}
    wall = replace(new.model.elements[0], name="墙 \ud83d\0", properties=odd)
    store.put_revision(replace(new, model=replace(new.model, elements=[wall, *new.model.elements[1:]])))
    found = store.element("P001", wall.global_id)
    assert found.name == "墙 ??"
    assert found.properties == {"psets": {"P": {"half": "a?", "ratio": None, "endless": None, "墙": "\0"}}}
