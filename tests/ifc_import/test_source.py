"""Opening model files: bad input is refused in one sentence that names the file and says what to do."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from ifc_import.source import open_source
from tests.ifc_import.text_model import HEAD, TAIL, box, model
from twin.errors import UnreadableModel

GOOD = model(box(100, "'0box000000000000000001'"))


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


BAD = {
    "not an IFC": ("a.ifc", b"hello, I am a letter\n" * 100),
    "XML": ("a.ifc", b"<?xml version='1.0'?><ifcXML/>"),
    "truncated": ("a.ifc", GOOD[: len(GOOD) // 2]),
    "empty": ("a.ifc", b""),
    "binary noise": ("a.ifc", os.urandom(5000)),
    "header only": ("a.ifc", (HEAD.split("DATA;")[0] + "END-ISO-10303-21;\n").encode()),
    "no project": ("a.ifc", (HEAD.split("#1=")[0].format(schema="IFC4") + TAIL).encode()),
    "unknown schema": ("a.ifc", model(schema="IFC2X2_FINAL")),
    "0-byte zip": ("a.ifczip", b""),
    "broken zip": ("a.ifczip", zipped(("a.ifc", GOOD))[:-40]),
    "zip of noise": ("a.ifczip", b"PK\x03\x04" + os.urandom(500)),
    "zip without IFC": ("a.ifczip", zipped(("readme.txt", b"hi"))),
    "zip with two models": ("a.ifczip", zipped(("a.ifc", GOOD), ("b.ifc", GOOD))),
    "zip bomb": ("a.ifczip", zipped(("a.ifc", b" " * 60_000_000))),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_refused_in_one_sentence(kind: str, tmp_path: Path) -> None:
    name, content = BAD[kind]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableModel) as refused:
        open_source(path)
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_path_that_does_not_exist_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.ifc", tmp_path):
        with pytest.raises(UnreadableModel):
            open_source(path)


def test_a_zip_bomb_is_not_inflated(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "bomb.ifczip"
    path.write_bytes(zipped(("a.ifc", b" " * 200_000_000)))
    tracemalloc.start()
    with pytest.raises(UnreadableModel, match="zip bomb"):
        open_source(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_a_zipped_model_is_the_model(tmp_path: Path) -> None:
    path = tmp_path / "a.ifczip"
    path.write_bytes(zipped(("folder/a.ifc", GOOD)))
    assert open_source(path).text == GOOD


@pytest.mark.parametrize(
    ("stated", "read_as"),
    [("IFC4X3_RC2", "IFC4X3_ADD2"), ("IFC4X3", "IFC4X3_ADD2"), ("IFC4X3_TC1", "IFC4X3_ADD2"), ("IFC4_ADD2", "IFC4"),
     ("ifc2x3", "IFC2X3"), ("IFC4", "IFC4")],
)  # fmt: skip
def test_schema_names_of_the_wild_are_read(stated: str, read_as: str, tmp_path: Path) -> None:
    import ifcopenshell

    path = tmp_path / "a.ifc"
    path.write_bytes(model(box(100, "'0box000000000000000001'"), schema=stated))
    source = open_source(path)
    assert source.schema == stated
    path.write_bytes(source.text)
    assert ifcopenshell.open(str(path)).schema_identifier == read_as
