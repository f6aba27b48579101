/** Joins the store to the map, the panels and the address of the page. */

import type { StyleSpecification } from "maplibre-gl";
import type { ComponentType } from "preact";

import type { Actions } from "./actions";
import { api, isPreview, pendingRequests, ServerProblem } from "./api";
import type { ModelPaint } from "./bim/paint";
import type { BimPick } from "./bim/tiles-layer";
import { Building } from "./building";
import { ClashView } from "./clash-view";
import { h } from "./dom";
import { PageDoor } from "./door";
import { Flights } from "./flights";
import { installHook } from "./hook";
import { bareStyle, made, offAtFirst, type FontFile } from "./map/basemap";
import { ClashBadges } from "./map/clash-badges";
import { webglAvailable, type CityMap } from "./map/city-map";
import { FootprintMark } from "./map/footprint";
import { fontFiles } from "./map/fonts";
import { picture } from "./map/portrait";
import { Side, type SideEvents } from "./map/side";
import { Swipe } from "./map/swipe";
import { trouble } from "./map/trouble";
import { partUnder, saidOf } from "./map/under";
import { ClashPanel } from "./panels/clash";
import { DayBar } from "./panels/day-bar";
import { AccountPlace, DeskPlace } from "./panels/desk-place";
import { ElementPanel } from "./panels/element";
import { FeatureCard } from "./panels/feature";
import { layersPanel } from "./panels/layers";
import { ListPanel } from "./panels/list";
import { NO_MEASURE } from "./measuring";
import { mapControls } from "./panels/map-controls";
import { Notices } from "./panels/notices";
import { ProjectPanel } from "./panels/project";
import { SharePanel } from "./panels/share";
import { SignInPanel } from "./panels/sign-in";
import { Tools } from "./panels/tools";
import { Tooltip } from "./panels/tooltip";
import { TopBar } from "./panels/top-bar";
import { TourPanel } from "./panels/tour";
import { onItsDay, onlyServed } from "./static";
import { sentenceOf, Store, type Changed, type Theme } from "./store";
import type { Replaced, SceneJson } from "./types";
import { mount } from "./ui/twin";
import { readAddress, writeAddress, type Address, type View } from "./url";
import type { Language } from "./words/dictionary";

const NOWHERE: View = { longitude: 114.06, latitude: 22.54, zoom: 15.5, pitch: 50, bearing: -20 };
/** What readers select: then the place that they searched for is no longer marked. */
const SELECTED = ["project", "model", "element", "feature"] as const;

export class App {
  private readonly store: Store;
  private readonly notices: Notices;
  private readonly door: PageDoor;
  private readonly tooltip = new Tooltip();
  private readonly canvas: HTMLElement;
  private readonly flights: Flights;
  private side: Side | null = null;
  private swipe: Swipe | null = null;
  private building: Building | null = null;
  private clashView: ClashView | null = null;
  private scene: SceneJson | null = null;
  private view: View | null;
  private restoring = false;
  private soon: ReturnType<typeof setTimeout> | undefined;
  /** The ground as the server gave it, and whose buildings are hidden on it. */
  private ground: StyleSpecification | null = null;
  private replaced: Replaced | null = null;
  private fonts: FontFile[] | null = null;
  private readonly credits = h("p", { class: "credits" });

