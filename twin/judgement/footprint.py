"""Where a building model stands on the ground: what a plain block of the city must make room for."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.values.georeference import Georeference
from twin.values.model import BuildingModel, Placed

ABOVE = 1.0  # metres that an element must rise above the ground: paving, cellars and tunnels hide no building
CLOSED = 0.5  # metres between elements that count as joined
ROOM = 2000.0  # square metres: a smaller gap inside is part of the building, a larger one is a yard
SCRAP = 4.0  # square metres: smaller parts are lamps and posts

# Not of the building itself: the ground, what grows on it, and rooms, which may be drawn larger than their walls.
LEFT_OUT = frozenset(
    {
        *("IfcSite", "IfcGeographicElement", "IfcSpace", "IfcSpatialZone", "IfcExternalSpatialElement"),
        *("IfcAlignment", "IfcReferent", "IfcGrid", "IfcAnnotation"),
    }
)
LARGE = 150.0  # square metres: the outline of a larger element is drawn by its triangles, which may follow a curve

Polygons = list[list[list[tuple[float, float]]]]


def footprint(model: BuildingModel) -> Polygons:
    """Return polygons, each its outer ring and then its holes, (x, y) in local metres, of what stands above the ground.

    Every element counts with the outline of its shape's box, turned as the element is, a large one with its triangles.
    """
    import shapely

    placed: list[Placed] = [e.placed for e in model.drawn() if e.placed is not None and e.ifc_class not in LEFT_OUT]
    placed = [p for p in placed if len(model.shapes[p.shape].vertices)]
    if not placed:
        return []
    corners = _corners(model, placed)
    risen = np.flatnonzero(corners[:, :, 2].max(axis=1) > model.ground + ABOVE)
    if not len(risen):
        return []
    # storeys repeat each other: every outline counts once
    flat, which = np.unique(np.round(corners[risen, :, :2], 2).reshape(-1, 16), axis=0, return_inverse=True)
    outlines = shapely.convex_hull(shapely.multipoints(flat.reshape(-1, 8, 2)))
    large = shapely.area(outlines) > LARGE
    parts = [_triangles(model, placed[row]) for row in risen[large[which.ravel()]].tolist()]
    outlines = shapely.from_wkb(np.unique(shapely.to_wkb(np.concatenate([outlines[~large], *parts]))))
    wide = shapely.buffer(shapely.union_all(outlines), CLOSED, join_style="mitre")
    joined = shapely.buffer(wide, -CLOSED, join_style="mitre")
    parts = shapely.get_parts(joined)
    return [_rings(part) for part in shapely.simplify(parts[shapely.area(parts) > SCRAP], 0.1)]


def _triangles(model: BuildingModel, placed: Placed) -> NDArray[np.object_]:
    """Return the triangles of an element seen from above, those that stand upright left out."""
    import shapely

    shape, matrix = model.shapes[placed.shape], placed.local_from_shape
    flat = np.round((shape.vertices @ matrix[:3, :3].T + matrix[:3, 3])[:, :2], 2)[shape.faces]
    (ax, ay), (bx, by) = (flat[:, 1] - flat[:, 0]).T, (flat[:, 2] - flat[:, 0]).T
    seen = np.abs(ax * by - ay * bx) > 1e-3
    return np.atleast_1d(shapely.normalize(shapely.polygons(flat[seen])))


def _corners(model: BuildingModel, placed: list[Placed]) -> NDArray[np.float64]:
    """Return the corners of the elements' boxes, (n, 8, 3) float64, local metres."""
    boxes: dict[int, NDArray[np.float64]] = {}

    def box(shape: int) -> NDArray[np.float64]:
        if shape not in boxes:
            vertices = model.shapes[shape].vertices
            ends = np.stack([vertices.min(axis=0), vertices.max(axis=0)])
            boxes[shape] = ends[_CHOICE, np.arange(3)]
        return boxes[shape]

    matrices = np.stack([p.local_from_shape for p in placed])
    own = np.stack([box(p.shape) for p in placed])
    turned: NDArray[np.float64] = np.einsum("nij,nkj->nki", matrices[:, :3, :3], own) + matrices[:, None, :3, 3]
    return turned


_CHOICE = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])


def _rings(part: Any) -> list[list[tuple[float, float]]]:
    """Return the outer ring and the yards of a polygon."""
    import shapely

    holes = [ring for ring in part.interiors if shapely.Polygon(ring).area > ROOM]
    return [[(round(x, 3), round(y, 3)) for x, y in ring.coords] for ring in (part.exterior, *holes)]


class Standing(Protocol):
    """What must be known of a model that stands somewhere: `twin.store.Model` is one."""

    @property
    def box(self) -> NDArray[np.float64] | None:
        """(2, 3) float64, least and greatest corner in the local frame, metres; None when nothing is drawn."""
        ...

    @property
    def footprint(self) -> Sequence[Sequence[Sequence[tuple[float, float]]]] | None:
        """Its polygons in local metres; None for a model that was imported before footprints were kept."""
        ...

    @property
    def georeference(self) -> Georeference:
        """Where it stands."""
        ...


def placed_outline(model: Standing) -> Any:
    """Return where a model stands above the ground, a shapely geometry in `lnglat`; None when nothing is drawn.

    A model without a footprint stands on its box.
    """
    import shapely

    from twin.values.crs import lnglat_from_ecef

    if model.box is None:
        return None
    polygons = model.footprint
    if polygons is None:
        (left, low, _), (right, high, _) = model.box.tolist()
        polygons = [[[(left, low), (right, low), (right, high), (left, high)]]]
    matrix, height = model.georeference.ecef_from_local, model.box[0, 2]

    def lnglat(ring: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        local = np.column_stack([np.array(ring, dtype=np.float64), np.full(len(ring), height)])
        return lnglat_from_ecef(local @ matrix[:3, :3].T + matrix[:3, 3])[:, :2]

    shapes = [shapely.Polygon(lnglat(rings[0]), [lnglat(hole) for hole in rings[1:]]) for rings in polygons]
    return shapely.union_all(shapes) if shapes else None
