"""Pairs that overlap by design: what the file says belongs together, runs of one system, joints that are cast in one.

Nothing is left out here: a pair with a reason keeps its geometric type and is counted, only not called a clash.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.runs import meet_at_an_end
from twin.judgement.clash.select import Columns, concatenated, same_system, selected, service
from twin.values.clash import CheckedModel, ClashType
from twin.values.clash_rules import Joint
from twin.values.ifc_supertypes import kinds_of
from twin.values.sentence import Sentence, catalogue, say

# What may stand between an element and its whole; a storey, a space or a site is no whole.
_OPENINGS = frozenset({"IfcOpeningElement", "IfcOpeningStandardCase", "IfcFeatureElement"})
DEEPEST = 16  # steps up the tree: a hostile file's goes round in circles
# Relations that say two elements are joined; IfcRelInterferesElements says the opposite.
CONNECTIONS = {
    "IfcRelConnectsElements": say("the file says that the two are connected"),
    "IfcRelConnectsPathElements": say("the file says that the two are joined at their ends"),
    "IfcRelConnectsWithRealizingElements": say("the file says that the two are connected"),
    "IfcRelConnectsPorts": say("the two are plugged into each other by their ports"),
    "IfcRelConnectsPortToElement": say("the two are plugged into each other by their ports"),
    "IfcRelConnectsStructuralMember": say("the file says that the two are connected"),
    "IfcRelConnectsWithEccentricity": say("the file says that the two are connected"),
    "IfcRelCoversBldgElements": say("one covers the other"),
    "IfcRelFlowControlElements": say("one controls the other"),
    "IfcRelProjectsElement": say("one is a projection of the other"),
    "IfcRelAdheresToElement": say("one is on the surface of the other"),
}
VOIDS, FILLS = "IfcRelVoidsElement", "IfcRelFillsElement"
FILLED = say("one fills an opening of the other")
SAME_OPENING = say("both are in one opening")
PART = say("one is part of the other")
PARTS = "both are parts of one {whole}"
ONE_RUN = say("both are of one run and meet at an end")


class ByDesign:
    """Why pairs of elements are by design."""

    def __init__(self, models: Sequence[CheckedModel] | Columns, joints: Sequence[Joint] = ()) -> None:
        self._columns = models if isinstance(models, Columns) else concatenated(models)
        self._models = [_Relations(model) for model in self._columns.models]
        self._joints = joints
        self._sides: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}

    def reason(self, i: int, j: int, type: ClashType = ClashType.HARD) -> Sentence | None:
        """Return why the elements numbered `i` and `j` may do that to each other; None where nothing says so.

        What files say holds within one file: two know nothing of each other.
        """
        columns = self._columns
        number = int(columns.model_numbers[i])
        found = None
        if number == columns.model_numbers[j]:
            found = self._models[number].reason(columns.global_id(i), columns.global_id(j), type)
            found = found or self._run(i, j, type)
        return found or self._joined(i, j, type)

    def _run(self, i: int, j: int, type: ClashType) -> Sentence | None:
        """Ends of one run: same system, same service, and one ends in the other."""
        columns = self._columns
        if type in (ClashType.CONTAINED, ClashType.DUPLICATE) or not (_in_run(columns, i) and _in_run(columns, j)):
            return None
        if service(columns, i) != service(columns, j) or not same_system(columns, i, j):
            return None
        return ONE_RUN if meet_at_an_end(columns, i, j) else None

    def _joined(self, i: int, j: int, type: ClashType) -> Sentence | None:
        """A joint of the rules."""
        columns = self._columns
        one_class = columns.ifc_class(i) == columns.ifc_class(j)
        one_model = columns.model_numbers[i] == columns.model_numbers[j]
        for joint in self._joints:
            if type not in joint.types or (one_class and not joint.same_class) or (joint.same_model and not one_model):
                continue
            if joint.name not in self._sides:  # properties are read only when a pair asks
                self._sides[joint.name] = selected(joint.a, columns), selected(joint.b, columns)
            a, b = self._sides[joint.name]
            if (a[i] and b[j]) or (a[j] and b[i]):
                return told(joint.reason)
        return None


def told(texts: Mapping[str, str]) -> Sentence:
    """Return a text of a rule file as a sentence; one that the catalogue does not have is told in both languages."""
    english, chinese = texts["en"], texts["zh"]
    if catalogue("zh").get(english) == chinese or english == chinese:
        return say(english)
    return say("{first} ({second})", first=english, second=chinese)


def _in_run(columns: Columns, element: int) -> bool:
    return bool(kinds_of(columns.ifc_class(element)) & {"IfcFlowSegment", "IfcFlowFitting"})


class _Relations:
    """What one file says of its elements."""

    def __init__(self, model: CheckedModel) -> None:
        self._parents = model.parents
        self._classes = {**model.classes, **dict(zip(model.global_ids, model.ifc_classes, strict=True))}
        self._openings = {key for key, ifc_class in self._classes.items() if ifc_class in _OPENINGS}
        self._stands_in: dict[str, str] = {}  # opening → host, filling → opening
        self._connected: dict[frozenset[str], str] = {}
        for relation, a, b in model.connections:
            if relation in (VOIDS, FILLS):
                self._stands_in[b] = a
                self._openings.add(b if relation == VOIDS else a)
            elif relation in CONNECTIONS:
                self._connected.setdefault(frozenset((a, b)), relation)

    def reason(self, a: str, b: str, type: ClashType) -> Sentence | None:
        """Return why two elements belong together, by their GlobalIds.

        A part may be all there is of its whole; any other pair that is the same body twice is a mistake.
        """
        parts_a, parts_b = self._wholes(a), self._wholes(b)
        if b in parts_a or a in parts_b:
            return PART
        openings_a, openings_b = self._held_by(parts_a), self._held_by(parts_b)
        if set(openings_a) & set(parts_b) or set(openings_b) & set(parts_a):
            return FILLED
        if type is ClashType.DUPLICATE:
            return None
        if set(openings_a) & set(openings_b) & self._openings:
            return SAME_OPENING
        whole = next((holder for holder in parts_a if holder in parts_b), None)
        if whole is not None:
            return say(PARTS, whole=self._classes.get(whole, ""))
        return self._connection(parts_a, parts_b)

    def _connection(self, parts_a: Sequence[str], parts_b: Sequence[str]) -> Sentence | None:
        """Return how two elements, or wholes that they are parts of, are connected."""
        for one in parts_a:
            for other in parts_b:
                relation = self._connected.get(frozenset((one, other)))
                if relation is not None:
                    return CONNECTIONS[relation]
        return None

    def _wholes(self, element: str) -> list[str]:
        """Return an element and the elements that it is part of; no openings: a window is no part of its wall."""
        line = [element]
        while len(line) < DEEPEST:
            holder = self._parents.get(line[-1])
            if holder is None or holder in line or holder in self._openings or not self._is_element(holder):
                break
            line.append(holder)
        return line

    def _held_by(self, parts: Sequence[str]) -> list[str]:
        """Return the openings that an element or a whole of it stands in, their hosts, and what those are parts of."""
        found: list[str] = []
        for part in parts:
            at = part
            while len(found) < DEEPEST:
                holder = self._stands_in.get(at) or self._parents.get(at)
                if holder is None or (at == part and holder not in self._openings) or holder in found:
                    break
                if holder not in self._openings:
                    found.extend(self._wholes(holder))
                    break
                found.append(holder)
                at = holder
        return found

    def _is_element(self, holder: str) -> bool:
        return "IfcElement" in kinds_of(self._classes.get(holder, ""))
