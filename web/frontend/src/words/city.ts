/** Words of the city at a glance: counts, districts, the day bar, comparing two days. */

import type { Light } from "../types";
import type { Language } from "./dictionary";
import { number } from "./format";

export const zh = {
  since: "较 {date}：",
  since_same: "与 {date} 相比，没有灯变化",
  since_even: "{n} 个项目的灯变了，总数未变",
  changed_projects: "变灯的 {n} 个项目",
  from_to: "由{from}变为{to}",
  city_tabs: "项目怎样分组",
  tab_projects: "项目",
  tab_districts: "区",
  tab_kinds: "类别",
  unnamed_district: "未填所在区",
  unnamed_kind: "未填类别",
  n_projects: "{n} 个项目",
  only_these: "只列 {name}：{n} 个",
  list_all: "列出全部项目",
  list_light: "只列“{name}”的项目",
  points: "{n} 百分点",
  behind_hint: "与计划的偏差；完成 {done}，计划 {planned}",
  silent_days: "{n} 天无报",
  silent_always: "从未上报",
  not_due: "尚未到期",
  totals: "合计",
  total_funds: "资金 已用 / 计划",
  total_labour: "人工 已用 / 计划",
  total_budget: "总投资",
  total_of: "{n} 个项目的合计",
  total_left_out: "{n} 个项目的合计；{m} 个因单位不同未计",
  clear_known: "计入全部录入",
  forecast: "预测",
  forecast_note: "灯和数字按各项目到 {today} 为止的快慢推算。",
  play: "播放",
  pause: "暂停",
  slider: "日期：左右键一天，翻页键一个月",
  today: "今天",
  day_after_today: "{date}（预测）",
  strip: "每月末的灯：共 {n} 个月，红色在上；点一个月即看那一天",
  strip_month: "{date}：红 {red}、黄 {yellow}、灰 {grey}、绿 {green}",
  strip_forecast: "{month}（预测）",
  strip_waiting: "{date}：正在计算",
  timeline_making: "正在计算各月的灯：{done}/{all}",
  city_as: "项目画作",
  as_marks: "标记",
  as_columns: "柱",
  as_districts: "分区",
  compare_month: "对比上月",
  compare_hint: "左右对照：{before} 与 {day}",
  colour: "着色",
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
  since: "Since {date}:",
  since_same: "No light has changed since {date}",
  since_even: "{n} lights changed, the counts did not",
  changed_projects: "Projects whose light changed: {n}",
  from_to: "from {from} to {to}",
  city_tabs: "How projects are grouped",
  tab_projects: "Projects",
  tab_districts: "Districts",
  tab_kinds: "Kinds",
  unnamed_district: "No district given",
  unnamed_kind: "No kind given",
  n_projects: "Projects: {n}",
  only_these: "Only {name}: {n}",
  list_all: "List all projects",
  list_light: "List only “{name}”",
  points: "{n} pp",
  behind_hint: "Deviation from plan; done {done}, planned {planned}",
  silent_days: "{n} days silent",
  silent_always: "never reported",
  not_due: "not due yet",
  totals: "Totals",
  total_funds: "Funds, used / plan",
  total_labour: "Labour",
  total_budget: "Budget",
  total_of: "Sum of {n} projects",
  total_left_out: "Sum of {n} projects; {m} left out for other units",
  clear_known: "Count all records",
  forecast: "Forecast",
  forecast_note: "Unfinished projects go on at their own pace of {today}.",
  play: "Play",
  pause: "Pause",
  slider: "Day: arrows move a day, page keys a month",
  today: "today",
  day_after_today: "{date} (forecast)",
  strip: "Lights at the end of each of {n} months, red on top; a click on a month shows that day",
  strip_month: "{date}: red {red}, yellow {yellow}, grey {grey}, green {green}",
  strip_forecast: "{month} (forecast)",
  strip_waiting: "{date}: being judged",
  timeline_making: "Judging the months: {done}/{all}",
  city_as: "Projects as",
  as_marks: "Marks",
  as_columns: "Columns",
  as_districts: "Districts",
  compare_month: "vs last month",
  compare_hint: "Side by side: {before} and {day}",
  colour: "Colour",
};

const SHORT: Readonly<Record<Light, readonly [zh: string, en: string]>> = { red: ["红", "red"], yellow: ["黄", "yellow"], grey: ["灰", "grey"], green: ["绿", "green"] };

/** The colour of a light in one word, for where its meaning has no room. */
export function shortLight(light: Light, language: Language): string {
  return SHORT[light][language === "zh" ? 0 : 1];
}

/** Share of the plan with its sign, in percentage points. */
export function signedPoints(share: number, language: Language): string {
  const rounded = Number((share * 100).toFixed(1));
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${number(Math.abs(rounded), language, 1, rounded === 0 ? 0 : 1)}`;
}

const CURRENCIES: Readonly<Record<string, readonly [zh: string, en: string]>> = { CNY: ["元", "CNY"], USD: ["美元", "USD"], EUR: ["欧元", "EUR"], HKD: ["港元", "HKD"] };
const UNITS: Readonly<Record<string, readonly [zh: string, en: string]>> = { "person-day": ["工日", "person-days"], "machine-day": ["台班", "machine-days"], m3: ["m³", "m³"], m2: ["m²", "m²"] };

/** Two figures of one kind at one scale: `147.0 / 149.9` 亿, `14,704 / 14,994` million. */
function pair(used: number | null, planned: number | null, language: Language): [figures: string, scale: string] {
  const size = Math.max(Math.abs(used ?? 0), Math.abs(planned ?? 0));
  const [scale, word] = language === "zh" ? (size >= 1e8 ? [1e8, "亿"] : size >= 1e4 ? [1e4, "万"] : [1, ""]) : size >= 1e6 ? [1e6, "million"] : [1, ""];
  const digits = size / scale >= 1000 ? 0 : scale === 1 ? 0 : size / scale >= 10 ? 1 : 2;
  const text = (value: number | null): string => (value === null ? "–" : number(value / scale, language, digits, digits));
  return [`${text(used)} / ${text(planned)}`, word];
}

/** 147.0 / 149.9 亿元; CNY 14,704 / 14,994 million. */
export function moneyPair(used: number | null, planned: number | null, currency: string, language: Language): string {
  const [figures, scale] = pair(used, planned, language);
  const [zh, en] = CURRENCIES[currency] ?? [currency, currency];
  return language === "zh" ? `${figures} ${scale}${zh}` : `${en} ${figures} ${scale}`.trim();
}

/** 787.6 / 835.4 万工日; 7.88 / 8.35 million person-days. */
export function quantityPair(used: number | null, planned: number | null, unit: string, language: Language): string {
  const [figures, scale] = pair(used, planned, language);
  const word = UNITS[unit]?.[language === "zh" ? 0 : 1] ?? unit;
  return language === "zh" ? `${figures} ${scale}${word}` : [figures, scale, word].filter(Boolean).join(" ");
}
