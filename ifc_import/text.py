r"""Text of a STEP file, made canonical: raw GBK, UTF-8 or Latin-1 bytes and odd escapes become `\X2\…\X0\`.

ISO 10303-21 clause 6.4.3 writes characters outside ASCII as `\X2\4E2D\X0\` (UTF-16 in hex), `\X4\…\X0\` (UTF-32),
`\X\E9` (Latin-1) and `\S\i` (upper half of the current `\P?\` page).  Real files also hold lower-case directives, empty
ones, lone backslashes of Windows paths, surrogate pairs, and raw bytes in the system's code page.  The kernels each
stumble over a different subset, so both get the canonical text.
"""

import re

# A comment may hold an apostrophe, so it is matched too (and kept). Two pieces of 'it''s' are two matches: harmless.
# A comment that never ends runs to the end, or each of many beginnings would be searched to there.
_PIECE = re.compile(rb"/\*.*?(?:\*/|\Z)|'[^']*'", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:(?P<x2>[Xx]2\\(?P<utf16>(?:[0-9A-Fa-f]{4})*)[^\\]{0,3}\\[Xx]0\\)"
    r"|(?P<x4>[Xx]4\\(?P<utf32>(?:[0-9A-Fa-f]{8})*)[^\\]{0,7}\\[Xx]0\\)"
    r"|[Xx]\\(?P<latin>[0-9A-Fa-f]{2})"
    r"|[Ss]\\(?P<upper>[ -~])"
    r"|[Pp](?P<page>[A-Ia-i])\\"
    r"|(?P<newline>[Nn]\\)"
    r"|(?P<backslash>\\))"
)


def repair_text(data: bytes) -> tuple[bytes, int]:
    """Return `data` with every string literal in canonical ASCII, and how many literals were changed.

    A file of plain ASCII without a backslash is returned as it is, untouched and unread.
    """
    if data.isascii() and b"\\" not in data:
        return data, 0
    fallback = "gb18030" if _looks_like_gbk(data) else "cp1252"
    changed = 0

    def repair(match: re.Match[bytes]) -> bytes:
        nonlocal changed
        piece = match.group()
        if piece[:1] != b"'" or (b"\\" not in piece and piece.isascii()):
            return piece
        canonical = encode_step(decode_step(_decode_bytes(piece[1:-1], fallback))).encode("ascii")
        if canonical == piece[1:-1]:
            return piece
        changed += 1
        return b"'" + canonical + b"'"

    return _PIECE.sub(repair, data), changed


def decode_step(text: str) -> str:
    r"""Return the characters that a STEP string means; anything that is no directive stands for itself.

    >>> decode_step(r"\X2\4e2d6587\X0\ C:\temp \S\i")
    '中文 C:\\temp é'
    """
    if "\\" not in text:
        return text
    page = "iso-8859-1"

    def character(match: re.Match[str]) -> str:
        nonlocal page
        if match["x2"]:
            return bytes.fromhex(match["utf16"]).decode("utf-16-be", "replace")
        if match["x4"]:
            return bytes.fromhex(match["utf32"]).decode("utf-32-be", "replace")
        if match["latin"]:
            return bytes.fromhex(match["latin"]).decode("iso-8859-1")
        if match["upper"]:
            return bytes([ord(match["upper"]) + 0x80]).decode(page, "replace")
        if match["page"]:
            page = f"iso-8859-{ord(match['page'].upper()) - ord('A') + 1}"
            return ""
        return "\n" if match["newline"] else "\\"

    return _ESCAPE.sub(character, text)


def encode_step(text: str) -> str:
    r"""Return `text` as a canonical STEP string (without its apostrophes).

    >>> encode_step("中文\\a")
    '\\X2\\4E2D6587\\X0\\\\\\a'
    """
    text = text.replace("\\", "\\\\")
    text = re.sub(r"[\U00010000-\U0010FFFF]+", lambda m: _hex(m.group(), "utf-32-be", "X4"), text)
    return re.sub(r"[^ -~]+", lambda m: _hex(m.group(), "utf-16-be", "X2"), text)


def _hex(text: str, encoding: str, directive: str) -> str:
    return f"\\{directive}\\{text.encode(encoding, 'replace').hex().upper()}\\X0\\"


def _decode_bytes(piece: bytes, fallback: str) -> str:
    """Decode the raw bytes of one literal: UTF-8 if they are that, else the file's code page."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece.decode(fallback, "replace")


def _looks_like_gbk(data: bytes) -> bool:
    """Tell GBK from Latin-1 bytes: Chinese text is runs of pairs, in Latin-1 a high byte stands among ASCII letters."""
    high = len(re.findall(rb"[\x80-\xff]", data))
    in_pairs = 2 * len(re.findall(rb"[\x81-\xfe][\x80-\xfe]", data))
    return high > 0 and in_pairs * 2 >= high
