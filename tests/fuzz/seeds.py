"""Good files of every kind, the ones that are damaged: written by the sample data, and real ones where they are."""

import contextlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.bcf.files import file_2_1, topic_2_1
from tests.facts.files import PROGRESS_HEADER, REGISTER, SCHEDULE
from tests.fuzz.formats import ZIP_DATE
from tests.ifc_import.text_model import box, model

LARGEST = 300_000  # bytes of a real file that is worth damaging: a larger one takes longer, not other paths
REAL = {
    "ifc": ("ifc/*.ifc",),
    "ifc_tasks": ("ifc/bsi_scheduling_task.ifc",),
    "bcf": ("bcf/v*/*.bcf",),
    "xer": ("schedules/xer*/*.xer",),
    "xml": ("schedules/mspdi/*.xml", "schedules/pmxml/*.xml"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """Files that go through one command: `words` with FILE for the file; `share` of all inputs, in hundredths."""

    words: tuple[str, ...]
    share: int


FAMILIES = {
    "ifc": Family(("import", "FILE", "--project", "P1"), 18),
    "ifc_place": Family(("georef", "FILE"), 6),
    "ifc_tasks": Family(("schedule", "load", "FILE", "--project", "P1"), 6),
    "bcf": Family(("clash", "load", "FILE", "--project", "P1"), 12),
    "xer": Family(("schedule", "load", "FILE", "--project", "P1"), 12),
    "xml": Family(("schedule", "load", "FILE", "--project", "P1"), 14),
    "schedule": Family(("schedule", "load", "FILE", "--project", "P1"), 7),
    "register": Family(("projects", "load", "FILE"), 6),
    "progress": Family(("progress", "load", "FILE", "--partial"), 5),
    "resources": Family(("resources", "load", "FILE"), 3),
    "gis": Family(("layers", "add", "fuzzed", "FILE"), 11),
}
RESOURCES = "项目代码,统计日期,资源类别,计划,实际,填报日期\nP1,2026-02-28,资金,300,250,2026-03-02\n"


def write_seeds(folder: Path, real: Path | None) -> None:
    """Write the seeds of each family into a folder of its name below `folder`; the same bytes on every run."""
    for name, content in (*_models(), *_texts()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_undated(content))
    _schedules(folder)
    _workbooks(folder)
    _maps(folder / "gis")
    for family, patterns in REAL.items():
        found = sorted(path for pattern in patterns for path in (real.glob(pattern) if real else ()))
        for path in found:
            if path.stat().st_size <= LARGEST:
                shutil.copyfile(path, folder / family / f"real_{path.parent.name}_{path.name}")
    for path in (folder / "ifc").iterdir():
        (folder / "ifc_place").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / "ifc_place" / path.name)


def _models() -> Iterator[tuple[str, bytes]]:
    from tests.bcf.files import archive

    walls = [box(100 * n, f"'0box00000000000000000{n}'", f"'墙 {n}'", "IFCWALL", 0.7 * n) for n in range(1, 5)]
    small = model(walls[0])
    yield "ifc/walls.ifc", model(*walls)
    yield "ifc/walls2x3.ifc", model(*walls[:2], schema="IFC2X3")
    yield "ifc/wall4x3.ifc", model(walls[0], schema="IFC4X3_ADD2")
    yield "ifc/zipped.ifczip", archive({"wall.ifc": small})
    yield (
        "ifc/mapped.ifc",
        small.replace(
            b"#9=",
            b"#90=IFCPROJECTEDCRS('EPSG:4547',$,'CGCS2000',$,$,$,$);\n"
            b"#91=IFCMAPCONVERSION(#5,#90,506000.,2493000.,4.,1.,0.,1.);\n#9=",
        ),
    )
    properties = (
        "#800=IFCPROPERTYSINGLEVALUE('Fire',$,IFCLABEL('\\X2\\4F60\\X0\\'),$);\n"
        "#801=IFCPROPERTYSET('0pset00000000000000001',$,'Pset_A',$,(#800));\n"
        "#802=IFCRELDEFINESBYPROPERTIES('0reld00000000000000001',$,$,$,(#100),#801);\n"
        "#803=IFCBUILDING('0buil00000000000000001',$,'B',$,$,#7,$,$,.ELEMENT.,$,$,$);\n"
        "#804=IFCBUILDINGSTOREY('0stor00000000000000001',$,'F1',$,$,#7,$,$,.ELEMENT.,0.);\n"
        "#805=IFCRELAGGREGATES('0rela00000000000000002',$,$,$,#8,(#803));\n"
        "#806=IFCRELAGGREGATES('0rela00000000000000003',$,$,$,#803,(#804));\n"
        "#807=IFCRELCONTAINEDINSPATIALSTRUCTURE('0relc00000000000000001',$,$,$,(#100),#804);\n"
    )
    yield "ifc/storeys.ifc", model(walls[0], properties)
    tasks = (
        "#900=IFCTASKTIME('t',.PREDICTED.,$,.WORKTIME.,'P5D','2026-01-05T08:00:00','2026-01-09T17:00:00',"
        "$,$,$,$,$,$,$,$,$,$,$,$,$);\n"
        "#901=IFCTASK('0task00000000000000001',$,'Wall',$,$,'T1',$,$,$,.F.,$,#900,.CONSTRUCTION.);\n"
        "#902=IFCTASK('0task00000000000000002',$,'Roof',$,$,'T2',$,$,$,.F.,$,#900,.CONSTRUCTION.);\n"
        "#903=IFCRELSEQUENCE('0rels00000000000000001',$,$,$,#901,#902,$,.FINISH_START.,$);\n"
        "#904=IFCRELASSIGNSTOPRODUCT('0rela00000000000000009',$,$,$,(#901),$,#100);\n"
    )
    yield "ifc_tasks/tasks.ifc", model(walls[0], tasks)


def _texts() -> Iterator[tuple[str, bytes]]:
    point = (
        '<Viewpoints Guid="0a1b2c3d-0000-4000-8000-000000000009"><Viewpoint>v.bcfv</Viewpoint>'
        "<Snapshot>s.png</Snapshot></Viewpoints>"
    )
    comment = (
        '<Comment Guid="0a1b2c3d-0000-4000-8000-000000000008"><Date>2026-01-02T03:04:05Z</Date>'
        "<Author>a@b</Author><Comment>Move it</Comment></Comment>"
    )
    view = (
        '<VisualizationInfo Guid="0a1b2c3d-0000-4000-8000-000000000009"><Components><Selection>'
        '<Component IfcGuid="0box000000000000000001"/></Selection><Visibility DefaultVisibility="true"/></Components>'
        "<PerspectiveCamera><CameraViewPoint><X>1</X><Y>2</Y><Z>3</Z></CameraViewPoint><CameraDirection><X>0</X>"
        "<Y>1</Y><Z>0</Z></CameraDirection><CameraUpVector><X>0</X><Y>0</Y><Z>1</Z></CameraUpVector>"
        "<FieldOfView>60</FieldOfView></PerspectiveCamera></VisualizationInfo>"
    )
    folder = "0a1b2c3d-0000-4000-8000-000000000001"
    markup = topic_2_1("<AssignedTo>c@d</AssignedTo><DueDate>2026-06-01</DueDate>", after=comment + point)
    yield "bcf/one.bcf", file_2_1(markup, {f"{folder}/v.bcfv": view, f"{folder}/s.png": b"\x89PNG\r\n\x1a\n"})
    yield "bcf/plain.bcf", file_2_1(topic_2_1())
    yield "schedule/plan.csv", SCHEDULE.encode()
    yield "schedule/gb.csv", SCHEDULE.replace("month", "第几月").encode("gb18030")
    yield "register/register.csv", REGISTER.encode()
    yield "register/gb.csv", REGISTER.encode("gb18030")
    feature = {
        "type": "Feature",
        "properties": {"项目代码": "P3", "项目名称": "河堤", "总投资(万元)": 5},
        "geometry": {"type": "Point", "coordinates": [114.05, 22.54]},
    }
    collection = {"type": "FeatureCollection", "features": [feature] * 2}
    yield "register/register.geojson", json.dumps(collection, ensure_ascii=False, indent=1).encode()
    lines = "".join(f"P{p},2026-0{m}-28,{10 * m},{100 * m},2026-0{m}-28\n" for m in (1, 2, 3) for p in (1, 2))
    yield "progress/months.csv", (PROGRESS_HEADER + lines).encode()
    yield "resources/months.csv", RESOURCES.encode()


def _schedules(folder: Path) -> None:
    from sample_data.fact_mspdi import write_mspdi
    from sample_data.fact_p6 import write_pmxml, write_xer
    from sample_data.fact_projects import PROJECTS
    from sample_data.fact_story import network

    plans = [(p.code, network(p.code)) for p in PROJECTS if p.sketch and p.form != "ifc"]
    plans = sorted(plans, key=lambda plan: (len(plan[1].rows), plan[0]))[:2]  # the shortest
    for kind in ("xer", "xml", "schedule"):
        (folder / kind).mkdir(exist_ok=True)
    for code, plan in plans:
        write_xer(folder / "xer" / f"{code}.xer", plan, code)
        write_pmxml(folder / "xml" / f"{code}_p6.xml", plan, code)
        write_mspdi(folder / "xml" / f"{code}.xml", plan)


def _workbooks(folder: Path) -> None:
    from sample_data.fact_tables import write_workbook

    for kind in ("schedule", "register", "progress", "resources"):
        source = next(path for path in sorted((folder / kind).glob("*.csv")) if path.name != "gb.csv")
        head, *lines = (line.split(",") for line in source.read_text("utf-8").splitlines())
        rows = [[_typed(cell) for cell in line] for line in lines]
        write_workbook(folder / kind / "book.xlsx", "表", head, rows)


def _typed(cell: str) -> float | date | str:
    with contextlib.suppress(ValueError):
        return float(cell)
    with contextlib.suppress(ValueError):
        return date.fromisoformat(cell)
    return cell


def _maps(folder: Path) -> None:
    from tests.gis_layers.made import frame, write

    folder.mkdir(parents=True, exist_ok=True)
    houses = frame()
    for suffix in ("gpkg", "geojson", "fgb", "kml"):
        target = houses.to_crs(4326) if suffix in ("geojson", "kml") else houses
        write(folder / f"houses.{suffix}", target, driver="KML" if suffix == "kml" else None)
    (folder / "points.csv").write_text("名称,经度,纬度\n甲,114.05,22.54\n乙,114.06,22.55\n", "utf-8")
    nodes = "".join(
        f'<node id="{n}" lat="{22.54 + n % 2 * 1e-3}" lon="{114.05 + n // 2 * 1e-3}"/>' for n in range(1, 5)
    )
    way = '<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/></way>'
    road = '<way id="8"><nd ref="2"/><nd ref="4"/><tag k="highway" v="primary"/><tag k="name" v="深南路"/></way>'
    (folder / "town.osm").write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{way}{road}</osm>', "utf-8")
    _shapefile(folder / "houses.zip")


def _shapefile(target: Path) -> None:
    import tempfile

    from tests.bcf.files import archive
    from tests.gis_layers.made import frame, write

    with tempfile.TemporaryDirectory() as made:
        write(Path(made) / "houses.shp", frame(), encoding="UTF-8")
        target.write_bytes(_undated(archive({path.name: path.read_bytes() for path in sorted(Path(made).iterdir())})))


def _undated(content: bytes) -> bytes:
    """Return a ZIP with fixed times of its members; what is none as it is."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, ZIP_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
