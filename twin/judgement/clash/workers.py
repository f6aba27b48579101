"""Batches handed to workers; one that dies takes only the pair with it that killed it."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import suppress
from typing import Any

from twin.judgement.clash.batches import Answers, Batch, measure_batch, part_of, unanswered

_UNDER_WAY = 8  # batches that are out at a time: enough for a few workers, little memory


def answers(batches: Iterator[Batch], executor: Executor | None) -> Iterator[Answers]:
    """Yield the answers to batches in their order, a few of which are under way at a time.

    executor : where they are measured, None: in this process.  When a worker of it dies, others take its place.
    """
    if executor is None:
        yield from map(measure_batch, batches)
        return
    workers = _Workers(executor)
    waiting: deque[tuple[Batch, Future[Answers] | None]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, workers.submit(batch)))
            if len(waiting) >= _UNDER_WAY:
                yield from workers.heard(*waiting.popleft())
        while waiting:
            yield from workers.heard(*waiting.popleft())
    finally:
        for _, future in waiting:
            if future is not None:
                future.cancel()
        workers.close()


class _Workers:
    """A pool and those that took its place."""

    def __init__(self, executor: Executor) -> None:
        self._pool, self._renew = executor, _renewal(executor)
        self._own: Executor | None = None  # a pool that was made here
        self._alone: Executor | None = None  # a process for batches of which one may be deadly

    def submit(self, batch: Batch) -> Future[Answers] | None:
        """Hand out a batch; None where no worker takes it."""
        for _ in range(2):
            with suppress(BrokenExecutor):
                return self._pool.submit(measure_batch, batch)
            self._own = self._pool = _instead(self._own, self._renew(None))
        return None

    def heard(self, batch: Batch, future: Future[Answers] | None) -> Iterator[Answers]:
        """Yield what was found of a batch; where its worker died, its halves are measured, down to the deadly pair."""
        if future is not None:
            with suppress(BrokenExecutor):
                yield future.result()
                return
        portions = deque([batch])
        while portions:
            some = portions.popleft()
            found = self._guarded(some)
            if found is not None:
                yield found
            elif len(some.numbers) == 1:
                yield unanswered(some)
            else:
                half = len(some.numbers) // 2
                portions.extendleft([part_of(some, slice(half, None)), part_of(some, slice(0, half))])

    def _guarded(self, batch: Batch) -> Answers | None:
        """Measure a batch with nothing else under way; None where that kills the process."""
        if self._alone is None:
            self._alone = self._renew(1)
        try:
            return self._alone.submit(measure_batch, batch).result()
        except BrokenExecutor:
            self._alone = _instead(self._alone, None)
            return None

    def close(self) -> None:
        """End the processes that were started here."""
        _instead(self._own, None)
        _instead(self._alone, None)


def _instead(old: Executor | None, new: Any) -> Any:
    """End one pool, return the other."""
    if old is not None:
        old.shutdown(wait=False, cancel_futures=True)
    return new


def _renewal(executor: Executor) -> Callable[[int | None], Executor]:
    """Return what makes a pool like a given one, of so many workers or of as many."""
    context, count = getattr(executor, "_mp_context", None), getattr(executor, "_max_workers", None)
    begin, words = getattr(executor, "_initializer", None), getattr(executor, "_initargs", ())

    def made(workers: int | None) -> Executor:
        return ProcessPoolExecutor(workers or count, context, initializer=begin, initargs=words)

    return made
