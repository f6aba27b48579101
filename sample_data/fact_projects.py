"""The key projects of the sample city as the bureau's register has them, and how each of them fares. All invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sample_data import fact_sketches as houses
from sample_data import fact_sketches_works as works
from sample_data.sites import SITES

SAMPLE_DATE = date(2026, 6, 30)
Course = tuple[tuple[str, float, float], ...]  # month, SPI(t), CPI: in between they change evenly


@dataclass(frozen=True)
class Where:
    """Where a project without a model stands, metres in the plan's frame.

    use : land use of the parcel that is taken nearest to the point; "" takes the point itself
    road : the road (or "滨江", the river) on which the nearest point is taken
    by_parcel : the register names the parcel instead of coordinates
    """

    x: float
    y: float
    use: str = ""
    road: str = ""
    by_parcel: bool = False


@dataclass(frozen=True)
class KeyProject:
    """A line of the register, and what happens to it.

    budget : 万元; span : planned first and last day; stage, approval : on 2026-06-30
    sketch : of its schedule, None where there is none; form : of the schedule's file
    course : how it fares; light : what the index rules make of it on 2026-06-30
    detail : its reports speak of tasks, not only of the whole
    """

    code: str
    name: str
    kind: str
    owner: str
    contractor: str
    supervisor: str
    address: str
    budget: int
    span: tuple[date, date]
    stage: str
    approval: str
    form: str
    sketch: Callable[[], str] | None
    course: Course
    light: str
    where: Where | None = None

    @property
    def detail(self) -> bool:
        """Those with a model report by task."""
        return self.where is None


BUILD, RUN, DESIGN, FUND, START = "建设实施", "运营维护", "设计优化", "资金筹措", "立项审批"
PERMIT, PLAN, LAND, DONE = "施工许可", "工程建设许可", "立项用地规划许可", "竣工验收"
JIANGWAN, HEDONG, PORT, NORTH = (
    "江湾建工集团有限公司",
    "滨江河东建设工程有限公司",
    "滨江东港基础工程有限公司",
    "滨江北岸市政工程有限公司",
)
BRIDGES, RAIL, WATERWORKS = "滨江路桥建设有限公司", "滨江轨道工程局有限公司", "滨江水务工程有限公司"
SEES, LOOKS, WATCHES = "滨江城建工程监理有限公司", "江湾工程咨询监理有限公司", "河东项目管理咨询有限公司"
CITY, ROADS, METRO_CO, WATER_CO = (
    "滨江市城市建设投资有限公司",
    "滨江市道路建设管理处",
    "滨江市轨道交通有限公司",
    "滨江市水务投资有限公司",
)
HEALTH, EDUCATION = "滨江市卫生健康委员会", "滨江市教育局"
_NAMES = {site.code: site.name for site in SITES}


def _span(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


PROJECTS = (
    KeyProject("BJ-001", _NAMES["BJ-001"], "社区服务", "城中区民政局", JIANGWAN, SEES, "城中区滨江路18号", 4680,
               _span("2025-04-01", "2026-10-30"), BUILD, PERMIT, "ifc", houses.community,
               (("2025-04", 1.0, 1.0), ("2025-10", 0.975, 0.99), ("2026-06", 0.985, 1.0)), "green"),
    KeyProject("BJ-002", _NAMES["BJ-002"], "教育", EDUCATION, HEDONG, LOOKS, "河东区河东大道北侧", 8650,
               _span("2025-06-10", "2026-08-20"), BUILD, PERMIT, "csv", houses.school,
               (("2025-06", 1.0, 1.0), ("2025-12", 0.955, 0.98), ("2026-03", 0.91, 0.97), ("2026-06", 0.86, 0.95)),
               "red"),
    KeyProject("BJ-003", _NAMES["BJ-003"], "医疗", HEALTH, JIANGWAN, SEES, "江湾区中央大道西侧", 126000,
               _span("2024-09-02", "2026-12-25"), BUILD, PERMIT, "mspdi", houses.hospital,
               (("2024-09", 1.0, 1.0), ("2025-06", 0.985, 0.99), ("2025-12", 0.94, 0.98), ("2026-06", 0.925, 0.97)),
               "yellow"),
    KeyProject("BJ-004", _NAMES["BJ-004"], "市政桥梁", ROADS, BRIDGES, WATCHES, "城西区江湾快速路", 98400,
               _span("2024-08-15", "2026-09-20"), BUILD, PERMIT, "xer", works.viaduct,
               (("2024-08", 1.0, 1.02), ("2025-05", 0.925, 1.0), ("2025-12", 0.965, 1.01), ("2026-06", 0.985, 1.01)),
               "green"),
    KeyProject("BJ-005", _NAMES["BJ-005"], "轨道交通", METRO_CO, RAIL, WATCHES, "城中区人民广场", 72600,
               _span("2024-07-08", "2027-06-20"), BUILD, PERMIT, "xer", works.metro_station,
               (("2024-07", 1.0, 1.0), ("2025-06", 0.965, 0.98), ("2026-06", 0.925, 0.97)), "yellow"),
    KeyProject("BJ-006", _NAMES["BJ-006"], "水务", WATER_CO, WATERWORKS, LOOKS, "高新区江北路东延", 64200,
               _span("2024-11-01", "2026-11-30"), BUILD, PERMIT, "pmxml", works.water_plant,
               (("2024-11", 1.0, 1.0), ("2025-09", 1.02, 0.99), ("2026-06", 1.01, 0.985)), "green"),
    KeyProject("BJ-007", _NAMES["BJ-007"], "保障房", CITY, NORTH, SEES, "江湾区建设路北侧", 52300,
               _span("2024-10-10", "2026-12-15"), BUILD, PERMIT, "mspdi", houses.housing,
               (("2024-10", 1.0, 1.0), ("2025-08", 0.985, 0.96), ("2026-02", 0.97, 0.91), ("2026-06", 0.96, 0.87)),
               "red"),
    KeyProject("BJ-008", "中央大道快速化改造工程", "市政道路", ROADS, NORTH, WATCHES, "中央大道（南湖路至江北路）",
               112000,
               _span("2024-09-01", "2026-12-30"), BUILD, PERMIT, "csv", works.road,
               (("2024-09", 0.97, 1.0), ("2025-06", 0.97, 0.98), ("2026-06", 0.98, 0.985)), "green",
               Where(3230, 5800, road="中央大道")),
    KeyProject("BJ-009", "望江大桥新建工程", "市政桥梁", CITY, BRIDGES, SEES, "建设路东延跨江处", 186000,
               _span("2024-10-01", "2027-06-25"), BUILD, PERMIT, "csv", works.river_bridge,
               (("2024-10", 1.0, 1.0), ("2025-09", 0.96, 0.98), ("2026-03", 0.93, 0.97), ("2026-06", 0.92, 0.97)),
               "yellow",
               Where(5780, 6480, road="滨江")),
    KeyProject("BJ-010", "地铁4号线一期工程", "轨道交通", METRO_CO, RAIL, WATCHES, "城北区至高新区", 380000,
               _span("2024-07-15", "2027-06-30"), BUILD, PERMIT, "csv", works.metro_line,
               (("2024-07", 1.0, 1.0), ("2025-03", 0.97, 1.0), ("2026-06", 0.99, 1.0)), "green",
               Where(4700, 7560, road="江北路")),
    KeyProject("BJ-011", "城北污水处理厂扩建工程", "水务", WATER_CO, WATERWORKS, LOOKS, "城北区江北路北侧", 43000,
               _span("2025-01-06", "2026-10-31"), BUILD, PERMIT, "csv", works.sewage_works,
               (("2025-01", 1.0, 1.0), ("2025-08", 0.95, 0.97), ("2025-12", 0.9, 0.96), ("2026-06", 0.84, 0.95)), "red",
               Where(4200, 8700, "U1", by_parcel=True)),
    KeyProject("BJ-012", "滨江西岸堤防加固与滨水绿道工程", "水利", WATER_CO, WATERWORKS, LOOKS, "南湖区沿江大道", 36500,
               _span("2024-10-15", "2026-09-30"), BUILD, PERMIT, "csv", works.embankment,
               (("2024-10", 1.0, 1.0), ("2025-06", 1.03, 1.02), ("2026-06", 1.02, 1.02)), "green", Where(5120, 2250)),
    KeyProject("BJ-013", "鼓楼老街片区城市更新", "城市更新", "城中区住房和城乡建设局", JIANGWAN, SEES,
               "城中区鼓楼步行街周边", 68000,
               _span("2025-03-01", "2027-03-31"), BUILD, PERMIT, "csv", works.renewal,
               (("2025-03", 1.0, 1.0), ("2025-10", 0.97, 0.97), ("2026-06", 0.97, 0.922)), "yellow",
               Where(5000, 5150, "R2")),
    KeyProject("BJ-014", "高新区云计算数据中心", "数字基础设施", "滨江高新区产业投资有限公司", HEDONG, WATCHES,
               "高新区科创大道", 220000,
               _span("2025-02-15", "2027-01-31"), BUILD, PERMIT, "csv",
               lambda: houses.building(5, "机房与供配电系统", 1400),
               (("2025-02", 1.0, 1.0), ("2025-09", 1.03, 1.01), ("2026-06", 1.02, 1.0)), "green",
               Where(8500, 7700, "M1", by_parcel=True)),
    KeyProject("BJ-015", "滨江市博物馆新馆", "文化", "滨江市文化和旅游局", HEDONG, LOOKS, "城中区人民路东段", 59000,
               _span("2024-12-01", "2026-12-31"), BUILD, PERMIT, "xlsx",
               lambda: houses.building(4, "展陈工程", 900),
               (("2024-12", 1.0, 1.0), ("2025-07", 0.935, 0.99), ("2026-01", 0.965, 0.99), ("2026-06", 0.975, 0.985)),
               "green",
               Where(6600, 4700, "A2")),
    KeyProject("BJ-016", "南湖公园提升改造", "公园绿地", "滨江市园林绿化管理处", "滨江园林工程有限公司", WATCHES,
               "南湖区湖滨路", 2800,
               _span("2024-07-20", "2025-09-25"), RUN, DONE, "csv", works.park,
               (("2024-07", 1.0, 1.0), ("2025-02", 0.96, 0.98), ("2025-09", 1.005, 0.99)), "green",
               Where(2550, 3450, "G1")),
    KeyProject("BJ-017", "东港区老旧燃气管网更新", "管网", "滨江市燃气管理处", PORT, SEES, "东港区工业大道沿线", 19200,
               _span("2025-03-15", "2026-12-20"), BUILD, PERMIT, "csv",
               lambda: works.pipes("燃气管"),
               (("2025-03", 1.0, 1.0), ("2026-03", 0.96, 0.98), ("2026-06", 0.95, 0.98)), "grey",
               Where(8300, 1700, road="工业大道")),
    KeyProject("BJ-018", "江湾区第二高级中学", "教育", EDUCATION, JIANGWAN, LOOKS, "江湾区江北路", 33600,
               _span("2025-05-20", "2027-01-31"), BUILD, PERMIT, "csv",
               lambda: houses.building(6, "实验室与运动场", 420, basement=False),
               (("2025-05", 1.0, 1.0), ("2025-12", 0.97, 1.0), ("2026-06", 0.98, 0.99)), "green",
               Where(1150, 7000, "A3")),
    KeyProject("BJ-019", "江湾区中医院门诊综合楼", "医疗", HEALTH, HEDONG, SEES, "江湾区中山路西段", 41200,
               _span("2025-01-10", "2027-01-20"), BUILD, PERMIT, "csv",
               lambda: houses.building(8, "医用专项工程", 620),
               (("2025-01", 1.0, 1.0), ("2025-10", 0.97, 0.99), ("2026-06", 0.93, 0.98)), "yellow",
               Where(1250, 3900, "A5", by_parcel=True)),
    KeyProject("BJ-020", "东港产业园标准厂房", "产业", "滨江东港开发有限公司", PORT, WATCHES, "东港区港务路", 75000,
               _span("2025-04-10", "2026-11-30"), BUILD, PERMIT, "csv",
               lambda: houses.building(3, "工艺管道与行车", 380, basement=False),
               (("2025-04", 1.0, 1.0), ("2025-11", 0.93, 0.97), ("2026-06", 0.87, 0.93)), "red",
               Where(7600, 1500, "M2", by_parcel=True)),
    KeyProject("BJ-021", "南湖片区海绵城市雨水管网改造", "管网", "滨江市排水管理处", NORTH, LOOKS, "南湖区南湖路沿线",
               27400,
               _span("2024-08-01", "2025-12-10"), RUN, DONE, "csv",
               lambda: works.pipes("雨水管"),
               (("2024-08", 1.0, 1.0), ("2025-06", 0.95, 0.98), ("2026-02", 0.925, 0.97)), "yellow",
               Where(3000, 2430, road="南湖路")),
    KeyProject("BJ-022", "滨江市青少年活动中心", "文化", CITY, "", "", "城北区解放大道", 16300,
               _span("2026-09-01", "2027-06-30"), FUND, PLAN, "csv",
               lambda: houses.building(3, "文体设备", 260, basement=False),
               (), "green", Where(4000, 6200, "A2", by_parcel=True)),
    KeyProject("BJ-023", "滨江生活垃圾焚烧发电厂", "能源环保", CITY, "", "", "东港区环城快速路外侧", 145000,
               _span("2026-03-01", "2027-06-30"), DESIGN, LAND, "", None,
               (("2026-03", 0.9, 1.0), ("2026-06", 0.9, 1.0)), "grey", Where(9700, 1900, "U1")),
    KeyProject("BJ-024", "江湾区养老服务中心", "民生", "江湾区民政局", NORTH, LOOKS, "江湾区建设路", 12400,
               _span("2025-06-01", "2026-12-15"), BUILD, PERMIT, "csv",
               lambda: houses.building(5, "适老设施", 220, basement=False),
               (("2025-06", 1.0, 1.0), ("2025-12", 0.93, 0.99), ("2026-05", 0.935, 0.98), ("2026-06", 0.966, 0.98)),
               "yellow",
               Where(1300, 6150, "R2")),
    KeyProject("BJ-025", "环城快速路东段改造", "市政道路", ROADS, "", "", "河东区环城快速路", 85000,
               _span("2026-10-08", "2027-06-30"), START, LAND, "", None, (), "green",
               Where(9250, 3300, road="环城快速路")),
    KeyProject("2407-449906-04-01-318466", "高新区智能制造中试基地", "产业", "滨江高新区产业投资有限公司", HEDONG,
               WATCHES,
               "高新区科创大道南段", 92000, _span("2025-03-10", "2026-12-31"), BUILD, PERMIT, "csv",

               lambda: houses.building(6, "洁净厂房与工艺平台", 700),
               (("2025-03", 1.0, 1.0), ("2025-10", 0.96, 1.0), ("2026-06", 0.99, 0.995)), "green",
               Where(7500, 6200, "M1", by_parcel=True)),
    KeyProject("2408-449908-04-01-502170", "东港港口物流园铁路专用线", "轨道交通", "滨江东港开发有限公司", RAIL, SEES,
               "东港区港务路南侧", 130000, _span("2024-11-15", "2026-12-31"), BUILD, PERMIT, "csv", works.siding,
               (("2024-11", 1.0, 1.0), ("2025-07", 0.94, 0.98), ("2026-01", 0.88, 0.97), ("2026-06", 0.855, 0.96)),
               "red",
               Where(6600, 1150, "W1")),
    KeyProject("2411-449907-04-01-773937", "河东区人才公寓", "保障房", CITY, JIANGWAN, SEES, "河东区体育中心西侧",
               84000,
               _span("2025-02-20", "2027-05-31"), BUILD, PERMIT, "csv",
               lambda: houses.building(18, "智能化与家具", 360),
               (("2025-02", 1.0, 1.0), ("2025-09", 0.98, 1.01), ("2026-06", 0.985, 1.0)), "green",
               Where(7900, 5100, "R2", by_parcel=True)),
)  # fmt: skip
BY_CODE = {project.code: project for project in PROJECTS}
