"""Processes of a pool end with the one that started them, even where it is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import multiprocessing, os, time, sys
from web.workers import worker_pool
from twin.judgement.clash.workers import _renewal

def here(_):
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    pool = worker_pool(multiprocessing.get_context(sys.argv[1]))
    pool = _renewal(pool)(1) if sys.argv[2] == "renewed" else pool
    pool.submit(here, 0).result()
"""


def alive(process: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("which", ["first", "renewed"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_ends_with_a_parent_that_is_killed(tmp_path: Path, method: str, which: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, script, method, which],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        until = time.monotonic() + 10
        while alive(worker) and time.monotonic() < until:
            time.sleep(0.05)
        left = alive(worker)
        if left:
            os.kill(worker, signal.SIGKILL)
        assert not left
