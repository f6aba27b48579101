"""Whatever kills an import, at whatever moment, the twin stands as before or as after, and the next import works."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.store import samples
from twin.store import Store

# Imports revision after revision until it is killed; says when it starts.
WRITER = """
import sys
from pathlib import Path
from tests.store import samples
from twin.store import Store
store = Store.open(Path(sys.argv[1]))
print("up", flush=True)
for number in range(10**6):
    text = f"{sys.argv[2]} {number}"
    tiles = tuple(f"glTF {text} {i} ".encode() * 300 for i in range(6))
    store.put_revision(samples.revision(text=text, count=300, tiles=tiles))
"""

# Imports a second revision, and dies as if killed at its n-th step towards the disk; steps are counted in every call
# that writes, renames, flushes or speaks SQL. Forks, so that hundreds of deaths take seconds.
MORTAL = """
import os, sys
from pathlib import Path
from tests.store import samples
from twin.store import Store, connect
from sqlalchemy import event

folder, stride = Path(sys.argv[1]), int(sys.argv[2])
steps, limit = 0, 0

def step(*_, **__):
    global steps
    steps += 1
    if steps == limit:
        os._exit(9)

def counted(function):
    def call(*arguments, **options):
        step()
        return function(*arguments, **options)
    return call

for name in ("fsync", "replace", "makedirs", "mkdir", "open"):
    setattr(os, name, counted(getattr(os, name)))

def put(n):
    global limit, steps
    store = Store.open(folder / str(n))
    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(store._engine, moment, step)
    limit, steps = n, 0
    store.put_revision(samples.revision(text="two", count=20, tiles=(b"glTF new", b"glTF newer")))

for n in range(1, 1000, stride):
    Store.open(folder / str(n)).put_revision(samples.revision(text="one"))
    child = os.fork()
    if child == 0:
        put(n)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(n, code, flush=True)
    if code == 0:
        break
"""


def whole(store: Store) -> None:
    """Assert that every row's blobs are there and sound, and that every revision has all its rows."""
    assert store.damage() == []
    for model in store.models():
        columns = store.element_columns(model.model)
        assert len(columns.global_id) == model.ledger.drawn
        assert len(store.ledger(model.model).items) == model.ledger.products - model.ledger.drawn
        assert [revision.revision for revision in store.history(model.model)] == list(range(1, model.revision + 1))


def kill_at_random(folder: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    reached = 0
    with Store.open(folder) as store:
        store.put_revision(samples.revision(text="the first", count=300))
    for attempt in range(times):
        command = [sys.executable, "-c", WRITER, str(folder), f"attempt {attempt}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"up\n"
            time.sleep(chance.uniform(0.0, 0.12))
            writer.send_signal(signal.SIGKILL)
        with Store.open(folder) as store:
            whole(store)
            now = store.model("P001-办公楼")
            assert now.revision >= reached
            if chance.random() < 0.5:
                store.sweep()
                assert store.damage() == []
            reached = store.put_revision(samples.revision(text=f"after {attempt}", count=300)).revision
            assert reached == now.revision + 1
    with Store.open(folder) as store:
        store.remove_model("P001-办公楼")
        assert [path for path in (folder / "blobs").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=4, seed=20260601)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_at_random_moments_many_times(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=120, seed=7)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.long)])
def test_killed_at_every_step(tmp_path: Path, stride: int) -> None:
    command = [sys.executable, "-W", "ignore", "-c", MORTAL, str(tmp_path), str(stride)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    deaths = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(deaths) > 60 // stride
    assert {code for _, code in deaths[:-1]} == {9}
    assert deaths[-1][1] == 0  # it outlived its last step, so steps of all kinds have been tried
    outcomes = []
    for n, _ in deaths:
        with Store.open(tmp_path / str(n), create=False) as store:
            whole(store)
            outcomes.append(store.model("P001-办公楼").revision)
            again = store.put_revision(samples.revision(text="two", count=20, tiles=(b"glTF new", b"glTF newer")))
            assert again.revision == 2
            store.sweep()
            whole(store)
            assert store.folder is not None
            assert not list(store.folder.rglob("*.part"))
    assert outcomes == sorted(outcomes)  # before the commit the old revision stands, from the commit on the new one
    assert set(outcomes) == {1, 2}
