"""Text of STEP files: what reaches the user is what the author typed, whatever bytes it came in."""

from pathlib import Path

import ifcopenshell
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifc_import.text import decode_step, encode_step, repair_text
from tests.ifc_import.text_model import box, model

WRITTEN = {
    "upper-case hex": (rb"\X2\4E2D6587\X0\ ", "中文 "),
    "lower-case hex": (rb"\X2\4e2d6587\X0\ ", "中文 "),
    "lower-case directive": (rb"\x2\4e2d6587\x0\ ", "中文 "),
    "empty directive": (rb"a\X2\\X0\b", "ab"),
    "surrogate pair": (rb"\X2\D83DDE00\X0\ ", "😀 "),
    "four bytes": (rb"\X4\0001F600\X0\ ", "😀 "),
    "one byte": (rb"\X\E9t\x\e9", "été"),
    "upper half": (rb"\S\i\s\i", "éé"),
    "code page": (rb"\PE\\S\P", "а"),  # ISO 8859-5: 0xD0 is Cyrillic a
    "raw UTF-8": ("墙体 3".encode(), "墙体 3"),
    "raw GBK": ("墙体 3".encode("gbk"), "墙体 3"),
    "GBK with a backslash as second byte": ("中路誠".encode("gbk"), "中路誠"),
    "raw Latin-1": ("Außenwand für Küche".encode("latin-1"), "Außenwand für Küche"),
    "Windows path": (rb"C:\dir\X\file", r"C:\dir\X\file"),
    "escaped backslash": (rb"a\\b", r"a\b"),
    "apostrophe": (b"it''s", "it's"),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_name_reads_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    written, meant = WRITTEN[kind]
    text = model(box(100, "'0box000000000000000001'", "'@'")).replace(b"'@'", b"'" + written + b"'")
    path = tmp_path / "model.ifc"
    path.write_bytes(repair_text(text)[0])
    assert ifcopenshell.open(str(path)).by_type("IfcBuildingElementProxy")[0].Name == meant


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_encoded_decodes_to_itself(text: str) -> None:
    encoded = encode_step(text)
    assert encoded.isascii()
    assert decode_step(encoded) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'\\"), max_size=20))
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once, _ = repair_text(f"#1=IFCWALL('{text}');".encode())
    assert repair_text(once) == (once, 0)
    assert once.isascii()


def test_plain_files_are_not_touched() -> None:
    text = model(box(100, "'0box000000000000000001'"))
    repaired, changed = repair_text(text)
    assert repaired is text
    assert changed == 0


def test_an_apostrophe_in_a_comment_shifts_no_literal() -> None:
    text = "/* don't */ #1=IFCWALL('中');".encode()
    assert repair_text(text)[0] == rb"/* don't */ #1=IFCWALL('\X2\4E2D\X0\');"
