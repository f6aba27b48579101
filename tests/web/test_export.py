"""A static copy: the same answers as the server's, nothing outside of its folder, the same bytes each time."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import mapbox_vector_tile
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from pmtiles.reader import MmapSource, Reader

from tests import layers
from tests.conftest import ROOT
from tests.store import samples
from tests.web.conftest import settings_of
from twin.errors import InvalidInput
from twin.store import Store
from web.app import create_app
from web.cli.export import command
from web.export.asking import Asked
from web.export.city import Exported, export_city
from web.export.names import TABLE, file_of, safe
from web.export.page import static_page
from web.export.writing import Written, check_target, replacing

HOSTILE = "<script>alert(1)<script>"
STEMS = ("办公楼", "..", HOSTILE, "a\"b'c", "x" * 180, "con", "𠮷 #%41?")
NAMES = json.loads((ROOT / "web/frontend/test/static-names.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin with names that mean harm."""
    made: Path = tmp_path_factory.mktemp("hostile")
    with Store.init(made, name="深圳 </title>", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        for i, stem in enumerate(STEMS):
            store.put_revision(samples.revision(stem=stem, text=stem, count=70, tiles=(b"glTF %d" % i,)))
        store.put_revision(samples.revision(project="..x", stem="y", text="y"))
        sources = tmp_path_factory.mktemp("layers")
        layers.put(store, sources, "建筑", layers.features())
        layers.put(store, sources, "baked", layers.features(), baked=True)
    return made


def export(folder: Path, target: Path, day: date | None = date(2026, 6, 30)) -> Exported:
    with Asked(settings_of(folder), day, None) as asked:
        return export_city(asked, target, lambda stage, done, of: None)


@pytest.fixture(scope="module")
def copy(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target: Path = tmp_path_factory.mktemp("www") / "copy"
    export(folder, target)
    return target


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(settings_of(folder))
    yield app.test_client()
    app.extensions["twin.store"].close()


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("name", NAMES["names"], ids=lambda name: f"{name['language']} {name['request'][:60]}")
def test_names_are_those_that_the_page_makes(name: dict[str, Any]) -> None:
    assert file_of(name["request"], name["language"], NAMES["element_files"]) == name["file"]


def test_every_line_of_the_table_is_in_the_list_that_both_sides_read() -> None:
    for _, file in TABLE:
        known = [part for part in file.replace("{", "\0{").replace("}", "}\0").split("\0") if not part.startswith("{")]
        assert any(all(part in (name["file"] or "") for part in known) for name in NAMES["names"]), file


@pytest.mark.parametrize("text", [*STEMS, "../../etc/passwd", "..", ".", "a/b", "a\\b", "", "NUL", "\u202e", "\n"])
def test_a_name_is_one_plain_segment(text: str) -> None:
    made = safe(text)
    assert len(made.encode()) < 256
    assert not set(made) & set("/\\<>:\"'|?*\0\n #%")
    assert made.strip(".")


def test_the_copy_answers_as_the_server_does(copy: Path, client: FlaskClient) -> None:
    count = json.loads((copy / "export.json").read_text("utf-8"))["element_files"]
    for stem in STEMS:
        model = f"P001-{stem}"
        path = f"/api/models/{quote(model, safe='')}"
        for language in ("zh", "en"):
            asked = f"{path}/ledger?lang={language}"
            assert json.loads(_read(copy, asked, language)) == client.get(asked).json
        states = client.get(f"{path}/states?by=light&as_of=2026-06-30").data
        assert _read(copy, f"{path}/states?by=light", "zh").encode("latin-1") == states
        asked = f"{path}/elements"
        assert json.loads(_read(copy, asked, "zh"))["global_id"] == (client.get(asked).json or {})["global_id"]
    for language in ("zh", "en"):
        asked = f"/api/projects?as_of=2026-06-30&forecast=1&lang={language}"
        assert json.loads(_read(copy, asked, language)) == client.get(asked).json
        for global_id in (f"{3:022d}", "BROKEN", "SITE"):
            asked = f"/api/projects/P001/elements/{global_id}?as_of=2026-06-30&forecast=1&lang={language}"
            file = file_of(asked, language, count)
            assert file is not None
            kept = json.loads((copy / file).read_text("utf-8"))
            assert kept[global_id] == client.get(asked).json


def _read(copy: Path, request: str, language: str) -> str:
    file = file_of(request, language, {})
    assert file is not None
    return (copy / file).read_bytes().decode("latin-1" if file.endswith(".bin") else "utf-8")


def test_elements_are_in_files_of_a_few_dozen(copy: Path) -> None:
    files = sorted((copy / "data" / "en" / "elements" / "P001").iterdir())
    sizes = [len(json.loads(file.read_text("utf-8"))) for file in files]
    assert sum(sizes) == 75  # the models share their GlobalIds
    assert len(files) == 2
    assert max(sizes) < 75


def test_tilesets_are_relative_and_whole(copy: Path) -> None:
    root = "http://host/sub/copy/3dtiles/tileset.json"
    found = _tiles(copy, root)
    assert len([name for name in found if name.endswith(".glb")]) > len(STEMS)


def _tiles(copy: Path, address: str) -> list[str]:
    """Return the addresses below a tileset, each checked to be in the copy, as a client resolves them."""
    path = unquote(urlsplit(address).path)
    assert path.startswith("/sub/copy/3dtiles/")
    file = copy / path.removeprefix("/sub/copy/")
    assert file.is_file(), address
    if not path.endswith(".json"):
        return [path]
    todo, found = [json.loads(file.read_text("utf-8"))["root"]], [path]
    while todo:
        tile = todo.pop()
        todo += tile.get("children", [])
        if "content" in tile:
            assert "://" not in tile["content"]["uri"]
            found += _tiles(copy, urljoin(address, tile["content"]["uri"]))
    return found


@pytest.mark.parametrize("layer", ["建筑", "baked"])
def test_archives_hold_the_tiles_of_the_server(copy: Path, client: FlaskClient, layer: str) -> None:
    with (copy / "layers" / f"{layer}.pmtiles").open("rb") as file:
        tile = Reader(MmapSource(file)).get(15, 26766, 14277)
    served = client.get(f"/tiles/{layer}/15/26766/14277.mvt").data
    kept, given = (mapbox_vector_tile.decode(content)[layer] for content in (gzip.decompress(tile), served))
    assert len(kept["features"]) == 9
    assert sorted(f["id"] for f in kept["features"]) == sorted(f["id"] for f in given["features"])
    style = json.loads((copy / "styles" / "zh" / "light.json").read_text("utf-8"))
    source = style["sources"][f"twin:{layer}"]
    assert source["url"] == f"pmtiles://layers/{quote(layer)}.pmtiles"
    assert (source["minzoom"], source["maxzoom"]) == (0, 15)


def test_the_page_asks_nobody_else(copy: Path) -> None:
    html = (copy / "index.html").read_text("utf-8")
    assert "Content-Security-Policy" in html
    assert "frame-ancestors" not in html  # browsers complain of it in a page
    assert 'name="twin-static"' in html
    for page in copy.glob("help/*/*.html"):
        told = page.read_text("utf-8")
        assert told.count("Content-Security-Policy") == told.count('name="referrer"') == 1
        assert "twin-static" not in told
    assert static_page('<head><meta charset="utf-8" /><script src="/assets/a.js">').endswith('src="./assets/a.js">')


def test_twice_the_same_bytes(folder: Path, copy: Path, tmp_path: Path) -> None:
    time.sleep(1.1)  # what holds a time in seconds differs by now
    done = export(folder, tmp_path / "again")
    first, second = contents(copy), contents(tmp_path / "again")
    assert first == second
    assert done.files == len(second)
    assert done.bytes == sum(path.stat().st_size for path in (tmp_path / "again").rglob("*") if path.is_file())


def test_nothing_lies_outside(copy: Path) -> None:
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]
    assert not [path for path in copy.rglob("*") if path.is_symlink()]


def test_a_folder_with_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years", "utf-8")
    result = CliRunner().invoke(command, [str(tmp_path / "mine"), "--twin", str(folder)], standalone_mode=False)
    assert result.return_value == 1
    assert "mine" in result.stderr
    assert contents(tmp_path) == {"mine/thesis.txt": hashlib.sha256(b"years").hexdigest()}
    for text in ("{}", "[]", "no json", '{"type": "other"}'):
        (tmp_path / "mine" / "export.json").write_text(text, "utf-8")
        with pytest.raises(InvalidInput):
            check_target(tmp_path / "mine")


def test_an_earlier_export_is_replaced_and_an_error_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    for text in ("old", "new"):
        with replacing(target) as written:
            written.put_json("export.json", {"type": "city-twin-export"})
            written.put(f"{text}.txt", text.encode())
        assert sorted(contents(target)) == sorted(["export.json", f"{text}.txt"])
    before = contents(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(target)
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def _interrupted(target: Path) -> None:
    with replacing(target) as written:
        written.put("half.txt", b"")
        raise KeyboardInterrupt


@pytest.mark.parametrize("file", ["../a", "/a", "a/../../b", "a\\b", ""])
def test_a_file_outside_is_refused(tmp_path: Path, file: str) -> None:
    with pytest.raises(InvalidInput):
        Written(tmp_path).put(file, b"")


def test_names_that_differ_in_capitals_only_are_not_written_over_each_other(tmp_path: Path) -> None:
    written = Written(tmp_path)
    written.put("data/A.json", b"A")
    with pytest.raises(InvalidInput):
        written.put("data/a.json", b"a")


def test_a_stopped_command_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    arguments = ["export", str(tmp_path / "copy"), "--twin", str(folder)]
    environment = {**os.environ, "TWIN_PAGE": str(settings_of(folder).page)}
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli.main", *arguments], stderr=subprocess.PIPE, env=environment, cwd=ROOT
    )
    end = time.monotonic() + 60
    while not any(tmp_path.iterdir()) and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_says_what_was_written_and_what_is_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_PAGE", str(settings_of(folder).page))
    arguments = [str(tmp_path / "copy"), "--twin", str(folder), "--as-of", "2026-06-30", "--json"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert result.return_value == 0, result.output
    told = json.loads(result.stdout)
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert told["files"] == len(files)
    assert told["bytes"] == sum(path.stat().st_size for path in files)
    assert (told["as_of"], told["known_at"]) == ("2026-06-30", None)
    assert told["left_out"]
    manifest = json.loads((tmp_path / "copy" / "export.json").read_text("utf-8"))
    assert (manifest["as_of"], manifest["languages"]) == ("2026-06-30", ["zh", "en"])
