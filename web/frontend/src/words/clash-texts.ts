/** Sentences about clashes, made of numbers and words. */

import { SEVERITIES } from "../clashes";
import type { ClashJson, ClashSide } from "../types";
import { className } from "./classes";
import type { Language, Word } from "./dictionary";
import { count, number } from "./format";

type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

/** "高 3 · 中 65": what there is of each severity. */
export function severitiesText(severities: Readonly<Record<string, number>>, say: Say, language: Language): string {
  return SEVERITIES.flatMap((one) => (severities[one] ? [`${say(`clash_severity_${one}`)} ${count(severities[one], language)}`] : [])).join(" · ");
}

/** Millimetres, a tenth where it is little. */
export function millimetres(metres: number, language: Language): string {
  const value = metres * 1000;
  return `${number(value, language, value < 100 ? 1 : 0)} mm`;
}

/** Cubic metres; below a hundredth litres, below a hundredth of these cubic centimetres. */
export function volumeText(volume: number, language: Language): string {
  if (volume >= 0.01) return `${number(volume, language, 3)} m³`;
  return volume >= 1e-5 ? `${number(volume * 1000, language, 2)} L` : `${number(volume * 1e6, language, 2)} cm³`;
}

/** What says most of a clash: how deep it is, or how close. */
export function sizeText({ type, depth, distance }: Pick<ClashJson, "type" | "depth" | "distance">, language: Language): string {
  if (type === "workflow") return "";
  return millimetres(type === "clearance" || (type === "touch" && !depth) ? distance : depth, language);
}

/** What an element is called; its class where it has no name. */
export function sideName({ name, ifc_class: ifcClass, global_id: id }: ClashSide, language: Language): string {
  return name || className(ifcClass, language) || id;
}
