"""Which elements a file says belong together: hosts, openings, fillings; what is joined, covered, plugged by ports."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from ifc_import.schema import Damage, by_type

# Relations between an element and one or several others, and the attributes that name both sides; subclasses are read
# with their classes, under their own names. What a schema lacks has no entities.
_SIDES = (
    ("IfcRelVoidsElement", "RelatingBuildingElement", "RelatedOpeningElement"),
    ("IfcRelFillsElement", "RelatingOpeningElement", "RelatedBuildingElement"),
    ("IfcRelConnectsElements", "RelatingElement", "RelatedElement"),
    ("IfcRelCoversBldgElements", "RelatingBuildingElement", "RelatedCoverings"),
    ("IfcRelFlowControlElements", "RelatingFlowElement", "RelatedControlElements"),
    ("IfcRelProjectsElement", "RelatingElement", "RelatedFeatureElement"),
    ("IfcRelInterferesElements", "RelatingElement", "RelatedElement"),
    ("IfcRelAdheresToElement", "RelatingElement", "RelatedSurfaceFeatures"),
)
_REALIZING = "IfcRelConnectsWithRealizingElements"


def read_connections(ifc: Any, parents: Mapping[int, Any], damage: Damage) -> list[tuple[str, int, int]]:
    """Return (name of the relation, step id, step id) of products that a relation ties together, each triple once.

    Ports stand for the elements that they belong to.  What realizes a connection is tied to both of its ends.  There
    are no more triples than twice the references in the file, so a hostile one cannot blow them up.

    parents : as `ifc_import.spatial.read_parents` gives them: IFC4 nests ports in their elements
    """
    found: dict[tuple[str, int, int], None] = {}

    def add(relation: Any, pairs: Any) -> None:
        name = relation.is_a()
        whole = [(_number(a), _number(b)) for a, b in pairs(relation)]  # a broken record adds nothing, not a half
        found.update(((name, a, b), None) for a, b in whole if a != b)

    for ifc_class, relating, related in _SIDES:
        for relation in by_type(ifc, ifc_class):
            damage.tried(relation, partial(add, relation, partial(_pairs, relating=relating, related=related)), None)
    owners = _port_owners(ifc, damage)
    for relation in by_type(ifc, "IfcRelConnectsPorts"):
        damage.tried(relation, partial(add, relation, partial(_port_pairs, owners=owners, parents=parents)), None)
    return list(found)


def _pairs(relation: Any, relating: str, related: str) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of entities that a relation ties together."""
    one, others = getattr(relation, relating), getattr(relation, related)
    for other in others if isinstance(others, tuple) else (others,):
        yield one, other
    if relation.is_a(_REALIZING):
        yield from _realized(relation.RealizingElements or (), (one, others))


def _realized(realizing: Iterable[Any], ends: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for element in realizing:
        for end in ends:
            yield end, element


def _port_owners(ifc: Any, damage: Damage) -> dict[int, Any]:
    """Return step id of a port → its element, where IfcRelConnectsPortToElement says so."""
    owners: dict[int, Any] = {}

    def add(relation: Any) -> None:
        port, element = relation.RelatingPort, relation.RelatedElement
        _number(element)
        owners[port.id()] = element

    for relation in by_type(ifc, "IfcRelConnectsPortToElement"):
        damage.tried(relation, partial(add, relation), None)
    return owners


def _port_pairs(relation: Any, owners: Mapping[int, Any], parents: Mapping[int, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of elements that two connected ports tie together; a port without an element ties nothing."""
    ends = []
    for port in (relation.RelatingPort, relation.RelatedPort):
        owner = owners.get(port.id()) or parents.get(port.id())
        if owner is not None and owner.is_a("IfcElement"):
            ends.append(owner)
    if len(ends) == 2:
        yield ends[0], ends[1]
    if relation.RealizingElement is not None:
        yield from _realized([relation.RealizingElement], ends)


def _number(entity: Any) -> int:
    """Return the step id of a product; raises TypeError for what is none: the record is broken then."""
    if not entity.is_a("IfcProduct"):
        raise TypeError(f"{entity.is_a()} is no product")
    return int(entity.id())
