"""What a sandbox lets out: nothing. Each function of `hostile` ends in a sentence and leaves nothing behind."""

import ctypes
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.uploads import hostile
from twin.errors import TwinError
from web import sandbox
from web.sandbox import Limits, sandboxed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls of a sandbox are Linux's")
FILE = Path("model.ifc")
TIGHT = Limits(patience=10.0, seconds=30.0, memory_mb=1024, folder_mb=20, result_mb=10, processes=20)


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test nothing is there that was not before: no folder, no process that knows of one."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert not list(tmp_path.glob("twin-*"))
    assert ended(tmp_path)


def ended(folder: Path) -> bool:
    """Wait until no process is one of the folder's."""
    until = time.monotonic() + 5
    while (left := inside(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    return not left


def inside(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"\0{folder}/twin-sandbox-".encode() in words:
            found.append(process.name)
    return found


def test_a_value_comes_back_with_its_steps() -> None:
    steps: list[Any] = []
    assert sandboxed(hostile.add, 2, 3, file=FILE, advance=lambda *step: steps.append(step)) == 5
    assert steps == [("read", 1, 2)]


def test_all_walls_stand_here() -> None:
    assert sandbox.walls_here() == ["network", "files", "processes"]


def test_nobody_is_reached(tmp_path: Path) -> None:
    unix = str(tmp_path / "socket")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
        local.bind(unix)
        local.listen()
        port = tcp.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()  # from here it can be reached
        assert sandboxed(hostile.connects, port, unix, file=FILE, limits=TIGHT) == []
        assert hostile.connects(port, unix, advance=None) == [str(("127.0.0.1", port)), unix, "a child's"]


def test_no_password_of_the_caller_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret-of-the-bureau")
    assert sandboxed(hostile.sees, "s3cret-of-the-bureau", file=FILE) == []


def test_nothing_is_written_elsewhere(tmp_path: Path) -> None:
    assert not sandboxed(hostile.writes_at, tmp_path / "elsewhere", file=FILE)
    assert not (tmp_path / "elsewhere").exists()


ELSEWHERE = ["/etc/passwd", "/etc/hostname", "/var", "/home", "/run", "/srv", str(Path(__file__).parents[2] / ".git")]


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return files and folders that are no sandbox's business: a twin, its neighbours, the machine's."""
    twin = tmp_path / "house.d"
    twin.mkdir()
    (twin / "twin.sqlite").write_text("s3cret")
    monkeypatch.chdir(twin)
    outside = [str(twin / "twin.sqlite"), str(twin), str(tmp_path), *ELSEWHERE]
    assert hostile.reads(outside, advance=None)[:3] == outside[:3]
    return outside


def test_no_file_is_seen_but_its_own(secrets: list[str]) -> None:
    assert sandboxed(hostile.reads, secrets, file=FILE) == [str(Path(secrets[2]))]  # empty but for its own folder
    assert sandboxed(hostile.reads, ["/usr", os.__file__, hostile.__file__], file=FILE) != []


def test_what_it_is_given_is_seen_with_its_sidecars(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    for name in ("a.ifc", "a.prj", "a.georef.json", "ab.ifc", "twin.sqlite"):
        (folder / name).write_text(name)
    (tmp_path / "link").symlink_to(folder)
    for given in (folder, tmp_path / "link"):
        assert sandboxed(hostile.lists_beside, given / "a.ifc", file=FILE) == ["a.georef.json", "a.ifc", "a.prj"]


def test_the_systems_settings_cannot_be_written() -> None:
    """Root's number would do for them."""
    settings = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches"]
    assert sandboxed(hostile.opens_to_write, settings, file=FILE) == []


def refused(what: str, function: str, *arguments: Any) -> Any:
    """Return what a function finds for an ordinary user who is refused things, and the walls that are missing."""
    command = [sys.executable, "-m", "tests.uploads.refused", what, function, json.dumps(arguments)]
    out = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2]).stdout
    return json.loads(out)


HAS_LANDLOCK = sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1


@pytest.mark.parametrize("landlock", [True, False])
def test_callers_keep_to_themselves_without_namespaces(landlock: bool) -> None:
    found, missing = refused("namespaces" if landlock else "namespaces,landlock", "looks_at_callers", "caller")
    assert found == []
    assert missing == (["processes"] if landlock and HAS_LANDLOCK else ["files", "processes"])


@pytest.mark.skipif(not HAS_LANDLOCK, reason="this kernel has no Landlock")
def test_landlock_hides_files_where_namespaces_are_refused(secrets: list[str], tmp_path: Path) -> None:
    assert (
        refused("namespaces", "reads", secrets)[0] == secrets[-1:]
    )  # names beside the house are seen: Python looks there
    assert refused("namespaces", "opens_to_write", [secrets[0], str(tmp_path / "other")])[0] == []
    assert refused("namespaces,landlock", "reads", secrets[:1])[0] == secrets[:1]  # what the documents say is lost


def test_where_no_proc_can_be_mounted_there_is_none() -> None:
    here = ["/proc/self/status", "/proc/1/status", "/proc/cpuinfo", "/etc"]
    assert refused("proc", "reads", here) == [["/etc"], []]  # by a root of its own: Landlock lists no /etc
    assert refused("proc", "add", 2, 3)[0] == 5


def test_processes_are_few_and_end_with_the_first() -> None:
    started = sandboxed(hostile.forks, 600, file=FILE, limits=TIGHT)
    # a limit of processes does not hold for root; a namespace has at least 300 numbers
    assert started < (400 if os.getuid() == 0 else 20)


def test_what_is_started_inside_has_the_same_limits() -> None:
    memory, file, processes = sandboxed(hostile.asks_for_a_kernel, file=FILE, limits=TIGHT)
    assert (memory, file, processes) == (1024 * 2**20, 20 * 2**20, 20)


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (hostile.eats_memory, (), "needs more than 1024 MB"),
        (hostile.eats_memory_in_native_code, (), "crash (SIGSEGV)"),
        (hostile.hangs, (), "given up after 10 s"),
        pytest.param(hostile.steps_for_ever, (), "given up after 15 s", marks=pytest.mark.long),
        pytest.param(hostile.burns, (), "given up after", marks=pytest.mark.long),
        (hostile.writes_a_huge_file, (), "The system refused"),
        (hostile.writes_many_files, (), "write more than 20 MB"),
        (hostile.kills_itself, (signal.SIGKILL,), "crash (SIGKILL)"),
        (hostile.kills_itself, (signal.SIGSEGV,), "crash (SIGSEGV)"),
        (hostile.kills_all, (), "given up after"),  # it meets nobody
        (hostile.leaves, (), "exit code 7"),
        (hostile.returns_gigabytes, (), "what no reader answers"),
    ],
)
def test_it_ends_in_a_sentence(function: Any, arguments: tuple[Any, ...], words: str) -> None:
    waits = "given up" in words
    patience, seconds = (10.0, 15.0) if waits else (60.0, 90.0)  # a busy machine takes its time to come to the point
    limits = Limits(patience, seconds, memory_mb=1024, folder_mb=20, result_mb=10, processes=20)
    began = time.monotonic()
    with pytest.raises(TwinError) as caught:
        sandboxed(function, *arguments, file=FILE, limits=limits)
    assert words in str(caught.value.sentence if hasattr(caught.value, "title") else caught.value)
    assert time.monotonic() - began < (40 if waits else 120)


