"""Which clashes are one thing to talk about: one element against a run or a set, what is near, and single ones.

A group's id is made from what it is about, so that it is the same on the next run; where an earlier group keeps most
of its clashes, it keeps its id and title as well, and a group made by hand keeps all of its members.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.select import Columns, concatenated, service
from twin.values.clash import HIDDEN_TYPES, BodyKey, CheckedModel, Clash, ClashGroup

SPACE = UUID("6f1f0f5e-2c39-5d0b-9a7e-3d7c3c7d9b11")  # of the ids of groups
LEAST = 3  # clashes of one element with one run or set that make a group
NEAR = 3.0  # metres between the places of clashes that are near each other


@dataclass(frozen=True, slots=True)
class _Side:
    """An element as groups see it: what it is called, its class, and the run or set it belongs to."""

    name: str
    ifc_class: str
    family: str


def group(
    clashes: Sequence[Clash],
    models: Sequence[CheckedModel] | Columns,
    groups: Sequence[ClashGroup] = (),
) -> dict[str, ClashGroup]:
    """Return clash id → its group.

    clashes : of one project; the `group` of those that are known already is the id of their group so far
    groups : as they were before
    """
    known = {one.id: one for one in groups}
    held = {c.id: known[c.group] for c in clashes if c.group in known and known[c.group].kind == "hand"}
    free = [clash for clash in clashes if clash.id not in held]
    columns = models if isinstance(models, Columns) else concatenated(models)
    sides = _sides(free, columns)
    found: dict[str, ClashGroup] = dict(held)
    taken = {one.id for one in held.values()}
    sets = [*_runs(free, sides)]
    in_sets = {clash.id for _, members in sets for clash in members}
    sets.extend(_near([clash for clash in free if clash.id not in in_sets], sides, columns))
    claims = _claims(sets, known, taken)
    for number, (fresh, members) in enumerate(sets):
        one = claims.get(number, fresh)
        found.update((clash.id, one) for clash in members)
    return found


def _runs(clashes: Sequence[Clash], sides: Mapping[BodyKey, _Side]) -> list[tuple[ClashGroup, list[Clash]]]:
    """Return groups of one element against several members of a run or set, the largest first.

    A clash counts with whichever of its elements has more such clashes; each clash is in one group.
    """
    waiting: dict[tuple[str, bool, BodyKey, str], dict[str, Clash]] = defaultdict(dict)
    for clash in clashes:
        for one, other in ((clash.a, clash.b), (clash.b, clash.a)):
            waiting[clash.rule, _hidden(clash), one, sides[other].family][clash.id] = clash
    made = []
    used: set[str] = set()
    # sizes only shrink while groups are taken out, so one pass from the largest is enough
    for key in sorted(waiting, key=lambda k: (-len(waiting[k]), k)):
        rule, hidden, one, family = key
        members = [clash for clash in waiting[key].values() if clash.id not in used]
        if len(members) < LEAST:
            continue
        used.update(clash.id for clash in members)
        title = f"{sides[one].name} × {len(members)} {_called(members, one, sides)}"
        made.append((_made(members[0].project, "run", (rule, str(hidden), *one, family), title), members))
    return made


def _near(
    clashes: Sequence[Clash], sides: Mapping[BodyKey, _Side], columns: Columns
) -> list[tuple[ClashGroup, list[Clash]]]:
    """Return groups of clashes of one rule, storey and pair of classes that are near each other, and single ones."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    frames = {model.model: model.frame_from_local for model in columns.models}
    alike: dict[tuple[str, bool, str, str, str], list[Clash]] = defaultdict(list)
    for clash in clashes:
        first, second = sorted((sides[clash.a].ifc_class, sides[clash.b].ifc_class))
        alike[clash.rule, _hidden(clash), clash.storey, first, second].append(clash)
    made = []
    for key in sorted(alike):
        members = sorted(alike[key], key=lambda clash: clash.id)
        count = len(members)
        pairs = cKDTree(np.array([_point(c, frames) for c in members])).query_pairs(NEAR, output_type="ndarray")
        links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
        _, labels = connected_components(links, directed=False)
        for label in range(labels.max() + 1):
            inside = [members[at] for at in np.flatnonzero(labels == label)]
            made.append((_place(inside, key, sides), inside))
    return made


