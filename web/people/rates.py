"""How much one address or one person may ask for in a minute; counted in each server process."""

import math
import time
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from twin.errors import TooMany

if TYPE_CHECKING:
    from web.people.settings import Rates


class Limits:
    """Counts; the library is loaded when the first request is counted."""

    def __init__(self, rates: "Rates") -> None:
        self._rates = rates
        self._made: tuple[Any, Any, dict[str, Any]] | None = None

    def any_request(self, address: str) -> None:
        """Count a request of an address; raises TooMany."""
        if self._rates.all:
            self._hit("all", self._rates.all, block_of(address), exact=False)

    def change(self, who: str) -> None:
        """Count a change of a person, or of an address where nobody signed in; raises TooMany."""
        if self._rates.changes:
            self._hit("changes", self._rates.changes, who)

    def sign_in(self, address: str, name: str) -> None:
        """Count somebody's trying to sign in, by address and by name, where there is one; raises TooMany."""
        if self._rates.sign_in:
            self._hit("sign_in", self._rates.sign_in, f"address {block_of(address)}")
            if name:  # without one, all would be counted as one
                self._hit("sign_in", self._rates.sign_in, f"name {name}")

    def sign_on(self, address: str, step: str) -> None:
        """Count a step of the single sign-on, by address: each step by itself, as nobody need do one twice."""
        if self._rates.sign_in:
            self._hit("sign_in", self._rates.sign_in, f"{step} {block_of(address)}")

    def _hit(self, kind: str, most: int, key: str, *, exact: bool = True) -> None:
        moving, fixed, items = self._counters()
        item = items.get(kind)
        if item is None:
            from limits import RateLimitItemPerMinute

            item = items[kind] = RateLimitItemPerMinute(most, namespace=kind)
        counter = moving if exact else fixed
        if counter.hit(item, key):
            return
        wait = counter.get_window_stats(item, key).reset_time - time.time()
        error = TooMany("Too many requests: try again in {seconds} seconds.", seconds=max(1, math.ceil(wait)))
        error.retry_after = max(1, math.ceil(wait))
        raise error

    def _counters(self) -> tuple[Any, Any, dict[str, Any]]:
        if self._made is None:
            from limits.storage import MemoryStorage
            from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

            storage = MemoryStorage()
            self._made = MovingWindowRateLimiter(storage), FixedWindowRateLimiter(storage), {}
        return self._made


def block_of(address: str) -> str:
    """Return what is counted as one address: of IPv6 the network that a household is given.

    >>> block_of("2001:db8:1:2:3::4"), block_of("10.0.0.1")
    ('2001:db8:1:2::', '10.0.0.1')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return address