@pytest.mark.parametrize(
    "what",
    [
        *("pickle", "noise", "endless", "wrong type", "too few", "huge buffers", "evil template", "wide template"),
        *("deep", "strange refusal", "unknown"),
    ],
)
def test_what_no_reader_says_is_not_believed(what: str) -> None:
    with pytest.raises(TwinError, match="what no reader answers"):
        sandboxed(hostile.says, what, file=FILE, limits=TIGHT)
    assert not Path("/tmp/twin-pickled").exists()  # noqa: S108


@pytest.mark.parametrize(
    ("function", "fits", "too_much"),
    [(hostile.returns_text, 900_000, 1_100_000), (hostile.returns_lists, 9000, 50_000)],
)
def test_what_comes_as_json_is_bounded(function: Any, fits: int, too_much: int) -> None:
    limits = Limits(patience=30.0, head_mb=1)
    assert len(sandboxed(function, fits, file=FILE, limits=limits)) == fits
    with pytest.raises(TwinError, match="what no reader answers"):
        sandboxed(function, too_much, file=FILE, limits=limits)


def test_a_large_file_may_say_more(tmp_path: Path) -> None:
    sizes = (0, 4_000_000, 400_000_000)
    heads = []
    for size in sizes:
        with open(tmp_path / "model.ifc", "wb") as file:
            file.truncate(size)
        heads.append(Limits.for_file(tmp_path / "model.ifc").head_mb)
    assert heads == [16, 96, 256]


def test_what_it_prints_goes_nowhere() -> None:
    assert sandboxed(hostile.prints, file=FILE, limits=Limits(patience=60)) == 1


def test_who_stops_listening_ends_it() -> None:
    class Stopped(Exception):
        pass

    def stop(*_: Any) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        sandboxed(hostile.steps_for_ever, file=FILE, advance=stop)


@pytest.mark.parametrize("function", ["hangs", "steps_for_ever"])
def test_the_death_of_the_caller_ends_it_and_clears_up(function: str, tmp_path: Path) -> None:
    code = (
        "import tempfile; from pathlib import Path; from tests.uploads import hostile\n"
        "from web.sandbox import sandboxed\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\nprint(1, flush=True)\n"
        f"sandboxed(hostile.{function}, file=Path('x.ifc'))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as caller:
        until = time.monotonic() + 20
        while len(inside(tmp_path)) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(inside(tmp_path)) >= 4
        caller.kill()
    until = time.monotonic() + 5
    while list(tmp_path.glob("twin-*")) and time.monotonic() < until:
        time.sleep(0.05)


def test_what_is_missing_is_told_once(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_told", set())
    with caplog.at_level(logging.WARNING, "twin.sandbox"):
        sandbox.tell_missing(["network"])
        sandbox.tell_missing(["network"])
    assert len(caplog.records) == 1
    assert "network" in caplog.text
