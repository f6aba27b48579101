"""Reading a rule pack: every mistake in a user's own pack is one sentence that names the line to mend."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from twin.errors import InvalidInput
from twin.judgement.measures import MEASURES
from twin.judgement.rules import parse_pack
from twin.values.status import Clause

WORDS = {"zh": "甲", "en": "A"}


def level(light: str, **bounds: object) -> dict[str, Any]:
    return {"light": light, "clause": dict(WORDS), "source": "No. 1, 2026", **bounds}


def document() -> dict[str, Any]:
    """A small pack without mistakes."""
    levels = [level("green", at_or_above=80), level("yellow", at_or_above=60, below=80), level("red", below=60)]
    rule = {"name": "progress", "aspect": "schedule", "measure": "progress_ratio", "unit": "%", "level": levels}
    return {"id": "ours", "version": "1", "title": dict(WORDS), "period": "month", "stale_after": 1, "rule": [rule]}


def test_a_pack_is_read_as_written() -> None:
    pack = parse_pack(document(), "abc")
    assert (pack.id, pack.version, pack.title, pack.period) == ("ours", "1", Clause("甲", "A"), "month")
    assert (pack.stale_after, pack.improving, pack.sha256) == (1, 2, "abc")
    (rule,) = pack.rules
    assert (rule.name, rule.aspect, rule.measure, rule.unit, rule.scale) == (
        "progress",
        "schedule",
        "progress_ratio",
        "%",
        100.0,
    )
    assert [(line.light, line.threshold) for line in rule.levels] == [
        ("green", "≥ 80"),
        ("yellow", "≥ 60, < 80"),
        ("red", "< 60"),
    ]
    assert [line.light for value in (80, 79.9, 60, 59.9) for line in rule.levels if line.holds(value)] == [
        "green",
        "yellow",
        "yellow",
        "red",
    ]


def test_a_note_may_lie_across_levels_and_a_rule_may_only_note() -> None:
    changed = document()
    changed["rule"][0]["level"].append(level("note", above=110))
    changed["rule"].append(
        {"name": "old", "aspect": "data", "measure": "report_age", "level": [level("note", above=20)]}
    )
    pack = parse_pack(changed, "")
    assert [line.threshold for line in pack.rules[0].notes] == ["> 110"]
    assert len(pack.rules[0].levels) == 3
    assert pack.rules[1].levels == ()


def test_levels_may_run_down_or_up() -> None:
    changed = document()
    changed["rule"][0] |= {"measure": "points_behind", "unit": "points"}
    changed["rule"][0]["level"] = [level("green", at_or_below=0), level("red", above=0)]
    assert [line.threshold for line in parse_pack(changed, "").rules[0].levels] == ["≤ 0", "> 0"]


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    """Return a change of the document: write a value at a path."""

    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """Return a change of the document: take the value at a path out."""

    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        del found[path[-1]]

    return change


LEVELS: tuple[str | int, ...] = ("rule", 0, "level")
MISTAKES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no id": (drop("id"), 'The pack: id is missing; write id = "…".'),
    "odd id": (
        put("id", value="Our Pack"),
        "The pack: id is Our Pack; use small letters a to z, digits, - and _ only.",
    ),
    "no version": (drop("version"), 'The pack: version is missing; write version = "…".'),
    "version as a number": (put("version", value=1), 'The pack: version must be a text; write version = "1".'),
    "title in one language": (
        put("title", value={"en": "A"}),
        'The pack: title is not there in two languages; write title = { zh = "…", en = "…" }.',
    ),
    "no period": (drop("period"), "The period of the rule pack is –: write one of week, month, quarter."),
    "unknown period": (
        put("period", value="year"),
        "The period of the rule pack is year: write one of week, month, quarter.",
    ),
    "stale_after": (
        put("stale_after", value=0),
        "stale_after of the rule pack is 0: write after how many periods a report is too old, 1 to 12.",
    ),
    "improving": (
        put("improving", value=3),
        "improving of the rule pack is 3: write 1 (a better light shows at once) or 2 (it must last two periods).",
    ),
    "improving as a truth value": (
        put("improving", value=True),
        "improving of the rule pack is True: write 1 (a better light shows at once) or 2 (it must last two periods).",
    ),
    "unknown key": (
        put("threshold", value=1),
        "The pack: the key threshold means nothing here; the known ones are"
        " id, version, title, period, stale_after, improving, rule, repeated.",
    ),
    "no rule": (put("rule", value=[]), "The rule pack has no rule: add at least one [[rule]] with its levels."),
    "rule as a text": (put("rule", value="x"), "The pack: rule is not a list of tables; write [[rule]]."),
    "rule without a name": (drop("rule", 0, "name"), 'Rule 1: name is missing; write name = "…".'),
    "reserved name": (
        put("rule", 0, "name", value="data"),
        "No rule can be called data, the program's own evidence is: choose another name.",
    ),
    "two of a name": (
        lambda found: found["rule"].append(deepcopy(found["rule"][0])),
        "Two rules of the pack are called progress: give each its own name.",
    ),
    "unknown aspect": (
        put("rule", 0, "aspect", value="mood"),
        "Rule progress: aspect is mood; write one of schedule, cost, start, funds, entry, resources, data.",
    ),
    "unknown measure": (
        put("rule", 0, "measure", value="spit"),
        f"Rule progress: measure is spit; write one of {', '.join(MEASURES)}.",
    ),
    "unit that does not fit": (
        put("rule", 0, "unit", value="days"),
        "Rule progress: the measure progress_ratio cannot be counted in days; leave the unit out or write"
        ' "ratio" / "%".',
    ),
    "unknown condition": (
        put("rule", 0, "when", value="sunny"),
        "Rule progress: when is sunny; write one of started, not_started, finished, unfinished, under_construction.",
    ),
    "no level": (
        put(*LEVELS, value=[]),
        "Rule progress: there is no level; add [[rule.level]] lines, one for each light.",
    ),
    "unknown light": (
        put(*LEVELS, 1, "light", value="orange"),
        "Rule progress, level 2: light is orange; write one of green, yellow, red, note.",
    ),
    "no citation": (
        drop(*LEVELS, 1, "source"),
        "Rule progress, level 2: there is no source; write as source the address or the number of the document that"
        " says so.",
    ),
    "blank citation": (
        put(*LEVELS, 2, "source", value="  "),
        "Rule progress, level 3: there is no source; write as source the address or the number of the document that"
        " says so.",
    ),
    "clause without Chinese": (
        put(*LEVELS, 0, "clause", value={"en": "A", "zh": ""}),
        'Rule progress, level 1: clause is not there in two languages; write clause = { zh = "…", en = "…" }.',
    ),
    "no bound": (
        drop(*LEVELS, 2, "below"),
        "Rule progress, level 3: there is no bound; write at least one of above, at_or_above, below, at_or_below.",
    ),
    "two bounds on a side": (
        put(*LEVELS, 2, "at_or_below", value=50),
        "Rule progress, level 3: there are two bounds on the same side; keep one of them.",
    ),
    "bound as a text": (
        put(*LEVELS, 2, "below", value="60 %"),
        "Rule progress, level 3: below is 60 %; write a number.",
    ),
    "bound that is no number": (
        put(*LEVELS, 2, "below", value=float("nan")),
        "Rule progress, level 3: below is nan; write a number.",
    ),
    "endless bound": (put(*LEVELS, 2, "below", value=10**5000), "Rule progress, level 3: below is …; write a number."),
    "bounds crossed": (
        put(*LEVELS, 1, "below", value=50),
        "Rule progress, level 2: no value lies above 60.0 and below 50.0; mend one of the two bounds.",
    ),
    "red before yellow": (
        lambda found: found["rule"][0]["level"].__setitem__(slice(1, 3), found["rule"][0]["level"][2:0:-1]),
        "Rule progress: the levels are out of order; list them from green over yellow to red, each beginning where the"
        " one before ends.",
    ),
    "lights swapped": (
        lambda found: [found["rule"][0]["level"][i].update(light=x) for i, x in ((1, "red"), (2, "yellow"))],
        "Rule progress: the levels are out of order; list them from green over yellow to red, each beginning where the"
        " one before ends.",
    ),
    "overlap": (
        put(*LEVELS, 1, "below", value=85),
        "Rule progress: the levels ≥ 60, < 85 and ≥ 80 overlap; move one bound so that each value has one light.",
    ),
    "overlap in one value": (
        lambda found: found["rule"][0]["level"][2].update(
            light="red", **{"at_or_below": found["rule"][0]["level"][2].pop("below")}
        ),
        "Rule progress: the levels ≤ 60 and ≥ 60, < 80 overlap; move one bound so that each value has one light.",
    ),
    "gap": (
        put(*LEVELS, 1, "below", value=75),
        "Rule progress: there is no light between ≥ 60, < 75 and ≥ 80; move one bound, or add a level.",
    ),
    "gap of one value": (
        lambda found: found["rule"][0]["level"][1].update(above=found["rule"][0]["level"][1].pop("at_or_above")),
        "Rule progress: there is no light between < 60 and > 60, < 80; move one bound, or add a level.",
    ),
    "open end": (
        put(*LEVELS, 2, "above", value=0),
        "Rule progress: there is no light beyond the outermost level > 0, < 60; leave its outer bound out.",
    ),
    "repeated light": (
        put("repeated", value=[{"light": "note", "clause": WORDS, "source": "x"}]),
        "[[repeated]] 1: light is note; write one of green, yellow, red.",
    ),
    "repeated without citation": (
        put("repeated", value=[{"light": "red", "clause": WORDS}]),
        "[[repeated]] 1: there is no source; write as source the address or the number of the document that says so.",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_in_one_sentence(mistake: str) -> None:
    change, sentence = MISTAKES[mistake]
    changed = document()
    change(changed)
    with pytest.raises(InvalidInput) as caught:
        parse_pack(changed, "")
    assert str(caught.value) == sentence
