"""Rule packs: which figure gives which light, line by line, each line with the place where it is published.

A pack is data.  `parse_pack` turns the document of a TOML file into a `RulePack`, or says in a sentence what is wrong.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from twin.errors import InvalidInput
from twin.judgement.measures import ASPECTS, CONDITIONS, MEASURES
from twin.judgement.periods import PERIODS
from twin.values.entries import known_keys, listed_tables, one_of, required_text, shown
from twin.values.sentence import Sentence, say
from twin.values.status import Clause

SEVERITY: Mapping[str, int] = {"green": 0, "yellow": 1, "red": 2}
LEVEL_LIGHTS = (*SEVERITY, "note")
BOUNDS = ("above", "at_or_above", "below", "at_or_below")
RESERVED = ("data", "improving", "repeated")  # names of the evidence that every pack gives
MAX_STALE_AFTER = 12
PACK = say("The pack")

_PACK_KEYS = ("id", "version", "title", "period", "stale_after", "improving", "rule", "repeated")
_RULE_KEYS = ("name", "aspect", "measure", "unit", "when", "level")
_LEVEL_KEYS = ("light", "clause", "source", *BOUNDS)
_REPEATED_KEYS = ("light", "clause", "source")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Level:
    """One line of a rule: values from `low` to `high` give `light` ("note": a remark beside the light).

    threshold : the bounds as text, in the rule's unit ("≥ 0.9, < 0.95")
    """

    light: str
    low: float
    low_holds: bool
    high: float
    high_holds: bool
    threshold: str
    clause: Clause
    source: str

    def holds(self, value: float) -> bool:
        """Is the value within this line's bounds."""
        above = value > self.low or (self.low_holds and value == self.low)
        return above and (value < self.high or (self.high_holds and value == self.high))


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison: `levels` give a light to every value, `notes` only remark; `scale` turns into `unit`."""

    name: str
    aspect: str
    measure: str
    unit: str
    scale: float
    when: str | None
    levels: tuple[Level, ...]
    notes: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """What follows when two reporting periods in a row have the same light: a remark."""

    light: str
    clause: Clause
    source: str


@dataclass(frozen=True, slots=True)
class RulePack:
    """All rules that make a light.

    period : in which reports are due; stale_after : after how many of them the last report is too old
    improving : how many periods a better light must have lasted before it shows (1: none, 2)
    sha256 : of the file that it was read from
    """

    id: str
    version: str
    title: Clause
    period: str
    stale_after: int
    improving: int
    rules: tuple[Rule, ...]
    repeated: tuple[Repeated, ...]
    sha256: str


def parse_pack(document: Mapping[str, Any], sha256: str) -> RulePack:
    """Return the pack that a document describes; raise `InvalidInput` that names the line to mend."""
    known_keys(document, _PACK_KEYS, PACK)
    period, stale_after, improving = (
        document.get("period"),
        document.get("stale_after", 1),
        document.get("improving", 2),
    )
    if period not in PERIODS:
        raise InvalidInput(
            "The period of the rule pack is {period}: write one of {known}.",
            period=shown(period),
            known=", ".join(PERIODS),
        )
    if not _is_int(stale_after) or not 1 <= stale_after <= MAX_STALE_AFTER:
        raise InvalidInput(
            "stale_after of the rule pack is {value}: write after how many periods a report is too old, 1 to {most}.",
            value=shown(stale_after),
            most=MAX_STALE_AFTER,
        )
    if not _is_int(improving) or improving not in (1, 2):
        raise InvalidInput(
            "improving of the rule pack is {value}: write 1 (a better light shows at once) or 2 (it must"
            " last two periods).",
            value=shown(improving),
        )
    rules = tuple(_rule(entry, number) for number, entry in enumerate(listed_tables(document, "rule", PACK), 1))
    if not rules:
        raise InvalidInput("The rule pack has no rule: add at least one [[rule]] with its levels.")
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput("Two rules of the pack are called {name}: give each its own name.", name=name)
    repeated = tuple(
        _repeated(entry, say("[[repeated]] {number}", number=number))
        for number, entry in enumerate(listed_tables(document, "repeated", PACK), 1)
    )
    return RulePack(
        id=_name(document, "id", PACK),
        version=required_text(document, "version", PACK),
        title=_clause(document, "title", PACK),
        period=period,
        stale_after=stale_after,
        improving=improving,
        rules=rules,
        repeated=repeated,
        sha256=sha256,
    )


def _rule(entry: Mapping[str, Any], number: int) -> Rule:
    """Read one [[rule]]."""
    name = _name(entry, "name", say("Rule {name}", name=number))
    where = say("Rule {name}", name=name)
    known_keys(entry, _RULE_KEYS, where)
    if name in RESERVED:
        raise InvalidInput(
            "No rule can be called {name}, the program's own evidence is: choose another name.", name=name
        )
    aspect = one_of(entry, "aspect", ASPECTS, where)
    measure = MEASURES[one_of(entry, "measure", MEASURES, where)]
    when = one_of(entry, "when", CONDITIONS, where) if "when" in entry else None
    unit = entry.get("unit", measure.unit)
    units = (measure.unit, "%") if measure.unit == "ratio" else (measure.unit,)
    if unit not in units:
        raise InvalidInput(
            "{where}: the measure {measure} cannot be counted in {unit}; leave the unit out or write {known}.",
            where=where,
            measure=measure.name,
            unit=shown(unit),
            known=" / ".join(f'"{known}"' for known in units),
        )
    lines = [
        _level(line, say("{where}, level {number}", where=where, number=count))
        for count, line in enumerate(listed_tables(entry, "level", where), 1)
    ]
    levels = tuple(line for line in lines if line.light != "note")
    if not lines:
        raise InvalidInput("{where}: there is no level; add [[rule.level]] lines, one for each light.", where=where)
    _check_levels(levels, where)
    notes = tuple(line for line in lines if line.light == "note")
    return Rule(name, aspect, measure.name, unit, 100.0 if unit == "%" else 1.0, when, levels, notes)


def _level(entry: Mapping[str, Any], where: Sentence) -> Level:
    """Read one [[rule.level]]."""
    known_keys(entry, _LEVEL_KEYS, where)
    light = one_of(entry, "light", LEVEL_LIGHTS, where)
    clause, source = _clause(entry, "clause", where), _source(entry, where)
    bounds = {name: _number(entry[name], name, where) for name in BOUNDS if name in entry}
    if not bounds:
        raise InvalidInput(
            "{where}: there is no bound; write at least one of {known}.", where=where, known=", ".join(BOUNDS)
        )
    if {"above", "at_or_above"} <= bounds.keys() or {"below", "at_or_below"} <= bounds.keys():
        raise InvalidInput("{where}: there are two bounds on the same side; keep one of them.", where=where)
    low = bounds.get("above", bounds.get("at_or_above", -math.inf))
    high = bounds.get("below", bounds.get("at_or_below", math.inf))
    if low >= high:
        raise InvalidInput(
            "{where}: no value lies above {low} and below {high}; mend one of the two bounds.",
            where=where,
            low=low,
            high=high,
        )
    signs = {"above": ">", "at_or_above": "≥", "below": "<", "at_or_below": "≤"}
    threshold = ", ".join(f"{signs[name]} {value:.10g}" for name, value in bounds.items())
    return Level(light, low, "at_or_above" in bounds, high, "at_or_below" in bounds, threshold, clause, source)


def _check_levels(levels: Sequence[Level], where: Sentence) -> None:
    """Refuse levels that leave a value without a light, give it two, or do not go from good to bad."""
    if not levels:
        return
    ordered = sorted(levels, key=lambda level: (level.low, level.high))
    if list(levels) not in (ordered, ordered[::-1]) or any(
        SEVERITY[after.light] < SEVERITY[before.light] for before, after in pairwise(levels)
    ):
        raise InvalidInput(
            "{where}: the levels are out of order; list them from green over yellow to red, each beginning where the"
            " one before ends.",
            where=where,
        )
    for before, after in pairwise(ordered):
        both = before.high == after.low
        if before.high > after.low or (both and before.high_holds and after.low_holds):
            raise InvalidInput(
                "{where}: the levels {first} and {second} overlap; move one bound so that each value has one light.",
                where=where,
                first=before.threshold,
                second=after.threshold,
            )
        if before.high < after.low or (both and not before.high_holds and not after.low_holds):
            raise InvalidInput(
                "{where}: there is no light between {first} and {second}; move one bound, or add a level.",
                where=where,
                first=before.threshold,
                second=after.threshold,
            )
    if ordered[0].low != -math.inf or ordered[-1].high != math.inf:
        end = ordered[0] if ordered[0].low != -math.inf else ordered[-1]
        raise InvalidInput(
            "{where}: there is no light beyond the outermost level {level}; leave its outer bound out.",
            where=where,
            level=end.threshold,
        )


def _repeated(entry: Mapping[str, Any], where: Sentence) -> Repeated:
    """Read one [[repeated]]."""
    known_keys(entry, _REPEATED_KEYS, where)
    return Repeated(one_of(entry, "light", SEVERITY, where), _clause(entry, "clause", where), _source(entry, where))


def _source(entry: Mapping[str, Any], where: Sentence) -> str:
    """Return the citation of a line."""
    value = entry.get("source")
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(
            "{where}: there is no source; write as source the address or the number of the document that says so.",
            where=where,
        )
    return value.strip()


def _name(entry: Mapping[str, Any], key: str, where: Sentence) -> str:
    """Return a short name of small letters, digits, - and _."""
    value = required_text(entry, key, where)
    if not _NAME.fullmatch(value):
        raise InvalidInput(
            "{where}: {key} is {value}; use small letters a to z, digits, - and _ only.",
            where=where,
            key=key,
            value=shown(value),
        )
    return value


def _clause(entry: Mapping[str, Any], key: str, where: Sentence) -> Clause:
    """Return words in both languages."""
    value = entry.get(key)
    both = value if isinstance(value, Mapping) and set(value) == {"zh", "en"} else {"zh": "", "en": ""}
    if not all(isinstance(text, str) and text.strip() for text in both.values()):
        raise InvalidInput(
            '{where}: {key} is not there in two languages; write {key} = {{ zh = "…", en = "…" }}.',
            where=where,
            key=key,
        )
    return Clause(zh=both["zh"].strip(), en=both["en"].strip())


def _number(value: object, key: str, where: Sentence) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise InvalidInput("{where}: {key} is {value}; write a number.", where=where, key=key, value=shown(value))
    return float(value)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
