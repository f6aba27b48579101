/** The page: panels around a map, one store between them. */

import "@fontsource-variable/noto-sans-sc/wght.css";
import "maplibre-gl/dist/maplibre-gl.css";
import "./styles/page.css";

import { onRequests } from "./api";
import { App } from "./app";
import { isStatic, onItsDay } from "./static";
import { readAddress } from "./url";
import type { Theme } from "./store";
import { LANGUAGES } from "./words/dictionary";

const address = onItsDay(readAddress(location.search));
const saved = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden: then nothing is remembered
  }
};
// Chinese unless the address or an earlier choice says otherwise; the browser's own language is not asked.
const language = address.lang ?? LANGUAGES.find((known) => known === saved("twin.language")) ?? "zh";
const theme: Theme = saved("twin.theme") === "dark" ? "dark" : "light";

if (isStatic()) {
  document.documentElement.classList.add("static-copy");
  (await import("./map/archives")).readArchives();
}
const app = new App(document.body, address, language, theme);
onRequests(() => app.progress());
void app.start();
