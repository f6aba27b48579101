"""A city of many models made of a small one: rows are copied and point at the same blobs, nothing is imported.

`repeat_city(source, target, models)` copies a twin's folder, then its projects with models, as often as it takes, each
copy turned to a place of its own on a grid around the first; registers, schedules and reports are copied along.
"""

import json
import math
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.store.blobs import Blobs

SPACING = 0.0024  # degrees between the copies: about 250 m
CITY = (114.06, 22.55)  # degrees: the middle of the grid
FACTS = ("register", "schedules", "progress", "resources", "links")
_A, _F = 6378137.0, 1 / 298.257223563
_E2 = _F * (2 - _F)


def repeat_city(source: Path, target: Path, models: int, *, only: str | None = None) -> int:
    """Write a twin with at least `models` models; return how many it has. only : the code of the project to copy."""
    shutil.copytree(source, target)
    blobs = Blobs(target / "blobs")
    with sqlite3.connect(target / "twin.sqlite") as base:
        base.row_factory = sqlite3.Row
        base.execute("update twin set changes = changes + 1")
        owners = [row[0] for row in base.execute("select distinct project from models order by project")]
        owners = [only] if only else owners
        had = base.execute("select * from models").fetchall()
        made, number, across = len(had), 0, math.ceil(math.sqrt(models * len(owners) / len(had)))
        while made < models:
            owner = owners[number % len(owners)]
            code = f"{owner}-{number:03d}"
            _copy_project(base, owner, code)
            own = [model for model in had if model["project"] == owner]
            start = geodetic(_placed(base, own[0])[1][:3, 3])
            cell = (number % across - across // 2, number // across - across // 2)
            shift = (CITY[0] + cell[0] * SPACING - start[0], CITY[1] + cell[1] * SPACING - start[1])
            for model in own:
                _copy_model(base, blobs, model, code, shift)
            made, number = made + len(own), number + 1
    return made


def _copy_rows(base: sqlite3.Connection, table: str, where: str, value: Any, **changed: Any) -> None:
    """Copy the rows of a table in which `where` equals `value`, with other values in some columns; `...` drops one."""
    for row in base.execute(f"select * from {table} where {where} = ?", (value,)).fetchall():  # noqa: S608
        _insert(base, table, {key: item for key, item in (dict(row) | changed).items() if item is not ...})


def _insert(base: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{key}"' for key in values), ", ".join("?" * len(values))
    base.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))  # noqa: S608


def _copy_project(base: sqlite3.Connection, owner: str, code: str) -> None:
    _copy_rows(base, "projects", "code", owner, code=code)
    for table in FACTS:
        _copy_rows(base, table, "project", owner, project=code, id=...)
    for key, text in base.execute("select id, entry from register where project = ?", (code,)).fetchall():
        entry = json.loads(text)
        entry["place"] = None  # it stands where its models are
        base.execute("update register set entry = ? where id = ?", (json.dumps(entry, ensure_ascii=False), key))


def _copy_model(
    base: sqlite3.Connection, blobs: Blobs, model: sqlite3.Row, code: str, shift: tuple[float, float]
) -> None:
    """Copy a model's current revision, `shift` degrees east and north of the first project's place."""
    stem = model["stem"]
    name = f"{code}-{stem}"
    row, matrix = _placed(base, model)
    base.execute("insert into models (id, project, stem, revision) values (?, ?, ?, 1)", (name, code, stem))
    _copy_rows(base, "revisions", "id", row["revision_id"], id=..., model=name, number=1, placement=1)
    added = base.execute("select id from revisions where model = ?", (name,)).fetchone()[0]
    for table in ("tiles", "storeys"):
        _copy_rows(base, table, "revision_id", row["revision_id"], revision_id=added)
    base.execute(
        "insert into elements select ?, global_id, position, feature_row, ifc_class, name, state, reason, storey,"
        " parent, '{}' from elements where revision_id = ?",
        (added, row["revision_id"]),
    )
    lng, lat, height = geodetic(matrix[:3, 3])
    to, turned = (lng + shift[0], lat + shift[1]), np.eye(4)
    turned[:3, :3] = enu(*to) @ enu(lng, lat).T @ matrix[:3, :3]
    turned[:3, 3] = ecef(*to, height)
    frame = json.loads(row["georeference"]) | {
        "ecef_from_local": turned.tolist(),
        "longitude": to[0],
        "latitude": to[1],
    }
    values = dict(row) | {"revision_id": added, "number": 1, "georeference": json.dumps(frame, ensure_ascii=False)}
    for column in ("building_sha256", "spaces_sha256"):
        values[column] = row[column] and _moved(blobs, row[column], turned)
    for column, by in (("west", shift[0]), ("east", shift[0]), ("south", shift[1]), ("north", shift[1])):
        values[column] = None if row[column] is None else row[column] + by
    _insert(base, "placements", values)


def _placed(base: sqlite3.Connection, model: sqlite3.Row) -> tuple[sqlite3.Row, NDArray[np.float64]]:
    """Return the placement of a model's current revision, and its (4, 4) ecef_from_local, metres."""
    row: sqlite3.Row = base.execute(
        "select placements.* from placements join revisions on revisions.id = revision_id"
        " and revisions.placement = placements.number where model = ? and revisions.number = ?",
        (model["id"], model["revision"]),
    ).fetchone()
    return row, np.array(json.loads(row["georeference"])["ecef_from_local"])


def _moved(blobs: Blobs, sha256: str, matrix: NDArray[np.float64]) -> str:
    """Keep a tileset's document with another root transform; return its name."""
    document = json.loads(blobs.get(sha256))
    document["root"]["transform"] = matrix.T.ravel().tolist()
    return blobs.put(json.dumps(document, ensure_ascii=False).encode(), compress=True)


def ecef(lng: float, lat: float, height: float) -> tuple[float, float, float]:
    """Return the geocentric place, metres, of a place in degrees and metres above the ellipsoid."""
    x, y = math.radians(lng), math.radians(lat)
    n = _A / math.sqrt(1 - _E2 * math.sin(y) ** 2)
    across = (n + height) * math.cos(y)
    return across * math.cos(x), across * math.sin(x), (n * (1 - _E2) + height) * math.sin(y)


def geodetic(place: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return longitude and latitude in degrees and height in metres of a geocentric place near the ground."""
    x, y, z = map(float, place)
    across, lat, height = math.hypot(x, y), math.atan2(z, math.hypot(x, y) * (1 - _E2)), 0.0
    for _ in range(8):
        n = _A / math.sqrt(1 - _E2 * math.sin(lat) ** 2)
        height = across / math.cos(lat) - n
        lat = math.atan2(z, across * (1 - _E2 * n / (n + height)))
    return math.degrees(math.atan2(y, x)), math.degrees(lat), height


def enu(lng: float, lat: float) -> NDArray[np.float64]:
    """Return (3, 3): east, north and up at a place in degrees, as geocentric columns."""
    x, y = math.radians(lng), math.radians(lat)
    east = (-math.sin(x), math.cos(x), 0.0)
    up = (math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y))
    return np.column_stack([east, np.cross(up, east), up])
