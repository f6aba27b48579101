"""The links files of the projects with models: rules that tie elements to tasks by class, storey, discipline and name."""

LINKED = ("BJ-002", "BJ-003", "BJ-004", "BJ-005", "BJ-006", "BJ-007")

_TEXTS = {
    "BJ-002": """
# 河东小学教学楼：构件与任务的对应规则，自上而下，先匹配者为准

[[rule]]
task = "验收-检测"
class = ["IfcBuildingElementProxy"]
storey = ["室外地坪"]
note = "室外构件"

[[rule]]
task = "基础-回填"
storey = ["室外地坪"]

[[rule]]
task = "主体-屋面"
class = ["IfcSlab"]
storey = ["屋面"]

[[rule]]
task = "围护-屋面"
storey = ["屋面"]

[[rule]]
task = "主体-{storey}"
class = ["IfcColumn", "IfcBeam", "IfcSlab", "IfcStair", "IfcStairFlight"]

[[rule]]
task = "围护-{storey}"
class = ["IfcWall", "IfcWindow"]

[[rule]]
task = "装修-{storey}"
class = ["IfcDoor", "IfcRailing"]

[[rule]]
task = "装修-家具"
class = ["IfcFurnishingElement"]
""",
    "BJ-003": """
# 市第三人民医院：三个专业模型共用一份规则

[[rule]]
task = "基础-底板"
class = ["IfcFooting"]
discipline = "结构"

[[rule]]
task = "基础-底板"
class = ["IfcSlab"]
storey = ["地下一层"]
discipline = "结构"

[[rule]]
task = "主体-{storey}"
class = ["IfcColumn", "IfcBeam", "IfcSlab", "IfcWall"]
discipline = "结构"

[[rule]]
task = "机电-屋面"
class = ["IfcCoolingTower", "IfcUnitaryEquipment"]
storey = ["五层", "屋面"]
discipline = "机电"

[[rule]]
task = "机电-屋面"
storey = ["屋面"]
discipline = "机电"

[[rule]]
task = "室外-管网"
storey = ["室外地坪"]
discipline = "机电"

[[rule]]
task = "机电-暖通-{storey}"
class = ["IfcDuct*", "IfcAirTerminal", "IfcUnitaryEquipment"]
discipline = "机电"

[[rule]]
task = "机电-给排水-{storey}"
class = ["IfcPipe*", "IfcFireSuppressionTerminal", "IfcPump", "IfcTank"]
discipline = "机电"

[[rule]]
task = "机电-电气-{storey}"
class = ["IfcCable*", "IfcElectric*", "IfcLightFixture"]
discipline = "机电"

[[rule]]
task = "室外-绿化"
class = ["IfcGeographicElement"]

[[rule]]
task = "机电-电梯"
class = ["IfcTransportElement"]

[[rule]]
task = "医疗-设备"
class = ["IfcMedicalDevice"]

[[rule]]
task = "医疗-家具"
class = ["IfcFurniture"]

[[rule]]
task = "外装-屋面"
class = ["IfcSlab", "IfcRoof", "IfcWall", "IfcCovering", "IfcRailing", "IfcDoor", "IfcColumn", "IfcBuildingElementProxy"]
storey = ["屋面"]
discipline = "建筑"

[[rule]]
task = "外装-{storey}"
class = ["IfcWindow", "IfcCurtainWall", "IfcPlate", "IfcShadingDevice", "IfcRoof"]
discipline = "建筑"

[[rule]]
task = "二次-{storey}"
class = ["IfcWall"]
discipline = "建筑"

[[rule]]
task = "主体-{storey}"
class = ["IfcSlab", "IfcStair", "IfcStairFlight", "IfcRamp", "IfcColumn"]
discipline = "建筑"

[[rule]]
task = "装修-{storey}"
class = ["IfcDoor", "IfcCovering", "IfcRailing", "IfcSanitaryTerminal"]
discipline = "建筑"
""",
    "BJ-005": """
# 地铁2号线人民广场站

[[rule]]
task = "MW10"
name = ["北侧地下连续墙*", "大里程端墙"]

[[rule]]
task = "MW20"
name = ["南侧地下连续墙*", "小里程端墙"]

[[rule]]
task = "MT10"
name = ["左线*管片*"]

[[rule]]
task = "MT20"
name = ["右线*管片*"]

[[rule]]
task = "MT30"
name = ["*轨排*", "*道床*"]

[[rule]]
task = "MF40"
name = ["*屏蔽门*"]

[[rule]]
task = "MA10"
name = ["A 口*", "B 口*"]
storey = ["站厅层", "顶板"]
class = ["IfcSlab", "IfcStair", "IfcStairFlight", "IfcWall"]

[[rule]]
task = "MA20"
name = ["C 口*", "D 口*"]
storey = ["站厅层", "顶板"]
class = ["IfcSlab", "IfcStair", "IfcStairFlight", "IfcWall"]

[[rule]]
task = "MA30"
storey = ["地面"]

[[rule]]
task = "MF50"
class = ["IfcTransportElement"]

[[rule]]
task = "MF70"
class = ["IfcStair", "IfcStairFlight", "IfcRailing"]

[[rule]]
task = "MF70"
name = ["*休息平台"]

[[rule]]
task = "MS10"
name = ["底板"]

[[rule]]
task = "MS30"
name = ["中板"]

[[rule]]
task = "MS50"
name = ["顶板", "顶纵梁*"]

[[rule]]
task = "MS20"
class = ["IfcColumn"]
storey = ["站台层"]

[[rule]]
task = "MS40"
class = ["IfcColumn"]
storey = ["站厅层"]

[[rule]]
task = "MF10"
class = ["IfcWall", "IfcDoor"]

[[rule]]
task = "MF10"
name = ["站台板"]

[[rule]]
task = "MF60"
class = ["IfcBuildingElementProxy", "IfcFurnishingElement"]
name = ["*售票机*", "*检票机*", "*客服中心", "乘客信息屏", "候车椅*"]
""",
    "BJ-007": """
# 江湾安居小区

[[rule]]
task = "配套-结构"
name = ["幼儿园*", "门卫*墙", "门卫*屋面"]

[[rule]]
task = "配套-装修"
name = ["C*门卫窗", "C*外窗", "M*门卫门", "M*外门"]

[[rule]]
task = "车库-底板"
name = ["车库底板"]

[[rule]]
task = "车库-结构"
storey = ["地下车库"]

[[rule]]
task = "主体-屋面"
storey = ["屋面"]
class = ["IfcSlab", "IfcWall", "IfcMember"]

[[rule]]
task = "机电-电梯"
storey = ["屋面"]
class = ["IfcTank"]

[[rule]]
task = "主体-{storey}"
class = ["IfcSlab", "IfcWall"]

[[rule]]
task = "外窗-{storey}"
class = ["IfcWindow", "IfcRailing"]

[[rule]]
task = "装修-下段"
class = ["IfcDoor"]

[[rule]]
task = "车库-结构"
name = ["坡道*", "*台基", "*入口台阶"]

[[rule]]
task = "室外-绿化"
name = ["香樟*", "滑梯*"]

[[rule]]
task = "室外-管网"
name = ["*围墙*", "*道闸", "小区大门*"]
""",
    "BJ-006": """
# 河东水厂：按构筑物名称对应

[[rule]]
task = "WX20"
class = ["IfcGeographicElement"]

[[rule]]
task = "WX10"
name = ["*围墙*", "电动伸缩大门"]

[[rule]]
task = "WI10"
class = ["IfcPipeSegment", "IfcPipeFitting", "IfcValve"]

[[rule]]
task = "WI20"
class = ["IfcPump", "IfcTransportElement"]

[[rule]]
task = "WI30"
class = ["IfcTank"]

[[rule]]
task = "WT15"
class = ["IfcBuildingElementProxy", "IfcRailing"]
name = ["*沉淀池*"]

[[rule]]
task = "WT10"
name = ["*沉淀池*"]

[[rule]]
task = "WT55"
class = ["IfcBuildingElementProxy", "IfcRailing"]
name = ["*浓缩池*"]

[[rule]]
task = "WT50"
name = ["*浓缩池*"]

[[rule]]
task = "WT45"
class = ["IfcBuildingElementProxy", "IfcRailing"]
name = ["*澄清池*"]

[[rule]]
task = "WT40"
name = ["*澄清池*"]

[[rule]]
task = "WT35"
class = ["IfcBuildingElementProxy", "IfcCovering"]
name = ["清水池*"]

[[rule]]
task = "WT30"
name = ["清水池*"]

[[rule]]
task = "WB10"
name = ["送水泵房*"]

[[rule]]
task = "WB20"
name = ["加药间*"]

[[rule]]
task = "WB30"
name = ["变配电间*"]

[[rule]]
task = "WB40"
name = ["污泥脱水机房*"]

[[rule]]
task = "WB60"
name = ["门卫*"]

[[rule]]
task = "WT25"
class = ["IfcBuildingElementProxy", "IfcRailing"]
name = ["滤池*"]

[[rule]]
task = "WT20"
name = ["*滤池*"]

[[rule]]
task = "WB50"
storey = ["二层", "三层"]

[[rule]]
task = "WB50"
name = ["综合楼*"]

[[rule]]
task = "WB50"
class = ["IfcWindow", "IfcDoor"]
note = "首层门窗按综合楼计"
""",
}

