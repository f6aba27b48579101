"""A process that bakes portions: `python -m tiles.bake_worker FOLDER NAME`.

stdin: lines "ZOOM PORTION"; stdout: the same line when the portion's files are written.  What it needs lies in the
folder as arrays that are mapped, not copied; what it makes are `ZOOM-PORTION.tiles`, compressed tiles one after the
other, `ZOOM-PORTION.npy`, (k, 3) int64: column, row and bytes of each, and `ZOOM-PORTION.crowded`: how many
features did not fit into their tiles, and how many stand there without some of their attributes.
"""

import json
import sys
import zlib
from dataclasses import fields
from pathlib import Path

import numpy as np

from tiles.columns import Columns
from tiles.cut import cut
from tiles.fit import write_fitting
from tiles.levels import Level
from tiles.mvt import contents_of
from tiles.plan import Plan
from tiles.shapes import Shapes

GZIP = 16 + zlib.MAX_WBITS
EFFORT = 6
REMAP = 8  # portions
_ARRAYS = ("weight", "code", "rank", "least_zoom")


def save_level(level: Level, plan: Plan, folder: Path) -> None:
    """Write a level for workers; its columns lie in the folder above."""
    level.shapes.save(folder / str(level.zoom))
    for field in _ARRAYS:
        np.save(folder / str(level.zoom) / f"{field}.npy", getattr(level, field))
    (folder / str(level.zoom) / "columns.json").write_text(json.dumps(list(level.columns.names)), "utf-8")
    plan.save(folder / str(level.zoom))


def mapped_level(folder: Path, zoom: int, columns: Columns) -> tuple[Level, Plan]:
    """Return what was saved."""
    own = folder / str(zoom)
    names = json.loads((own / "columns.json").read_text("utf-8"))
    if list(columns.names) != names:
        columns = columns.only(names)
    arrays = {field: np.load(own / f"{field}.npy", mmap_mode="r") for field in _ARRAYS}
    return Level(zoom=zoom, shapes=Shapes.mapped(own), columns=columns, **arrays), Plan.mapped(own)


def bake_portion(name: str, level: Level, plan: Plan, portion: int, folder: Path) -> None:
    """Cut, write and compress the tiles of a portion."""
    units, tile = plan.units(portion, level.shapes.row)
    first = np.flatnonzero(np.diff(tile, prepend=-1))
    contents = contents_of(level.shapes, units, tile, cut(level.shapes, level.zoom, units))
    index, crowded = [], np.zeros(2, np.int64)
    with (folder / f"{level.zoom}-{portion}.tiles").open("wb") as file:
        for i, fitted in enumerate(write_fitting(name, contents, level, len(first))):
            crowded += fitted.left_out, fitted.bare
            if fitted.content:
                packed = compressed(fitted.content)
                file.write(packed)
                index.append((int(units.x[first[i]]), int(units.y[first[i]]), len(packed)))
    np.save(folder / f"{level.zoom}-{portion}.npy", np.array(index, np.int64).reshape(-1, 3))
    (folder / f"{level.zoom}-{portion}.crowded").write_text(json.dumps(crowded.tolist()), "utf-8")


def compressed(content: bytes) -> bytes:
    """Return gzip bytes, the same for the same content."""
    packer = zlib.compressobj(EFFORT, zlib.DEFLATED, GZIP)
    return packer.compress(content) + packer.flush()


def main() -> None:
    """Work off the lines on stdin."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    level: Level | None = None
    for count, line in enumerate(sys.stdin):
        zoom, portion = map(int, line.split())
        # mapped anew now and then: what was read stays resident until then
        if count % REMAP == 0:
            columns, level = Columns.mapped(folder / "columns"), None
        if level is None or level.zoom != zoom:
            level, plan = mapped_level(folder, zoom, columns)
        bake_portion(name, level, plan, portion, folder)
        sys.stdout.write(line)
        sys.stdout.flush()


assert {*_ARRAYS, "zoom", "shapes", "columns"} == {field.name for field in fields(Level)}
if __name__ == "__main__":
    main()
