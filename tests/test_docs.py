"""The documentation names what the program has, and what it shows works."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from tests.house import ROOT, read_house
from tests.reference import OTHER_VARIABLES, TARGET, commands, reference
from tests.sentences import fields, templates
from twin.values.sentence import catalogue
from web.app import route_table
from web.cli.main import twin
from web.settings import SETTINGS

FILES = read_house()
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted([*READMES, ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
GUIDES = ("engineer", "decision-maker", "operator", "grown")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def shell_lines(text: str) -> list[str]:
    """Return the command lines of a page's shell blocks, without comments and prompts."""
    joined = "\n".join(body for language, body in FENCE.findall(text) if language in {"", "sh", "bash", "console"})
    lines = joined.replace("\\\n", " ").splitlines()
    stripped = (re.sub(r"\s+#.*", "", line.removeprefix("$ ")).strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]


def check_twin(line: str) -> None:
    """Fail unless the command exists and takes these options."""
    words = shlex.split(line)[1:]
    if words == ["--help"]:
        return
    context = click.Context(twin, info_name="twin")
    command: click.Command = twin
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"{line}: there is no command {name}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.make_context(command.name or "", words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_a_page_exist_and_parse(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in shell_lines(page.read_text("utf-8")):
        if line.startswith("twin "):
            check_twin(line)
        elif line.startswith("make "):
            assert set(line.split()[1:]) <= targets, line


@pytest.mark.parametrize(
    "line", ["twin imprt a.ifc", "twin import a.ifc", "twin models plaice X", "twin serve --prt 1"]
)
def test_a_wrong_command_is_found(line: str) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        check_twin(line)


def test_the_reference_is_up_to_date() -> None:
    assert TARGET.read_text("utf-8") == reference(), "run `python -m tests.reference`"


def test_the_reference_names_everything() -> None:
    text = TARGET.read_text("utf-8")
    for name, command in commands():
        assert f"### `{name}" in text
        for option in (option for p in command.params if isinstance(p, click.Option) for option in p.opts):
            assert f"{option}" in text
    for route in route_table():
        method = "" if route.method == "GET" else f"{route.method} "
        assert f"| {method}`{route.path}` |" in text
    for setting in SETTINGS:
        assert f"| `{setting.variable}` |" in text


def test_every_environment_variable_is_documented() -> None:
    known = {setting.variable for setting in SETTINGS} | {name for name, _, _ in OTHER_VARIABLES}
    sources = "\n".join([*FILES.values(), (ROOT / "build_backend.py").read_text("utf-8")])
    assert set(re.findall(r"\bTWIN_[A-Z_]+\b", sources)) <= known


@pytest.mark.parametrize("command", [pytest.param(command, id=name) for name, command in commands()])
def test_every_command_and_option_has_help(command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.opts


def anchors(text: str) -> set[str]:
    """Return the anchors that a page's headings make."""
    prose = FENCE.sub("", text)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in anchors(path.read_text("utf-8")), f"{page.name} links to {link}"


def test_both_readmes_show_the_same_commands() -> None:
    first, second = (shell_lines(page.read_text("utf-8")) for page in READMES)
    assert first == second
    assert {"make demo", "make test"} <= set(first)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_of_a_guide_show_the_same_commands(guide: str) -> None:
    english, chinese = ((ROOT / "docs" / f"{guide}{tail}.md").read_text("utf-8") for tail in ("", ".zh-CN"))
    assert shell_lines(english) == shell_lines(chinese)
    assert len(re.findall(r"^## ", english, re.MULTILINE)) == len(re.findall(r"^## ", chinese, re.MULTILINE))


def test_every_sentence_has_a_chinese_translation() -> None:
    chinese = catalogue("zh")
    said = {template: place for place, template in templates(FILES)}
    assert {template: place for template, place in said.items() if template.startswith("?")} == {}
    assert {template: place for template, place in said.items() if template not in chinese} == {}


def test_translations_keep_the_values() -> None:
    for template, translated in catalogue("zh").items():
        assert fields(template) == fields(translated), template


def test_no_translation_is_left_over() -> None:
    said = {template for _, template in templates(FILES)}
    assert sorted(set(catalogue("zh")) - said) == []


def test_templates_are_found_in_every_form() -> None:
    source = "say('a {x}', x=1)\nerrors.NotFound('b')\nraise InvalidInput('c' 'd')\ninvocation.say('no')\nsay(computed)"
    found = [template for _, template in templates({"web/planted.py": source})]
    assert found == ["a {x}", "b", "cd", "?computed"]


def test_the_catalogue_is_sorted_json() -> None:
    text = (ROOT / "twin" / "values" / "sentences.zh.json").read_text("utf-8")
    pairs = json.loads(text, object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
