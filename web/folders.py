"""Folders for a while, whatever is put into them: foreign files are read in them, and their readers may be hostile."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from uuid import uuid4

_LOOK_INTO = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def folder_for_a_while(prefix: str) -> Iterator[str]:
    """Have a new folder while the block lasts; `tempfile.TemporaryDirectory` cannot remove one that is nested deep."""
    folder = tempfile.mkdtemp(prefix=prefix)
    try:
        yield folder
    finally:
        remove_tree(folder)


def remove_tree(folder: str) -> None:
    """Remove a folder and all that is in it, however deep; what the system refuses stays, and nothing is raised.

    Folders below are moved up to the top one before they are looked into, so neither the stack, nor the open files, nor
    the length of a path grows with the depth.  No link is followed.
    """
    if not _by_descriptor():
        import shutil

        with contextlib.suppress(OSError, RecursionError):
            shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        top = _opened(folder, None)
        try:
            _empty(top)
        finally:
            os.close(top)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _by_descriptor() -> bool:
    """Tell whether this system takes names that are relative to an open folder: Windows does not."""
    return os.open in os.supports_dir_fd and os.scandir in os.supports_fd


def _empty(top: int) -> None:
    """Remove what is in an open folder."""
    token, count = uuid4().hex, 0
    waiting = _without_files(top)
    while waiting:
        name = waiting.pop()
        with contextlib.suppress(OSError):
            folder = _opened(name, top)
            try:
                for below in _without_files(folder):
                    count += 1
                    moved = f"{token}-{count}"
                    with contextlib.suppress(OSError):
                        _may_change(below, folder)
                        os.rename(below, moved, src_dir_fd=folder, dst_dir_fd=top)
                        waiting.append(moved)
            finally:
                os.close(folder)
        with contextlib.suppress(OSError):
            os.rmdir(name, dir_fd=top)


def _without_files(folder: int) -> list[str]:
    """Remove the files of an open folder; return the names of the folders in it."""
    folders = []
    with os.scandir(folder) as entries:
        listed = list(entries)  # before any goes: not every system goes on where it was then
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry.name)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.name, dir_fd=folder)
    return folders


def _opened(name: str, beside: int | None) -> int:
    """Open a folder whose names can be read and changed then."""
    _may_change(name, beside)
    return os.open(name, _LOOK_INTO, dir_fd=beside)


def _may_change(name: str, beside: int | None) -> None:
    """Let this process read and change a folder that is its user's, whatever its mode says."""
    with contextlib.suppress(OSError):
        if os.stat(name, dir_fd=beside, follow_symlinks=False).st_mode & 0o700 != 0o700:
            os.chmod(name, 0o700, dir_fd=beside)
