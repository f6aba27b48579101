"""Damage: a file's bytes and a source of chance in, bytes that some program, disk or enemy might have written out."""

import random
import re
from collections.abc import Callable

# What readers of numbers, dates, texts and references stumble over.
HOSTILE = (
    *("1e400", "-1e308", "1e-320", "NaN", "nan", "inf", "-inf", "-0.0", "9" * 400, "0x41", "１２", "1,5", "--1", "1e"),
    *("-1", "0", "1", "2147483648", "-9223372036854775809", "18446744073709551616", "1.0000000000000001"),
    *("0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01T25:61:61", "1899-12-31", "-0001-01-01"),
    *("24:00", "P-1D", "PT9999999999999H", "P1Y", "PT8H0M0S"),
    *("", " ", "'", '"', "''", '"""', "\\", "\\X2\\4F60\\X0\\", "\\X2\\D800\\X0\\", "\\S\\", "$", "*", ".T.", ".U."),
    *("#1", "#0", "#-1", "#99999999999999999999", "()", "((((", "))))", "(#1,#1,#1)", ";", ",", "\t", "\n", "\r\n"),
    *("<script>", "&#0;", "&#xD800;", "&lol;", "<![CDATA[", "]]>", "<!--", "-->", "<?x", "%s%n", "{0}", "=1+1"),
    *("../../etc/passwd", "a\x00b", "\u202etxt", "\ufeff", "\U0001f3d7", "é" * 70, "A" * 5000, "项目" * 300),
)
NUMBER = re.compile(rb"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
Mutation = Callable[[random.Random, bytes], bytes]


def hostile(chance: random.Random) -> bytes:
    """Return a word that readers stumble over."""
    word = chance.choice(HOSTILE)
    return word.encode("gb18030" if chance.random() < 0.05 else "utf-8", "replace")


def _span(chance: random.Random, data: bytes, most: int = 400) -> tuple[int, int]:
    at = chance.randrange(len(data) + 1)
    return at, min(len(data), at + chance.randrange(1, most))


def flip(chance: random.Random, data: bytes) -> bytes:
    """Flip bits of a few bytes."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 30))):
        if made:
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def truncate(chance: random.Random, data: bytes) -> bytes:
    """Cut the end off, or the beginning."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.8 else data[at:]


def delete(chance: random.Random, data: bytes) -> bytes:
    """Take a piece out."""
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def repeat(chance: random.Random, data: bytes) -> bytes:
    """Write a piece twice, or many times."""
    start, end = _span(chance, data)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 50)) + data[end:]


def move(chance: random.Random, data: bytes) -> bytes:
    """Move a piece to another place."""
    start, end = _span(chance, data)
    rest = data[:start] + data[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + data[start:end] + rest[at:]


def insert(chance: random.Random, data: bytes) -> bytes:
    """Put a hostile word, or noise, somewhere."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + (hostile(chance) if chance.random() < 0.7 else chance.randbytes(16)) + data[at:]


def number(chance: random.Random, data: bytes) -> bytes:
    """Write something else for a number."""
    found = [match.span() for match in NUMBER.finditer(data)]
    return replaced(chance, data, found)


def replaced(chance: random.Random, data: bytes, spans: list[tuple[int, int]]) -> bytes:
    """Write for one of these spans a hostile word, or what stands in another of them."""
    if not spans:
        return insert(chance, data)
    start, end = chance.choice(spans)
    other = chance.choice(spans)
    new = hostile(chance) if chance.random() < 0.6 else data[other[0] : other[1]]
    return data[:start] + new + data[end:]


def recode(chance: random.Random, data: bytes) -> bytes:
    """Write the text in another encoding, or with other line ends."""
    text = data.decode("utf-8", "replace")
    how = chance.choice(("utf-16", "utf-16-be", "gb18030", "utf-8-sig", "latin-1", "cr", "crlf", "nul"))
    if how in ("cr", "crlf", "nul"):
        return data.replace(b"\n", {"cr": b"\r", "crlf": b"\r\n", "nul": b"\0\n"}[how])
    return text.encode(how, "replace")


BYTES: tuple[Mutation, ...] = (flip, truncate, delete, repeat, move, insert, number, recode)


def several(chance: random.Random, data: bytes, own: tuple[Mutation, ...], general: float = 0.15) -> bytes:
    """Damage data one to six times: mostly in ways of its own format, some times in ways any file may be."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        data = chance.choice(BYTES if chance.random() < general else own)(chance, data)
    return data
