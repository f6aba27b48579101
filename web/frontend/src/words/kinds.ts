/** Names of the kinds and classes of city layers. */

import type { CityFeature } from "../types";
import type { Language } from "./dictionary";

type Named = Readonly<Record<string, readonly [zh: string, en: string]>>;

const KINDS: Named = {
  districts: ["行政区", "District"], parcels: ["宗地", "Parcel"], land_use: ["用地", "Land use"], water: ["水系", "Water"], green: ["绿地", "Green space"],
  roads: ["道路", "Road"], rail: ["轨道", "Rail"], utilities: ["管线", "Utility"], buildings: ["建筑", "Building"], other: ["其他", "Other"],
};

const CLASSES: Readonly<Record<string, Named>> = {
  roads: {
    motorway: ["高速或快速路", "Motorway"], primary: ["主干路", "Primary road"], secondary: ["次干路", "Secondary road"], tertiary: ["集散道路", "Tertiary road"],
    minor: ["支路", "Minor road"], service: ["内部道路", "Service road"], path: ["步行道", "Path"],
  },
  rail: { rail: ["铁路", "Railway"], subway: ["地铁", "Metro"], tram: ["有轨电车", "Tram"] },
  water: { river: ["河流", "River"], lake: ["湖泊", "Lake"], canal: ["渠道", "Canal"], stream: ["溪流", "Stream"], sea: ["海域", "Sea"], pool: ["水池", "Pool"] },
  green: {
    park: ["公园", "Park"], forest: ["林地", "Forest"], grass: ["草地", "Grass"], farmland: ["农田", "Farmland"], cemetery: ["墓园", "Cemetery"],
    pitch: ["运动场", "Sports ground"], garden: ["花园", "Garden"], wetland: ["湿地", "Wetland"],
  },
  utilities: {
    power: ["电力", "Power"], water: ["给水", "Water supply"], sewage: ["排水", "Sewage"], gas: ["燃气", "Gas"], heat: ["热力", "Heat"], telecom: ["通信", "Telecom"],
  },
};

/** `roads` → 道路, Road; a kind that is not known stays as it is. */
export function kindName(kind: string, language: Language): string {
  return KINDS[kind]?.[language === "zh" ? 0 : 1] ?? kind;
}

/** What a feature is: its class in the words of its kind, else the kind. */
export function featureKind(kind: string, classOf: unknown, language: Language): string {
  return CLASSES[kind]?.[String(classOf)]?.[language === "zh" ? 0 : 1] ?? kindName(kind, language);
}

export const KIND_LIST = Object.keys(KINDS) as readonly string[];

/** The name of a feature, "" when it has none, and what it is. */
export function featureTitle({ kind, properties }: CityFeature, language: Language): { name: string; kind: string } {
  return { name: String(properties["name"] ?? "").trim(), kind: featureKind(kind, properties["class"], language) };
}
