"""Where a model ends up, checked from the outside: vertices decoded from the served tiles against pyproj.

For each real model: `twin import`, then the stored tiles, decoded by the tests' own decoder and turned by the
tileset's own transform.  Against that: the same vertices through the Helmert of the file's own numbers (read here with
ifcopenshell, not with the importer), a map CRS, and pyproj to EPSG:4978.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ifcopenshell
import ifcopenshell.util.element
import ifcopenshell.util.geolocation
import ifcopenshell.util.unit
import numpy as np
import pyproj
import pytest
from numpy.typing import NDArray

from tests.glb_decoder import decode, tiles_of
from twin.store import Store
from web.cli.main import run

pytestmark = pytest.mark.real_data
MOST_HORIZONTAL = 0.01  # metres
EARTH_RADIUS = 6_371_000.0


@dataclass(frozen=True)
class Truth:
    """What a surveyor would do by hand with the numbers in the file.

    A map CRS, the local origin in it, the direction of +X from the map's east (radians, counter-clockwise), map metres
    per ground metre, and the origin's height.
    """

    crs: str
    eastings: float
    northings: float
    height: float
    rotation: float
    scale: float

    def ecef(self, local: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return EPSG:4978 of local points (n, 3), metres."""
        c, s = np.cos(self.rotation), np.sin(self.rotation)
        turned = local[:, :2] @ np.array([[c, s], [-s, c]]) * self.scale
        back = pyproj.Transformer.from_crs(self.crs, "EPSG:4979", always_xy=True)
        lng, lat, _ = back.transform(turned[:, 0] + self.eastings, turned[:, 1] + self.northings, np.zeros(len(local)))
        to_ecef = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
        return np.column_stack(to_ecef.transform(lng, lat, local[:, 2] + self.height))


def site_truth(path: Path, turn_deg: float) -> Truth:
    """A model that only has IfcSite: its place in the UTM zone there, the grid turned and scaled back."""
    site = ifcopenshell.open(str(path)).by_type("IfcSite")[0]
    lat, lng = (ifcopenshell.util.geolocation.dms2dd(*parts) for parts in (site.RefLatitude, site.RefLongitude))
    zone = int((lng + 180) // 6) + 1
    crs = f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    projection = pyproj.Proj(crs)
    factors = projection.get_factors(lng, lat)
    e, n = projection(lng, lat)
    # +Y points turn_deg clockwise from true north, which is -convergence from grid north
    rotation = np.radians(factors.meridian_convergence - turn_deg)
    scale_unit = ifcopenshell.util.unit.calculate_unit_scale(ifcopenshell.open(str(path)))
    height = (site.RefElevation or 0.0) * scale_unit
    return Truth(crs, e, n, height, rotation, factors.meridional_scale)


def conversion_truth(path: Path) -> Truth:
    """A model with IfcMapConversion, or the property sets that stand for it in IFC2X3, in metres on the map."""
    ifc = ifcopenshell.open(str(path))
    if ifc.schema == "IFC2X3":
        site = ifc.by_type("IfcSite")[0]
        psets = ifcopenshell.util.element.get_psets(site)
        conversion, crs = psets["ePSet_MapConversion"], psets["ePSet_ProjectedCRS"]
        values = [
            float(conversion[k])
            for k in ("Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate")
        ]
        return Truth(str(crs["Name"]), values[0], values[1], values[2], np.arctan2(values[4], values[3]), 1.0)
    c = ifc.by_type("IfcMapConversion")[0]
    rotation = np.arctan2(c.XAxisOrdinate or 0.0, c.XAxisAbscissa if c.XAxisAbscissa is not None else 1.0)
    return Truth(c.TargetCRS.Name, c.Eastings, c.Northings, c.OrthogonalHeight or 0.0, rotation, 1.0)


CASES: dict[str, Callable[[Path], Truth]] = {
    "duplex_arch": lambda p: site_truth(p, 0.0),
    "office_a": lambda p: site_truth(p, 0.0),
    "fzk_haus": lambda p: site_truth(p, 310.0),
    "sample_house": lambda p: site_truth(p, 0.0),
    "large_building": lambda p: site_truth(p, 0.0),
    "tall_building": lambda p: site_truth(p, 0.0),
    "duplex_georef": conversion_truth,
    "bsi_georef_utm": conversion_truth,
    "bsi_georef_gk": conversion_truth,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("placed")
    for name in CASES:
        assert run(["import", str(real_data / "ifc" / f"{name}.ifc"), "--project", name, "--twin", str(folder)]) == 0
    with Store.open(folder) as opened:
        yield opened


def tile_vertices(store: Store, model: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the vertices of the leaves in the local frame, (n, 3) metres, and the tileset's ecef_from_local (4, 4)."""
    document = json.loads(store.blobs.get(store.tile(model, "tileset.json")))
    found = [
        part.positions
        for tile in tiles_of(document)
        if tile.is_leaf
        for part in decode(store.blobs.get(store.tile(model, tile.document["content"]["uri"]))).parts
    ]
    return np.concatenate(found), np.array(document["root"]["transform"]).reshape(4, 4, order="F")


@pytest.mark.parametrize("name", CASES)
def test_a_thousand_vertices_stand_where_pyproj_puts_them(name: str, store: Store, real_data: Path) -> None:
    vertices, matrix = tile_vertices(store, f"{name}-{name}")
    chosen = vertices[np.random.default_rng(7).integers(0, len(vertices), 1000)]
    placed = chosen @ matrix[:3, :3].T + matrix[:3, 3]
    truth = CASES[name](real_data / "ifc" / f"{name}.ifc")
    expected = truth.ecef(chosen)
    up = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    difference = placed - expected
    vertical = np.einsum("ij,ij->i", difference, up)
    horizontal = np.linalg.norm(difference - vertical[:, None] * up, axis=1)
    report = f"{name}: horizontal {horizontal.max() * 1000:.2f} mm, height {np.abs(vertical).max() * 1000:.2f} mm"
    print(report)  # noqa: T201  (shown by `pytest -s`: the figures of docs/decisions.md)
    assert horizontal.max() < MOST_HORIZONTAL
    # a rigid building is tangent to the Earth, a map is not: d²/2R is what remains in height (0.8 mm at 100 m)
    reach = np.linalg.norm(chosen[:, :2] - chosen[:, :2].mean(axis=0), axis=1).max() * 2
    assert np.abs(vertical).max() < reach**2 / (2 * EARTH_RADIUS) + 2e-3


def test_the_duplex_trades_fit_to_the_millimetre(tmp_path: Path, real_data: Path) -> None:
    folder = tmp_path / "twin"
    files = [str(real_data / "ifc" / f"duplex_{trade}.ifc") for trade in ("arch", "elec")]
    assert run(["import", *files, "--project", "D", "--twin", str(folder)]) == 0
    with Store.open(folder) as store:
        _, arch = tile_vertices(store, "D-duplex_arch")
        _, elec = tile_vertices(store, "D-duplex_elec")
        assert store.model("D-duplex_elec").georeference.source == "project_frame"
    corners = np.array([[x, y, z, 1.0] for x in (-30.0, 30.0) for y in (-30.0, 30.0) for z in (-3.0, 9.0)])
    assert np.abs(corners @ arch.T - corners @ elec.T).max() < 1e-3
