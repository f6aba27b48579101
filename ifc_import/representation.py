"""What an IfcProduct has to draw: its body representation, and the surface styles in it.

Attributes are read by index: IfcProduct[6] Representation, IfcProductDefinitionShape[2] Representations,
IfcShapeRepresentation[1] RepresentationIdentifier, [2] RepresentationType, [3] Items, IfcMappedItem[0] MappingSource,
IfcRepresentationMap[1] MappedRepresentation, the same in IFC2X3, IFC4 and IFC4X3.
"""

from collections.abc import Sequence
from typing import Any

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

# Rules of the ledger: IfcProducts that are no part of the built thing. A subclass follows its superclass.
_SKIPPED = (
    ("IfcFeatureElement", say("openings and other features are shown by the element that they cut or change")),
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
        if ifc_class in ("IfcBooleanResult", "IfcBooleanClippingResult"):
            # a style on an operand is the result's, which the fast kernel does not see
            return frozenset({-1}) if self._styles(item[1]) or self._styles(item[2]) else frozenset()
        return frozenset()

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
