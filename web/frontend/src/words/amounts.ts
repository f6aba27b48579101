/** Amounts that are compared: both in one scale, the unit said once. */

import type { Language } from "./dictionary";
import { number, unitSign } from "./format";
import { money, percent } from "./lights";

const UNITS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  "person-day": ["工日", "person-days"], "machine-day": ["台班", "machine-days"], 元: ["元", "CNY"],
};

/** A resource's unit as readers write it. */
export function resourceUnit(unit: string, language: Language): string {
  return UNITS[unit]?.[language === "zh" ? 0 : 1] ?? unitSign(unit);
}

interface Scale {
  readonly by: number;
  readonly word: string;
}

/** What the largest of some amounts is counted in: 万 and 亿 in Chinese, millions in English. */
export function scaleOf(largest: number, language: Language): Scale {
  const size = Math.abs(largest);
  if (language === "en") return size >= 1e6 ? { by: 1e6, word: "million" } : { by: 1, word: "" };
  return size >= 1e8 ? { by: 1e8, word: "亿" } : size >= 1e4 ? { by: 1e4, word: "万" } : { by: 1, word: "" };
}

/** As many digits as tell two amounts apart: two below ten, one below a thousand, then none. */
function digitsOf(value: number): number {
  const size = Math.abs(value);
  return size < 10 ? 2 : size < 1000 ? 1 : 0;
}

/** "8.35 / 10.71 亿元": amounts side by side in one scale; "–" for one that is not known. */
export function amounts(values: readonly (number | null)[], unit: string, language: Language): string {
  const known = values.filter((value): value is number => value !== null);
  if (!known.length) return "–";
  const scale = scaleOf(Math.max(...known.map(Math.abs)), language);
  const digits = digitsOf(Math.max(...known.map(Math.abs)) / scale.by);
  const least = scale.by === 1 ? 0 : digits;
  const text = values.map((value) => (value === null ? "–" : number(value / scale.by, language, digits, least))).join(" / ");
  const word = resourceUnit(unit, language);
  if (language === "en") return (MONEY.has(unit) ? [word, text, scale.word] : [text, scale.word, word]).filter(Boolean).join(" ");
  return `${text} ${scale.word}${scale.word && /^[a-z]/i.test(word) ? " " : ""}${word}`.trim();
}

const MONEY: ReadonlySet<string> = new Set(["元"]);

/** A value of a curve: money of the project, or a share where no budget is known. */
export function curveValue(value: number | null, inMoney: boolean, currency: string | null, language: Language): string {
  if (value === null) return "–";
  return inMoney ? money(value, currency, language) : percent(value, language);
}

/** The unit of a curve's axis, and what its values are divided by. */
export function curveScale(largest: number, inMoney: boolean, currency: string | null, language: Language): Scale {
  if (!inMoney) return { by: 0.01, word: "%" };
  const scale = scaleOf(largest, language);
  const word = currency === "CNY" && language === "zh" ? "元" : (currency ?? "");
  return { by: scale.by, word: language === "zh" ? `${scale.word}${word}` : `${word} ${scale.word}`.trim() };
}
