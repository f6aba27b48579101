"""The facts of the sample city: register, schedules, links, monthly progress and resources, as files to load in order.

`write_facts(folder, city_file)` writes them; `FACTS` says what each is, of which project, and when it was recorded.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sample_data.fact_links import LINKED, links_text
from sample_data.fact_mspdi import Update, write_mspdi
from sample_data.fact_p6 import write_pmxml, write_xer
from sample_data.fact_places import places
from sample_data.fact_projects import BY_CODE, PROJECTS, SAMPLE_DATE, KeyProject
from sample_data.fact_reports import (
    PROGRESS_HEADERS,
    RESOURCE_HEADERS,
    progress_rows,
    resource_rows,
)
from sample_data.fact_story import delay, network, story
from sample_data.fact_tables import SCHEDULE_HEADERS, Cell, schedule_rows, write_csv, write_workbook

__all__ = ["FACTS", "FACT_FILES", "SAMPLE_DATE", "Fact", "write_facts"]

FOLDER = "项目数据"  # beside the models
REGISTER, REGISTER_NOW = "重点工程项目库.xlsx", "重点工程项目库_2026年6月更新.xlsx"
PROGRESS, PROGRESS_BY_TASK, RESOURCES = "进度月报.csv", "进度月报_分项.xlsx", "资源月报.xlsx"
RECORDED = "填报日期"
UPDATED = ("BJ-003", date(2026, 3, 31), date(2026, 4, 3))  # project, status date, recorded
_SUFFIX = {"mspdi": "xml", "pmxml": "xml", "xer": "xer", "csv": "csv", "xlsx": "xlsx"}
REGISTER_HEADERS = (
    *(
        "序号",
        "项目代码",
        "项目名称",
        "项目类型",
        "所在区",
        "建设单位",
        "施工单位",
        "监理单位",
        "建设地点",
        "经度",
        "纬度",
    ),
    *("地块编号", "总投资(万元)", "计划开工日期", "计划竣工日期", "项目阶段", "审批阶段", "备注"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A file of facts.

    file : below the folder of the sample city
    kind : "register", "schedule", "links", "progress" or "resources"
    recorded_at : the day on which it was recorded, or the header of the column that says so
    project : code, of schedules and links
    """

    file: str
    kind: str
    recorded_at: date | str
    project: str | None = None


def schedule_file(project: KeyProject) -> str:
    """Return the name of a project's schedule."""
    return f"{project.name}_进度计划.{_SUFFIX[project.form]}"


def _approved(project: KeyProject) -> date:
    """Return the day on which a schedule was approved: two weeks before the works begin, after the register."""
    day = date.fromordinal(project.span[0].toordinal() - 16)
    return max(day, date(2024, 7, 1)) if day < SAMPLE_DATE else date(2026, 6, 15)


def _facts() -> tuple[Fact, ...]:
    """Return all files in the order to load them: what was recorded first comes first, of each kind."""
    found = [Fact(f"{FOLDER}/{REGISTER}", "register", date(2024, 6, 30))]
    planned = sorted((p for p in PROJECTS if p.sketch), key=lambda p: (_approved(p), p.code))
    for project in planned:
        file = "滨江社区服务中心.ifc" if project.form == "ifc" else f"{FOLDER}/{schedule_file(project)}"
        found.append(Fact(file, "schedule", _approved(project), project.code))
    code, _, recorded = UPDATED
    found.append(Fact(f"{FOLDER}/{_updated_file()}", "schedule", recorded, code))
    found += [Fact(f"{FOLDER}/{_links_file(c)}", "links", _approved(BY_CODE[c]), c) for c in LINKED]
    found += [
        Fact(f"{FOLDER}/{PROGRESS}", "progress", RECORDED),
        Fact(f"{FOLDER}/{PROGRESS_BY_TASK}", "progress", RECORDED),
        Fact(f"{FOLDER}/{RESOURCES}", "resources", RECORDED),
        Fact(f"{FOLDER}/{REGISTER_NOW}", "register", date(2026, 7, 6)),
    ]
    return tuple(found)


