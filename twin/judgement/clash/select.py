"""Which elements a rule of clash detection speaks of, and which pairs of them.

Elements are numbered through all models of a run, model after model in the order given, by feature row.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.zones import in_zone
from twin.values.clash import CheckedModel
from twin.values.clash_rules import ClashRule, PropertyTest, Selector, Zone
from twin.values.ifc_supertypes import kinds_of

Mask = NDArray[np.bool_]
# What has a body but is no thing: a rule must name exactly this class to speak of it.
SILENT_CLASSES = frozenset({
    "IfcSpace", "IfcSpatialZone", "IfcExternalSpatialElement", "IfcAnnotation", "IfcGrid", "IfcVirtualElement",
    "IfcOpeningElement", "IfcOpeningStandardCase", "IfcVoidingFeature", "IfcProjectionElement", "IfcSurfaceFeature",
    "IfcDistributionPort", "IfcSite", "IfcBuilding", "IfcBuildingStorey",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A text of every element: `codes` (n,) int64 into `texts`."""

    texts: Sequence[str]
    codes: NDArray[np.int64]

    def where(self, fits: Callable[[str], bool]) -> Mask:
        """Return (n,) which elements have a text that fits."""
        return np.array([fits(text) for text in self.texts], bool)[self.codes] if self.texts else np.zeros(0, bool)


@dataclass(frozen=True, slots=True)
class Columns:
    """All elements of a run, in columns.

    starts : (models + 1,) int64, where the elements of each model begin
    model_numbers : (n,) int64, the model of each element
    systems : the names of an element's systems, sorted, one to a line; "" for none
    """

    models: Sequence[CheckedModel]
    starts: NDArray[np.int64]
    model_numbers: NDArray[np.int64]
    disciplines: Column
    ifc_classes: Column
    storeys: Column
    names: Column
    systems: Column
    known: dict[Any, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.model_numbers)

    def place(self, element: int) -> tuple[CheckedModel, int]:
        """Return the model and the feature row of an element."""
        number = int(self.model_numbers[element])
        return self.models[number], element - int(self.starts[number])

    def ifc_class(self, element: int) -> str:
        """Return an element's IFC class."""
        return self.ifc_classes.texts[int(self.ifc_classes.codes[element])]

    def global_id(self, element: int) -> str:
        """Return an element's GlobalId."""
        model, row = self.place(element)
        return model.global_ids[row]


def concatenated(models: Sequence[CheckedModel]) -> Columns:
    """Return the elements of models, in columns."""
    counts = [len(model.bodies) for model in models]

    def column(texts: Callable[[CheckedModel], Sequence[str]]) -> Column:
        codes: dict[str, int] = {}
        found = [codes.setdefault(text, len(codes)) for model in models for text in texts(model)]
        return Column(tuple(codes), np.array(found, np.int64))

    return Columns(
        models=models,
        starts=np.array([0, *accumulate(counts)], np.int64),
        model_numbers=np.repeat(np.arange(len(models), dtype=np.int64), counts),
        disciplines=column(lambda model: [model.discipline] * len(model.bodies)),
        ifc_classes=column(lambda model: model.ifc_classes),
        storeys=column(lambda model: model.storeys),
        names=column(lambda model: model.names),
        systems=column(lambda model: ["\n".join(sorted(model.systems.get(g, ()))) for g in model.global_ids]),
    )


def select(rule: ClashRule, models: Sequence[CheckedModel] | Columns) -> tuple[Mask, Mask]:
    """Return (n,) which elements are on side A of a rule, and (n,) which on side B; an element can be on both."""
    columns = models if isinstance(models, Columns) else concatenated(models)
    return selected(rule.a, columns), selected(rule.b, columns)


def selected(selector: Selector, columns: Columns) -> Mask:
    """Return (n,) which elements a selector speaks of."""
    fits = partial(fits_class, selector.ifc_classes)
    mask = columns.ifc_classes.where(fits)
    for patterns, column in (
        (selector.disciplines, columns.disciplines),
        (selector.storeys, columns.storeys),
        (selector.names, columns.names),
    ):
        if patterns:
            mask &= column.where(partial(fits_text, patterns))
    if selector.systems:
        mask &= columns.systems.where(lambda text: fits_any(selector.systems, text.split("\n")))
    if selector.materials:
        mask = _where_properties(mask, columns, lambda found: fits_any(selector.materials, _materials(found)))
    if selector.predefined_types:
        wanted = selector.predefined_types
        mask = _where_properties(
            mask, columns, lambda found: fits_text(wanted, str(found.get("predefined_type") or ""))
        )
    for test in selector.psets:
        mask = _where_properties(mask, columns, partial(_holds, test))
    if selector.either:
        mask &= np.logical_or.reduce([selected(one, columns) for one in selector.either])
    return mask


def fits_class(patterns: Sequence[str], ifc_class: str) -> bool:
    """Say whether a class fits patterns of classes, in which a class stands for its subclasses.

    >>> fits_class(["IfcFlowSegment", "!IfcDuct*"], "IfcPipeSegment"), fits_class([], "IfcSpace")
    (True, False)
    """
    if ifc_class in SILENT_CLASSES:
        return ifc_class in patterns
    return fits_any(patterns, kinds_of(ifc_class))


def fits_text(patterns: Sequence[str], text: str) -> bool:
    """Say whether a text fits patterns: one of those without "!", none of those with it."""
    return fits_any(patterns, (text,))


