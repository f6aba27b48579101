"""What every answer owes its client: ETags, 304, caching, gzip, security headers, problems."""

import gzip
import hashlib
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from tests.store import samples
from tests.web.test_api import ADDRESSES, MODEL, validate
from twin import errors
from web import app as web_app
from web.settings import THREADS

TILE = f"/3dtiles/P001-duplex/{samples.tile_file(b'glTF b' * 400).path}"
READS = [*ADDRESSES.values(), TILE]
GETS = {route.path: route for route in web_app.route_table() if route.method == "GET"}
STREAMS = {address for path, address in ADDRESSES.items() if GETS[path].media_type == "text/event-stream"}
WHOLE = [path for path in READS if path not in STREAMS]  # what is told as it goes has neither a tag nor a length
# Where HEAD has a route of its own it tells something else than GET: how much of a file has arrived.
OWN_HEAD = {ADDRESSES[route.path] for route in web_app.route_table() if route.method == "HEAD" and route.path in GETS}
PROGRAM = {address for path, address in ADDRESSES.items() if GETS[path].needs is None}  # the same for everybody
OF_PEOPLE = {"/api/me", "/api/users", "/api/tokens", "/api/audit"}


def headers_of(client: FlaskClient, path: str) -> Headers:
    """Return an answer's headers; a stream is closed, as only a few may be open at once."""
    with closing(client.get(path)) as response:
        return response.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", WHOLE)
