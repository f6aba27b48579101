"""What an IfcProduct has to draw: its body representation, and the surface styles in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from twin.values.sentence import Sentence, say

# IfcShapeRepresentation: identifiers and types that hold no body (IFC4 ADD2, IfcShapeRepresentation, tables of both).
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


def skipped_by(product: Any) -> Sentence | None:
    """Return the rule that leaves `product` out, None where it is to be drawn."""
    for ifc_class, rule in _SKIPPED:
        if _is_a(product, ifc_class):
            return rule
    return None


def _is_a(product: Any, ifc_class: str) -> bool:
    try:
        return bool(product.is_a(ifc_class))
    except RuntimeError:  # a class this schema does not have
        return False


def body_items(product: Any) -> list[Any]:
    """Return the representation items of the product's body representations; empty where it has nothing to draw."""
    shape = product.Representation
    if shape is None:
        return []
    found: list[Any] = []
    for representation in shape.Representations or ():
        if is_body(representation.RepresentationIdentifier, representation.RepresentationType):
            found += representation.Items or ()
    return found


def is_body(identifier: str | None, kind: str | None) -> bool:
    """Tell whether a representation holds a body, from its RepresentationIdentifier and RepresentationType."""
    if identifier in {"Body", "Facetation", "Tessellation"}:
        return True
    return identifier not in _NO_BODY_IDENTIFIERS and kind not in _NO_BODY_TYPES


class StyleReader:
    """Counts the surface styles of bodies; mapped representations are looked at once."""

    def __init__(self) -> None:
        self._of_map: dict[int, frozenset[int]] = {}

    def has_several(self, items: Iterable[Any]) -> bool:
        """Tell whether the items carry more than one surface style, or a colour for each face."""
        styles: set[int] = set()
        for item in items:
            styles |= self._styles(item)
        return len(styles) > 1 or -1 in styles

    def _styles(self, item: Any) -> frozenset[int]:
        own = frozenset(_style_ids(item))
        if own:
            return own
        if item.is_a("IfcMappedItem"):
            representation = item.MappingSource.MappedRepresentation
            key = representation.id()
            if key not in self._of_map:
                self._of_map[key] = frozenset()  # a map that contains itself ends here
                parts = [self._styles(i) for i in representation.Items]
                # an unstyled item beside styled ones is a colour of its own (the material's)
                self._of_map[key] = (
                    frozenset().union(*(p or frozenset({0}) for p in parts)) if any(parts) else frozenset()
                )
            return self._of_map[key]
        if item.is_a("IfcBooleanResult"):
            return self._styles(item.FirstOperand)
        return frozenset({-1}) if getattr(item, "HasColours", None) else frozenset()


def _style_ids(item: Any) -> Iterator[int]:
    for styled in getattr(item, "StyledByItem", None) or ():
        for style in styled.Styles or ():
            for one in style.Styles if style.is_a("IfcPresentationStyleAssignment") else (style,):
                if hasattr(one, "is_a") and one.is_a("IfcSurfaceStyle"):
                    yield one.id()
