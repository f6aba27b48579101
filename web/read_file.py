"""What a model file says, read by nobody's twin: file → model, claims, box, tasks, tiles, footprint.

Reading needs no store and keeps nothing, so that it can be done apart, where a file can harm nobody (`web.sandbox`).
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.errors import UnreadableModel
from twin.values.georeference import Claim
from twin.values.model import BuildingModel, Placed, Shape
from twin.values.tiles import Bake, TileFile
from web.reading import Advance, reading_started


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A model file as values.

    claims : all that it, or a sidecar beside it, says of its place
    box : (2, 3) float64, least and greatest corner of what is drawn in the local frame, metres; None without any
    tasks : how many dated tasks it holds besides
    bake : its tiles; None until they are made
    footprint : polygons of what stands above the ground, each its outer ring and its holes, (x, y) in local metres
    """

    model: BuildingModel
    claims: list[Claim]
    box: NDArray[np.float64] | None
    tasks: int
    bake: Bake | None = None
    footprint: list[list[list[tuple[float, float]]]] | None = None


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