def _point(clash: Clash, frames: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return (3,) where a clash is, frame; of a model that is not part of the run, in its own frame."""
    matrix = frames.get(clash.a.model, np.eye(4))
    return np.asarray(matrix[:3, :3] @ np.array(clash.local_point) + matrix[:3, 3], np.float64)


def _hidden(clash: Clash) -> bool:
    """Say whether a clash is by design or only a touch: it is in no group with what is to be settled."""
    return clash.reason is not None or clash.type in HIDDEN_TYPES


def _place(
    members: Sequence[Clash], key: tuple[str, bool, str, str, str], sides: Mapping[BodyKey, _Side]
) -> ClashGroup:
    """Return the group of clashes near each other; it is about its first clash, by id."""
    first = members[0]
    if len(members) == 1:
        title = f"{sides[first.a].name} × {sides[first.b].name}"
        return _made(first.project, "single", (first.id,), title)
    rule, _, storey, one, other = key
    title = f"{storey or '–'} · {one} × {other} · {len(members)}"
    return _made(first.project, "near", (rule, storey, one, other, first.id), title)


def _claims(
    sets: Sequence[tuple[ClashGroup, Sequence[Clash]]], known: Mapping[str, ClashGroup], taken: set[str]
) -> dict[int, ClashGroup]:
    """Return number of a set → the group it goes on as: an earlier one most of whose clashes it holds.

    No id is given to two sets: a fresh one that an earlier group has taken elsewhere is told apart.
    """
    size = Counter(clash.group for _, members in sets for clash in members)
    claims: dict[int, ClashGroup] = {}
    wishes = []
    for number, (fresh, members) in enumerate(sets):
        for earlier, count in Counter(clash.group for clash in members if clash.group in known).items():
            if 2 * count > size[earlier] and known[earlier].kind != "hand":
                wishes.append((-count, number, earlier, fresh))
    for _, number, earlier, fresh in sorted(wishes, key=lambda wish: wish[:3]):
        if earlier not in taken and number not in claims:
            taken.add(earlier)
            claims[number] = ClashGroup(earlier, fresh.project, fresh.kind, fresh.title)
    for number, (fresh, _) in enumerate(sets):
        if number in claims:
            continue
        one, turn = fresh.id, 0
        while one in taken:
            turn += 1
            one = str(uuid5(SPACE, f"{fresh.id} {turn}"))
        taken.add(one)
        claims[number] = ClashGroup(one, fresh.project, fresh.kind, fresh.title)
    return claims


def _made(project: str, kind: str, about: Iterable[str], title: str) -> ClashGroup:
    return ClashGroup(str(uuid5(SPACE, "\n".join((project, kind, *about)))), project, kind, title)


def _called(members: Sequence[Clash], one: BodyKey, sides: Mapping[BodyKey, _Side]) -> str:
    """Return what the others of a group are called: their class, and the rest of them when they differ."""
    classes = Counter(sides[clash.b if clash.a == one else clash.a].ifc_class for clash in members)
    return " / ".join(sorted(classes))


def _sides(clashes: Sequence[Clash], columns: Columns) -> dict[BodyKey, _Side]:
    """Return what groups need of every element of clashes; one that is gone is only its GlobalId."""
    wanted = {key for clash in clashes for key in (clash.a, clash.b)}
    found = {key: _Side(key.global_id, "", key.model) for key in wanted}
    for element in range(len(columns)):
        model, row = columns.place(element)
        key = BodyKey(model.model, model.global_ids[row])
        if key in wanted:
            ifc_class = model.ifc_classes[row]
            system = columns.systems.texts[int(columns.systems.codes[element])]
            family = system or f"{model.storeys[row]}\n{service(columns, element)}"
            found[key] = _Side(model.names[row] or ifc_class, ifc_class, f"{model.model}\n{family}")
    return found
