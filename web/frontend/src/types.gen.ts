/** The server's answers, from the schemas of its own `/-/openapi.json`: `python -m tests.page_types` writes this file, a test keeps it up to date. */

export type LayerList = {
  layers: {
    name: string;
    group: string;
    kind: string;
    file: string;
    source_layer: string;
    crs: string;
    datum: string;
    encoding: string | null;
    version: string;
    added_at: string;
    features: number;
    /** west, south, east, north in degrees */
    bounds: [number, number, number, number];
    geometry_types: Readonly<Record<string, number>>;
    fields: Readonly<Record<string, "String" | "Number" | "Boolean">>;
    height_rule: string | null;
    notices: string[];
    lost: number;
    minzoom: number;
    maxzoom: number;
    baked: boolean;
    bytes: number;
    tilejson: string;
  }[];
};

export type TileJSON = {
  tilejson: "3.0.0";
  name: string;
  description: string;
  version: string;
  attribution?: string;
  scheme: "xyz";
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  /** west, south, east, north in degrees */
  bounds: [number, number, number, number];
  /** longitude, latitude in degrees, zoom */
  center: [number, number, number];
  vector_layers: {
    id: string;
    description: string;
    minzoom: number;
    maxzoom: number;
    fields: Readonly<Record<string, unknown>>;
  }[];
};

export type Style = {
  version: 8;
  sources: Readonly<Record<string, unknown>>;
  layers: Readonly<Record<string, unknown>>[];
};

export type Replaced = {
  rule: string;
  layers: Readonly<Record<string, {
    ids: number[];
    by: Readonly<Record<string, string>>;
  }>>;
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  message?: string;
};

export type Counts = {
  products: number;
  drawn: number;
  empty: number;
  skipped: number;
  failed: number;
};

export type Georeference = {
  source: "IfcMapConversion" | "IfcRigidOperation" | "ePset_MapConversion" | "sidecar" | "option" | "IfcSite" | "project_frame" | "none";
  lo_geo_ref: number;
  crs: string | null;
  longitude: number;
  latitude: number;
  orthogonal_height: number;
  true_north_deg: number;
  grid_convergence_deg: number;
  point_scale: number;
  height_reference: "orthometric" | "ellipsoidal" | "unknown";
  conflicts: string[];
  inside_city: boolean | null;
  present: Readonly<Record<string, unknown>>[];
  notices: string[];
};

export type Storey = {
  global_id: string;
  name: string;
  elevation: number;
};

export type Model = {
  model: string;
  project: string;
  file: string;
  discipline: string | null;
  revision: number;
  sha256: string;
  schema: string;
  kernel: string;
  imported_at: string;
  placed_at: string;
  ledger: Counts;
  georeference: Georeference;
  notices: string[];
  ground_height: number;
  height_reference: "orthometric" | "ellipsoidal" | "unknown";
  bounds: [number, number, number, number] | null;
  heights: [number, number] | null;
  rows: number;
  tileset: string | null;
  spaces_tileset: string | null;
  tiles: {
    count: number;
    bytes: number;
  };
};

export type ModelList = {
  models: Model[];
};

export type Revisions = {
  model: string;
  revisions: {
    revision: number;
    file: string;
    sha256: string;
    schema: string;
    kernel: string;
    imported_at: string;
    ledger: Counts;
  }[];
};

export type ElementColumns = {
  global_id: string[];
  name: string[];
  ifc_class: number[];
  storey: number[];
  classes: string[];
  storeys: Storey[];
  systems: {
    name: string;
    ifc_class: string;
    global_id: string;
    rows: number[];
  }[];
};

export type Ledger = {
  products: number;
  drawn: number;
  empty: number;
  skipped: number;
  failed: number;
  items: {
    global_id: string;
    ifc_class: string;
    name: string;
    state: "drawn" | "empty" | "skipped" | "failed";
    reason: string | null;
  }[];
};

