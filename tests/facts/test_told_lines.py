"""What a load tells in words: not too many lines, none too long, and where the rest is."""

import json
from pathlib import Path

import pytest

from tests.facts.files import REGISTER, write
from web.cli import main


def told(folder: Path, capsys: pytest.CaptureFixture[str], calendars: list[str], *more: str) -> str:
    """Load a schedule whose calendars nobody knows (each is told of) and return the answer."""
    rows = "".join(f"T{n},2026-01-01,2026-01-02,{name}\n" for n, name in enumerate(calendars))
    register = write(folder, "register.csv", REGISTER)
    assert main.run(["projects", "load", register, "--twin", str(folder / "twin")]) == 0
    path = write(folder, "plan.csv", f"task,start,finish,calendar\n{rows}")
    capsys.readouterr()
    assert main.run(["schedule", "load", path, "--project", "P1", "--twin", str(folder / "twin"), *more]) == 0
    return capsys.readouterr().out


def test_a_long_line_is_cut_and_that_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(tmp_path, capsys, ["short", "x" * 400, "y" * 400]).splitlines()
    notes = [line for line in lines if line.startswith("  Note: ")]
    assert [len(line) for line in notes][1:] == [160, 160]
    assert len(notes) == 3
    assert [line.endswith("…") for line in notes] == [False, True, True]
    assert [line for line in lines if "--json" in line] == [
        "  Lines that end in … are cut short: --json has them whole."
    ]


def test_eight_lines_are_shown_and_the_others_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(tmp_path, capsys, [f"C{n}" for n in range(11)]).splitlines()
    assert len([line for line in lines if line.startswith("  Note: ")]) == 8
    assert [line for line in lines if "--json" in line] == ["  and 3 more: --json lists all"]


def test_eight_short_lines_are_all_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(tmp_path, capsys, [f"C{n}" for n in range(8)])
    assert (text.count("  Note: "), "--json" in text) == (8, False)


def test_json_has_all_of_them_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(told(tmp_path, capsys, [f"{n}{'x' * 400}" for n in range(11)], "--json"))
    assert sum("x" * 400 in notice for notice in answer["notices"]) == len(answer["notices"]) == 11
