/** Numbers as readers of each language expect them: 万 and 亿 in Chinese, thousands in English; units always. */

import type { Language } from "./dictionary";

const LOCALE: Readonly<Record<Language, string>> = { zh: "zh-CN", en: "en-GB" };

/** At most `digits` decimals, at least `least`. */
export function number(value: number, language: Language, digits = 3, least = 0): string {
  return new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits, minimumFractionDigits: least }).format(value);
}

/** A count: 12,345 in English, 1.23 万 and 3.4 亿 in Chinese. */
export function count(value: number, language: Language): string {
  if (language === "zh" && Math.abs(value) >= 1e8) return `${number(value / 1e8, language, 2)} 亿`;
  if (language === "zh" && Math.abs(value) >= 1e4) return `${number(value / 1e4, language, 2)} 万`;
  if (language === "en" && Math.abs(value) >= 1e6) return `${number(value / 1e6, language, 2)} million`;
  return number(value, language, 0);
}

export function metres(value: number, language: Language, digits = 2): string {
  return `${number(value, language, digits)} m`;
}

export function degrees(value: number, language: Language, digits = 2): string {
  return `${number(value, language, digits)}°`;
}

export function bytes(value: number, language: Language): string {
  if (value >= 1e6) return `${number(value / 1e6, language, 1)} MB`;
  return `${number(value / 1e3, language, 0)} kB`;
}

/** A quantity with its unit; large ones in 万 and 亿 as counts are, small ones with three significant digits. */
export function quantity(value: number, unit: string | null | undefined, language: Language): string {
  const sign = unit ? ` ${unitSign(unit)}` : "";
  if (language === "zh" && Math.abs(value) >= 1e4) return `${count(value, language)}${sign}`;
  const digits = value !== 0 && Math.abs(value) < 1 ? Math.min(6, 2 - Math.floor(Math.log10(Math.abs(value)))) : 3;
  return `${number(value, language, digits)}${sign}`;
}

const SIGNS: Readonly<Record<string, string>> = { m2: "m²", m3: "m³", "m^2": "m²", "m^3": "m³", SQUARE_METRE: "m²", CUBIC_METRE: "m³", METRE: "m", deg: "°", degree: "°" };

export function unitSign(unit: string): string {
  return SIGNS[unit] ?? unit;
}

/** A moment as a date, in the reader's time zone. */
export function date(iso: string, language: Language): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: language === "zh" ? "2-digit" : "short", day: "2-digit" })
    .format(moment).replaceAll("/", "-");
}
