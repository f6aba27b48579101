"""Texts in every encoding a Shapefile from China comes in, against Python's own codecs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_layers.encoding import Encoding, codec_named, find_encoding
from tests.gis_layers.made import HOUSES, frame, read, told, write
from twin.errors import InvalidInput

CHINESE = ["中山路", "建设大道", "深圳市民中心", "㐂国𠮷", None]


def shapefile(
    path: Path, encoding: str, texts: list[str | None] = CHINESE, field: str = "名称", cpg: str | None = None
) -> Path:
    """Write a Shapefile by GDAL in an encoding; without a .cpg file, or with one that says something else."""
    write(path, frame({field: texts}, HOUSES[: len(texts)]), encoding=encoding)
    declared = path.with_suffix(".cpg")
    declared.unlink(missing_ok=True)
    if cpg is not None:
        declared.write_text(cpg)
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg", "texts"),
    [
        *(("GB18030", "GB18030", CHINESE), ("GB18030", "GBK", CHINESE), ("GB18030", None, CHINESE)),
        *(("GBK", "936", CHINESE[:3]), ("GBK", "ANSI 936", CHINESE[:3]), ("GBK", None, CHINESE[:3])),
        *(("UTF-8", "UTF-8", CHINESE), ("UTF-8", "65001", CHINESE), ("UTF-8", None, CHINESE)),
        *(("GB18030", "UTF-8", CHINESE), ("UTF-8", "GBK", CHINESE), ("GB18030", "nonsense", CHINESE)),
        *(("CP1252", "1252", ["Straße", "Zürich"]), ("CP1252", None, ["Straße", "Zürich"]), ("BIG5", "BIG5", ["臺北"])),
        *(("UTF-8", None, ["plain"]), ("UTF-8", None, [None])),
    ],
)
def test_shapefiles(tmp_path: Path, encoding: str, cpg: str | None, texts: list[str | None]) -> None:
    field = "名称" if encoding in ("GB18030", "GBK", "UTF-8") else "label"
    layer = read(shapefile(tmp_path / "a.shp", encoding, texts, field, cpg))
    assert layer.features.attributes[field].to_pylist() == texts
    if any(texts):
        assert layer.features.attributes["name"].to_pylist() == texts


def test_what_was_found_is_told_where_it_was_not_said(tmp_path: Path) -> None:
    assert "read as GB18030" in told(read(shapefile(tmp_path / "a.shp", "GB18030")))
    assert read(tmp_path / "a.shp").encoding == "gb18030"
    assert ".cpg file says UTF-8" in told(read(shapefile(tmp_path / "b.shp", "GB18030", cpg="UTF-8")))
    assert "GB18030" not in told(read(shapefile(tmp_path / "c.shp", "GB18030", cpg="GBK")))


def test_the_users_encoding_wins(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", "BIG5", ["臺北市", "高雄"], "label")
    layer = read(path, encoding="Big5")
    assert layer.features.attributes["name"].to_pylist() == ["臺北市", "高雄"]
    damaged = read(path, encoding="UTF-8")
    assert "2 texts are not UTF-8" in told(damaged)


def test_a_mixture_is_refused_in_a_sentence_and_replaced_on_request(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", "UTF-8", ["中山路", "北京站", "建设大道"], "label")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("北京站".encode(), "北京站".encode("gbk").ljust(9)))
    with pytest.raises(InvalidInput, match=r"texts of a\.shp are not all in one encoding.*--encoding"):
        read(path)
    layer = read(path, encoding="UTF-8")
    assert layer.features.attributes["name"].to_pylist()[::2] == ["中山路", "建设大道"]
    assert "1 texts are not UTF-8" in told(layer)


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
def test_a_character_cut_in_two_by_its_field(tmp_path: Path, encoding: str) -> None:
    long = "路" * 150  # the greatest field holds 254 bytes: the last character is cut in two
    path = tmp_path / "a.shp"
    shapefile(path, encoding, ["a" + "路" * 84, "短"], "label")
    table = path.with_suffix(".dbf")
    content = table.read_bytes()
    whole = ("a" + "路" * 84).encode(encoding)
    assert whole in content
    cut = ("aa" + long).encode(encoding)[: len(whole)]
    table.write_bytes(content.replace(whole, cut))
    first = read(path).features.attributes["name"].to_pylist()[0]
    assert set(first[2:]) == {"路"}
    assert len(first) > 80


def test_a_charset_that_mapinfo_does_not_say(tmp_path: Path) -> None:
    write(tmp_path / "a.mif", frame({"label": ["中山路", "建设大道"]}, HOUSES[:2]), "MapInfo File", ENCODING="CP936")
    for file, decoded in (("a.mif", True), ("a.mif", False)):
        text = (tmp_path / file).read_bytes()
        assert b"WindowsSimpChinese" in text or not decoded
        assert read(tmp_path / file).features.attributes["name"].to_pylist() == ["中山路", "建设大道"]
        (tmp_path / file).write_bytes(text.replace(b"WindowsSimpChinese", b"Neutral"))


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)
COMMON = st.text(
    st.sampled_from("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动"), min_size=2
)


@given(st.lists(COMMON, min_size=3))
def test_common_chinese_is_found_in_either_encoding(texts: list[str]) -> None:
    for codec in ("gb18030", "utf-8"):
        found = find_encoding([text.encode(codec) for text in texts], declared=None, language=0x57, file="a.shp")
        assert [found.decode(text.encode(codec)) for text in texts] == texts


@given(st.lists(HAN, min_size=1))
def test_utf8_is_never_taken_for_anything_else(texts: list[str]) -> None:
    found = find_encoding([text.encode() for text in texts], declared=None, language=0x4D, file="a.shp")
    assert found.name == "utf-8"


def test_names_of_encodings() -> None:
    assert [codec_named(n) for n in ("gb2312", "CP936", "OEM 936", "UTF-8", "1252", "ISO-8859-1", "Big5", "88591")] == [
        *("gb18030", "gb18030", "gb18030", "utf-8", "cp1252", "iso8859-1", "big5", "iso8859-1"),
    ]
    assert codec_named("rot13") is None
    assert codec_named("base64") is None
    assert Encoding("gb18030").decode(b"\xd6\xd0\xc9") == "中"
