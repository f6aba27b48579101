/** Words and figures of lights: names, measures, money, shares. */

import type { LegendEntry, Light } from "../types";
import type { Language } from "./dictionary";
import { number } from "./format";

/** From where it burns to where all is well. */
export const LIGHTS: readonly Light[] = ["red", "yellow", "grey", "green"];

/** What the legend calls a light; its key until the legend has come. */
export function lightName(light: Light, legend: readonly LegendEntry[]): string {
  return legend.find((entry) => entry.key === light)?.label ?? light;
}

export function percent(share: number | null, language: Language, digits = 1): string {
  return share === null ? "–" : `${number(share * 100, language, digits)} %`;
}

/** An index such as SPI(t): two digits are what a reader compares. */
export function index(value: number | null, language: Language): string {
  return value === null ? "–" : number(value, language, 2, 2);
}

const CURRENCIES: Readonly<Record<string, readonly [zh: string, en: string]>> = { CNY: ["元", "CNY"], USD: ["美元", "USD"], EUR: ["欧元", "EUR"], HKD: ["港元", "HKD"] };

/** 6 万元, 4.2 亿元; CNY 60,000, CNY 420 million. */
export function money(value: number | null, currency: string | null, language: Language): string {
  if (value === null) return "–";
  const [zh, en] = CURRENCIES[currency ?? ""] ?? [currency ?? "", currency ?? ""];
  if (language === "en") {
    const text = Math.abs(value) >= 1e6 ? `${number(value / 1e6, language, 2)} million` : number(value, language, 0);
    return `${en} ${text}`.trim();
  }
  const [scale, unit] = Math.abs(value) >= 1e8 ? [1e8, "亿"] : Math.abs(value) >= 1e4 ? [1e4, "万"] : [1, ""];
  return `${number(value / scale, language, 2)} ${unit}${zh}`.trim();
}

const MEASURES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  spi_t: ["SPI(t)", "SPI(t)"], spi: ["SPI", "SPI"], cpi: ["CPI", "CPI"], progress_ratio: ["实际进度 / 计划进度", "Progress / planned progress"],
  points_behind: ["落后计划", "Behind plan"], cost_overrun: ["预计超支", "Expected overrun"], days_late: ["预计延期", "Days late"],
  months_unstarted: ["应开工未开工", "Months not started"], months_without_report: ["开工后无上报", "Months without a report"],
  report_age: ["距最近上报", "Age of the last report"], funds_ratio: ["资金：实际 / 计划", "Funds used / planned"], labour_ratio: ["人工：实际 / 计划", "Labour used / planned"],
  machinery_ratio: ["机械：实际 / 计划", "Machinery used / planned"], concrete_ratio: ["混凝土：实际 / 计划", "Concrete used / planned"],
  steel_ratio: ["钢材：实际 / 计划", "Steel used / planned"], land_ratio: ["用地：实际 / 计划", "Land used / planned"], funds_shortfall: ["资金缺口", "Shortfall of funds"],
};

/** What a measure of a rule is called; one of somebody's own pack keeps its name. */
export function measureName(measure: string, language: Language): string {
  return MEASURES[measure]?.[language === "zh" ? 0 : 1] ?? measure;
}

const UNITS: Readonly<Record<string, string>> = { days: "天", months: "个月", points: "个百分点", ratio: "" };

/** The unit of a rule's figure, with the space before it. */
export function ruleUnit(unit: string, language: Language): string {
  const text = language === "zh" ? (UNITS[unit] ?? unit) : unit === "ratio" ? "" : unit;
  return text && ` ${text}`;
}