def test_every_answer_has_a_strong_etag_and_honours_it(client: FlaskClient, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    tag, weak = first.get_etag()
    assert tag
    assert weak is False
    assert client.get(path, headers=headers).get_etag() == first.get_etag()
    again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers.get("Vary") == first.headers.get("Vary")
    other = client.get(path, headers={**headers, "If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, first.data)
    assert int(first.headers["Content-Length"]) == len(first.data)
    if path in OWN_HEAD:
        return
    head = client.head(path, headers=headers)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Content-Encoding", "Vary", "Cache-Control"):
        assert head.headers.get(name) == first.headers.get(name), name


def test_a_stream_is_not_kept_and_gives_its_place_back(client: FlaskClient) -> None:
    assert STREAMS
    for path in [*STREAMS] * (THREADS + 1):  # more than may be open at once
        with closing(client.get(path, headers={"Accept-Encoding": "gzip"})) as response:
            assert response.status_code == 200, response.text
            assert response.headers["Cache-Control"] == "no-store"
            assert not {"ETag", "Content-Length", "Content-Encoding"} & set(response.headers.keys())


@pytest.mark.parametrize("path", WHOLE)
def test_gzip_is_the_same_content_under_another_tag(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = client.get(path, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
    if packed.headers.get("Content-Encoding") == "gzip":
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
        vary = "Accept-Encoding" if path in PROGRAM else "Accept-Encoding, Origin"
        assert packed.headers["Vary"] == plain.headers["Vary"] == vary
    else:
        assert (packed.data, packed.headers["ETag"]) == (plain.data, plain.headers["ETag"])
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_tile_is_served_as_it_was_stored(app: Flask, client: FlaskClient) -> None:
    sha256 = TILE.rpartition("/")[2].removesuffix(".glb")
    packed = client.get(TILE, headers={"Accept-Encoding": "gzip"})
    assert packed.data == app.extensions["twin.store"].blobs.get_gzip(sha256)
    assert packed.headers["ETag"] == f'"{sha256}-gz"'
    plain = client.get(TILE)
    assert hashlib.sha256(plain.data).hexdigest() == sha256
    assert plain.headers["ETag"] == f'"{sha256}"'
    assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_only_what_never_changes_is_cached_for_ever(client: FlaskClient) -> None:
    immutable = {path for path in READS if "immutable" in headers_of(client, path)["Cache-Control"]}
    assert immutable == {path for path in READS if path.endswith(".glb") or path.startswith("/assets/")}
    others = {path: headers_of(client, path)["Cache-Control"] for path in set(READS) - immutable}
    assert {path for path, said in others.items() if said == "no-store"} == OF_PEOPLE | STREAMS
    assert set(others.values()) == {"no-cache", "no-store"}


def test_the_city_has_another_tag_when_a_model_comes_goes_or_moves(tmp_path: Path) -> None:
    from tests.web.conftest import settings_of
    from web.app import create_app

    app = create_app(settings_of(tmp_path))
    store, client = app.extensions["twin.store"], app.test_client()

    def tag() -> str:
        return client.get("/3dtiles/tileset.json").headers["ETag"]

    empty = tag()
    store.put_revision(samples.revision())
    one = tag()
    store.put_revision(samples.revision())
    assert tag() == one
    b = store.put_revision(samples.revision(stem="b", text="b"))
    two = tag()
    elsewhere = samples.georeference(114.5)
    store.replace_placement(b, elsewhere, samples.placing(elsewhere))
    moved = tag()
    assert len({empty, one, two, moved}) == 4
    store.remove_model("P001-b")
    assert tag() == one
    store.remove_model(MODEL)
    assert tag() == empty
    store.close()


@pytest.mark.parametrize("path", [*READS, "/nothing/here", "/api/models/none"])
def test_every_answer_has_its_security_headers(client: FlaskClient, path: str) -> None:
    headers = headers_of(client, path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    # the twin of whoever sits here, what speaks of who asks, and what is told as it goes: not for pages of other sites
    own = path in OF_PEOPLE | STREAMS or path not in PROGRAM
    assert headers.get("Access-Control-Allow-Origin") == (None if own else "*")
    assert headers["Cross-Origin-Resource-Policy"] == ("same-origin" if own else "cross-origin")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_preflight_is_allowed(client: FlaskClient) -> None:
    response = client.options("/api/projects", headers={"Origin": "http://localhost:8888"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/nothing/here",
            "/api",
            "/api/",
            "/api/models/none",
            "/api/projects/none",
            "/api/projects/P001/elements/none",
        ),
        *("/api/models/none/elements", "/api/models/none/ledger", "/api/models/none/revisions", "/api/scenes/none"),
        *("/3dtiles/none/tileset.json", "/3dtiles/P001-duplex/spaces/tileset.json", "/3dtiles/P001-duplex/0.glb"),
        *("/assets/none.js", "/none.txt", "/-/none", "/api//projects", "/3dtiles/P001-duplex/tileset.json/"),
        *("/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"),
        *("/assets/..%5c..%5csecret.txt", "/assets//etc/passwd", "/%2fetc%2fpasswd", "/assets/%00", "/" + "x" * 5000),
        *(f"/3dtiles/{quote(MODEL)}/..%2f..%2ftwin.sqlite", "/3dtiles/../twin.sqlite", "/twin.sqlite"),
    ],
)
def test_what_is_not_there_is_a_problem(client: FlaskClient, path: str) -> None:
    response = client.get(path + "?lang=en")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    validate(response.json, "Problem")
    assert response.json is not None
    assert response.json["status"] == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_a_link_out_of_the_page_is_not_followed(tmp_path: Path) -> None:
    from tests.web.conftest import settings_of
    from web.app import create_app

    made = settings_of(tmp_path)
    (made.page / "assets" / "out.txt").symlink_to(tmp_path / "secret.txt")
    app = create_app(made)
    assert app.test_client().get("/assets/out.txt").status_code == 404
    app.extensions["twin.store"].close()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/api/projects", TILE, "/-/health"])
def test_nothing_can_be_written(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}
    validate(response.json, "Problem")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/projects?lang=fr", "/api/projects?as_of=yesterday", "/api/projects?known_at=noon"),
        *("/api/scenes/city?lang=", "/api/scenes/city?as_of=2026-13-01", "/api/models/P001-duplex?lang=ZH"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_a_problem(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    validate(response.json, "Problem")


def test_days_and_times_are_taken(client: FlaskClient) -> None:
    assert client.get("/api/projects?as_of=2026-06-01&known_at=2026-06-01T08:30:00Z").status_code == 200


def subclasses(base: type[errors.TwinError]) -> set[type[errors.TwinError]]:
    return {base}.union(*(subclasses(child) for child in base.__subclasses__()))


def test_every_error_has_a_status() -> None:
    of_the_asker = (
        *(errors.InvalidInput, errors.NotFound, errors.NotSignedIn, errors.NotAllowed, errors.TooMany),
        *(errors.AlreadyThere, errors.OutOfStep, errors.FrameTaken),
    )
    for error in subclasses(errors.TwinError):
        status = web_app.status_of(error.__new__(error))  # some of them are made from more than words
        assert (400 <= status < 500) == issubclass(error, of_the_asker), error


def test_an_unexpected_error_is_told_without_its_secrets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.web.conftest import settings_of
    from web.app import create_app

    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    app = create_app(settings_of(tmp_path))
    monkeypatch.setattr(app.extensions["twin.judged"], "projects", broken)
    response = app.test_client().get("/api/projects?lang=en")
    app.extensions["twin.store"].close()
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "secret" not in response.text
    assert "KeyError" not in response.text
    assert "KeyError" in caplog.text


def test_without_a_built_page_the_address_says_how_to_build_it(tmp_path: Path) -> None:
    from web.app import create_app
    from web.settings import Settings

    app = create_app(Settings(tmp_path / "twin", 5.0, tmp_path / "none"))
    response = app.test_client().get("/")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert "make demo" in response.text
    assert app.test_client().get("/assets/x.js").status_code == 404
    app.extensions["twin.store"].close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(["api", "3dtiles", "models", "projects", "elements", "assets", "..", "", "P001", MODEL]),
        ),
        max_size=5,
    ),
    query=st.text(max_size=20),
)
def test_no_address_breaks_the_server(client: FlaskClient, path: list[str], query: str) -> None:
    for safe in ("", "/%"):
        address = "/".join(quote(part, safe=safe) for part in path).lstrip("/")  # the test client takes //x for a host
        response = client.get(f"/{address}?{quote(query, safe='=&')}")
        assert response.status_code < 500, response.text
        assert response.status_code == 200 or response.mimetype == "application/problem+json"