def _updated_file() -> str:
    code, day, _ = UPDATED
    return f"{BY_CODE[code].name}_进度计划_{day:%Y-%m-%d}.xml"


def _links_file(code: str) -> str:
    return f"{BY_CODE[code].name}.links.toml"


FACTS = _facts()
FACT_FILES = tuple(fact.file for fact in FACTS if fact.file.startswith(FOLDER))


def write_facts(folder: Path, city_file: Path) -> None:
    """Write the files below `folder`; the same bytes on every run.

    city_file : the map file of the sample city, whose parcels the register names
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    target = folder / FOLDER
    _write_register(target, city_file)
    for project in PROJECTS:
        if project.sketch and project.form != "ifc":
            _write_schedule(target / schedule_file(project), project)
    code, day, _ = UPDATED
    write_mspdi(target / _updated_file(), network(code), Update(day, story(code), delay(code, day)))
    for linked in LINKED:
        (target / _links_file(linked)).write_text(links_text(linked), "utf-8", newline="\n")
    write_csv(target / PROGRESS, PROGRESS_HEADERS, progress_rows(detail=False), "gb18030")
    title = "滨江市重点工程分项进度月报"
    write_workbook(target / PROGRESS_BY_TASK, title, PROGRESS_HEADERS, progress_rows(detail=True))
    write_workbook(
        target / RESOURCES, "滨江市重点工程资源月报", RESOURCE_HEADERS, resource_rows(), "数据均为自开工累计"
    )


def _write_register(target: Path, city_file: Path) -> None:
    where = places(city_file)
    rows: list[list[Cell]] = []
    for number, project in enumerate(PROJECTS, 1):
        place = where[project.code]
        start, finish = (network(project.code).start, network(project.code).finish) if project.sketch else project.span
        rows.append([
            number, project.code, project.name, project.kind, place.district, project.owner, project.contractor or None,
            project.supervisor or None, project.address, place.longitude, place.latitude, place.parcel,
            project.budget, start, finish, "立项审批", "立项用地规划许可", None,
        ])  # fmt: skip
    title = "滨江市重点工程项目库"
    write_workbook(
        target / REGISTER, title, REGISTER_HEADERS, rows, "填报单位：滨江市重点工程建设管理局　2024年6月30日"
    )
    headers = ("项目代码", "项目名称", "项目阶段", "审批阶段", "预计竣工日期", "备注")
    now: list[list[Cell]] = [
        [p.code, p.name, p.stage, p.approval, _forecast(p), "尚未开工" if not story(p.code).months else None]
        for p in PROJECTS
    ]
    write_workbook(target / REGISTER_NOW, f"{title}（2026年6月更新）", headers, now)


def _forecast(project: KeyProject) -> date:
    """Return the day on which the bureau now expects the end: the planned one, later by what is behind."""
    if project.sketch is None or not project.course:
        return project.span[1]
    plan, told = network(project.code), story(project.code)
    if told.whole[-1] > 1 - 1e-9:
        return date.fromordinal(plan.finish.toordinal() + max(0, delay(project.code, plan.finish)))
    left = 1 - float(told.whole[-1])
    return date.fromordinal(
        plan.finish.toordinal() + max(0, round(delay(project.code, SAMPLE_DATE) * (1 + 0.6 * left)))
    )


def _write_schedule(path: Path, project: KeyProject) -> None:
    plan = network(project.code)
    if project.form == "mspdi":
        write_mspdi(path, plan)
    elif project.form == "pmxml":
        write_pmxml(path, plan, project.code)
    elif project.form == "xer":
        write_xer(path, plan, project.code)
    elif project.form == "xlsx":
        write_workbook(path, f"{plan.name}总进度计划", SCHEDULE_HEADERS, schedule_rows(plan))
    else:
        write_csv(path, SCHEDULE_HEADERS, schedule_rows(plan), "gb18030" if len(project.name) % 2 else "utf-8-sig")
