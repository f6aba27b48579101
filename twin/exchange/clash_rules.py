"""Rules of clash detection as a TOML file: the set that comes with the program, or a user's own, by path."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput
from twin.exchange.toml_text import toml_problem
from twin.values.clash import SEVERITIES, ClashType
from twin.values.clash_rules import (
    DEFAULT_TOLERANCE,
    DIFFERENCES,
    OPERATORS,
    ClashRule,
    Joint,
    PropertyTest,
    RuleSet,
    Selector,
    Zone,
)
from twin.values.entries import known_keys, listed_tables, one_of, required_text, shown
from twin.values.ifc_supertypes import known_classes
from twin.values.sentence import Sentence, say

DEFAULT = "default"
MAX_BYTES = 1 << 20
MAX_RULES = 1000
LONGEST = 100.0  # metres: a larger tolerance or clearance is in another unit
BODY_TYPES = tuple(ClashType)
HARD_TYPES = (ClashType.DUPLICATE, ClashType.CONTAINED, ClashType.HARD)
JOINT_TYPES = (ClashType.HARD, ClashType.CONTAINED, ClashType.TOUCH)
_SET_KEYS = ("name", "rule", "by_design", "side")
_RULE_KEYS = (
    "name", "a", "b", "types", "tolerance", "clearance", "zone", "different", "severity", "description",
)  # fmt: skip
_JOINT_KEYS = ("name", "a", "b", "types", "same_class", "same_model", "reason")
_SIDE_KEYS = ("disciplines", "classes", "storeys", "systems", "names", "materials", "predefined", "properties")
_PROPERTY_KEYS = ("set", "name", "is", "value")
WHOLE = say("The clash rules")


@cache
def default_rules() -> RuleSet:
    """Return the rules that come with the program."""
    return rules_from_bytes((files("twin.exchange") / "clash_rules.toml").read_bytes(), "clash_rules.toml", DEFAULT)


def read_clash_rules(path: str | Path) -> RuleSet:
    """Return the rules in a TOML file; raise `InvalidInput` that says which rule to mend, and how."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        raise InvalidInput(
            "The clash rules {file} cannot be read: give the path of a TOML file with [[rule]] tables.", file=str(path)
        ) from None
    if len(content) > MAX_BYTES:
        raise InvalidInput("{file} is too large for clash rules: give a TOML file with rules.", file=path.name)
    return rules_from_bytes(content, path.name)


def rules_from_bytes(content: bytes, file: str, source: str = "") -> RuleSet:
    """Return the rules in the bytes of a TOML file; `file` names it in an error."""
    text = ""
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        raise InvalidInput("{file} is not UTF-8 text: save the clash rules as UTF-8.", file=file) from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "{file} is not a TOML file: {reason}. Mend that place.", file=file, reason=toml_problem(text, error)
        ) from None
    try:
        return _rule_set({"name": Path(file).stem, **document}, source or f"{file} {sha256(content).hexdigest()}")
    except InvalidInput as error:
        raise InvalidInput("Clash rules {file}: {problem}", file=file, problem=error.sentence) from None


def rules_from_options(disciplines: Sequence[str], tolerance: float | None, clearance: float | None) -> RuleSet:
    """Return the one rule that a tolerance or clearance given without a file stands for.

    Elements of each discipline are checked against those of every other; with one discipline only, every element
    against every other.  A clearance above 0 is told as well as hard clashes; then what only touches is told, too,
    so that it is not taken for a lack of room.
    """
    where = say("The option")
    room = _length(clearance, "clearance", where) if clearance is not None else 0.0
    allowed = _length(tolerance, "tolerance", where) if tolerance is not None else DEFAULT_TOLERANCE
    several = len(set(disciplines)) > 1
    rule = ClashRule(
        name="between-disciplines" if several else "all",
        a=Selector(),
        b=Selector(),
        types=(*HARD_TYPES, *((ClashType.TOUCH, ClashType.CLEARANCE) if room > 0 else ())),
        tolerance=allowed,
        clearance=room,
        different=("discipline",) if several else (),
        description={
            "zh": "各专业之间的构件" if several else "所有构件两两之间",
            "en": "Elements of each discipline against every other" if several else "Every element against every other",
        },
    )
    return RuleSet(rule.name, (rule,), default_rules().joints, "options")


