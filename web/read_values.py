"""What a model file says, as values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.georeference import Claim
from twin.values.model import BuildingModel
from twin.values.tiles import Bake


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
