"""The twin behind a real nginx with the configuration of deploy/: names, addresses, uploads, progress, tiles."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sample_data.build import SampleModel
from tests.debian import NGINX, find_nginx
from tests.house import ROOT
from tests.jobs.samples import twin as run_twin
from tests.serving import serving
from tests.uploads.sending import Client
from twin.store import Store
from web.cli.serve import free_port

PLACED = '{"longitude": 121.5, "latitude": 31.2}'
NAME = "twin.example.cn"
CONF = ROOT / "deploy" / "nginx.conf"
pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and (find_nginx() is None or shutil.which("openssl") is None), reason=NGINX.advice
)


def adapted(folder: Path, upstream: int, plain: int, secure: int) -> Path:
    """Return a whole configuration with deploy/nginx.conf in it, its ports and certificate ours."""
    key, certificate = folder / "twin.key", folder / "twin.crt"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    text = CONF.read_text("utf-8")
    for found, ours in (
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{upstream};"),
        (r"listen \[::\]:\d+[^;]*;", ""),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"listen 443", f"listen 127.0.0.1:{secure}"),
        (r"/etc/nginx/tls/twin\.", f"{folder}/twin."),
    ):
        text, count = re.subn(found, ours, text)
        assert count, found
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log warn; worker_processes 1;\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}}\nhttp {{ access_log off; {paths}\n{text}\n}}\n",
        "utf-8",
    )
    return whole


@contextmanager
def nginx(configuration: Path) -> Iterator[None]:
    words = [str(find_nginx()), "-p", str(configuration.parent), "-c", str(configuration)]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@contextmanager
def behind_nginx(twin: Path, folder: Path, **environment: str) -> Iterator[tuple[Client, Client]]:
    """Run the twin and nginx; give clients of the plain and of the secure port."""
    folder.mkdir()
    plain, secure = free_port("127.0.0.1", 0), free_port("127.0.0.1", 0)
    with serving(twin, **environment) as url:
        configuration = adapted(folder, int(url.rpartition(":")[2]), plain, secure)
        with nginx(configuration):
            outside = Client(f"https://127.0.0.1:{secure}", Host=NAME, X_Forwarded_For="203.0.113.9")
            ends = time.monotonic() + 20
            while True:
                try:
                    outside.ask("GET", "/-/health")
                    break
                except OSError:
                    assert time.monotonic() < ends, (folder / "error.log").read_text("utf-8")
                    time.sleep(0.1)
            yield Client(f"http://127.0.0.1:{plain}", Host=NAME), outside


@pytest.fixture
def key(tmp_path: Path) -> str:
    """Make a twin with an administrator; return the key of a token of theirs."""
    run_twin("init", twin_dir=tmp_path / "twin")
    run_twin("users", "add", "root", "--role", "administrator", "--no-password", twin_dir=tmp_path / "twin")
    words = ("tokens", "add", "root", "--name", "test", "--role", "administrator", "--json")
    made: str = json.loads(run_twin(*words, twin_dir=tmp_path / "twin").stdout)["key"]
    return made


def test_nobody_is_let_in_by_a_proxy_as_if_sitting_at_the_machine(tmp_path: Path) -> None:
    Store.open(tmp_path / "twin").close()
    with behind_nginx(tmp_path / "twin", tmp_path / "nginx") as (plain, secure):
        status, headers, _ = plain.ask("GET", "/a")
        assert (status, headers["location"].partition("?")[0]) == (301, f"https://{NAME}/a")
        status, _, told = secure.ask("GET", "/api/projects")
        assert (status, json.loads(told)["title"]) == (403, "NotAllowed")


@pytest.mark.timeout(300)
def test_a_file_goes_in_through_nginx_and_its_tiles_come_out(
    tmp_path: Path, key: str, sample_models: list[SampleModel]
) -> None:
    content = min((model.path for model in sample_models), key=lambda path: path.stat().st_size).read_bytes()
    settings = {"TWIN_BASE_URL": f"https://{NAME}", "TWIN_USERS": "on"}
    with behind_nginx(tmp_path / "twin", tmp_path / "nginx", **settings) as (_, secure):
        assert secure.json("GET", "/api/me")[1]["kind"] == "public"
        assert secure.ask("GET", "/api/jobs")[0] == 401
        secure.always["Authorization"] = f"Bearer {key}"
        assert secure.json("GET", "/api/me")[1]["role"] == "administrator"
        place = secure.send(content, part=len(content) // 3, filename="house.ifc", project="P1", options=PLACED)
        assert secure.offset(place) == len(content)
        status, headers, _ = secure.ask("POST", "/api/uploads", bytes(21_000_000), Tus_Resumable="1.0.0")
        assert (status, headers["server"].partition("/")[0]) == (413, "nginx")  # more than a part may have

        job = secure.json("GET", place)[1]["job"]
        stream = secure.connection()
        asked = time.monotonic()
        stream.request("GET", f"/api/jobs/{job}/events", headers={"Host": NAME, "Authorization": f"Bearer {key}"})
        told = stream.getresponse()
        assert told.status == 200
        assert told.readline().startswith((b"event:", b"retry:"))
        assert time.monotonic() - asked < 5  # at once, not when the stream ends
        stream.close()

        assert secure.wait(place, "waiting", "refused")["state"] == "waiting"
        assert secure.json("POST", f"{place}/publish", {})[0] == 200
        assert secure.wait(place, "published")["state"] == "published"
        model = secure.json("GET", "/api/models")[1]["models"][0]
        tileset = secure.json("GET", f"/3dtiles/{model['model']}/tileset.json")[1]
        (uri,) = re.findall(r'"uri": "([^"]+[.]glb)"', json.dumps(tileset))[:1]
        status, headers, tile = secure.ask("GET", f"/3dtiles/{model['model']}/{uri}", Accept_Encoding="gzip")
        assert (status, headers["content-encoding"], gzip.decompress(tile)[:4]) == (200, "gzip", b"glTF")
        assert not headers["etag"].startswith("W/")  # nginx has not touched it
        known = secure.ask(
            "GET", f"/3dtiles/{model['model']}/{uri}", Accept_Encoding="gzip", If_None_Match=headers["etag"]
        )
        assert known[0] == 304
        assert secure.ask("GET", "/-/health", X_Request_Id="abc-1")[1]["x-request-id"] == "abc-1"
        assert headers["strict-transport-security"]
    with Store.open(tmp_path / "twin") as store:
        assert {event.address for event in store.audit()} == {"", "127.0.0.1"}  # the commands, and who really asked
