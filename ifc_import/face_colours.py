"""A colour for each face (IfcIndexedColourMap, IFC4): the geometry kernels give such a body one colour."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.representation import body_items


def indexed_colours(
    product: Any, item_ids: NDArray[np.int64], face_materials: NDArray[np.uint16], materials: NDArray[np.uint8]
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return the face materials and materials of a drawn product, with the colour maps of its items applied.

    item_ids : (m,) int64, step id of the representation item of each triangle
    face_materials : (m,) uint16 and materials : (k, 4) uint8, as the kernel gave them

    An item whose triangles are not one fan for each of its faces, in their order, keeps its one colour.
    """
    for item in body_items(product):
        for colour_map in getattr(item, "HasColours", None) or ():
            chosen = np.flatnonzero(item_ids == item.id())
            per_triangle = _colour_of_triangles(item, colour_map, len(chosen))
            if per_triangle is None:
                continue
            palette = _palette(colour_map)
            face_materials = face_materials.copy()
            face_materials[chosen] = len(materials) + np.clip(per_triangle, 1, len(palette)) - 1
            materials = np.concatenate([materials, palette])
    return face_materials, materials


def _colour_of_triangles(item: Any, colour_map: Any, triangles: int) -> NDArray[np.int64] | None:
    """Return the 1-based colour index of each triangle; None where faces and triangles cannot be matched."""
    if item.is_a("IfcTriangulatedFaceSet"):
        fans = np.ones(len(item.CoordIndex), np.int64)
    elif item.is_a("IfcPolygonalFaceSet"):
        if any(face.is_a("IfcIndexedPolygonalFaceWithVoids") for face in item.Faces):
            return None
        fans = np.array([len(face.CoordIndex) - 2 for face in item.Faces])
    else:
        return None
    index = np.array(colour_map.ColourIndex or ())
    if len(index) != len(fans) or fans.sum() != triangles:
        return None
    spread: NDArray[np.int64] = np.repeat(index, fans)
    return spread


def _palette(colour_map: Any) -> NDArray[np.uint8]:
    opacity = (
        1.0 if colour_map.Opacity is None else float(getattr(colour_map.Opacity, "wrappedValue", colour_map.Opacity))
    )
    colours = np.array(colour_map.Colours.ColourList, np.float64)
    whole = np.column_stack([colours, np.full(len(colours), opacity)])
    palette: NDArray[np.uint8] = np.round(np.clip(whole, 0, 1) * 255).astype(np.uint8)
    return palette
