"""kill -9 of a command, or of a process that it started, at a random moment; two commands at once."""

import random
import time
from pathlib import Path

import pytest

from tests.faults.works import WORKS, faulted, kill, lasts, made, sound, told, walls

pytestmark = pytest.mark.skipif("os.name != 'posix'", reason="SIGKILL")
TIMES = [1, pytest.param(25, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("name", WORKS)
def test_killed_at_random_moments(tmp_path: Path, name: str, times: int) -> None:
    chance = random.Random(f"{name} {times}")  # noqa: S311
    twin, work = made(str(tmp_path / "twin"), tmp_path), WORKS[name]
    seconds = lasts(twin, work)
    outcomes = [faulted(twin, work, seconds, chance, lambda process: kill(process, chance)) for _ in range(times)]
    told(f"command {name}", outcomes)
    before = sound(twin, work)
    twin.good(*work.words(twin))
    assert sound(twin, work) == before + 1
    assert times < 20 or set(outcomes) == {True, False}  # moments before and after the commit were tried
    assert twin.run("doctor") in (0, 1)


@pytest.mark.parametrize("times", TIMES)
def test_two_imports_of_one_model_at_once(tmp_path: Path, times: int) -> None:
    chance = random.Random(times)  # noqa: S311
    twin, work = made(str(tmp_path / "twin"), tmp_path), WORKS["import"]
    for number in range(times):
        before = sound(twin, work)
        same = chance.random() < 0.3
        files = [twin.file(".ifc", walls(0.05 + number * 0.001 + (0 if same else 0.0001 * side))) for side in range(2)]
        both = []
        for file in files:
            both.append(twin.start("import", file, "--project", "P0"))
            time.sleep(chance.uniform(0.0, 0.3))
        for process in both:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, out + err
        assert sound(twin, work) in ((before + 1, before + 2) if same else (before + 2,))
    told("at_once import", [True] * times)
