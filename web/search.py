"""One search over projects, models, places and elements, prepared once per version of what it looks in.

The first search of a server has it prepared in a thread: a city of a million named features takes that some ten
seconds, of one or two cores.  An answer waits for it a moment, then says what is found so far, and that it is not all.
"""

import heapq
import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from twin.errors import InvalidInput
from twin.judged import Judged
from twin.judgement.text_search import fold
from twin.store import Model, Store
from web.layers import Layers
from web.search_sources import KINDS, Asked, Elements, Match, Models, Projects, Source, model_place

LONGEST_QUERY = 200
MOST_RESULTS = 100
MOST_COUNTED = 1000  # matches beyond the answer
PATIENCE = 1.0  # seconds that an answer waits for what is being prepared


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first.

    left_off : how many more match, counted up to `MOST_COUNTED`
    complete : False while something is still being prepared
    """

    matches: Sequence[tuple[Source, Match]]
    left_off: int
    complete: bool


class Search:
    """The search of one twin; safe to share between threads."""

    def __init__(self, store: Store, judged: Judged, layers: Layers, patience: float = PATIENCE) -> None:
        self._store, self._judged, self._layers, self.patience = store, judged, layers, patience
        self._changed = threading.Condition()
        self._mark: tuple[int, date] | None = None
        self._wanted: dict[Hashable, Callable[[], Source | None]] = {}
        self._ready: dict[Hashable, Source | None] = {}
        self._models: Mapping[str, tuple[str, dict[str, Any]]] = {}
        self._at_work = False

    def find(self, query: str, limit: int) -> Found:
        """Return the best matches; raises InvalidInput for a query without letters or with too many."""
        asked = asked_for(query)
        sources, complete = self._prepared()
        most = limit + MOST_COUNTED
        found: list[tuple[tuple[int, int, bool], int, Match]] = []
        for number, source in enumerate(sources):
            kind = KINDS.index(source.kind)
            # once enough are counted, only those matter that may stand in the answer
            for match in source.find(asked, max(limit, most - len(found))):
                name = (match.level, kind, match.other_case)
                found.append((name, number, match))
        total = min(len(found), most)
        titled = _best(found, sources, limit)
        return Found(titled, total - len(titled), complete)

    def _prepared(self) -> tuple[list[Source], bool]:
        """Return what is prepared of the twin as it is now, after a moment's patience for the rest."""
        with self._changed:
            mark = self._store.changes(), datetime.now(UTC).date()  # the day of the judgement that places projects
            if mark != self._mark:
                self._wanted = self._sources()
                self._mark = mark
                self._ready = {key: self._ready[key] for key in self._wanted if key in self._ready}
            if not self._at_work and len(self._ready) < len(self._wanted):
                self._at_work = True
                threading.Thread(target=self._work, name="search", daemon=True).start()
            deadline = time.monotonic() + self.patience
            while len(self._ready) < len(self._wanted) and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            ready = [source for key in self._wanted if (source := self._ready.get(key)) is not None]
            return ready, len(self._ready) == len(self._wanted)

    def prepared_of(self, keys: Collection[Hashable]) -> tuple[list[Source], bool]:
        """Return those of the sources with these names that are prepared, and whether all of them are."""
        if not keys:
            return [], True
        self._prepared()
        with self._changed:
            ready = [source for key in self._wanted if key in keys and (source := self._ready.get(key)) is not None]
            return ready, all(key in self._ready for key in keys)

    def _work(self) -> None:
        """Prepare what is wanted and not ready, until nothing is."""
        while True:
            with self._changed:
                key = next((key for key in self._wanted if key not in self._ready), None)
                if key is None:
                    self._at_work = False
                    return
                make = self._wanted[key]
            try:
                made = make()
            except Exception:  # one that cannot be read takes no other's results away
                logging.getLogger(__name__).exception("A search cannot look in %s.", key)
                made = None
            with self._changed:
                if key in self._wanted:
                    self._ready[key] = made
                self._changed.notify_all()

    def _sources(self) -> dict[Hashable, Callable[[], Source | None]]:
        """Return what names a source → what makes it, those first that are made fastest."""
        changes, models = self._store.changes(), self._store.models()
        names = {code: known.entry.name or code for code, known in self._judged.known().items()}
        self._models = {model.model: (names.get(model.project, model.project), model_place(model)) for model in models}
        wanted: dict[Hashable, Callable[[], Source | None]] = {
            ("projects", changes, datetime.now(UTC).date()): lambda: Projects(self._judged.projects().projects),
            ("models", changes): lambda: Models(models, names),
        }
        for model in sorted(models, key=lambda model: model.ledger.products):
            key = ("elements", model.model, model.revision, model.imported_at)
            wanted[key] = partial(self._elements, model)
        for layer in sorted(self._layers.city(), key=lambda layer: layer.features):
            wanted[("places", layer.name, layer.version)] = partial(self._places, layer.name)
        return wanted

    def _elements(self, model: Model) -> Source:
        return Elements(self._store.element_texts(model.model), lambda: self._models[model.model])

    def _places(self, name: str) -> Source:
        from web.search_places import Places

        return Places(*self._layers.features(name))


def _best(
    found: list[tuple[tuple[int, int, bool], int, Match]], sources: Sequence[Source], limit: int
) -> list[tuple[Source, Match]]:
    """Return the first of the matches; the names of those that have no chance are not looked at."""
    if not found:
        return []
    last = heapq.nsmallest(limit, (name for name, _, _ in found))[-1]
    named = []
    for name, number, match in found:
        if name <= last:
            title = sources[number].title(match.item)
            named.append(((*name, fold(title), number, match.item), match))
    named.sort(key=lambda entry: entry[0])
    return [(sources[key[-2]], match) for key, match in named[:limit]]


def asked_for(query: str) -> Asked:
    """Return what is looked for; raises InvalidInput in a sentence."""
    if len(query) > LONGEST_QUERY:
        raise InvalidInput("q has {count} characters: look for {most} at most.", count=len(query), most=LONGEST_QUERY)
    folded = fold(query)
    if not folded:
        raise InvalidInput("q is empty: give the beginning of a name, a code, a GlobalId or an address.")
    return Asked(query.strip(), folded)
