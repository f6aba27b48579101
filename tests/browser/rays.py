"""Which element a reader sees in the middle of the map: rays against ifcopenshell's own triangles.

Nothing of the product's tiles or page takes part.  The page looks along a straight line at a point of the flat ground;
what is nearest to the eye on that line is what a click there must select.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
METRES_PER_DEGREE = 111319.490793


@dataclass(frozen=True)
class Sight:
    """A view whose middle shows a wall: the camera, the wall, and the place that is seen (degrees, metres)."""

    global_id: str
    longitude: float
    latitude: float
    bearing: float
    pitch: float
    seen: tuple[float, float, float]

    def view(self, zoom: float) -> str:
        """Return the view as the page's address has it."""
        return f"{self.longitude:.9f},{self.latitude:.9f},{zoom},{self.pitch},{self.bearing}"


def triangles(path: Path) -> tuple[list[str], list[str], Array, NDArray[np.int64]]:
    """Return GlobalIds, classes, (n, 3, 3) float64 corners in metres (local) and the (n,) element of each."""
    file, settings = ifcopenshell.open(path), ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    unseen = file.by_type("IfcOpeningElement") + file.by_type("IfcSpace")
    iterator = ifcopenshell.geom.iterator(settings, file, 2, exclude=unseen)
    ids: list[str] = []
    classes: list[str] = []
    corners: list[Array] = []
    owners: list[NDArray[np.int64]] = []
    assert iterator.initialize()
    while True:
        shape = iterator.get()
        vertices = np.array(shape.geometry.verts, dtype=np.float64).reshape(-1, 3)
        faces = np.array(shape.geometry.faces, dtype=np.int64).reshape(-1, 3)
        corners.append(vertices[faces])
        owners.append(np.full(len(faces), len(ids)))
        ids.append(shape.guid)
        classes.append(shape.type)
        if not iterator.next():
            return ids, classes, np.concatenate(corners), np.concatenate(owners)


def on_map(model: dict[str, Any], points: Array) -> Array:
    """Return (n, 3) longitude, latitude (degrees) and metres above the map's ground of (n, 3) local points."""
    place = model["georeference"]
    turn = radians(place["true_north_deg"])
    # Columns: the model's +X and +Y as east and north; its +Y points `true_north_deg` clockwise from north.
    turned = points @ np.array([[cos(turn), sin(turn), 0], [-sin(turn), cos(turn), 0], [0, 0, 1]]).T
    heights = turned[:, 2] - (model["ground_height"] - place["orthogonal_height"])
    return np.array([[*_degrees(place, point), height] for point, height in zip(turned, heights, strict=True)])


def hits(origin: Array, direction: Array, corners: Array) -> Array:
    """Return for each triangle how far along the line it is hit, -inf where it is not (Möller and Trumbore)."""
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(direction, two)
    determinant = np.einsum("ij,ij->i", one, p)
    safe = np.where(np.abs(determinant) < 1e-12, np.inf, determinant)
    s = origin - corners[:, 0]
    u = np.einsum("ij,ij->i", s, p) / safe
    q = np.cross(s, one)
    v = q @ direction / safe
    t = np.einsum("ij,ij->i", two, q) / safe
    inside = (u >= 0) & (v >= 0) & (u + v <= 1) & np.isfinite(safe)
    return np.where(inside, t, -np.inf)


def walls_in_sight(path: Path, model: dict[str, Any], pitch: float = 55.0) -> Iterator[Sight]:
    """Yield views onto walls of a model, each wall once; half a metre around the middle shows the same wall."""
    ids, classes, corners, owners = triangles(path)
    place = model["georeference"]
    turn = radians(place["true_north_deg"])
    # Columns: the model's +X and +Y as east and north; its +Y points `true_north_deg` clockwise from north.
    ground = model["ground_height"] - place["orthogonal_height"]
    corners = corners @ np.array([[cos(turn), sin(turn), 0], [-sin(turn), cos(turn), 0], [0, 0, 1]]).T
    corners[:, :, 2] -= ground
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    # The largest faces first; by GlobalId among equals, as the kernel's threads finish in any order.
    order = sorted(range(len(areas)), key=lambda face: (-round(float(areas[face]), 3), ids[owners[face]]))
    met: set[int] = set()
    for face in order:
        owner = int(owners[face])
        middle = corners[face].mean(axis=0)
        if owner in met or not classes[owner].startswith("IfcWall") or middle[2] < 1:
            continue
        for bearing in (-150.0, -60.0, 30.0, 120.0):
            towards_eye = np.array(
                [
                    -sin(radians(bearing)) * sin(radians(pitch)),
                    -cos(radians(bearing)) * sin(radians(pitch)),
                    cos(radians(pitch)),
                ]
            )
            offsets = [
                np.array([dx, dy, dz])
                for dx, dy, dz in ((0, 0, 0), (0.3, 0, 0), (-0.3, 0, 0), (0, 0.3, 0), (0, -0.3, 0), (0, 0, 0.4))
            ]
            nearest = [int(owners[np.argmax(hits(middle + offset, towards_eye, corners))]) for offset in offsets]
            if set(nearest) == {owner}:
                met.add(owner)
                foot = middle - towards_eye * (middle[2] / towards_eye[2])
                yield Sight(
                    ids[owner], *_degrees(place, foot), bearing, pitch, (*_degrees(place, middle), float(middle[2]))
                )
                break


def _degrees(place: dict[str, Any], metres: Array) -> tuple[float, float]:
    """Return longitude and latitude of a point given in metres east and north of the model's origin."""
    a, e2 = 6378137.0, 0.0066943799901413165
    latitude = radians(place["latitude"])
    w = (1 - e2 * sin(latitude) ** 2) ** 0.5
    north = radians(1) * a * (1 - e2) / w**3
    east = radians(1) * a / w * cos(latitude)
    return place["longitude"] + metres[0] / east, place["latitude"] + metres[1] / north
