/** A picture of the map in the reader's language and theme. */

import type { Store } from "../store";
import { date } from "../words/format";
import { compose } from "./picture";
import type { Side } from "./side";

/** PNG of what the map shows, with title, day and legend under it; other: the side of a second day. */
export async function picture(store: Store, side: Side, other: Side | null, credits: string): Promise<Blob | null> {
  const { by, language, asOf, compare, split } = store.state;
  const { say } = store;
  await document.fonts.ready;
  const projects = store.cache.projects().value;
  const legend = (await store.cache.legend(by ?? "light").promise.catch(() => null))?.entries ?? [];
  const [main, second] = [await side.drawn(), other && (await other.drawn())];
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const day = asOf ?? projects?.as_of ?? "";
  const days = compare && second ? say("picture_days", { left: date(compare, language), right: date(day, language) }) : day ? say("picture_day", { date: date(day, language) }) : "";
  const { clientWidth: width, clientHeight: height } = side.city.map.getContainer();
  return compose({
    width, height, main, other: second && { side: second, split }, credits, day: days,
    title: projects?.name || say("title"), legendTitle: say(`by_${by ?? "light"}`), legend: [...legend].filter(({ label }) => label).sort((a, b) => (a.index || 99) - (b.index || 99)),
    colours: { ink: colour("--ink"), soft: colour("--soft"), line: colour("--line"), back: colour("--ground") },
  });
}
