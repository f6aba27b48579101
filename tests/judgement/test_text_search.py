"""A search finds what a plain look at every text finds, in the same order."""

import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from twin.judgement.text_search import PINYIN, PREFIX, SUBSTRING, WORD, TextSearch, fold
from twin.values.pinyin import in_pinyin, typed

# Characters that sound one way only, so that this needs no dictionary of phrases.
SOUNDS = {
    "深": "shen",
    "圳": "zhen",
    "人": "ren",
    "民": "min",
    "医": "yi",
    "院": "yuan",
    "西": "xi",
    "安": "an",
    "先": "xian",
}
LETTERS = "".join(SOUNDS) + "aAnNxXiéＡ３3 -_·Ω가ß"
texts = st.text(LETTERS, min_size=1, max_size=8)
queries = st.one_of(texts, st.text("shenzrmiyuax '3", min_size=1, max_size=9))


def plain(text: str) -> str:
    """Fold a text letter by letter."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in apart if not 0x300 <= ord(c) < 0x370)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def script(letter: str) -> str:
    if not letter.isalnum():
        return ""
    return "chinese" if "\u4e00" <= letter <= "\u9fff" else "other"


def syllables(text: str) -> list[str]:
    """Return Chinese and digits by syllable, "|" for other letters."""
    return [
        SOUNDS.get(c) or (c if c in "0123456789" else "|")
        for c in text
        if c in SOUNDS or c in "0123456789" or c.isalnum()
    ]


def sounds_like(text: str, query: str) -> bool:
    """Try every syllable as the first one."""
    if not any(c in SOUNDS for c in text):
        return False
    keyed = plain(query).strip(" '-")
    words = keyed.replace("'", " ").replace("-", " ").split(" ")
    if not all(w.isascii() and w.isalnum() for w in words) or not any(c.isalpha() for c in keyed):
        return False
    found = syllables(text)
    whole = "".join(words)
    breaks = {sum(map(len, words[:i])) for i in range(1, len(words))}
    for start in range(len(found)):
        rest, ends = found[start:], {0}
        for i in range(len(rest)):
            ends.add(sum(map(len, rest[: i + 1])))
        if "".join(rest).startswith(whole) and breaks <= ends:
            return True
        if "".join(s[0] for s in rest).startswith(whole):
            return True
    return False


def level(text: str, query: str) -> int | None:
    """Return how well a folded text matches, by looking at every place in it."""
    if text.startswith(query):
        return PREFIX
    places = [i for i in range(len(text)) if text.startswith(query, i)]
    if any(script(text[i]) and script(text[i]) != script(text[i - 1]) for i in places):
        return WORD
    if places:
        return SUBSTRING
    return PINYIN if sounds_like(text, query) else None


def oracle(titles: Sequence[str], entries: Sequence[tuple[int, str]], query: str) -> list[tuple[int, int]]:
    best: dict[int, int] = {}
    for item, text in entries:
        found = level(plain(text), plain(query))
        if found is not None:
            best[item] = min(best.get(item, 9), found)
    order = sorted(range(len(titles)), key=lambda i: (plain(titles[i]), i))
    return sorted(((found, item) for item, found in best.items()), key=lambda of: (of[0], order.index(of[1])))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(texts, st.lists(texts, max_size=2)), max_size=12), queries, st.integers(1, 15))
@example([("深圳人民医院", []), ("a深", ["xian"])], "renmin", 3)
@example([("西安", []), ("先", [])], "xi'an", 3)
@example([("西安", []), ("先", [])], "xian", 3)
@example([("西安", []), ("先", [])], "xian", 1)
@example([("深圳人民医院", [])], "shenzhenrenm", 1)
@example([("A座 3", []), ("a座", []), ("Ａ 座", [])], "3", 3)
def test_a_search_finds_what_a_look_at_every_text_finds(
    things: list[tuple[str, list[str]]], query: str, most: int
) -> None:
    if not plain(query):
        return
    titles = [title for title, _ in things]
    entries = [(i, text) for i, (title, more) in enumerate(things) for text in (title, *more)]
    search = TextSearch(
        titles,
        [text for _, text in entries],
        np.array([i for i, _ in entries], np.int32),
        np.zeros(len(entries), np.uint8),
    )
    found = [(hit.level, hit.item) for hit in search.find(fold(query), most)]
    assert found == oracle(titles, entries, query)[:most]


@given(st.text(max_size=12))
def test_folding_is_the_same_for_one_text_and_for_many(text: str) -> None:
    assert fold(text) == fold(f" {text} ") == " ".join(fold(text).split())


def test_what_many_things_have_in_common_is_merged_in_the_order_of_names() -> None:
    names = ["c", "b wall", "a", "wall d"]
    search = TextSearch(names, names, np.arange(4, dtype=np.int32), np.zeros(4, np.uint8))
    common = {SUBSTRING: [np.sort(search.ranks[[0, 3]]), search.ranks[[2]]]}
    hits = search.find("wall", 9, common)
    assert [(hit.level, names[hit.item], hit.field) for hit in hits] == [
        (PREFIX, "wall d", 0), (WORD, "b wall", 0), (SUBSTRING, "a", -1), (SUBSTRING, "c", -1)
    ]  # fmt: skip


def test_an_exact_code_comes_first() -> None:
    codes = ["P-1", "P-10", "p-1x"]
    names = ["z", "a", "b"]
    search = TextSearch(names, codes, np.arange(3, dtype=np.int32), np.zeros(3, np.uint8), exact=(0,))
    assert [hit.item for hit in search.find(fold("ｐ-1"), 9)] == [0, 1, 2]


def test_more_things_begin_alike_than_are_asked_for() -> None:
    names = [f"路{number:05d}" for number in range(3000)][::-1]
    search = TextSearch(names, names, np.arange(3000, dtype=np.int32), np.zeros(3000, np.uint8))
    assert [names[hit.item] for hit in search.find("路", 5)] == [f"路{number:05d}" for number in range(5)]


NAMES = (
    "重庆银行",
    "长安区",
    "六安",
    "绿景大厦",
    "深圳大学附属中学",
    "音乐厅",
    "都市",
    "朝阳公园",
    "番禺",
    "地铁站",
    "会计学院",
)


@pytest.mark.parametrize("name", NAMES)
def test_phrases_sound_as_pypinyin_says(name: str) -> None:
    said = "".join(syllable.capitalize() for syllable in lazy_pinyin(name))
    assert said in in_pinyin(name)
    assert said in typed(" ".join(lazy_pinyin(name)))


def test_ways_to_cut_a_long_query_are_bounded() -> None:
    assert 0 < len(typed("xian" * 50)) <= 16