  constructor(root: HTMLElement, private readonly address: Address, language: Language, theme: Theme) {
    const { project, model, element, asOf, knownAt, by, cityAs, compare, section, shows, clashes, clash, clashGroup, clashFilter } = onlyServed(address);
    this.view = address.view;
    this.store = new Store({ language, theme, project, model, element, asOf, knownAt, by, cityAs: cityAs ?? "marks", compare, split: address.split ?? 0.5, playing: false, listOpen: true, shareOpen: false, searchOpen: false, tour: null, tool: null, measure: NO_MEASURE, section, sectionOpen: false, inView: [], shows, layersOpen: false, feature: null, place: null, spaces: new Set(), below: new Set(), hidden: new Set(), clashes, clash, clashGroup, clashFilter, me: null, signIn: null, accountOpen: false, desk: null, footprint: null });
    this.door = new PageDoor(this.store, () => void this.cityChanged());
    this.flights = new Flights(this.store, () => this.city);
    this.notices = new Notices(this.store);
    this.canvas = h("main", { class: "map", id: "map", tabindex: "-1" });
    document.documentElement.dataset["theme"] = theme;
    const panel = (tag: "header" | "section" | "aside" | "div", name: string, Panel: ComponentType): HTMLElement => mount(Panel, h(tag, { class: name }), { store: this.store, actions: this.actions });
    const skip = h("a", { class: "skip", href: "#map" }, this.store.say("skip_to_map"));
    root.replaceChildren(skip, panel("header", "panel top-bar", TopBar), panel("div", "share-place", SharePanel), panel("div", "account-place", AccountPlace), panel("div", "desk-place", DeskPlace), panel("div", "sign-in-place", SignInPanel), panel("div", "tour-place", TourPanel), panel("div", "place", ListPanel), panel("div", "place", ElementPanel), panel("div", "place", ClashPanel), panel("div", "place", ProjectPanel), panel("div", "place", FeatureCard), layersPanel(this.store), this.canvas, panel("div", "tools-bar", Tools), panel("div", "place", DayBar), this.notices.progress, this.notices.element, this.tooltip.element);
    this.store.subscribe((changed) => this.changed(changed));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.escape(); });
    window.addEventListener("popstate", () => this.restore(onlyServed(onItsDay(readAddress(location.search)))));
    window.addEventListener("error", (event) => this.fail(event.error instanceof Error ? event.error : new Error(event.message)));
    window.addEventListener("unhandledrejection", (event) => this.fail(event.reason instanceof Error ? event.reason : new Error(String(event.reason))));
  }

  async start(): Promise<void> {
    const { language } = this.store.state;
    const scene = api.scene("city", language).catch((error: Error) => { this.fail(error); return null; });
    const ground = this.askGround();
    void this.door.ask();
    await Promise.allSettled([this.store.cache.projects().promise, this.store.cache.legend("light").promise]);
    this.scene = await scene;
    this.ground = await ground;
    if (this.ground) this.store.update({ hidden: offAtFirst(this.ground) });
    this.openMap();
    installHook(() => this.cities, () => this.store.state, () => this.building?.tools());
    await this.checkAddress();
  }

  /** What panels may ask for. */
  private readonly actions: Actions = {
    flyToProject: (code) => this.flights.toProject(code), flyToModel: (model) => this.flights.toModel(model), flyToElement: () => this.flights.toElement(),
    flyToBounds: (bounds) => this.flights.toBounds(bounds), flyToClash: () => this.clashView?.again(),
    pick: (globalId, project) => this.select(project, globalId, true), hover: (model, row) => this.hoverRow(model, row),
    tell: (sentence) => this.notices.tell(sentence), picture: async () => (this.side ? picture(this.store, this.side, this.swipe?.side ?? null, this.credits.textContent ?? "") : null),
    signIn: (name, password) => this.door.signIn(name, password), dismissSignIn: () => this.door.dismiss(), signOut: () => this.door.signOut(), cityChanged: () => this.cityChanged(),
  };

  /** All that is known of the city is asked anew; the camera, and what is selected, stay. */
  private async cityChanged(): Promise<void> {
    const { language } = this.store.state;
    const before = this.store.cache.projects().value?.features.length ?? 0;
    this.store.forget("");
    const scene = api.scene("city", language).catch((error: Error) => { this.fail(error); return this.scene; });
    const [, next] = await Promise.all([this.restyle(), scene, this.store.cache.projects().promise.catch(() => null)]);
    this.scene = next;
    this.drawLayers();
    const seen = this.store.cache.projects().value?.features.length ?? 0;
    // Nothing was there to look at: the camera has not been anywhere.
    if (before || !seen) return;
    if (this.ground) this.store.update({ hidden: offAtFirst(this.ground) });
    if (this.city) this.flights.home(this.ground);
  }

  private get city(): CityMap | null {
    return this.side?.city ?? null;
  }

  /** The map, and that of the other day. */
  private get cities(): CityMap[] {
    return [this.side, this.swipe?.side].flatMap((side) => (side ? [side.city] : []));
  }

  /** Loading, as far as it is known. */
  progress(): void {
    const known = this.cities.map((city) => city.progress());
    const [loading, loaded] = [known.reduce((sum, one) => sum + one.loading, 0), known.reduce((sum, one) => sum + one.loaded, 0)];
    const asked = pendingRequests();
    this.notices.show(loaded, loaded + loading + asked);
  }

  private openMap(): void {
    const start = this.scene?.initialViewState;
    const from: View = this.view ?? (start ? { pitch: 50, bearing: -20, ...start } : NOWHERE);
    if (!webglAvailable()) {
      this.canvas.replaceChildren(trouble(this.store, "webgl_missing", "list"));
      return;
    }
    const events: SideEvents = {
      onPick: (pick, x, y) => this.picked(pick, x, y), onHover: (pick, x, y) => this.hovered(pick, x, y), onMove: (view) => this.moved(view),
      onProgress: () => this.progress(), onError: (error) => this.fail(error),
      onContextLost: () => { if (!this.canvas.querySelector(".trouble")) this.canvas.append(trouble(this.store, "context_lost", "load")); },
      onCredits: (credits) => this.credits.replaceChildren(credits.join(" · ")),
      onProject: (code) => this.flights.toProject(code), onTileError: (detail) => this.notices.tell(this.store.say("tile_error", { detail })),
    };
    try {
      this.side = new Side(this.canvas, this.store, from, this.style(), { ...events, onModels: () => { this.building?.look(); this.markSelected(); } });
      this.building = new Building(this.store, this.side.city, (model) => this.side?.paint(model) as ModelPaint, (error) => this.fail(error));
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    const { city } = this.side;
    const { side, building } = this;
    new FootprintMark(city.map, this.store);
    new ClashBadges(city.map, this.store, (code) => this.flights.toProject(code));
    this.canvas.append(mapControls(city.map, this.store), this.credits);
    city.map.getCanvas().setAttribute("aria-label", this.store.say("map"));
    this.drawLayers();
    this.swipe = new Swipe(this.canvas, this.store, this.side, () => this.scene, () => this.style(), events);
    const placed = Boolean(this.view);
    if (!placed) this.flights.home(this.ground);
    this.clashView = new ClashView(this.store, side, () => building.tools(), (clash) => this.flights.toClash(clash), (error) => this.fail(error), placed);
  }

  /** The style of the ground, and what models hide of it; null when the server has none. */
  private async askGround(): Promise<StyleSpecification | null> {
    const { theme, language } = this.store.state;
    const replaced = this.store.cache.replaced().promise.catch(() => null);
    try {
      const style = await api.style(theme, language);
      this.replaced = await replaced;
      return style;
    } catch (error) {
      this.notices.tell(this.store.say("open_ground", { detail: (error as Error).message }));
      return null;
    }
  }

  private style(): StyleSpecification {
    const { theme, hidden } = this.store.state;
    this.fonts ??= fontFiles();
    return made(this.ground ?? bareStyle(theme), { theme, hidden, fonts: this.fonts, replaced: this.replaced });
  }

  /** The reader chose another theme or language. */
  private async restyle(): Promise<void> {
    const { theme, language } = this.store.state;
    const ground = await this.askGround();
    if (theme !== this.store.state.theme || language !== this.store.state.language) return;
    this.ground = ground;
    for (const city of this.cities) city.setStyle(this.style(), theme);
  }

  private drawLayers(): void {
    const { scene } = this;
    if (scene) for (const side of [this.side, this.swipe?.side]) side?.setScene(scene);
  }

  private changed(changed: Changed): void {
    const { theme, language, project, section, shows, tool, place } = this.store.state;
    // Back in the city nothing stays cut open or hidden: its switches are out of sight there.
    if (changed.has("project") && !project && !this.restoring && (section || shows.size || tool)) this.store.update({ section: null, shows: new Map(), tool: null });
    // A clash is one of its project.
    if (changed.has("project") && !changed.has("clash") && !this.restoring) this.store.update({ clash: null, clashGroup: null, clashFilter: {} });
    if (changed.has("data") && !this.store.state.me && this.store.cache.projects().value) void this.door.ask();
    if (place && !changed.has("place") && SELECTED.some((key) => changed.has(key))) this.store.update({ place: null });
    if (changed.has("theme")) {
      document.documentElement.dataset["theme"] = theme;
      remember("twin.theme", theme);
    }
    if (changed.has("language")) {
      remember("twin.language", language);
      this.city?.map.getCanvas().setAttribute("aria-label", this.store.say("map"));
    }
    if (changed.has("theme") || changed.has("language")) void this.restyle();
    if (changed.has("hidden")) for (const city of this.cities) city.setStyle(this.style(), theme);
    if (changed.has("spaces")) this.drawLayers();
    if (["project", "model", "element", "data"].some((key) => changed.has(key as never))) this.markSelected();
    if (["project", "model", "element", "clash", "clashes"].some((key) => changed.has(key as never))) this.writeAddress(true);
    else if (["language", "asOf", "knownAt", "by", "cityAs", "compare", "section", "shows", "clashGroup", "clashFilter"].some((key) => changed.has(key as never))) this.writeAddress(false);
    else if (changed.has("split")) this.writeSoon();
  }

  /** The selected element's row is known when its facts have come. */
  private markSelected(): void {
    const { project, element } = this.store.state;
    const facts = project && element && this.store.cache.sees(project, "elements") ? this.store.cache.element(project, element).value : undefined;
    this.side?.mark("selectedRow", facts?.model ?? "", facts?.row ?? -1);
  }

  private picked(pick: BimPick | null, x: number, y: number): void {
    if (this.building?.click(x, y)) return;
    const code = pick || !this.city ? undefined : partUnder(this.city.map, this.store, x, y)?.code;
    if (code) return this.store.update({ project: code, model: null, element: null, feature: null });
    if (!pick) return this.store.update({ element: null, feature: this.city?.featureAt(x, y) ?? null });
    if (!this.store.cache.sees(pick.project, "elements")) return this.store.update({ project: pick.project, element: null, feature: null });
    this.side?.mark("selectedRow", pick.model, pick.row);
    this.select(pick.project, pick.globalId, false, pick.model);
  }

  private select(project: string, globalId: string, fly: boolean, model?: string): void {
    const open = this.store.state.model;
    this.store.update({ project, element: globalId, feature: null, ...(model && open && open !== model ? { model } : {}) });
    if (fly) void this.store.cache.element(project, globalId).promise.then(() => { this.markSelected(); this.flights.toElement(true); }, () => undefined);
  }

  private hovered(pick: BimPick | null, x: number, y: number): void {
    const { language } = this.store.state;
    const part = !pick && x >= 0 && this.city ? partUnder(this.city.map, this.store, x, y) : null;
    if (pick && !this.store.cache.sees(pick.project, "elements")) this.tooltip.show(null, x, y, language, null);
    else if (pick || x < 0) this.tooltip.show(pick, x, y, language, pick && saidOf(this.side?.paint(pick.model).indexOf(pick.row) ?? null, this.store));
    else if (part) this.tooltip.showPart(part, x, y, this.store.lights());
    else this.tooltip.showFeature(this.city?.featureAt(x, y) ?? null, x, y, language);
    this.hoverRow(pick?.model ?? "", pick?.row ?? -1);
  }

  private hoverRow(model: string, row: number): void {
    this.side?.mark("hoverRow", model, row);
  }

  private moved(view: View): void {
    this.view = view;
    this.writeAddress(false);
  }

  /** Not at every step of the divider: browsers refuse an address that changes too often. */
  private writeSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.writeAddress(false), 250);
  }

  private writeAddress(push: boolean): void {
    const { project, model, element, language, asOf, knownAt, by, cityAs, compare, split, section, shows, clashes, clash, clashGroup, clashFilter } = this.store.state;
    if (this.restoring) return;
    const search = this.kept(writeAddress({ project, model, element, asOf, knownAt, by, cityAs, compare, split, section, shows, clashes, clash, clashGroup, clashFilter, lang: this.address.lang || language !== "zh" ? language : null, view: this.view }));
    if (search === location.search) return;
    if (push) history.pushState(null, "", search);
    else history.replaceState(null, "", search);
  }

  /** A preview of the public view stays one when it is loaded anew. */
  private kept(search: string): string {
    return isPreview ? `${search}${search.includes("?") ? "&" : "?"}public=1` : search;
  }

  /** The reader went back or forward. */
  private restore({ project, model, element, asOf, knownAt, by, cityAs, compare, split, section, shows, clashes, clash, clashGroup, clashFilter, lang, view }: Address): void {
    this.restoring = true;
    this.store.update({ project, model, element, asOf, knownAt, by, cityAs: cityAs ?? "marks", compare, split: split ?? 0.5, section, shows, clashes, clash, clashGroup, clashFilter, language: lang ?? this.store.state.language });
    if (view) this.city?.goTo(view, { left: 0, right: 0 });
    this.restoring = false;
  }

  private escape(): void {
    const { accountOpen, desk, element, feature, layersOpen, model, place, project, listOpen, shareOpen, compare, clash, clashes } = this.store.state;
    if (this.building?.escape()) return;
    if (accountOpen) this.store.update({ accountOpen: false });
    else if (shareOpen) this.store.update({ shareOpen: false });
    else if (desk) this.store.update({ desk: null, footprint: null });
    else if (layersOpen) this.store.update({ layersOpen: false });
    else if (place) this.store.update({ place: null });
    else if (feature) this.store.update({ feature: null });
    else if (element) this.store.update({ element: null });
    else if (clash) this.store.update({ clash: null });
    else if (clashes) this.store.update({ clashes: false });
    else if (model) this.store.update({ model: null });
    else if (project) this.store.update({ project: null });
    else if (compare) this.store.update({ compare: null });
    else if (listOpen) this.store.update({ listOpen: false });
  }

  /** An address may name what is not there: say so instead of showing nothing. */
  private async checkAddress(): Promise<void> {
    const { project, model } = this.store.state;
    if (!project) return;
    try {
      const { models } = await this.store.cache.project(project).promise;
      if (model && !models.some((m) => m.model === model)) {
        this.notices.tell(this.store.say("not_found_model", { id: model }));
        this.store.update({ model: null });
      }
      const named = models.find((m) => m.model === model);
      if (named && !this.address.view) this.flights.toModel(named, false);
    } catch (error) {
      const missing = error instanceof ServerProblem && error.status === 404;
      this.notices.tell(missing ? this.store.say("not_found_project", { id: project }) : sentenceOf(error as Error, this.store.say));
      if (missing) this.store.update({ project: null, model: null, element: null });
    }
    this.markSelected();
  }

  private fail(error: Error): void {
    this.notices.tell(sentenceOf(error, this.store.say));
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage may be forbidden: then nothing is remembered
  }
}
