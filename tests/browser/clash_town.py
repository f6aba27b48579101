"""Boxes of known overlaps in two projects, checked for clashes: what the page of clashes is tested with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.browser.served import Served, Visit, twin
from tests.ifc_import.text_model import box, model
from tests.serving import serving

HOSTILE = '<img src=x onerror="window.hacked=1"><b>B</b>'
HIGH = 30.0  # metres above the others: where the camera looks there, the ground below is far away
# Name → (file, middle along x, foot); boxes are 1 m along x, 2 m along y, 3 m high
BOXES = {
    "wall shallow": ("structure", 0.0, 0.0),
    "pump shallow": ("services", 0.9, 0.0),
    f"wall {HOSTILE}": ("structure", 16.0, 0.0),
    "pump deep": ("services", 16.5, 0.0),
    "wall high": ("structure", 40.0, HIGH),
    "pump high": ("services", 40.7, HIGH),
    "wall alone": ("structure", 4.0, 0.0),
    "wall left": ("structure", 60.0, 0.0),
    "pump between": ("services", 60.8, 0.0),
    "wall right": ("structure", 61.6, 0.0),
}
# The two boxes of each clash → how deep they overlap along x, metres
DEEP = {
    ("wall shallow", "pump shallow"): 0.1,
    (f"wall {HOSTILE}", "pump deep"): 0.5,
    ("wall high", "pump high"): 0.3,
    ("wall left", "pump between"): 0.2,
    ("wall right", "pump between"): 0.2,
}
SHALLOW = ("wall shallow", "pump shallow")
PROJECT, OTHER = "P-1", "P-2"
LIST = f"/?lang=en&project={PROJECT}&clashes=1"
PLACES = {PROJECT: ("114.05", "22.54"), OTHER: ("114.07", "22.55")}


@dataclass(frozen=True)
class ClashTown:
    """A server with the boxes; `files` of it are those of the first project."""

    served: Served

    def clashes(self, query: str = "") -> list[dict[str, Any]]:
        """Return the clashes of the first project, as the server lists them."""
        found: list[dict[str, Any]] = self.served.get(f"/api/clashes?project={PROJECT}{query}")["clashes"]
        return found

    def clash(self, *names: str) -> dict[str, Any]:
        """Return the clash of two boxes."""
        return next(c for c in self.clashes("&all=1") if {c["a"]["name"], c["b"]["name"]} == set(names))

    def details(self, clash: str) -> dict[str, Any]:
        """Return all that the server knows of a clash."""
        found: dict[str, Any] = self.served.get(f"/api/clashes/{quote(clash)}?lang=en")
        return found


@contextmanager
def town_in(folder: Path) -> Iterator[ClashTown]:
    """Serve the boxes from a folder."""
    made = build(folder)
    with serving(made) as url:
        yield ClashTown(Served(url, {}))


def press(visit: Visit, focus: str) -> None:
    """Click the control of this name."""
    visit.page.locator(f"[data-focus='{focus}']").click()


def look(visit: Visit, town: ClashTown, names: tuple[str, ...], **query: str) -> dict[str, Any]:
    """Open the clash of two boxes and wait until the camera stands."""
    clash = town.clash(*names)
    more = "".join(f"&{key}={value}" for key, value in query.items())
    visit.open(f"{LIST}&clash={clash['id']}{more}")
    return clash


def build(made: Path) -> Path:
    """Build a twin of two projects in a folder and return it; the second one has one clash."""
    folder = made / "twin"
    twin("init", "--name", "Clash town", "--twin", folder)
    for file in ("structure", "services"):
        parts = [
            _box(number, name, "IFCWALL" if file == "structure" else "IFCPUMP", x, foot)
            for number, (name, (where, x, foot)) in enumerate(BOXES.items(), 1)
            if where == file
        ]
        _import(made / f"{file}.ifc", parts, PROJECT, folder)
    for file, x in (("frame", 0.0), ("pumps", 0.95)):
        _import(made / f"{file}.ifc", [_box(1, file, "IFCCOLUMN", x, 0.0)], OTHER, folder)
    register = made / "register.csv"
    head = "项目代码,项目名称,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度\n"
    names = {PROJECT: HOSTILE.replace('"', ""), OTHER: "Second"}
    rows = [f"{code},{name},河东区,600,2026-01-01,2026-12-31,建设实施,,\n" for code, name in names.items()]
    register.write_text(head + "".join(rows), encoding="utf-8")
    twin("projects", "load", register, "--recorded-at", "2026-01-01", "--twin", folder)
    for project in (PROJECT, OTHER):
        twin("clash", "run", "--project", project, "--tolerance", "0.01", "--twin", folder)
    return folder


def _box(number: int, name: str, ifc_class: str, x: float, foot: float) -> str:
    made = box(100 * number, f"'0box{number:018d}'", "'{}'".format(name.replace("'", "''")), ifc_class, x)
    return made.replace(f"(({x},0.,0.))", f"(({x},0.,{foot}))")


def _import(path: Path, parts: list[str], project: str, folder: Path) -> None:
    path.write_bytes(model(*parts))
    longitude, latitude = PLACES[project]
    twin("import", path, "--project", project, "--lon", longitude, "--lat", latitude, "--twin", folder)
