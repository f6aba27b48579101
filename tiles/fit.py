"""Tiles that keep below the limit of bytes, whatever is in them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tiles.columns import Columns
from tiles.levels import LIMIT, STYLE, Level
from tiles.mvt import Contents, only_units, write_tiles


@dataclass(frozen=True, slots=True)
class Fitted:
    """A tile's bytes; how many features had to be left out of it, and how many stand there without some attributes."""

    content: bytes
    left_out: int = 0
    bare: int = 0


def write_fitting(name: str, contents: Contents, level: Level, tiles: int) -> Iterator[Fitted]:
    """Yield each tile; one above `LIMIT` bytes loses attributes that no style needs, then what matters least."""
    for tile, written in enumerate(write_tiles(name, contents, level.columns, tiles)):
        yield Fitted(written) if len(written) <= LIMIT else _reduced(name, contents, level, tile)


def _reduced(name: str, contents: Contents, level: Level, tile: int) -> Fitted:
    columns: Columns = level.columns.only(STYLE)
    kept = np.flatnonzero(contents.tile == tile)
    own = only_units(contents, kept)
    order = np.argsort(-level.importance[own.feature], kind="stable")
    share = 1.0
    while True:
        chosen = np.sort(order[: int(len(order) * share)])
        written = next(write_tiles(name, only_units(own, chosen), columns, 1)) if len(chosen) else b""
        if len(written) <= LIMIT:
            bare = len(chosen) if columns.names != level.columns.names else 0
            return Fitted(written, len(kept) - len(chosen), bare)
        share *= min(0.95 * LIMIT / len(written), 0.95)