def _rule_set(document: Mapping[str, Any], source: str) -> RuleSet:
    known_keys(document, _SET_KEYS, WHOLE)
    sides: dict[str, Selector] = {}
    for name, entry in _table(document.get("side", {}), "side", WHOLE).items():
        sides[name] = _selector(entry, sides, say("Side {name}", name=name))
    entries = listed_tables(document, "rule", WHOLE)
    if not entries:
        raise InvalidInput("there is no rule; add at least one [[rule]] with its sides a and b.")
    if len(entries) > MAX_RULES:
        raise InvalidInput("there are more than {most} rules; keep those that are needed.", most=MAX_RULES)
    rules = tuple(_rule(entry, sides, number) for number, entry in enumerate(entries, 1))
    joints = tuple(_joint(e, sides, n) for n, e in enumerate(listed_tables(document, "by_design", WHOLE), 1))
    names = [thing.name for thing in chain[ClashRule | Joint](rules, joints)]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput("two rules are called {name}; give each its own name.", name=name)
    return RuleSet(required_text(document, "name", WHOLE), rules, joints, source)


def _rule(entry: Mapping[str, Any], sides: Mapping[str, Selector], number: int) -> ClashRule:
    name = required_text(entry, "name", say("Rule {name}", name=number))
    where = say("Rule {name}", name=name)
    known_keys(entry, _RULE_KEYS, where)
    clearance = _length(entry.get("clearance", 0.0), "clearance", where)
    usual = (*HARD_TYPES, ClashType.TOUCH, *((ClashType.CLEARANCE,) if clearance > 0 else ()))
    types = tuple(ClashType(word) for word in _words(entry, "types", where, BODY_TYPES, usual))
    zone = Zone(one_of(entry, "zone", tuple(Zone), where, Zone.AROUND))
    if ClashType.WORKFLOW not in types and (ClashType.CLEARANCE in types) != (clearance > 0):
        raise InvalidInput(
            "{where}: a clearance is looked for when types holds clearance and clearance is above 0; write both or"
            " neither.",
            where=where,
        )
    if zone is not Zone.AROUND and types != (ClashType.CLEARANCE,):
        raise InvalidInput(
            '{where}: a zone is for clearances only; write types = ["clearance"], and another rule for the rest.',
            where=where,
        )
    return ClashRule(
        name=name,
        a=_side(entry, "a", sides, where),
        b=_side(entry, "b", sides, where),
        types=types,
        tolerance=_length(entry.get("tolerance", DEFAULT_TOLERANCE), "tolerance", where),
        clearance=clearance,
        zone=zone,
        different=_words(entry, "different", where, DIFFERENCES, ()),
        severity=one_of(entry, "severity", SEVERITIES, where, "medium"),
        description=_both(entry, "description", where) if "description" in entry else {"zh": name, "en": name},
    )


def _joint(entry: Mapping[str, Any], sides: Mapping[str, Selector], number: int) -> Joint:
    name = required_text(entry, "name", say("[[by_design]] {number}", number=number))
    where = say("[[by_design]] {number}", number=name)
    known_keys(entry, _JOINT_KEYS, where)
    types = _words(entry, "types", where, JOINT_TYPES, (ClashType.HARD, ClashType.TOUCH))
    return Joint(
        name=name,
        a=_side(entry, "a", sides, where),
        b=_side(entry, "b", sides, where),
        types=tuple(ClashType(word) for word in types),
        same_class=_yes(entry, "same_class", False, where),
        same_model=_yes(entry, "same_model", True, where),
        reason=_both(entry, "reason", where),
    )


def _side(entry: Mapping[str, Any], key: str, sides: Mapping[str, Selector], where: Sentence) -> Selector:
    """Return side A or B: a table, the name of a [side.…], or a list of them, of which one must fit."""
    if key not in entry:
        raise InvalidInput(
            '{where}: side {key} is missing; write {key} = {{ classes = ["IfcWall"] }}, or {key} = {{}} for all'
            " elements.",
            where=where,
            key=key,
        )
    return _selector(entry[key], sides, say("{where}, side {key}", where=where, key=key))


