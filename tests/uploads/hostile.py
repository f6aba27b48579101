"""What a file that takes its reader over might have it do: functions for a sandbox, each says what it could do."""

import contextlib
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from twin.values.model import BuildingModel
from web.read_file import read_file
from web.read_values import ReadFile

Advance = Any


def add(a: int, b: int, *, advance: Advance) -> int:
    advance("read", 1, 2)
    return a + b


def connects(port: int, unix: str, *, advance: Advance) -> list[str]:
    """Return where a connection could be made, also by a program started from here."""
    reached = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, unix)):
        with contextlib.suppress(OSError), socket.socket(family) as made:
            made.connect(address)
            reached.append(str(address))
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"
    if subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.DEVNULL).returncode == 0:
        reached.append("a child's")
    return reached


def sees(secret: str, *, advance: Advance) -> list[str]:
    """Return what can be seen or done of the caller."""
    found = [name for name, value in os.environ.items() if secret in value]
    with contextlib.suppress(OSError):
        found += [secret] if secret.encode() in Path(f"/proc/{os.getppid()}/environ").read_bytes() else []
    return found


def writes_at(path: Path, *, advance: Advance) -> bool:
    """Say whether a file could be written outside of the folder."""
    with contextlib.suppress(OSError):
        path.write_text("was here")
        return True
    return False


def reads(paths: list[str], *, advance: Advance) -> list[str]:
    """Return which files can be read, and which folders tell what is in them."""
    found = []
    for path in map(Path, paths):
        with contextlib.suppress(OSError):
            _ = os.listdir(path) if path.is_dir() else path.read_bytes()
            found.append(str(path))
    return found


def lists_beside(path: Path, *, advance: Advance) -> list[str]:
    """Return what lies beside a file, all of it read."""
    return sorted(file.name for file in path.parent.iterdir() if file.read_bytes())


def opens_to_write(paths: list[str], *, advance: Advance) -> list[str]:
    """Return which files could be written; nothing is."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))
            found.append(path)
    return found


def looks_at_callers(caller: int, *, advance: Advance) -> list[str]:
    """Return what can be opened of the processes between this one and the caller, if they can be named at all."""
    found, pid = [], os.getpid()
    while pid not in (0, caller):
        with contextlib.suppress(OSError):
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            for name, how in (("environ", os.O_RDONLY), ("mem", os.O_RDWR), ("fd/0", os.O_RDONLY)):
                with contextlib.suppress(OSError):
                    os.close(os.open(f"/proc/{pid}/{name}", how))
                    found.append(f"{pid} {name}")
            continue
        break
    libc = ctypes.CDLL(None)
    return found + ["pidfd"] * (libc.syscall(434, caller, 0) >= 0)


def forks(most: int, *, advance: Advance) -> int:
    """Return how many processes could be started that all stay."""
    for count in range(most):
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(600)
        except OSError:
            return count
    return most


def eats_memory(*, advance: Advance) -> int:
    return len([b"x" * 2**28 for _ in range(10)])


def eats_memory_in_native_code(*, advance: Advance) -> int:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while block := libc.malloc(2**28):
        ctypes.memset(block, 1, 2**20)
    ctypes.memset(0, 1, 1)
    return 0


def hangs(*, advance: Advance) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
    while True:
        time.sleep(60)


def steps_for_ever(*, advance: Advance) -> int:
    while True:
        advance("read", 0, 1)
        time.sleep(0.02)


def writes_a_huge_file(*, advance: Advance) -> int:
    with open("huge", "wb") as file:
        while True:
            file.write(b"x" * 2**22)


def writes_many_files(*, advance: Advance) -> int:
    for number in range(100_000):
        Path(f"part{number}").write_bytes(b"x" * 2**21)
    return 0


def kills_itself(number: int, *, advance: Advance) -> int:
    os.kill(os.getpid(), number)
    time.sleep(60)
    return 0


def kills_all(*, advance: Advance) -> int:
    """Kill all that can be named; only where that is nobody: in a namespace of processes of its own."""
    if os.getpid() > 10:
        raise RuntimeError("there is no namespace of processes here: this would end the machine's")
    for group in (-1, os.getppid()):
        with contextlib.suppress(OSError):
            os.kill(group, signal.SIGKILL)
    time.sleep(60)
    return 0


def leaves(*, advance: Advance) -> int:
    os._exit(7)


def burns(*, advance: Advance) -> int:
    while True:
        pass


def prints(*, advance: Advance) -> int:
    for _ in range(2000):
        os.write(1, b"x" * 2**20)
        os.write(2, b"x" * 2**20)
    return 1


def returns_gigabytes(*, advance: Advance) -> bytes:
    return b"x" * 30_000_000


def returns_text(length: int, *, advance: Advance) -> str:
    return "x" * length


def returns_lists(count: int, *, advance: Advance) -> list[list[int]]:
    return [[]] * count


def says(what: str, *, advance: Advance) -> BuildingModel:
    """Write to the pipe, whose number can be found out, what no reader writes; then leave as if all were well."""
    packed = b"cposix\nsystem\n(S'touch /tmp/twin-pickled'\ntR."  # what unpickling would run
    plain = b'[["IFC4","lite",[],[],[],[],0.0,[]],[]]'
    messages = {
        "pickle": struct.pack("<cQ", b"V", len(packed)) + packed,
        "noise": os.urandom(1000),
        "endless": struct.pack("<cQ", b"V", 2**62),
        "wrong type": _value(plain.replace(b'"lite",[]', b'"lite",[["x","g","W","","drawn",null,null,null,1,null,0]]')),
        "too few": _value(b'[["IFC4"],[]]'),
        "huge buffers": _value(plain[:-3] + b'],[99999999999999]]'),
        "evil template": _value(b'[["IFC4","lite",[],[],[],[["{a.__class__}",{"a":1}]],0,[]],[]]'),
        "wide template": _value(b'[["IFC4","lite",[],[],[],[["{a:99999999999d}",{"a":1}]],0,[]],[]]'),
        "deep": _value(b"[" * 9_000),
        "strange refusal": struct.pack("<cQ", b"R", 4) + b"[[]]",
        "unknown": struct.pack("<cQ", b"?", 2) + b"{}",
    }  # fmt: skip
    for pipe in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(pipe, messages[what])
    os._exit(0)


def _value(content: bytes) -> bytes:
    return struct.pack("<cQ", b"V", len(content)) + content


def reads_with_deadly_kernels(path: Path, *, advance: Advance) -> ReadFile:
    """Read a model with kernels that die on elements named for it."""
    from ifc_import import kernels

    kernels.WORKER = "tests.ifc_import.deadly_worker"
    return read_file(path, None, False, advance=advance)


def asks_for_a_kernel(*, advance: Advance) -> list[int]:
    """Return the limits of a process that is started from here: address space, size of a file, processes."""
    code = "import resource as r; print(*[r.getrlimit(w)[1] for w in (r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_NPROC)])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    return [int(word) for word in out.split()]
