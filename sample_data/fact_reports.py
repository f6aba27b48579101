"""The monthly reports of progress and of resources: what was told when, with gaps, late and corrected figures."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from sample_data.community_schedule import task_id
from sample_data.fact_calendar import FIRST
from sample_data.fact_network import Row
from sample_data.fact_projects import BUILD, PROJECTS, RUN, SAMPLE_DATE, KeyProject
from sample_data.fact_story import WAN, Story, network, story
from sample_data.fact_tables import Cell

PROGRESS_HEADERS = (
    *("项目代码", "项目名称", "截止日期", "任务编号", "任务名称", "累计完成(%)", "计划进度(%)", "累计完成投资(万元)"),
    *("实际开工日期", "实际竣工日期", "项目阶段", "备注", "填报日期"),
)
RESOURCE_HEADERS = (
    *("项目代码", "截止日期", "任务编号", "资源类别", "单位", "累计计划", "累计使用", "总量", "填报日期"),
)
# Months that nobody reported; months that came in late, by days; months that were put right, by share, after days.
MISSING = {
    "BJ-008": ("2025-07",), "BJ-013": ("2025-08", "2025-09"), "BJ-019": ("2026-02",), "BJ-020": ("2025-10",),
    "BJ-007": ("2025-05",), "2408-449908-04-01-502170": ("2025-12",),
}  # fmt: skip
LATE = {
    ("BJ-003", "2025-11"): 24, ("BJ-009", "2025-12"): 31, ("BJ-011", "2026-04"): 26, ("BJ-024", "2025-09"): 40,
    ("BJ-002", "2026-01"): 22, ("BJ-018", "2026-05"): 20, ("2411-449907-04-01-773937", "2026-03"): 28,
}  # fmt: skip
CORRECTED = {
    ("BJ-014", "2025-12"): (1.12, 18), ("BJ-020", "2026-03"): (1.16, 16), ("BJ-012", "2025-09"): (0.93, 12),
    ("BJ-015", "2026-02"): (1.08, 21), ("BJ-004", "2026-02"): (1.15, 14), ("BJ-005", "2025-10"): (1.2, 17),
}  # fmt: skip
SILENT_SINCE = {"BJ-017": date(2026, 3, 31)}  # the last day that it reported of
# Resources: share of the budget that goes there, price of a unit (yuan), unit, tasks that use it.
_STRUCTURE = re.compile("结构|底板|承台|桩|墙|柱|梁|板|基础|管片|池|塔|盾构|车站|站土建|涵|挡|管|基层|楼|加固")
_KINDS = {
    "资金": (0.96, 10000.0, "万元", None), "劳动力": (0.23, 430.0, "工日", None), "机械": (0.07, 2600.0, "台班", None),
    "混凝土": (0.055, 580.0, "立方米", _STRUCTURE), "钢材": (0.065, 4400.0, "吨", _STRUCTURE),
}  # fmt: skip
# How much more than earned was used, where it was: project and resource; and what is not reported at all.
OVERUSE = {
    ("BJ-007", "混凝土"): 1.12, ("BJ-007", "钢材"): 1.19, ("BJ-002", "劳动力"): 1.16, ("BJ-013", "资金"): 1.11,
    ("BJ-020", "机械"): 1.22, ("BJ-011", "劳动力"): 1.13, ("2408-449908-04-01-502170", "资金"): 1.09,
}  # fmt: skip
UNREPORTED = {("BJ-012", "机械"), ("BJ-021", "混凝土"), ("BJ-021", "钢材"), ("BJ-008", "用地"), ("BJ-018", "钢材")}
NO_RESOURCES = ("BJ-016", "BJ-023")
LAND = {
    "BJ-002": 25200, "BJ-003": 46800, "BJ-006": 112000, "BJ-008": 186000, "BJ-010": 420000, "BJ-011": 63000,
    "BJ-014": 84000, "BJ-020": 136000, "2408-449908-04-01-502170": 238000,
}  # fmt: skip  # square metres


def _recorded(told: Story, month: date) -> date:
    """Return the day on which a month was reported: a few days later, or late."""
    code = told.project.code
    usual = 3 + (sum(map(ord, code)) + month.month * 7 + month.year) % 4
    return month + timedelta(usual + LATE.get((code, month.strftime("%Y-%m")), 0))


def _reported(told: Story) -> Iterator[tuple[int, date, str]]:
    """Yield the months that were reported: number, last day, "2026-06"."""
    code = told.project.code
    for number, month in enumerate(told.months):
        name = month.strftime("%Y-%m")
        if name not in MISSING.get(code, ()) and month <= SILENT_SINCE.get(code, SAMPLE_DATE):
            yield number, month, name


def progress_rows(detail: bool) -> list[list[Cell]]:
    """Return the rows of the projects that report by task (`detail`) or of all others, in the order of recording."""
    rows: list[list[Cell]] = []
    for project in PROJECTS:
        if project.detail == detail:
            rows += _task_rows(project) if detail else _whole_rows(project)
    return sorted(rows, key=lambda row: (str(row[-1]), str(row[0]), str(row[2])))


def _whole_rows(project: KeyProject) -> Iterator[list[Cell]]:
    """Yield one row a month: the project as a whole."""
    told = story(project.code)
    for number, month, name in _reported(told):
        whole, spent = float(told.whole[number]), float(told.spent[number]) / WAN
        ended = whole > 1 - 1e-9
        finish = FIRST + timedelta(int(np.nanmax(told.ended))) if ended else None
        stage = RUN if ended else BUILD if project.sketch else project.stage
        row: list[Cell] = [
            project.code, project.name, month, None, None, _percent(whole), _percent(float(told.planned[number])),
            round(spent, 2), _first_day(told), finish, stage, "已完成竣工验收" if ended else None,
            _recorded(told, month),
        ]  # fmt: skip
        if (project.code, name) in CORRECTED:
            factor, later = CORRECTED[project.code, name]
            wrong = [*row]
            wrong[5], wrong[7] = _percent(whole * factor), round(spent * factor, 2)
            yield wrong
            row[11], row[12] = f"更正：原报累计完成{wrong[5]}%有误", _recorded(told, month) + timedelta(later)
        yield row


def _first_day(told: Story) -> date | None:
    begun = told.begun[np.isfinite(told.begun)]
    return FIRST + timedelta(int(begun.min())) if len(begun) else None


def _percent(share: float) -> float:
    return round(min(share, 1.0) * 100, 2)


def _task_rows(project: KeyProject) -> Iterator[list[Cell]]:
    """Yield a row for each task that a month brought on, and for each milestone that it reached."""
    told, plan = story(project.code), network(project.code)
    leaves = {leaf.id: number for number, leaf in enumerate(plan.leaves)}
    planned = plan.shares(np.array([(month - FIRST).days + 1.0 for month in told.months]))
    before = np.zeros(len(leaves))
    reached: dict[str, date] = {}
    for number, month, name in _reported(told):
        recorded = _recorded(told, month)
        factor, later = CORRECTED.get((project.code, name), (1.0, 0))
        for row in plan.rows:
            said = _said(project, row)
            if row.kind == "milestone" and row.id not in reached:
                days = [reached.get(w.task) or _end(told, leaves, w.task, number) for w in row.waits]
                if days and all(days):
                    reached[row.id] = max(day for day in days if day)
                    yield [project.code, project.name, month, said, row.name, 100.0, None, None, None,
                           reached[row.id], None, None, recorded]  # fmt: skip
            if row.id not in leaves:
                continue
            leaf = leaves[row.id]
            share = float(told.done[leaf, number])
            if share == 0 or (share == 1 and before[leaf] == 1):
                continue
            ended = _end(told, leaves, row.id, number)
            cells: list[Cell] = [
                project.code, project.name, month, said, row.name, _percent(share), _percent(planned[leaf, number]),
                round(float(told.spent_on[leaf, number]) / WAN, 2), _not_after(told.begun[leaf], month), ended, BUILD,
                None, recorded,
            ]  # fmt: skip
            if later and 0.3 < share < 0.85:
                wrong = [*cells]
                wrong[5] = round(min(share * factor, 0.98) * 100)
                yield wrong
                cells[11], cells[12] = f"更正：原报{wrong[5]}%有误", recorded + timedelta(later)
            yield cells
            before[leaf] = share


def _said(project: KeyProject, row: Row) -> str:
    """Return what a task is called by in its schedule: Microsoft Project's number, an IFC file's GlobalId."""
    if project.form == "mspdi":
        return str(row.uid)
    return task_id(row.id) if project.form == "ifc" else row.id


def _end(told: Story, leaves: dict[str, int], task: str, month: int) -> date | None:
    """Return the day on which a task ended, if it had by the end of a month."""
    leaf = leaves.get(task)
    if leaf is None or told.done[leaf, month] < 1:
        return None
    return _not_after(told.ended[leaf], told.months[month])


def _not_after(day: float, month: date) -> date:
    return min(FIRST + timedelta(int(day)), month)


def resource_rows() -> list[list[Cell]]:
    """Return the rows of the resource reports of all projects, in the order of recording."""
    rows: list[list[Cell]] = []
    for project in PROJECTS:
        if project.code not in NO_RESOURCES and story(project.code).months:
            rows += _resources(project)
            if project.code == "BJ-003":
                rows += _resources_of_tasks(project)
    return sorted(rows, key=lambda row: (str(row[-1]), str(row[0]), str(row[1])))


def _resources(project: KeyProject) -> Iterator[list[Cell]]:
    """Yield cumulative figures of the whole project, month by month."""
    told, plan = story(project.code), network(project.code)
    costs = plan.costs()
    ends = np.array([(month - FIRST).days + 1.0 for month in told.months])
    planned, done = plan.shares(ends), told.done
    for kind, (part, price, unit, tasks) in _KINDS.items():
        if (project.code, kind) in UNREPORTED:
            continue
        uses = np.array([tasks is None or bool(tasks.search(leaf.name)) for leaf in plan.leaves])
        if not uses.any():
            continue
        weight = np.where(uses, costs, 0.0) / costs[uses].sum()
        total = project.budget * WAN * part / price
        ahead = 0.065 if kind == "资金" and project.light == "green" else 0.0  # who keeps to the plan is paid early
        more = OVERUSE.get((project.code, kind), 0.97 + ahead + (sum(map(ord, project.code + kind)) % 60) / 1000)
        extra = 1 + (more - 1) * np.linspace(0.4, 1.0, len(told.months))
        used = np.maximum.accumulate(weight @ done * extra) * total
        for number, month, _ in _reported(told):
            if kind == "机械" and month.month % 5 == sum(map(ord, project.code)) % 5:
                continue  # a sheet that was forgotten
            yield _resource(told, month, (None, kind, unit), (float((weight @ planned)[number]) * total,
                                                              float(used[number]), total))  # fmt: skip
    if project.code in LAND and (project.code, "用地") not in UNREPORTED:
        total = float(LAND[project.code])
        for number, month, _ in _reported(told):
            handed = min(1.0, 0.55 + 0.09 * number)
            yield _resource(
                told, month, (None, "用地", "平方米"), (min(1.0, handed + 0.09) * total, handed * total, total)
            )


def _resources_of_tasks(project: KeyProject) -> Iterator[list[Cell]]:
    """Yield concrete, steel and labour of the structure's tasks, in the months in which they went on."""
    told, plan = story(project.code), network(project.code)
    ends = np.array([(month - FIRST).days + 1.0 for month in told.months])
    planned = plan.shares(ends)
    for leaf, row in enumerate(plan.leaves):
        if not row.id.startswith(("基础-", "主体-")) or row.id == "基础-检测":
            continue
        for kind, part, price, unit in (
            ("混凝土", 0.22, 580.0, "立方米"),
            ("钢材", 0.3, 4400.0, "吨"),
            ("劳动力", 0.24, 430.0, "工日"),
        ):
            if kind != "劳动力" and row.id in ("基础-降水", "基础-土方"):
                continue
            total = row.cost * part / price
            more = 0.96 + ((row.uid * 37 + len(kind)) % 19) / 100
            for number, month, _ in _reported(told):
                begins = told.done[leaf, number] > 0 and (number == 0 or told.done[leaf, number - 1] < 1)
                if begins:
                    yield _resource(told, month, (str(row.uid), kind, unit),
                                    (float(planned[leaf, number]) * total, float(told.done[leaf,
                                        number]) * more * total,
                                     total))  # fmt: skip


def _resource(
    told: Story, month: date, what: tuple[str | None, str, str], figures: tuple[float, float, float]
) -> list[Cell]:
    task, kind, unit = what
    digits = 1 if unit in ("吨", "万元") else 0
    planned, used, total = (round(figure, digits) for figure in figures)
    return [told.project.code, month, task, kind, unit, planned, used, total, _recorded(told, month)]
