"""Points of a lattice in surfaces: rows that go in and out against winding numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clash.shapes import FACES, Mesh, box, joined, turned
from twin.judgement.clash import lattice as module
from twin.judgement.clash.lattice import Lattice, lattice_within, within

CLOSED = {
    "a box": box((1, 2, 3)),
    "inside out": (box()[0], FACES[:, ::-1]),
    "two boxes that overlap": joined(box(), box(low=(0.4, 0.3, 0.2))),
    "a cavity": joined(box((3, 3, 3)), (box(low=(1, 1, 1))[0], FACES[:, ::-1])),
}
OPEN = {
    "a gap": (box()[0], FACES[:-1]),
    "a side is missing": (box()[0], FACES[:-2]),
    "two sides are missing": (box()[0], FACES[4:]),
    "a sheet": (box()[0], FACES[:2]),
}


def around(mesh: Mesh, count: int) -> tuple[Lattice, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    triangles = mesh[0][mesh[1]]
    low, high = triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1))
    return Lattice(low - 0.11, high + 0.13, count), triangles


@pytest.mark.parametrize("name", [*CLOSED, *OPEN])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(3, 11), upright=st.booleans())
def test_rows_tell_what_windings_tell(name: str, seed: int, count: int, upright: bool) -> None:
    turn = np.zeros(3) if upright else np.random.default_rng(seed).normal(0, 1, 3)
    lattice, triangles = around(turned((CLOSED | OPEN)[name], turn), count)
    expected = within(lattice.points(), triangles)
    found = lattice_within(lattice, triangles)
    assert (found == expected).all() if name in CLOSED else (found != expected).mean() < 0.04
    some = np.random.default_rng(seed).uniform(size=count**3) < 0.3
    assert np.array_equal(lattice_within(lattice, triangles, some), found & some)


def test_windings_are_asked_only_where_rows_do_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], triangles: object) -> object:
        asked.append(len(points))
        return np.zeros(len(points))

    monkeypatch.setattr(module, "winding_numbers", counted)
    for name, mesh in CLOSED.items():
        lattice_within(*around(turned(mesh, (0.3, 0.2, 0.1)), 14))
        assert not asked, name
    lattice_within(*around(turned(OPEN["a gap"], (0.3, 0.2, 0.1)), 14))
    assert 0 < sum(asked) < 14**3 / 4


def test_a_side_that_is_turned_does_not_matter_to_rows() -> None:
    mesh = box()[0], np.concatenate([FACES[:2, ::-1], FACES[2:]])
    lattice, triangles = around(turned(mesh, (0.3, 0.2, 0.1)), 8)
    right = within(lattice.points(), turned(box(), (0.3, 0.2, 0.1))[0][FACES])
    assert (lattice_within(lattice, triangles) != right).sum() < (within(lattice.points(), triangles) != right).sum()


def test_a_lattice_without_points() -> None:
    assert not len(lattice_within(Lattice(np.zeros(3), np.ones(3), 0), box()[0][FACES]))
