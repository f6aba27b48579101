"""`twin doctor`: what is installed, what is missing, how to get it."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import NotFound, TwinError
from twin.values.sentence import Sentence, say
from web.cli import doctor_grown
from web.cli.common import DONE, FAILED, Invocation, twin_command
from web.cli.doctor_finding import Finding, package

if TYPE_CHECKING:
    from twin.store import Store

# distribution: what it is for
PARTS = {
    "ifcopenshell": say("reading IFC, second geometry kernel"),
    "ifclite-geom": say("first geometry kernel"),
    "numpy": say("arrays"),
    "pyproj": say("coordinate reference systems"),
    "sqlalchemy": say("database"),
    "alembic": say("bringing older twin folders up to date"),
    "fsspec": say("blob storage"),
    "flask": say("HTTP"),
    "granian": say("HTTP server"),
    "pydeck": say("scenes"),
    "click": say("command line"),
    "rich": say("progress bars"),
    "pyogrio": say("reading map files"),
    "geopandas": say("reading GeoParquet of others"),
    "pyarrow": say("columns of city layers"),
    "shapely": say("shapes of city layers"),
    "pmtiles": say("archives of vector tiles"),
    "cql2": say("filters of the OGC API"),
    "markupsafe": say("readable pages"),
    "openpyxl": say("spreadsheets"),
    "defusedxml": say("schedules in XML"),
    "fpdf2": say("printed reports"),
    "fonttools": say("fonts of reports"),
    "brotli": say("reading the page's fonts"),
    "pypinyin": say("search by pinyin"),
    "manifold3d": say("overlaps of solids"),
    "scipy": say("neighbours of clashes"),
    "bcf-client": say("BCF files"),
    "pillow": say("pictures of clashes"),
    "authlib": say("single sign-on"),
    "argon2-cffi": say("passwords"),
    "limits": say("limits of requests"),
    "prometheus-client": say("metrics"),
}


@twin_command(
    "doctor",
    help="Say what is installed, what is missing and how to get it; read every file of the twin folder.",
    epilog="Exit code 1 when something that is needed is missing or damaged.",
)
def command(invocation: Invocation) -> int:
    """Print what was found."""
    found = list(findings(invocation.place))
    well = all(finding.ok for finding in found)
    invocation.emit(
        {"ok": well, "findings": [as_json(invocation, finding) for finding in found]},
        lambda: "\n".join(as_text(invocation, finding) for finding in found),
    )
    return DONE if well else FAILED


def findings(place: Path | str) -> Iterator[Finding]:
    """Look at Python, the packages, the page and the twin, with what it has outgrown its machine into."""
    enough = sys.version_info >= (3, 11)
    yield Finding(
        "Python",
        enough,
        platform.python_version(),
        say("runs the program"),
        None if enough else say("Install Python 3.11 or newer."),
    )
    packages = [package(name, purpose) for name, purpose in PARTS.items()]
    yield from packages
    yield page()
    yield walls()
    if all(finding.ok for finding in packages):
        yield from twin_at(place)
        yield from doctor_grown.cluster()


def page() -> Finding:
    """Is the page built."""
    from web.settings import load

    index = load().page / "index.html"
    built = index.is_file()
    advice = None if built else say("Run `make demo` or `pip install .` in the source folder; both build it.")
    return Finding("page", built, str(index.parent) if built else "", say("what the browser shows"), advice)


def walls() -> Finding:
    """Which walls stand around the reader of a file that somebody sent; without one the others stand: no fault."""
    from web.sandbox import WALLS, walls_here

    purpose = say("what keeps files that are sent from doing harm")
    try:
        standing = walls_here()
    except TwinError as error:
        return Finding("sandbox", False, "", purpose, error.sentence)
    advice = None
    if len(standing) < len(WALLS):
        advice = say(
            "This system refuses some walls ({missing}): take uploads only from people you trust, or allow user"
            " namespaces (kernel.unprivileged_userns_clone, or the container's seccomp profile).",
            missing=", ".join(wall for wall in WALLS if wall not in standing),
        )
    return Finding("sandbox", True, ", ".join(standing), purpose, advice)


def twin_at(place: Path | str) -> Iterator[Finding]:
    """Does the twin open, and are all its blobs whole. A missing one is made by other commands: no fault."""
    from twin.store import Store
    from twin.store.place import place_of

    purpose = say("the twin folder") if isinstance(place, Path) else say("the twin")
    name = str(place)
    if isinstance(place, str):
        try:
            name = str(place_of(place))
        except TwinError as error:
            yield Finding(place.partition("://")[0], False, "", purpose, error.sentence)
            return
        looked = list(doctor_grown.server(place))
        yield from looked
        if not all(finding.ok for finding in looked):
            return
    try:
        with Store.open(place, create=False) as store:
            if store.folder is None or store.blobs.url != str(store.folder / "blobs"):
                yield (reached := doctor_grown.blobs(store))
                if not reached.ok:
                    return
            yield _whole(store, name, purpose)
    except NotFound:
        yield Finding(name, True, "-", purpose, say("There is none yet: `twin init` makes one."))
    except TwinError as error:
        yield Finding(name, False, "", purpose, error.sentence)


def _whole(store: "Store", name: str, purpose: Sentence) -> Finding:
    damage, models, layers = store.damage(), len(store.models()), len(store.layers())
    if damage:
        advice = say("{count} files are missing or damaged: restore a backup, or import again.", count=len(damage))
        return Finding(name, False, "; ".join(damage[:3]), purpose, advice)
    return Finding(name, True, say("{models} models, {layers} city layers", models=models, layers=layers), purpose)


def as_json(invocation: Invocation, finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    return {
        "name": finding.name,
        "ok": finding.ok,
        "found": invocation.say(finding.found) or None,
        "purpose": invocation.say(finding.purpose),
        "advice": finding.advice and invocation.say(finding.advice),
    }


def as_text(invocation: Invocation, finding: Finding) -> str:
    """Return a finding as a line, and its advice as another."""
    mark = "✓" if finding.ok else "✗"
    text = f"{mark} {finding.name:<14} {invocation.say(finding.found) or '–':<12} {invocation.say(finding.purpose)}"
    return f"{text}\n    {invocation.say(finding.advice)}" if finding.advice else text
