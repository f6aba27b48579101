"""Elements of a model whose GlobalIds have all changed are found again, and none is taken for another."""

import gc
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clash.models import checked_model
from twin.judgement.clash.identity import Described, Rebound, describe, rebind
from twin.judgement.clash.signatures import features
from twin.values.bodies import Bodies

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
FACES = np.array(
    [
        *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
        *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
    ],
    np.uint32,
)


@dataclass
class Texts:
    """An element's class, name and tag."""

    ifc_class: str = "IfcBeam"
    name: str = ""
    tag: str = ""


def boxes(sizes: list[tuple[float, ...]], places: list[tuple[float, ...]]) -> Bodies:
    """Return boxes, each with a shape of its own."""
    count = len(sizes)
    matrices = np.tile(np.eye(4), (count, 1, 1))
    matrices[:, :3, 3] = np.array(places).reshape(-1, 3)
    return Bodies(
        np.concatenate([np.zeros((0, 3)), *(CORNERS * size for size in sizes)]),
        np.tile(FACES, (count, 1)),
        np.arange(count + 1) * len(CORNERS),
        np.arange(count + 1) * len(FACES),
        np.arange(count, dtype=np.int32),
        matrices,
    )


def described(bodies: Bodies, texts: list[Texts], prefix: str) -> Described:
    ids = [f"{prefix}{i}" for i in range(len(bodies))]
    return describe(ids, [t.ifc_class for t in texts], [t.name for t in texts], [t.tag for t in texts], bodies)


def re_exported(
    bodies: Bodies, texts: list[Texts], seed: int, *, changed: float = 0.05, plain: bool = False
) -> tuple[Bodies, list[Texts], dict[int, int]]:
    """Return a model as another program writes it, and row → row of what is still there.

    A share of the elements is moved by 1 cm to 3 m or removed; rows and corners come in another order, with rounding
    noise; plain: without names and tags
    """
    chance = np.random.default_rng(seed)
    count = len(bodies)
    fate = chance.random(count)
    rows = chance.permutation(np.nonzero(fate >= changed / 2)[0])
    matrices = bodies.local_from_shape[rows].copy()
    moved = fate[rows] < changed
    step = chance.normal(size=(int(moved.sum()), 3))
    step *= (10.0 ** chance.uniform(-2, 0.5, len(step)) / np.linalg.norm(step, axis=1))[:, None]
    matrices[moved, :3, 3] += step
    vertices, faces = bodies.vertices.copy(), bodies.faces.copy()
    for shape in range(len(bodies.vertex_starts) - 1):
        part = slice(bodies.vertex_starts[shape], bodies.vertex_starts[shape + 1])
        order = chance.permutation(part.stop - part.start)
        vertices[part] = vertices[part][order]
        mine = slice(bodies.face_starts[shape], bodies.face_starts[shape + 1])
        faces[mine] = np.argsort(order)[faces[mine]]
    vertices += chance.uniform(-1e-9, 1e-9, vertices.shape)
    after = Bodies(vertices, faces, bodies.vertex_starts, bodies.face_starts, bodies.shapes[rows], matrices)
    told = [replace(texts[row], **({"name": "", "tag": ""} if plain else {})) for row in rows]
    return after, told, {int(row): j for j, row in enumerate(rows)}


def scored(bodies: Bodies, texts: list[Texts], seed: int, *, plain: bool) -> tuple[float, int, Rebound]:
    """Return the share of right matches among what is still there, the number of wrong ones, and all."""
    after, told, truth = re_exported(bodies, texts, seed, plain=plain)
    found = rebind("m", described(bodies, texts, "a"), described(after, told, "b"))
    assert not found.gone & {f"a{row}" for row in truth}  # none that is still there is called gone
    right = sum(m.after.global_id == f"b{truth.get(int(a[1:]), -1)}" for a, m in found.matches.items())
    return right / len(truth), len(found.matches) - right, found