export type Element = {
  project: string;
  model: string;
  global_id: string;
  row: number;
  ifc_class: string;
  name: string;
  state: "drawn" | "empty" | "skipped" | "failed";
  reason: string | null;
  storey: Storey | null;
  path: {
    global_id: string;
    ifc_class: string;
    name: string;
  }[];
  properties: {
    predefined_type?: string | null;
    tag?: string | null;
    description?: string | null;
    object_type?: string | null;
    type: {
      global_id: string;
      name: string | null;
      ifc_class: string;
    } | null;
    psets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    quantities: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    materials: Readonly<Record<string, unknown>>[];
    classifications: Readonly<Record<string, unknown>>[];
  };
  condition: {
    key: string;
    label: string;
    colour: string;
  } | null;
  completion: number | null;
  planned: number | null;
  tasks: {
    id: string;
    name: string;
    code: string;
    baseline_start: string | null;
    baseline_finish: string | null;
    actual_start: string | null;
    actual_finish: string | null;
    completion: number | null;
    planned: number | null;
  }[];
  resources: Readonly<Record<string, {
    unit: string;
    planned: number | null;
    used: number | null;
    rate: number | null;
    shared_by: string[];
  }>>;
  systems: string[];
  history: {
    fact_date: string;
    completion: number | null;
    task: string;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
  }[];
  history_left_off: number;
};

export type Scene = {
  initialViewState: {
    longitude: number;
    latitude: number;
    zoom: number;
    pitch: number;
    bearing: number;
  };
  layers: {
    "@@type": string;
    id: string;
    data?: string;
    model?: string;
    project?: string;
    groundHeight?: number;
    spaces?: boolean;
    visible?: boolean;
  }[];
};

export type Tileset = {
  asset: Readonly<Record<string, unknown>>;
  geometricError: number;
  root: Readonly<Record<string, unknown>>;
};

export type Health = {
  status: "ok";
};

export type Ready = {
  status: "ready";
  name: string;
  checks: {
    name: string;
    ok: boolean;
    seconds: number;
    problem: null;
  }[];
};

export type OpenAPI = {
  openapi: string;
  info: Readonly<Record<string, unknown>>;
  paths: Readonly<Record<string, unknown>>;
  components: Readonly<Record<string, unknown>>;
};

export type BcfVersions = {
  versions: {
    api_id: "foundation" | "bcf";
    version_id: string;
    api_base_url?: string;
  }[];
};

export type BcfAuth = {
  http_basic_supported: boolean;
  supported_oauth2_flows: string[];
};

export type BcfUser = {
  id: string;
  name: string;
};

export type BcfProject = {
  project_id: string;
  name: string;
  authorization?: {
    project_actions: string[];
  };
};

export type BcfProjects = BcfProject[];

export type BcfExtensions = {
  topic_type: string[];
  topic_status: string[];
  topic_label: string[];
  snippet_type: string[];
  priority: string[];
  users: string[];
  stage: string[];
  project_actions: string[];
  topic_actions: string[];
  comment_actions: string[];
};

export type BcfTopic = {
  guid: string;
  server_assigned_id: string;
  title: string;
  creation_author: string;
  modified_author?: string;
  creation_date: string;
  modified_date?: string;
  topic_type?: string;
  topic_status?: string;
  priority?: string;
  assigned_to?: string;
  stage?: string;
  description?: string;
  reference_links?: string[];
  labels?: string[];
  index?: number;
  bim_snippet?: {
    snippet_type: string;
    is_external: boolean;
    reference: string;
    reference_schema: string;
  };
  due_date?: string;
  authorization?: {
    topic_actions: string[];
    topic_status?: string[];
  };
};

export type BcfTopics = BcfTopic[];

export type BcfTopicGiven = {
  guid?: string | null;
  title: string;
  topic_type?: string | null;
  topic_status?: string | null;
  priority?: string | null;
  assigned_to?: string | null;
  stage?: string | null;
  description?: string | null;
  reference_links?: string[] | null;
  labels?: string[] | null;
  index?: number | null;
  bim_snippet?: {
    snippet_type: string;
    is_external: boolean;
    reference: string;
    reference_schema: string;
  } | null;
  due_date?: string | null;
};

