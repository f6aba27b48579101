"""What a Dask cluster says of itself, for whoever looks after it."""

from dataclasses import dataclass
from typing import Any

from web.jobs.executors import DaskExecutor

_SAME = ("distributed", "cloudpickle", "msgpack")  # packages whose versions must agree, besides Python itself


@dataclass(frozen=True, slots=True)
class ClusterState:
    """How many workers a cluster has, and which versions differ from this machine's: "name here ≠ there"."""

    workers: int
    differing: tuple[str, ...]


def cluster_state(address: str) -> ClusterState:
    """Ask a scheduler; raises a TwinError where none answers."""
    with DaskExecutor(address) as cluster:
        found: dict[str, Any] = cluster._client.get_versions()
    own = _versions(found["client"])
    others = [_versions(told) for told in (found["scheduler"], *found["workers"].values()) if told]
    differing = {
        f"{name} {own[name]} ≠ {other[name]}" for other in others for name in own if own[name] != other.get(name)
    }
    return ClusterState(len(found["workers"]), tuple(sorted(differing)))


def _versions(told: dict[str, Any]) -> dict[str, str]:
    packages = told["packages"]
    python = ".".join(str(packages["python"]).split(".")[:2])
    return {"python": python, **{name: str(packages.get(name)) for name in _SAME}}
