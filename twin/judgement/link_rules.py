"""The links file of a project: rules, in TOML, that say which elements a task builds.

Patterns are globs (`*` and `?`) on names folded for comparison; regular expressions are not read, since one written
badly takes for ever.  `docs/links.md` explains the file to its writers.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NoReturn

from twin.errors import InvalidInput
from twin.exchange.toml_text import toml_problem

FIELDS = ("class", "storey", "discipline", "model", "name", "zone", "system")
MOST_BYTES = 1_000_000
MOST_RULES = 254  # `Links.how` is a byte: 0 is a relation
MOST_LETTERS = 500
_KEYS = ("task", *FIELDS, "pset", "also", "note")
_FIELD_LIST = ", ".join(f"{{{name}}}" for name in FIELDS)
_PART = re.compile(r"\{\{|\}\}|\{(\w+)\}|[{}]")
_VARIANT = re.compile(r"(standardcase|elementedcase)$")

Scalar = str | int | float | bool


def folded(text: str) -> str:
    """Return a text as names are compared: full width as half width, small letters, no blanks around.

    >>> folded(" １Ｆ（A区） ")
    '1f(a区)'
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()


@dataclass(frozen=True)
class Glob:
    """A pattern: `*` is any text, `?` one letter, everything else itself."""

    pattern: str

    def matches(self, text: str) -> bool:
        """Tell whether a folded text matches as a whole; time grows with its length times the pattern's, no worse.

        >>> Glob("*外墙*").matches(folded("A-外墙-200"))
        True
        """
        return self.test(text)

    @cached_property
    def test(self) -> Callable[[str], bool]:
        """The same as a plain function, made once."""
        wanted = folded(self.pattern)
        middle = wanted.strip("*")
        if not re.search(r"[*?]", middle):
            if wanted == middle:
                return lambda text: text == wanted
            if wanted.startswith("*"):
                return (lambda text: middle in text) if wanted.endswith("*") else (lambda text: text.endswith(middle))
            return lambda text: text.startswith(middle)
        first, *rest = (_letters(chunk) for chunk in re.split(r"\*+", wanted))
        # each piece between two stars is taken where it first occurs and never given back (?>…): no backtracking
        last = f".*{rest.pop()}" if rest else ""
        expression = re.compile(first + "".join(f"(?>.*?{chunk})" for chunk in rest) + last, re.DOTALL)
        return lambda text: expression.fullmatch(text) is not None


Wish = Glob | int | float | bool


def _letters(chunk: str) -> str:
    return re.escape(chunk).replace(r"\?", ".")


def class_matches(glob: Glob, ifc_class: str) -> bool:
    """Tell whether a folded IFC class is meant: IfcWall means IfcWallStandardCase and IfcWallElementedCase too."""
    return glob.matches(ifc_class) or glob.matches(_VARIANT.sub("", ifc_class))


@dataclass(frozen=True)
class TaskTemplate:
    """The task a rule names: `parts` are texts and, between them, the names of what an element fills in."""

    text: str
    parts: Sequence[tuple[str, str | None]]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it needs, each once, in the order of `FIELDS`."""
        used = {name for _, name in self.parts}
        return tuple(name for name in FIELDS if name in used)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with values in place of its fields; braces in values are just letters."""
        return "".join(text + (values[name] if name else "") for text, name in self.parts)


@dataclass(frozen=True)
class Rule:
    """One rule; all its conditions must hold, each where any of its patterns or values does.

    number : from 1, in the order of the file
    psets : path ("Set.Property", or an attribute such as "predefined_type") → values, texts as globs
    also : adds its tasks to those that earlier rules and the file's own relations gave
    """

    number: int
    tasks: Sequence[TaskTemplate]
    conditions: Mapping[str, Sequence[Glob]] = field(default_factory=dict)
    psets: Mapping[str, Sequence[Wish]] = field(default_factory=dict)
    also: bool = False

    @property
    def name(self) -> str:
        """What it is called in messages: its number and its tasks."""
        return f"{self.number} ({', '.join(task.text for task in self.tasks)})"


@dataclass(frozen=True)
class LinkRules:
    """All rules of a project, in the order of the file: the first that matches an element counts."""

    rules: Sequence[Rule]


