"""The classes of IFC products and what they are kinds of, over IFC2X3, IFC4 and IFC4X3 together."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def _parents() -> Mapping[str, Sequence[str]]:
    """Return class → the classes right above it; several where the schemas differ."""
    found: dict[str, list[str]] = json.loads(files("twin.values").joinpath("ifc_supertypes.json").read_text("utf-8"))
    return found


@cache
def kinds_of(ifc_class: str) -> frozenset[str]:
    """Return a class and every class above it, up to IfcProduct; one that no schema has is only itself.

    >>> sorted(kinds_of("IfcColumnStandardCase"))
    ['IfcBuildingElement', 'IfcBuiltElement', 'IfcColumn', 'IfcColumnStandardCase', 'IfcElement', 'IfcProduct']
    """
    found: set[str] = set()
    waiting = [ifc_class]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting.extend(_parents().get(at, ()))
    return frozenset(found)


@cache
def known_classes() -> frozenset[str]:
    """Return every class of product that a schema has, those above others included."""
    return frozenset(_parents()) | {parent for parents in _parents().values() for parent in parents}
