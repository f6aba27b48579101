"""What is said of a TOML text that is none: the place, and none of the library's words."""

import tomllib
from pathlib import Path

import pytest

from twin.errors import InvalidInput
from twin.exchange.mapping import read_mapping
from twin.exchange.rule_packs import pack_from_bytes
from twin.exchange.toml_text import toml_problem
from twin.judgement.link_rules import parse_rules

BAD = {
    "a = 1\nb 2": "line 2, column 3: after the name comes no “=”",
    "a = ": "line 1, column 5: the value is missing",
    "a = 1\r\nb = yes\r\n": "line 2, column 5: the value is missing",
    "a = 1\na = 2": "line 2, column 6: the name stands here for the second time",
    "[a]\nb = 1\n[a]\n": "line 3, column 3: the name stands here for the second time",
    'a = "x': "line 1, column 7: the text is not closed",
    'a = "x\ny = 2': "line 1, column 7: the text is not closed",
    r'a = "C:\q"': "line 1, column 10: write “\\\\” for a “\\” in a text",
    "a = [1": "line 1, column 7: a bracket is not closed",
    "[a\nb = 1": "line 1, column 3: a bracket is not closed",
    "a = 1 b = 2": "line 1, column 7: the line goes on",
    "= 2": "line 1, column 1: here should stand a name",
    "a = {b = 1\n}": "line 1, column 11: a bracket is not closed",
    "a = " + "[" * 5000: "a number has too many digits, or too many brackets",
    "a = " + "9" * 5000: "a number has too many digits, or too many brackets",
}


@pytest.mark.parametrize(("text", "said"), BAD.items(), ids=list(map(str, range(len(BAD)))))
def test_the_place_is_named_in_our_own_words(text: str, said: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as caught:
        tomllib.loads(text)
    assert toml_problem(text, caught.value).startswith(said)


def test_every_reader_of_toml_says_it_so(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(b"[columns\n")
    for read in (
        lambda: read_mapping(path),
        lambda: pack_from_bytes(b"[columns\n", "map.toml"),
        lambda: parse_rules("[columns\n"),
    ):
        with pytest.raises(InvalidInput, match=r"line 1, column 9: a bracket is not closed"):
            read()
    path.write_bytes("[columns]\ncode = '代码'".encode("gb18030"))
    with pytest.raises(InvalidInput, match="not UTF-8 text"):
        read_mapping(path)
