"""The search of those who see a part of the city: in what they see, as the search of the whole has prepared it."""

from collections.abc import Callable, Hashable

from twin.judged import Judged
from twin.store.visible import Visible
from web.layers import Layers
from web.search import Search
from web.search_sources import Source


class SeenSearch(Search):
    """The search of a scope; safe to share between threads.

    Projects and models are its own; elements and places, which take the memory, are those of the whole.
    """

    def __init__(self, whole: Search, store: Visible, judged: Judged, layers: Layers) -> None:
        super().__init__(store, judged, layers, whole.patience)
        self._whole, self._visible = whole, store
        self._shared: frozenset[Hashable] = frozenset()

    def _sources(self) -> dict[Hashable, Callable[[], Source | None]]:
        wanted = super()._sources()
        own = {key: make for key, make in wanted.items() if key[0] in ("projects", "models")}  # type: ignore[index]
        described = {model.model for model in self._store.models() if self._visible.sees(model.project, "elements")}
        self._shared = frozenset(
            key
            for key in wanted.keys() - own.keys()
            if key[0] != "elements" or key[1] in described  # type: ignore[index]
        )
        return own

    def _prepared(self) -> tuple[list[Source], bool]:
        own, complete = super()._prepared()
        shared, all_of_them = self._whole.prepared_of(self._shared)
        return [*own, *shared], complete and all_of_them