def town(count: int, seed: int) -> tuple[Bodies, list[Texts]]:
    """Return rows of boxes of a few sizes, some with tags, many with the same name."""
    chance = np.random.default_rng(seed)
    sizes = [(0.2, 0.2, 3.0), (0.3, 5.0, 0.5), (1.0, 2.0, 0.1), (0.15, 0.15, 2.0)]
    kinds = chance.integers(0, len(sizes), count)
    side = int(np.ceil(count ** (1 / 3)))
    grid = np.stack(np.unravel_index(np.arange(count), (side, side, side)), axis=1) * 2.5
    names = ("IfcColumn", "IfcBeam", "IfcSlab", "IfcPipeSegment")
    texts = [
        Texts(names[kind], ("", "C1", f"C {i}")[i % 3], ("", "", f"{i}", "7")[i % 4]) for i, kind in enumerate(kinds)
    ]
    return boxes([sizes[kind] for kind in kinds], [tuple(place) for place in grid]), texts


@pytest.mark.parametrize("plain", [False, True])
def test_a_town_is_found_again(plain: bool) -> None:
    shares = []
    for seed in range(5):
        bodies, texts = town(1500, seed)
        share, wrong, found = scored(bodies, texts, seed, plain=plain)
        assert wrong == 0
        assert len(found.matches) + len(found.unclear) + len(found.gone) == 1500
        shares.append(share)
    assert min(shares) > 0.975


@pytest.mark.real_data
@pytest.mark.parametrize("file", ["duplex_arch.ifc", "duplex_elec.ifc", "office_a.ifc"])
@pytest.mark.parametrize("plain", [False, True])
def test_a_real_model_is_found_again(real_data: Path, file: str, plain: bool) -> None:
    model = checked_model(real_data / "ifc" / file, "any")
    words = zip(model.ifc_classes, model.names, model.tags, strict=True)
    texts = [Texts(*found) for found in words]
    for seed in range(3):
        share, wrong, _ = scored(model.bodies, texts, seed, plain=plain)
        assert wrong == 0
        assert share > 0.96


@pytest.mark.long
def test_thousands_are_near_linear() -> None:
    seconds = []
    for count in (5_000, 20_000):
        bodies, texts = town(count, 1)
        after, told, truth = re_exported(bodies, texts, 1)
        took = []
        for _ in range(3):
            gc.collect()
            gc.disable()  # what other tests have left in the memory is not looked through meanwhile
            start = time.process_time()  # others use the machine, too
            found = rebind("m", described(bodies, texts, "a"), described(after, told, "b"))
            took.append(time.process_time() - start)
            gc.enable()
            assert len(found.matches) > 0.975 * len(truth)
        seconds.append(min(took))
    assert seconds[1] < 10 * seconds[0]  # four times as many


def one(size: tuple[float, ...], place: tuple[float, ...], prefix: str, text: Texts | None = None) -> Described:
    return described(boxes([size], [place]), [text or Texts()], prefix)


def test_what_leaves_doubt_is_not_matched() -> None:
    size = (0.2, 0.3, 3.0)
    here = one(size, (0.0, 0.0, 0.0), "a")
    two = described(boxes([size] * 2, [(0.2, 0.0, 0.0), (-0.21, 0.0, 0.0)]), [Texts()] * 2, "b")
    assert rebind("m", here, two) == Rebound({}, frozenset({"a0"}), frozenset())
    twice = described(boxes([size] * 2, [(0.0,) * 3] * 2), [Texts()] * 2, "b")  # one in the other
    assert rebind("m", here, twice).unclear == {"a0"}
    both = rebind("m", replace(twice, global_ids=["a0", "a1"]), replace(here, global_ids=["b0"]))
    assert both == Rebound({}, frozenset({"a0", "a1"}), frozenset())
    far = rebind("m", here, one(size, (2.0, 0.0, 0.0), "b"))
    assert far == Rebound({}, frozenset({"a0"}), frozenset())
    for other in (
        one(size, (6.0, 0.0, 0.0), "b"),  # too far
        one((0.2, 0.3, 2.0), (0.0, 0.0, 0.0), "b"),  # too short
        one(size, (0.0, 0.0, 0.1), "b", Texts("IfcColumn")),  # of another class
    ):
        assert rebind("m", here, other) == Rebound({}, frozenset(), frozenset({"a0"}))


