"""The city twin as values, and the city that keeps them.

>>> import twin
>>> city = twin.open("twin-data")  # doctest: +SKIP
>>> city.scene()  # doctest: +SKIP
"""

from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pydeck

    from twin.store import Store

__all__ = ["City", "open"]


class City:
    """A city's twin folder, opened for a notebook or a script; `store` gives all that it keeps."""

    def __init__(self, store: "Store") -> None:
        self.store = store

    def scene(self, as_of: date | None = None, *, project: str | None = None, base: str = "") -> "pydeck.Deck":
        """Return the scene of the city, or of one project, as a `pydeck.Deck`.

        as_of : the day whose facts colour the scene; models stand the same on every day
        base : address of the server that has the tiles, for instance "http://127.0.0.1:8000"
        """
        from twin.judgement.scene import compose_scene

        models = self.store.project(project)[1] if project else self.store.models()
        return compose_scene(models, city=self.store.settings().bounds, base=base)

    def close(self) -> None:
        """Let go of the twin folder."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(folder: str | PathLike[str]) -> City:
    """Open a twin folder; raises `twin.errors.NotFound` when there is none."""
    from twin.store import Store

    return City(Store.open(Path(folder), create=False))
