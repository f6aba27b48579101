"""The drawn elements of one model as columns, as rules ask for them: each distinct value is looked at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.judgement.link_rules import Scalar, folded

Codes = NDArray[np.int32]
ZONE_CLASSES = ("IfcZone", "IfcSpatialZone")
_SYSTEMS = ("System", "Circuit")  # how the classes of systems end in every schema
# Places are not built: no rule ties them unless it names their class, and they are not counted as left over.
PLACES = frozenset(
    ("IfcSpace", "IfcSpatialZone", "IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcExternalSpatialElement")
)
_CHUNK = 5_000  # rows whose properties are in memory at a time


class NamedStorey(Protocol):
    """A storey: `twin.values.model.Storey`, or what the store keeps of it."""

    @property
    def global_id(self) -> str:
        """Its GlobalId."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(frozen=True, slots=True)
class ElementTable:
    """The drawn elements of a model, over feature rows 0 to n - 1.

    ifc_class : index into `classes` of each row; storey : index into `storeys`, -1 where it has none
    model, discipline : of all rows
    parents : called at most once, when a schedule's own relations are followed: GlobalId of every product of the model,
        drawn or not → GlobalId of what holds it.  None: only storeys hold anything
    properties : called with some rows when a rule asks for them: their properties as the importer wrote them
        (`psets`, `quantities`, `groups`, `type`, …), in the order of `rows`.  None: there are none
    """

    global_id: Sequence[str]
    name: Sequence[str]
    ifc_class: Sequence[int] | NDArray[np.integer[Any]]
    classes: Sequence[str]
    storey: Sequence[int] | NDArray[np.integer[Any]]
    storeys: Sequence[NamedStorey]
    model: str = ""
    discipline: str = ""
    parents: Callable[[], Mapping[str, str | None]] | None = None
    properties: Callable[[Sequence[int]], Sequence[Mapping[str, Any]]] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.global_id)

    def built(self) -> NDArray[np.bool_]:
        """Return (n,) bool: the rows that are building elements, not places."""
        solid = np.array([ifc_class not in PLACES for ifc_class in self.classes], bool)
        return solid[np.asarray(self.ifc_class, np.int64)] if len(self) else np.zeros(0, bool)


@dataclass(slots=True)
class Column:
    """A column by its distinct values: `values[codes[row]]` are the values of a row, none, one or many."""

    codes: Codes
    values: list[tuple[Scalar, ...]] = field(default_factory=list)
    _index: dict[tuple[tuple[str, Scalar], ...], int] = field(default_factory=dict)
    _folded: dict[int, tuple[Scalar, ...]] = field(default_factory=dict)

    def folded(self, code: int) -> tuple[Scalar, ...]:
        """Return the values of a code as they are compared: texts folded."""
        found = self._folded.get(code)
        if found is None:
            found = tuple(folded(value) if isinstance(value, str) else value for value in self.values[code])
            self._folded[code] = found
        return found

    def code(self, value: tuple[Scalar, ...]) -> int:
        """Return the code of a value, a new one for a new value; True, 1 and 1.0 are three values."""
        key = tuple((type(item).__name__, item) for item in value)
        if key not in self._index:
            self._index[key] = len(self.values)
            self.values.append(value)
        return self._index[key]


class Columns:
    """Gives the columns of an element table by field name or property path, reading properties once per row."""

    def __init__(self, elements: ElementTable, paths: Sequence[str]) -> None:
        """`paths` are all properties that will be asked for."""
        self._elements = elements
        self._known: dict[str, Column] = {}
        self._paths = tuple(dict.fromkeys(paths))
        self._lazy: dict[str, Column] = {}
        self._read = np.zeros(len(elements), bool)

    def column(self, name: str, rows: NDArray[np.int64]) -> Column:
        """Return the column of one of `link_rules.FIELDS`; of zones and systems it holds for `rows` at least."""
        if name in ("zone", "system"):
            return self.asked(name, rows)
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def asked(self, name: str, rows: NDArray[np.int64]) -> Column:
        """Return the column of a property path, "zone" or "system", which holds for `rows` at least."""
        if not self._lazy:
            n = len(self._elements)
            self._lazy = {key: Column(np.zeros(n, np.int32)) for key in ("zone", "system", *self._paths)}
            for column in self._lazy.values():
                column.code(())
        left = rows[~self._read[rows]]
        if len(left) and self._elements.properties is not None:
            for start in range(0, len(left), _CHUNK):
                self._read_properties(left[start : start + _CHUNK].tolist())
        self._read[left] = True
        return self._lazy[name]

    def _read_properties(self, rows: list[int]) -> None:
        assert self._elements.properties is not None
        for row, properties in zip(rows, self._elements.properties(rows), strict=True):
            for name, column in self._lazy.items():
                if name in ("zone", "system"):
                    value: tuple[Scalar, ...] = groups_of(properties, zones=name == "zone")
                else:
                    value = tuple(property_values(properties, name))
                if value:
                    column.codes[row] = column.code(value)

    def _made(self, name: str) -> Column:
        elements = self._elements
        n = len(elements)
        if name == "class":
            return Column(np.asarray(elements.ifc_class, np.int32), [(value,) for value in elements.classes])
        if name == "storey":
            codes = np.asarray(elements.storey, np.int32)
            values: list[tuple[Scalar, ...]] = [(s.name,) if s.name else () for s in elements.storeys]
            return Column(np.where(codes < 0, len(values), codes).astype(np.int32), [*values, ()])
        if name == "name":
            index: dict[str, int] = {}
            codes = np.fromiter((index.setdefault(text, len(index)) for text in elements.name), np.int32, n)
            return Column(codes, [(text,) if text else () for text in index])
        value = elements.model if name == "model" else elements.discipline
        return Column(np.zeros(n, np.int32), [(value,) if value else ()])


def groups_of(properties: Mapping[str, Any], *, zones: bool) -> tuple[str, ...]:
    """Return the names of the zones, or else of the systems, that an element belongs to."""
    found = (
        group.get("name")
        for group in properties.get("groups") or ()
        if (group["ifc_class"] in ZONE_CLASSES if zones else group["ifc_class"].endswith(_SYSTEMS))
    )
    return tuple(dict.fromkeys(name for name in found if name))


def property_values(properties: Mapping[str, Any], path: str) -> Iterator[Scalar]:
    """Yield the values at a path: "Set.Property" (names may hold dots), or an attribute such as "predefined_type"."""
    sets = properties.get("psets") or {}
    if "." not in path:
        yield from _scalars(properties.get(path))
        return
    end = path.find(".")
    while end >= 0:
        name, inner = path[:end], path[end + 1 :]
        content = sets.get(name)
        if content is None and name == "type":
            content = properties.get("type")
        if content is None:
            content = (properties.get("quantities") or {}).get(name)
        if isinstance(content, Mapping) and inner in content:
            yield from _scalars(content[inner])
        end = path.find(".", end + 1)


def _scalars(value: Any) -> Iterator[Scalar]:
    """Yield a property's plain values: those of a list one by one, of a value with its unit the value."""
    if isinstance(value, Mapping):
        value = value.get("value")
    for item in value if isinstance(value, list | tuple) else (value,):
        if isinstance(item, str | int | float | bool):
            yield item
