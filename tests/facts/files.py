"""Small office files of facts, and the commands that load them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from twin.store import Store
from web.cli import main
from web.ingest_facts import Stated, load_register, load_schedule

REGISTER = """项目代码,项目名称,项目类别,所在区,总投资(万元),计划开工,计划竣工,项目阶段,经度,纬度
P1,江北大桥,桥梁,江北区,1000,2026-01-01,2026-06-30,建设实施,114.05,22.54
P2,江南学校,学校,江南区,500,2026-01-01,2026-06-30,建设实施,114.06,22.55
"""
# A task a month, 1,000,000 each: on the last day of month m the plan is m / 6 of the whole.
SCHEDULE = "task,name,start,finish,baseline_start,baseline_finish,cost\n" + "".join(
    f"T{m},month {m},2026-0{m}-01,2026-0{m}-{last},2026-0{m}-01,2026-0{m}-{last},1000000\n"
    for m, last in enumerate((31, 28, 31, 30, 31, 30), 1)
)
PROGRESS_HEADER = "项目代码,统计日期,累计完成(%),累计完成投资(万元),填报日期\n"


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return str(path)


class Twin:
    """A twin folder and the command line."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capfd = folder, capfd

    def run(self, *arguments: str) -> tuple[int, Any]:
        """Run a command with --json; return its exit code and its answer."""
        self._capfd.readouterr()
        code = main.run([*arguments, "--twin", str(self.folder / "twin"), "--json"])
        out, err = self._capfd.readouterr()
        assert out, err
        return code, json.loads(out)

    def good(self, *arguments: str) -> Any:
        """Run a command that must do all it is asked for."""
        code, answer = self.run(*arguments)
        assert code == 0, answer
        return answer

    def load(self, kind: str, name: str, text: str, *arguments: str) -> Any:
        """Write a file and load it."""
        path = write(self.folder, name, text)
        return self.good(kind, "load", path, *arguments)

    def lights(self, *arguments: str) -> dict[str, Any]:
        """Return code → project with its light."""
        return {found["code"]: found for found in self.good("lights", *arguments)["projects"]}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a twin folder with two projects and their schedules; tests take copies."""
    folder = tmp_path_factory.mktemp("prepared")
    then = Stated(recorded_at="2026-01-01")
    with Store.open(folder / "twin") as store:
        load_register(lambda: store, Path(write(folder, "register.csv", REGISTER)), then)
        for code in ("P1", "P2"):
            load_schedule(lambda: store, Path(write(folder, "schedule.csv", SCHEDULE)), code, then)
    return folder / "twin"


@pytest.fixture
def twin(prepared: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Twin:
    shutil.copytree(prepared, tmp_path / "twin")
    return Twin(tmp_path, capfd)
