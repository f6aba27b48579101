"""JSON schemas of jobs."""

from typing import Any

from twin.values.job import JobState
from web.jobs.kinds import KINDS
from web.schema_words import ANY_OBJECT, COUNT, SHA256, TEXT, TIME, listed, named, obj, or_null

_LENGTH = {"type": "number", "minimum": 0, "description": "metres"}
_STATE = {"enum": [state.value for state in JobState]}

JOB_SCHEMAS: dict[str, dict[str, Any]] = {
    "Job": obj(
        {
            "id": TEXT,
            "kind": {"enum": sorted(KINDS)},
            "project": TEXT,
            "state": _STATE,
            "stage": {**TEXT, "description": "What it is at: read, elements, geometry, tiles, store; pairs, solids."},
            **dict.fromkeys(("done", "total"), COUNT),
            "arguments": ANY_OBJECT,
            "input_sha256": or_null(SHA256),
            "result": or_null({**ANY_OBJECT, "description": "Of a job that is done; of a failed one its `title`."}),
            "error": or_null(TEXT),
            "created_at": TIME,
            "created_by": TEXT,
            **dict.fromkeys(("started_at", "finished_at", "heartbeat_at"), or_null(TIME)),
            "attempts": COUNT,
            "worker": or_null(TEXT),
            "cancel": {"type": "boolean", "description": "It was asked to stop."},
        }
    ),
    "Jobs": obj({"jobs": listed(named("Job"))}),
    "NewJob": obj(
        {"kind": {"const": "clash"}, "project": TEXT, **dict.fromkeys(("tolerance", "clearance"), _LENGTH)},
        optional=("tolerance", "clearance"),
    ),
    "NoWords": obj({}),
}
