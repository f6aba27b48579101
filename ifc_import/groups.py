"""Which zones, systems and other groups every product belongs to."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from ifc_import.schema import Damage, by_type

Group = dict[str, Any]
MOST = 64  # groups of one product, and what one of them serves; a hostile file's nest without end
LONGEST = 255  # letters of a name, as the schema has it: every product repeats it


def read_groups(
    ifc: Any, products: Iterable[Any], parents: Mapping[int, Any], damage: Damage
) -> dict[int, list[Group]]:
    """Return step id of a product → its groups, as JSON values {ifc_class, name, global_id, serves?}.

    What is assigned to a group that is assigned to a group belongs to both; what stands in a space, storey or assembly
    belongs to the groups of that too.  `serves`: names of the buildings and storeys that a system serves.  Most files
    have no groups and cost nothing.

    parents : as `ifc_import.spatial.read_parents` gives them
    """
    own: dict[int, dict[int, Group]] = {}
    described: dict[int, Group] = {}

    def add(relation: Any, members: str, group: str) -> None:
        of = getattr(relation, group)
        if of.id() not in described:
            name = (of.Name or "")[:LONGEST]
            described[of.id()] = {"ifc_class": of.is_a(), "name": name, "global_id": of.GlobalId or ""}
        for member in getattr(relation, members) or ():
            own.setdefault(member.id(), {})[of.id()] = described[of.id()]

    for ifc_class, members, group in (
        ("IfcRelAssignsToGroup", "RelatedObjects", "RelatingGroup"),
        ("IfcRelReferencedInSpatialStructure", "RelatedElements", "RelatingStructure"),
    ):
        for relation in by_type(ifc, ifc_class):
            if group == "RelatingGroup" or damage.tried(relation, partial(_is_zone, relation), False):
                damage.tried(relation, partial(add, relation, members, group), None)
    if not own:
        return {}
    for relation in by_type(ifc, "IfcRelServicesBuildings"):
        damage.tried(relation, partial(_add_served, described, relation), None)
    known: dict[int, list[Group]] = {}
    return {p.id(): found for p in products if (found := _gathered(p.id(), own, parents, known))}


def _is_zone(relation: Any) -> bool:
    """Tell whether elements are referenced in a zone; in a second storey they are in no group."""
    return bool(relation.RelatingStructure.is_a("IfcSpatialZone"))


def _add_served(described: Mapping[int, Group], relation: Any) -> None:
    if (group := described.get(relation.RelatingSystem.id())) is not None:
        names = [(building.Name or building.GlobalId)[:LONGEST] for building in relation.RelatedBuildings or ()]
        group["serves"] = [*group.get("serves", ()), *names][:MOST]


def _gathered(
    product: int, own: Mapping[int, Mapping[int, Group]], parents: Mapping[int, Any], known: dict[int, list[Group]]
) -> list[Group]:
    """Return the groups of a product, of what holds it, and of these groups; `known` remembers holders."""
    trail: list[int] = []
    at: int | None = product
    while at is not None and at not in known and at not in trail:
        trail.append(at)
        holder = parents.get(at)
        at = holder.id() if holder is not None else None
    above = known.get(at, []) if at is not None else []
    for step in reversed(trail):
        if step in own:
            found = _closed(own[step], own)
            ids = {group["global_id"] for group in found.values()}
            above = [*found.values(), *(group for group in above if group["global_id"] not in ids)][:MOST]
        known[step] = above
    return above


def _closed(groups: Mapping[int, Group], own: Mapping[int, Mapping[int, Group]]) -> dict[int, Group]:
    """Return the groups with the groups they are assigned to, nearest first."""
    found = dict(list(groups.items())[:MOST])
    left = list(found)
    while left and len(found) < MOST:
        for number, group in own.get(left.pop(0), {}).items():
            if number not in found and len(found) < MOST:
                found[number] = group
                left.append(number)
    return found
