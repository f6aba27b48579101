"""Texts of map files that do not say how they are written, or say it wrong: Shapefiles and tables from China.

A Shapefile's texts come here as bytes. What stands in them decides, not what the `.cpg` file claims: UTF-8 is hardly
ever valid by chance, and Chinese in GB18030 (which holds GBK and GB2312) is told from Western code pages by how much of
it are common characters.
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InvalidInput
from twin.values.sentence import Sentence, say

# The language byte of a dBASE file → Python's codec.
_LANGUAGES = {
    **{0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252"},
    **{0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950", 0x4E: "cp949", 0x79: "cp949"},
    **{0x13: "cp932", 0x7B: "cp932", 0x64: "cp852", 0xC8: "cp1250", 0x65: "cp866", 0xC9: "cp1251"},
}
_CHINESE = {"gbk", "gb2312", "gb18030", "936", "cp936", "ms936", "hz", "euc_cn", "euccn", "gb_2312_80"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How texts are decoded: `errors` as in `bytes.decode`; `notice` says what was found, None when it was told."""

    name: str
    errors: str = "strict"
    notice: Sentence | None = None

    def decode(self, text: bytes) -> str:
        """Return a text; a last character that its field cut in two is left out."""
        try:
            return text.decode(self.name)
        except UnicodeDecodeError as error:
            if error.start >= len(text) - 3 and ("unexpected end" in error.reason or "incomplete" in error.reason):
                return text[: error.start].decode(self.name, self.errors)
            return text.decode(self.name, self.errors)


def codec_named(name: str) -> str | None:
    """Return Python's name of an encoding as users and `.cpg` files write it; None when there is none.

    >>> codec_named("GBK"), codec_named("ANSI 936"), codec_named("65001"), codec_named("UTF8"), codec_named("nonsense")
    ('gb18030', 'gb18030', 'utf-8', 'utf-8', None)
    """
    plain = re.sub(r"^(?:ansi|oem|cp|windows|ms)?[\s_-]*(?=\d)", "", name.strip().lower())
    if plain.replace("-", "_") in _CHINESE:
        return "gb18030"
    if plain in ("65001", "utf8"):
        return "utf-8"
    special = {"88591": "iso8859-1", "8859_1": "iso8859-1", "1252": "cp1252"}
    for word in (special.get(plain, ""), plain, f"cp{plain}"):
        try:
            found = codecs.lookup(word) if word and word.isascii() else None
        except LookupError:
            continue
        if found is not None and found._is_text_encoding:
            return found.name
    return None


def asked_encoding(name: str) -> Encoding:
    """Return the encoding that a user named; what does not decode is replaced."""
    codec = codec_named(name)
    if codec is None:
        raise InvalidInput(
            "The encoding {encoding} is not known: type for instance --encoding GB18030 or --encoding UTF-8.",
            encoding=repr(name)[:60],
        )
    return Encoding(codec, "replace")


def find_encoding(values: Iterable[bytes], *, declared: str | None, language: int, file: str) -> Encoding:
    """Return how texts are written.

    values : all texts that occur
    declared : content of a `.cpg` file
    language : language byte of the dBASE header

    Raises InvalidInput where no one encoding fits all of them.
    """
    wide = [value for value in values if not value.isascii()]
    claimed = codec_named(declared) if declared else None
    if not wide:
        return Encoding(claimed or "utf-8")
    utf8 = [value for value in wide if _decodes(value, "utf-8")]
    if len(utf8) == len(wide) and not _pairs_only(wide):
        return _told("utf-8", claimed, declared)
    if claimed and claimed != "utf-8" and all(_decodes(value, claimed) for value in wide):
        return Encoding(claimed)
    if sum(_highest(value) >= "\u0800" for value in utf8) > 0.02 * len(wide):
        raise _mixture(file)
    by_language = _LANGUAGES.get(language)
    for codec in _candidates(wide, by_language):
        if all(_decodes(value, codec) for value in wide):
            return _told(codec, claimed, declared)
    raise _mixture(file)


def _candidates(wide: Sequence[bytes], by_language: str | None) -> list[str]:
    """Return the encodings to try, the likeliest first."""
    if by_language and not by_language.startswith(("cp12", "cp437", "cp8")):
        return [by_language, "gb18030"]
    chinese = _looks_chinese(wide)
    return ["gb18030"] if chinese else [by_language or "cp1252", "gb18030"]


