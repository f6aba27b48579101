"""The city twin as values, and the city that keeps them.

>>> import twin
>>> city = twin.open("twin-data")  # doctest: +SKIP
>>> city.scene()  # doctest: +SKIP
"""

from datetime import date, datetime
from os import PathLike
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pydeck

    from twin.judged import Judgement
    from twin.store import Store

__all__ = ["City", "open"]


class City:
    """A city's twin folder, opened for a notebook or a script; `store` gives all that it keeps."""

    def __init__(self, store: "Store") -> None:
        from twin.judged import Judged

        self.store = store
        self._judged = Judged(store)

    def lights(
        self, as_of: date | None = None, *, known_at: datetime | None = None, rules: str | None = None
    ) -> "Judgement":
        """Return every project on a day with its figures and its light, each with its evidence.

        as_of : the day; the twin's own day, else today, unless said
        known_at : only facts recorded by then count (UTC)
        rules : name of a rule pack, or the path of one's own
        """
        return self._judged.projects(as_of, known_at, rules)

    def scene(
        self,
        as_of: date | None = None,
        *,
        project: str | None = None,
        by: str = "light",
        known_at: datetime | None = None,
        base: str = "",
        lang: str = "zh",
    ) -> "pydeck.Deck":
        """Return the scene of the city, or of one project, as a `pydeck.Deck` that shows itself without a network.

        as_of : the day whose facts colour the scene; models stand the same on every day
        by : "light", "progress" or a resource ("funds", "concrete", …): what colours projects and elements
        base : address of a running server of this twin, for instance "http://127.0.0.1:8000": its models are drawn in
            detail, each element in the colour of its state; without it the scene
            has marks, columns and blocks, which any viewer of deck.gl scenes draws, and no building in detail
        lang : "zh" or "en"
        """
        from twin.city_scene import city_scene

        return city_scene(self._judged, as_of, project=project, by=by, known_at=known_at, base=base, lang=lang)

    def close(self) -> None:
        """Let go of the twin folder."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(place: str | PathLike[str]) -> City:
    """Open a twin, a folder or `postgresql://…`; raises `twin.errors.NotFound` when there is none."""
    from twin.store import Store

    return City(Store.open(place, create=False))
