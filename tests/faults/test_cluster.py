"""kill -9 of workers and the scheduler of a Dask cluster at random moments of commands (imports: `tests/jobs`)."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.works import WORKS, faulted, lasts, made, sound, told
from tests.jobs.cluster import Cluster, cluster

pytestmark = pytest.mark.skipif("os.name != 'posix'", reason="SIGKILL")
TIMES = [pytest.param(1, marks=pytest.mark.long), pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made_here:
        yield made_here


def kill_one(running: Cluster, victim: str, chance: random.Random) -> None:
    """Kill a worker or the scheduler, whose workers end with it or come back."""
    if victim == "scheduler":
        assert running.scheduler is not None
        dying = [running.scheduler]
    else:
        dying = [chance.choice(running.workers)]
        running.workers.remove(dying[0])
    for process in dying:
        process.kill()
        process.wait()


def mend(running: Cluster) -> None:
    """Have a scheduler and two workers again."""
    assert running.scheduler is not None
    if running.scheduler.poll() is not None:
        for worker in running.workers:
            worker.kill()
            worker.wait()
        running.workers.clear()
        running.start_scheduler()
    while len(running.workers) < 2:
        running.start_worker()
    running.wait_for_workers(2)


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("victim", ["worker", "scheduler"])
@pytest.mark.parametrize("name", ["clash", "facts"])
def test_a_command_outlives_its_cluster(running: Cluster, tmp_path: Path, name: str, victim: str, times: int) -> None:
    chance = random.Random(f"{name} {victim} {times}")  # noqa: S311
    twin, work = made(str(tmp_path / "twin"), tmp_path), WORKS[name]
    twin.environment = {"TWIN_SCHEDULER": running.address}
    seconds = lasts(twin, work)
    outcomes = [
        faulted(
            twin,
            work,
            seconds,
            chance,
            lambda _process: kill_one(running, victim, chance),
            lambda: mend(running),
        )
        for _ in range(times)
    ]
    told(f"{victim} {name}", outcomes)
    before = sound(twin, work)
    twin.good(*work.words(twin))
    assert sound(twin, work) == before + 1
