"""Programs that tests drive and that are no Python packages: `python -m tests.debian` sees to it that they are there.

Each is found, or installed from Debian's packages where apt and root are at hand; else it is said what to install.
Without one the tests that need it skip with that sentence, but on CI (CI=true) this is a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that tests drive.

    what : what it is for
    package : Debian's
    find : returns where it is, None where it is not
    advice : what to do without it
    variable : of the environment, names the one to take; nothing is installed then
    serves : its package starts a server that others reach: it is installed on CI only
    """

    what: str
    package: str
    find: Callable[[], Path | None]
    advice: str
    variable: str = ""
    serves: bool = False

    def brought(self) -> Path | None:
        """Return where it is, after installing it where it was not."""
        wanted = not os.environ.get(self.variable) and (not self.serves or os.environ.get("CI"))
        if self.find() is None and wanted:
            install(self.package)
        return self.find()


def find_chromium() -> Path | None:
    """Return the Chromium to drive, None when there is none; a wrong $TWIN_CHROMIUM counts as none."""
    named = os.environ.get("TWIN_CHROMIUM")
    candidates = [named] if named else list(CHROMIUMS)
    return next((Path(found) for name in candidates if (found := shutil.which(name))), None)


def find_postgis() -> Path | None:
    """Return the folder of PostgreSQL's programs where PostGIS is there too."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = folder.parent.name
        if (Path("/usr/share/postgresql") / version / "extension" / "postgis.control").is_file():
            return folder
    return None


def find_nginx() -> Path | None:
    """Return nginx, which not everybody has on the PATH."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    return Path(found) if found else None


CHROMIUM = Program(
    "Browser tests use",
    "chromium",
    find_chromium,
    "No Chromium for the browser tests: install one (Debian and Ubuntu: `apt-get install chromium`), "
    "or set TWIN_CHROMIUM to the path of a Chromium or Chrome.",
    "TWIN_CHROMIUM",
)
POSTGIS = Program(
    "Tests use PostgreSQL of",
    "postgresql-15-postgis-3",
    find_postgis,
    "No PostgreSQL with PostGIS for the tests: install one (Debian: `apt-get install postgresql-15-postgis-3`).",
)
NGINX = Program(
    "Tests use",
    "nginx-light",
    find_nginx,
    "No nginx for the tests: install one (Debian: `apt-get install nginx-light`).",
    serves=True,
)
PROGRAMS = (CHROMIUM, POSTGIS, NGINX)


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


def install(package: str) -> None:
    """Install a package of Debian where one may,: a failure of apt is printed by apt itself."""
    root = becoming_root()
    if root is None or shutil.which("apt-get") is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*root, "apt-get", "-qq", "-y"]
    subprocess.run([*apt, "update"], env=quiet, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        [*apt, "install", "--no-install-recommends", package], env=quiet, check=False, stdout=subprocess.DEVNULL
    )


def main() -> int:
    """Find or install each program; return the exit code."""
    found = [program.brought() for program in PROGRAMS]
    for program, path in zip(PROGRAMS, found, strict=True):
        sys.stderr.write(f"{program.what} {path}.\n" if path else f"{program.advice}\n")
    return 1 if None in found and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