def _pairs_only(wide: Sequence[bytes]) -> bool:
    """Return whether valid UTF-8 is rather Chinese in GB 2312, some of whose pairs are letters in UTF-8 ("一" is "һ").

    Chinese in UTF-8 has signs of three bytes; words of other scripts have Latin letters or pairs that are not Chinese.
    """
    if any(_highest(value) >= "\u0800" for value in wide):
        return False
    whole = b"".join(wide)
    letters = sum(chr(sign).isalpha() for sign in whole if sign < 128)
    try:
        whole.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return letters < len(whole) / 4


def _highest(value: bytes) -> str:
    """Return the highest sign of a text in UTF-8."""
    return max(Encoding("utf-8").decode(value), default="")


def _looks_chinese(wide: Sequence[bytes]) -> bool:
    """Return whether bytes read as GB18030 are mostly characters of GB 2312, its common ones."""
    common = strange = 0
    for value in wide:
        for sign in Encoding("gb18030", "replace").decode(value):
            if not sign.isascii():
                try:
                    common += len(sign.encode("gb2312")) == 2
                except UnicodeEncodeError:
                    strange += 1
    return common > 2 * strange


def _told(codec: str, claimed: str | None, declared: str | None) -> Encoding:
    """Return an encoding that was found, with a notice where it is not what was claimed."""
    if claimed == codec:
        return Encoding(codec)
    if declared:
        return Encoding(
            codec,
            notice=say(
                "The .cpg file says {declared}, but the texts are {encoding} and were read so.",
                declared=declared.strip()[:40],
                encoding=codec.upper(),
            ),
        )
    if codec == "utf-8":
        return Encoding(codec)
    return Encoding(
        codec,
        notice=say(
            "The file does not say how its texts are written: read as {encoding} (--encoding says it otherwise).",
            encoding=codec.upper(),
        ),
    )


def _decodes(value: bytes, codec: str) -> bool:
    try:
        Encoding(codec).decode(value)
    except UnicodeDecodeError:
        return False
    return True


def _mixture(file: str) -> InvalidInput:
    return InvalidInput(
        "The texts of {file} are not all in one encoding: export it again as UTF-8, or type --encoding GB18030 to have "
        "what does not fit replaced.",
        file=file,
    )


def dbase_language(path: Path) -> int:
    """Return the language byte of the dBASE file beside a Shapefile; 0 where there is none."""
    table = beside(path, ".dbf")
    if table is None:
        return 0
    with table.open("rb") as file:
        head = file.read(32)
    return head[29] if len(head) == 32 else 0


def declared_encoding(path: Path) -> str | None:
    """Return what the `.cpg` file beside a Shapefile says; None where there is none."""
    told = beside(path, ".cpg")
    return None if told is None else told.read_bytes()[:40].decode("latin-1").strip() or None


def beside(path: Path, suffix: str) -> Path | None:
    """Return the file of the same stem with a suffix in any case."""
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def as_utf8(path: Path, asked: str | None, target: Path) -> tuple[Path, Encoding]:
    """Return a text file in UTF-8, itself or transcoded to `target`, and how it was written."""
    if asked is not None:
        found = asked_encoding(asked)
    else:
        with path.open("rb") as file:
            mark = file.read(2)
        names = ["utf-16"] if mark in (b"\xff\xfe", b"\xfe\xff") else ["utf-8", "gb18030"]
        name = next((n for n in names if _reads(path, n)), None)
        if name is None:
            raise _mixture(path.name)
        found = _told(name, None, None)
    if found.name == "utf-8" and asked is None:
        return path, found
    with (
        path.open(encoding=found.name, errors=found.errors, newline="") as reading,
        target.open("w", encoding="utf-8", newline="") as writing,
    ):
        while block := reading.read(1 << 20):
            writing.write(block)
    return target, found


def as_utf8_if_asked(path: Path, asked: str, target: Path) -> tuple[Path, str | None]:
    """Return a text file that is no UTF-8 transcoded to `target` where it is what the user says, and its encoding."""
    codec = asked_encoding(asked).name
    if _reads(path, "utf-8") or not _reads(path, codec):
        return path, None
    return as_utf8(path, asked, target)[0], codec


def _reads(path: Path, codec: str) -> bool:
    try:
        with path.open(encoding=codec, newline="") as file:
            while file.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True
