/**
 * Looking into buildings: the tools of the map behind one small interface, for the controller.
 *
 * * `show(model, columns, selection)`: hide, isolate, ghost (`bim/visibility.ts` makes and changes selections);
 * * `section(section | null)`: cut everything open (`bim/section.ts` makes sections and writes them as text);
 * * `await point(x, y)`: the point that a pixel means, for `bim/measure.ts`; `draw(shapes)`: what was measured, on the map.
 *
 * It belongs to the part of the page that is loaded with the models.
 */

import type { Viewport } from "@deck.gl/core";

import type { ModelPaint } from "../bim/paint";
import type { MeasuredPoint } from "../bim/measure";
import { SNAP_PIXELS } from "../bim/raycast";
import { setSection, type Section } from "../bim/section";
import { Survey, type Surveyed } from "../bim/survey";
import type { BimPick } from "../bim/tiles-layer";
import { visibleRows, type Selection, type VisibilityColumns } from "../bim/visibility";
import { measureOverlay, type MeasureOverlay, type MeasureShape } from "./measure-overlay";

/** What is needed of a `CityMap`. */
export interface ToolsMap {
  /** `BimTilesLayer`s: models that are far away have none. */
  readonly layers: readonly unknown[];
  readonly viewport: Viewport | undefined;
  readonly map: { getContainer: () => HTMLElement; on: (event: "render", listener: () => void) => unknown };
  pick: (x: number, y: number, radius?: number) => BimPick | null;
  repaint: () => void;
}

export class BuildingTools {
  private readonly survey: Survey;
  private readonly overlay: MeasureOverlay;
  private readonly outlines: MeasureOverlay;

  /**
   * bytes: the content at a tile's URL, from the browser's cache (`api.content`); paintOf: a model's paint, also while it
   * has no layer.
   */
  constructor(private readonly city: ToolsMap, bytes: (url: string) => Promise<ArrayBuffer>, private readonly paintOf: (model: string) => ModelPaint) {
    this.survey = new Survey(() => city.layers as readonly Surveyed[], () => city.viewport, bytes);
    this.overlay = measureOverlay(city.map.getContainer(), () => this.survey.projector());
    this.outlines = measureOverlay(city.map.getContainer(), () => this.survey.projector());
    city.map.on("render", () => { this.overlay.draw(); this.outlines.draw(); });
  }

  /** Show what a selection shows of a model; null: everything. Returns SHOWN, GHOST or HIDDEN per feature row. */
  show(model: string, columns: VisibilityColumns | null, selection: Selection | null): Uint8Array | null {
    const states = columns && selection && (selection.hidden.size || selection.only.size) ? visibleRows(columns, selection) : null;
    this.paintOf(model).show(states);
    this.city.repaint();
    return states;
  }

  /** Cut all models open; null: whole again. */
  section(section: Section | null): void {
    setSection(section);
    this.city.repaint();
  }

  /** The point of a model that a pixel (from the map's top left) means; null where no model is seen. */
  async point(x: number, y: number): Promise<MeasuredPoint | null> {
    // A corner is meant also from just outside of what it belongs to.
    const pick = this.city.pick(x, y) ?? this.city.pick(x, y, SNAP_PIXELS);
    return pick ? this.survey.point(pick, x, y) : null;
  }

  /** Draw what was measured; an empty list takes it away. */
  draw(shapes: readonly MeasureShape[]): void {
    this.overlay.set(shapes);
  }

  /** Draw what is pointed out, beside what is measured. */
  outline(shapes: readonly MeasureShape[]): void {
    this.outlines.set(shapes);
  }
}
