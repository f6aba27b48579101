"""What people call the figures that evidence rests on: names of `Evidence.inputs` → sentences."""

from collections.abc import Mapping

from twin.values.sentence import Sentence, say

_INPUTS: Mapping[str, Sentence] = {
    "ev": say("earned value"),
    "pv": say("planned value"),
    "ac": say("actual cost"),
    "bac": say("budget"),
    "estimate_at_completion": say("expected cost at completion"),
    "comparable_cost": say("a cost of the same time and currency"),
    "earned_schedule": say("earned schedule"),
    "actual_time": say("time since the planned start"),
    "progress": say("progress"),
    "planned_progress": say("planned progress"),
    "start": say("start"),
    "planned_start": say("planned start"),
    "actual_start": say("actual start"),
    "finish": say("expected finish"),
    "planned_finish": say("planned finish"),
    "day": say("day asked for"),
    "day_before": say("day of the earlier report"),
    "first_report": say("first report"),
    "last_report": say("last report"),
    "good_until": say("holds until"),
    "light_before": say("light of the period before"),
    "light_now": say("light of this period alone"),
}

_RESOURCES: Mapping[str, Sentence] = {
    "funds": say("funds"),
    "labour": say("labour"),
    "machinery": say("machinery"),
    "concrete": say("concrete"),
    "steel": say("steel"),
    "land": say("land"),
}


def input_label(name: str) -> str:
    """Return what people call an input: a `Sentence` for those that measures name, else the name itself.

    >>> input_label("funds_used"), input_label("ac")
    ('funds used', 'actual cost')
    """
    resource, _, figure = name.rpartition("_")
    if resource in _RESOURCES:
        what = _RESOURCES[resource]
        return say("{resource} used", resource=what) if figure == "used" else say("{resource} planned", resource=what)
    return _INPUTS.get(name, name)
