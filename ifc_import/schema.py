"""An IFC schema's classes and attributes, looked up once per class: reading an entity by index is five times as fast as
by name, and asking for an attribute that its class lacks two hundred times."""

from collections.abc import Callable
from typing import Any, TypeVar

# What reading a record that breaks its schema raises: an empty or foreign reference, a wrong type, a circle.
BROKEN = (AttributeError, TypeError, IndexError, KeyError, ValueError, RuntimeError, RecursionError)


T = TypeVar("T")


class Damage:
    """Collects the records that break their schema: they are left out, and told."""

    def __init__(self) -> None:
        self.records: list[int] = []

    def tried(self, record: Any, read: Callable[[], T], otherwise: T) -> T:
        """Return what `read` returns; where `record` is broken, note its number and return `otherwise`."""
        try:
            return read()
        except BROKEN:
            self.records.append(int(record.id()))
            return otherwise


def by_type(ifc: Any, ifc_class: str) -> list[Any]:
    """Return a file's entities of a class and its subclasses, by number; none where its schema lacks the class."""
    try:
        return sorted(ifc.by_type(ifc_class), key=lambda entity: int(entity.id()))
    except RuntimeError:
        return []


class Schema:
    """Answers what a class is and where its attributes stand, for the schema of one open file."""

    def __init__(self, ifc: Any) -> None:
        from ifcopenshell import ifcopenshell_wrapper

        self._declarations = ifcopenshell_wrapper.schema_by_name(ifc.schema_identifier)
        self._indices: dict[str, dict[str, int]] = {}
        self._supertypes: dict[str, frozenset[str]] = {}

    def supertypes(self, ifc_class: str) -> frozenset[str]:
        """Return the names of a class and of all classes it is a kind of."""
        if ifc_class not in self._supertypes:
            names = []
            declaration = self._declarations.declaration_by_name(ifc_class).as_entity()
            while declaration is not None:
                names.append(declaration.name())
                declaration = declaration.supertype()
            self._supertypes[ifc_class] = frozenset(names)
        return self._supertypes[ifc_class]

    def is_a(self, entity: Any, ifc_class: str) -> bool:
        """Tell whether an entity is of a class or of a subclass; a class that the schema lacks has no entities."""
        return ifc_class in self.supertypes(entity.is_a())

    def get(self, entity: Any, attribute: str) -> Any:
        """Return a direct attribute's value, None where it is unset or the entity's class has no such attribute."""
        ifc_class = entity.is_a()
        if ifc_class not in self._indices:
            declaration = self._declarations.declaration_by_name(ifc_class).as_entity()
            assert declaration is not None  # an entity's class is an entity class
            self._indices[ifc_class] = {a.name(): index for index, a in enumerate(declaration.all_attributes())}
        index = self._indices[ifc_class].get(attribute)
        return None if index is None else entity[index]
