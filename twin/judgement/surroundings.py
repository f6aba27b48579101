"""What a claim is read with and what it is read to: the values between `reading`, `map_reading` and `placement`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.values.crs import Crs
from twin.values.georeference import Claim
from twin.values.sentence import Sentence

FAR = 10_000.0  # metres: geometry farther from its local origin has map coordinates written as local ones
MARGIN = 3.0  # degrees around a CRS's area of use in which a place is still believed


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known when a claim is read.

    box : (2, 3) float64, least and greatest corner of the geometry in the local frame, metres; None when not known
    near : longitude and latitude in degrees that another statement gives, for choosing between readings of odd numbers
    city : longitude and latitude in degrees of the middle of the city, for a CRS that names no central meridian
    true_bearing : of the model's +Y by the file's TrueNorth, degrees clockwise from true north
    """

    box: NDArray[np.float64] | None = None
    near: tuple[float, float] | None = None
    city: tuple[float, float] | None = None
    true_bearing: float = 0.0

    @property
    def middle(self) -> NDArray[np.float64] | None:
        """Return the (3,) middle of the box, local metres."""
        return None if self.box is None else self.box.mean(axis=0)

    @property
    def far(self) -> bool:
        """Say whether the geometry lies more than 10 km from its local origin."""
        return self.middle is not None and float(np.hypot(self.middle[0], self.middle[1])) > FAR

    def anchor(self, height: float) -> NDArray[np.float64]:
        """Return the (3,) local point that stands at a stated place when the geometry is far: the middle of its box.

        Its height is local zero; but where local heights are already heights above the datum (the lowest is nearer to
        the stated `height`, metres, than to zero), it is that height.
        """
        assert self.box is not None  # only far geometry is asked
        lowest = float(self.box[0, 2])
        middle = self.box.mean(axis=0)
        return np.array([middle[0], middle[1], height if abs(lowest - height) < abs(lowest) else 0.0])


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim, understood: either a map and a matrix, or a longitude and latitude and a bearing.

    crs : None for plain WGS 84 longitude and latitude
    map_from_local : (4, 4) float64, local metres → easting, northing, height in metres; None with `lnglat`
    lnglat : (3,) float64, WGS 84 degrees and metres, of `claim.local_point`; None with `map_from_local`
    bearing : of the model's +Y, degrees clockwise from true north, with `lnglat`
    conflicts : where the numbers are not taken at their word, and why
    """

    claim: Claim
    crs: Crs | None
    map_from_local: NDArray[np.float64] | None
    lnglat: NDArray[np.float64] | None
    bearing: float
    conflicts: tuple[Sentence, ...]


class Unusable(InvalidInput):
    """A claim that states a place says nothing usable; another source is asked."""
