"""The database server dies as by a power cut at a random moment of a command; it starts again, and the work goes on."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.debian import POSTGIS, find_postgis
from tests.faults.works import WORKS, Twin, faulted, kill, lasts, made, sound, told

TIMES = [1, pytest.param(25, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    """Return a server that keeps what it has acknowledged."""
    if find_postgis() is None:
        pytest.skip(POSTGIS.advice)
    with postgres.cluster(durable=True) as running:
        yield running


def made_there(cluster: postgres.Cluster, room: Path) -> Twin:
    """Return a twin on the server with two models that clash; its blobs lie in a folder."""
    place = cluster.fresh()
    Twin(place, room).good("init", "--name", "city", "--blobs", room / "blobs")
    return made(place, room)


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("name", WORKS)
def test_the_database_is_killed(cluster: postgres.Cluster, tmp_path: Path, name: str, times: int) -> None:
    chance = random.Random(f"{name} {times}")  # noqa: S311
    twin, work = made_there(cluster, tmp_path), WORKS[name]
    seconds = lasts(twin, work)
    outcomes, dead = [], []

    def die(_process: object) -> None:
        cluster.kill()
        dead.append(True)

    def mend() -> None:
        if dead:
            cluster.start()
            dead.clear()

    for _ in range(times):
        outcomes.append(faulted(twin, work, seconds, chance, die, mend))
    told(f"database {name}", outcomes)
    before = sound(twin, work)
    twin.good(*work.words(twin))
    assert sound(twin, work) == before + 1
    assert times < 20 or set(outcomes) == {True, False}


@pytest.mark.long
@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("name", WORKS)
def test_a_command_on_a_database_is_killed(cluster: postgres.Cluster, tmp_path: Path, name: str, times: int) -> None:
    chance = random.Random(f"{name} {times}")  # noqa: S311
    twin, work = made_there(cluster, tmp_path), WORKS[name]
    seconds = lasts(twin, work)
    outcomes = [faulted(twin, work, seconds, chance, lambda process: kill(process, chance)) for _ in range(times)]
    told(f"database_command {name}", outcomes)
    before = sound(twin, work)
    twin.good(*work.words(twin))
    assert sound(twin, work) == before + 1
