"""Frames of buildings with services in them, of any size, as checked models: what clash detection is timed on.

`python -m tests.bench.clashes_data ELEMENTS pool|alone` detects and prints seconds and counts as JSON.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from twin.values.bodies import Bodies  # noqa: E402
from twin.values.clash import CheckedModel, ClashType  # noqa: E402
from twin.values.clash_rules import ClashRule, RuleSet, Selector  # noqa: E402

Mesh = tuple[NDArray[np.float64], NDArray[np.uint32]]
Part = tuple[Mesh, str, tuple[float, float, float]]
BAY, STOREY = 6.0, 3.6  # metres between axes and floors
CORES = 2


def prism(outline: NDArray[np.float64], length: float) -> Mesh:
    """Return a convex outline (n, 2), counter-clockwise, extruded along x from 0."""
    n = len(outline)
    ends = [np.column_stack([np.full(n, x), outline]) for x in (0.0, length)]
    here, after = np.arange(n), (np.arange(n) + 1) % n
    sides = [np.column_stack([here, after, after + n]), np.column_stack([here, after + n, here + n])]
    fan = np.column_stack([np.zeros(n - 2, int), np.arange(1, n - 1), np.arange(2, n)])
    faces = np.concatenate([*sides, fan[:, ::-1], fan + n]).astype(np.uint32)
    return np.concatenate(ends), faces


def rectangle(width: float, height: float) -> NDArray[np.float64]:
    """Return a rectangle about the origin."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]


def circle(radius: float, corners: int = 32) -> NDArray[np.float64]:
    """Return a polygon about the origin."""
    angles = np.arange(corners) * 2 * np.pi / corners
    return np.column_stack([np.cos(angles), np.sin(angles)]) * radius


# In each bay: which mesh, along which axis, from where. Beams and columns meet as they are drawn in practice: axis to
# axis, flush on top; ducts and pipes run under the floor, some of them through beams.
STRUCTURE = (
    (prism(rectangle(0.3, 0.6), BAY), "x", (0.0, 0.0, 3.3)),
    (prism(rectangle(0.3, 0.6), BAY), "y", (0.0, 0.0, 3.3)),
    (prism(rectangle(0.5, 0.5), STOREY), "z", (0.0, 0.0, 0.0)),
    (prism(rectangle(BAY, 0.15), BAY), "x", (0.0, 3.0, 3.525)),
    (prism(rectangle(0.2, 3.0), 3.0), "x", (1.5, 3.0, 1.5)),
)
SERVICES = (
    (prism(circle(0.1), BAY), "x", (0.0, 1.5, 2.8)),
    (prism(circle(0.05), BAY), "x", (0.0, 3.05, 2.5)),
    (prism(circle(0.08), BAY), "y", (2.0, 0.0, 2.93)),
    (prism(rectangle(0.6, 0.3), BAY), "y", (4.0, 0.0, 3.0)),
    (prism(circle(0.06, 16), STOREY), "z", (5.0, 5.0, 0.0)),
)
ALONG = {  # turns that take x there
    "x": np.eye(3),
    "y": np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    "z": np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
}


def models(elements: int) -> list[CheckedModel]:
    """Return two models with so many elements together: a structure and its services."""
    bays = elements // (len(STRUCTURE) + len(SERVICES))
    storeys = 10
    across = int(np.ceil(np.sqrt(bays / storeys)))
    number = np.arange(bays)
    floor, rest = np.divmod(number, across * across)
    y, x = np.divmod(rest, across)
    origins = np.column_stack([x * BAY, y * BAY, floor * STOREY])
    return [_model("A", STRUCTURE, origins), _model("B", SERVICES, origins)]


def _model(name: str, parts: tuple[Part, ...], origins: NDArray[np.float64]) -> CheckedModel:
    n, k = len(origins), len(parts)
    matrices = np.tile(np.eye(4), (n, k, 1, 1))
    for i, (_, axis, at) in enumerate(parts):
        matrices[:, i, :3, :3] = ALONG[axis]
        matrices[:, i, :3, 3] = origins + at
    starts = [np.cumsum([0, *(len(part[0][which]) for part in parts)]) for which in (0, 1)]
    bodies = Bodies(
        vertices=np.concatenate([part[0][0] for part in parts]),
        faces=np.concatenate([part[0][1] for part in parts]),
        vertex_starts=starts[0],
        face_starts=starts[1],
        shapes=np.tile(np.arange(k, dtype=np.int32), n),
        local_from_shape=matrices.reshape(-1, 4, 4),
    )
    count = n * k
    return CheckedModel(
        model=name,
        project="P",
        discipline=name,
        revision=1,
        global_ids=[f"{name}{i}" for i in range(count)],
        ifc_classes=["IfcBeam" if name == "A" else "IfcPipeSegment"] * count,
        names=[""] * count,
        tags=[""] * count,
        storeys=[""] * count,
        parents={},
        classes={},
        connections=[],
        systems={},
        properties=lambda rows: [{} for _ in rows],
        windows=None,
        bodies=bodies,
        frame_from_local=np.eye(4),
    )


def rules() -> RuleSet:
    """Return one rule: services against structure."""
    types = (ClashType.DUPLICATE, ClashType.CONTAINED, ClashType.HARD)
    sides = Selector(disciplines=("A",)), Selector(disciplines=("B",))
    return RuleSet("bench", [ClashRule("services", *sides, types, 0.01)])


def main(arguments: list[str]) -> None:
    """Detect and print."""
    from twin.judgement.clash.detect import detect

    made = models(int(arguments[0]))
    start = time.perf_counter()
    if arguments[1] == "pool":
        with ProcessPoolExecutor(max_workers=CORES) as pool:
            found = detect(made, rules(), pool)
    else:
        found = detect(made, rules(), None)
    seconds = time.perf_counter() - start
    told = {"seconds": seconds, "examined": found.examined, "found": len(found.clashes)}
    sys.stdout.write(json.dumps({**told, "untestable": len(found.untestable)}))


if __name__ == "__main__":
    main(sys.argv[1:])
