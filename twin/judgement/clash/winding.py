"""How often triangles wind around a point: 1 inside a closed body, 0 outside, something between for one with gaps."""

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 1_000_000


def winding_numbers(points: NDArray[np.float64], triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) winding numbers of (m, 3, 3) triangles around (n, 3) points: solid angles by Van Oosterom and
    Strackee's formula, over the whole sphere."""
    found = np.zeros(len(points))
    step = max(1, _AT_ONCE // max(1, len(triangles)))
    for start in range(0, len(points), step):
        corners = triangles[None] - points[start : start + step, None, None]
        a, b, c = corners[:, :, 0], corners[:, :, 1], corners[:, :, 2]
        lengths = np.linalg.norm(corners, axis=3)
        la, lb, lc = lengths[..., 0], lengths[..., 1], lengths[..., 2]
        volume = np.einsum("nmi,nmi->nm", a, np.cross(b, c))
        around = la * lb * lc
        around += np.einsum("nmi,nmi->nm", a, b) * lc
        around += np.einsum("nmi,nmi->nm", b, c) * la
        around += np.einsum("nmi,nmi->nm", c, a) * lb
        found[start : start + step] = np.arctan2(volume, around).sum(axis=1) / (2 * np.pi)
    return found
