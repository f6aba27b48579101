"""Building models as values: what an imported IFC file is, with every IfcProduct in exactly one state.

Lengths are metres, the frame is `local`: the model's own right-handed frame, z up, as placed by the IFC file's
ObjectPlacements (IfcProject's length unit is already applied; the georeference is not).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.values.sentence import Sentence


class ElementKey(NamedTuple):
    """What facts join on: it survives a new revision of the model as long as the GlobalId is kept."""

    project: str
    global_id: str


class State(StrEnum):
    """Where an IfcProduct ended in the import ledger."""

    DRAWN = "drawn"
    EMPTY = "empty"  # it has no shape of its own: nothing to draw
    SKIPPED = "skipped"  # a stated rule leaves its class out
    FAILED = "failed"  # it should have been drawn and could not be


@dataclass(frozen=True, slots=True)
class Shape:
    """One triangulated shape, possibly used by many elements.

    vertices : (n, 3) float64, metres, in the shape's own frame (z up); welded
    faces : (m, 3) uint32, counter-clockwise seen from outside
    face_materials : (m,) uint16, row of `materials` of each face
    materials : (k, 4) uint8, sRGB red, green, blue and opacity
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.uint32]
    face_materials: NDArray[np.uint16]
    materials: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape at its place: `local_from_shape` is (4, 4) float64, rigid (rotation and translation only), metres."""

    shape: int
    local_from_shape: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Element:
    """An IfcProduct of the model: identity, place in the spatial tree, ledger state, facts for the property panel.

    row : feature row, the same in every tile of the model; -1 when the element is not drawn
    storey : GlobalId of the IfcBuildingStorey that contains it, None when it has none
    parent : GlobalId of what contains, decomposes or is decomposed (the spatial tree), None at the root
    step_id : the entity's number in the file: for messages only, never stored as identity
    properties : JSON values: predefined_type, tag, description, type, psets, quantities, materials, classifications
    """

    row: int
    global_id: str
    ifc_class: str
    name: str
    state: State
    reason: Sentence | None
    storey: str | None
    parent: str | None
    step_id: int
    placed: Placed | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Storey:
    """An IfcBuildingStorey; `elevation` in metres in the local frame (its ObjectPlacement's height)."""

    global_id: str
    name: str
    elevation: float


@dataclass(frozen=True, slots=True)
class BuildingModel:
    """An IFC file as values.

    schema : the schema name as the file states it (for instance IFC4X3_RC2)
    kernel : which kernel drew it: "lite", "ifcopenshell" or "lite+ifcopenshell"
    elements : every IfcProduct of the file, drawn ones first in row order
    notices : what a user should know: duplicate GlobalIds, missing storeys, repaired texts, kernel crashes
    ground : height in the local frame (metres) that stands on the ground, see `ifc_import.spatial.ground_height`
    connections : (name of the IFC relation, GlobalId, GlobalId) of elements that the file says belong together
    """

    schema: str
    kernel: str
    elements: Sequence[Element]
    shapes: Sequence[Shape]
    storeys: Sequence[Storey]
    notices: Sequence[Sentence]
    ground: float
    connections: Sequence[tuple[str, str, str]] = ()

    def drawn(self) -> list[Element]:
        """Return the drawn elements in row order."""
        return [e for e in self.elements if e.state is State.DRAWN]
