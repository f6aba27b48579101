"""The bytes of a Primavera XER file as text: which encoding, which lines.

P6 writes the code page of the Windows it runs on and does not say which one: cp1252 in the West, GB18030 (GBK) in
China, UTF-8 from newer servers.  The choice is made by trial, and told whenever it mattered.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from twin.values.sentence import Sentence, say

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH_RUN = re.compile(rb"([A-Za-z]?)([\x80-\xff]+)(?=([A-Za-z]?))")
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)?")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file, and what is to be told of its encoding; `guess` only where names depend on it."""

    text: str
    notices: tuple[Sentence, ...] = ()
    guess: Sentence | None = None


def decode(data: bytes) -> Decoded:
    """Return the text of an XER file; no bytes are refused, letters that cannot be read become U+FFFD and are told."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding)
    if data.startswith(b"E\x00R\x00"):
        return _decoded(data, "utf-16-le")
    if data.isascii():
        return Decoded(data.decode("ascii"))
    if _is_utf8(data):
        return _decoded(data, "utf-8")
    return _decoded(data, "gb18030" if _looks_chinese(data) else "cp1252", guessed=True)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, line) at CR LF, LF or CR, whichever come; not at the other breaks Unicode knows.

    >>> list(lines("a\\r\\nb\\rc\\n"))
    [(1, 'a'), (2, 'b'), (3, 'c'), (4, '')]
    """
    for number, match in enumerate(_LINE.finditer(text), 1):
        yield number, match[1]


def _decoded(data: bytes, encoding: str, *, guessed: bool = False) -> Decoded:
    """Decode with replacement; a guess and every letter that was replaced are told."""
    text = data.decode(encoding, "replace")
    notices = []
    guess = say(
        "The file does not say its encoding: it was read as {encoding}. If names look wrong, save it as UTF-8.",
        encoding=encoding,
    )
    if lost := text.count("\ufffd") - _stated_replacements(data, encoding):
        notices.append(
            say("{count} characters cannot be read in {encoding} and became �.", count=lost, encoding=encoding)
        )
    return Decoded(text, tuple(notices), guess if guessed else None)


def _stated_replacements(data: bytes, encoding: str) -> int:
    """Count the U+FFFD that the file itself holds: another program lost those letters."""
    return data.count("\ufffd".encode(encoding)) if encoding == "utf-8" else 0


def _is_utf8(data: bytes) -> bool:
    """Is this UTF-8, but for a few letters that P6 cut in two at the end of a field."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd") - _stated_replacements(data, "utf-8")
    if not lost:
        return True
    letters = sum(len(run) for run in re.findall("[\x80-\U0010ffff]+", text)) - lost
    return letters >= 10 * lost


def _looks_chinese(data: bytes) -> bool:
    """Are the bytes above 127 pairs, as in Chinese, rather than single letters inside Latin words.

    >>> _looks_chinese("基础施工".encode("gbk")), _looks_chinese("FUNDAÇÃO Bürohaus".encode("cp1252"))
    (True, False)
    """
    chinese = latin = 0
    for match in _HIGH_RUN.finditer(data):
        before, run, after = match.groups()
        if len(run) % 2 or (len(run) == 2 and before and after):
            latin += 1
        else:
            chinese += 1
    # Cyrillic or Greek words have odd and even lengths alike, Chinese ones are nearly all even.
    return chinese > 3 * latin
