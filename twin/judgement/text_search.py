"""Finding things by their texts among a million of them, within the time between two key strokes.

The texts lie in one block of bytes in the order of the things' names, with a mark before each word, so that the first
hits of a scan are the best ones, and a scan ends when enough are found.  How well a text matches is its level:
exact, at its beginning, at the beginning of a word, anywhere, in pinyin.
"""

import heapq
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from twin.values.pinyin import in_pinyin, initials, typed, typed_initials

EXACT, PREFIX, WORD, SUBSTRING, PINYIN = range(5)
LEVELS = (PREFIX, WORD, SUBSTRING, PINYIN)
LONGEST = 300  # letters of a text that count
_MARK = "\x1f"
_AT_ONCE = 20_000  # texts in one string: the interpreter is not let go of meanwhile
_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD_STARTS = re.compile(f"(?<![{_CJK}])(?=[{_CJK}])|(?<![^\\W_{_CJK}])(?=[^\\W_{_CJK}])")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SPARE = re.compile("(?m)^ +| +$|(?<= ) +")


def fold(text: str) -> str:
    """Return a text as it is compared: full width, case, accents and spaces make no difference.

    >>> fold("Ａ座  Café\tNo. 3"), fold("Straße") == fold("STRASSE")
    ('a座 cafe no. 3', True)
    """
    return _folded(" ".join(text.split()))


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _SPARE.sub("", unicodedata.normalize("NFC", _ACCENTS.sub("", apart)))


