"""The folder of a static copy: written beside its place, moved there when it is whole."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from twin.errors import InvalidInput
from web.export.names import safe

MANIFEST = "export.json"
KIND = "city-twin-export"


class Written:
    """A folder that grows file by file; what was written is counted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files, self.bytes = 0, 0
        self._taken: set[str] = set()

    def place(self, file: str) -> Path:
        """Return where a file goes, its folder made; refuses what lies outside and what is there, capitals or not."""
        pure = PurePosixPath(file)
        if pure.is_absolute() or ".." in pure.parts or "\\" in file or not pure.parts:
            raise InvalidInput("{file} does not lie in the export: nothing was written.", file=file)
        if (key := file.casefold()) in self._taken:
            raise InvalidInput(
                "Two names of the twin become the same file {file}: rename one of them, then export again.", file=file
            )
        self._taken.add(key)
        path = self.root.joinpath(*pure.parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, file: str, content: bytes) -> None:
        """Write a file."""
        self.place(file).write_bytes(content)
        self.count(len(content))

    def put_json(self, file: str, value: Any) -> None:
        """Write a value as JSON in UTF-8."""
        self.put(file, json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())

    def count(self, size: int) -> None:
        """Count a file that was written by somebody else."""
        self.files += 1
        self.bytes += size


def check_target(folder: Path) -> None:
    """Refuse a folder that holds something else than an export."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InvalidInput("{folder} is no folder: name another one.", folder=str(folder))
    if folder.is_dir() and any(folder.iterdir()) and not _is_export(folder):
        raise InvalidInput(
            "{folder} is not empty and is no export: name an empty or a new folder, so that nothing of yours is lost.",
            folder=str(folder),
        )


def _is_export(folder: Path) -> bool:
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("type") == KIND


@contextmanager
def replacing(folder: Path) -> Iterator[Written]:
    """Yield a new folder that takes the place of `folder` at the end; after an error nothing has changed."""
    check_target(folder)
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.parent / f".{safe(target.name)}.{secrets.token_hex(8)}"
    new = work / "new"
    try:
        new.mkdir(parents=True)  # within `try`: whoever stops the command may do so right after
        yield Written(new)
        check_target(folder)
        if target.exists():
            os.replace(target, work / "old")
        try:
            os.replace(new, target)
        except BaseException:
            if (work / "old").exists():
                os.replace(work / "old", target)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
