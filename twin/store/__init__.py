"""Keeps the twin: models, revisions and placements in a database, their bytes as content-addressed blobs."""

from twin.store.blobs import Blobs
from twin.store.clash_methods import RevisionElements
from twin.store.clashes import ClashRunRecord
from twin.store.connect import SQLITE_VERSION
from twin.store.element_texts import ElementGroup, ElementText
from twin.store.opening import DATABASE
from twin.store.records import (
    Ancestor,
    Bounds,
    Counts,
    ElementColumns,
    ElementRecord,
    Layer,
    Ledger,
    LedgerItem,
    Load,
    Loaded,
    Model,
    NewLayer,
    NewLoad,
    NewRevision,
    NewSchedule,
    Placing,
    Project,
    Revision,
    StoreyRecord,
    TileCounts,
    TwinSettings,
)
from twin.store.sharing import Publication
from twin.store.store import Store
from twin.store.topics import CommentRecord
from twin.store.write import check_code, model_id

__all__ = [
    "DATABASE",
    "SQLITE_VERSION",
    "Ancestor",
    "Blobs",
    "Bounds",
    "ClashRunRecord",
    "CommentRecord",
    "Counts",
    "ElementColumns",
    "ElementGroup",
    "ElementRecord",
    "ElementText",
    "Layer",
    "Ledger",
    "LedgerItem",
    "Load",
    "Loaded",
    "Model",
    "NewLayer",
    "NewLoad",
    "NewRevision",
    "NewSchedule",
    "Placing",
    "Project",
    "Publication",
    "Revision",
    "RevisionElements",
    "Store",
    "StoreyRecord",
    "TileCounts",
    "TwinSettings",
    "check_code",
    "model_id",
]
