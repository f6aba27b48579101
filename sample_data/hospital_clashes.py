"""The ground truth of the hospital's clashes: which elements were drawn to clash, how, and what a reviewer would say.

An element is named "label/class/key": the file's discipline, the IFC class, and the key, which is also its name.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from sample_data.hospital_frame import FILES, identity

KINDS = ("hard", "contained", "duplicate", "clearance")


@dataclass(frozen=True, slots=True)
class KnownClash:
    """A deliberate clash of two elements.

    kind : "hard" (bodies overlap), "contained" (one lies inside the other), "duplicate" (the same body twice) or
        "clearance" (nothing overlaps, but there is less room between them than the note asks for)
    """

    a: str
    b: str
    kind: str
    note: str

    def elements(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return (file, GlobalId) of both elements."""
        return element(self.a), element(self.b)


def parts(reference: str) -> tuple[str, str, str]:
    """Return label, IFC class and key of a reference.

    >>> parts("结构/IfcBeam/二层横梁 3/B~C")
    ('结构', 'IfcBeam', '二层横梁 3/B~C')
    """
    label, ifc_class, key = reference.split("/", 2)
    return label, ifc_class, key


def element(reference: str) -> tuple[str, str]:
    """Return the file and the GlobalId that a reference stands for."""
    label, _, key = parts(reference)
    return FILES[label], identity(label, key)


