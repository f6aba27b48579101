"""What goes into the store and what comes out, as frozen dataclasses. No SQL here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.values.georeference import Georeference
from twin.values.layer import Field, LayerSummary, TileRange
from twin.values.model import BuildingModel
from twin.values.project import CellProblem
from twin.values.sentence import Sentence
from twin.values.tiles import Bake

Bounds = tuple[float, float, float, float]
Polygons = Sequence[Sequence[Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class TwinSettings:
    """What a twin folder says of its city; `bounds` are west, south, east, north in degrees."""

    name: str
    crs: str | None
    bounds: Bounds | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Placing:
    """What stands where: the placed tilesets of a revision and their extent.

    building_document, spaces_document : tileset.json documents with the root transform inside; None when not drawn
    bounds : west, south, east, north in degrees; None when nothing is drawn
    heights : least and greatest height of the geometry, metres, in the georeference's height system
    ground_height : height of the model's ground, metres, in the same system
    placed_at : UTC
    """

    building_document: Mapping[str, Any] | None
    spaces_document: Mapping[str, Any] | None
    bounds: Bounds | None
    heights: tuple[float, float] | None
    ground_height: float
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class NewRevision:
    """An imported file on its way into the store.

    source_sha256, source : the file as it was given, and the sha256 of these bytes
    fixes_frame : its georeference becomes the project's frame, unless the project has one by now
    building_document, spaces_document, bounds, heights, ground_height : as in `Placing`
    box : (2, 3) float64, least and greatest corner in the local frame, metres; None when nothing is drawn
    footprint : polygons of what stands above the ground, each its outer ring and its holes, (x, y) in local metres
    imported_at : UTC
    """

    project: str
    stem: str
    file: str
    discipline: str | None
    source_sha256: str
    source: bytes
    model: BuildingModel
    georeference: Georeference
    fixes_frame: bool
    bake: Bake
    building_document: Mapping[str, Any] | None
    spaces_document: Mapping[str, Any] | None
    box: NDArray[np.float64] | None
    bounds: Bounds | None
    heights: tuple[float, float] | None
    ground_height: float
    imported_at: datetime
    footprint: Polygons = ()

    @property
    def placing(self) -> Placing:
        """The new revision's first placement."""
        return Placing(
            self.building_document,
            self.spaces_document,
            self.bounds,
            self.heights,
            self.ground_height,
            self.imported_at,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many IfcProducts ended where; the last four add up to the first."""

    products: int
    drawn: int
    empty: int
    skipped: int
    failed: int


@dataclass(frozen=True, slots=True)
class TileCounts:
    """How many tile files a revision has, and their bytes as stored (compressed)."""

    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Model:
    """The current revision of a model, as it stands now.

    model : its id, "{project}-{file stem}"
    revision : 1 for the first file, one more for each changed file
    sha256 : of the file as it was given; names the blob that keeps it
    box : (2, 3) float64, least and greatest corner in the local frame, metres; None when nothing is drawn
    footprint : as in `NewRevision`; None for a file that was imported before footprints were kept
    bounds, heights, ground_height : as in `Placing`
    geometric_error : of the building's tileset, metres; None when nothing is drawn
    building_sha256, spaces_sha256 : name the blobs that keep the placed tileset.json documents; None without one
    """

    model: str
    project: str
    stem: str
    file: str
    discipline: str | None
    revision: int
    sha256: str
    schema: str
    kernel: str
    imported_at: datetime
    placed_at: datetime
    ledger: Counts
    georeference: Georeference
    notices: Sequence[Sentence]
    ground_height: float
    box: NDArray[np.float64] | None
    footprint: Polygons | None
    bounds: Bounds | None
    heights: tuple[float, float] | None
    geometric_error: float | None
    building_sha256: str | None
    spaces_sha256: str | None
    tiles: TileCounts

    @property
    def rows(self) -> int:
        """Feature rows: drawn elements, spaces included."""
        return self.ledger.drawn

    @property
    def has_building(self) -> bool:
        """Has it a tileset of its building."""
        return self.building_sha256 is not None

    @property
    def has_spaces(self) -> bool:
        """Has it a tileset of its spaces."""
        return self.spaces_sha256 is not None


@dataclass(frozen=True, slots=True)
class Revision:
    """One file in a model's history."""

    model: str
    revision: int
    file: str
    sha256: str
    schema: str
    kernel: str
    imported_at: datetime
    ledger: Counts


@dataclass(frozen=True, slots=True)
class Project:
    """A project and the ids of its models; `frame` is where its first model fixed the project's frame."""

    code: str
    name: str
    frame: Georeference | None
    models: Sequence[str]
    bounds: Bounds | None


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """An IfcProduct that was not drawn, and why."""

    global_id: str
    ifc_class: str
    name: str
    state: str
    reason: Sentence | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every IfcProduct of a model ended."""

    counts: Counts
    items: Sequence[LedgerItem]


@dataclass(frozen=True, slots=True)
class StoreyRecord:
    """An IfcBuildingStorey; `elevation` in local metres."""

    global_id: str
    name: str
    elevation: float


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One step of the spatial path of an element."""

    global_id: str
    ifc_class: str
    name: str


@dataclass(frozen=True, slots=True)
class ElementRecord:
    """All that is kept of an element; `row` is -1 when it is not drawn, `path` runs from the root to its parent."""

    project: str
    model: str
    global_id: str
    row: int
    ifc_class: str
    name: str
    state: str
    reason: Sentence | None
    storey: StoreyRecord | None
    path: Sequence[Ancestor]
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ElementColumns:
    """The drawn elements of a model as columns over feature rows 0 to rows - 1.

    ifc_class : index into `classes` of each row
    storey : index into `storeys` of each row, -1 where it has none
    """

    global_id: Sequence[str]
    name: Sequence[str]
    ifc_class: Sequence[int]
    storey: Sequence[int]
    classes: Sequence[str]
    storeys: Sequence[StoreyRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A city layer on its way into the store.

    features_file : GeoParquet with `summary.features` rows
    tiles_file : PMTiles archive; None where tiles are made from the features
    file : name of the source as it was given; source_layer : its layer in there
    """

    name: str
    kind: str
    file: str
    source_layer: str
    crs: str
    datum: str
    encoding: str | None
    summary: LayerSummary
    height_rule: Sentence | None
    notices: Sequence[Sentence]
    lost: int
    features_file: Path
    tiles_file: Path | None
    tile_range: TileRange
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Layer:
    """A city layer as it stands.

    group : the name that the user gave; the layers of one source share it
    version : the data version, 16 hex digits; changes with whatever its features or tiles hold
    added_at : UTC; bounds : west, south, east, north in degrees
    geometry_types : "Point", "LineString", "Polygon", … → count
    height_rule : how `render_height` came about; lost : source features that could not be kept
    features_sha256, tiles_sha256 : name its blobs; without tiles they are made from the features
    bytes : of its blobs
    """

    name: str
    group: str
    kind: str
    file: str
    source_layer: str
    crs: str
    datum: str
    encoding: str | None
    version: str
    added_at: datetime
    features: int
    bounds: Bounds
    geometry_types: Mapping[str, int]
    fields: Sequence[Field]
    height_rule: Sentence | None
    notices: Sequence[Sentence]
    lost: int
    features_sha256: str
    tiles_sha256: str | None
    minzoom: int
    maxzoom: int
    bytes: int


@dataclass(frozen=True, slots=True)
class NewLoad:
    """A file that brings facts.

    content : the file as it was given; it is kept, `sha256` names it
    columns : field → header, of a table: a progress report says something of these fields only, also when empty
    recorded_column : where the file says when its rows were recorded; empty where the command or the clock says it
    partial : keep the good rows although there are `problems`
    loaded_at : UTC
    """

    file: str
    content: bytes
    sha256: str
    loaded_at: datetime
    columns: Mapping[str, str] = field(default_factory=dict)
    recorded_column: str = ""
    partial: bool = False
    problems: Sequence[CellProblem] = ()
    notices: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A schedule on its way into the store; `document` is its JSON."""

    project: str
    name: str
    format: str
    data_date: date | None
    tasks: int
    document: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows kept, rows that said nothing new, the projects they speak of, what was refused."""

    kept: int
    unchanged: int
    projects: Sequence[str]
    problems: Sequence[CellProblem]


@dataclass(frozen=True, slots=True)
class Load:
    """A file that was loaded."""

    kind: str
    file: str
    sha256: str
    loaded_at: datetime
    kept: int
    unchanged: int
    left_out: int
    notices: Sequence[Sentence]