def parse_rules(text: str) -> LinkRules:
    """Return the rules of a links file; raises InvalidInput with the sentence that says which rule to mend and how."""
    if len(text) > MOST_BYTES:
        raise InvalidInput("The links file has more than {most} letters: write fewer, wider rules.", most=MOST_BYTES)
    try:
        document = tomllib.loads(text := text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The links file is not TOML ({error}): mend that place.", error=toml_problem(text, error)
        ) from error
    for key in document:
        if key != "rule":
            raise InvalidInput("The links file knows only [[rule]], not “{key}”: remove it.", key=key)
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise InvalidInput("The links file has no rule: start each one with a line [[rule]].")
    if len(tables) > MOST_RULES:
        raise InvalidInput(
            "The links file has {count} rules, more than {most}: write fewer, wider rules.",
            count=len(tables),
            most=MOST_RULES,
        )
    return LinkRules(tuple(_rule(number, table) for number, table in enumerate(tables, 1)))


def _rule(number: int, table: Mapping[str, Any]) -> Rule:
    for key in table:
        if key not in _KEYS:
            _refuse_key(number, key)
    if "task" not in table:
        raise InvalidInput('Rule {number} names no task: add task = "…", its id, code or name.', number=number)
    also = table.get("also", False)
    if not isinstance(also, bool):
        raise InvalidInput("Rule {number}: “also” must be true or false.", number=number)
    return Rule(
        number,
        tuple(_template(number, text) for text in _texts(number, "task", table["task"])),
        {
            key: tuple(_glob(number, key, text) for text in _texts(number, key, table[key]))
            for key in FIELDS
            if key in table
        },
        _psets(number, table.get("pset", {})),
        also,
    )


def _refuse_key(number: int, key: str) -> NoReturn:
    close = get_close_matches(key.casefold(), _KEYS, 1)
    if close:
        raise InvalidInput(
            "Rule {number} has “{key}”, which no rule knows: “{close}” perhaps?", number=number, key=key, close=close[0]
        )
    raise InvalidInput(
        "Rule {number} has “{key}”, which no rule knows: use {known}.", number=number, key=key, known=", ".join(_KEYS)
    )


def _texts(number: int, key: str, value: Any) -> list[str]:
    """Return a text or a list of texts as a list."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InvalidInput(
            "Rule {number}: “{key}” must be a text or a list of texts, none of them empty.", number=number, key=key
        )
    for text in texts:
        if len(text) > MOST_LETTERS:
            raise InvalidInput(
                "Rule {number}: a text of “{key}” has more than {most} letters: shorten it.",
                number=number,
                key=key,
                most=MOST_LETTERS,
            )
    return texts


def _glob(number: int, key: str, text: str) -> Glob:
    if text.startswith("re:"):
        raise InvalidInput(
            "Rule {number}: “{key}” is a regular expression ({text}), which is not read: use * for any text and ? for "
            "one letter.",
            number=number,
            key=key,
            text=text,
        )
    return Glob(text)


def _template(number: int, text: str) -> TaskTemplate:
    parts: list[tuple[str, str | None]] = []
    before, end = "", 0
    for found in _PART.finditer(text):
        before, end = before + text[end : found.start()], found.end()
        if found[0] in ("{{", "}}"):
            before += found[0][0]
            continue
        if found[1] is None:
            raise InvalidInput(
                "Rule {number}: the task “{text}” has a single brace: write {known}, or the brace twice where the "
                "name has one.",
                number=number,
                text=text,
                known=_FIELD_LIST,
            )
        if found[1] not in FIELDS:
            raise InvalidInput(
                "Rule {number}: the task “{text}” asks for “{name}”, which no element has: use {known}.",
                number=number,
                text=text,
                name=found[1],
                known=_FIELD_LIST,
            )
        parts.append((before, found[1]))
        before = ""
    return TaskTemplate(text, (*parts, (before + text[end:], None)))


def _psets(number: int, value: Any) -> dict[str, tuple[Wish, ...]]:
    if not isinstance(value, dict):
        raise InvalidInput(
            "Rule {number}: “pset” must be a table such as {example}.",
            number=number,
            example='{ "Pset_WallCommon.IsExternal" = true }',
        )
    found = {}
    for path, wanted in _paths(value):
        values = wanted if isinstance(wanted, list) else [wanted]
        if not values or not all(isinstance(item, str | int | float | bool) for item in values):
            raise InvalidInput(
                "Rule {number}: the value of “{path}” must be a text, a number, true or false, or a list of such.",
                number=number,
                path=path,
            )
        texts = [item for item in values if isinstance(item, str)]
        if any(len(text) > MOST_LETTERS for text in texts):
            _texts(number, path, texts)
        found[path] = tuple(_glob(number, path, item) if isinstance(item, str) else item for item in values)
    return found


def _paths(table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return path → value; a path written without quotes is a table in a table to TOML."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and value:
            found += [(f"{key}.{inner}", item) for inner, item in _paths(value)]
        else:
            found.append((key, value))
    return found
