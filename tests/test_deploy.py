"""What the files in deploy/ name is there: commands and their options, settings, routes."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from tests.reference import OTHER_VARIABLES
from web.app import route_table
from web.cli.main import COMMANDS, twin
from web.settings import SETTINGS

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
AWS = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}


def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield where a `twin` command stands, and its arguments."""
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=\S*/twin (.*)$", unit.read_text("utf-8"), re.MULTILINE):
            yield unit.name, shlex.split(line)
    recipe = (DEPLOY / "Containerfile").read_text("utf-8")
    yield "Containerfile", json.loads(re.findall(r"^CMD (\[.*\])$", recipe, re.MULTILINE)[-1])
    for name, service in compose()["services"].items():
        if service.get("image") == "city-twin" and "entrypoint" not in service:
            yield name, service["command"]
    for line in re.findall(r"run --rm server (.*)$", (DEPLOY / "compose.yaml").read_text("utf-8"), re.MULTILINE):
        yield "compose.yaml", shlex.split(line)


def test_commands_and_options_are_there() -> None:
    found = list(command_lines())
    assert len(found) >= 7
    for where, arguments in found:
        assert arguments[0] in COMMANDS, (where, arguments)
        context = click.Context(twin)
        command: click.Command | None = twin.get_command(context, arguments[0])
        rest = arguments[1:]
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), rest.pop(0))
        assert command is not None, (where, arguments)
        command.make_context(arguments[0], list(rest))  # a usage error would be raised here


def test_settings_are_there() -> None:
    known = {setting.variable for setting in SETTINGS} | {name for name, *_ in OTHER_VARIABLES} | AWS
    for path in DEPLOY.iterdir():
        named = set(re.findall(r"\b(?:TWIN|AWS)_[A-Z_]+\b", path.read_text("utf-8")))
        assert named <= known, (path.name, named - known)


def test_routes_of_the_proxy_are_there() -> None:
    paths = {re.sub(r"<[^>]*>", "x", route.path) for route in route_table()}
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    locations = re.findall(r"location (=|~)? ?(\S+) \{", text)
    assert len(locations) == 5
    for kind, pattern in locations:
        match = {"=": pattern.__eq__, "~": re.compile(pattern).search}.get(kind, lambda p, s=pattern: p.startswith(s))
        assert any(match(path) for path in paths), pattern


def test_only_the_server_is_reached_and_nothing_reaches_out() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "outside" in service["networks"]] == ["server"]
    assert compose()["networks"]["inside"]["internal"] is True
    assert [name for name, service in services.items() if "ports" in service] == ["server"]
    for name, service in services.items():
        if service.get("image") == "city-twin":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name


def test_no_root_and_no_secret() -> None:
    recipe = (DEPLOY / "Containerfile").read_text("utf-8")
    assert recipe.rindex("USER twin") > recipe.rindex("RUN ")
    for path in DEPLOY.iterdir():
        for name, given in re.findall(
            r"^\s*#?\s*(\w*(?:SECRET|PASSWORD)\w*)[=:] *(\S*)$", path.read_text("utf-8"), re.M
        ):
            assert not given or given.startswith("${"), (path.name, name)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze")
def test_units_are_understood(tmp_path: Path) -> None:
    for unit in UNITS:
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text("utf-8").replace("/opt/twin/bin/twin", "/bin/true"), "utf-8")
    for unit in UNITS:
        done = subprocess.run(
            ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
        )
        said = [line for line in done.stderr.splitlines() if unit.name in line or "nknown" in line]
        assert said == [], unit.name
