"""The links files of the projects with models: rules that tie elements to tasks by class, storey and name.

They are noted one in a line, `task | classes without Ifc | storeys | discipline | names | note`, and written as TOML.
"""

LINKED = ("BJ-002", "BJ-003", "BJ-004", "BJ-005", "BJ-006", "BJ-007")

_RULES = {
    "BJ-002": """
河东小学教学楼：自上而下，先匹配者为准
室外-操场 | BuildingElementProxy | 室外地坪 | | | 旗杆等室外构件
基础-回填 | | 室外地坪
主体-屋面 | Slab | 屋面
围护-屋面 | | 屋面
主体-{storey} | Column, Beam, Slab, Stair, StairFlight
围护-{storey} | Wall, Window
装修-{storey} | Door, Railing
装修-家具 | FurnishingElement
""",
    "BJ-003": """
市第三人民医院：三个专业模型共用一份规则
基础-底板 | Footing | | 结构
基础-底板 | Slab | 地下一层 | 结构
主体-{storey} | Column, Beam, Slab, Wall | | 结构
机电-屋面 | CoolingTower, UnitaryEquipment | 五层, 屋面 | 机电
机电-屋面 | | 屋面 | 机电
室外-管网 | | 室外地坪 | 机电
机电-暖通-{storey} | Duct*, AirTerminal, UnitaryEquipment | | 机电
机电-给排水-{storey} | Pipe*, FireSuppressionTerminal, Pump, Tank | | 机电
机电-电气-{storey} | Cable*, Electric*, LightFixture | | 机电
室外-绿化 | GeographicElement
机电-电梯 | TransportElement
医疗-设备 | MedicalDevice
医疗-家具 | Furniture
外装-屋面 | | 屋面 | 建筑
外装-{storey} | Window, CurtainWall, Plate, ShadingDevice, Roof | | 建筑
二次-{storey} | Wall | | 建筑
主体-{storey} | Slab, Stair, StairFlight, Ramp, Column | | 建筑
装修-{storey} | Door, Covering, Railing, SanitaryTerminal | | 建筑
""",
    "BJ-005": """
地铁2号线人民广场站
MW10 | | | | 北侧地下连续墙*, 大里程端墙
MW20 | | | | 南侧地下连续墙*, 小里程端墙
MT10 | | | | 左线*管片*
MT20 | | | | 右线*管片*
MT30 | | | | *轨排*, *道床*
MF40 | | | | *屏蔽门*
MA10 | Slab, Stair, StairFlight, Wall | 站厅层, 顶板 | | A 口*, B 口*
MA20 | Slab, Stair, StairFlight, Wall | 站厅层, 顶板 | | C 口*, D 口*
MA30 | | 地面
MF50 | TransportElement
MF70 | Stair, StairFlight, Railing
MF70 | | | | *休息平台
MS10 | | | | 底板
MS30 | | | | 中板
MS50 | | | | 顶板, 顶纵梁*
MS20 | Column | 站台层
MS40 | Column | 站厅层
MF10 | Wall, Door
MF10 | | | | 站台板
MF60 | BuildingElementProxy, FurnishingElement | | | *售票机*, *检票机*, *客服中心, 乘客信息屏, 候车椅*
""",
    "BJ-007": """
江湾安居小区
车库-结构 | | | | 坡道*, *台基, *入口台阶
室外-绿化 | | | | 香樟*, 滑梯*
室外-管网 | | | | *围墙*, *道闸, 小区大门*
配套-结构 | | | | 幼儿园*, 门卫*墙, 门卫*屋面
配套-装修 | | | | C*门卫窗, C*外窗, M*门卫门, M*外门
车库-底板 | | | | 车库底板
车库-结构 | | 地下车库
主体-屋面 | Slab, Wall, Member | 屋面
机电-电梯 | Tank | 屋面
主体-{storey} | Slab, Wall
外窗-{storey} | Window, Railing
装修-下段 | Door
""",
    "BJ-006": """
河东水厂：按构筑物名称对应
WX20 | GeographicElement
WX10 | | | | *围墙*, 电动伸缩大门
WI10 | PipeSegment, PipeFitting, Valve
WI20 | Pump, TransportElement
WI30 | Tank
WT15 | BuildingElementProxy, Railing | | | *沉淀池*
WT10 | | | | *沉淀池*
WT55 | BuildingElementProxy, Railing | | | *浓缩池*
WT50 | | | | *浓缩池*
WT45 | BuildingElementProxy, Railing | | | *澄清池*
WT40 | | | | *澄清池*
WT35 | BuildingElementProxy, Covering | | | 清水池*
WT30 | | | | 清水池*
WB10 | | | | 送水泵房*
WB20 | | | | 加药间*
WB30 | | | | 变配电间*
WB40 | | | | 污泥脱水机房*
WB60 | | | | 门卫*
WT25 | BuildingElementProxy, Railing | | | 滤池*
WT20 | | | | *滤池*
WB50 | | 二层, 三层
WB50 | | | | 综合楼*
WB50 | Window, Door | | | | 首层门窗按综合楼计
""",
}  # fmt: skip

# Piers and spans of the viaduct, by the lot that builds them.
_PIERS = {1: range(1, 5), 2: range(5, 9), 3: range(9, 14), 4: range(14, 18)}


def links_text(code: str) -> str:
    """Return the links file of a project."""
    title, *rules = (_viaduct() if code == "BJ-004" else _RULES[code]).strip().splitlines()
    lines = [f"# {title}"]
    for rule in rules:
        task, *wishes = (cell.strip() for cell in rule.split("|"))
        lines += ["", "[[rule]]", f'task = "{task}"']
        for key, cell in zip(("class", "storey", "discipline", "name", "note"), wishes, strict=False):
            items = [f"Ifc{item}" if key == "class" else item for item in cell.split(", ")]
            quoted = ", ".join(f'"{item}"' for item in items)
            if cell:
                lines.append(f"{key} = {quoted}" if key in ("discipline", "note") else f"{key} = [{quoted}]")
    return "\n".join([*lines, ""])


def _viaduct() -> str:
    """Return the rules of the viaduct: piers and spans are told apart by their numbers."""
    lines = ["江湾高架桥：按墩号、跨号分标段"]
    for lot, numbers in _PIERS.items():
        piers = ", ".join(f"{number}号墩*" for number in numbers)
        spans = ", ".join(f"第{number}跨*" for number in numbers)
        lines += [
            f"VS2{lot} | Footing | | | {piers}",
            f"VS3{lot} | Column | | | {piers}",
            f"VS4{lot} | Beam, Bearing | | | {piers}",
            f"VG{lot} | Beam | | | {spans}",
            f"VD1{lot} | Railing | | | {spans}",
        ]
    return "\n".join([
        *lines, "VS90 | Wall, Bearing | | | *桥台*, *号台*", "VR10 | EarthworksFill, Wall | | | 西引道*, *挡土墙*",
        "VR20 | Course, Railing | | | 引道*", "VD20 | DiscreteAccessory", "VD30 | Course", "VD40 | Wall | | | *声屏障*",
        "VD50 | Covering, LightFixture, Sign, Member",
    ])  # fmt: skip
