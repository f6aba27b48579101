"""Meshes that are solids, those that can be made some, and those that cannot."""

from pathlib import Path

import numpy as np
import pytest
from manifold3d import Mesh64
from numpy.typing import NDArray

from tests.clash.models import checked_model
from tests.clash.shapes import FACES, Mesh, box, joined, pose, solid, soup, turned
from twin.judgement.clash import solids as module
from twin.judgement.clash.solids import Solid, solid_of
from twin.judgement.clash.winding import winding_numbers


def swapped(mesh: Mesh) -> Mesh:
    return mesh[0], mesh[1][:, ::-1]


def split_side() -> Mesh:
    """A unit box one side of which is cut in halves: its edges meet a corner half-way, of which the others know
    nothing."""
    vertices, faces = box()
    top = [n for n, face in enumerate(faces) if (vertices[face][:, 2] == 1).all()]
    middle = np.array([[0.5, 0, 1], [0.5, 1, 1]])
    a, b, c, d = 1, 5, 7, 3  # (0,0,1), (1,0,1), (1,1,1), (0,1,1)
    new = np.array([[a, 8, 9], [a, 9, d], [8, b, c], [8, c, 9]])
    return np.concatenate([vertices, middle]), np.concatenate([np.delete(faces, top, axis=0), new])


def comb(parts: int = 40) -> Mesh:
    """A unit box the top of which is cut in so many strips: the edges beside it meet a corner at each of them."""
    vertices, faces = box()
    top = [n for n, face in enumerate(faces) if (vertices[face][:, 2] == 1).all()]
    x = np.linspace(0, 1, parts + 1)
    near, far = (np.c_[x, np.full(parts + 1, y), np.ones(parts + 1)] for y in (0.0, 1.0))
    k = np.arange(parts) + 8
    n = k + parts + 1
    strips = np.concatenate([np.c_[k, k + 1, n + 1], np.c_[k, n + 1, n]])
    return np.concatenate([vertices, near, far]), np.concatenate([np.delete(faces, top, axis=0), strips])


def pipe(sides: int, length: float = 4.0, radius: float = 0.1) -> Mesh:
    """A pipe without its ends."""
    angles = np.arange(sides) * 2 * np.pi / sides
    ring = np.c_[radius * np.cos(angles), radius * np.sin(angles)]
    vertices = np.concatenate([np.c_[ring, np.zeros(sides)], np.c_[ring, np.full(sides, length)]])
    here, after = np.arange(sides), (np.arange(sides) + 1) % sides
    return vertices, np.concatenate([np.c_[here, after, after + sides], np.c_[here, after + sides, here + sides]])


def round_pipe(sides: int) -> float:
    """The volume of such a pipe."""
    return 4 * sides / 2 * 0.01 * float(np.sin(2 * np.pi / sides))


def in_line(*meshes: Mesh, step: float = 4.0) -> Mesh:
    return joined(*((vertices + np.array([0, 0, k * step]), faces) for k, (vertices, faces) in enumerate(meshes)))


def jittered(mesh: Mesh, by: float) -> Mesh:
    vertices, faces = soup(mesh)
    return vertices + np.random.default_rng(5).uniform(-by, by, vertices.shape), faces


