/** The server's JSON, as it comes. Names are the server's own. */

export type Light = "green" | "yellow" | "red" | "grey";
export type State = "drawn" | "empty" | "skipped" | "failed";
export type Bounds = [west: number, south: number, east: number, north: number];

export interface ProjectProperties {
  code: string;
  name: string;
  light: Light;
  progress: number | null;
  planned_progress: number | null;
  models: string[];
  bounds: Bounds | null;
}

export interface ProjectFeature {
  type: "Feature";
  id: string;
  geometry: { type: "Point"; coordinates: [number, number] } | null;
  properties: ProjectProperties;
}

export interface ProjectCollection {
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

export interface Project extends Omit<ProjectProperties, "models" | "bounds"> {
  models: Model[];
}

export interface Storey {
  global_id: string;
  name: string;
  elevation: number;
}

export interface ElementColumns {
  global_id: string[];
  name: string[];
  ifc_class: number[];
  storey: number[];
  classes: string[];
  storeys: Storey[];
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