# Piers and spans of the viaduct, by the lot that builds them.
_PIERS = {1: range(1, 5), 2: range(5, 9), 3: range(9, 14), 4: range(14, 18)}


def links_text(code: str) -> str:
    """Return the links file of a project."""
    return (_viaduct() if code == "BJ-004" else _TEXTS[code]).lstrip("\n")


def _viaduct() -> str:
    """Return the rules of the viaduct: piers and spans are told apart by their numbers."""
    rules: list[tuple[str, list[str], list[str]]] = []
    for lot, numbers in _PIERS.items():
        piers, spans = [f"{n}号墩" for n in numbers], [f"第{n}跨" for n in numbers]
        rules += [
            (f"VS2{lot}", ["IfcFooting"], [f"{pier}*" for pier in piers]),
            (f"VS3{lot}", ["IfcColumn"], [f"{pier}*" for pier in piers]),
            (f"VS4{lot}", ["IfcBeam", "IfcBearing"], [f"{pier}*" for pier in piers]),
            (f"VG{lot}", ["IfcBeam"], [f"{span}*" for span in spans]),
            (f"VD1{lot}", ["IfcRailing"], [f"{span}*" for span in spans]),
        ]
    rules += [
        ("VS90", ["IfcWall", "IfcBearing"], ["*桥台*", "*号台*"]),
        ("VR10", ["IfcEarthworksFill", "IfcWall"], ["西引道*", "*挡土墙*"]),
        ("VR20", ["IfcCourse", "IfcRailing"], ["引道*"]),
        ("VD20", ["IfcDiscreteAccessory"], ["*伸缩缝*"]),
        ("VD30", ["IfcCourse"], ["第*"]),
        ("VD40", ["IfcWall"], ["*声屏障*"]),
        ("VD50", ["IfcCovering", "IfcLightFixture", "IfcSign", "IfcMember"], ["*"]),
    ]
    lines = ["# 江湾高架桥：按墩号、跨号分标段"]
    for task, classes, names in rules:
        quoted = [", ".join(f'"{item}"' for item in items) for items in (classes, names)]
        lines += ["", "[[rule]]", f'task = "{task}"', f"class = [{quoted[0]}]", f"name = [{quoted[1]}]"]
    return "\n".join([*lines, ""])
