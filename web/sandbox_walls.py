"""What keeps a process from doing harm, by Linux's own means: namespaces, a filter of system calls, limits.

Used by `web.sandbox_child` in a process that is about to read a foreign file.  Each wall may be refused by the system
(a container, a hardened kernel): then the others still stand, and what is missing is told.
"""

import contextlib
import ctypes
import platform
import re
import sys
from collections.abc import Mapping

_NEW_NS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_ALL = _NEW_NS | _NEW_IPC | _NEW_PID | _NEW_NET
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS, _SECCOMP, _SUBREAPER = 1, 4, 38, 22, 36

# By the machine's name: its number in a filter, and the system calls that a reader of files has no need of.
_EVERYWHERE = (425, *range(428, 435), 438, 442)  # io_uring, mounts, processes' files
_CALLS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    # Sockets of all kinds (also those that lie in the file system); other processes' memory; mounts, roots, namespaces;
    # bpf, keys, userfaultfd, perf, files by their numbers
    "x86_64": (
        0xC000003E,
        (41, 101, 310, 311, 165, 166, 155, 161, 272, 308, 321, 248, 249, 250, 323, 298, 304, *_EVERYWHERE),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 117, 270, 271, 40, 39, 41, 51, 97, 268, 280, 217, 218, 219, 282, 241, 265, *_EVERYWHERE),
    ),
}


def die_with_parent() -> None:
    """Have this process killed when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, 9)


def keep_to_oneself(kept: bool = True) -> None:
    """Have no other process of this user read this one's memory, settings and open files, or write them.

    It lasts until this process runs another program, or for what is forked meanwhile.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DUMPABLE, 0 if kept else 1, 0, 0, 0)


def inherit_orphans() -> None:
    """Become the parent of all processes below this one whose own parents have ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def leave(uid: int, gid: int) -> set[str]:
    """Leave the system's namespaces as far as it lets us; return what was left: "network", "processes", "files".

    The next child that is forked is the first process of its namespace: when it ends, all of them end.
    """
    if sys.platform != "linux":
        return set()
    libc = ctypes.CDLL(None, use_errno=True)
    ways = (_NEW_USER | _ALL, _ALL, _NEW_USER | _NEW_NET, _NEW_NET)
    for flags in (flags for flags in ways if not flags & _NEW_USER or _may_be_mapped(uid)):
        if libc.unshare(flags) == 0:
            break
    else:
        return set()
    if flags & _NEW_USER:
        _map_user(uid, gid)
    return {"network", *(("processes", "files") if flags & _NEW_PID else ())}


def _may_be_mapped(uid: int) -> bool:
    """May this user be itself in a namespace: root only with CAP_SETFCAP, and who is nobody there can keep no file."""
    if uid != 0:
        return True
    with contextlib.suppress(OSError), open("/proc/self/status") as status:
        words = dict(line.split(":", 1) for line in status)
        return bool(int(words["CapEff"], 16) >> 31 & 1)
    return False


def _map_user(uid: int, gid: int) -> None:
    """Be the same user inside as outside, so that files belong to whom they did."""
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with contextlib.suppress(OSError), open(f"/proc/self/{file}", "w") as written:
            written.write(text)


def give_up_rights() -> None:
    """Let go of every capability, now and after any `exec`."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())


class _Filter(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filters", ctypes.POINTER(_Filter)))


def close_calls(only: tuple[int, ...] = ()) -> bool:
    """Have the kernel refuse the system calls of `_CALLS`, to this process and all that come of it; say if it does."""
    arch, calls = _CALLS.get(platform.machine(), (0, ()))
    if not calls:
        return False
    calls = only or calls
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    refuse, allow, kill = 0x00050001, 0x7FFF0000, 0x80000000  # EPERM
    lines = [
        (load, 0, 0, 4),
        (equal, 1, 0, arch),
        (answer, 0, 0, kill),  # a call by another machine's numbers
        (load, 0, 0, 0),
        (at_least, len(calls) + 1, 0, 0x40000000),  # x32's numbers
        *((equal, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    filters = (_Filter * len(lines))(*(_Filter(*line) for line in lines))
    program = _Program(len(lines), filters)
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)


def limit(memory_mb: int, file_mb: int, seconds: int, files: int, processes: int | None) -> None:
    """Bound address space and size of a file (MB), processor time (s), open files, and processes with their threads."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = {
        resource.RLIMIT_AS: memory_mb * 2**20,
        resource.RLIMIT_FSIZE: file_mb * 2**20,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_CORE: 0,
        **({resource.RLIMIT_NPROC: processes} if processes else {}),
    }
    for what, bound in bounds.items():
        hard = resource.getrlimit(what)[1]
        least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (least, least))


def few_processes(most: int) -> None:
    """Bound the processes of this process namespace, where the kernel can (Linux 6.14): no limit holds for root.

    In an older one the number is the whole machine's.
    """
    if _linux() >= (6, 14):
        with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w") as written:
            written.write(str(most))


def _linux() -> tuple[int, ...]:
    words = re.match(r"(\d+)\.(\d+)", platform.release())
    return tuple(int(word) for word in words.groups()) if words else (0, 0)