def write_ground_truth(path: Path) -> None:
    """Write the clashes as JSON: {"clashes": [{"a": {file, global_id, ifc_class, name}, "b": …, "kind", "note"}]}."""
    told = [{"a": _told(c.a), "b": _told(c.b), "kind": c.kind, "note": c.note} for c in CLASHES]
    path.write_text(json.dumps({"clashes": told}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _told(reference: str) -> dict[str, str]:
    _, ifc_class, name = parts(reference)
    file, global_id = element(reference)
    return {"file": file, "global_id": global_id, "ifc_class": ifc_class, "name": name}


HARD = (
    ("机电/IfcDuctSegment/二层送风改线管", "结构/IfcBeam/二层横梁 3/B~C", "风管抬高后穿过框架梁"),
    ("机电/IfcPipeSegment/七层给水改线管", "结构/IfcBeam/七层横梁 5/E~F", "给水管穿梁，未预留套管"),
    ("机电/IfcPipeSegment/一层给水立管 穿梁", "结构/IfcBeam/一层纵梁 3~4/C", "立管自上而下穿过框架梁"),
    ("机电/IfcPipeSegment/三层给水穿柱管", "结构/IfcColumn/三层柱 8-B", "给水管穿过框架柱"),
    ("机电/IfcPipeSegment/五层喷淋穿墙管", "结构/IfcWall/五层剪力墙 2号核心筒南", "喷淋管穿剪力墙，墙上无预留洞"),
    ("机电/IfcDuctSegment/地下一层补风管", "结构/IfcWall/地下室外墙 1", "补风管穿地下室外墙，无预留洞"),
    ("机电/IfcUnitaryEquipment/地下一层空调机组 3", "结构/IfcWall/地下一层剪力墙 1号核心筒东", "空调机组嵌入剪力墙"),
    ("机电/IfcPump/地下一层消防泵 4", "结构/IfcColumn/地下一层柱 8-E", "消防泵基础与框架柱重叠"),
    ("机电/IfcPipeSegment/地下一层埋地排水管", "结构/IfcFooting/承台 5-C", "埋地管穿过承台"),
    ("机电/IfcCableCarrierSegment/四层桥架改线段", "机电/IfcDuctSegment/四层送风干管 街2", "桥架横穿送风干管"),
    ("机电/IfcCableCarrierSegment/三层桥架改线段", "机电/IfcPipeSegment/三层喷淋干管 街2", "桥架与喷淋干管同标高相交"),
    ("机电/IfcPipeSegment/四层给水改线管", "机电/IfcPipeSegment/四层喷淋干管 街3", "给水管与喷淋干管同标高相交"),
    ("机电/IfcPipeSegment/六层喷淋改线管", "机电/IfcDuctSegment/六层送风支管 病区南 3a", "喷淋管横穿送风支管"),
    ("机电/IfcLightFixture/四层应急灯", "机电/IfcDuctSegment/四层排风支管 北 5", "灯具装在排风支管里"),
    ("机电/IfcDuctSegment/二层送风下降段", "建筑/IfcCovering/二层吊顶 201 内科1诊室", "风管低于吊顶标高"),
    ("机电/IfcDuctSegment/四层排风出口", "建筑/IfcWall/四层外墙 南西", "排风出口穿外墙，无预留洞"),
    ("机电/IfcPipeSegment/二层给水穿幕墙管", "建筑/IfcCurtainWall/二层幕墙 医疗街西", "给水管穿过玻璃幕墙"),
    ("结构/IfcColumn/三层柱 5-A", "建筑/IfcCurtainWall/三层幕墙 中庭 4~5", "结构柱外移 450 mm，穿出幕墙"),
    ("结构/IfcColumn/三层柱 5-A", "建筑/IfcCurtainWall/三层幕墙 中庭 5~6", "结构柱外移 450 mm，穿出幕墙"),
    ("结构/IfcBeam/九层外挑梁 L-2", "建筑/IfcWindow/九层窗 住院楼北 1", "外挑梁挡住外窗"),
    ("建筑/IfcWall/二层隔墙 增设", "结构/IfcColumn/二层柱 7-C", "增设隔墙穿过框架柱"),
    ("建筑/IfcFurniture/八层走廊加床", "结构/IfcColumn/八层柱 4-E", "病床与框架柱重叠"),
    ("建筑/IfcSanitaryTerminal/四层洗手盆 错位", "建筑/IfcWall/四层隔墙 北 2轴", "洗手盆嵌入隔墙"),
)
CONTAINED = (
    ("机电/IfcPipeSegment/六层给水埋管", "结构/IfcSlab/六层结构楼板", "给水管整段埋在结构楼板内"),
    ("机电/IfcPipeSegment/十层给水立管 柱内", "结构/IfcColumn/十层柱 5-E", "立管整段落在框架柱内"),
    (
        "机电/IfcFireSuppressionTerminal/三层消火栓箱",
        "结构/IfcWall/三层剪力墙 电梯核心筒西",
        "消火栓箱整体埋在剪力墙内",
    ),
)
DUPLICATE = (
    ("建筑/IfcWall/三层隔墙 南 33.5", "建筑/IfcWall/三层隔墙 南 33.5（重复）", "同一面隔墙画了两遍"),
    ("结构/IfcColumn/五层柱 8-F", "结构/IfcColumn/五层柱 8-F（重复）", "同一根柱导出了两次"),
    (
        "机电/IfcPipeSegment/八层喷淋干管 病区2",
        "机电/IfcPipeSegment/八层喷淋干管 病区2（重复）",
        "同一段喷淋干管导出了两次",
    ),
)
CLEARANCE = (
    (
        "机电/IfcCableCarrierSegment/二层桥架贴管段",
        "机电/IfcDuctSegment/二层送风支管 北 2",
        "桥架与风管净距 20 mm，要求不小于 50 mm",
    ),
    ("机电/IfcPipeSegment/九层给水平行管", "结构/IfcBeam/九层横梁 3/E~F", "水管距梁底 15 mm，要求不小于 50 mm"),
    ("结构/IfcBeam/三层增设梁 L-1", "建筑/IfcStairFlight/三层3号楼梯 下跑", "梯段上方净高不足 2.2 m"),
    ("结构/IfcColumn/一层构造柱 GZ-1", "建筑/IfcDoor/一层门 西药房", "门扇开启范围 0.9 m 内有构造柱"),
    (
        "机电/IfcElectricDistributionBoard/地下一层配电柜 9",
        "建筑/IfcWall/地下一层隔墙 E",
        "配电柜后操作距离 0.45 m，要求不小于 0.8 m",
    ),
)
CLASHES = tuple(
    KnownClash(a, b, kind, note)
    for kind, found in zip(KINDS, (HARD, CONTAINED, DUPLICATE, CLEARANCE), strict=True)
    for a, b, note in found
)
