"""Bodies come back bit by bit, follow their revision, and are added to revisions of before they were kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines import execute
from tests.store import samples
from twin.errors import OutOfStep, TwinError
from twin.store import NewRevision, Store
from twin.store.bodies import bodies_from_bytes, bodies_to_bytes, pack_bodies
from twin.values.bodies import Bodies, bodies_of
from twin.values.model import Placed, Shape

MODEL = "P001-办公楼"
FIELDS = ("vertices", "faces", "vertex_starts", "face_starts", "shapes", "local_from_shape")
TIES = [("IfcRelConnectsPathElements", f"{0:022d}", f"{1:022d}"), ("IfcRelCoversBldgElements", "a\0b", "墙")]


def same(a: Bodies, b: Bodies) -> bool:
    """Tell whether two bodies are the same, bit by bit, type by type."""
    pairs = [(getattr(a, name), getattr(b, name)) for name in FIELDS]
    return all(x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes() for x, y in pairs)


def with_bodies(seed: int = 0, **options: Any) -> NewRevision:
    """Return a revision whose drawn elements have shapes, two of them shared."""
    new = samples.revision(**options)
    chance = np.random.default_rng(seed)
    shapes = [
        Shape(
            chance.normal(size=(n, 3)),
            chance.integers(0, n, (2 * n, 3)).astype(np.uint32),
            np.zeros(2 * n, np.uint16),
            np.zeros((1, 4), np.uint8),
        )
        for n in (4, 7)
    ]
    elements = [
        replace(e, placed=Placed(e.row % 2, np.eye(4) + e.row)) if e.row >= 0 else e for e in new.model.elements
    ]
    return replace(new, model=replace(new.model, elements=elements, shapes=shapes, connections=TIES))


def bodies(new: NewRevision) -> Bodies:
    return bodies_of(new.model.drawn(), new.model.shapes)


def forget(folder: Path) -> None:
    """Make the twin look as it did before bodies were kept."""
    execute(folder, "UPDATE revisions SET bodies_sha256 = NULL", "DELETE FROM connections")


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_bodies_come_back_bit_by_bit(data: st.DataObject) -> None:
    counts = [data.draw(st.integers(0, 5)) for _ in range(4)]
    numbers = st.floats(width=64)

    def floats(count: int) -> Any:
        return np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)), np.float64)

    given = Bodies(
        floats(3 * counts[0]).reshape(-1, 3),
        np.arange(3 * counts[1], dtype=np.uint32).reshape(-1, 3),
        np.arange(counts[2], dtype=np.int64) - 2**62,
        np.arange(counts[2], dtype=np.int64),
        np.arange(counts[3], dtype=np.int32),
        floats(16 * counts[3]).reshape(-1, 4, 4),
    )
    content = bodies_to_bytes(given)
    assert same(bodies_from_bytes(content), given)
    assert bodies_to_bytes(bodies_from_bytes(content)) == content


@pytest.mark.parametrize("wrong", [b"", b"PK\3\4", b"city-twin bodies 1\n", b"city-twin bodies 1\n{}\n"])
def test_other_bytes_are_refused(wrong: bytes) -> None:
    with pytest.raises(TwinError, match="damaged"):
        bodies_from_bytes(wrong)


def test_bytes_that_end_early_or_late_are_refused() -> None:
    content = bodies_to_bytes(bodies(with_bodies()))
    huge = content.replace(b'"faces":', b'"faces":9999999999999')
    negative = content.replace(b'"faces":', b'"faces":-')
    for wrong in (content[:-1], content + b"\0", content[: len(content) // 2], huge, negative):
        with pytest.raises(TwinError, match="damaged"):
            bodies_from_bytes(wrong)


def test_a_revision_keeps_its_bodies_and_its_connections(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        first, second = with_bodies(0), with_bodies(1, text="two")
        for new in (first, second):
            store.put_revision(new)
            found = store.bodies(MODEL)
            assert found is not None
            assert same(found, bodies(new))
        assert store.connections(MODEL) == [TIES[0], (TIES[1][0], "a?b", "墙")]
        assert store.put_revision(second).revision == 2  # the same again is no news
        assert store.sweep() == 0
        assert store.blobs.has(pack_bodies(bodies(first)).sha256)  # of the revision before


def test_other_bodies_alone_are_another_revision(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        assert [store.put_revision(with_bodies(seed)).revision for seed in (0, 0, 1, 1)] == [1, 1, 2, 2]


def test_a_lost_blob_of_bodies_makes_a_model_not_whole_and_comes_back(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.put_revision(with_bodies())
        assert store.is_whole(MODEL)
        store.blobs.remove([pack_bodies(bodies(with_bodies())).sha256])
        assert not store.is_whole(MODEL)
        assert len(store.damage()) == 1
        assert store.put_revision(with_bodies()).revision == 1
        assert store.is_whole(MODEL)


def test_a_model_of_before_gets_bodies_by_the_same_file_or_by_hand(tmp_path: Path) -> None:
    new = with_bodies()
    with Store.open(tmp_path) as store:
        store.put_revision(new)
        forget(tmp_path)
        assert store.bodies(MODEL) is None
        assert store.is_whole(MODEL)
        assert store.put_revision(new).revision == 1
        found = store.bodies(MODEL)
        assert found is not None
        assert same(found, bodies(new))
        assert len(store.connections(MODEL)) == 2
        forget(tmp_path)
        with pytest.raises(OutOfStep, match="changed meanwhile"):
            store.put_bodies(MODEL, bodies(new), TIES, revision=2)
        assert store.bodies(MODEL) is None
        for other in (new, with_bodies(5)):  # the second time they are there already, and stay
            store.put_bodies(MODEL, bodies(other), TIES, revision=1)
        found = store.bodies(MODEL)
        assert found is not None
        assert same(found, bodies(new))
        assert len(store.connections(MODEL)) == 2
        assert store.damage() == []


def test_a_removed_model_takes_its_bodies_along(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.put_revision(with_bodies())
        store.remove_model(MODEL)
        assert list(store.blobs.names()) == []
    assert execute(tmp_path, "SELECT count(*) FROM connections") == [(0,)]


def test_a_model_made_by_hand_has_none(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision())
        assert store.bodies(MODEL) is None
        assert store.connections(MODEL) == []
