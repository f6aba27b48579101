"""A building model to 3D Tiles: a coarse root, one leaf per storey or cell, spaces in a tileset of their own."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.coarse import coarse_surface
from tiles.geometry import Surface, placed, placed_boxes, surfaces_of_shapes
from tiles.glb import Columns, Instanced, write_glb
from tiles.tileset import TileNode, tileset_document
from twin.values.model import BuildingModel, Element
from twin.values.tiles import Bake, TileFile, Tileset

MOST_TRIANGLES = 60_000  # of a leaf: about half a megabyte before gzip
MOST_EXTENT = 60.0  # metres: keeps the quantised step at 1 mm or less
FEWEST_TRIANGLES = 8_000  # of a storey that gets a tile of its own; lower ones share with the storey above
COARSE_FROM = 3_000  # triangles of a model that gets a coarse level
INSTANCING_SAVES = 4_096  # bytes before gzip that instancing must save to pay for its JSON and its draw calls

Advance = Callable[[int, int], None]  # leaves written, leaves in all


def build_tilesets(
    model: BuildingModel, space_classes: Sequence[str], advance: Advance = lambda done, total: None
) -> Bake:
    """Bake a model; elements of `space_classes` go into the spaces' tileset."""
    drawn = model.drawn()
    if not drawn:
        return Bake(None, None)
    parts = _Parts.of(model, drawn)
    spaces = np.array([e.ifc_class in space_classes for e in drawn])
    building = _build(parts, np.flatnonzero(~spaces), advance) if (~spaces).any() else None
    return Bake(building, _build(parts, np.flatnonzero(spaces), advance) if spaces.any() else None)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The drawn elements as columns; `boxes` is (k, 2, 3) float64 in the local frame, metres."""

    elements: Sequence[Element]
    surfaces: Sequence[Surface]
    shape: NDArray[np.int64]
    matrices: NDArray[np.float64]
    boxes: NDArray[np.float64]
    triangles: NDArray[np.int64]
    storey: NDArray[np.int64]
    storey_names: Sequence[str]

    @classmethod
    def of(cls, model: BuildingModel, drawn: Sequence[Element]) -> "_Parts":
        surfaces = surfaces_of_shapes(model.shapes)
        placed = [e.placed for e in drawn if e.placed is not None]
        shape = np.array([p.shape for p in placed])
        matrices = np.stack([p.local_from_shape for p in placed])
        order = {s.global_id: i for i, s in enumerate(model.storeys)}
        return cls(
            drawn,
            surfaces,
            shape,
            matrices,
            placed_boxes(surfaces, shape, matrices),
            np.array([len(s.triangles) for s in surfaces])[shape],
            np.array([order.get(e.storey or "", -1) for e in drawn]),
            [s.name for s in model.storeys],
        )

    def surface(self, indices: NDArray[np.int64], features: NDArray[np.int64]) -> Surface | None:
        return placed(self.surfaces, self.shape[indices], self.matrices[indices], features)

    def columns(self, indices: NDArray[np.int64]) -> Columns:
        chosen = [self.elements[i] for i in indices]
        return Columns(
            [e.global_id for e in chosen],
            [e.ifc_class for e in chosen],
            [self.storey_names[s] if s >= 0 else "" for s in self.storey[indices]],
            np.array([e.row for e in chosen], np.uint32),
        )


def _build(parts: _Parts, indices: NDArray[np.int64], advance: Advance) -> Tileset:
    contents: list[TileFile] = []

    def keep(content: bytes) -> str:
        path = f"{hashlib.sha256(content).hexdigest()}.glb"
        if all(c.path != path for c in contents):
            contents.append(TileFile(path, content))
        return path

    groups = _cells(parts, indices)
    leaves = []
    for done, cell in enumerate(groups):
        leaves.append(TileNode(_union(parts, cell), 0.0, keep(_content(parts, cell))))
        advance(done + 1, len(groups))
    root = leaves[0]
    if len(leaves) > 1 or parts.triangles[indices].sum() >= COARSE_FROM:
        content, error = _coarse_content(parts, indices)
        root = TileNode(_union(parts, indices), error, keep(content), leaves)
    return Tileset(tileset_document(root), contents, root.box)


def _union(parts: _Parts, indices: NDArray[np.int64]) -> NDArray[np.float64]:
    boxes = parts.boxes[indices]
    return np.stack([boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)])


def _cells(parts: _Parts, indices: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the elements of each leaf: by storey from below, small storeys together, large ones cut in halves."""
    groups: list[NDArray[np.int64]] = []
    pending = np.zeros(0, np.int64)
    for storey in np.unique(parts.storey[indices]):
        pending = np.concatenate([pending, indices[parts.storey[indices] == storey]])
        if parts.triangles[pending].sum() >= FEWEST_TRIANGLES:
            groups.append(pending)
            pending = np.zeros(0, np.int64)
    if len(pending):
        groups.append(pending)
    return [cell for group in groups for cell in _cut(parts, group)]


def _cut(parts: _Parts, indices: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut a group at the median of its widest direction until every cell is small in triangles and in extent."""
    small = parts.triangles[indices].sum() <= MOST_TRIANGLES
    centres = parts.boxes[indices].mean(axis=1)
    spread = centres.max(axis=0) - centres.min(axis=0)
    if (small and spread.max() <= MOST_EXTENT) or spread.max() < 1e-3:
        return [indices]
    along = centres[:, int(np.argmax(spread))]
    middle = np.median(along) if not small else (along.min() + along.max()) / 2
    low = along <= middle
    if low.all() or not low.any():
        low = along < middle if low.all() else along <= along.min()
    return _cut(parts, indices[low]) + _cut(parts, indices[~low])


def _content(parts: _Parts, indices: NDArray[np.int64]) -> bytes:
    """Return the glb of a leaf; shapes that repeat often enough are instanced."""
    uses: dict[int, list[int]] = {}
    for feature, index in enumerate(indices):
        uses.setdefault(int(parts.shape[index]), []).append(feature)
    once: list[int] = []
    instanced = []
    for shape, features in uses.items():
        surface = parts.surfaces[shape]
        saved = (len(features) - 1) * (16 * len(surface.positions) + 6 * len(surface.triangles)) - 32 * len(features)
        if len(surface.triangles) and saved > INSTANCING_SAVES:
            instanced.append(Instanced(surface, parts.matrices[indices[features]], np.array(features)))
        else:
            once += features
    single = np.array(once, np.int64)
    return write_glb(parts.surface(indices[single], single), instanced, parts.columns(indices))


def _coarse_content(parts: _Parts, indices: NDArray[np.int64]) -> tuple[bytes, float]:
    """Return the glb of the root and its geometric error, metres."""
    simple, error = coarse_surface(
        parts.boxes[indices],
        parts.triangles[indices],
        lambda chosen: parts.surface(indices[chosen], chosen),
    )
    used, features = np.unique(simple.features, return_inverse=True)
    renumbered = Surface(simple.positions, simple.normals, features, simple.triangles, simple.colours)
    return write_glb(renumbered, (), parts.columns(indices[used])), error
