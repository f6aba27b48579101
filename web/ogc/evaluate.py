"""CQL2 on a layer: which features fulfil a filter, column by column in Arrow, null as SQL has it.

Nothing here is made from the filter's words but look-ups in fixed tables; see also `web.ogc.terms`.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.errors import InvalidInput
from web.ogc import spatial, times
from web.ogc.crs import Frame, box_in_lnglat, moved
from web.ogc.filters import Tree, properties
from web.ogc.spatial import Mask
from web.ogc.temporal import relation
from web.ogc.terms import (
    ARITHMETIC,
    COMPARISONS,
    KIND_NAMES,
    Value,
    at,
    calculated,
    column_value,
    compared,
    ends,
    filled,
    folded,
    literal,
    one_of,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from gis_layers.geoparquet import LayerFile

GEOMETRY_NAMES = ("geometry", "geom")  # what a filter may call the geometry, unless a column has the name
MAX_PATTERN = 200
_SPATIAL: dict[str, Callable[..., Any]] = {
    "s_intersects": shapely.intersects,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}
_SWAPPED = {"s_within": "s_contains", "s_contains": "s_within"}


class Evaluator:
    """Evaluates one filter on one layer; geometry is read only of features that `among` leaves open."""

    def __init__(self, file: "LayerFile", tree: Tree, given: Frame, among: Mask | None) -> None:
        self._file, self._frame, self._among, self._tree = file, given, among, tree
        names = set(file.schema.names)
        wanted = properties(tree)
        for name in sorted(wanted - names - set(GEOMETRY_NAMES)):
            raise InvalidInput(
                "The layer has no property {name}: it has {known}.",
                name=name[:100],
                known=", ".join(file.schema.names)[:2000],
            )
        table = file.attributes(sorted(wanted & names))
        self._columns = {name: table.column(name) for name in table.column_names}

    def mask(self) -> Mask:
        """Return which features fulfil the filter; what is not known is not fulfilled. (n,) bool."""
        try:
            return filled(self._condition(self._tree), self._file.count)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # for instance: is true less than false
            raise InvalidInput("filter compares values in a way that they cannot be compared.") from None

    # --- conditions: Arrow booleans ---

    def _condition(self, node: Tree) -> Any:
        op, arguments = _operation(node)
        if op in ("and", "or"):
            return self._combined(op, arguments)
        if op == "not":
            return pc.invert(self._condition(_expect(arguments, 1, op)[0]))
        if op in COMPARISONS:
            left, right = (self._term(argument) for argument in _expect(arguments, 2, op))
            return compared(op, left, right)
        if op in _CONDITIONS:
            return _CONDITIONS[op](self, arguments)
        if op in _SPATIAL or op == "s_disjoint":
            return self._spatial(op, arguments)
        if (holds := relation(op)) is not None:
            left, right = (self._term(argument) for argument in _expect(arguments, 2, op))
            return holds(ends(left), ends(right))
        value = self._term(node)
        if value.kind != "boolean":
            raise InvalidInput(
                "filter needs a condition where it has a value of the kind {kind}.", kind=KIND_NAMES[value.kind]
            )
        return value.data

    def _combined(self, op: str, arguments: list[Tree]) -> Any:
        """Combine conditions as SQL does; of an AND the ones that need geometry come last, for fewer features."""
        combine = pc.and_kleene if op == "and" else pc.or_kleene
        before, result = self._among, None
        for argument in sorted(arguments, key=_needs_geometry) if op == "and" else arguments:
            here = self._condition(argument)
            result = here if result is None else combine(result, here)
            if op == "and" and isinstance(result, pa.ChunkedArray | pa.Array):
                # a feature for which the AND is already false can be left out; unknown may still become false
                open_still = pc.fill_null(result, True).to_numpy(zero_copy_only=False)
                self._among = open_still if before is None else before & open_still
        self._among = before
        return result

    def _between(self, arguments: list[Tree]) -> Any:
        value, low, high = (self._term(argument) for argument in _expect(arguments, 3, "between"))
        return pc.and_kleene(compared(">=", value, low), compared("<=", value, high))

    def _in(self, arguments: list[Tree]) -> Any:
        wanted, choices = _expect(arguments, 2, "in")
        value, result = self._term(wanted), None
        terms = [self._term(choice) for choice in (choices if isinstance(choices, list) else [choices])]
        literals = all(term.kind == value.kind and isinstance(term.data, pa.Scalar) for term in terms)
        if literals and value.kind in ("text", "number"):
            return one_of(value, [term.data.as_py() for term in terms])
        for term in terms:
            here = compared("=", value, term)
            result = here if result is None else pc.or_kleene(result, here)
        return result

    def _is_null(self, arguments: list[Tree]) -> Any:
        node = _expect(arguments, 1, "is null")[0]
        if isinstance(node, dict) and node.get("property") in GEOMETRY_NAMES and node["property"] not in self._columns:
            return pa.scalar(False)
        value = self._term(node)
        return pc.is_null(value.data[0] if isinstance(value.data, tuple) else value.data, nan_is_null=True)

    def _like(self, arguments: list[Tree]) -> Any:
        value, pattern = (self._term(argument) for argument in _expect(arguments, 2, "like"))
        if value.kind == pattern.kind == "text" and isinstance(pattern.data, pa.Scalar):
            text = pattern.data.as_py()
            if len(text) > MAX_PATTERN:
                raise InvalidInput(
                    "The pattern of LIKE has {length} characters, more than {most}.", length=len(text), most=MAX_PATTERN
                )
            if (len(text) - len(text.rstrip("\\"))) % 2:
                raise InvalidInput("The pattern of LIKE ends in a single backslash: write two for the sign itself.")
            return pc.match_like(value.data, text)
        raise InvalidInput("LIKE compares a property that has text with a pattern in single quotes.")

    def _spatial(self, op: str, arguments: list[Tree]) -> Any:
        left, right = _expect(arguments, 2, op)
        if self._is_geometry(right) and not self._is_geometry(left):
            left, right, op = right, left, _SWAPPED.get(op, op)
        if not self._is_geometry(left) or self._is_geometry(right):
            raise InvalidInput(
                "{op} compares the property geometry with a geometry that is written out.", op=op.upper()
            )
        area = self._area(right)
        if op == "s_intersects":
            return pa.array(spatial.touching(self._file, area, self._among))
        if op == "s_disjoint":
            return pa.array(~spatial.touching(self._file, area, self._among))
        swapped = _SPATIAL[_SWAPPED.get(op, op)]  # prepared geometry is fast on the left
        found = np.zeros(self._file.count, dtype=bool)
        for part in spatial.turned(self._file, area):
            shapely.prepare(part)
            found |= spatial.related(self._file, part, partial(swapped, part), self._among)
        return pa.array(found)

    # --- terms ---

    def _term(self, node: Tree) -> Value:
        if (known := literal(node)) is not None:
            return known
        if not isinstance(node, dict):
            raise InvalidInput("filter has a list where it needs one value.")
        if "property" in node:
            return self._property(str(node["property"]))
        if "interval" in node:
            return self._interval(node["interval"])
        op, arguments = _operation(node)
        if op in ("casei", "accenti"):
            return folded(op, self._term(_expect(arguments, 1, op)[0]))
        if op in ARITHMETIC:
            return calculated(op, [self._term(argument) for argument in arguments])
        if op:
            raise InvalidInput("filter uses {op}, which is not known here.", op=op[:100])
        raise InvalidInput("filter has a geometry where it needs a value.")

    def _property(self, name: str) -> Value:
        column = self._columns.get(name)
        if column is None:
            raise InvalidInput("filter compares {name} with a value: use S_INTERSECTS and its like.", name=name)
        return column_value(column)

    def _interval(self, nodes: list[Tree]) -> Value:
        """Return an interval; each end is a day, a time, a property, or open ("..")."""
        made: list[Any] = []
        for end, node in enumerate(_expect(nodes, 2, "interval")):
            if isinstance(node, str):
                bounds = times.interval(node, "..") if end == 0 else times.interval("..", node)
                made.append(at(bounds[end]))
            else:
                made.append(ends(self._term(node))[end])
        first, last = (bound.as_py() if isinstance(bound, pa.Scalar) else None for bound in made)
        if first is not None and last is not None and first > last:
            raise InvalidInput("An interval in filter ends before it starts.")
        return Value("interval", (made[0], made[1]))

    # --- geometry ---

    def _is_geometry(self, node: Tree) -> bool:
        return (
            isinstance(node, dict) and node.get("property") in GEOMETRY_NAMES and node["property"] not in self._columns
        )

    def _area(self, node: Tree) -> "BaseGeometry":
        """Return a geometry of the filter in longitude and latitude."""
        if isinstance(node, dict) and "bbox" in node:
            return self._box(node["bbox"])
        if not (isinstance(node, dict) and "shape" in node):
            raise InvalidInput("filter needs a geometry as the second part of a spatial comparison.")
        area = moved(np.array([node["shape"]], dtype=object), self._frame.to_lnglat)[0]
        if not np.isfinite(shapely.get_coordinates(area)).all():
            raise InvalidInput("A geometry in filter lies where {crs} has no coordinates.", crs=self._frame.uri)
        return area

    def _box(self, numbers: list[Tree]) -> "BaseGeometry":
        """Return a BBOX of the filter in longitude and latitude; its heights count for nothing."""
        if len(numbers) not in (4, 6) or not all(isinstance(number, int | float) for number in numbers):
            raise InvalidInput("BBOX in filter needs four numbers.")
        west, south, east, north = (float(number) for number in (*numbers[:2], *numbers[len(numbers) // 2 :][:2]))
        return box_in_lnglat((west, south, east, north), self._frame, "BBOX")


_CONDITIONS: dict[str, Callable[[Evaluator, list[Tree]], Any]] = {
    "between": Evaluator._between,
    "in": Evaluator._in,
    "isNull": Evaluator._is_null,
    "like": Evaluator._like,
}


def _operation(node: Tree) -> tuple[str, list[Tree]]:
    """Return the name and the arguments of an operation; "" for a value."""
    if not (isinstance(node, dict) and "op" in node):
        return "", []
    op = str(node["op"])
    return (op if op == "isNull" else op.lower()), list(node.get("args", []))


def _expect(arguments: list[Tree], count: int, op: str) -> list[Tree]:
    if len(arguments) != count:
        raise InvalidInput("{op} in filter needs {count} parts.", op=op.upper()[:100], count=count)
    return arguments


def _needs_geometry(node: Tree) -> bool:
    op, arguments = _operation(node)
    return op.startswith("s_") or any(_needs_geometry(argument) for argument in arguments)