export type BcfFile = {
  ifc_project?: string;
  ifc_spatial_structure_element?: string;
  filename?: string;
  reference?: string;
  date?: string;
};

export type BcfFiles = BcfFile[];

export type BcfFilesInformation = {
  display_information: {
    field_display_name: string;
    field_value: string;
  }[];
  file: BcfFile;
}[];

export type BcfComment = {
  guid: string;
  author: string;
  comment: string;
  topic_guid: string;
  viewpoint_guid?: string;
  modified_author?: string;
  date: string;
  modified_date?: string;
  authorization?: {
    comment_actions: string[];
  };
};

export type BcfComments = BcfComment[];

export type BcfCommentGiven = {
  guid?: string | null;
  comment?: string | null;
  viewpoint_guid?: string | null;
};

export type BcfViewpoint = {
  guid: string;
  index?: number;
  perspective_camera?: {
    camera_view_point: {
      x: number;
      y: number;
      z: number;
    };
    camera_direction: {
      x: number;
      y: number;
      z: number;
    };
    camera_up_vector: {
      x: number;
      y: number;
      z: number;
    };
    aspect_ratio: number;
    field_of_view: number;
  };
  orthogonal_camera?: {
    camera_view_point: {
      x: number;
      y: number;
      z: number;
    };
    camera_direction: {
      x: number;
      y: number;
      z: number;
    };
    camera_up_vector: {
      x: number;
      y: number;
      z: number;
    };
    aspect_ratio: number;
    view_to_world_scale: number;
  };
  lines?: {
    start_point: {
      x: number;
      y: number;
      z: number;
    };
    end_point: {
      x: number;
      y: number;
      z: number;
    };
  }[];
  clipping_planes?: {
    location: {
      x: number;
      y: number;
      z: number;
    };
    direction: {
      x: number;
      y: number;
      z: number;
    };
  }[];
  snapshot?: {
    snapshot_type: "png" | "jpg";
  };
  authorization?: {
    viewpoint_actions: string[];
  };
};

export type BcfViewpoints = BcfViewpoint[];

export type BcfViewpointGiven = {
  guid?: string | null;
  index?: number | null;
  perspective_camera?: {
    camera_view_point: {
      x: number;
      y: number;
      z: number;
    };
    camera_direction: {
      x: number;
      y: number;
      z: number;
    };
    camera_up_vector: {
      x: number;
      y: number;
      z: number;
    };
    aspect_ratio: number;
    field_of_view: number;
  } | null;
  orthogonal_camera?: {
    camera_view_point: {
      x: number;
      y: number;
      z: number;
    };
    camera_direction: {
      x: number;
      y: number;
      z: number;
    };
    camera_up_vector: {
      x: number;
      y: number;
      z: number;
    };
    aspect_ratio: number;
    view_to_world_scale: number;
  } | null;
  lines?: {
    start_point: {
      x: number;
      y: number;
      z: number;
    };
    end_point: {
      x: number;
      y: number;
      z: number;
    };
  }[] | null;
  clipping_planes?: {
    location: {
      x: number;
      y: number;
      z: number;
    };
    direction: {
      x: number;
      y: number;
      z: number;
    };
  }[] | null;
  snapshot?: {
    snapshot_type: "png" | "jpg";
    snapshot_data: string;
  } | null;
  bitmaps?: {
    bitmap_type: "png" | "jpg";
    bitmap_data: string;
    location: {
      x: number;
      y: number;
      z: number;
    };
    normal: {
      x: number;
      y: number;
      z: number;
    };
    up: {
      x: number;
      y: number;
      z: number;
    };
    height: number;
  }[] | null;
  components?: {
    selection?: {
      ifc_guid?: string;
      originating_system?: string;
      authoring_tool_id?: string;
    }[] | null;
    coloring?: {
      color: string;
      components: {
        ifc_guid?: string;
        originating_system?: string;
        authoring_tool_id?: string;
      }[];
    }[] | null;
    visibility?: {
      default_visibility: boolean;
      exceptions: {
        ifc_guid?: string;
        originating_system?: string;
        authoring_tool_id?: string;
      }[];
      view_setup_hints?: {
        spaces_visible: boolean;
        space_boundaries_visible: boolean;
        openings_visible: boolean;
      };
    } | null;
  } | null;
};

