"""Where a model stands above the ground, against outlines known by hand."""

import math

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from twin.judgement.footprint import footprint
from twin.values.model import BuildingModel, Element, Placed, Shape, State

LOOK = np.array([[9, 9, 9, 255]], dtype=np.uint8)
SIDES = [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]]
BOX_FACES = np.array([[s[i] for i in t] for s in SIDES for t in ((0, 1, 2), (0, 2, 3))], dtype=np.uint32)


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Shape:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    vertices = np.array(low) + corners * (np.array(high) - np.array(low))
    return Shape(vertices, BOX_FACES, np.zeros(12, dtype=np.uint16), LOOK)


def turned(degrees: float, x: float = 0.0, y: float = 0.0) -> NDArray[np.float64]:
    matrix, angle = np.eye(4), math.radians(degrees)
    matrix[:2, :2] = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    matrix[:2, 3] = x, y
    return matrix


def model(*parts: tuple[str, Shape, NDArray[np.float64]], ground: float = 0.0) -> BuildingModel:
    elements = [
        Element(i, f"{i:022}", ifc_class, ifc_class, State.DRAWN, None, None, None, i, Placed(i, matrix))
        for i, (ifc_class, _, matrix) in enumerate(parts)
    ]
    return BuildingModel("IFC4", "lite", elements, [shape for _, shape, _ in parts], [], [], ground)


def area(found: list[list[list[tuple[float, float]]]]) -> float:
    return float(sum(shapely.Polygon(rings[0], rings[1:]).area for rings in found))


def test_a_turned_slab_keeps_its_area_and_its_place() -> None:
    found = footprint(model(("IfcSlab", box((0, 0, 3), (20, 10, 3.2)), turned(30, 100, 50))))
    assert len(found) == 1
    assert area(found) == pytest.approx(200, rel=0.01)
    expected = [[100, 50], [100 + 20 * math.cos(math.pi / 6), 60]]
    ring = np.array(found[0][0])
    for corner in expected:
        assert np.hypot(*(ring - corner).T).min() < 0.15


def test_a_large_curved_part_keeps_its_curve() -> None:
    """A quarter of a ring, 20 m wide and 100 m across, covers a third of its box."""
    angles = np.linspace(0, math.pi / 2, 31)
    rim = np.column_stack([np.cos(angles), np.sin(angles)])
    vertices = np.vstack([np.column_stack([rim * radius, np.full(31, 9.0)]) for radius in (80.0, 100.0)])
    faces = [t for i in range(30) for t in ((i, i + 31, i + 32), (i, i + 32, i + 1))]
    deck = Shape(vertices, np.array(faces, dtype=np.uint32), np.zeros(60, dtype=np.uint16), LOOK)
    assert area(footprint(model(("IfcBeam", deck, np.eye(4))))) == pytest.approx(math.pi / 4 * 3600, rel=0.01)


def test_paving_cellars_and_the_site_hide_nothing() -> None:
    paving = ("IfcSlab", box((-50, -50, -0.2), (50, 50, 0.1)), np.eye(4))
    cellar = ("IfcWall", box((-30, -30, -6), (30, 30, -0.5)), np.eye(4))
    site = ("IfcSite", box((-90, -90, 0), (90, 90, 5)), np.eye(4))
    roof = ("IfcRoof", box((0, 0, 3), (10, 10, 4)), np.eye(4))
    assert area(footprint(model(paving, cellar, site, roof))) == pytest.approx(100, rel=0.01)
    assert footprint(model(paving, cellar, site)) == []


def test_the_ground_may_lie_anywhere() -> None:
    roof = ("IfcRoof", box((0, 0, 103), (10, 10, 104)), np.eye(4))
    assert area(footprint(model(roof, ground=100.0))) == pytest.approx(100, rel=0.01)
    assert footprint(model(roof, ground=103.5)) == []


def test_a_small_gap_is_a_room_and_a_large_one_a_yard() -> None:
    def ring(side: float) -> BuildingModel:
        walls = [
            box((0, 0, 0), (side, 0.2, 3)),
            box((0, side - 0.2, 0), (side, side, 3)),
            box((0, 0, 0), (0.2, side, 3)),
            box((side - 0.2, 0, 0), (side, side, 3)),
        ]
        return model(*(("IfcWall", wall, np.eye(4)) for wall in walls))

    assert area(footprint(ring(30))) == pytest.approx(900, rel=0.01)
    assert area(footprint(ring(100))) < 200


def test_far_parts_stay_apart_and_lamps_are_left_out() -> None:
    parts = [("IfcSlab", box((0, 0, 3), (10, 10, 3.2)), turned(0, x)) for x in (0.0, 30.0)]
    lamp = ("IfcLamp", box((0, 0, 0), (0.3, 0.3, 8)), turned(0, 60))
    assert len(footprint(model(*parts, lamp))) == 2


def test_nothing_drawn_stands_nowhere() -> None:
    assert footprint(model()) == []
