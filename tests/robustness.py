"""docs/robustness.md, in both languages, from the figures of the long suites.

`python -m tests.robustness` writes the pages from docs/robustness.json; with `--run` it runs the long suites before,
which takes hours and wants a machine with nothing else to do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.house import ROOT

FIGURES = ROOT / "docs" / "robustness.json"
SUITES = ("tests/fuzz", "tests/faults", "tests/load", "tests/jobs", "tests/store")
Row = Sequence[str]
# name of a fault's figures: in English, in Chinese
FAULTS = {
    "import": ("an import", "导入模型"),
    "facts": ("a facts load", "加载数据"),
    "clash": ("a clash run", "碰撞检查"),
    "command": ("kill -9 of the command or of a process it started", "kill -9：命令本身或其子进程"),
    "worker": ("kill -9 of a worker of the Dask cluster", "kill -9：Dask 集群的工作进程"),
    "scheduler": ("kill -9 of the scheduler of the Dask cluster", "kill -9：Dask 集群的调度器"),
    "storage": (
        "object storage that answers 500, with half a file, or not at all",
        "对象存储返回 500、半个文件或不应答",
    ),
    "database_command": (
        "kill -9 of the command or of a process it started (PostgreSQL)",
        "kill -9：命令本身或其子进程（PostgreSQL）",
    ),
    "database": ("kill -9 of the database server", "kill -9：数据库服务器"),
    "disk": ("the disk is full", "磁盘写满"),
    "at_once": ("two imports of one model at once", "同一模型同时导入两次"),
    "server": (
        "kill -9 of a server with changes, an import and a clash run",
        "kill -9：正在处理修改、导入和碰撞检查的服务器",
    ),
}
TEXT = {
    "en": {
        "head": "# Robustness\n\nWhat the long suites measured last, written by `python -m tests.robustness`. "
        "`make test` runs samples of them, `make test-long` all.\n",
        "fuzz": "## Damaged files and requests\n\nEvery file went through the command that a user types, was answered "
        "within its limit with exit code 0, 1 or 3 and a sentence, and changed nothing where it was refused; what was "
        "taken was then asked for as a page does.\n",
        "fuzz_rows": ("inputs", "of each kind", "exit codes", "slowest, s", "went wrong", "minutes", "measured"),
        "http": "Requests made from `/-/openapi.json` for every route and method, valid and invalid: no answer 500, "
        "and every answer as the document has it.\n",
        "http_rows": ("operations", "requests", "measured"),
        "load": "## Many viewers\n\nA recorded visit to the sample city ({visit}), replayed by viewers who each look "
        "at another part of it, with the pauses of the person who was recorded; viewers and server on one machine.\n",
        "load_rows": ("", "viewers", "seconds", "requests/s", "errors", "warm tiles p50, ms", "warm tiles p99, ms",
                      "all p99, ms", "memory, MB", "memory, 2nd half / 1st", "server, cores", "viewers, cores",
                      "imports", "measured"),
        "load_names": ("alone", "during imports"),
        "faults": "## Faults at random moments\n\nAfter each: what was acknowledged is there, nothing is half there, "
        "and the next attempt works without anybody's hand.\n",
        "fault_rows": ("fault", "during", "times", "done all the same", "measured"),
        "none": "Not measured yet.\n",
        "again": "## Measure again\n\n```sh\npython -m tests.fuzz --count 10000\npython -m tests.load --viewers 200 "
        "--seconds 180\npython -m tests.load --viewers 200 --seconds 180 --import\npython -m tests.robustness --run\n"
        "```\n\nAnother visit is recorded by `python -m tests.load.record DIR` with the twin folder of a "
        "sample city.\n",
    },
    "zh": {
        "head": "# 健壮性\n\n长时间测试最近一次的实测结果，由 `python -m tests.robustness` 生成。"
        "`make test` 运行其中的抽样，`make test-long` 运行全部。\n",
        "fuzz": "## 损坏的文件和请求\n\n每个文件都经过用户实际使用的命令，在时限内以退出码 0、1 或 3 和一句话结束；"
        "被拒绝的文件不改变任何数据；被接受的，随后像页面那样查询一遍。\n",
        "fuzz_rows": ("输入数", "各类数量", "退出码", "最慢（秒）", "出错", "分钟", "测量日期"),
        "http": "按 `/-/openapi.json` 为每个路由和方法生成有效和无效的请求：没有一个 500，每个回答都符合文档。\n",
        "http_rows": ("操作数", "请求数", "测量日期"),
        "load": "## 多人同时浏览\n\n录制的一次示例城市浏览（{visit}），由许多浏览者重放，各自处于不同位置，"
        "停顿与录制时相同；浏览者和服务器在同一台机器上。\n",
        "load_rows": ("", "浏览者", "秒", "请求/秒", "错误", "热瓦片 p50（毫秒）", "热瓦片 p99（毫秒）",
                      "全部 p99（毫秒）", "内存（MB）", "内存 后半/前半", "服务器（核）", "浏览者（核）", "导入数",
                      "测量日期"),
        "load_names": ("单独", "同时导入模型"),
        "faults": "## 随机时刻的故障\n\n每次故障之后：已确认的都在，没有只完成一半的，无需人工即可重新开始。\n",
        "fault_rows": ("故障", "正在进行", "次数", "仍然完成", "测量日期"),
        "none": "尚未测量。\n",
        "again": "## 重新测量\n\n```sh\npython -m tests.fuzz --count 10000\npython -m tests.load --viewers 200 "
        "--seconds 180\npython -m tests.load --viewers 200 --seconds 180 --import\npython -m tests.robustness --run\n"
        "```\n\n用 `python -m tests.load.record DIR` 可以重新录制浏览过程，DIR 为示例城市的目录。\n",
    },
}  # fmt: skip


def table(head: Row, rows: Sequence[Row]) -> str:
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def page(figures: Mapping[str, Any], language: str) -> str:
    """Return the page in a language."""
    text: Mapping[str, Any] = TEXT[language]
    return "\n".join(
        [
            text["head"],
            text["fuzz"],
            _fuzz(figures.get("fuzz"), text),
            text["http"],
            _http(figures.get("http"), text),
            text["load"].format(visit=_visit(language)),
            _load(figures, text),
            text["faults"],
            _faults(figures, text, language),
            text["again"],
        ]
    )


def _visit(language: str) -> str:
    from tests.load.session import read_session

    asks = read_session()
    seconds = f"{asks[-1].at:.0f}"
    return f"{len(asks)} requests in {seconds} s" if language == "en" else f"{seconds} 秒内 {len(asks)} 个请求"


def _fuzz(found: Mapping[str, Any] | None, text: Mapping[str, Any]) -> str:
    if found is None:
        return str(text["none"])
    listed = [", ".join(f"{name} {count}" for name, count in found[key].items()) for key in ("families", "exit_codes")]
    row = [str(found["inputs"]), *listed, str(found["slowest_s"]), str(found["wrong"])]
    return table(text["fuzz_rows"], [[*row, str(round(found["lasted_s"] / 60)), found["measured"]]])


def _http(found: Mapping[str, Any] | None, text: Mapping[str, Any]) -> str:
    if found is None:
        return str(text["none"])
    return table(text["http_rows"], [[str(found[key]) for key in ("operations", "requests", "measured")]])


def _load(figures: Mapping[str, Any], text: Mapping[str, Any]) -> str:
    keys: Row = (
        *("viewers", "seconds", "requests_per_s", "errors", "tile_p50_ms", "tile_p99_ms", "all_p99_ms", "memory_mb"),
        *("memory_growth", "server_cpu", "client_cpu", "imports", "measured"),
    )
    rows = [
        [name, *(str(figures[key][figure]) for figure in keys)]
        for name, key in zip(text["load_names"], ("load_alone", "load_imports"), strict=True)
        if key in figures
    ]
    return table(text["load_rows"], rows) if rows else str(text["none"])


def _faults(figures: Mapping[str, Any], text: Mapping[str, Any], language: str) -> str:
    at = 0 if language == "en" else 1
    rows = []
    for key, found in figures.items():
        _, _, rest = key.partition("fault ")
        if rest:
            fault, _, work = rest.partition(" ")
            during = FAULTS[work][at] if work else ""
            rows.append([FAULTS[fault][at], during, str(found["times"]), str(found["done"]), found["measured"]])
    return table(text["fault_rows"], rows) if rows else str(text["none"])


def write(figures: Mapping[str, Any]) -> None:
    """Write both pages."""
    for language, name in (("en", "robustness.md"), ("zh", "robustness.zh-CN.md")):
        (ROOT / "docs" / name).write_text(page(figures, language), "utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run the long suites where that is asked for, and write the pages; return the exit code."""
    code = 0
    if "--run" in arguments:
        command = [sys.executable, "-m", "pytest", "-m", "long", *SUITES]
        code = subprocess.run(
            command, cwd=ROOT, check=False, env={**os.environ, "TWIN_FIGURES": str(FIGURES)}
        ).returncode
    write(json.loads(FIGURES.read_text("utf-8")) if Path(FIGURES).is_file() else {})
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
