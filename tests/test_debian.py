"""A missing program is told in a sentence; on CI it is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import debian
from tests.house import ROOT


def run(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in {"CI", "TWIN_CHROMIUM"}}
    return subprocess.run(
        [sys.executable, "-m", "tests.debian"],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_named_chromium_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = run(TWIN_CHROMIUM=str(program), CI="true")
    assert done.returncode == (1 if None in [program.find() for program in debian.PROGRAMS[1:]] else 0)
    assert done.stderr.startswith(f"Browser tests use {program}.\n")


def test_a_missing_chromium_is_told(tmp_path: Path) -> None:
    """A wrong TWIN_CHROMIUM installs nothing: whoever sets it means that one."""
    done = run(TWIN_CHROMIUM=str(tmp_path / "nowhere"))
    assert done.returncode == 0
    assert done.stderr.startswith(debian.CHROMIUM.advice + "\n")


def test_on_ci_a_missing_chromium_fails(tmp_path: Path) -> None:
    assert run(TWIN_CHROMIUM=str(tmp_path / "nowhere"), CI="true").returncode == 1


def test_debian_s_package_is_installed_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(debian, "becoming_root", lambda: ["sudo", "-n"])
    monkeypatch.setattr("tests.debian.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("tests.debian.subprocess.run", lambda command, **_: called.append(command))
    debian.install("chromium")
    assert called == [
        ["sudo", "-n", "apt-get", "-qq", "-y", "update"],
        ["sudo", "-n", "apt-get", "-qq", "-y", "install", "--no-install-recommends", "chromium"],
    ]


def test_nothing_is_installed_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "becoming_root", lambda: None)
    monkeypatch.setattr("tests.debian.subprocess.run", lambda *_, **__: pytest.fail("installed"))
    debian.install("chromium")
