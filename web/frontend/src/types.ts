/** The server's JSON, as it comes: names for what `types.gen.ts` has from the server's own schemas, and a few types that those leave open. */

import type * as Server from "./types.gen";

export type Light = "green" | "yellow" | "red" | "grey";
export type State = "drawn" | "empty" | "skipped" | "failed";
export type Bounds = [west: number, south: number, east: number, north: number];

export type Lights = Readonly<Record<Light, number>>;
/** Planned against used, cumulative up to `fact_date`. */
export type Use = NonNullable<ProjectProperties["resources"]["funds"]> & Partial<Pick<Server.Project["resources"][string], "fact_date" | "report">>;

/** Lights and figures of a part of the city; `index` and `values` by what colours it. */
export type Part = Server.Overview["kinds"][number] & Partial<Pick<Server.Overview["districts"][number], "index" | "values">>;

export type Overview = Server.Overview;

export type Month = Server.Timeline["months"][number];

export type Timeline = Server.Timeline;

/** Tasks of a schedule as columns of equal length. */
export type TaskColumns = Server.TaskColumns;

export type Found = Server.SearchResults["results"][number];

export type Search = Server.SearchResults;

/** What the figures and lights of an answer were asked for. */
export type Judged = Pick<Server.Project, "as_of" | "known_at" | "rules_title">;

/** Figures of a project on a day: shares 0 to 1, money in `currency`, days as ISO 8601. */
export type Figures = Pick<Server.Project, "light" | "progress" | "planned_progress" | "spi_t" | "cpi" | "budget" | "currency" | "district" | "stage_name" | "status_date" | "planned_finish">;

export type ProjectProperties = ProjectFeature["properties"];

export type ProjectFeature = Server.ProjectCollection["features"][number];

export type ProjectCollection = Server.ProjectCollection;

export type LedgerCounts = Server.Counts;

export type LedgerItem = Server.Ledger["items"][number];

export type Ledger = Server.Ledger;

export type Georeference = Server.Georeference;

export type Model = Server.Model;

/** Where a fact stands: row 0 is a whole file. */
export type Report = NonNullable<Server.Project["report"]>;

/** One rule's verdict; `source` says where the clause is published, `report` where the figure was reported. */
export type Evidence = Server.Project["evidence"][number];

export type Project = Server.Project;

/** What one index of a state column means; `from` and `to` where it is a step of a scale. */
export type LegendEntry = Server.Legend["entries"][number];

export type Legend = Server.Legend;

export type Storey = Server.Storey;

/** A system, a zone or another group of a model; `rows` are feature rows. */
export type ElementGroup = ElementColumns["systems"][number];

export type ElementColumns = Server.ElementColumns;

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** The schema leaves property sets open: their values are typed here. */
export interface ElementDetails extends Omit<Server.Element, "properties"> {
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
export type CityLayer = Server.LayerList["layers"][number];

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

/** Not every problem comes from the server itself: a proxy says less. */
export type Problem = Pick<Server.Problem, "title" | "status"> & Partial<Server.Problem>;

export type ClashesAnswer = Server.Clashes;

export type ClashJson = Server.Clash;

export type ClashDetails = Server.ClashDetails;

export type ClashSide = Server.ClashSide;

export type ClashGroupJson = Server.ClashGroups["groups"][number];

export type ClashGroups = Server.ClashGroups;

export type LoadedBcf = Server.LoadedBcf;

export type Severity = ClashJson["severity"];

/** Who the server takes the reader for. `role` holds in every project, `rights` in those that it names. */
export type Me = Omit<Server.Me, "kind"> & { kind: Server.Me["kind"] | "copy" };