def fits_any(patterns: Sequence[str], texts: Sequence[str] | frozenset[str]) -> bool:
    """Say whether any of an element's texts fits one of the patterns, and none fits one that begins with "!".

    >>> fits_any(["*消防*"], ["消防喷淋系统"]), fits_any(["!IfcDoor"], ["IfcWall"]), fits_any(["a"], [])
    (True, True, False)
    """
    folded = [text.casefold() for text in texts]
    wanted = [p.casefold() for p in patterns if not p.startswith("!")]
    banned = [p[1:].casefold() for p in patterns if p.startswith("!")]
    if any(fnmatchcase(text, pattern) for pattern in banned for text in folded):
        return False
    return not wanted or any(fnmatchcase(text, pattern) for pattern in wanted for text in folded)


def pairs_of(
    rule: ClashRule, columns: Columns, pairs: NDArray[np.int64], masks: tuple[Mask, Mask] | None = None
) -> Mask:
    """Return (p,) which pairs a rule speaks of: one element on each side, different where the rule says so, and, where
    the rule has a zone, one of them standing in the zone of the other.

    pairs : (p, 2) int64, numbers of elements
    masks : what `select` gave for the rule
    """
    a, b = masks or select(rule, columns)
    first, second = pairs[:, 0], pairs[:, 1]
    forth, back = a[first] & b[second], a[second] & b[first]
    chosen: Mask = (forth | back) & (first != second)
    for kind in rule.different:
        chosen[chosen] = _differ(kind, columns, pairs[chosen])
    if rule.zone is not Zone.AROUND:
        for at in np.flatnonzero(chosen):
            i, j = int(first[at]), int(second[at])
            chosen[at] = (forth[at] and in_zone(rule, columns.place(i), columns.place(j))) or (
                back[at] and in_zone(rule, columns.place(j), columns.place(i))
            )
    return chosen


def _differ(kind: str, columns: Columns, pairs: NDArray[np.int64]) -> Mask:
    """Return (p,) which pairs have nothing of a kind in common."""
    if kind == "model":
        return _unlike(columns.model_numbers, pairs)
    if kind == "discipline":
        return _unlike(columns.disciplines.codes, pairs)
    return np.array([not same_system(columns, int(i), int(j)) for i, j in pairs], bool)


def _unlike(codes: NDArray[np.int64], pairs: NDArray[np.int64]) -> Mask:
    return np.asarray(codes[pairs[:, 0]] != codes[pairs[:, 1]], bool)


def same_system(columns: Columns, i: int, j: int) -> bool:
    """Say whether two elements belong to one distribution system.

    Where a file names no system of either, pipes belong with pipes, ducts with ducts, trays with trays.
    """
    texts, codes = columns.systems.texts, columns.systems.codes
    one, other = texts[codes[i]], texts[codes[j]]
    if one or other:
        return bool(set(one.split("\n")) & set(other.split("\n")) - {""})
    return service(columns, i) == service(columns, j)


def service(columns: Columns, element: int) -> str:
    """Return what kind of run an element is of: "IfcPipe", "IfcDuct", "IfcCableCarrier", "IfcFlow"…"""
    return columns.ifc_class(element).removesuffix("Segment").removesuffix("Fitting")


def _where_properties(mask: Mask, columns: Columns, holds: Callable[[Mapping[str, Any]], bool]) -> Mask:
    """Return (n,) which of some elements have properties that hold; only theirs are read."""
    found = np.zeros(len(mask), bool)
    for number, model in enumerate(columns.models):
        start, stop = int(columns.starts[number]), int(columns.starts[number + 1])
        rows = np.flatnonzero(mask[start:stop])
        wanted = [int(row) for row in rows if (number, int(row)) not in columns.known]
        for row, properties in zip(wanted, properties_of(model, wanted), strict=True):
            columns.known[number, row] = properties
        found[start + rows] = [holds(columns.known[number, int(row)]) for row in rows]
    return found


def properties_of(model: CheckedModel, rows: Sequence[int]) -> list[Mapping[str, Any]]:
    """Return the properties of feature rows; empty ones where a model has none."""
    if not rows or model.properties is None:
        return [{} for _ in rows]
    return [found or {} for found in model.properties(rows)]


def _materials(properties: Mapping[str, Any]) -> list[str]:
    return [str(m.get("name", "")) for m in properties.get("materials", ()) if isinstance(m, Mapping)]


_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _holds(test: PropertyTest, properties: Mapping[str, Any]) -> bool:
    """Say whether a property is as a test asks; one that is not there passes only "missing" and "!="."""
    sets = properties.get("psets") or {}
    values = [v for s, p in sets.items() if fnmatchcase(s, test.pset) for n, v in p.items() if n == test.name]
    values = [v.get("value") if isinstance(v, Mapping) else v for v in values]
    values = [v for v in values if v is not None]
    if test.operator in ("exists", "missing"):
        return bool(values) == (test.operator == "exists")
    if test.operator == "!=":
        return not any(_equal(v, test.value) for v in values)
    return any(_compared(test.operator, v, test.value) for v in values)


def _compared(sign: str, value: Any, wanted: Any) -> bool:
    if sign == "=":
        return _equal(value, wanted)
    if sign == "like":
        return fnmatchcase(str(value).casefold(), str(wanted).casefold())
    try:
        return bool(_COMPARE[sign](float(value), float(wanted)))
    except (TypeError, ValueError):
        return False


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(value).casefold() in {str(wanted).casefold(), "t" if wanted is True else "f"}
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return bool(np.isclose(value, wanted, rtol=1e-9, atol=0))
    return str(value).casefold() == str(wanted).casefold()