export type BcfSelection = {
  selection: {
    ifc_guid?: string;
    originating_system?: string;
    authoring_tool_id?: string;
  }[];
};

export type BcfColoring = {
  coloring: {
    color: string;
    components: {
      ifc_guid?: string;
      originating_system?: string;
      authoring_tool_id?: string;
    }[];
  }[];
};

export type BcfVisibility = {
  visibility: {
    default_visibility: boolean;
    exceptions: {
      ifc_guid?: string;
      originating_system?: string;
      authoring_tool_id?: string;
    }[];
    view_setup_hints?: {
      spaces_visible: boolean;
      space_boundaries_visible: boolean;
      openings_visible: boolean;
    };
  };
};

export type BcfRelatedTopics = {
  related_topic_guid: string;
}[];

export type BcfDocumentReferences = {
  guid: string;
  document_guid?: string;
  url?: string;
  description?: string;
}[];

export type BcfEvents = {
  topic_guid: string;
  date: string;
  author: string;
  actions: {
    type: string;
    value: string | null;
  }[];
}[];

export type ClashSide = {
  project: string;
  model: string;
  global_id: string;
  ifc_class: string;
  name: string;
  /** feature row in the model's tiles; -1: gone */
  row: number;
};

export type Clash = {
  id: string;
  project: string;
  rule: string;
  a: ClashSide;
  b: ClashSide;
  type: "hard" | "contained" | "duplicate" | "touch" | "clearance" | "workflow";
  /** metres */
  depth: number;
  /** metres */
  distance: number;
  /** cubic metres */
  volume: number;
  point: [number, number, number] | null;
  method: "exact_solid" | "winding_probe" | "surface_only";
  status: "New" | "Active" | "Reviewed" | "Approved" | "Resolved" | "ByDesign" | "Unchecked";
  group: string;
  severity: "high" | "medium" | "low";
  factors: string[];
  reason: string | null;
  storey: string;
  assignee: string;
  due_date: string | null;
  first_found: string;
  last_found: string;
  element_missing: boolean;
  reopened: number;
};

export type Clashes = {
  projects: {
    code: string;
    name: string;
    open: number;
    statuses: Readonly<Record<string, number>>;
    types: Readonly<Record<string, number>>;
    severities: Readonly<Record<string, number>>;
    point: [number, number, number] | null;
    last_run: {
      run: string;
      by: string;
      rules: string;
      started_at: string;
      examined: number;
      found: number;
      untestable: number;
      rules_without_match: string[];
    } | null;
  }[];
  clashes: Clash[];
  colours: {
    /** of that element on the map */
    a: string;
    /** of that element on the map */
    b: string;
  };
};

export type ClashDetails = {
  id: string;
  project: string;
  rule: string;
  a: ClashSide;
  b: ClashSide;
  type: "hard" | "contained" | "duplicate" | "touch" | "clearance" | "workflow";
  /** metres */
  depth: number;
  /** metres */
  distance: number;
  /** cubic metres */
  volume: number;
  point: [number, number, number] | null;
  method: "exact_solid" | "winding_probe" | "surface_only";
  status: "New" | "Active" | "Reviewed" | "Approved" | "Resolved" | "ByDesign" | "Unchecked";
  group: string;
  severity: "high" | "medium" | "low";
  factors: string[];
  reason: string | null;
  storey: string;
  assignee: string;
  due_date: string | null;
  first_found: string;
  last_found: string;
  element_missing: boolean;
  reopened: number;
  box: [number, number, number][];
  corners: [number, number, number][];
  history: {
    at: string;
    by: string;
    what: string;
    before: string;
    after: string;
    note: string;
  }[];
  comments: {
    guid: string;
    by: string;
    text: string;
    at: string;
  }[];
  matches: {
    before: ClashSide;
    after: ClashSide;
    by: string;
    score: number;
  }[];
};

