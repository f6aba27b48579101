/** One side of the map: the city on one day, with its pins, columns, districts and the colours of its elements. A page has one, or two while days are compared. */

import type { StyleSpecification } from "maplibre-gl";

import { Colouring } from "../bim/colouring";
import { ModelPaint, type Lifted } from "../bim/paint";
import type { Changed, Store } from "../store";
import type { SceneJson } from "../types";
import type { View } from "../url";
import { CityMap, type CityMapEvents } from "./city-map";
import { columnsOf, districtColours, NOTHING, type Judged } from "./judged";
import type { DrawnSide } from "./picture";
import { Pins } from "./pins";
import { PlaceMark } from "./place";

/** Columns are made anew when the zoom has changed by so much. */
const STEP = 0.2;
/** What a change of the state changes in the colours of the city. */
const COLOURS: ReadonlySet<string> = new Set(["data", "language", "asOf", "knownAt", "by", "cityAs"]);

export interface SideEvents extends Omit<CityMapEvents, "onModels"> {
  onModels?: () => void;
  onProject: (code: string) => void;
  onTileError: (detail: string) => void;
}

export class Side {
  readonly city: CityMap;
  readonly paints = new Map<string, ModelPaint>();
  private readonly pins: Pins;
  private readonly place: PlaceMark;
  private readonly colouring: Colouring;
  private readonly unsubscribe: () => void;
  private known: unknown[] = [];
  private zoom = NaN;
  /** Models of which rows are lifted. */
  private lit: ReadonlySet<string> = new Set();

  constructor(container: HTMLElement, private readonly store: Store, view: View, style: StyleSpecification, private readonly events: SideEvents) {
    this.colouring = new Colouring(store, events.onError);
    this.city = new CityMap(container, view, style, store.state.theme, { ...events, onModels: () => { this.colour(); events.onModels?.(); } });
    this.pins = new Pins(this.city.map, store, events.onProject);
    this.place = new PlaceMark(this.city.map);
    this.city.map.on("move", () => { if (Math.abs(this.city.view.zoom - this.zoom) > STEP) this.judge(); });
    this.city.map.on("moveend", () => this.judge());
    this.city.map.once("style.load", () => this.judge());
    this.unsubscribe = store.subscribe((changed) => this.changed(changed));
    this.pins.draw();
    this.place.show(store.state.place);
    this.judge();
  }

  private changed(changed: Changed): void {
    if (changed.has("place")) this.place.show(this.store.state.place);
    if (["by", "asOf", "knownAt"].some((key) => changed.has(key as never))) this.colour();
    if ([...changed].some((key) => COLOURS.has(key))) {
      this.judge();
      this.pins.draw();
    }
    if (changed.has("below")) {
      for (const [model, paint] of this.paints) paint.below = this.store.state.below.has(model) || this.lit.has(model);
      this.city.repaint();
    }
  }

  /** Colour columns and districts by what is known. */
  private judge(): void {
    const { by, cityAs, asOf, language } = this.store.state;
    const { city, store } = this;
    const features = store.cache.projects().value?.features ?? [];
    const legend = store.cache.legend(by ?? "light").value?.entries ?? [];
    const parts = cityAs === "districts" ? (store.cache.overview().value?.districts ?? []) : [];
    const moved = cityAs === "columns" ? city.view.zoom : 0;
    const known = [features, legend, parts.length ? parts : null, by, cityAs, asOf, language, moved, city.ready];
    if (known.every((value, i) => value === this.known[i])) return;
    this.known = known;
    this.zoom = city.view.zoom;
    const judged: Judged = {
      as: cityAs,
      columns: cityAs === "columns" ? columnsOf(features, by, legend, city.view) : NOTHING.columns,
      districts: cityAs === "districts" ? districtColours(parts, by, legend) : NOTHING.districts,
    };
    city.setJudged(judged);
  }

  setScene(scene: SceneJson): void {
    this.city.setScene({ scene, paintOf: (model) => this.paint(model), shows: (model) => this.store.state.spaces.has(model), onTileError: this.events.onTileError });
  }

  /** Colour the elements of every model that has a layer by what is asked; no tile is asked for again. */
  colour(): void {
    const models = new Set(this.city.layers.map((layer) => layer.props.model));
    void this.colouring.paint([...models].map((model) => this.paint(model)), () => this.city.repaint());
  }

  paint(model: string): ModelPaint {
    const known = this.paints.get(model) ?? new ModelPaint(model);
    this.paints.set(model, known);
    return known;
  }

  /** Model → rows in colours of their own, all else in these models as ghosts, also below the ground; an empty map: as before. */
  lift(models: ReadonlyMap<string, Lifted>): void {
    for (const model of new Set([...this.lit, ...models.keys()])) {
      const paint = this.paint(model);
      paint.lift(models.get(model) ?? null);
      paint.below = this.store.state.below.has(model) || models.has(model);
    }
    this.lit = new Set(models.keys());
    this.city.repaint();
  }

  /** Mark one row of one model, no other: as selected or as hovered. */
  mark(as: "selectedRow" | "hoverRow", model: string, row: number): void {
    let repaint = false;
    for (const [id, paint] of this.paints) {
      const wanted = id === model ? row : -1;
      repaint ||= paint[as] !== wanted;
      paint[as] = wanted;
    }
    if (repaint) this.city.repaint();
  }

  /** What is on the screen, for a picture. */
  async drawn(): Promise<DrawnSide> {
    return { frame: await this.city.frame(), pins: this.pins.drawn() };
  }

  destroy(): void {
    this.unsubscribe();
    this.pins.destroy();
    this.city.destroy();
  }
}
