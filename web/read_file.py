"""What a model file says, read by nobody's twin: file → model, claims, box, tasks, tiles, footprint.

Reading needs no store and keeps nothing, so that it can be done apart, where a file can harm nobody (`web.sandbox`).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from twin.errors import UnreadableModel
from twin.values.georeference import Claim
from twin.values.model import Placed, Shape
from twin.values.tiles import TileFile
from web.read_values import ReadFile
from web.reading import Advance, Reading, reading_started


@contextmanager
def apart_started(path: Path, kernel: str | None, advance: Advance) -> Iterator[Reading]:
    """Give a file that will be read in a sandbox, which makes the tiles as well; like `web.reading.reading_started`."""
    yield _Apart(path, kernel, advance)


class _Apart:
    """Read in a sandbox."""

    def __init__(self, path: Path, kernel: str | None, advance: Advance) -> None:
        from ifc_import.source import given_bytes

        self.given = given_bytes(path)
        self.sha256 = hashlib.sha256(self.given).hexdigest()
        self._path, self._kernel, self._advance = path, kernel, advance

    def tasks(self) -> int:
        from web.sandbox import sandboxed

        return sandboxed(tasks_in, self._path, file=self._path)

    def read(self) -> ReadFile:
        return read_apart(self._path, self._kernel, tiles=True, advance=self._advance)


def read_apart(path: Path, kernel: str | None, *, tiles: bool, advance: Advance) -> ReadFile:
    """Return what a model file says, read in a sandbox and looked over; with its tiles where they are wanted."""
    from web.sandbox import sandboxed

    return _sound(sandboxed(read_file, path, kernel, tiles, advance=advance, file=path), path)


def _sound(found: ReadFile, path: Path) -> ReadFile:
    """Return what came out of a sandbox if its numbers fit each other: whoever uses it need not look again."""
    model = found.model
    drawn = model.drawn()
    fits = [element.row for element in drawn] == list(range(len(drawn)))
    fits = fits and all(e.placed is not None and _fits(e.placed, len(model.shapes)) for e in drawn)
    fits = fits and all(_is_whole(shape) for shape in model.shapes)
    fits = fits and (found.box is None or (found.box.shape == (2, 3) and bool(np.isfinite(found.box).all())))
    for tileset in (found.bake.building, found.bake.spaces) if found.bake else ():
        if tileset is not None:
            fits = fits and tileset.box.shape == (2, 3) and bool(np.isfinite(tileset.box).all())
            fits = fits and all(_is_named(file) for file in tileset.contents)
    if not fits:
        raise UnreadableModel(
            "{file} made its reader answer what no reader answers: check it in the authoring tool.", file=path.name
        )
    return found


def _fits(placed: Placed, shapes: int) -> bool:
    matrix = placed.local_from_shape
    return 0 <= placed.shape < shapes and matrix.shape == (4, 4) and bool(np.isfinite(matrix).all())


def _is_whole(shape: Shape) -> bool:
    """Are the triangles of a shape triangles of its vertices, and their materials its materials."""
    vertices, faces, materials = shape.vertices, shape.faces, shape.materials
    if vertices.ndim != 2 or faces.ndim != 2 or materials.ndim != 2 or shape.face_materials.shape != faces.shape[:1]:
        return False
    widths = vertices.shape[1] == 3 and faces.shape[1] == 3 and materials.shape[1] == 4
    inside = not len(faces) or (faces.max() < len(vertices) and shape.face_materials.max() < len(materials))
    return bool(widths and inside and np.isfinite(vertices).all())


def _is_named(file: TileFile) -> bool:
    """Is a tile what its name says."""
    return file.path == f"{hashlib.sha256(file.content).hexdigest()}.glb" and file.content[:4] == b"glTF"


def read_file(path: Path, kernel: str | None, tiles: bool, *, advance: Advance) -> ReadFile:
    """Return what a model file says, with its tiles where they are wanted."""
    with reading_started(path, kernel, advance) as reading:
        found = reading.read()
    return with_tiles(found, advance) if tiles else found


def tasks_in(path: Path, *, advance: Advance) -> int:
    """Return how many dated tasks a model file holds."""
    from ifc_import.source import count_tasks, open_source

    advance("read", 0, 1)
    return count_tasks(open_source(path))


def claims_in(path: Path, beside: Path, *, apart: bool = False) -> list[Claim]:
    """Return what a model file says of its place, and sidecars beside the path `beside`; nothing is drawn."""
    if apart:
        from web.sandbox import sandboxed

        return sandboxed(_claims_in, path, beside, file=path)
    return _claims_in(path, beside)


def _claims_in(path: Path, beside: Path, *, advance: Advance = lambda stage, done, total: None) -> list[Claim]:
    from ifc_import.georeference import read_claims
    from ifc_import.reader import open_model, text_file
    from ifc_import.source import open_source

    source = open_source(path)
    with text_file(source) as text_path:
        return list(read_claims(open_model(source, text_path), beside))


def with_tiles(found: ReadFile, advance: Advance) -> ReadFile:
    """Return what was read, with its tiles and its footprint."""
    from ifc_import.reader import SPACE_CLASSES
    from tiles.build import build_tilesets
    from twin.judgement.footprint import footprint

    bake = build_tilesets(found.model, SPACE_CLASSES, lambda done, total: advance("tiles", done, total))
    return replace(found, bake=bake, footprint=footprint(found.model))
