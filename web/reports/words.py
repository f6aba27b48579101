"""Words and figures of reports: amounts as readers of each language expect them, and always with their unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.judgement.measures import ASPECTS, measure_label
from twin.values.sentence import Sentence, in_language, say

NOTHING = "–"
MINUS = "−"
RESOURCE_NAMES: Mapping[str, Sentence] = {
    "funds": say("funds"),
    "labour": say("labour"),
    "machinery": say("machinery"),
    "concrete": say("concrete"),
    "steel": say("steel"),
    "land": say("land"),
}
LIGHT_NAMES: Mapping[str, Sentence] = {
    "red": say("Off plan"),
    "yellow": say("Needs attention"),
    "grey": say("No current report"),
    "green": say("On plan"),
}
WORST_FIRST = ("red", "yellow", "grey", "green")
_UNITS: Mapping[str, Sentence] = {
    "person-day": say("person-days"),
    "machine-day": say("machine-days"),
    "days": say("days"),
    "months": say("months"),
    "points": say("points"),
}
_SIGNS = {"m2": "m²", "m3": "m³", "ratio": ""}
_CURRENCIES = {"CNY": "元", "USD": "美元", "EUR": "欧元", "HKD": "港元"}


@dataclass(frozen=True, slots=True)
class Words:
    """How things are said in one language, "zh" or "en"."""

    language: str

    def __call__(self, sentence: str, *, capital: bool = True) -> str:
        """Say a sentence; as a heading with a capital letter."""
        text = in_language(sentence, self.language)
        return text[:1].upper() + text[1:] if capital else text

    def number(self, value: float | None, digits: int = 0, least: int | None = None) -> str:
        """Return a number with thousands separated, at most `digits` decimals, at least `least`.

        >>> Words("en").number(1234.5, 2), Words("en").number(-0.004, 2), Words("en").number(2, 2, 2)
        ('1,234.5', '0', '2.00')
        """
        if value is None:
            return NOTHING
        text = f"{round(value, digits) + 0.0:,.{digits}f}"
        whole, point, decimals = text.partition(".")
        decimals = decimals.rstrip("0").ljust(digits if least is None and not digits else least or 0, "0")
        return (whole + point + decimals if decimals else whole).replace("-", MINUS)

    def amount(self, value: float | None, unit: str = "") -> str:
        """Return a large amount with its unit: 3.4 亿, 1.23 万 in Chinese, 340 million, 12,300 in English."""
        if value is None:
            return NOTHING
        size, scale, word = abs(value), 1.0, ""
        if self.language == "zh":
            scale, word = (1e8, "亿") if size >= 1e8 else (1e4, "万") if size >= 1e4 else (1.0, "")
        elif size >= 1e6:
            scale, word = (1e9, " billion") if size >= 1e9 else (1e6, " million")
        digits = 2 if scale > 1 else 0 if size >= 100 else 1
        figure = f"{self.number(value / scale, digits)}{' ' if word and self.language == 'zh' else ''}{word}"
        return f"{figure}{'' if word and self.language == 'zh' else ' '}{self.unit(unit)}".strip()

    def used(self, use: Mapping[str, Any]) -> Sentence:
        """Return what was used of what was planned, with the unit once."""
        return say(
            "{used} of {planned} planned by then, {total} in all ({unit})",
            used=self.amount(use["used"]),
            planned=self.amount(use["planned"]),
            total=self.amount(use["total"]),
            unit=self.unit(use["unit"]),
        )

    def money(self, value: float | None, currency: str | None) -> str:
        """Return an amount of money; 4.2 亿元, CNY 420 million."""
        if value is None:
            return NOTHING
        name = currency or ""
        if self.language == "zh":
            return self.amount(value, _CURRENCIES.get(name, name)).strip()
        return f"{name} {self.amount(value)}".strip()

    def percent(self, share: float | None, digits: int = 1) -> str:
        """Return a share as per cent."""
        return NOTHING if share is None else f"{self.number(share * 100, digits, digits)} %"

    def points(self, share: float | None, unit: bool = True) -> str:
        """Return a difference of shares with its sign, in percentage points.

        >>> Words("en").points(-0.0512), Words("en").points(0.2, unit=False)
        ('−5.1 pp', '+20.0')
        """
        if share is None:
            return NOTHING
        text = self.number(share * 100, 1, 1)
        sign = "+" if share * 100 >= 0.05 else ""
        return f"{sign}{text} {self(say('pp'), capital=False) if unit else ''}".strip()

    def index(self, value: float | None) -> str:
        """Return an index such as SPI(t): two digits are what a reader compares."""
        return self.number(value, 2, 2)

    def change(self, now: int, before: int) -> str:
        """Return by how many a count changed."""
        return "±0" if now == before else f"+{now - before}" if now > before else f"{MINUS}{before - now}"

    def measured(self, evidence: Mapping[str, Any]) -> str:
        """Return the figure of a rule with its unit."""
        value, unit = evidence["value"], evidence["unit"]
        if value is None:
            return NOTHING
        if unit == "ratio":
            return self.percent(value)
        figure = self.number(value, 0 if float(value).is_integer() and unit else 2, None if unit else 2)
        return f"{figure} {self.unit(unit)}".strip()

    def compared(self, evidence: Mapping[str, Any]) -> str:
        """Return a rule's measure with its figure and what that was compared with; "" without a figure."""
        figure, threshold = self.measured(evidence), evidence["threshold"]
        if figure == NOTHING:
            return ""
        return f"{self.measure(evidence['measure'])} {figure}{f' ({threshold})' if threshold else ''}"

    def unit(self, unit: str) -> str:
        """Return a unit as people write it."""
        if unit == "元":
            return unit if self.language == "zh" else "CNY"
        found = _UNITS.get(unit)
        return _SIGNS.get(unit, unit) if found is None else self(found, capital=False)

    def measure(self, name: str) -> str:
        """Return what a measure of a rule is called."""
        return self(measure_label(name))

    def aspect(self, name: str) -> str:
        """Return what a rule speaks of."""
        return self(ASPECTS.get(name, name))

    def light(self, light: str) -> str:
        """Return what a light says."""
        return self(LIGHT_NAMES[light])

    def resource(self, name: str) -> str:
        """Return what a resource is called."""
        return self(RESOURCE_NAMES.get(name, name))


def decisive(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the verdicts that gave the light, those of what is judged before those of the data."""
    return [item for item in evidence if item["decisive"]]


def short_reason(words: Words, evidence: list[dict[str, Any]]) -> str:
    """Return why a light burns in one sentence, for a list that has progress and SPI(t) beside it."""
    told = decisive(evidence)[:1]
    return told[0]["clause"] if told and told[0]["measure"] == "spi_t" else reason(words, told)


def reason(words: Words, evidence: list[dict[str, Any]]) -> str:
    """Return why a light burns, in one sentence or two: the clauses that decided, each with its figure."""
    found = []
    for item in decisive(evidence):
        figure = words.measured(item)
        told = "" if figure == NOTHING or item["aspect"] == "data" else figure
        clause = str(item["clause"])
        bracketed = f"（{told}）" if words.language == "zh" else f" ({told})"
        found.append(f"{clause}{bracketed if told else ''}")
    return " ".join(found)
