/** The server's JSON, as it comes. Names are the server's own. */

export type Light = "green" | "yellow" | "red" | "grey";
export type State = "drawn" | "empty" | "skipped" | "failed";
export type Bounds = [west: number, south: number, east: number, north: number];

export type Lights = Readonly<Record<Light, number>>;
/** Planned against used, cumulative up to `fact_date`. */
export interface Use {
  unit: string;
  planned: number | null;
  used: number | null;
  total: number | null;
  rate: number | null;
  fact_date?: string;
  report?: Report | null;
}

/** Lights and figures of a part of the city; `index` and `values` by what colours it. */
export interface Part {
  name: string;
  projects: number;
  lights: Lights;
  lights_before: Lights;
  index?: Readonly<Record<string, number>>;
  values?: Readonly<Record<string, number | null>>;
}

export interface Overview extends Judged {
  forecast: boolean;
  /** The day that it is compared with. */
  before: string;
  lights: Lights;
  lights_before: Lights;
  changes: { code: string; name: string; from: Light; to: Light }[];
  districts: Part[];
  kinds: Part[];
  /** By resource; the entry `budget` (by currency) is in `budget`. */
  totals: Readonly<Record<string, Use & { projects: number; left_out: number }>>;
}

export interface Month {
  as_of: string;
  forecast: boolean;
  green: number | null;
  yellow: number | null;
  red: number | null;
  grey: number | null;
}

export interface Timeline {
  first: string | null;
  last: string | null;
  today: string;
  complete: boolean;
  months: Month[];
}

/** Tasks of a schedule as columns of equal length. */
export interface TaskColumns {
  id: string[];
  code: string[];
  name: string[];
  kind: string[];
  parent: (string | null)[];
  baseline_start: (string | null)[];
  baseline_finish: (string | null)[];
  actual_start: (string | null)[];
  actual_finish: (string | null)[];
  completion: (number | null)[];
  planned: (number | null)[];
  weight: (number | null)[];
}

export interface Found {
  kind: "project" | "model" | "element" | "place";
  title: string;
  subtitle: string;
  matched: string;
  project: string | null;
  model: string | null;
  global_id: string | null;
  layer: string | null;
  feature: number | null;
  longitude: number | null;
  latitude: number | null;
  bounds: Bounds | null;
}

export interface Search {
  query: string;
  results: Found[];
  left_off: number;
  complete: boolean;
}

/** What the figures and lights of an answer were asked for. */
export interface Judged {
  as_of: string;
  known_at: string | null;
  rules_title: string;
}

/** Figures of a project on a day: shares 0 to 1, money in `currency`, days as ISO 8601. */
export interface Figures {
  light: Light;
  progress: number | null;
  planned_progress: number | null;
  spi_t: number | null;
  cpi: number | null;
  budget: number | null;
  currency: string | null;
  district: string | null;
  stage_name: string | null;
  status_date: string | null;
  planned_finish: string | null;
}

export interface ProjectProperties extends Figures {
  code: string;
  name: string;
  models: string[];
  bounds: Bounds | null;
  kind?: string | null;
  deviation?: number | null;
  forecast?: boolean;
  /** Index in the legend, by what colours it. */
  index?: Readonly<Record<string, number>>;
  resources?: Readonly<Record<string, Use>>;
}

export interface ProjectFeature {
  type: "Feature";
  id: string;
  geometry: { type: "Point"; coordinates: [number, number] } | null;
  properties: ProjectProperties;
}

export interface ProjectCollection extends Judged {
  today?: string;
  forecast?: boolean;
  type: "FeatureCollection";
  /** The twin's name. */
  name?: string;
  features: ProjectFeature[];
}

export interface LedgerCounts {
  products: number;
  drawn: number;
  empty: number;
  skipped: number;
  failed: number;
}

export interface LedgerItem {
  global_id: string;
  ifc_class: string;
  name?: string;
  state: State;
  reason: string | null;
}

export interface Ledger extends LedgerCounts {
  items: LedgerItem[];
}