export type ClashGroups = {
  groups: {
    group: string;
    title: string;
    storey: string;
    rule: string;
    assignee: string;
    kind: "run" | "near" | "hand" | "single";
    clashes: string[];
    open: number;
    types: Readonly<Record<string, number>>;
    statuses: Readonly<Record<string, number>>;
    severity: "high" | "medium" | "low";
    /** metres */
    depth: number;
    volume: number;
    due_date: string | null;
    point: [number, number, number] | null;
  }[];
};

export type ClashChange = {
  status?: "Active" | "Reviewed" | "Approved" | "Resolved" | "ByDesign";
  /** empty: nobody */
  assignee?: string;
  /** null: none */
  due_date?: string | null;
  /** id of a group of the project; empty: one of its own */
  group?: string;
  comment?: string;
  /** who, for the history */
  by: string;
};

export type LoadedBcf = {
  bcf: string;
  project: string;
  topics: number;
  changed: number;
  other_topics: number;
  comments: number;
  notices: string[];
};

export type Changed = {
  changed: number;
};

export type Project = {
  as_of: string;
  known_at: string | null;
  rules: string;
  rules_version: string;
  rules_sha256: string;
  rules_title: string;
  code: string;
  name: string;
  light: "green" | "yellow" | "red" | "grey";
  raw_light: "green" | "yellow" | "red" | "grey";
  progress: number | null;
  planned_progress: number | null;
  spi_t: number | null;
  spi: number | null;
  cpi: number | null;
  budget: number | null;
  status_date: string | null;
  planned_start: string | null;
  planned_finish: string | null;
  forecast_finish: string | null;
  kind: string | null;
  district: string | null;
  owner: string | null;
  contractor: string | null;
  supervisor: string | null;
  address: string | null;
  currency: string | null;
  approval_stage: string | null;
  note: string | null;
  stage: string | null;
  stage_name: string | null;
  approval_stage_name: string | null;
  models: Model[];
  bounds: [number, number, number, number] | null;
  bac: number | null;
  pv: number | null;
  ev: number | null;
  ac: number | null;
  planned_duration: number | null;
  actual_time: number | null;
  earned_schedule: number | null;
  weighted_by: string | null;
  reported_by: string | null;
  has_baseline: boolean;
  baseline_start: string | null;
  baseline_finish: string | null;
  actual_start: string | null;
  actual_finish: string | null;
  held_from: string | null;
  forecast: {
    cost: Readonly<Record<string, number>>;
    finish: Readonly<Record<string, string | null>>;
  };
  resources: Readonly<Record<string, {
    unit: string;
    planned: number | null;
    used: number | null;
    total: number | null;
    rate: number | null;
    fact_date: string | null;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
  }>>;
  report: {
    file: string;
    row: number;
    recorded_at: string;
  } | null;
  cost_report: {
    file: string;
    row: number;
    recorded_at: string;
  } | null;
  register_report: {
    file: string;
    row: number;
    recorded_at: string;
  } | null;
  reports: (string | null)[];
  notes: string[];
  evidence: {
    rule: string;
    aspect: string;
    clause: string;
    source: string;
    measure: string;
    threshold: string;
    unit: string;
    light: "green" | "yellow" | "red" | "grey" | null;
    decisive: boolean;
    value: number | null;
    inputs: Readonly<Record<string, unknown>>;
    fact_date: string | null;
    recorded_at: string | null;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
  }[];
  place: Readonly<Record<string, unknown>> | null;
  curve: {
    days: (string | null)[];
    planned: (number | null)[];
    earned: (number | null)[];
    actual_cost: (number | null)[];
    forecast: (number | null)[];
  };
  today: string;
  pace: {
    since: string | null;
    spi_t: number;
    finish: string | null;
  } | null;
  schedules: {
    data_date: string | null;
    file: string;
    row: number;
    recorded_at: string;
  }[];
};

