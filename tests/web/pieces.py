"""A typeface for tests: one variable WOFF2 piece whose every sign is the same box."""

from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_v_a_r import TupleVariation

from tests.house import ROOT
from web.reports.fonts import PATTERN

SIGNS = (*range(0x20, 0x17F), *range(0x2010, 0x2040), *range(0x2190, 0x2300), 0x25A1, *range(0x3000, 0x3100))
CHINESE = (*range(0x4E00, 0x9FA6), *range(0xFF01, 0xFF5F))


def box_font() -> bytes:
    """Return the piece: a box 800 wide that is 600 high at weight 100 and 700 at weight 900."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap(dict.fromkeys((*SIGNS, *CHINESE), "box"))
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 600), (700, 600), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf({".notdef": box, "box": box})
    builder.setupHorizontalMetrics({".notdef": (800, 100), "box": (800, 100)})
    builder.setupHorizontalHeader(ascent=1160, descent=-288)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    higher = [(0, 0), (0, 100), (0, 100), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    builder.setupGvar({"box": [TupleVariation({"wght": (0, 1, 1)}, higher)]})
    builder.font.flavor = "woff2"
    written = BytesIO()
    builder.save(written)
    return written.getvalue()


def real_pieces() -> list[Path]:
    """Return the pieces that the page ships, of the built page or of its packages; none where neither is there."""
    folders = (ROOT / "web/static/assets", ROOT / "web/frontend/node_modules/@fontsource-variable/noto-sans-sc/files")
    found = (sorted(folder.glob(PATTERN)) for folder in folders)
    return next((pieces for pieces in found if pieces), [])