def marked(folded: str) -> str:
    r"""Return a folded text with a mark before each word; Chinese beside other letters parts words.

    >>> marked("机场t3 航站楼").replace("\x1f", "'")
    "'机场't3 '航站楼"
    """
    return _WORD_STARTS.sub(_MARK, folded)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that matches: its level, its place in the order of names, its number, which of its texts matched."""

    level: int
    rank: int
    item: int
    field: int
    sound: bool = False  # matched in pinyin


class TextSearch:
    """Things with a title and some texts, to be found by these; immutable once made.

    titles : of item i; the order of results of one level
    texts, items, fields : what is searched: (n,) texts, whose they are, (n,) int; which of the item's texts they are
    exact : fields where the whole text is a match of level EXACT, for codes
    """

    def __init__(
        self,
        titles: Sequence[str],
        texts: Sequence[str],
        items: NDArray[np.int32],
        fields: NDArray[np.uint8],
        exact: Sequence[int] = (),
    ) -> None:
        named = _fold_all(titles)
        folded = named if texts is titles else _fold_all(texts)
        order = _sorted(named)  # stable: equal names in the order of the items
        self.ranks = np.zeros(len(titles), np.int32)
        self.ranks[order] = np.arange(len(titles), dtype=np.int32)
        self.by_rank = order
        entries = np.argsort(self.ranks[items], kind="stable")
        self._items, self._fields, self._exact = items[entries], fields[entries], frozenset(exact)
        folded = folded.take(pa.array(entries))
        lines = _map(folded, marked)
        self._lines, self._by_text = _Lines(lines), _sorted(lines)
        sounds, self._sound_entries = _sounds(folded)
        self._sounds, self._initials = _Lines(sounds), _Lines(_map(sounds, initials))

    def __len__(self) -> int:
        return len(self.ranks)

    def find(self, query: str, most: int, common: Mapping[int, Sequence[NDArray[np.int32]]] | None = None) -> list[Hit]:
        """Return the best `most` things that match, best first, each once; equal levels in the order of names.

        query : folded, not empty
        common : level → ranks (ascending) of things that match by a text that many of them have; field -1
        """
        found: dict[int, Hit] = {}
        needle = marked(query).encode("utf-8", "replace")
        for level in LEVELS:
            if len(found) >= most:
                break
            hits = heapq.merge(
                (
                    (int(self.ranks[self._items[entry]]), int(entry))
                    for entry in self._level(level, query, needle, most)
                ),
                *(((int(rank), -1) for rank in ranks) for ranks in (common or {}).get(level, ())),
            )
            for rank, entry in hits:
                item = int(self.by_rank[rank])
                if item not in found:
                    field = -1 if entry < 0 else int(self._fields[entry])
                    found[item] = Hit(level, rank, item, field, level == PINYIN)
                    if len(found) >= most:
                        break
        if self._exact:
            self._raise_exact(needle, found)
        return sorted(found.values(), key=lambda hit: (hit.level, hit.rank))

    def _raise_exact(self, needle: bytes, found: dict[int, Hit]) -> None:
        low, high = self._lines.prefixed(self._by_text, needle + b"\n")
        for entry in self._by_text[low:high].tolist():
            item, field = int(self._items[entry]), int(self._fields[entry])
            if field in self._exact:
                found[item] = Hit(EXACT, int(self.ranks[item]), item, field)

    def _level(self, level: int, query: str, needle: bytes, most: int) -> Iterable[int]:
        """Yield entries that match on a level or better, ascending; each entry at most once."""
        if level == PREFIX:
            low, high = self._lines.prefixed(self._by_text, needle)
            entries: NDArray[np.int32] = self._by_text[low:high]
            enough = 16 * most  # an item has fewer texts than that
            if len(entries) > 2 * enough:
                entries = np.partition(entries, enough)[:enough]
            ascending: list[int] = np.sort(entries).tolist()
            return ascending
        if level == WORD:
            return self._lines.holding(needle) if needle.startswith(_MARK.encode()) else iter(())
        if level == SUBSTRING:
            return self._lines.holding(needle.removeprefix(_MARK.encode()))
        short = typed_initials(query)
        scans = [self._sounds.holding(way.encode()) for way in typed(query)]
        scans += [self._initials.holding(short.encode())] if short else []
        return _once(int(self._sound_entries[line]) for line in heapq.merge(*scans))


def _once(ascending: Iterator[int]) -> Iterator[int]:
    last = -1
    for number in ascending:
        if number != last:
            yield number
        last = number


class _Lines:
    """Texts as one block of bytes, each ended by a newline."""

    def __init__(self, texts: "pa.Array") -> None:
        if not len(texts):
            self._block, self._starts = b"", np.zeros(1, np.int64)
            return
        ended = pc.binary_join_element_wise(texts, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
        _, offsets, data = ended.buffers()
        self._starts = np.frombuffer(offsets, np.int64)[: len(texts) + 1].copy()
        self._block = data.to_pybytes()[: int(self._starts[-1])]

    def line(self, number: int) -> bytes:
        """Return a line with its newline."""
        return self._block[self._starts[number] : self._starts[number + 1]]

    def prefixed(self, order: NDArray[np.int32], prefix: bytes) -> tuple[int, int]:
        """Return where in the order the lines with a prefix begin and end."""
        ends = []
        for beyond in (False, True):
            low, high = 0, len(order)
            while low < high:
                middle = (low + high) // 2
                begin = self.line(int(order[middle]))[: len(prefix)]
                if begin < prefix or (beyond and begin == prefix):
                    low = middle + 1
                else:
                    high = middle
            ends.append(low)
        return ends[0], ends[1]

    def holding(self, needle: bytes) -> Iterator[int]:
        """Yield the lines that hold some bytes, ascending."""
        at = self._block.find(needle) if needle else -1
        while at >= 0:
            number = int(np.searchsorted(self._starts, at, side="right")) - 1
            yield number
            at = self._block.find(needle, int(self._starts[number + 1]))


def _fold_all(texts: Sequence[str]) -> "pa.Array":
    """Return the texts folded; many at once in one string, which is ten times as fast."""
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        lines = "\n".join(" ".join(text[:LONGEST].split()) for text in texts[start : start + _AT_ONCE])
        parts.append(pa.array(_folded(lines).encode("utf-8", "replace").decode().split("\n"), pa.large_string()))
    return pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())


def _map(texts: "pa.Array", change: Callable[[str], str]) -> "pa.Array":
    """Return texts changed, many in one string: the change keeps newlines and makes none."""
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        lines = change("\n".join(texts.slice(start, _AT_ONCE).to_pylist()))
        parts.append(pa.array(lines.split("\n"), pa.large_string()))
    return pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())


def _sorted(texts: "pa.Array") -> NDArray[np.int32]:
    found: NDArray[np.int32] = pc.sort_indices(texts).to_numpy(zero_copy_only=False).astype(np.int32)
    return found


def _sounds(folded: "pa.Array") -> tuple["pa.Array", NDArray[np.int32]]:
    """Return the texts with Chinese in pinyin, and whose line is whose."""
    sounds, entries = [], []
    for start in range(0, len(folded), _AT_ONCE):
        some: list[str] = []
        for number, text in enumerate(folded.slice(start, _AT_ONCE).to_pylist(), start):
            for way in in_pinyin(text):
                some.append(way)
                entries.append(number)
        sounds.append(pa.array(some, pa.large_string()))
    texts = pa.concat_arrays(sounds) if sounds else pa.array([], pa.large_string())
    return texts, np.asarray(entries, np.int32)
