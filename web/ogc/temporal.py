"""Relations of intervals in time (CQL2): on Arrow columns or scalars of microseconds, null where one is unknown."""

from collections.abc import Callable
from typing import Any

Ends = tuple[Any, Any]  # first and last microsecond, each an Arrow column or scalar of int64


def relation(name: str) -> Callable[[Ends, Ends], Any] | None:
    """Return the function of a CQL2 name such as `t_during`: (interval, interval) → Arrow booleans."""
    made = _RELATIONS.get(name)
    if made is None:
        return None

    def holds(a: Ends, b: Ends) -> Any:
        import pyarrow.compute as pc

        result: Any = None
        for how, left, right in made:
            here = getattr(pc, how)((*a, *b)[left], (*a, *b)[right])
            result = here if result is None else pc.and_kleene(result, here)
        return pc.invert(result) if name in _NEGATED else result

    return holds


# Of two intervals (0, 1) and (2, 3): all of these comparisons hold.
_S1, _E1, _S2, _E2 = 0, 1, 2, 3
_RELATIONS: dict[str, list[tuple[str, int, int]]] = {
    "t_after": [("greater", _S1, _E2)],
    "t_before": [("less", _E1, _S2)],
    "t_contains": [("less", _S1, _S2), ("greater", _E1, _E2)],
    "t_disjoint": [("less_equal", _S1, _E2), ("greater_equal", _E1, _S2)],
    "t_during": [("greater", _S1, _S2), ("less", _E1, _E2)],
    "t_equals": [("equal", _S1, _S2), ("equal", _E1, _E2)],
    "t_finishedby": [("less", _S1, _S2), ("equal", _E1, _E2)],
    "t_finishes": [("greater", _S1, _S2), ("equal", _E1, _E2)],
    "t_intersects": [("less_equal", _S1, _E2), ("greater_equal", _E1, _S2)],
    "t_meets": [("equal", _E1, _S2)],
    "t_metby": [("equal", _S1, _E2)],
    "t_overlappedby": [("greater", _S1, _S2), ("less", _S1, _E2), ("greater", _E1, _E2)],
    "t_overlaps": [("less", _S1, _S2), ("greater", _E1, _S2), ("less", _E1, _E2)],
    "t_startedby": [("equal", _S1, _S2), ("greater", _E1, _E2)],
    "t_starts": [("equal", _S1, _S2), ("less", _E1, _E2)],
}
_NEGATED = {"t_disjoint"}
