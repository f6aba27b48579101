"""What an IfcProduct has to draw: its body representation, and the surface styles in it.

Attributes are read by index: IfcProduct[6] Representation, IfcProductDefinitionShape[2] Representations,
IfcShapeRepresentation[1] RepresentationIdentifier, [2] RepresentationType, [3] Items, IfcMappedItem[0] MappingSource,
IfcRepresentationMap[1] MappedRepresentation, the same in IFC2X3, IFC4 and IFC4X3.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.schema import BROKEN, Schema, by_type
from twin.values.sentence import Sentence, say

# IfcShapeRepresentation: identifiers and types that hold no body (the tables of both in IFC4 ADD2).
_NO_BODY_IDENTIFIERS = {
    "Axis", "FootPrint", "Box", "Profile", "Annotation", "Reference", "Clearance", "Lighting", "CoG", "SurveyPoints",
    "Plan",
}  # fmt: skip
_NO_BODY_TYPES = {
    "Curve", "Curve2D", "Curve3D", "GeometricCurveSet", "Annotation2D", "Point", "PointCloud", "BoundingBox",
    "FillArea", "Text", "Segment", "LightSource",
}  # fmt: skip

_BOOLEANS = ("IfcBooleanResult", "IfcBooleanClippingResult")

# Rules of the ledger: IfcProducts that are no part of the built thing. A subclass follows its superclass.
# A surface feature (a road marking) changes nothing else, and is drawn.
_FEATURE = say("openings and other features are shown by the element that they cut or change")
_SKIPPED = (
    ("IfcFeatureElementSubtraction", _FEATURE),
    ("IfcFeatureElementAddition", _FEATURE),
    ("IfcGrid", say("grids are drawing aids")),
    ("IfcAnnotation", say("annotations belong to drawings")),
    ("IfcStructuralActivity", say("structural analysis items are calculations, not built")),
    ("IfcStructuralItem", say("structural analysis items are calculations, not built")),
)


def skipped_by(product: Any, schema: Schema) -> Sentence | None:
    """Return the rule that leaves `product` out, None where it is to be drawn."""
    kinds = schema.supertypes(product.is_a())
    return next((rule for ifc_class, rule in _SKIPPED if ifc_class in kinds), None)


def body_items(product: Any) -> list[Any]:
    """Return the representation items of the product's body representations; empty where it has nothing to draw."""
    shape = product[6]
    if shape is None:
        return []
    found: list[Any] = []
    for representation in shape[2] or ():
        if is_body(representation[1], representation[2]):
            found += representation[3] or ()
    return found


def is_body(identifier: str | None, kind: str | None) -> bool:
    """Tell whether a representation holds a body, from its RepresentationIdentifier and RepresentationType."""
    if identifier in {"Body", "Facetation", "Tessellation"}:
        return True
    return identifier not in _NO_BODY_IDENTIFIERS and kind not in _NO_BODY_TYPES


class StyleReader:
    """Tells bodies with several surface styles; mapped representations are looked at once."""

    def __init__(self, ifc: Any) -> None:
        self._ifc = ifc
        self._of_item: dict[int, frozenset[int]] = {}
        for styled in by_type(ifc, "IfcStyledItem"):
            if styled[0] is not None:
                key = styled[0].id()
                self._of_item[key] = self._of_item.get(key, frozenset()) | frozenset(_surface_styles(styled[1]))
        self._coloured = {m.MappedTo.id() for m in by_type(ifc, "IfcIndexedColourMap") if m.MappedTo is not None}
        self._of_map: dict[int, frozenset[int]] = {}

    def has_several(self, items: Sequence[Any]) -> bool:
        """Tell whether the items carry more than one surface style, or a colour for each face."""
        try:
            styles = self._together(items)
        except BROKEN:  # the kernels draw what they can of it
            return False
        return len(styles) > 1 or -1 in styles

    def _together(self, items: Sequence[Any]) -> frozenset[int]:
        """Return the styles of items; an unstyled one beside styled ones has a colour of its own (the material's)."""
        parts = [self._styles(item) for item in items]
        return frozenset().union(*(part or frozenset({0}) for part in parts)) if any(parts) else frozenset()

    def _styles(self, item: Any) -> frozenset[int]:
        own = self._of_item.get(item.id())
        if own:
            return own
        if item.id() in self._coloured:
            return frozenset({-1})
        ifc_class = item.is_a()
        if ifc_class == "IfcMappedItem":
            return self._mapped(item[0][1])
        return self._styles(item[1]) | self._styles(item[2]) if ifc_class in _BOOLEANS else frozenset()

    def operand_colour(self, items: Sequence[Any]) -> NDArray[np.uint8] | None:
        """Return the colour (4,) uint8 RGBA of a body of booleans of which only operands are styled, with one style.

        The style of an operand is the result's, but the fast kernel does not see it.  None where this is not the case.
        """
        try:
            if not all(i.is_a() in _BOOLEANS and not self._of_item.get(i.id()) for i in items):
                return None
            styles = frozenset().union(*(self._styles(i) for i in items))
            return surface_colour(self._ifc.by_id(next(iter(styles)))) if len(styles) == 1 and min(styles) > 0 else None
        except BROKEN:
            return None

    def _mapped(self, representation: Any) -> frozenset[int]:
        key = representation.id()
        if key not in self._of_map:
            self._of_map[key] = frozenset()  # a map that contains itself ends here
            self._of_map[key] = self._together(representation[3] or ())
        return self._of_map[key]


def _surface_styles(styles: Any) -> list[int]:
    found = []
    for style in styles or ():
        for one in style[0] if style.is_a() == "IfcPresentationStyleAssignment" else (style,):
            if hasattr(one, "is_a") and one.is_a() == "IfcSurfaceStyle":
                found.append(one.id())
    return found


def surface_colour(style: Any) -> NDArray[np.uint8] | None:
    """Return the diffuse colour (4,) uint8 sRGB and opacity of an IfcSurfaceStyle, None where it states none.

    DiffuseColour is a colour of its own or a factor of SurfaceColour (IfcSurfaceStyleRendering).
    """
    for shading in style.Styles:
        if shading.is_a("IfcSurfaceStyleShading"):
            colour = np.array([shading.SurfaceColour.Red, shading.SurfaceColour.Green, shading.SurfaceColour.Blue])
            diffuse = getattr(shading, "DiffuseColour", None)
            if diffuse is not None and diffuse.is_a("IfcColourRgb"):
                colour = np.array([diffuse.Red, diffuse.Green, diffuse.Blue])
            elif diffuse is not None:
                colour = colour * float(diffuse.wrappedValue)
            opacity = 1.0 - float(getattr(shading, "Transparency", None) or 0.0)
            rgba: NDArray[np.uint8] = np.round(np.clip([*colour, opacity], 0, 1) * 255).astype(np.uint8)
            return rgba
    return None
