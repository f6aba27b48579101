"""A full disk, at whatever byte: one sentence, nothing half there, and with room again everything works."""

import ctypes
import os
import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.faults.works import WORKS, faulted, lasts, made, sound, told

TIMES = [1, pytest.param(25, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
SIZE = 24_000_000  # bytes of the disk
BALLAST = "ballast"  # the file that fills it


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that is a small disk of its own (only root may mount one)."""
    folder = tmp_path / "disk"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={SIZE}".encode()) != 0:
        pytest.skip("A small disk can only be mounted by root, where that is allowed.")
    yield folder
    libc.umount2(bytes(folder), 2)


def fill(disk: Path, left: int) -> None:
    """Fill a disk but for some bytes."""
    ballast = disk / BALLAST
    with open(ballast, "wb", buffering=0) as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - left)))


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("name", WORKS)
def test_disk_full(disk: Path, tmp_path: Path, name: str, times: int) -> None:
    chance = random.Random(f"{name} {times}")  # noqa: S311
    twin, work = made(str(disk / "twin"), tmp_path), WORKS[name]
    free = shutil.disk_usage(disk).free
    lasts(twin, work)
    needs = free - shutil.disk_usage(disk).free
    outcomes = []
    for _ in range(times):
        left = round(chance.uniform(0.0, 1.3) * max(needs, 200_000))
        begin = partial(fill, disk, left)
        # a disk without a byte left cannot even be read from: SQLite shares its log by a file
        outcomes.append(faulted(twin, work, 60.0, random.Random(1), _nothing, (disk / BALLAST).unlink, begin))  # noqa: S311
        before = sound(twin, work)
        twin.good(*work.words(twin))
        assert sound(twin, work) == before + 1
        if shutil.disk_usage(disk).free < 2 * needs + 4_000_000:
            shutil.rmtree(disk / "twin")
            made(str(disk / "twin"), tmp_path / f"again{len(outcomes)}")
    assert times < 20 or False in outcomes
    told(f"disk {name}", outcomes)


def _nothing(_process: object) -> None:
    """Bring no fault beside the full disk."""
