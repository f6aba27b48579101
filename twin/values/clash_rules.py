"""Rules of clash detection as values: which elements are checked against which, for what, and what is by design.

Lengths are metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from twin.values.clash import ClashType

DEFAULT_TOLERANCE = 0.01
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "like", "exists", "missing")
DIFFERENCES = ("system", "discipline", "model")


class Zone(StrEnum):
    """Where the free room that a clearance asks for lies, seen from an element of side A."""

    AROUND = "around"  # everywhere: the least distance of the two bodies counts
    ABOVE = "above"  # straight up from its upper faces: headroom over a stair
    FRONT = "front"  # level, before and behind it (across its narrower side): a door's swing, a board's working space


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """What a property must be: `operator` one of OPERATORS; `value` is None for "exists" and "missing"."""

    pset: str
    name: str
    operator: str
    value: str | float | bool | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """Which elements belong to a side: those that pass every test that is there; without any, all elements.

    disciplines, ifc_classes, storeys, systems, names, materials : patterns ("*" and "?" as wildcards; letter case does
        not matter); one must fit; one that begins with "!" must not fit.  A class stands for its subclasses too.
    psets : every test must hold
    predefined_types : patterns of predefined types ("FLOORING", "CABLETRAYSEGMENT"…)
    either : other selectors, of which at least one must fit as well
    """

    disciplines: Sequence[str] = ()
    ifc_classes: Sequence[str] = ()
    storeys: Sequence[str] = ()
    psets: Sequence[PropertyTest] = ()
    systems: Sequence[str] = ()
    names: Sequence[str] = ()
    materials: Sequence[str] = ()
    predefined_types: Sequence[str] = ()
    either: "Sequence[Selector]" = ()


@dataclass(frozen=True, slots=True)
class ClashRule:
    """Elements of side A are checked against those of side B.

    types : what is told; TOUCH and WORKFLOW only where they are named
    tolerance : overlap that is allowed, at least 0
    clearance : room that is asked for; 0 where the rule asks for none
    zone : where that room lies; other than AROUND only for rules that tell clearances and nothing else
    different : what the two elements may not have in common, of DIFFERENCES
    severity : before its factors, one of `twin.values.clash.SEVERITIES`
    description : language ("zh", "en") → what the rule is for
    """

    name: str
    a: Selector
    b: Selector
    types: Sequence[ClashType]
    tolerance: float = DEFAULT_TOLERANCE
    clearance: float = 0.0
    zone: Zone = Zone.AROUND
    different: Sequence[str] = ()
    severity: str = "medium"
    description: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """Elements that are meant to run into each other: overlaps of such a pair are by design.

    types : what is by design; a duplicate never is
    same_class : whether two elements of one class count too
    same_model : whether only elements of one model count
    reason : language → why, for people
    """

    name: str
    a: Selector
    b: Selector
    types: Sequence[ClashType]
    same_class: bool
    same_model: bool
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a run, in the order in which they are asked, and the joints that are by design.

    source : "default", "options", or the name and sha256 of a file
    """

    name: str
    rules: Sequence[ClashRule]
    joints: Sequence[Joint] = ()
    source: str = "default"
