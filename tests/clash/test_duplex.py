"""Duplex, architecture × electrical: every overlap of watertight solids is found, by another kernel's own triangles."""

from functools import cache
from itertools import product
from pathlib import Path

import ifcopenshell
import ifcopenshell.geom
import numpy as np
import pytest
import trimesh

from tests.clash.models import checked_models
from twin.exchange.clash_rules import rules_from_options
from twin.judgement.clash.detect import detect
from twin.values.clash import ClashType, Detection, Method

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.timeout(600),
    # trimesh divides by the volume of a lap that has none
    pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:divide by zero encountered in divide:RuntimeWarning"),
]
TOLERANCE = 0.01
LAPS = (ClashType.HARD, ClashType.CONTAINED, ClashType.DUPLICATE)
LEFT_OUT = ("IfcOpeningElement", "IfcSpace")


@cache
def solids(path: Path) -> dict[str, trimesh.Trimesh]:
    """Return GlobalId → mesh of everything with a body, as ifcopenshell draws it, metres."""
    file, settings = ifcopenshell.open(str(path)), ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    settings.set("weld-vertices", True)
    left_out = [e for c in LEFT_OUT for e in file.by_type(c)]
    iterator = ifcopenshell.geom.iterator(settings, file, 2, exclude=left_out)
    assert iterator.initialize()
    found = {}
    while True:
        shape = iterator.get()
        vertices = np.array(shape.geometry.verts).reshape(-1, 3)
        mesh = trimesh.Trimesh(vertices, np.array(shape.geometry.faces).reshape(-1, 3))
        mesh.merge_vertices(digits_vertex=6)
        found[shape.guid] = mesh
        if not iterator.next():
            return found


@pytest.fixture(scope="module")
def paths(real_data: Path) -> list[Path]:
    return [real_data / "ifc" / "duplex_arch.ifc", real_data / "ifc" / "duplex_elec.ifc"]


@pytest.fixture(scope="module")
def detection(paths: list[Path]) -> Detection:
    rules = rules_from_options(["duplex_arch", "duplex_elec"], TOLERANCE, None)
    return detect(checked_models(paths), rules)


def test_every_overlap_of_watertight_solids_is_found(paths: list[Path], detection: Detection) -> None:
    found = {(c.a.global_id, c.b.global_id) for c in detection.clashes if c.type in LAPS}
    untestable = {(u.a.global_id, u.b.global_id) for u in detection.untestable}
    deep = []
    for (a, first), (b, second) in product(*(solids(path).items() for path in paths)):
        lap = np.minimum(first.bounds[1], second.bounds[1]) - np.maximum(first.bounds[0], second.bounds[0])
        if (lap <= TOLERANCE).any() or not (first.is_watertight and second.is_watertight):
            continue
        common = trimesh.boolean.intersection([first, second], engine="manifold", check_volume=False)
        # the thinnest side of the box of the overlap, and the mean thickness: clearly deeper than the tolerance
        if len(common.faces) and min(common.extents.min(), 2 * common.volume / common.area) > TOLERANCE:
            deep.append((a, b))
    assert len(deep) >= 30
    assert [pair for pair in deep if pair not in found] == []
    assert not untestable & set(deep)


def test_every_other_pair_says_how_it_was_found(paths: list[Path], detection: Detection) -> None:
    assert detection.clashes
    for clash in detection.clashes:
        assert clash.measured.method in Method
        both = solids(paths[0]).get(clash.a.global_id), solids(paths[1]).get(clash.b.global_id)
        overlaps = clash.type is not ClashType.TOUCH and clash.measured.method is Method.EXACT_SOLID
        if overlaps and all(mesh is not None for mesh in both):
            lap = [np.minimum(*(m.bounds[1] for m in both if m)) - np.maximum(*(m.bounds[0] for m in both if m))]
            assert np.min(lap) > 0


def test_walls_and_their_windows_are_by_design(paths: list[Path]) -> None:
    rules = rules_from_options(["duplex_arch"], TOLERANCE, None)
    checked = checked_models(paths[:1])
    fillings = {b: a for name, a, b in checked[0].connections if name == "IfcRelFillsElement"}
    hosts = {b: a for name, a, b in checked[0].connections if name == "IfcRelVoidsElement"}
    own = {frozenset((filling, hosts[opening])) for filling, opening in fillings.items()}
    assert len(own) >= 30
    for clash in detect(checked, rules).clashes:
        if frozenset((clash.a.global_id, clash.b.global_id)) in own:
            assert clash.reason == "one fills an opening of the other"
