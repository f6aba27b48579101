"""Units, angles and plain values of a georeference: IFC entities and attributes → metres, degrees, JSON values."""

import math
from collections.abc import Sequence
from typing import Any

from twin.values.sentence import Sentence, say

_PREFIXES = {
    **{"EXA": 1e18, "PETA": 1e15, "TERA": 1e12, "GIGA": 1e9, "MEGA": 1e6, "KILO": 1e3, "HECTO": 1e2, "DECA": 1e1},
    **{"DECI": 1e-1, "CENTI": 1e-2, "MILLI": 1e-3, "MICRO": 1e-6, "NANO": 1e-9, "PICO": 1e-12},
}
# What exporters write into the text property MapUnit of an IFC2X3 property set.
_UNIT_WORDS = {
    **dict.fromkeys(("m", "metre", "meter", "metres", "meters", "米"), 1.0),
    **dict.fromkeys(("mm", "millimetre", "millimeter", "millimetres", "millimeters", "毫米"), 0.001),
    **dict.fromkeys(("cm", "centimetre", "centimeter", "厘米"), 0.01),
    **dict.fromkeys(("km", "kilometre", "kilometer", "千米"), 1000.0),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
    **dict.fromkeys(("us survey foot", "us survey feet", "ftus", "us-ft"), 1200 / 3937),
}


def unit_factor(unit: Any, deepest: int = 8) -> float | None:
    """Return SI units (metres, radians) per unit of an IfcSIUnit or IfcConversionBasedUnit, None for others.

    deepest : how many conversions may follow on one another; a hostile file's may go round in circles
    """
    if unit is None or deepest == 0:
        return None
    if unit.is_a("IfcSIUnit"):
        return _PREFIXES.get(unit.Prefix or "", 1.0)
    if unit.is_a("IfcConversionBasedUnit"):
        factor = unit.ConversionFactor
        base = unit_factor(factor.UnitComponent, deepest - 1)
        value = getattr(factor.ValueComponent, "wrappedValue", None)
        return None if base is None or not isinstance(value, int | float) else float(value) * base
    return None


def project_unit(ifc: Any, kind: str) -> float | None:
    """Return SI units per project unit of a kind ("LENGTHUNIT", "PLANEANGLEUNIT"), None when not assigned."""
    for project in ifc.by_type("IfcProject"):
        for unit in getattr(project.UnitsInContext, "Units", None) or ():
            if getattr(unit, "UnitType", None) == kind and (factor := unit_factor(unit)):
                return factor
    return None


def unit_word(text: str) -> float | None:
    """Return metres per unit that a word names, None for an unknown word.

    >>> unit_word("MILLIMETRE"), unit_word("parsec")
    (0.001, None)
    """
    return _UNIT_WORDS.get(text.strip().lower().replace("_", " "))


def degrees_of(parts: Sequence[float]) -> tuple[float, Sentence | None]:
    """Return degrees from an IfcCompoundPlaneAngleMeasure: degrees, minutes, seconds and perhaps millionths of seconds.

    Every part of a negative angle is negative; where only some are, the angle is taken as negative and that is told.

    >>> degrees_of((-87, -38, -21))[0], degrees_of((0, -7, -30))[0]
    (-87.63916666666667, -0.125)
    """
    sizes = (1.0, 60.0, 3600.0, 3.6e9)
    size = math.fsum(abs(part) / unit for part, unit in zip(parts, sizes, strict=False))
    negative = any(part < 0 for part in parts)
    told = None
    if negative and any(part > 0 for part in parts):
        told = say(
            "The angle {angle} mixes signs: it is read as {degrees:.6f}°.",
            angle="(" + ", ".join(f"{part:g}" for part in parts) + ")",
            degrees=-size,
        )
    return (-size if negative else size), told


def attributes(entity: Any, *names: str) -> dict[str, Any]:
    """Return the named attributes that are stated, as JSON values."""
    stated = {}
    for name in names:
        value = getattr(entity, name, None)
        value = getattr(value, "wrappedValue", value)
        if value is not None and value != "":
            stated[name] = list(value) if isinstance(value, tuple) else value
    return stated


def number(value: Any) -> float | None:
    """Return a number, also from the text that some exporters write; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        parsed = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        return None
    return parsed if abs(parsed) < 1e15 else None  # also no infinity and no NaN
