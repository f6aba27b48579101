"""Tables as text: commas, semicolons or tabs; UTF-8, UTF-16 or GB18030."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Collection

from twin.errors import InvalidInput
from twin.exchange.table import MAX_ROWS, MAX_TEXT, Table
from twin.exchange.table_header import Row, make_table
from twin.values.project import CellProblem
from twin.values.sentence import Sentence, say

_SEPARATORS = (",", ";", "\t", "|")
_CHINESE = {"gbk", "gb2312", "gb18030", "cp936", "936", "ansi936"}


def read_csv(
    content: bytes, file: str, *, encoding: str | None = None, known: Collection[str] = (), tabs: bool = False
) -> Table:
    """Return the table of a text file; `tabs`: its suffix says that tabs separate the cells."""
    text, notices = _decoded(content, file, encoding)
    told = re.match(r'"?sep=(.)"?\r?\n', text)  # a line that Excel writes and reads
    separator = told[1] if told else _separator(text, tabs)
    rows: list[Row] = []
    problems: dict[tuple[int, int], CellProblem] = {}
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if told and number == 1:
                continue
            rows.append((number, [_cell(cell, number, i, problems) for i, cell in enumerate(cells)]))
            if number > MAX_ROWS * 2:
                raise InvalidInput("{file} has more than {limit} rows: split it.", file=file, limit=MAX_ROWS)
    except csv.Error as error:
        raise InvalidInput(
            "{file} cannot be read from row {row} on: {problem}.",
            file=file,
            row=number + 1,
            problem=_problem(str(error)),
        ) from error
    return make_table(rows, file, known=known, notices=notices, problems=problems)


def _problem(words: str) -> Sentence:
    """Return what is wrong where the csv module gives up, in our own words."""
    if "field limit" in words:
        return say(
            "a cell has more than {limit} signs; shorten it, or close its quotation mark if it should end before",
            limit=csv.field_size_limit(),
        )
    if "end of data" in words:
        return say("a quotation mark is opened there and never closed; close it")
    return say(
        "after a closing quotation mark the text goes on; write two quotation marks for one that stands in a text"
    )


def _cell(text: str, row: int, index: int, problems: dict[tuple[int, int], CellProblem]) -> str | None:
    """Return a cell without the spaces around it, None for an empty one; formulas and far too long texts are noted."""
    plain = text.strip()
    if plain.startswith("="):
        problems[row, index] = CellProblem(row, "", plain[:80], formula())
    elif len(plain) > MAX_TEXT:
        problems[row, index] = CellProblem(
            row, "", plain[:80], say("the text is longer than {limit} signs", limit=MAX_TEXT)
        )
    return plain or None


def formula() -> Sentence:
    """Return what is said of a text that a spreadsheet would compute."""
    return say("the cell holds a formula: write its value")


def _separator(text: str, tabs: bool) -> str:
    """Return what separates the cells: that which cuts most of the first rows into equally many, and many, cells."""
    sample = text[:200_000].splitlines(keepends=True)[:200]

    def score(separator: str) -> tuple[float, int]:
        lengths: list[int] = []
        try:
            lengths.extend(len(row) for row in csv.reader(sample, delimiter=separator) if any(row))
        except csv.Error:
            return 0.0, 0
        wide = Counter(length for length in lengths if length > 1)
        if not wide:
            return 0.0, 0
        usual, times = wide.most_common(1)[0]
        return times / len(lengths), usual

    order = ("\t", *_SEPARATORS) if tabs else _SEPARATORS
    best = max(order, key=score)  # of equals the first
    return best if score(best)[1] else ","


def _decoded(content: bytes, file: str, encoding: str | None) -> tuple[str, list[Sentence]]:
    """Return the text of a file and what is told of its encoding."""
    if encoding is not None:
        return _plain(content.decode(_codec(encoding), "replace"), file), []
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _plain(_tried(content, "utf-16") or "", file), []
    if b"\0" in content[:4096]:  # no other text has zeros; of the two orders the one that has lines
        tried = [_tried(content, codec) or "" for codec in ("utf-16-le", "utf-16-be")]
        return _plain(next((text for text in tried if "\n" in text or "\r" in text), ""), file), []
    text = _tried(content, "utf-8-sig")
    if text is not None:
        return _plain(text, file), []
    text = _tried(content, "gb18030")
    if text is None:
        raise InvalidInput(
            "The texts of {file} are neither UTF-8 nor GB18030: save the file as UTF-8 or name its encoding.", file=file
        )
    told = say("The file does not say how its texts are written: read as {encoding}.", encoding="GB18030")
    return _plain(text, file), [told]


def _codec(name: str) -> str:
    """Return Python's name of an encoding that a user named."""
    plain = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    if plain in _CHINESE:
        return "gb18030"
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        found = None
    if found is None or not found._is_text_encoding:
        raise InvalidInput("The encoding {encoding} is not known: write GB18030 or UTF-8.", encoding=repr(name)[:60])
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _tried(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeError:
        return None


def _plain(text: str, file: str) -> str:
    """Return a text that is one: without the mark at its begin; refused where it has the zeros of a binary file."""
    if "\0" in text or not text.strip():
        raise InvalidInput(
            "{file} is neither a table nor text: save it as .xlsx or as CSV in UTF-8.",
            file=file,
        )
    return text.removeprefix("\ufeff")
