/** Where the camera goes: to a project, a model, an element, or home. */

import type { StyleSpecification } from "maplibre-gl";

import { boxSize } from "./clashes";
import { around, extentKm, lifted, mainCluster, union, viewOf, viewOfGround, type Window } from "./map/camera";
import type { CityMap } from "./map/city-map";
import type { Store } from "./store";
import type { Bounds, ClashDetails, Model, ProjectFeature } from "./types";
import type { View } from "./url";

/** Room that a panel takes, pixels. */
const PANEL = 344;
/** How much of a building is shown around a clash, metres. */
const [LEAST_AROUND, MOST_AROUND] = [4, 40];
/** From straight above nobody sees how two elements meet: below this pitch, degrees, the camera tilts. */
const FLAT = 25;

export class Flights {
  constructor(private readonly store: Store, private readonly city: () => CityMap | null) {}

  toBounds(bounds: Bounds): void {
    this.go(viewOf(bounds, 15, this.window()));
  }

  private window(): Window & { bottom: number } {
    const { listOpen, element, clash } = this.store.state;
    const wide = innerWidth > 900;
    // On a wide screen room is kept for the element's panel, so that a click covers nothing of the building.
    // From the upper edge of the day bar on panels cover the map: on a narrow screen the sheets below it, too.
    const covered = innerHeight - (document.getElementById("day-bar")?.getBoundingClientRect().top ?? innerHeight);
    return { width: innerWidth, height: innerHeight - 70, left: wide && listOpen ? PANEL : 0, right: (wide && (element || clash)) || innerWidth >= 1200 ? PANEL : 0, top: 70, bottom: covered + 4 };
  }

  private go(view: View, animate = true): void {
    this.city()?.goTo(view, this.window(), animate);
  }

  /** The first look: the chosen project, else the place where most of them stand. */
  home(ground: StyleSpecification | null): void {
    const { project } = this.store.state;
    const features = this.store.cache.projects().value?.features ?? [];
    const chosen = features.filter((f) => !project || f.properties.code === project);
    const bounds = union(mainCluster(chosen.flatMap(placeOf)));
    const [longitude, latitude] = ground?.center ?? [];
    // What is near looks larger than what is far: the middle of the ground stands above the middle of the picture.
    const window = { ...this.window(), right: 0 };
    // The whole city lies flat and no panel stands on its right.
    if (bounds && !project && extentKm(bounds) > 1) this.city()?.goTo(viewOfGround(bounds, window), { ...window, bottom: window.bottom + window.height * 0.12 }, false);
    else if (bounds) this.go(viewOf(bounds, 15, this.window()), false);
    else if (longitude !== undefined && latitude !== undefined) this.go({ longitude, latitude, zoom: ground?.zoom ?? 10, pitch: 0, bearing: 0 }, false);
  }

  toProject(code: string): void {
    const feature = this.store.cache.projects().value?.features.find((f) => f.properties.code === code);
    const models = this.store.cache.project(code).value?.models ?? [];
    const boxes = models.length ? models.flatMap((m) => (m.bounds ? [m.bounds] : [])) : feature?.properties.bounds ? [feature.properties.bounds] : [];
    const bounds = union(mainCluster(boxes));
    if (bounds) this.go(viewOf(bounds, 15, this.window()));
    else if (feature?.geometry) this.go(around(...feature.geometry.coordinates, 200, this.window(), -20, 56));
  }

  toModel(model: Model, animate = true): void {
    if (!model.bounds) return;
    const [low, high] = model.heights ?? [0, 10];
    this.go(viewOf(model.bounds, high - low, this.window()), animate);
  }

  toElement(onlyIfNeeded = false): void {
    const { project, element } = this.store.state;
    const facts = project && element ? this.store.cache.element(project, element).value : undefined;
    const city = this.city();
    if (!facts || facts.row < 0 || !city) return;
    const box = city.layers.filter((layer) => layer.props.model === facts.model).map((layer) => layer.rowBounds(facts.row)).find((found) => found);
    const model = this.store.cache.model(facts.project, facts.model);
    if (!box) {
      if (model) this.toModel(model);
      return;
    }
    if (onlyIfNeeded && this.inSight(box.center)) return;
    const { bearing, pitch } = city.view;
    this.go(around(box.center[0], box.center[1], Math.max(8, box.radius * 3), this.window(), bearing, pitch));
  }

  /** The overlap in the middle, with so much around it that both elements are told apart; false: where it is is not known yet. */
  toClash({ point, corners, project, a }: ClashDetails, animate = true): boolean {
    const city = this.city();
    const model = this.store.cache.model(project, a.model);
    if (!point || !city || !model) return false;
    const window = this.window();
    const { bearing, pitch } = city.view;
    const size = Math.min(MOST_AROUND, Math.max(LEAST_AROUND, boxSize(corners) * 2.5));
    const view = around(point[0], point[1], size, window, bearing, pitch < FLAT ? 56 : pitch);
    const offset = [(window.left - window.right) / 2, ((window.top ?? 0) - (window.bottom ?? 0)) / 2] as const;
    city.goTo(lifted(view, point[2] - model.ground_height, offset, innerHeight), window, animate);
    return true;
  }

  private inSight(place: readonly [number, number, number]): boolean {
    const at = this.city()?.project(...place);
    const { width, left, right } = this.window();
    return Boolean(at && at[0] > left + 20 && at[0] < width - right - 20 && at[1] > 90 && at[1] < innerHeight - 40 && (this.city()?.view.zoom ?? 0) > 17);
  }
}

/** The box of a project's models, else of its point. */
function placeOf({ properties, geometry }: ProjectFeature): Bounds[] {
  if (properties.bounds) return [properties.bounds];
  return geometry ? [[...geometry.coordinates, ...geometry.coordinates]] : [];
}
