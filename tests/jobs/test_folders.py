"""Folders for a while: whatever was put into one, it goes."""

import os
from pathlib import Path

import pytest

from web.folders import folder_for_a_while, remove_tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="relative to open folders")
DEEP = 1500  # more than the stack, and more letters than a path may have


def nested(folder: Path, deep: int) -> None:
    """Put folders into one another, with a file in each."""
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(deep):
        os.mkdir("below", dir_fd=inside)
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=inside))
        deeper = os.open("below", os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = deeper
    os.close(inside)


def test_a_folder_that_is_nested_deep_goes() -> None:
    with folder_for_a_while("twin-deep-") as folder:
        nested(Path(folder), DEEP)
    assert not os.path.lexists(folder)


def test_what_is_locked_goes_and_what_is_linked_stays(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o750)
    (kept / "file").write_text("stays")
    room = tmp_path / "room"
    locked = room / "a" / "b" / "c"
    locked.mkdir(parents=True)
    (locked / "file").write_text("goes")
    (room / "link").symlink_to(kept)
    (room / "a" / "link").symlink_to(kept)
    for folder in (locked, locked.parent, room):
        folder.chmod(0o000)
    remove_tree(str(room))
    assert list(tmp_path.iterdir()) == [kept]
    assert (kept / "file").read_text() == "stays"
    assert kept.stat().st_mode & 0o777 == 0o750
    remove_tree(str(room))  # one that has gone is no trouble
    (tmp_path / "link").symlink_to(kept)
    remove_tree(str(tmp_path / "link"))
    assert (kept / "file").exists()


def test_many_folders_beside_one_another_need_few_open_files(tmp_path: Path) -> None:
    import resource

    room = tmp_path / "room"
    for number in range(300):
        (room / f"{number}" / "inside" / "deeper").mkdir(parents=True)
    nested(room / "7" / "inside", 300)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    try:
        remove_tree(str(room))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert not room.exists()
