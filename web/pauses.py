"""Short pauses of a server: the garbage collector does not look at all that is kept for good again and again.

A server holds hundreds of thousands of objects for long: models, judgements, tables of the search.  A whole collection
looks at each, and nobody is answered meanwhile.  So what outlives one is set aside from the next ones (`gc.freeze`).
Objects that are set aside are freed as ever when nothing refers to them; only rings of them wait, until everything is
looked at again, which happens once in a while.
"""

import gc
from collections.abc import Callable, Mapping
from typing import Any

WHOLE = 200  # collections of the oldest generation until one looks at everything again
_OLDEST = 2


def short_pauses() -> Callable[[str, Mapping[str, Any]], None]:
    """Set aside what outlives a whole collection, from now on; return what listens to the collector."""
    gc.collect()
    gc.freeze()
    done = 0

    def heard(phase: str, about: Mapping[str, Any]) -> None:
        nonlocal done
        if about["generation"] != _OLDEST:
            return
        if phase == "start":
            done += 1
            if done % WHOLE == 0:
                gc.unfreeze()
        else:
            gc.freeze()

    gc.callbacks.append(heard)
    return heard