export type ProjectCollection = {
  type: "FeatureCollection";
  name: string;
  as_of: string;
  known_at: string | null;
  rules: string;
  rules_version: string;
  rules_sha256: string;
  rules_title: string;
  today: string;
  forecast: boolean;
  features: {
    type: "Feature";
    id: string;
    geometry: {
      type: "Point";
      coordinates: [number, number];
    } | null;
    properties: {
      code: string;
      name: string;
      light: "green" | "yellow" | "red" | "grey";
      raw_light: "green" | "yellow" | "red" | "grey";
      progress: number | null;
      planned_progress: number | null;
      spi_t: number | null;
      spi: number | null;
      cpi: number | null;
      budget: number | null;
      status_date: string | null;
      planned_start: string | null;
      planned_finish: string | null;
      forecast_finish: string | null;
      kind: string | null;
      district: string | null;
      owner: string | null;
      contractor: string | null;
      supervisor: string | null;
      address: string | null;
      currency: string | null;
      approval_stage: string | null;
      note: string | null;
      stage: string | null;
      stage_name: string | null;
      approval_stage_name: string | null;
      models: string[];
      bounds: [number, number, number, number] | null;
      deviation: number | null;
      index: {
        light: number;
        progress: number;
        deviation: number;
        funds: number;
        labour: number;
        machinery: number;
        concrete: number;
        steel: number;
        land: number;
      };
      resources: Readonly<Partial<Record<"funds" | "labour" | "machinery" | "concrete" | "steel" | "land", {
        unit: string;
        planned: number | null;
        used: number | null;
        total: number | null;
        rate: number | null;
      }>>>;
      forecast: boolean;
    };
  }[];
};

export type Legend = {
  by: "light" | "progress" | "deviation" | "state" | "funds" | "labour" | "machinery" | "concrete" | "steel" | "land";
  entries: {
    index: number;
    label: string;
    colour: string;
    key?: string;
    unit?: string;
    shape?: string;
    from?: number;
    to?: number;
  }[];
};

export type TaskColumns = {
  id: string[];
  code: string[];
  name: string[];
  kind: string[];
  parent: (string | null)[];
  baseline_start: (string | null)[];
  baseline_finish: (string | null)[];
  schedule_start: (string | null)[];
  schedule_finish: (string | null)[];
  actual_start: (string | null)[];
  actual_finish: (string | null)[];
  completion: (number | null)[];
  planned: (number | null)[];
  weight: (number | null)[];
};

export type Coverage = {
  project: string;
  elements: number;
  linked_elements: number;
  by_relation: number;
  tasks: number;
  linked_tasks: number;
  budget: number | null;
  linked_budget: number | null;
  unlinked: {
    model: string;
    ifc_class: string;
    storey: string;
    example: string;
    count: number;
  }[];
  idle_tasks: {
    id: string;
    name: string;
    cost: number | null;
  }[];
  idle_rules: number[];
  ambiguous: Readonly<Record<string, string[]>>;
  missing: Readonly<Record<string, number>>;
  strangers: string[];
};

export type ResourceUse = {
  as_of: string;
  known_at: string | null;
  city: Readonly<Partial<Record<"funds" | "labour" | "machinery" | "concrete" | "steel" | "land", {
    unit: string;
    planned: number | null;
    used: number | null;
    total: number | null;
    rate: number | null;
    fact_date: string | null;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
    projects: number;
    left_out: number;
  }>>>;
  districts: Readonly<Record<string, Readonly<Partial<Record<"funds" | "labour" | "machinery" | "concrete" | "steel" | "land", {
    unit: string;
    planned: number | null;
    used: number | null;
    total: number | null;
    rate: number | null;
    fact_date: string | null;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
    projects: number;
    left_out: number;
  }>>>>>;
  projects: Readonly<Record<string, Readonly<Record<string, {
    unit: string;
    planned: number | null;
    used: number | null;
    total: number | null;
    rate: number | null;
    fact_date: string | null;
    report: {
      file: string;
      row: number;
      recorded_at: string;
    } | null;
  }>>>>;
};

export type Stages = {
  lifecycle: {
    id: string;
    zh: string;
    en: string;
    source: string;
    order: number;
  }[];
  approval: {
    id: string;
    zh: string;
    en: string;
    source: string;
    order: number;
  }[];
};

