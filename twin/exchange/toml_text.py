"""What is wrong with a TOML text, in our own words: the library's are English only and speak of its own terms."""

import re
import tomllib

from twin.values.sentence import Sentence, say

_AT = re.compile(r"\(at line (\d+), column (\d+)\)$")


# What the library's words begin with → ours; the first that fits.
_WORDS = (
    ("Expected '=' after a key", say("after the name comes no “=”")),
    (
        "Invalid (value|date|hex)",
        say("the value is missing, or is no number, date, true, false or text in quotation marks"),
    ),
    ("Cannot (overwrite|declare|mutate)|Duplicate", say("the name stands here for the second time")),
    ("Unclosed (array|inline table)|Expected '\\]", say("a bracket is not closed")),
    ("Unescaped|Escaped", say("write “\\\\” for a “\\” in a text, or put the text in single quotation marks")),
    (
        "Unterminated string|Expected [\"']|Illegal character",
        say("the text is not closed with a quotation mark, or holds a sign that may not stand in it"),
    ),
    (
        "Expected newline or end of document",
        say("the line goes on after its value, or the value is no number, date or text in quotation marks"),
    ),
    ("Invalid (initial character for a key part|statement)", say("here should stand a name")),
    ("", say("this cannot stand here")),
)


def toml_problem(text: str, error: Exception) -> Sentence:
    """Return what is wrong with a TOML text and where; `error`: what `tomllib.loads` raised for it.

    >>> try:
    ...     tomllib.loads("a = 1\\nb = x")
    ... except ValueError as error:
    ...     print(toml_problem("a = 1\\nb = x", error))
    line 2, column 5: the value is missing, or is no number, date, true, false or text in quotation marks
    """
    if isinstance(error, UnicodeDecodeError):
        return say("it is not UTF-8 text")
    if not isinstance(error, tomllib.TOMLDecodeError):  # RecursionError, or a number that Python does not convert
        return say("a number has too many digits, or too many brackets stand in one another")
    at = _AT.search(str(error))
    if at is None:  # "at end of document"
        lines = text.replace("\r\n", "\n").split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    else:
        line, column = int(at[1]), int(at[2])
    what = next(ours for words, ours in _WORDS if re.match(words, str(error)))
    return say("line {line}, column {column}: {what}", line=line, column=column, what=what)
