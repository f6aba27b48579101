/** Joins the store to the tools for looking into buildings: what is shown of models, the section, measuring. */

import { content } from "./api";
import type { ModelPaint } from "./bim/paint";
import type { PartKey, Selection, VisibilityColumns } from "./bim/visibility";
import type { BuildingTools, ToolsMap } from "./map/tools";
import { ended, NO_MEASURE, resultOf, shapesOf, withPoint, type Measure } from "./measuring";
import type { Changed, ModelInView, State, Store } from "./store";

/** What is needed of a `CityMap`. */
interface BuildingMap extends ToolsMap {
  readonly map: ToolsMap["map"] & {
    getZoom: () => number;
    on: (event: "render" | "moveend" | "dblclick", listener: () => void) => unknown;
    readonly doubleClickZoom: { enable: () => void; disable: () => void };
  };
}

interface Applied {
  readonly selection: Selection | null;
  readonly columns: VisibilityColumns | null;
}

/** Of a model of which nothing is isolated, while something is in another model of its project. */
const NONE: ReadonlySet<PartKey> = new Set(["row:-1"]);

/** From this zoom on a building is large enough to look into. */
const CLOSE = 16;

export class Building {
  private coming: Promise<BuildingTools> | null = null;
  private wanted: ReadonlyMap<string, Selection>;
  private readonly applied = new Map<string, Applied>();
  /** Points are asked for one after the other: a double click ends after its own click. */
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly store: Store, private readonly city: BuildingMap, private readonly paintOf: (model: string) => ModelPaint, private readonly fail: (error: Error) => void) {
    this.wanted = isolating(store.state);
    store.subscribe((changed) => this.changed(changed));
    city.map.on("moveend", () => this.look());
    city.map.on("dblclick", () => this.end());
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
    this.showAll();
    if (store.state.section) this.cut();
  }

  /** The one instance of the tools; they are loaded when first asked for. */
  tools(): Promise<BuildingTools> {
    return (this.coming ??= import("./map/tools").then(({ BuildingTools }) => new BuildingTools(this.city, content, this.paintOf)));
  }

  /** A click on the map; true: it was measured. */
  click(x: number, y: number): boolean {
    if (!this.store.state.tool) return false;
    this.then(async (tool) => {
      const point = await (await this.tools()).point(x, y);
      if (this.store.state.tool === tool) this.store.update({ measure: withPoint(this.store.state.measure, tool, point) });
    });
    return true;
  }

  /** Leave what is innermost: the points, the tool, the section's dialog; true: there was something. */
  escape(): boolean {
    const { tool, measure, sectionOpen } = this.store.state;
    if (tool) this.store.update(measure.points.length ? { measure: NO_MEASURE } : { tool: null });
    else if (sectionOpen) this.store.update({ sectionOpen: false });
    return Boolean(tool) || sectionOpen;
  }

  /** Which models can be looked into now. */
  look(): void {
    const close = this.city.map.getZoom() >= CLOSE;
    const layers = (close ? this.city.layers : []) as readonly { props: ModelInView }[];
    const inView = [...new Map(layers.map(({ props: { model, project } }) => [model, { model, project }])).values()];
    if (JSON.stringify(inView) !== JSON.stringify(this.store.state.inView)) this.store.update({ inView });
  }

  private changed(changed: Changed): void {
    if (changed.has("shows") || changed.has("inView")) this.wanted = isolating(this.store.state);
    if (changed.has("shows") || changed.has("inView") || changed.has("data")) this.showAll();
    if (changed.has("section")) this.cut();
    if (changed.has("tool")) this.begin();
    if (changed.has("measure") || changed.has("language")) this.draw(this.store.state.measure);
  }

  /** A selection is made of rows when the model's elements have come. */
  private showAll(): void {
    const shows = this.wanted;
    for (const model of new Set([...shows.keys(), ...this.applied.keys()])) {
      const selection = shows.get(model) ?? null;
      const columns = selection && (this.store.cache.elements(model).value ?? null);
      const before = this.applied.get(model);
      if (before?.selection === selection && before.columns === columns) continue;
      if (selection) this.applied.set(model, { selection, columns });
      else this.applied.delete(model);
      void this.tools().then((tools) => tools.show(model, columns, selection), this.fail);
    }
  }

  private cut(): void {
    void this.tools().then((tools) => tools.section(this.store.state.section), this.fail);
  }

  private begin(): void {
    const { tool } = this.store.state;
    this.city.map.getContainer().classList.toggle("measuring", Boolean(tool));
    this.city.map.doubleClickZoom[tool ? "disable" : "enable"]();
    this.store.update({ measure: NO_MEASURE });
  }

  private draw({ points }: Measure): void {
    const { tool, language } = this.store.state;
    if (!this.coming && !points.length) return;
    const label = tool && resultOf(tool, points, language, this.store.say).main;
    void this.tools().then((tools) => tools.draw(tool ? shapesOf(tool, points, label) : []), this.fail);
  }

  private end(): void {
    this.then((tool) => this.store.update({ measure: ended(this.store.state.measure, tool) }));
  }

  private then(act: (tool: "length" | "height" | "area") => void | Promise<void>): void {
    const { tool } = this.store.state;
    if (tool) this.queue = this.queue.then(() => act(tool)).catch(this.fail);
  }

  /** Enter ends a measure wherever the focus is, except where it is meant for something else. */
  private key(event: KeyboardEvent): void {
    const { tool, measure } = this.store.state;
    const elsewhere = event.target instanceof HTMLElement && event.target.closest("input, select, textarea, .panel");
    if (event.key !== "Enter" || !tool || measure.done || !measure.points.length || elsewhere) return;
    event.preventDefault();
    this.end();
  }
}

/**
 * What is shown of which model. What is isolated must not disappear inside the other models of its project: of those nothing
 * is isolated, so that they are ghosts, or gone, as the rest of its own model is.
 */
export function isolating({ shows, inView }: Pick<State, "shows" | "inView">): ReadonlyMap<string, Selection> {
  const all = new Map(shows);
  for (const { model, project } of inView) {
    const own = shows.get(model);
    const lead = inView.find((one) => one.project === project && shows.get(one.model)?.only.size);
    const first = lead && shows.get(lead.model);
    if (first && !own?.only.size) all.set(model, { hidden: own?.hidden ?? new Set(), only: NONE, ghostRest: first.ghostRest });
  }
  return all;
}
