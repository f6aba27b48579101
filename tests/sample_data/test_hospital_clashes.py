"""The hospital's clashes by an independent kernel: those listed are there, others with the structure are not.

Nearly every part is an upright box or a pipe along an axis, so that bounding boxes tell the truth; openings in walls
and holes in slabs are looked up in the file.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.placement
import ifcopenshell.util.shape
import numpy as np
import pytest
from numpy.typing import NDArray

from sample_data.hospital_clashes import CLASHES, KnownClash
from tests.oracle import kernel_boxes, opened
from tests.sample_data.test_hospital import hospital

__all__ = ["hospital"]

Box = NDArray[np.float64]  # (2, 3): least and greatest corner, metres, local
TOUCH = 1e-4  # metres: what is less deep only touches
BY_KIND = {kind: [c for c in CLASHES if c.kind == kind] for kind in ("hard", "contained", "duplicate", "clearance")}


def boxes(folder: Path, clash: KnownClash) -> tuple[Box, Box]:
    """Return the boxes of both elements."""
    first, second = (kernel_boxes(folder / file)[global_id] for file, global_id in clash.elements())
    return first, second


def depth(first: Box, second: Box) -> float:
    """Return how deep two boxes lie in each other, metres; negative: how far apart they are along one axis."""
    return float((np.minimum(first[1], second[1]) - np.maximum(first[0], second[0])).min())


def inside(small: Box, large: Box, margin: float = TOUCH) -> bool:
    """Say whether one box lies in another."""
    return bool((small[0] >= large[0] - margin).all() and (small[1] <= large[1] + margin).all())


@pytest.mark.parametrize("clash", BY_KIND["hard"], ids=lambda clash: clash.note)
def test_hard_clashes_overlap(hospital: dict[str, Path], clash: KnownClash) -> None:
    first, second = boxes(hospital["建筑"].parent, clash)
    assert depth(first, second) > 0.01
    assert not inside(first, second)
    assert not inside(second, first)


@pytest.mark.parametrize("clash", BY_KIND["contained"], ids=lambda clash: clash.note)
def test_contained_elements_lie_inside(hospital: dict[str, Path], clash: KnownClash) -> None:
    first, second = boxes(hospital["建筑"].parent, clash)
    assert inside(first, second, margin=-0.005)


@pytest.mark.parametrize("clash", BY_KIND["duplicate"], ids=lambda clash: clash.note)
def test_duplicates_are_the_same_body(hospital: dict[str, Path], clash: KnownClash) -> None:
    first, second = boxes(hospital["建筑"].parent, clash)
    assert first == pytest.approx(second, abs=1e-9)
    (_, one), (_, other) = clash.elements()
    assert one != other


@pytest.mark.parametrize("clash", BY_KIND["clearance"], ids=lambda clash: clash.note)
def test_clearances_are_short_but_there(hospital: dict[str, Path], clash: KnownClash) -> None:
    first, second = boxes(hospital["建筑"].parent, clash)
    wanted = 2.2 if "净高" in clash.note else 0.9 if "门扇" in clash.note else 0.8 if "操作" in clash.note else 0.05
    assert 0.005 < -depth(first, second) < wanted


def openings(file: ifcopenshell.file, element: ifcopenshell.entity_instance) -> Iterator[Box]:
    """Yield the boxes that are cut out of a wall by openings, and out of a slab by its profile."""
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    for relation in element.HasOpenings:
        shape = ifcopenshell.geom.create_shape(settings, relation.RelatedOpeningElement)
        vertices = ifcopenshell.util.shape.get_vertices(shape.geometry)
        yield np.array([vertices.min(axis=0), vertices.max(axis=0)])
    for item in element.Representation.Representations[-1].Items:
        if item.is_a("IfcExtrudedAreaSolid") and item.SweptArea.is_a("IfcArbitraryProfileDefWithVoids"):
            place = ifcopenshell.util.placement.get_local_placement(element.ObjectPlacement)[:3, 3]
            for curve in item.SweptArea.InnerCurves:
                corners = np.array([point.Coordinates for point in curve.Points]) + place[:2]
                low, high = corners.min(axis=0), corners.max(axis=0)
                yield np.array([[*low, place[2]], [*high, place[2] + item.Depth]])


@cache
def structure(path: Path) -> tuple[list[str], Box, list[list[Box]]]:
    """Return the structure's GlobalIds, their boxes (n, 2, 3) and what is cut out of each."""
    file = opened(path)
    found = kernel_boxes(path)
    ids = list(found)
    return ids, np.array([found[key] for key in ids]), [list(openings(file, file.by_guid(key))) for key in ids]


def unlisted(path: Path, other: Path) -> list[tuple[str, str]]:
    """Return the names of what overlaps in the structure at `path` and in `other`, and is not listed."""
    known = {frozenset(key for _, key in clash.elements()) for clash in CLASHES}
    ids, all_boxes, cuts = structure(path)
    told = []
    for key, box in kernel_boxes(other).items():
        common = np.minimum(all_boxes[:, 1], box[1]) - np.maximum(all_boxes[:, 0], box[0])
        for i in np.flatnonzero((common > TOUCH).all(axis=1)):
            overlap = np.array([np.maximum(all_boxes[i, 0], box[0]), np.minimum(all_boxes[i, 1], box[1])])
            through = any(inside(overlap, cut) for cut in cuts[i])
            if not through and frozenset((key, ids[i])) not in known:
                told.append((opened(other).by_guid(key).Name, opened(path).by_guid(ids[i]).Name))
    return told


def test_services_and_structure_clash_nowhere_else(hospital: dict[str, Path]) -> None:
    assert unlisted(hospital["结构"], hospital["机电"]) == []


def test_services_of_different_systems_clash_nowhere_else(hospital: dict[str, Path]) -> None:
    file, found = opened(hospital["机电"]), kernel_boxes(hospital["机电"])
    known = {frozenset(key for _, key in clash.elements()) for clash in CLASHES}
    system = {
        member.GlobalId: relation.RelatingGroup.Name
        for relation in file.by_type("IfcRelAssignsToGroup")
        for member in relation.RelatedObjects
    }
    ids = list(system)
    all_boxes = np.array([found[key] for key in ids])
    told = []
    for i, key in enumerate(ids):
        rest = all_boxes[i + 1 :]
        common = np.minimum(rest[:, 1], found[key][1]) - np.maximum(rest[:, 0], found[key][0])
        for j in np.flatnonzero((common > TOUCH).all(axis=1)):
            other = ids[i + 1 + j]
            if system[key] != system[other] and frozenset((key, other)) not in known:
                told.append((file.by_guid(key).Name, file.by_guid(other).Name))
    assert told == []
