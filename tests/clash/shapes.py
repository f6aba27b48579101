"""Bodies made by hand for tests of the geometry of clashes, and oracles that share nothing with the kernel's code."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection
from scipy.spatial.transform import Rotation

from twin.judgement.clash.solids import Solid, solid_of
from twin.values.bodies import Bodies
from twin.values.clash import CheckedModel, ClashType
from twin.values.clash_rules import ClashRule, RuleSet, Selector

Array = NDArray[np.float64]
Vector = Sequence[float] | NDArray[Any]
Mesh = tuple[Array, NDArray[np.int64]]
CORNERS = np.array(list(product((0.0, 1.0), repeat=3)))
QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
FACES = np.array([t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))])


def box(size: Vector = (1, 1, 1), low: Vector = (0, 0, 0)) -> Mesh:
    """Return the mesh of a box, metres."""
    return CORNERS * np.asarray(size, float) + np.asarray(low, float), FACES.copy()


def joined(*meshes: Mesh) -> Mesh:
    """Return some meshes as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [f + start for (_, f), start in zip(meshes, starts[:-1], strict=True)]
    return np.concatenate([v for v, _ in meshes]), np.concatenate(faces)


def soup(mesh: Mesh) -> Mesh:
    """Return a mesh whose faces share no corner."""
    vertices, faces = mesh
    return vertices[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3)


def solid(mesh: Mesh) -> Solid:
    """Return the body of a mesh, which must be usable."""
    found = solid_of(*mesh)
    assert isinstance(found, Solid), found
    return found


def turned(mesh: Mesh, rotation: Vector, shift: Vector = (0, 0, 0)) -> Mesh:
    """Return a mesh turned by a rotation vector, then shifted."""
    return Rotation.from_rotvec(rotation).apply(mesh[0]) + np.asarray(shift, float), mesh[1]


def pose(rotation: Vector = (0, 0, 0), shift: Vector = (0, 0, 0)) -> Array:
    """Return a (4, 4) rigid matrix."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_rotvec(rotation).as_matrix()
    matrix[:3, 3] = shift
    return matrix


def convex_overlap(one: Array, other: Array) -> tuple[float, float]:
    """Return the volume and the least width of what the convex hulls of two sets of points share, by half-spaces."""
    planes = np.concatenate([ConvexHull(one).equations, ConvexHull(other).equations])
    # the middle of the largest ball between all planes: HalfspaceIntersection wants a point inside
    found = linprog(
        [0, 0, 0, -1],
        A_ub=np.c_[planes[:, :3], np.ones(len(planes))],
        b_ub=-planes[:, 3],
        bounds=[(None, None)] * 3 + [(0, None)],
    )
    if found.status != 0 or found.x[3] < 1e-9:
        return 0.0, 0.0
    hull = ConvexHull(HalfspaceIntersection(planes, found.x[:3]).intersections)
    along = hull.points @ hull.equations[:, :3].T
    return float(hull.volume), float(np.ptp(along, axis=0).min())


def bodies(meshes: Sequence[Mesh], places: Sequence[Array] | None = None) -> Bodies:
    """Return bodies of some meshes, each at its place (4, 4)."""
    return Bodies(
        vertices=np.concatenate([np.zeros((0, 3)), *(v for v, _ in meshes)]),
        faces=np.concatenate([np.zeros((0, 3), np.uint32), *(f.astype(np.uint32) for _, f in meshes)]),
        vertex_starts=np.cumsum([0, *(len(v) for v, _ in meshes)]).astype(np.int64),
        face_starts=np.cumsum([0, *(len(f) for _, f in meshes)]).astype(np.int64),
        shapes=np.arange(len(meshes), dtype=np.int32),
        local_from_shape=np.array(places if places is not None else [np.eye(4)] * len(meshes)).reshape(-1, 4, 4),
    )


def model(found: Bodies, name: str = "m", frame: Array | None = None, **given: Any) -> CheckedModel:
    """Return a model of walls with these bodies."""
    count = len(found)
    fields: dict[str, Any] = {
        "model": name,
        "project": "P001",
        "discipline": name,
        "revision": 1,
        "global_ids": [f"{name}-{row}" for row in range(count)],
        "ifc_classes": ["IfcWall"] * count,
        "names": [""] * count,
        "tags": [""] * count,
        "storeys": [""] * count,
        "parents": {},
        "connections": [],
        "systems": {},
        "properties": None,
        "windows": None,
        "bodies": found,
        "frame_from_local": np.eye(4) if frame is None else frame,
    }
    return CheckedModel(**(fields | given))


TYPES = (ClashType.HARD, ClashType.CONTAINED, ClashType.DUPLICATE, ClashType.TOUCH, ClashType.CLEARANCE)


def rule_set(
    tolerance: float = 0.002, clearance: float = 0.0, types: Sequence[ClashType] = TYPES, **given: Any
) -> RuleSet:
    """Return one rule: everything against everything."""
    return RuleSet("test", [ClashRule("all", Selector(), Selector(), types, tolerance, clearance, **given)])
