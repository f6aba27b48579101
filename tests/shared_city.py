"""The sample city for tests: built once a run, however many processes the tests run in, and copied for each."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT


def build_city(folder: Path) -> Path:
    """Build the sample city in a folder, or copy the one of `$TWIN_TEST_CITY`; return the folder."""
    if built := os.environ.get("TWIN_TEST_CITY"):
        shutil.copytree(built, folder)
    else:
        command = [sys.executable, "-m", "web.cli.main", "demo", "--no-serve", "--twin", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def city_of_this_run(folders: pytest.TempPathFactory, name: str) -> Path:
    """Return a copy of the sample city, for tests that may change it."""
    shared = folders.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent  # of all processes of a run
    with open(shared / "sample-city.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes first builds, the others wait
        built = shared / "sample-city"
        if not built.is_dir():
            build_city(shared / "sample-city.part").rename(built)
    return Path(shutil.copytree(built, folders.mktemp(name) / "city"))
