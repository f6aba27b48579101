"""Files that name addresses: a server on this machine hears nothing of them; without the fence it does."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gis_layers import gdal
from gis_layers.reader import read_layers
from tests.gis_layers.made import frame, write
from twin.errors import TwinError


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server and what it was asked for."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Listener) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()
        thread.join()


def hostile(folder: Path, url: str) -> list[tuple[Path, str | None]]:
    """Write files that name an address in every way that a known format has; file and layer."""
    gml = folder / "a.gml"
    gml.write_text(
        '<?xml version="1.0"?><ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" '
        'xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://ogr.maptools.org/ {url}/a.xsd"><gml:featureMember><ogr:a fid="a.0">'
        f'<ogr:geometryProperty><gml:Point srsName="{url}/crs"><gml:coordinates>114,22</gml:coordinates></gml:Point>'
        "</ogr:geometryProperty></ogr:a></gml:featureMember></ogr:FeatureCollection>"
    )
    kml = folder / "a.kml"
    kml.write_text(
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>'
        f"<href>{url}/a.kml</href></Link></NetworkLink><Placemark><name>x</name><styleUrl>{url}/style#a</styleUrl>"
        "<Point><coordinates>114,22</coordinates></Point></Placemark></Document></kml>"
    )
    geojson = folder / "a.geojson"
    link = {"type": "link", "properties": {"href": f"{url}/crs", "type": "proj4"}}
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [114, 22]}}
    geojson.write_text(json.dumps({"type": "FeatureCollection", "crs": link, "features": [point]}))
    database = write(folder / "b.gpkg", frame(), layer="a")
    with sqlite3.connect(database) as opened:
        opened.execute("PRAGMA writable_schema=ON")
        opened.execute(
            "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','v','v',0,?)",
            (f"CREATE VIRTUAL TABLE v USING VirtualOGR('/vsicurl/{url}/a.geojson')",),
        )
        opened.execute(
            "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',4490)"
        )
        opened.execute("INSERT INTO gpkg_geometry_columns VALUES('v','geom','POLYGON',4490,0,0)")
    return [(gml, None), (kml, None), (geojson, None), (database, "v")]


@pytest.mark.parametrize("fenced", [True, False])
def test_nothing_that_a_file_names_is_fetched(
    tmp_path: Path, server: tuple[str, list[str]], fenced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = server
    if not fenced:
        monkeypatch.setattr(gdal, "_FENCE", {})
        monkeypatch.setattr(gdal, "_OPTIONS", {})
    for file, layer in hostile(tmp_path, url):
        with contextlib.suppress(TwinError):
            read_layers(file, "a", source_layer=layer)
    assert bool(asked) is not fenced