export type Overview = {
  as_of: string;
  known_at: string | null;
  rules: string;
  rules_version: string;
  rules_sha256: string;
  rules_title: string;
  today: string;
  forecast: boolean;
  before: string;
  lights: {
    green: number;
    yellow: number;
    red: number;
    grey: number;
  };
  lights_before: {
    green: number;
    yellow: number;
    red: number;
    grey: number;
  };
  changes: {
    code: string;
    name: string;
    from: "green" | "yellow" | "red" | "grey";
    to: "green" | "yellow" | "red" | "grey";
  }[];
  districts: {
    name: string;
    projects: number;
    lights: {
      green: number;
      yellow: number;
      red: number;
      grey: number;
    };
    lights_before: {
      green: number;
      yellow: number;
      red: number;
      grey: number;
    };
    index: {
      light: number;
      progress: number;
      deviation: number;
      funds: number;
      labour: number;
      machinery: number;
      concrete: number;
      steel: number;
      land: number;
    };
    values: {
      light: number | null;
      progress: number | null;
      deviation: number | null;
      funds: number | null;
      labour: number | null;
      machinery: number | null;
      concrete: number | null;
      steel: number | null;
      land: number | null;
    };
  }[];
  kinds: {
    name: string;
    projects: number;
    lights: {
      green: number;
      yellow: number;
      red: number;
      grey: number;
    };
    lights_before: {
      green: number;
      yellow: number;
      red: number;
      grey: number;
    };
  }[];
  totals: {
    budget: Readonly<Record<string, number>>;
  } & Readonly<Partial<Record<"funds" | "labour" | "machinery" | "concrete" | "steel" | "land", {
    unit: string;
    planned: number | null;
    used: number | null;
    total: number | null;
    rate: number | null;
    projects: number;
    left_out: number;
  }>>>;
};

export type Timeline = {
  first: string | null;
  last: string | null;
  today: string;
  complete: boolean;
  months: {
    as_of: string;
    forecast: boolean;
    green: number | null;
    yellow: number | null;
    red: number | null;
    grey: number | null;
  }[];
};

export type RulePacks = {
  default: string;
  packs: {
    id: string;
    version: string;
    title: string;
    period: string;
    sha256: string;
    stale_after: number;
    improving: number;
    rules: {
      name: string;
      aspect: string;
      measure: string;
      unit: string;
      when: string | null;
      levels: {
        light: string;
        threshold: string;
        clause: string;
        source: string;
      }[];
    }[];
  }[];
};

export type SearchResults = {
  query: string;
  results: {
    kind: "project" | "model" | "place" | "element";
    title: string;
    subtitle: string;
    matched: "code" | "name" | "address" | "contractor" | "owner" | "supervisor" | "district" | "file" | "discipline" | "tag" | "class" | "global_id" | "pinyin";
    project: string | null;
    model: string | null;
    global_id: string | null;
    layer: string | null;
    feature: number | null;
    longitude: number | null;
    latitude: number | null;
    bounds: [number, number, number, number] | null;
  }[];
  left_off: number;
  complete: boolean;
};

export type Job = {
  id: string;
  kind: "clash" | "examine" | "import";
  project: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** What it is at: read, elements, geometry, tiles, store; pairs, solids. */
  stage: string;
  done: number;
  total: number;
  arguments: Readonly<Record<string, unknown>>;
  input_sha256: string | null;
  result: Readonly<Record<string, unknown>> | null;
  error: string | null;
  created_at: string;
  created_by: string;
  started_at: string | null;
  finished_at: string | null;
  heartbeat_at: string | null;
  attempts: number;
  worker: string | null;
  /** It was asked to stop. */
  cancel: boolean;
};

export type Jobs = {
  jobs: Job[];
};

export type NewJob = {
  kind: "clash";
  project: string;
  /** metres */
  tolerance?: number;
  /** metres */
  clearance?: number;
};

export type NoWords = Readonly<Record<string, unknown>>;

export type JsonSchema = {
  "$schema": string;
  "$id": string;
  type: "object";
  properties: Readonly<Record<string, unknown>>;
};

