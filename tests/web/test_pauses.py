"""The collector of a server leaves alone what is kept, and still frees rings of garbage in the end."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from web import pauses


@pytest.fixture
def quiet() -> Iterator[None]:
    before = list(gc.callbacks)
    yield
    gc.callbacks[:] = before
    gc.unfreeze()


class Ring:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_is_kept_is_looked_at_once(quiet: None) -> None:
    kept = [[n] for n in range(200_000)]
    pauses.short_pauses()
    assert len(gc.get_objects()) < 50_000
    kept += [[n] for n in range(200_000)]
    gc.collect()
    assert len(gc.get_objects()) < 50_000
    assert len(kept) == 400_000


def test_rings_are_freed_in_the_end(quiet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "WHOLE", 5)
    ring = Ring()
    seen = weakref.ref(ring)
    pauses.short_pauses()
    del ring
    for _ in range(4):
        gc.collect()
    assert seen() is not None  # it was set aside
    gc.collect()
    assert seen() is None


def test_fresh_rings_are_freed_at_once(quiet: None) -> None:
    pauses.short_pauses()
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    gc.collect()
    assert seen() is None
