"""What Prometheus is told: requests by route, what is at work, caches, jobs, what the twin holds.

Several server processes of one machine count into files that they share (PROMETHEUS_MULTIPROC_DIR, which `twin serve`
sets for more than one), so whichever of them is asked tells the sum of all.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

from web.counted import SHARED

if TYPE_CHECKING:
    from twin.store import Store

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)
_REGISTRY = CollectorRegistry()  # not the library's: what others put there is not ours to tell

REQUESTS = Counter("twin_requests", "Requests answered.", ("route", "method", "status"), registry=_REGISTRY)
DURATION = Histogram(
    "twin_request_seconds", "Time to answer.", ("route", "method"), buckets=_SECONDS, registry=_REGISTRY
)
IN_FLIGHT = Gauge(
    "twin_requests_in_flight", "Requests being answered.", registry=_REGISTRY, multiprocess_mode="livesum"
)
GATE_HITS = Counter("twin_tile_gate_hits", "Tiles answered from memory, before the app.", registry=_REGISTRY)
CACHE_HITS = Counter("twin_blob_cache_hits", "Blobs of object storage found near.", registry=_REGISTRY)
CACHE_MISSES = Counter("twin_blob_cache_misses", "Blobs that object storage was asked for.", registry=_REGISTRY)


class _Holdings:
    """What the twin holds, counted when somebody asks."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def collect(self) -> Iterator[Any]:
        """Yield gauges."""
        models = self._store.models()
        for name, help_text, value in (
            ("twin_projects", "Projects in the twin.", len(self._store.projects())),
            ("twin_models", "Models in the twin.", len(models)),
            ("twin_elements_drawn", "Drawn elements of all models.", sum(m.ledger.drawn for m in models)),
            ("twin_elements_failed", "Elements that could not be drawn.", sum(m.ledger.failed for m in models)),
            ("twin_tile_bytes", "Stored bytes of all tiles.", sum(m.tiles.bytes for m in models)),
        ):
            yield GaugeMetricFamily(name, help_text, value=value)
        jobs = GaugeMetricFamily("twin_jobs", "Jobs by state.", labels=("state",))
        for state, count in sorted(self._store.job_counts().items()):
            jobs.add_metric((state,), count)
        yield jobs
        if self._store.blobs.cache is not None:
            size = self._store.blobs.cache.bytes()
            yield GaugeMetricFamily("twin_blob_cache_bytes", "Bytes of the cache of this machine.", value=size)


def exposition(store: "Store") -> bytes:
    """Return all metrics in Prometheus' text format."""
    told = CollectorRegistry()
    if os.environ.get(SHARED):
        multiprocess.MultiProcessCollector(told)  # type: ignore[no-untyped-call]
    holdings = CollectorRegistry()
    holdings.register(_Holdings(store))
    counted = told if os.environ.get(SHARED) else _REGISTRY
    return bytes(generate_latest(holdings) + generate_latest(counted))