export type Me = {
  kind: "local" | "person" | "program" | "public";
  name: string;
  display_name: string;
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
  users: boolean;
  csrf: string;
  rights: Readonly<Record<string, "" | "viewer" | "engineer" | "manager" | "administrator">>;
  limit: string[] | null;
  has_password: boolean;
  sign_in: {
    password: boolean;
    oidc: {
      name: string;
      url: string;
    } | null;
  };
};

export type SignIn = {
  name: string;
  password: string;
};

export type NewPassword = {
  old: string;
  new: string;
};

export type User = {
  name: string;
  display_name: string;
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
  grants: Readonly<Record<string, "" | "viewer" | "engineer" | "manager" | "administrator">>;
  single_sign_on: boolean;
  has_password: boolean;
  disabled: boolean;
  locked_until: string | null;
  created_at: string;
};

export type Users = {
  users: User[];
};

export type NewUser = {
  name: string;
  display_name?: string;
  role?: "" | "viewer" | "engineer" | "manager" | "administrator";
  password?: string | null;
};

export type ChangedUser = {
  display_name?: string;
  role?: "" | "viewer" | "engineer" | "manager" | "administrator";
  disabled?: boolean;
  password?: string;
};

export type Grant = {
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
};

export type Token = {
  id: string;
  name: string;
  owner: string;
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
  projects: string[] | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
};

export type Tokens = {
  tokens: Token[];
};

export type NewToken = {
  name: string;
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
  projects?: string[] | null;
  expires_at?: string | null;
  owner?: string;
};

export type MadeToken = {
  id: string;
  name: string;
  owner: string;
  role: "" | "viewer" | "engineer" | "manager" | "administrator";
  projects: string[] | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  key: string;
};

export type Audit = {
  entries: {
    id: number;
    at: string;
    who: string;
    address: string;
    action: string;
    project: string;
    what: string;
    outcome: string;
  }[];
  before: number | null;
};

export type Removed = {
  removed: string;
};

export type Publish = {
  /** Of a project; light and progress unless said. A layer has none. */
  fields?: ("light" | "progress" | "funds" | "labour" | "machinery" | "concrete" | "steel" | "land" | "contacts" | "elements" | "clashes")[];
};

export type Publication = {
  what: "project" | "layer";
  name: string;
  fields: ("light" | "progress" | "funds" | "labour" | "machinery" | "concrete" | "steel" | "land" | "contacts" | "elements" | "clashes")[];
  published_at: string;
  published_by: string;
};

export type Publications = {
  publications: Publication[];
  fields: ("light" | "progress" | "funds" | "labour" | "machinery" | "concrete" | "steel" | "land" | "contacts" | "elements" | "clashes")[];
};

export type Unpublished = {
  what: "project" | "layer";
  name: string;
};

export type Examined = {
  model: string;
  schema: string;
  kernel: string;
  /** The one that it would become. */
  revision: number;
  unchanged: boolean;
  damaged: boolean;
  tasks: number;
  ledger: Ledger;
  /** As of a model; where source is none its place is null. */
  georeference: Readonly<Record<string, unknown>>;
  inside_city: boolean | null;
  bounds: [number, number, number, number] | null;
  moved: number | null;
  notices: string[];
  changes: {
    added: number;
    removed: number;
    changed: number;
    same: number;
  } | null;
  seconds: number;
};

export type Upload = {
  id: string;
  project: string;
  file: string;
  discipline: string | null;
  options: Readonly<Record<string, unknown>>;
  size: number;
  received: number;
  sha256: string | null;
  state: "receiving" | "examining" | "waiting" | "publishing" | "published" | "refused" | "withdrawn";
  job: string | null;
  created_by: string;
  created_at: string;
  changed_at: string;
  refused: string | null;
  examined: Examined | null;
};

export type Uploads = {
  uploads: Upload[];
  most_bytes: number;
  most_part_bytes: number;
};

export type PublishUpload = {
  /** A placement: longitude and latitude, or crs, eastings, northings. */
  options?: Readonly<Record<string, unknown>>;
};

export type Nothing = Readonly<Record<string, unknown>>;
