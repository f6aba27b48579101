"""Make sure a Chromium is there for the browser tests: `python tests/install_browser.py`.

Takes the one in $TWIN_CHROMIUM or on the PATH; else installs Debian's package where apt and root are at hand; else says
what to install.  Without a Chromium the browser tests skip with that sentence, but on CI (CI=true) this is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ADVICE = (
    "No Chromium for the browser tests: install one (Debian and Ubuntu: `apt-get install chromium`), "
    "or set TWIN_CHROMIUM to the path of a Chromium or Chrome."
)


def find_chromium() -> Path | None:
    """Return the Chromium to drive, None when there is none; a wrong $TWIN_CHROMIUM counts as none."""
    named = os.environ.get("TWIN_CHROMIUM")
    candidates = [named] if named else list(NAMES)
    return next((Path(found) for name in candidates if (found := shutil.which(name))), None)


def becoming_root() -> list[str] | None:
    """Return the words before a command that make it run as root, None when that takes a password."""
    if os.name == "posix" and os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install() -> None:
    """Install Debian's Chromium where it may; a failure of apt is printed by apt itself."""
    root = becoming_root()
    if root is None or shutil.which("apt-get") is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*root, "apt-get", "-qq", "-y"]
    subprocess.run([*apt, "update"], env=quiet, check=False)
    subprocess.run([*apt, "install", "--no-install-recommends", "chromium"], env=quiet, check=False)


def main() -> int:
    """Find or install a Chromium; return the exit code."""
    if find_chromium() is None and not os.environ.get("TWIN_CHROMIUM"):
        install()
    found = find_chromium()
    sys.stderr.write(f"Browser tests use {found}.\n" if found else ADVICE + "\n")
    return 1 if found is None and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
