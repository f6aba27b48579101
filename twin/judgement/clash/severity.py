"""How bad a clash is, and every factor that made it so."""

from twin.values.clash import SEVERITIES, ClashType, Measured, Method
from twin.values.clash_rules import ClashRule
from twin.values.sentence import Sentence, say

DEEP, SHALLOW = 0.1, 0.025  # metres of overlap: what a trade cannot work around, and what it does on the site
LARGE = 0.05  # cubic metres of overlap
NEARLY, FAR_SHORT = 0.8, 0.5  # of the room that is asked for
SOON = 28  # days

BY_RULE = say("the rule {rule} counts as {severity}")
STEPS = {  # what a factor does: steps towards "high"
    "contained": (1, say("one body lies wholly inside the other")),
    "deep": (1, say("the overlap is {depth} mm deep")),
    "large": (1, say("the overlap is {volume} m³ large")),
    "shallow": (-1, say("the overlap is only {depth} mm deep")),
    "nearly": (-1, say("{room} mm of {wanted} mm are free")),
    "short": (1, say("only {room} mm of {wanted} mm are free")),
    "soon": (1, say("work on it begins within {days} days")),
    "built": (1, say("one of the two is being built or stands already")),
    "surface": (0, say("only surfaces were compared, so its depth is not known exactly")),
}


def severity(
    rule: ClashRule, type: ClashType, measured: Measured, starts_in: float | None = None
) -> tuple[str, tuple[Sentence, ...]]:
    """Return how bad a clash is, one of SEVERITIES, and why: the rule's own severity first, then each factor.

    starts_in : days until the first of the two elements is built, by the schedule; negative when its work has begun;
        None where no task says so

    All factors together move a clash by one step at most, so that the rule stays the master.
    """
    factors = _factors(rule, type, measured, starts_in)
    steps = sum(STEPS[key][0] for key, _ in factors)
    place = SEVERITIES.index(rule.severity) - max(-1, min(1, steps))
    told = tuple(say(STEPS[key][1].template, **values) for key, values in factors)
    # a template without values stays a template
    first = say(BY_RULE.template, rule=rule.name, severity=say(rule.severity))
    return SEVERITIES[max(0, min(len(SEVERITIES) - 1, place))], (first, *told)


def _factors(
    rule: ClashRule, type: ClashType, measured: Measured, starts_in: float | None
) -> list[tuple[str, dict[str, str | int]]]:
    found: list[tuple[str, dict[str, str | int]]] = []
    if type is ClashType.CONTAINED:
        found.append(("contained", {}))
    elif type is ClashType.HARD:
        found += _overlap(measured)
    elif type is ClashType.CLEARANCE and rule.clearance > 0:
        found += _room(rule, measured)
    if starts_in is not None and starts_in < 0:
        found.append(("built", {}))
    elif starts_in is not None and starts_in <= SOON:
        found.append(("soon", {"days": int(starts_in)}))
    if measured.method is Method.SURFACE_ONLY:
        found.append(("surface", {}))
    return found


def _overlap(measured: Measured) -> list[tuple[str, dict[str, str | int]]]:
    """Return what the size of an overlap says."""
    depth = f"{measured.depth * 1000:.0f}"
    if measured.depth >= DEEP:
        return [("deep", {"depth": depth})]
    if measured.volume >= LARGE:
        return [("large", {"volume": f"{measured.volume:.2f}"})]
    return [("shallow", {"depth": depth})] if measured.depth < SHALLOW else []


def _room(rule: ClashRule, measured: Measured) -> list[tuple[str, dict[str, str | int]]]:
    """Return what the missing room says."""
    share = measured.distance / rule.clearance
    values: dict[str, str | int] = {
        "room": f"{measured.distance * 1000:.0f}",
        "wanted": f"{rule.clearance * 1000:.0f}",
    }
    if share >= NEARLY:
        return [("nearly", values)]
    return [("short", values)] if share < FAR_SHORT else []
