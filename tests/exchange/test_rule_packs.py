"""Rule packs as files: those of the program, a user's own, and what the documentation says of both."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.house import ROOT
from twin.errors import InvalidInput
from twin.exchange.rule_packs import DEFAULT_PACK, MAX_BYTES, PACKS, read_pack
from twin.judgement.lights import GREY_SOURCE, IMPROVING_SOURCE
from twin.judgement.measures import CONDITIONS, MEASURES

FOLDER = ROOT / "twin" / "exchange" / "rules"
PINNED = Path(__file__).with_name("rule_packs.json")
DOCS = {"en": ROOT / "docs" / "lights.md", "zh": ROOT / "docs" / "lights.zh-CN.md"}
OWN = """id = "ours"
version = "1"
title = { zh = "本局", en = "Ours" }
period = "month"
[[rule]]
name = "late"
aspect = "schedule"
measure = "days_late"
level = [
  { light = "green", at_or_below = 7, clause = { zh = "甲", en = "A" }, source = "No. 7" },
  { light = "red", above = 7, clause = { zh = "乙", en = "B" }, source = "No. 7" },
]
"""


def test_every_pack_of_the_folder_can_be_named() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(PACKS)
    assert read_pack().id == DEFAULT_PACK == "index"


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_its_citations(name: str) -> None:
    pack = read_pack(name)
    assert pack.id == name
    assert (pack.period, pack.stale_after, pack.improving) == ("month", 1, 2)
    lines = [line for rule in pack.rules for line in (*rule.levels, *rule.notes)] + list(pack.repeated)
    for line in lines:
        assert re.fullmatch(r"https?://[^\s/]+\.[^\s]+", line.source)
        assert re.search(r"[一-鿿]", line.clause.zh)
        assert line.clause.en.isascii()
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    assert len(lines) == text.count("[[rule.level]]") + text.count("[[repeated]]") == text.count("\nsource = ")


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_changes_only_with_its_version(name: str) -> None:
    """A light says "rules wuhan, version 1": that must mean the same thresholds for ever."""
    pinned = json.loads(PINNED.read_text("utf-8"))[name]
    pack = read_pack(name)
    assert pack.sha256 == sha256((FOLDER / f"{name}.toml").read_bytes()).hexdigest()
    assert pinned.get(pack.version) == pack.sha256, f"{name}.toml changed: give it a new version and pin that one too"
    assert len(set(pinned.values())) == len(pinned)


def said(name: str | Path) -> str:
    """Return the sentence that refuses a pack."""
    with pytest.raises(InvalidInput) as caught:
        read_pack(name)
    return str(caught.value)


@pytest.mark.parametrize("name", ["yinchuan", "../rules/index", "no/such.toml", "", "a\0b", "."])
def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    sentence = said(name)
    assert sentence == (
        f"There is no rule pack {name}: name one of index, yinchuan-2025, wuhan, sanya-2022, or the path of a TOML file"
        " with your own rules."
    )


def test_a_pack_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    for name in (path, str(path)):
        pack = read_pack(name)
        assert (pack.id, pack.rules[0].measure) == ("ours", "days_late")
        assert pack.sha256 == sha256(path.read_bytes()).hexdigest()


BAD = {
    OWN.encode("gb18030"): "ours.toml is not UTF-8 text: save the rule pack as UTF-8.",
    b"id = ": "ours.toml is not a TOML file: line 1, column 6: the value is missing, or is no number, date, true, ",
    b"a = " + b"[" * 5000: "ours.toml is not a TOML file: ",
    b"a = " + b"9" * 5000: "ours.toml is not a TOML file: ",
    b"#" * (MAX_BYTES + 1): "ours.toml is too large for a rule pack: give a TOML file with rules.",
    b"": "Rule pack ours.toml: The period of the rule pack is –: write one of week, month, quarter.",
    OWN.replace('"days_late"', '"days"').encode(): "Rule pack ours.toml: Rule late: measure is days; write one of",
    OWN.replace('id = "ours"', 'id = "wuhan"').encode(): "ours.toml calls itself wuhan, as a rule pack of the program",
}


@pytest.mark.parametrize("content", BAD, ids=list(map(str, range(len(BAD)))))
def test_a_bad_file_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(content)
    assert said(path).startswith(BAD[content])


def table_rows(page: Path) -> set[tuple[str, ...]]:
    """Return the rows of all tables of a page, without code marks."""
    lines = (line for line in page.read_text("utf-8").splitlines() if line.startswith("|"))
    return {tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")) for line in lines}


@pytest.mark.parametrize("language", DOCS)
@pytest.mark.parametrize("name", PACKS)
def test_the_page_says_what_the_pack_says(name: str, language: str) -> None:
    rows = table_rows(DOCS[language])
    lights = {
        "en": {"green": "green", "yellow": "yellow", "red": "red", "note": "remark"},
        "zh": {"green": "绿", "yellow": "黄", "red": "红", "note": "备注"},
    }[language]
    pack = read_pack(name)
    text = DOCS[language].read_text("utf-8")
    for rule in pack.rules:
        for line in (*rule.levels, *rule.notes):
            unit = " %" if rule.unit == "%" else ""
            threshold = ", ".join(part + unit for part in line.threshold.split(", "))
            row = (rule.name, rule.measure, threshold, lights[line.light], line.clause.text(language))
            assert row in rows, row
            assert f"<{line.source}>" in text
    for repeated in pack.repeated:
        assert repeated.clause.text(language) in text


@pytest.mark.parametrize("language", DOCS)
def test_the_example_of_the_page_is_a_pack(language: str, tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", DOCS[language].read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    path = tmp_path / "ours.toml"
    path.write_text(blocks[0], "utf-8")
    pack = read_pack(path)
    assert pack.id not in PACKS
    assert {rule.when for rule in pack.rules} > {None}
    assert any(rule.notes for rule in pack.rules)
    assert pack.repeated


@pytest.mark.parametrize("language", DOCS)
def test_the_page_names_every_measure_and_condition(language: str) -> None:
    text = DOCS[language].read_text("utf-8")
    for name in (*MEASURES, *CONDITIONS):
        assert f"`{name}`" in text, name


def test_the_program_s_own_lines_are_published() -> None:
    for page in DOCS.values():
        text = page.read_text("utf-8")
        for source in (GREY_SOURCE, IMPROVING_SOURCE):
            anchor = source.partition("#")[2]
            headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line[:1] == "#"}
            assert anchor in headings or f'<a id="{anchor}"></a>' in text, source
