"""The typeface of printed reports: the page's own pieces of Noto Sans SC, with the glyphs of one report at a time.

The page ships the variable font as a hundred WOFF2 files by range of characters.  A report of one project needs some
five hundred glyphs of 13,600: they are drawn from their pieces at the weight that is asked for, and written as a small
TrueType font.  No font of the system is looked for.
"""

import threading
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from twin.errors import NotBuilt

Weight = Literal[400, 700]

UNITS = 1000  # of an em
ASCENT, DESCENT, CAP_HEIGHT = 1160, -288, 733  # of the pieces, which all agree
PATTERN = "noto-sans-sc-*.woff2"
MISSING = "□"  # stands for a character that the font lacks or that would turn the text around it
_FAMILY = "Noto Sans SC"
_STYLES = {400: "Regular", 700: "Bold"}
_MADE = 3_786_912_000  # seconds since 1904, the time in every font: 2024-01-01
_SPACES = "\t\n\r\v\f\x85\xa0\u2028\u2029\u202f\u3000"


@dataclass(slots=True)
class _Drawn:
    """A glyph at one weight: its outline and how far it moves the pen (1 / UNITS em)."""

    outline: Any
    advance: int


class Typeface:
    """Glyphs of the pieces in one folder; what was drawn once is kept. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._fonts: list[TTFont] = []
        self._where: dict[int, tuple[int, str]] = {}  # code point → piece, glyph
        self._sets: dict[tuple[int, Weight], Any] = {}
        self._drawn: dict[tuple[int, Weight], _Drawn] = {}
        for path in sorted(folder.glob(PATTERN)):
            font = TTFont(BytesIO(path.read_bytes()), lazy=True)
            if font["head"].unitsPerEm != UNITS or "fvar" not in font:
                continue
            for code, name in font.getBestCmap().items():
                self._where.setdefault(code, (len(self._fonts), name))
            self._fonts.append(font)
        if not all(ord(sign) in self._where for sign in "A0" + MISSING):
            raise NotBuilt(
                "The page is not built, and reports are printed in its font: run `make demo` (or `pip install .`) in "
                "the source folder."
            )

    def shown(self, text: str) -> str:
        """Return the text with signs that all have a glyph: one that has none, or is no sign, becomes a square.

        That takes in controls of direction: they would make names read otherwise than they are written.
        """
        spaced = "".join(" " if sign in _SPACES else sign for sign in text)
        return "".join(sign if ord(sign) in self._where and _is_sign(sign) else MISSING for sign in spaced)

    def width(self, text: str, weight: Weight = 400) -> float:
        """Return how wide a shown text is, in ems."""
        return sum(self._draw(ord(sign), weight).advance for sign in text) / UNITS

    def font(self, signs: Collection[str], weight: Weight) -> bytes:
        """Return a TrueType font with the glyphs of these signs; the same signs give the same bytes."""
        codes = sorted({ord(sign) for sign in signs} | {ord(MISSING), ord(" ")})
        drawn = {f"u{code:04X}": self._draw(code, weight) for code in codes}
        drawn = {".notdef": self._draw(ord(MISSING), weight), **drawn}
        builder = FontBuilder(UNITS, isTTF=True)
        builder.font.recalcTimestamp = False
        builder.setupGlyphOrder(list(drawn))
        builder.setupCharacterMap({code: f"u{code:04X}" for code in codes})
        builder.setupGlyf({name: glyph.outline for name, glyph in drawn.items()})
        table = builder.font["glyf"]
        builder.setupHorizontalMetrics(
            {name: (glyph.advance, getattr(table[name], "xMin", 0)) for name, glyph in drawn.items()}
        )
        builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
        builder.setupHead(unitsPerEm=UNITS, created=_MADE, modified=_MADE)
        style = _STYLES[weight]
        full = f"{_FAMILY} {style}"
        builder.setupNameTable(
            {"familyName": _FAMILY, "styleName": style, "fullName": full, "psName": full.replace(" ", "")}
        )
        builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, sCapHeight=CAP_HEIGHT, usWeightClass=weight)
        builder.setupPost(keepGlyphNames=False)
        written = BytesIO()
        builder.save(written)
        return written.getvalue()

    def _draw(self, code: int, weight: Weight) -> _Drawn:
        found = self._drawn.get((code, weight))
        if found is None:
            with self._lock:
                found = self._drawn[code, weight] = self._draw_now(code, weight)
        return found

    def _draw_now(self, code: int, weight: Weight) -> _Drawn:
        piece, name = self._where[code]
        glyphs = self._sets.get((piece, weight))
        if glyphs is None:
            glyphs = self._sets[piece, weight] = self._fonts[piece].getGlyphSet(location={"wght": weight})
        pen = TTGlyphPen(None)
        glyphs[name].draw(DecomposingFilterPen(pen, glyphs))
        return _Drawn(pen.glyph(), round(glyphs[name].width))


def typeface(page: Path) -> Typeface:
    """Return the typeface of a built page, read once per process as long as its files stay the same."""
    assets = page / "assets"
    return _typeface(assets, assets.stat().st_mtime_ns if assets.is_dir() else 0)


@lru_cache(maxsize=2)
def _typeface(folder: Path, _changed: int) -> Typeface:
    return Typeface(folder)


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


def signs_of(texts: Iterable[str]) -> set[str]:
    """Return the signs that texts are written with.

    >>> sorted(signs_of(["ab", "b"]))
    ['a', 'b']
    """
    return {sign for text in texts for sign in text}
