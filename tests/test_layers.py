"""Every import points down, and each convention stays in its one place."""

import configparser
import subprocess
import sys

import pytest

from tests import house
from tests.house import HOUSE, ROOT

FILES = house.read_house()


def test_every_import_points_down() -> None:
    assert house.violations(FILES) == []


def test_no_import_cycle() -> None:
    assert house.cycle(house.graph(FILES)) == []


def test_files_and_functions_are_short() -> None:
    tests = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))
    }
    assert house.oversized({**FILES, **tests}) == []


def test_every_folder_with_python_is_covered() -> None:
    folders = {
        path.relative_to(ROOT).parts[0] for path in ROOT.glob("[!.]*/**/*.py") if "node_modules" not in path.parts
    }
    assert folders - {"build", "dist"} == {*HOUSE, "tests"}
    assert {path.split("/")[0] for path in FILES} == set(HOUSE)


def test_the_wheel_ships_exactly_the_house() -> None:
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    included = metadata["options.packages.find"]["include"].split()
    assert sorted(included) == sorted(f"{package}*" for package in HOUSE)


def test_top_level_names_are_this_repository() -> None:
    code = f"import {', '.join(HOUSE)}\nfor m in ({', '.join(HOUSE)}):\n    print(m.__path__[0])"
    assert fresh(code).split("\n")[:-1] == [str(ROOT / package) for package in HOUSE]


@pytest.mark.parametrize("blocked", ["flask", "click", "granian"])
def test_the_straight_line_runs_without_the_edge(blocked: str) -> None:
    assert fresh(f"import sys\nsys.modules['{blocked}'] = None\nimport web.ingest\nprint('up')") == "up\n"


HEAVY = (
    *("ifcopenshell", "ifclite_geom", "sqlalchemy", "alembic", "flask", "werkzeug", "granian", "pydeck", "pyproj"),
    *("numpy", "ifc_import", "gis_layers", "tiles", "sample_data", "twin.store", "web.app"),
)


def test_start_up_is_lazy() -> None:
    loaded = fresh("import sys\nimport web.cli.main\nprint(*sys.modules, sep='\\n')").split()
    assert "web.cli.main" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def fresh(code: str) -> str:
    """Run code in a new interpreter; return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


PLANTED = {
    "a room imports a room": ("tiles/planted.py", "import ifc_import.reader"),
    "a room imports a room by member": ("tiles/planted.py", "from gis_layers import reader"),
    "the floor imports a room, locally": ("twin/values/planted.py", "def f():\n    from tiles import build"),
    "the floor imports the roof": ("twin/planted.py", "import web"),
    "a room imports the roof": ("ifc_import/planted.py", "from web.ingest import ingest_ifc"),
    "a room reaches sideways, relatively": ("tiles/planted.py", "from ..ifc_import import reader"),
    "an import by call": ("tiles/planted.py", "import importlib\nimportlib.import_module('ifc_import.reader')"),
    "an import by bare call": ("tiles/planted.py", "from importlib import import_module\nimport_module('web')"),
    "an import by dunder": ("gis_layers/planted.py", "__import__('tiles')"),
    "a computed import": ("tiles/planted.py", "import importlib\nx = 'web'\nimportlib.import_module(x)"),
    "a process of another room": ("tiles/planted.py", "import sys\nargs = [sys.executable, '-m', 'ifc_import.worker']"),
    "sample_data imports the house": ("sample_data/planted.py", "from twin.values import model"),
    "the product imports its tests": ("twin/planted.py", "from tests.house import HOUSE"),
    "pyproj outside its file": ("gis_layers/planted.py", "from pyproj import CRS"),
    "pyproj beside its file": ("twin/values/planted.py", "def f():\n    import pyproj.database"),
    "sqlalchemy in a value": ("twin/values/planted.py", "import sqlalchemy.orm"),
    "sqlite3 at the edge": ("web/planted.py", "import sqlite3"),
    "fsspec in a room": ("tiles/planted.py", "import fsspec"),
    "ifcopenshell in tiles": ("tiles/planted.py", "import ifcopenshell.geom"),
    "ifclite_geom at the edge": ("web/planted.py", "import ifclite_geom"),
    "flask in the straight line": ("web/ingest.py", "from flask import current_app"),
    "flask on the floor": ("twin/planted.py", "from flask import abort"),
    "click outside the command line": ("web/planted.py", "import click"),
    "rich in a room": ("ifc_import/planted.py", "from rich.progress import track"),
    "pydeck outside the scene": ("web/planted.py", "import pydeck"),
    "pickle anywhere": ("ifc_import/planted.py", "import pickle"),
    "the store in a judgement": ("twin/judgement/planted.py", "from twin import store"),
    "the store in a room": ("tiles/planted.py", "import twin.store.blobs"),
    "the store in a value, relatively": ("twin/values/planted.py", "from ..store import Store"),
    "the floor imports a room for its types": (
        "twin/planted.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from tiles.build import Advance",
    ),
    "the store in a judgement, for its types": (
        "twin/judgement/planted.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from twin.store import Model",
    ),
    "pydeck in the other branch": (
        "web/planted.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    import pydeck",
    ),
    "the store at start-up": ("twin/__init__.py", "from twin.store import Store"),
}


@pytest.mark.parametrize(("path", "source"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_is_found(path: str, source: str) -> None:
    found = house.violations({**FILES, path: source})
    assert any(wrong.startswith(f"{path}:") for wrong in found), found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("twin/__init__.py", "def open(folder):\n    from twin.store import Store\n    return Store.open(folder)"),
        ("twin/__init__.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from twin.store import Store"),
        ("web/planted.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pydeck"),
        ("twin/store/planted.py", "import sqlalchemy\nfrom twin.store import blobs"),
        ("web/cli/planted.py", "import click\nfrom web.ingest import ingest_ifc\nfrom twin.store import Store"),
        ("web/cli/planted.py", "from sample_data.build import build"),
        ("ifc_import/planted.py", "import ifcopenshell\nimport ifclite_geom\nfrom ifc_import.reader import read_model"),
        ("tiles/planted.py", "from twin.values.model import BuildingModel\nimport numpy as np"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert [wrong for wrong in house.violations({**FILES, path: source}) if wrong.startswith(f"{path}:")] == []


def test_a_planted_cycle_is_found() -> None:
    planted = {
        "twin/values/one.py": "def late():\n    from twin.values import two",
        "twin/values/two.py": "from . import one",
    }
    assert house.cycle(house.graph(planted)) == ["twin.values.one", "twin.values.two", "twin.values.one"]


def test_planted_length_is_found() -> None:
    long_file = "x = 1\n" * (house.MAX_FILE_LINES + 1)
    long_function = "def f():\n" + "    x = 1\n" * house.MAX_FUNCTION_LINES
    assert len(house.oversized({"twin/a.py": long_file, "twin/b.py": long_function})) == 2
