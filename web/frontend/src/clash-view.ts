/** The clash that is looked at, on the map: its two elements in colour among ghosts, the overlap outlined, the camera in front of it. */

import type { Lifted, Rgba } from "./bim/paint";
import type { MeasureShape } from "./map/measure-overlay";
import type { BuildingTools } from "./map/tools";
import type { Changed, Store } from "./store";
import type { ClashDetails } from "./types";

/** What is needed of a `Side`. */
interface Lit {
  lift: (models: ReadonlyMap<string, Lifted>) => void;
}

const NOTHING: ReadonlyMap<string, Lifted> = new Map();

export class ClashView {
  /** What is on the map now. */
  private shown: unknown[] = [];
  /** The clash that the camera still has to fly to. */
  private due: string | null;
  private drawn = false;

  /** fly: true when it could; still: the address says where the camera stands. */
  constructor(private readonly store: Store, private readonly side: Lit, private readonly tools: () => Promise<BuildingTools>, private readonly fly: (clash: ClashDetails) => boolean, private readonly fail: (error: Error) => void, still: boolean) {
    this.due = still ? null : store.state.clash;
    store.subscribe((changed) => this.changed(changed));
    this.show();
  }

  /** Fly to the clash once more. */
  again(): void {
    this.due = this.store.state.clash;
    this.show();
  }

  private changed(changed: Changed): void {
    if (changed.has("clash")) this.due = this.store.state.clash;
    if (["clash", "data", "project"].some((key) => changed.has(key as never))) this.show();
  }

  private show(): void {
    const { clash: id, project } = this.store.state;
    if (!id) return this.clear();
    const clash = this.store.cache.clash(id).value;
    const colours = project ? this.store.cache.clashes(project).value?.colours : undefined;
    const models = project ? this.store.cache.project(project).value?.models : undefined;
    if (!clash || clash.id !== id || !colours || !models) return; // the one before stays until all has come
    const now = [clash, colours.a, colours.b, models];
    if (now.some((part, i) => part !== this.shown[i])) {
      this.shown = now;
      this.side.lift(lifts(clash, colours, models.map(({ model }) => model)));
      const ground = models.find(({ model }) => model === clash.a.model)?.ground_height ?? 0;
      this.drawn = true;
      void this.tools().then((tools) => { if (this.shown === now) tools.outline(outlines(clash, ground)); }, this.fail);
    }
    if (this.due === id && this.fly(clash)) this.due = null;
  }

  private clear(): void {
    if (!this.shown.length) return;
    this.shown = [];
    this.side.lift(NOTHING);
    if (this.drawn) void this.tools().then((tools) => { if (!this.shown.length) tools.outline([]); }, this.fail);
  }
}

/** Model → its rows in colour; models of the project without one are ghosts altogether. */
export function lifts({ a, b }: Pick<ClashDetails, "a" | "b">, colours: { a: string; b: string }, models: readonly string[]): Map<string, Lifted> {
  const rows = new Map<string, Map<number, Rgba>>(models.map((model) => [model, new Map()]));
  for (const [side, colour] of [[a, colours.a], [b, colours.b]] as const) if (side.row >= 0) rows.get(side.model)?.set(side.row, rgba(colour));
  return rows;
}

function rgba(colour: string): Rgba {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return [r, g, b, 255];
}

/** The box of the overlap and a ring around its middle; ground: height of the map's ground where the model stands, metres. */
function outlines({ corners, point }: ClashDetails, ground: number): MeasureShape[] {
  const onMap = ([longitude, latitude, height]: readonly [number, number, number]): [number, number, number] => [longitude, latitude, height - ground];
  return [
    ...(corners.length === 8 ? [{ kind: "box", places: corners.map(onMap) } as const] : []),
    ...(point ? [{ kind: "ring", places: [onMap(point)] } as const] : []),
  ];
}
