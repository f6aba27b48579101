"""The classes of the truth suite, each with its maker and the options that its answers hold for."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sample_data import clash_truth_boxes as boxes
from sample_data import clash_truth_shapes as shapes
from sample_data.clash_truth import Case, Pair

SEED = "2026"
TOLERANCE = 0.002  # metres of overlap that are allowed


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of pairs; `clearance` is what its answers hold for, metres."""

    name: str
    title: str
    make: Callable[[Random], Case]
    clearance: float = 0.0


KINDS = (
    Kind("collinear", "collinear beams of one section", boxes.collinear),
    Kind("junction", "walls of one height meeting in a T", boxes.junction),
    Kind("flush-corner", "walls in an L, outer faces flush", boxes.flush_corner),
    Kind("column-slab", "column through a slab, flush with its top", boxes.column_in_slab),
    Kind("column-corner", "column in a slab's corner, flush on three sides", boxes.column_in_corner),
    Kind("duplicate", "the same element twice", boxes.duplicate),
    Kind("embedded", "member in a wall, one face flush", boxes.embedded),
    Kind("enclosed", "element wholly inside another, or in its hollow", boxes.enclosed),
    Kind("scattered", "random boxes", boxes.scattered),
    Kind("faces", "full faces touch, or 2.5 to 50 mm deep", boxes.touching_faces),
    Kind("edges", "edges or corners touch, or 2.5 to 50 mm deep", boxes.touching_edges),
    Kind("clearance", "gap of the clearance ± 0.1 mm", boxes.clearance, boxes.CLEARANCE),
    Kind("tolerance", "1, 1.9, 2.1 and 3 mm where 2 mm are allowed", boxes.tolerance),
    Kind("centimetre", "gap of 10 mm, overlap of 10 mm", boxes.centimetre),
    Kind("tilted", "boxes turned in space, each its own way", shapes.tilted),
    Kind("aligned-tilted", "collinear beams, turned in space together", shapes.aligned_tilted),
    Kind("pipe-wall", "pipe through, in or along a wall", shapes.pipe_through_wall),
    Kind("pipes", "pipes side by side, crossing, nested", shapes.pipes),
    Kind("openings", "pipe or duct through an opening, or beside it", shapes.through_opening),
    Kind("concave", "box in the notch of an L", shapes.concave),
    Kind("channel", "bar between the legs of a channel", shapes.channel),
    Kind("mapped", "shared shapes, some mirrored", shapes.mapped),
)


def make_pairs(kind: Kind, count: int) -> list[Pair]:
    """Return the first `count` pairs of a class; they are the same on every machine."""
    random = Random(f"{SEED} {kind.name}")  # noqa: S311  (nothing secret about it)
    return [Pair(kind.name, number, kind.make(random)) for number in range(count)]