def test_evidence_is_told() -> None:
    size, text = (0.2, 0.3, 3.0), Texts("IfcWallStandardCase", "W", "17")
    here = one(size, (0.0, 0.0, 0.0), "a", text)
    wall = replace(text, ifc_class="IfcWall")

    def by(after: Described) -> tuple[str, float]:
        (match,) = rebind("m", here, after).matches.values()
        assert (match.before, match.after) == (("m", "a0"), ("m", after.global_ids[0]))
        return match.by, match.score

    assert by(one(size, (9.0, 0.0, 0.0), "a", wall)) == ("global_id", 1.0)
    assert by(one(size, (0.0, 0.0, 0.0), "b", Texts("IfcWall"))) == ("signature", 1.0)
    assert by(one(size, (0.0005, 0.0, 0.0), "b", Texts("IfcWall"))) == ("signature", 0.98)
    assert by(one(size, (9.0, 0.0, 0.0), "b", wall)) == ("tag", 0.95)
    assert by(one(size, (9.0, 0.0, 0.0), "b", replace(wall, tag="18"))) == ("name", 0.9)
    assert by(one(size, (0.25, 0.0, 0.0), "b", Texts("IfcWall"))) == ("place", 0.65)
    other = one(size, (0.25, 0.0, 0.0), "b", Texts("IfcWall", "", "18"))  # its author knows it apart
    assert rebind("m", here, other).matches == {}


def test_an_element_that_is_there_and_not_drawn_gives_its_place_to_none() -> None:
    size = (0.2, 0.3, 3.0)
    here, there = one(size, (0.0, 0.0, 0.0), "a"), one(size, (0.0, 0.0, 0.0), "b")
    assert rebind("m", here, there, {"a0": None, "b0": None}) == Rebound({}, frozenset({"a0"}), frozenset())


@given(st.integers(0, 2**32), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_every_element_is_given_away_once_and_told_once(seed: int, before: int, after: int) -> None:
    chance = np.random.default_rng(seed)

    def heap(count: int, prefix: str) -> Described:
        sizes = [tuple(chance.choice([0.2, 0.3, 3.0], 3)) for _ in range(count)]
        places = [tuple(chance.choice([0.0, 0.1, 0.4, 8.0], 3)) for _ in range(count)]
        words = [Texts(str(chance.choice(["A", "B"])), *chance.choice(["", "1", "2"], 2)) for _ in range(count)]
        return described(boxes(sizes, places), words, prefix)

    found = rebind("m", heap(before, "a"), heap(after, "b"))
    taken = [match.after for match in found.matches.values()]
    assert len(set(taken)) == len(taken)
    told = [*found.matches, *found.unclear, *found.gone]
    assert sorted(told) == sorted(f"a{i}" for i in range(before))


def test_signatures_are_those_of_the_placed_corners() -> None:
    """Against sorted corners one by one; shapes without corners have none."""
    bodies, _ = town(60, 3)
    bodies = replace(bodies, shapes=np.append(bodies.shapes, 0).astype(np.int32))
    bodies = replace(bodies, local_from_shape=np.concatenate([bodies.local_from_shape, bodies.local_from_shape[:1]]))
    found = features(bodies)
    sets = [tuple(map(tuple, sorted(np.rint(bodies.mesh(row)[0] * 1e4).tolist()))) for row in range(len(bodies))]
    assert len(set(found.signatures.tolist())) == len(set(sets)) == 60
    assert found.signatures[0] == found.signatures[-1]
    for row in range(len(bodies)):
        corners = bodies.mesh(row)[0]
        sides = corners.max(0) - corners.min(0)
        assert found.sides[row] == pytest.approx(sides)
        assert found.volumes[row] == pytest.approx(np.prod(sides))
        assert found.areas[row] == pytest.approx(2 * (sides * np.roll(sides, 1)).sum())
    empty = Bodies(
        np.zeros((0, 3)),
        np.zeros((0, 3), np.uint32),
        np.zeros(2, np.int64),
        np.zeros(2, np.int64),
        np.zeros(1, np.int32),
        np.eye(4)[None],
    )
    assert features(empty).signatures.tolist() == [0]
    assert np.isnan(features(empty).middles).all()
