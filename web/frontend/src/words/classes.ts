/** Readable names of IFC classes. The class itself is always shown beside them: it is the standard's own word. */

import type { Language } from "./dictionary";

const ZH: Readonly<Record<string, string>> = {
  Project: "项目", Site: "场地", Building: "建筑", BuildingStorey: "楼层", Space: "空间", SpatialZone: "空间分区", Facility: "设施", FacilityPart: "设施部分",
  Bridge: "桥梁", BridgePart: "桥梁部分", Road: "道路", RoadPart: "道路部分", Railway: "铁路", RailwayPart: "铁路部分", MarineFacility: "港航设施",
  Wall: "墙", WallStandardCase: "墙", WallElementedCase: "墙", CurtainWall: "幕墙", Plate: "板件", Member: "杆件", Slab: "楼板", SlabStandardCase: "楼板",
  Roof: "屋顶", Column: "柱", ColumnStandardCase: "柱", Beam: "梁", BeamStandardCase: "梁", Footing: "基础", Pile: "桩", Stair: "楼梯", StairFlight: "梯段",
  Ramp: "坡道", RampFlight: "坡道段", Railing: "栏杆", Door: "门", DoorStandardCase: "门", Window: "窗", WindowStandardCase: "窗", Covering: "饰面",
  OpeningElement: "洞口", BuildingElementProxy: "代理构件", BuildingElementPart: "构件部分", ElementAssembly: "组合构件", ReinforcingBar: "钢筋",
  ReinforcingMesh: "钢筋网", Tendon: "预应力筋", DiscreteAccessory: "附件", Fastener: "紧固件", MechanicalFastener: "机械紧固件", ShadingDevice: "遮阳",
  Chimney: "烟囱", Furniture: "家具", FurnishingElement: "陈设", SystemFurnitureElement: "系统家具", Grid: "轴网", Annotation: "注释",
  FlowSegment: "管段", FlowFitting: "管件", FlowTerminal: "末端设备", FlowController: "控制元件", FlowMovingDevice: "动力设备", FlowStorageDevice: "储存设备",
  FlowTreatmentDevice: "处理设备", EnergyConversionDevice: "能量转换设备", DistributionElement: "机电构件", DistributionFlowElement: "机电构件",
  DistributionControlElement: "控制设备", DistributionPort: "接口", DuctSegment: "风管", DuctFitting: "风管管件", PipeSegment: "水管", PipeFitting: "水管管件",
  CableCarrierSegment: "桥架", CableCarrierFitting: "桥架配件", CableSegment: "电缆", AirTerminal: "风口", LightFixture: "灯具", Outlet: "插座", SwitchingDevice: "开关",
  SanitaryTerminal: "卫生器具", Valve: "阀门", Pump: "泵", Fan: "风机", Boiler: "锅炉", Chiller: "冷水机组", Tank: "水箱", ElectricDistributionBoard: "配电箱",
  ElectricAppliance: "电器", FireSuppressionTerminal: "消防末端", Sensor: "传感器", Alarm: "报警器", TransportElement: "运输设备", CivilElement: "土木构件",
  GeographicElement: "地理要素", Alignment: "线形", AlignmentHorizontal: "平面线形", AlignmentVertical: "纵断面线形", Referent: "里程参照", Course: "路面层", Kerb: "路缘石", Pavement: "路面", Rail: "钢轨",
  EarthworksFill: "填方", EarthworksCut: "挖方", VirtualElement: "虚拟构件", BuiltElement: "建筑构件", BuildingElement: "建筑构件", Product: "产品", Proxy: "代理",
};

/** `IfcWallStandardCase` → 墙, `Wall standard case`. */
export function className(ifcClass: string, language: Language): string {
  const bare = ifcClass.replace(/^Ifc/i, "");
  if (language === "zh") return ZH[bare] ?? bare;
  const words = bare.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return words.charAt(0) + words.slice(1).toLowerCase();
}