CLOSED = {
    "as it is": (box((1, 2, 3)), 6.0),
    "inside out": (swapped(box((1, 2, 3))), 6.0),
    "faces share no corner": (soup(box((1, 2, 3))), 6.0),
    "corners off by less than the weld": (jittered(box((1, 2, 3), (0.5e-6, 0.5e-6, 0.5e-6)), 2e-7), 6.0),
    "two shells apart": (joined(box(), box(low=(3, 0, 0))), 2.0),
    "one of two shells inside out": (joined(box(), swapped(box(low=(3, 0, 0)))), 2.0),
    "two shells that overlap": (joined(box(), box(low=(0.5, 0, 0))), 1.5),
    "a shell within a shell": (joined(box((3, 3, 3)), box(low=(1, 1, 1))), 27.0),
    "a cavity": (joined(box((3, 3, 3)), swapped(box(low=(1, 1, 1)))), 26.0),
    "a cavity, all inside out": (swapped(joined(box((3, 3, 3)), swapped(box(low=(1, 1, 1))))), 26.0),
    "a body in a cavity": (joined(box((5, 5, 5)), swapped(box((3, 3, 3), (1, 1, 1))), box(low=(2, 2, 2))), 99.0),
    "two shells that share a face": (joined(box(), box(low=(1, 0, 0))), 2.0),
    "two shells that share an edge": (joined(box(), box(low=(1, 1, 0))), 2.0),
    "faces twice": ((box()[0], np.concatenate([FACES, FACES[:3]])), 1.0),
    "some faces turned": ((box()[0], np.concatenate([FACES[:5], FACES[5:, ::-1]])), 1.0),
    "an edge that meets two": (split_side(), 1.0),
    "an edge that meets two, as soup": (soup(split_side()), 1.0),
    "an edge that meets forty": (comb(), 1.0),
    "a pipe without its ends": (pipe(12), round_pipe(12)),
    "pipes of 24 and of 12 sides that share every second corner": (
        in_line(pipe(24), pipe(12)),
        round_pipe(12) + round_pipe(24),
    ),
    "faces without area": ((box()[0], np.concatenate([FACES, [[0, 0, 1], [2, 2, 2]]])), 1.0),
    "corners that no face uses": ((np.concatenate([box()[0], [[9, 9, 9]]]), FACES), 1.0),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_bodies_have_the_volume_they_enclose(name: str) -> None:
    mesh, volume = CLOSED[name]
    found = solid(mesh)
    assert found.manifold is not None
    assert found.volume == pytest.approx(volume, rel=1e-5)
    far = solid(turned(mesh, (0.3, 0.2, 0.1), (50, -20, 3)))
    assert far.manifold is not None
    assert far.volume == pytest.approx(volume, rel=1e-5)


OPEN = {
    "a side is missing": (box()[0], FACES[:-2]),
    "half a side is missing": (box()[0], FACES[:-1]),
    "a sheet": (box()[0], FACES[:2]),
    "a closed body without volume": (box((1, 1, 0))[0] + [[0, 0, 0]], FACES),
    "a pipe as wide as it is long": pipe(12, 0.2),
    "a gap around a corner": (box((4, 0.2, 3))[0], np.delete(FACES, [3, 10], axis=0)),
    "a gap of a millimetre": (soup(box())[0] + np.repeat([[0, 0, 0]] * 11 + [[0, 0, 1e-3]], 3, axis=0), soup(box())[1]),
}


@pytest.mark.parametrize("name", OPEN)
def test_open_bodies_are_no_solids(name: str) -> None:
    found = solid_of(*OPEN[name])
    assert not isinstance(found, Solid) or found.manifold is None


UNUSABLE = {
    "NaN": (np.where(box()[0] == 1, np.nan, 0), FACES, "no numbers"),
    "infinite": (np.where(box()[0] == 1, np.inf, 0), FACES, "no numbers"),
    "no triangles": (box()[0], FACES[:0], "no triangles"),
    "a point": (np.ones((3, 3)), FACES[:1] * 0 + [0, 1, 2], "lines or points"),
    "corners that are not there": (box()[0], FACES + 1, "not there"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_meshes_say_why(name: str) -> None:
    vertices, faces, why = UNUSABLE[name]
    found = solid_of(vertices, faces)
    assert not isinstance(found, Solid)
    assert why in found


def test_too_many_triangles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TRIANGLES", 11)
    found = solid_of(*box())
    assert not isinstance(found, Solid)
    assert "12" in found


def test_moving_a_body_keeps_its_size() -> None:
    body = solid(box((1, 2, 3)))
    moved = body.placed(pose((0.1, 0.5, 0.2), (10, 20, 30)))
    assert moved.volume == pytest.approx(6)
    assert moved.manifold.volume() == pytest.approx(6)
    assert np.allclose(np.array(moved.manifold.bounding_box()).reshape(2, 3), moved.box)


def test_winding_numbers_of_points_in_and_out() -> None:
    vertices, faces = box()
    points = np.array([[0.5, 0.5, 0.5], [0.9, 0.1, 0.1], [1.5, 0.5, 0.5], [0.5, 0.5, 1.0]])
    assert np.allclose(winding_numbers(points, vertices[faces]), [1, 1, 0, 0.5])
    assert np.allclose(winding_numbers(points[:1], vertices[faces[2:]]), 5 / 6)


def test_the_library_never_sees_an_open_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the process with it: an access outside of its memory, on some meshes with an odd number of faces."""
    seen: list[NDArray[np.uint64]] = []

    def watched(points: NDArray[np.float64], faces: NDArray[np.uint64]) -> Mesh64:
        seen.append(faces)
        return Mesh64(points, faces)

    monkeypatch.setattr(module, "Mesh64", watched)
    for mesh in [*OPEN.values(), *(mesh for mesh, _ in CLOSED.values())]:
        solid_of(*mesh)
    assert len(seen) >= len(CLOSED)
    for faces in seen:
        edges = [tuple(edge) for a, b, c in faces.tolist() for edge in ((a, b), (b, c), (c, a))]
        assert all(edges.count(edge) == edges.count(edge[::-1]) for edge in edges)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["office_a", "duplex_arch"])
def test_all_that_is_drawn_of_real_buildings_becomes_solid(real_data: Path, name: str) -> None:
    """Railings without ends, an elevator and cabinets turned face by face, grab bars with slits."""
    found = checked_model(real_data / "ifc" / f"{name}.ifc", name).bodies
    opened = []
    for shape in range(len(found.face_starts) - 1):
        vertices, faces = found.shape_mesh(shape)
        body = solid_of(vertices - vertices.mean(axis=0), faces)
        if not isinstance(body, Solid) or body.manifold is None:
            opened.append(shape)
        elif np.ptp(vertices, axis=0).prod() > 0:
            assert 0 < body.volume <= np.ptp(vertices, axis=0).prod() * (1 + 1e-6)
    assert opened == []
