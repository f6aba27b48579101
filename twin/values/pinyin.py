"""Chinese names in pinyin: how they sound, and what somebody may have typed to mean them. The only user of pypinyin.

A name is written with a capital at each syllable ("DiSanRenMin"), so that what is typed is found at syllables only, and
the capitals alone are its initials.  The readings are pypinyin's data: its table of characters, and of its phrases
those that read a character differently (银行 is yin hang); its own functions take too long for a million names.
"""

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import cache

MOST_WAYS = 16  # ways to cut what was typed into syllables
BREAK = "|"  # letters of other scripts: no syllable goes on behind them
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ANY_HAN = re.compile(f"[{_HAN}]")
_LOWER = str.maketrans("", "", string.ascii_lowercase)
# In names of places both readings are heard and typed, wherever no phrase settles it.
_OTHER = {"长": "chang", "重": "chong", "行": "xing", "乐": "yue", "厦": "sha", "朝": "zhao", "都": "dou", "会": "kuai"}
_OTHER |= {"地": "de", "藏": "cang", "单": "shan", "解": "xie", "弹": "tan", "堡": "pu", "番": "pan", "隆": "long"}


class _Readings(dict[int, str]):
    """Code point → what stands for it, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = found = letter if letter in "\n0123456789" else BREAK if letter.isalnum() else ""
        return found


def _plain(readings: Iterable[str]) -> list[str]:
    """Return syllables without their tones, ü as v.

    >>> _plain(["lǜ", "cháng"])
    ['lv', 'chang']
    """
    apart = unicodedata.normalize("NFD", "\n".join(readings)).replace("u\u0308", "v")
    return re.sub("[\u0300-\u036f]", "", apart).split("\n")


@cache
def _characters() -> _Readings:
    from pypinyin.constants import PINYIN_DICT

    plain = _plain(all_of_one.partition(",")[0] for all_of_one in PINYIN_DICT.values())
    pairs = zip(PINYIN_DICT, plain, strict=True)
    # what sounds without a vowel (嗯 is n) is in no name, and would cut "min" into two
    return _Readings({code: sound.capitalize() for code, sound in pairs if re.fullmatch("[a-z]*[aeiouv][a-z]*", sound)})


@cache
def _phrases() -> tuple[dict[str, str], frozenset[str], "re.Pattern[str]"]:
    """Return phrases that do not sound like their characters, their first pairs, and what occurs in any of them."""
    from pypinyin.constants import PHRASES_DICT

    characters = _characters()
    sounds = _plain(" ".join(sound[0] for sound in readings) for readings in PHRASES_DICT.values())
    found = {}
    for phrase, sound in zip(PHRASES_DICT, sounds, strict=True):
        syllables = [part.capitalize() for part in sound.split(" ")]
        whole = "".join(syllables)
        usual = [characters.get(ord(letter)) for letter in phrase]
        if len(syllables) == len(phrase) > 1 and whole.isalpha() and whole.isascii() and syllables != usual:
            found[phrase] = whole
    return found, frozenset(phrase[:2] for phrase in found), re.compile(f"[{''.join({p[0] for p in found})}]")


@cache
def _longest() -> int:
    return max(map(len, _phrases()[0]))


@cache
def _syllables() -> tuple[frozenset[str], frozenset[str]]:
    """Return all syllables, and all beginnings of syllables, in small letters."""
    whole = {sound.lower() for code, sound in _characters().items() if sound and code > 0x3000 and sound != BREAK}
    for phrase in _phrases()[0].values():
        whole.update(part.lower() for part in re.findall("[A-Z][a-z]*", phrase))
    whole.update(_OTHER.values())
    return frozenset(whole), frozenset(sound[:n] for sound in whole for n in range(1, len(sound) + 1))


def has_chinese(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return _ANY_HAN.search(text) is not None


def in_pinyin(text: str) -> list[str]:
    """Return how a folded text sounds, a capital at each syllable; two ways where a character has two in names.

    Punctuation goes, digits stay, Latin letters become breaks; a text without Chinese has no pinyin.

    >>> in_pinyin("第三人民医院"), in_pinyin("银行a3号"), in_pinyin("长岭"), in_pinyin("abc")
    (['DiSanRenMinYiYuan'], ['YinHang|3Hao'], ['ZhangLing', 'ChangLing'], [])
    """
    if not has_chinese(text):
        return []
    phrases, pairs, first = _phrases()
    pieces: list[str] = []  # at even places as they are, at odd ones phrases
    done = 0
    if first.search(text):
        at = 0
        while at < len(text) - 1:
            if text[at : at + 2] in pairs:
                for length in range(min(_longest(), len(text) - at), 1, -1):
                    if text[at : at + length] in phrases:
                        pieces += text[done:at], phrases[text[at : at + length]]
                        done = at = at + length
                        break
                else:
                    at += 1
            else:
                at += 1
    pieces.append(text[done:])
    characters = _characters()
    ways = [_joined([piece if i % 2 else piece.translate(characters) for i, piece in enumerate(pieces)])]
    if any(letter in _OTHER for piece in pieces[::2] for letter in piece):
        table = _other_characters()
        ways.append(_joined([piece if i % 2 else piece.translate(table) for i, piece in enumerate(pieces)]))
    return list(dict.fromkeys(ways))


def _joined(pieces: list[str]) -> str:
    return re.sub(r"\|+", BREAK, "".join(pieces))


@cache
def _other_characters() -> _Readings:
    return _Readings({**_characters(), **{ord(letter): sound.capitalize() for letter, sound in _OTHER.items()}})


def initials(sound: str) -> str:
    """Return the first letters of the syllables, in small letters.

    >>> initials("DiSanRenMinYiYuan")
    'dsrmyy'
    """
    return sound.translate(_LOWER).lower()


def typed(query: str) -> list[str]:
    """Return what a query may mean as pinyin, in the capitals of `in_pinyin`; its last syllable may be unfinished.

    Spaces and apostrophes part syllables; nothing is returned for what is no pinyin.

    >>> typed("di san zhong"), typed("dizhong"), typed("xian"), typed("xi an"), typed("ds")
    (['DiSanZhong'], ['DiZhong'], ['XiAN', 'XiAn', 'XiaN', 'Xian'], ['XiAN', 'XiAn'], [])
    """
    words = re.split(r"[\s'’\-]+", _keyed(query))
    if not all(re.fullmatch("[a-z0-9]+", word) for word in words) or not any(word.isdigit() is False for word in words):
        return []
    ways = [""]
    for i, word in enumerate(words):
        cut = _cut(word, last=i == len(words) - 1)
        ways = [before + after for before in ways for after in cut][:MOST_WAYS]
    return ways


def typed_initials(query: str) -> str:
    """Return a query as initials of syllables; empty where it cannot be.

    >>> typed_initials("DSRMYY"), typed_initials("d s r"), typed_initials("第三")
    ('dsrmyy', 'dsr', '')
    """
    found = re.sub(r"[\s'’\-]+", "", _keyed(query))
    return found if re.fullmatch("[a-z0-9]*[a-z][a-z0-9]*", found) else ""


def _keyed(query: str) -> str:
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", query).casefold()).replace("u\u0308", "v")
    return re.sub("[\u0300-\u036f]", "", apart).strip(" '’-")


def _cut(word: str, *, last: bool) -> list[str]:
    """Return the ways to cut a word into syllables, each with its capitals."""
    whole, begun = _syllables()
    after: list[list[str]] = [[] for _ in word] + [[""]]
    for at in range(len(word) - 1, -1, -1):
        found = [word[at] + rest for rest in after[at + 1]] if word[at].isdigit() else []
        for end in range(at + 1, min(len(word), at + 6) + 1):
            part = word[at:end]
            if part in whole or (last and end == len(word) and part in begun):
                found += [part.capitalize() + rest for rest in after[end]]
        after[at] = list(dict.fromkeys(found))[:MOST_WAYS]
    return after[0]
