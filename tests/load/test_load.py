"""Viewers at once: nobody meets an error, warm tiles come soon, the server's memory stays flat."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import figures
from tests.load.run import Load, load, ran
from tests.load.session import Ask, general, read_session, resolve
from tests.load.viewer import Answered, crowd
from tests.shared_city import city_of_this_run

TILE_MS, GROWTH = 250, 1.05


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a twin folder with the sample city."""
    return city_of_this_run(tmp_path_factory, "load")


@pytest.fixture
def page() -> None:
    """The visit loads the page: it must be built."""
    from tests.load.run import PAGE

    if not (PAGE / "index.html").is_file():
        pytest.skip("The page is not built.")


def whole(came: Load) -> None:
    """Assert what holds on a machine that has other things to do, too."""
    assert came.errors() == []
    assert len(came.answers) > 5 * came.viewers
    assert came.client_cpu < came.seconds  # else it measures itself


@pytest.mark.timeout(600)
def test_twenty_viewers_for_ten_seconds(page: None, city: Path) -> None:
    whole(load(city, 20, 10))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("imports", [False, True], ids=["alone", "while models are imported"])
def test_two_hundred_viewers_for_three_minutes(page: None, city: Path, imports: bool) -> None:
    came = load(city, 200, 180, imports=imports)
    figures.put("load_imports" if imports else "load_alone", came.figures())
    whole(came)
    assert came.slow(0.99, tiles=True) <= TILE_MS, came.figures()
    assert came.growth() <= GROWTH, came.figures()
    assert not imports or came.imports >= 3


class _Faulty(BaseHTTPRequestHandler):
    """Answers slowly, with an error, or not at all, as the address says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if "gone" in self.path:
            self.close_connection = True
            return
        body = b"x" * 1000
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def faulty() -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Faulty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_errors_are_seen(faulty: tuple[str, int]) -> None:
    asks = [Ask(0.01 * n, path) for n, path in enumerate(("/a.glb", "/broken", "/gone", "/b.glb", "/中"))]
    answers = ran(crowd(*faulty, asks, 2, 0.5))
    came = Load(answers, [], 0.5, 2, 0.0, 0.0, 0)
    assert {error.split()[1] for error in came.errors()} == {"/broken", "/gone"}
    assert {a.size for a in answers if a.status == 200} == {1000}


def test_slow_tiles_and_growing_memory_are_seen() -> None:
    answers = [Answered(0.0, 0.4 if n % 50 == 0 else 0.01, 200, f"/tiles/a/{n}/0/0.mvt") for n in range(1000)]
    answers += [Answered(0.0, 9.0, 200, "/api/reports/city.pdf")] * 500
    flat = [(float(at), 100_000_000) for at in range(180)]
    leaking = [(float(at), 100_000_000 + at * 200_000) for at in range(180)]
    assert Load(answers, flat, 180, 1, 0, 0, 0).slow(0.99, tiles=True) > TILE_MS
    assert Load(answers[1:50], flat, 180, 1, 0, 0, 0).slow(0.99, tiles=True) < 20
    assert Load([], flat, 180, 1, 0, 0, 0).growth() == 1.0
    assert Load([], leaking, 180, 1, 0, 0, 0).growth() > GROWTH


def test_a_visit_survives_another_build(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-NEWHASH1.js").write_text("")
    tileset = {"root": {"content": {"uri": "a" * 64 + ".glb"}, "children": [{"content": {"uri": "b" * 64 + ".glb"}}]}}
    answers = {
        "/3dtiles/M/tileset.json": json.dumps(tileset),
        "/tiles/roads.json": '{"tiles": ["/tiles/roads/{z}/{x}/{y}.mvt?v=0123456789abcdef"]}',
    }
    paths = [
        "/assets/index-OLDHASH1.js",
        f"/3dtiles/M/{'b' * 64}.glb",
        f"/tiles/roads/1/2/3.mvt?v={'f' * 16}",
        "/a?b=c",
    ]
    written = general([Ask(0, path) for path in paths], lambda path: answers[path].encode())
    assert [ask.path for ask in written] == [
        *("/assets/index-*.js", "/3dtiles/M/#1.glb", "/tiles/roads/1/2/3.mvt?v=*", "/a?b=c"),
    ]
    again = resolve(written, lambda path: answers[path].encode(), tmp_path)
    assert [ask.path for ask in again] == [
        *("/assets/index-NEWHASH1.js", paths[1], "/tiles/roads/1/2/3.mvt?v=0123456789abcdef", "/a?b=c"),
    ]


def test_the_recorded_visit_is_one() -> None:
    asks = read_session()
    assert asks == sorted(asks, key=lambda ask: ask.at)
    assert sum(".mvt" in ask.path for ask in asks) > 30
    assert sum(ask.path.endswith(".glb") for ask in asks) > 10
    assert 30 < asks[-1].at < 600
