"""From measures and tolerances to the type of a clash."""

from twin.values.clash import ClashType, Measured

SAME = 1e-3  # share of a volume that counts as nothing: what two tessellations of one body differ by


def classify(measured: Measured, tolerance: float, touch: float, clearance: float) -> ClashType | None:
    """Return what a pair of bodies do to each other; None where they have room.

    tolerance : metres an overlap may be thick
    touch : metres of a gap that counts as none
    clearance : metres of room that are asked for; 0 where none are
    """
    found = _overlapping(measured, tolerance)
    if found is not None:
        return found
    if measured.depth > 0 or measured.distance <= touch:
        return ClashType.TOUCH
    return ClashType.CLEARANCE if measured.distance < clearance else None


def _overlapping(measured: Measured, tolerance: float) -> ClashType | None:
    """Return the type of an overlap that is thicker than the tolerance; None where there is none."""
    if _same(measured):
        return ClashType.DUPLICATE
    if not measured.depth > tolerance:
        return None
    return ClashType.CONTAINED if max(measured.shares) >= 1 - SAME else ClashType.HARD


def _same(measured: Measured) -> bool:
    """Do the bodies differ by no more than a thousandth of what both fill.

    With volumes V/s and V/t of the bodies and V of the overlap, the union is V (1/s + 1/t - 1), the rest union - V.
    """
    first, second = measured.shares
    if first <= 0 or second <= 0:
        return False
    union = 1 / first + 1 / second - 1
    return union - 1 <= SAME * union
