/** A moment with its time of day. */

import type { Language } from "./dictionary";

/** 2026-06-30 14:05, in the reader's time zone. */
export function moment(iso: string, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: language === "zh" ? "2-digit" : "short", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }).format(at).replaceAll("/", "-");
}
