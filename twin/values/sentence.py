"""Sentences for people: an English text that remembers how to become Chinese.

Every message a user may read (an error, a conflict, a ledger reason) is a `Sentence`.  It *is* its English text, so it
can be printed, compared and stored like any string; it also keeps the template and the values it was made from, so the
edge (command line, HTTP, page) can say it in another language through the catalogue `sentences.zh.json`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Self

LANGUAGES = ("zh", "en")


class Sentence(str):
    """An English sentence with its template and values.

    >>> s = say("{count} elements failed.", count=3)
    >>> s
    '3 elements failed.'
    >>> s.template
    '{count} elements failed.'
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Self:
        """Format the template; one without values is taken letter by letter."""
        sentence = super().__new__(cls, template.format(**values) if values else template)
        sentence.template = template
        sentence.values = dict(values)
        return sentence

    def packed(self) -> list[Any]:
        """Return `[template, values]`, the JSON form that `unpack` reads back (for the store)."""
        return [self.template, {k: v.packed() if isinstance(v, Sentence) else v for k, v in self.values.items()}]


def say(template: str, **values: Any) -> Sentence:
    """Make a sentence from an English template in `str.format` form and its values (str, int, float or Sentence)."""
    return Sentence(template, values)


def unpack(packed: list[Any]) -> Sentence:
    """Return the sentence that `Sentence.packed` wrote.

    >>> unpack(say("{n} m", n=2).packed())
    '2 m'
    """
    template, values = packed
    return Sentence(template, {k: unpack(v) if isinstance(v, list) else v for k, v in values.items()})


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return template → translated template for `language`; empty for English, the language of the templates."""
    if language == "en":
        return {}
    text = (files("twin.values") / f"sentences.{language}.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def in_language(sentence: str, language: str) -> str:
    """Say `sentence` in `language` ("zh" or "en"); a plain string, or one the catalogue lacks, stays as it is."""
    if not isinstance(sentence, Sentence) or language == "en":
        return str(sentence)
    template = catalogue(language).get(sentence.template, sentence.template)
    if not sentence.values:
        return template
    return template.format(
        **{k: in_language(v, language) if isinstance(v, str) else v for k, v in sentence.values.items()}
    )