export interface Georeference {
  source: string;
  lo_geo_ref: number;
  crs: string | null;
  longitude: number;
  latitude: number;
  orthogonal_height: number;
  true_north_deg: number;
  grid_convergence_deg: number;
  point_scale: number;
  conflicts: string[];
  notices?: string[];
  inside_city: boolean | null;
}

export interface Model {
  model: string;
  project: string;
  file: string;
  discipline: string | null;
  revision: number;
  schema: string;
  kernel: string;
  imported_at: string;
  ledger: LedgerCounts;
  georeference: Georeference;
  notices: string[];
  ground_height: number;
  height_reference: "orthometric" | "ellipsoidal" | "unknown";
  bounds: Bounds | null;
  heights: [number, number] | null;
  rows: number;
  tileset: string | null;
  spaces_tileset: string | null;
  tiles: { count: number; bytes: number };
}

/** Where a fact stands: row 0 is a whole file. */
export interface Report {
  file: string;
  row: number;
  recorded_at: string;
}

/** One rule's verdict; `source` says where the clause is published, `report` where the figure was reported. */
export interface Evidence {
  rule: string;
  light: Light | null;
  decisive: boolean;
  clause: string;
  source: string;
  measure: string;
  value: number | null;
  threshold: string;
  unit: string;
  fact_date: string | null;
  report: Report | null;
}

export interface Project extends Judged, Omit<ProjectProperties, "models" | "bounds"> {
  models: Model[];
  /** The light is held from this day's report, though figures have improved since. */
  held_from: string | null;
  evidence: Evidence[];
  notes: string[];
}

/** What one index of a state column means; `from` and `to` where it is a step of a scale. */
export interface LegendEntry {
  index: number;
  label: string;
  colour: string;
  key?: string;
  shape?: string;
  unit?: string;
  from?: number;
  to?: number;
}

export interface Legend {
  by: string;
  entries: LegendEntry[];
}

export interface Storey {
  global_id: string;
  name: string;
  elevation: number;
}

/** A system, a zone or another group of a model; `rows` are feature rows. */
export interface ElementGroup {
  name: string;
  ifc_class: string;
  global_id: string;
  rows: number[];
}

export interface ElementColumns {
  global_id: string[];
  name: string[];
  ifc_class: number[];
  storey: number[];
  classes: string[];
  storeys: Storey[];
  systems?: ElementGroup[];
}

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export interface ElementDetails {
  project: string;
  model: string;
  global_id: string;
  row: number;
  ifc_class: string;
  name: string;
  state: State;
  reason: string | null;
  storey: Storey | null;
  path: { global_id: string; ifc_class: string; name: string }[];
  properties: {
    predefined_type?: string | null;
    tag?: string | null;
    description?: string | null;
    object_type?: string | null;
    type?: { global_id: string; name: string; ifc_class: string } | null;
    psets?: Record<string, Record<string, Value>>;
    quantities?: Record<string, Record<string, { value: number; unit: string | null }>>;
    materials?: { name: string; thickness?: number | null; category?: string | null }[];
    classifications?: { system: string | null; identification: string | null; name: string | null }[];
  };
}

export interface SceneJson {
  initialViewState?: { longitude: number; latitude: number; zoom: number; pitch?: number; bearing?: number };
  layers: Record<string, unknown>[];
}

/** A city layer: what it is and where it came from. */
export interface CityLayer {
  name: string;
  kind: string;
  file: string;
  source_layer: string;
  crs: string;
  datum: string;
  encoding: string | null;
  features: number;
  lost: number;
  height_rule: string | null;
  notices: string[];
}

/** A feature of a city layer, as its vector tile tells it. */
export interface CityFeature {
  readonly layer: string;
  readonly kind: string;
  readonly id: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Plain buildings that are hidden because a model stands there: ids by layer, and which model hides which. */
export interface Replaced {
  rule: string;
  layers: Record<string, { ids: number[]; by: Record<string, string> }>;
}

export interface Problem {
  title: string;
  status: number;
  detail?: string;
}
