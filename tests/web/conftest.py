"""An app over a twin with two projects and three models made by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import layers
from tests.store import samples
from tests.web import clash_samples, job_samples, upload_samples
from tests.web.pieces import box_font
from twin.store import Store
from web.app import create_app
from web.settings import Settings


@pytest.fixture(scope="session")
def twin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin folder that tests only read."""
    folder = tmp_path_factory.mktemp("served")
    with Store.init(folder, name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision(count=60))
        store.put_revision(samples.revision(stem="duplex", text="b", spaces=False, tiles=(b"glTF b" * 400,)))
        elsewhere = samples.georeference(114.1, 22.6)
        store.put_revision(samples.revision(project="P/2".replace("/", "-"), stem="塔 1#", place=elsewhere))
        clash_samples.put(store)
        job_samples.put(store)
        upload_samples.put(store)
        layers.put(store, tmp_path_factory.mktemp("layer"), "建筑", layers.features())
    return folder


def settings_of(folder: Path) -> Settings:
    page = folder / "page"
    if not page.exists():
        (page / "assets").mkdir(parents=True)
        (page / "index.html").write_text("<!doctype html><title>twin</title>" + "<p>page</p>" * 200, "utf-8")
        (page / "assets" / "index-a1b2.js").write_text("console.log('up');" * 200, "utf-8")
        (page / "assets" / "font.woff2").write_bytes(b"wOF2" * 500)
        (page / "assets" / "noto-sans-sc-box.woff2").write_bytes(box_font())
        (page / "help" / "en").mkdir(parents=True)
        for name in ("index.html", "en/index.html"):
            (page / "help" / name).write_text("<!doctype html><title>Help</title>", "utf-8")
        (page / "licences.txt").write_text("licences", "utf-8")
        (folder / "secret.txt").write_text("secret", "utf-8")
    return Settings(folder, 5.0, page)


@pytest.fixture(scope="session")
def app(twin_folder: Path) -> Iterator[Flask]:
    made = create_app(settings_of(twin_folder))
    yield made
    made.extensions["twin.store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
