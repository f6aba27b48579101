"""What a reader of schedules finds on its way, and the typed values of one record."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from twin.values.sentence import Sentence, say

MOST_NOTICES = 200  # a file that is wrong in every line need not say so in every line
MOST_NAMES = 100
DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
DURATION = re.compile(r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
WHOLE = re.compile(r"[+-]?\d{1,15}")
TRUE, FALSE = {"1", "true"}, {"0", "false"}
NOTHING = {"0", "0.0", "0.00", "PT0H0M0S", "false"}
NO_DATE = {"NA", "N/A"}


class Findings:
    """Notices of what was mended, and counts of what is left aside."""

    def __init__(self) -> None:
        self._notices: list[Sentence] = []
        self._seen: set[Sentence] = set()
        self._broken: set[int] = set()
        self._beyond = 0
        self.lost = 0
        self._unread: list[Sentence] = []
        self._fields: dict[str, Counter[str]] = {}
        self._kinds: dict[str, Sentence] = {}

    def notice(self, sentence: Sentence) -> None:
        """Keep a notice, once; after `MOST_NOTICES` they are only counted."""
        if sentence in self._seen:
            return
        if len(self._seen) < 10 * MOST_NOTICES:
            self._seen.add(sentence)
        if len(self._notices) < MOST_NOTICES:
            self._notices.append(sentence)
        else:
            self._beyond += 1

    def lose(self, sentence: Sentence, count: int = 1) -> None:
        """Keep the notice of rows or values that are left out because they are broken; `count`: of them."""
        self.lost += count
        self.notice(sentence)

    def broken(self, where: Sentence, field: str, value: str, *, lost: bool = True) -> None:
        """Keep the notice that a value cannot be read, one loss however often it is asked for.

        lost : False where something else stands in for the value
        """
        sentence = say(
            "{where}: {field} is “{value}”, which cannot be read; it is left out.",
            where=where,
            field=field,
            value=value[:60],
        )
        if lost and hash(sentence) not in self._broken:
            self._broken.add(hash(sentence))
            self.lost += 1
        self.notice(sentence)

    def unread(self, sentence: Sentence) -> None:
        """Keep a sentence of what is left aside."""
        self._unread.append(sentence)

    def elements(self, counts: Mapping[str, int]) -> None:
        """Tell which elements of a file are left aside: name → how many."""
        for name, count in list(counts.items())[:MOST_NAMES]:
            self.unread(say("Elements <{name}>: {count}.", name=name[:60], count=count))
        rest = sum(list(counts.values())[MOST_NAMES:])
        if rest:
            self.unread(say("Elements with other names: {count}.", count=rest))

    def leave(self, kind: Sentence, fields: Iterable[str]) -> None:
        """Count fields of a kind of record that nobody reads."""
        self._kinds[str(kind)] = kind
        self._fields.setdefault(str(kind), Counter()).update(fields)

    @property
    def notices(self) -> tuple[Sentence, ...]:
        """All notices, the last one saying how many more there are."""
        more = (say("{count} more notices of this file are not listed.", count=self._beyond),) if self._beyond else ()
        return (*self._notices, *more)

    @property
    def left_aside(self) -> tuple[Sentence, ...]:
        """All that is left aside, one sentence for each kind of record."""
        fields = [
            say(
                "{kind}: {count} values are left aside ({fields}).",
                kind=self._kinds[kind],
                count=counts.total(),
                fields=_listed(counts),
            )
            for kind, counts in self._fields.items()
            if counts
        ]
        return (*self._unread, *fields)


class Record:
    """One element with its children as fields: texts are stripped, an empty one counts as missing."""

    __slots__ = ("element", "findings", "texts", "where")

    def __init__(self, element: Element, where: Sentence, findings: Findings) -> None:
        self.element, self.where, self.findings = element, where, findings
        self.texts: dict[str, str] = {}
        for child in element:
            if child.text and (text := child.text.strip()):
                self.texts.setdefault(child.tag, text)

    def text(self, name: str) -> str:
        """Return a field's text, "" where it is missing."""
        return self.texts.get(name, "")

    def first(self, *names: str) -> str:
        """Return the text of the first field that is there."""
        return next((self.texts[name] for name in names if name in self.texts), "")

    def leave(self, kind: Sentence, known: Set[str]) -> None:
        """Count the fields that are not `known` and say something (programs write out every zero)."""
        self.findings.leave(kind, [n for n, text in self.texts.items() if n not in known and text not in NOTHING])
        self.findings.leave(kind, [c.tag for c in self.element if len(c) and c.tag not in known])

    def date(self, *names: str) -> datetime | None:
        """Return the first of the fields that is a date: the wall clock of the file, whatever zone it adds."""
        for name in names:
            value = self.texts.get(name)
            if value is None or value in NO_DATE:
                continue
            found = read_date(value)
            if found is not None:
                return found
            self.findings.broken(self.where, name, value)
        return None

    def duration(self, name: str) -> timedelta | None:
        """Return an ISO 8601 duration (`PT16H30M0S`)."""
        value = self.texts.get(name)
        found = DURATION.fullmatch(value) if value else None
        if found is not None and value not in {"P", "-P", "PT", "-PT"}:
            sign, days, hours, minutes, seconds = found.groups()
            length = timedelta(int(days or 0), float(seconds or 0), 0, 0, int(minutes or 0), int(hours or 0))
            return -length if sign else length
        if value:
            self.findings.broken(self.where, name, value)
        return None

    def hours(self, *names: str) -> timedelta | None:
        """Return the first of the fields that is a number of hours, as a length of time."""
        for name in names:
            number = self.number(name)
            if number is None:
                continue
            if abs(number) < 1e9:
                return timedelta(hours=number)
            self.findings.broken(self.where, name, self.text(name))
        return None

    def number(self, *names: str) -> float | None:
        """Return the first of the fields that is a finite number; a decimal comma is mended, with a notice."""
        for name in names:
            value = self.texts.get(name)
            if value is None:
                continue
            plain = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
            number = float(plain) if len(plain) < 60 and NUMBER.fullmatch(plain) else math.nan
            if not math.isfinite(number):
                self.findings.broken(self.where, name, value)
                continue
            if plain != value:
                self.findings.notice(
                    say(
                        "{where}: {field} is “{value}”; its comma is read as a decimal point.",
                        where=self.where,
                        field=name,
                        value=value,
                    )
                )
            return number
        return None

    def whole(self, name: str) -> int | None:
        """Return a whole number of at most 15 digits."""
        value = self.texts.get(name)
        if value is None:
            return None
        if WHOLE.fullmatch(value):
            return int(value)
        self.findings.broken(self.where, name, value)
        return None

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.texts.get(name)
        if value is None:
            return default
        if value.lower() not in TRUE | FALSE:
            self.findings.broken(self.where, name, value)
            return default
        return value.lower() in TRUE

    def share(self, name: str, whole: float) -> float | None:
        """Return a field as a share from 0 to 1 of `whole` (100 for per cent)."""
        number = self.number(name)
        if number is None or 0 <= number <= whole:
            return None if number is None else number / whole
        self.findings.broken(self.where, name, self.text(name))
        return None


def _listed(counts: Counter[str]) -> str:
    """Return names with their counts, in order; of very many those that occur most."""
    most = sorted(counts.most_common(MOST_NAMES))
    return ", ".join(f"{name[:60]} {count}" for name, count in most) + (" …" if len(counts) > len(most) else "")


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set.

    >>> sorted(names("UID Name"))
    ['Name', 'UID']
    """
    return frozenset(text.split())


def read_date(text: str) -> datetime | None:
    """Return the date and time of an XML Schema `dateTime` or `date`; None where it is neither.

    >>> read_date("2026-02-17T08:00:00")
    datetime.datetime(2026, 2, 17, 8, 0)
    """
    found = DATE.fullmatch(text)
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}") if found else None
    except ValueError:
        return None
