"""Clashes as values: two elements that want the same place, how badly, and what people have said of it.

Lengths are metres.  `frame` is the local frame of the first model of the project that is checked; the models of a
project are brought into it by their georeferences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.values.bodies import Bodies
from twin.values.sentence import Sentence


class ClashType(StrEnum):
    """What two elements do to each other."""

    HARD = "hard"  # bodies overlap deeper than the tolerance
    CONTAINED = "contained"  # one body lies inside the other
    DUPLICATE = "duplicate"  # the same body twice
    TOUCH = "touch"  # they meet, no deeper than the tolerance: kept, hidden
    CLEARANCE = "clearance"  # nothing overlaps, but less room than is asked for
    WORKFLOW = "workflow"  # work in the same space at the same time


class Method(StrEnum):
    """How a verdict was found; only the first one is exact."""

    EXACT_SOLID = "exact_solid"  # boolean of two watertight solids
    WINDING_PROBE = "winding_probe"  # points probed against a solid or by winding number
    SURFACE_ONLY = "surface_only"  # triangles against triangles: an enclosed body can be missed


class ClashStatus(StrEnum):
    """Where a clash is in its life."""

    NEW = "New"
    ACTIVE = "Active"
    REVIEWED = "Reviewed"
    APPROVED = "Approved"
    RESOLVED = "Resolved"
    BY_DESIGN = "ByDesign"
    UNCHECKED = "Unchecked"


OPEN = (ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.REVIEWED, ClashStatus.UNCHECKED)
HIDDEN_TYPES = (ClashType.TOUCH,)
SEVERITIES = ("high", "medium", "low")


class BodyKey(NamedTuple):
    """An element of a model of a project, as clashes refer to it."""

    model: str
    global_id: str


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model as a run looks at it; sequences are by feature row.

    discipline : as given at import, else the file stem
    revision : number of the revision
    tags : IfcElement.Tag, "" where there is none
    storeys : name of the storey, "" where there is none
    parents : GlobalId → GlobalId of what holds it (openings are held by their host, fillings by their opening), for
        every product of the file
    classes : GlobalId → IFC class, of every product that is not drawn: openings, wholes without a body of their own,
        storeys; without it what hangs together through those is not known to
    connections : (relation, GlobalId, GlobalId), the names of IFC relations (IfcRelConnectsPathElements,
        IfcRelConnectsPorts, IfcRelCoversBldgElements…)
    systems : GlobalId → names of the distribution systems it belongs to
    properties : called with feature rows, returns their properties (psets, materials… as the import reads them); only
        when a rule asks for them; None where the model has none
    windows : (rows, 2) float64, first and last day of work as proleptic ordinals, NaN where no task builds it; None
        without a schedule
    frame_from_local : (4, 4) float64, metres; the identity for the first model
    """

    model: str
    project: str
    discipline: str
    revision: int
    global_ids: Sequence[str]
    ifc_classes: Sequence[str]
    names: Sequence[str]
    tags: Sequence[str]
    storeys: Sequence[str]
    parents: Mapping[str, str | None]
    connections: Sequence[tuple[str, str, str]]
    systems: Mapping[str, Sequence[str]]
    properties: Any
    windows: NDArray[np.float64] | None
    bodies: Bodies
    frame_from_local: NDArray[np.float64]
    classes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """What two bodies do to each other, before any tolerance.

    volume : of the overlap, cubic metres
    depth : thickness of the overlap, metres: of its thickest connected part the least width; 0 without overlap
    distance : least distance of the surfaces, metres, as far as it was looked for; 0 with overlap
    shares : volume of the overlap as a share of the first and of the second body
    point : (3,) middle of the overlap or of the shortest way, frame
    box : (2, 3) of the overlap, or of the shortest way, frame
    """

    volume: float
    depth: float
    distance: float
    shares: tuple[float, float]
    point: NDArray[np.float64]
    box: NDArray[np.float64]
    method: Method


@dataclass(frozen=True, slots=True)
class FoundClash:
    """A pair that a run found, in the order of its models and rows; `measured` in `frame`.

    reason : why it is by design; None where it is a clash
    severity : one of SEVERITIES, and `factors`, what made it so
    """

    rule: str
    a: BodyKey
    b: BodyKey
    type: ClashType
    measured: Measured
    reason: Sentence | None = None
    severity: str = "medium"
    factors: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class Untestable:
    """A pair that could not be judged, and why; it counts as neither clean nor clashing."""

    a: BodyKey
    b: BodyKey
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Detection:
    """What a run of clash detection came to.

    examined : pairs whose boxes lie within reach of a rule and that were measured
    rules : names of the rules that were run, those without a match included
    rules_without_match : names of rules one of whose sides holds no element: they prove nothing
    """

    examined: int
    untestable: Sequence[Untestable]
    rules: Sequence[str]
    rules_without_match: Sequence[str]
    clashes: Sequence[FoundClash]


@dataclass(frozen=True, slots=True)
class Match:
    """How an element of an earlier revision was found again, or not: `by` is "global_id", "signature", "name", "tag" or
    "place"; `score` 0 to 1."""

    before: BodyKey
    after: BodyKey
    by: str
    score: float


@dataclass(frozen=True, slots=True)
class Clash:
    """A clash as it is kept: the last that was found of it, and what people have said.

    id : UUID, the same for life
    local_point, local_box : (3,) and (2, 3), metres, in the local frame of the model of `a`: where that model is placed
        anew, the clash moves along, and BCF cameras need no shift
    group : id of its group; every clash belongs to one
    matches : how its elements were followed over revisions
    element_missing : one of its elements is gone and nothing like it was found
    status_before : what an Unchecked clash was
    """

    id: str
    project: str
    rule: str
    a: BodyKey
    b: BodyKey
    type: ClashType
    depth: float
    volume: float
    distance: float
    local_point: tuple[float, float, float]
    local_box: tuple[tuple[float, float, float], tuple[float, float, float]]
    method: Method
    status: ClashStatus
    group: str
    severity: str
    factors: Sequence[Sentence]
    reason: Sentence | None
    storey: str
    assignee: str
    due_date: date | None
    first_found: datetime
    last_found: datetime
    matches: Sequence[Match] = ()
    element_missing: bool = False
    reopened: int = 0
    status_before: ClashStatus | None = None


@dataclass(frozen=True, slots=True)
class ClashGroup:
    """Clashes that are one thing to talk about.

    kind : "run" (an element against the members of one system run or set), "near" (near each other on one storey),
        "hand" (made by a person) or "single"
    """

    id: str
    project: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class ClashEvent:
    """Something that happened to a clash: `what` is "status", "assignee", "due_date", "group", "found", "match"…"""

    clash: str
    at: datetime
    by: str
    what: str
    before: str
    after: str
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