def _selector(value: Any, sides: Mapping[str, Selector], where: Sentence) -> Selector:
    if isinstance(value, str):
        if value not in sides:
            raise InvalidInput(
                "{where}: there is no [side.{name}]; add it, or write one of {known}.",
                where=where,
                name=shown(value),
                known=", ".join(sides) or "–",
            )
        return sides[value]
    if isinstance(value, list):
        if not value:
            raise InvalidInput("{where}: the list is empty; write at least one side in it.", where=where)
        if any(isinstance(one, list) for one in value):
            raise InvalidInput("{where}: a list stands in a list; write one list of sides.", where=where)
        return Selector(either=tuple(_selector(one, sides, where) for one in value))
    entry = _table(value, "side", where)
    known_keys(entry, _SIDE_KEYS, where)
    classes = _patterns(entry, "classes", where)
    for pattern in classes:
        bare = pattern.removeprefix("!")
        if not set("*?[") & set(bare) and bare not in known_classes():
            raise InvalidInput(
                "{where}: no IFC schema has a product class {value}; mend its spelling (for instance IfcWall).",
                where=where,
                value=bare,
            )
    return Selector(
        disciplines=_patterns(entry, "disciplines", where),
        ifc_classes=classes,
        storeys=_patterns(entry, "storeys", where),
        psets=tuple(_property(test, where) for test in listed_tables(entry, "properties", where)),
        systems=_patterns(entry, "systems", where),
        names=_patterns(entry, "names", where),
        materials=_patterns(entry, "materials", where),
        predefined_types=_patterns(entry, "predefined", where),
    )


def _property(entry: Mapping[str, Any], where: Sentence) -> PropertyTest:
    known_keys(entry, _PROPERTY_KEYS, where)
    operator = one_of(entry, "is", OPERATORS, where)
    value = entry.get("value")
    if operator in ("exists", "missing"):
        wrong = value is not None
    elif operator in ("<", "<=", ">", ">="):
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    elif operator == "like":
        wrong = not isinstance(value, str)
    else:
        wrong = not isinstance(value, str | int | float)
    if wrong:
        raise InvalidInput(
            "{where}: the value {value} does not go with {operator}; write a number for < <= > >=, a text with * for"
            " like, none for exists and missing.",
            where=where,
            value=shown(value),
            operator=operator,
        )
    return PropertyTest(required_text(entry, "set", where), required_text(entry, "name", where), operator, value)


def _table(value: Any, key: str, where: Sentence) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(
            '{where}: {key} is {value}; write a table like {{ classes = ["IfcWall"] }}.',
            where=where,
            key=key,
            value=shown(value),
        )
    return value


def _both(entry: Mapping[str, Any], key: str, where: Sentence) -> Mapping[str, str]:
    """Return words in both languages; a plain text stands for both."""
    value = entry.get(key)
    both = {"zh": value, "en": value} if isinstance(value, str) else value
    if not isinstance(both, Mapping) or set(both) != {"zh", "en"}:
        both = {"zh": "", "en": ""}
    if not all(isinstance(text, str) and text.strip() for text in both.values()):
        raise InvalidInput(
            '{where}: {key} is not there in two languages; write {key} = {{ zh = "…", en = "…" }}.',
            where=where,
            key=key,
        )
    return dict(both)


def _words(
    entry: Mapping[str, Any], key: str, where: Sentence, known: Sequence[str], otherwise: Sequence[str]
) -> tuple[str, ...]:
    """Return a list of known words, each once."""
    value = entry.get(key, list(otherwise))
    if not isinstance(value, list) or (not value and otherwise) or not all(word in known for word in value):
        raise InvalidInput(
            "{where}: {key} is {value}; write a list of words out of {known}.",
            where=where,
            key=key,
            value=shown(value),
            known=" ".join(known),
        )
    return tuple(dict.fromkeys(value))


def _patterns(entry: Mapping[str, Any], key: str, where: Sentence) -> tuple[str, ...]:
    """Return a list of patterns; a single text stands for a list of one."""
    value = entry.get(key, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(p, str) and p.removeprefix("!").strip() for p in found):
        raise InvalidInput(
            '{where}: {key} is {value}; write a list of texts like ["…", "…*"].',
            where=where,
            key=key,
            value=shown(value),
        )
    return tuple(found)


def _yes(entry: Mapping[str, Any], key: str, otherwise: bool, where: Sentence) -> bool:
    value = entry.get(key, otherwise)
    if not isinstance(value, bool):
        raise InvalidInput("{where}: {key} is {value}; write true or false.", where=where, key=key, value=shown(value))
    return value


def _length(value: Any, key: str, where: Sentence) -> float:
    """Return a length in metres, at least 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:  # NaN fails, too
        raise InvalidInput(
            "{where}: {key} is {value}; write a number of metres from 0 to {most} (10 mm is 0.01).",
            where=where,
            key=key,
            value=shown(value),
            most=LONGEST,
        )
    return float(value)
