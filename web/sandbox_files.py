"""Which files a sandbox sees: the interpreter, its libraries, the house and what it is to read; nothing else is there.

By a new root in a namespace of mounts, where the system allows one (`new_root`), else by Landlock (`landlock`).
"""

import contextlib
import ctypes
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

HOUSE = ("web", "twin", "ifc_import", "gis_layers", "tiles")
_PARTS = (
    "bin",
    "lib",
    "lib32",
    "lib64",
    "libexec",
    "share",
    "ssl",
    "pyvenv.cfg",
)  # of a prefix; the rest may be anyone's
_SYSTEM = (
    *("/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/sys/devices/system/cpu"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"),
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_AT_FDCWD, _EMPTY_PATH, _RECURSIVE, _CLONE, _FROM_EMPTY, _DETACH = -100, 0x1000, 0x8000, 0x80001, 0x4, 2
_READ_ONLY, _NO_SUID = 0x1, 0x2
_MS_REC, _MS_PRIVATE, _MS_NO = 0x4000, 0x40000, 0x2 | 0x4 | 0x8

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE, _CONTROL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _CONTROL
_RIGHTS = ((5, 2**16 - 1), (3, 2**15 - 1), (2, 2**14 - 1), (1, 2**13 - 1))  # by the version of Landlock


def needed(folder: str, given: Iterable[str]) -> list[str]:
    """Return the places that a sandbox may read: what this interpreter and the house are made of, and what is given.

    folder : of the sandbox
    """
    root = str(Path(__file__).resolve().parents[1])
    prefixes = {"/usr", "/usr/local", sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    places = [*_SYSTEM, *_DEVICES, *given, sys.executable, *_loaded()]
    places += [os.path.join(prefix, part) for prefix in prefixes for part in _PARTS]
    places += [os.path.join(root, package) for package in HOUSE]
    kept = [*sys.path, *os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep), os.environ.get("PROJ_DATA", "")]
    places += [place for place in kept if place and not any(_holds(place, other) for other in (root, folder))]
    if Path(root).name.endswith("-packages"):  # installed: what it needs lies beside it
        places.append(root)
    return list(dict.fromkeys(place for place in places if os.path.isabs(place) and os.path.exists(place)))


def _holds(place: str, other: str) -> bool:
    """Is a place another one or above it: a checkout, which may hold a twin, or all of a disk."""
    return (os.path.realpath(other) + "/").startswith(os.path.realpath(place).rstrip("/") + "/")


def _loaded() -> list[str]:
    """Return the libraries of this process, wherever they lie."""
    with contextlib.suppress(OSError), open("/proc/self/maps") as maps:
        return [words[5] for line in maps if len(words := line.rstrip("\n").split(maxsplit=5)) == 6]
    return []


def _way(path: str, links: dict[str, str]) -> str:
    """Return where a path leads, and add the symbolic links on its way to `links`."""
    real = "/"
    for part in path.split("/"):
        step = os.path.normpath(os.path.join(real, part))
        if os.path.islink(step):
            links[step] = os.readlink(step)
            step = _way(os.path.join(real, links[step]), links)
        real = step
    return real


def new_root(folder: str, places: Iterable[str]) -> bool:
    """Have this mount namespace see some places only, none to be written, and a folder that can be; say if it does.

    Where it does not, all is as it was.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    pivot = _PIVOT_ROOT.get(platform.machine())
    if pivot is None or libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        return False
    links: dict[str, str] = {}
    trees: dict[str, int] = {}
    with contextlib.ExitStack() as opened:  # what stays open could be read through
        try:
            for place in sorted({_way(place, links) for place in places}, key=len):
                if not any(_holds(above, place) for above in trees):
                    trees[place] = _tree(libc, place, _READ_ONLY | _NO_SUID, opened)
            real = _way(folder, links)
            trees[real] = _tree(libc, real, _NO_SUID, opened)
        except OSError:
            return False
        if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", _MS_NO, b"mode=755") != 0:
            return False
        try:
            _furnish(libc, folder, trees, links)
            os.chdir(folder)
            if libc.syscall(pivot, b".", b".") != 0:
                raise OSError(ctypes.get_errno(), "pivot_root")
        except OSError:
            os.chdir("/")
            libc.umount2(os.fsencode(folder), _DETACH)
            return False
    gone = bool(libc.umount2(b".", _DETACH) == 0)  # the old root lies over the new one until then
    os.chdir(folder)
    return gone


def _tree(libc: ctypes.CDLL, place: str, attributes: int, opened: contextlib.ExitStack) -> int:
    """Return a copy of what is mounted at a place, that lies nowhere yet."""
    tree = libc.syscall(_OPEN_TREE, _AT_FDCWD, os.fsencode(place), _CLONE | _RECURSIVE)
    if tree < 0:
        raise OSError(ctypes.get_errno(), place)
    opened.callback(os.close, tree)
    _set(libc, tree, b"", _EMPTY_PATH | _RECURSIVE, attributes)
    return int(tree)


def _set(libc: ctypes.CDLL, tree: int, path: bytes, flags: int, attributes: int) -> None:
    four = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    if libc.syscall(_MOUNT_SETATTR, tree, path, flags, four, ctypes.c_size_t(32)) != 0:
        raise OSError(ctypes.get_errno(), "mount_setattr")


def _furnish(libc: ctypes.CDLL, root: str, trees: dict[str, int], links: dict[str, str]) -> None:
    """Put the trees and links where they were, below a root, and a /proc that shows the processes inside."""
    for place, tree in trees.items():
        target = root + place
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(place):
            os.makedirs(target, exist_ok=True)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        if libc.syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, os.fsencode(target), _FROM_EMPTY) != 0:
            raise OSError(ctypes.get_errno(), place)
    for place, leads in links.items():
        if not os.path.lexists(root + place):
            os.makedirs(os.path.dirname(root + place), exist_ok=True)
            os.symlink(leads, root + place)
    os.makedirs(f"{root}/proc", exist_ok=True)
    # refused in some containers: /proc stays empty then, which Python and the kernels can do with
    libc.mount(b"proc", os.fsencode(f"{root}/proc"), b"proc", _MS_NO, None)
    _set(libc, _AT_FDCWD, os.fsencode(root), 0, _READ_ONLY | _NO_SUID)


def close_proc() -> None:
    """Have nothing written below /proc: for root's files there it needs no capability, only root's number."""
    with contextlib.suppress(OSError):
        _set(ctypes.CDLL(None, use_errno=True), _AT_FDCWD, b"/proc", _RECURSIVE, _READ_ONLY)


class _Rules(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("place", ctypes.c_int32))


def landlock(folder: str, places: Iterable[str]) -> bool:
    """Have the kernel refuse this process all files but those at some places and in a folder; say if it does.

    Only the folder can be written.  Names and sizes of other files can still be found out. Needs `give_up_rights`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    handled = next((rights for least, rights in _RIGHTS if version >= least), 0)
    if not handled:
        return False
    # from version 6 also no signal to processes outside, no abstract socket
    rules = _Rules(handled, 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 8
    made = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if made < 0:
        return False
    try:
        root = str(Path(__file__).resolve().parents[1])
        allowed = dict.fromkeys(places, _READ | _LIST | _EXECUTE) | dict.fromkeys(_DEVICES, _READ | _WRITE)
        allowed = {root: _LIST} | allowed | {folder: 2**16 - 1}  # Python lists a folder to import from it
        for place, rights in allowed.items():
            _allow(libc, made, place, rights & handled)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, made, 0) == 0)
    except OSError:
        return False
    finally:
        os.close(made)


def _allow(libc: ctypes.CDLL, rules: int, place: str, rights: int) -> None:
    opened = os.open(place, os.O_PATH)
    try:
        rule = _Rule(rights if os.path.isdir(place) else rights & _OF_FILES, opened)
        if libc.syscall(_LANDLOCK_ADD, rules, 1, ctypes.byref(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), place)
    finally:
        os.close(opened)
