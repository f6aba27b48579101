"""What a BCF program asks of a list: `$filter`, `$orderby`, `$top`, `$skip` of OData, as far as BCF-API needs them.

filter = all {"or" all}          all = one {"and" one}        one = ["not"] (test | "(" filter ")")
test = name operator literal | name "/any(" x ":" x operator literal ")" | "contains(" name "," literal ")"
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from twin.errors import InvalidInput

# What a thing is compared by: name → text, time, number, list of texts or None.
Facts = Mapping[str, Any]
Test = Callable[[Facts], bool]
Thing = TypeVar("Thing")

LONGEST = 4000  # characters of a filter
DEEPEST = 30  # brackets
MOST = 10_000  # things that are answered at once

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<time>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+\- ]\d\d:?\d\d)?)?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[()/:,]))"
)
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a list; an empty text or None: nothing."""

    filter: str = ""
    orderby: str = ""
    top: int | None = None
    skip: int = 0


def asked(given: Mapping[str, str]) -> Asked:
    """Return what a request's parameters ask of a list.

    Raises InvalidInput where `$top` or `$skip` is no count.
    """
    counts = {}
    for name in ("$top", "$skip"):
        text = given.get(name, "")
        if text and not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise InvalidInput("{name} is {value}: it must be a count, as 20.", name=name, value=text[:50])
        counts[name] = int(text) if text else None
    return Asked(given.get("$filter", ""), given.get("$orderby", ""), counts["$top"], counts["$skip"] or 0)


def chosen(
    things: Iterable[Thing],
    wanted: Asked,
    facts: Callable[[Thing], Facts],
    fields: Sequence[str],
    sorts: Sequence[str],
) -> list[Thing]:
    """Return the things that are asked for, in the order that is asked for.

    facts : of a thing, by name; fields, sorts : names that can be filtered and sorted by; the first sort is the usual

    Raises InvalidInput where the filter or the order is none.
    """
    test = parsed(wanted.filter, fields) if wanted.filter.strip() else None
    found = [(thing, facts(thing)) for thing in things]
    if test is not None:
        found = [pair for pair in found if test(pair[1])]
    for name, descending in reversed(_order(wanted.orderby, sorts)):
        found.sort(key=lambda pair: _sortable(pair[1].get(name)), reverse=descending)
    last = MOST if wanted.top is None else wanted.top
    return [thing for thing, _ in found[wanted.skip : wanted.skip + last]]


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, 0 if value is None else value)


def _order(text: str, sorts: Sequence[str]) -> list[tuple[str, bool]]:
    found = []
    for part in text.split(",") if text.strip() else [sorts[0]]:
        name, _, way = part.strip().partition(" ")
        if name not in sorts or way.strip() not in ("", "asc", "desc"):
            raise InvalidInput(
                "$orderby is {value}: name one of {known}, then asc or desc.", value=text[:100], known=", ".join(sorts)
            )
        found.append((name, way.strip() == "desc"))
    return found


def parsed(text: str, fields: Sequence[str]) -> Test:
    """Return the test that a filter is.

    >>> parsed("a eq 'x' or a eq 'y'", ["a"])({"a": "y"})
    True
    """
    if len(text) > LONGEST:
        raise InvalidInput("$filter is longer than {limit} characters: ask for less at once.", limit=LONGEST)
    return _Parser(text, fields).whole()


class _Parser:
    def __init__(self, text: str, fields: Sequence[str]) -> None:
        self._text, self._fields, self._depth, self._at = text, fields, 0, 0
        self._tokens: list[tuple[str, str]] = []
        end = 0
        stripped = text.rstrip()
        while end < len(stripped):
            match = _TOKEN.match(stripped, end)
            if match is None:
                raise self._wrong()
            assert match.lastgroup is not None
            self._tokens.append((match.lastgroup, match.group(match.lastgroup)))
            end = match.end()

    def whole(self) -> Test:
        found = self._either()
        if self._at < len(self._tokens):
            raise self._wrong()
        return found

    def _wrong(self) -> InvalidInput:
        return InvalidInput(
            "$filter is {value}: write it as topic_status eq 'Active' and creation_date gt 2026-06-01T00:00:00Z, "
            "with {known}.",
            value=self._text[:200],
            known=", ".join(self._fields),
        )

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self, *kinds: str) -> tuple[str, str]:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] not in kinds:
            raise self._wrong()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *values: str) -> None:
        for value in values:
            if self._peek() != value:
                raise self._wrong()
            self._at += 1

    def _either(self) -> Test:
        tests = [self._all()]
        while self._peek() == "or":
            self._at += 1
            tests.append(self._all())
        return lambda facts: any(test(facts) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._at += 1
            tests.append(self._one())
        return lambda facts: all(test(facts) for test in tests)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong()
        try:
            if self._peek() == "not":
                self._at += 1
                test = self._one()
                return lambda facts: not test(facts)
            if self._peek() == "(":
                self._take("(")
                inner = self._either()
                self._take(")")
                return inner
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Test:
        name = self._next("word")[1]
        if name == "contains":
            return self._contains()
        self._known(name)
        if self._peek() == "/":
            return self._any(name)
        compare, wanted = self._comparison()
        return lambda facts: _holds(compare, facts.get(name), wanted)

    def _contains(self) -> Test:
        self._take("(")
        name = self._known(self._next("word")[1])
        self._take(",")
        part = _literal(*self._next("text"))
        self._take(")")
        return lambda facts: any(part in text for text in _several(facts.get(name)) if isinstance(text, str))

    def _any(self, name: str) -> Test:
        self._take("/", "any", "(")
        each = self._next("word")[1]
        self._take(":", each)
        compare, wanted = self._comparison()
        self._take(")")
        return lambda facts: any(_holds(compare, item, wanted) for item in _several(facts.get(name)))

    def _known(self, name: str) -> str:
        if name not in self._fields:
            raise self._wrong()
        return name

    def _comparison(self) -> tuple[str, Any]:
        name = self._next("word")[1]
        if name not in _OPERATORS:
            raise self._wrong()
        try:
            return name, _literal(*self._next("text", "time", "number", "word"))
        except ValueError:
            raise self._wrong() from None


def _literal(kind: str, text: str) -> Any:
    """Return what a literal means; raises ValueError where it means nothing."""
    if kind == "text":
        return text[1:-1].replace("''", "'")
    if kind == "time":
        return instant(text)
    if kind == "number":
        return float(text)
    if text != "null":
        raise ValueError(text)
    return None


def instant(text: str) -> datetime:
    """Return a time, UTC; without a zone it is UTC, as everywhere in BCF. A plus sign may have become a space.

    >>> instant("2015-12-05T00:00:00 01:00").isoformat()
    '2015-12-04T23:00:00+00:00'
    """
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _several(value: Any) -> Sequence[Any]:
    """Return the items of a list; anything else is a list of itself."""
    return value if isinstance(value, tuple) else (value,)


def _holds(compare: str, value: Any, wanted: Any) -> bool:
    if isinstance(value, tuple):  # several, of which one must do
        return any(_holds(compare, item, wanted) for item in value)
    if compare in ("eq", "ne") or value is None or wanted is None:
        same = value == wanted
        return same if compare in ("eq", "ge", "le") else compare == "ne" and not same
    if isinstance(value, datetime) and isinstance(wanted, str):  # some programs write a time as a text
        try:
            wanted = instant(wanted)
        except ValueError:
            return False
    return type(value) is type(wanted) and _OPERATORS[compare](value, wanted)
