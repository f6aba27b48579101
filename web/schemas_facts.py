"""JSON schemas of the answers about facts, figures and lights."""

from typing import Any

from twin.judgement.states import COLUMNS
from twin.values.project import LIGHTS, RESOURCES
from web.schema_words import (
    ANY_OBJECT,
    BOUNDS,
    COUNT,
    NUMBER,
    SHA256,
    SHARE,
    TEXT,
    TIME,
    listed,
    named,
    obj,
    or_null,
)
from web.schemas_overview import ASKED, COLOURED, overview_schemas

Schema = dict[str, Any]

DAY: Schema = or_null({"type": "string", "format": "date"})
FIGURE = or_null(NUMBER)
WORD = or_null(TEXT)
LIGHT: Schema = {"enum": list(LIGHTS)}
POINT = obj(
    {"type": {"const": "Point"}, "coordinates": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}}
)
_WORDS = ("kind", "district", "owner", "contractor", "supervisor", "address", "currency", "approval_stage", "note")

JUDGED: dict[str, Schema] = {
    "as_of": {"type": "string", "format": "date"},
    "known_at": or_null(TIME),
    "rules": TEXT,
    "rules_version": TEXT,
    "rules_sha256": SHA256,
    "rules_title": TEXT,
}
PROJECT: dict[str, Schema] = {
    "code": TEXT,
    "name": TEXT,
    "light": LIGHT,
    "raw_light": LIGHT,
    "progress": SHARE,
    "planned_progress": SHARE,
    **dict.fromkeys(("spi_t", "spi", "cpi", "budget"), FIGURE),
    **dict.fromkeys(("status_date", "planned_start", "planned_finish", "forecast_finish"), DAY),
    **dict.fromkeys((*_WORDS, "stage", "stage_name", "approval_stage_name"), WORD),
    "models": listed(TEXT),
    "bounds": BOUNDS,
}
REPORT = or_null(obj({"file": TEXT, "row": COUNT, "recorded_at": TIME}))
EVIDENCE = obj(
    {
        **dict.fromkeys(("rule", "aspect", "clause", "source", "measure", "threshold", "unit"), TEXT),
        "light": or_null(LIGHT),
        "decisive": {"type": "boolean"},
        "value": FIGURE,
        "inputs": ANY_OBJECT,
        "fact_date": DAY,
        "recorded_at": or_null(TIME),
        "report": REPORT,
    }
)
USE = {
    "unit": TEXT,
    **dict.fromkeys(("planned", "used", "total", "rate"), FIGURE),
    "fact_date": DAY,
    "report": REPORT,
}
_ADDED: Schema = {
    "type": "object",
    "propertyNames": {"enum": list(RESOURCES)},
    "additionalProperties": obj({**USE, "projects": COUNT, "left_out": COUNT}),
}
_OF_PROJECT: Schema = {"type": "object", "additionalProperties": obj(USE)}
STATUS: dict[str, Schema] = {
    **dict.fromkeys(("bac", "pv", "ev", "ac", "planned_duration", "actual_time", "earned_schedule"), FIGURE),
    **dict.fromkeys(("weighted_by", "reported_by"), WORD),
    "has_baseline": {"type": "boolean"},
    **dict.fromkeys(("baseline_start", "baseline_finish", "actual_start", "actual_finish", "held_from"), DAY),
    "forecast": obj(
        {
            "cost": {"type": "object", "additionalProperties": NUMBER},
            "finish": {"type": "object", "additionalProperties": DAY},
        }
    ),
    "resources": _OF_PROJECT,
    **dict.fromkeys(("report", "cost_report", "register_report"), REPORT),
    "reports": listed(DAY),
    "notes": listed(TEXT),
    "evidence": listed(EVIDENCE),
    "place": or_null(ANY_OBJECT),
    "curve": obj(
        {"days": listed(DAY), **dict.fromkeys(("planned", "earned", "actual_cost", "forecast"), listed(FIGURE))},
    ),
    "today": {"type": "string", "format": "date"},
    "pace": or_null(obj({"since": DAY, "spi_t": NUMBER, "finish": DAY})),
    "schedules": listed(obj({"data_date": DAY, "file": TEXT, "row": COUNT, "recorded_at": TIME})),
}
ELEMENT: dict[str, Schema] = {
    "condition": or_null(obj({"key": TEXT, "label": TEXT, "colour": TEXT})),
    "completion": SHARE,
    "planned": SHARE,
    "tasks": listed(
        obj(
            {
                **dict.fromkeys(("id", "name", "code"), TEXT),
                **dict.fromkeys(("baseline_start", "baseline_finish", "actual_start", "actual_finish"), DAY),
                "completion": SHARE,
                "planned": SHARE,
            }
        )
    ),
    "resources": {
        "type": "object",
        "additionalProperties": obj(
            {"unit": TEXT, **dict.fromkeys(("planned", "used", "rate"), FIGURE), "shared_by": listed(TEXT)}
        ),
    },
}
_LEFT = obj({**dict.fromkeys(("model", "ifc_class", "storey", "example"), TEXT), "count": COUNT})
_STAGES = listed(obj({**dict.fromkeys(("id", "zh", "en", "source"), TEXT), "order": COUNT}))
_LEVEL = obj(dict.fromkeys(("light", "threshold", "clause", "source"), TEXT))
_RULE = obj({**dict.fromkeys(("name", "aspect", "measure", "unit"), TEXT), "when": WORD, "levels": listed(_LEVEL)})
_FEATURE = obj(
    {"type": {"const": "Feature"}, "id": TEXT, "geometry": or_null(POINT), "properties": obj({**PROJECT, **COLOURED})}
)

FACT_SCHEMAS: dict[str, Schema] = {
    "Project": obj({**JUDGED, **PROJECT, **STATUS, "models": listed(named("Model"))}),
    "ProjectCollection": obj(
        {"type": {"const": "FeatureCollection"}, "name": TEXT, **JUDGED, **ASKED, "features": listed(_FEATURE)}
    ),
    "Legend": obj(
        {
            "by": {"enum": list(COLUMNS)},
            "entries": listed(
                obj(
                    {
                        "index": {"type": "integer", "minimum": 0, "maximum": 255},
                        "label": TEXT,
                        "colour": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
                        **dict.fromkeys(("key", "unit", "shape"), TEXT),
                        **dict.fromkeys(("from", "to"), NUMBER),
                    },
                    optional=("key", "unit", "shape", "from", "to"),
                )
            ),
        }
    ),
    "TaskColumns": obj(
        {
            **dict.fromkeys(("id", "code", "name", "kind"), listed(TEXT)),
            "parent": listed(WORD),
            **dict.fromkeys(("baseline_start", "baseline_finish", "schedule_start", "schedule_finish"), listed(DAY)),
            **dict.fromkeys(("actual_start", "actual_finish"), listed(DAY)),
            **dict.fromkeys(("completion", "planned", "weight"), listed(FIGURE)),
        }
    ),
    "Coverage": obj(
        {
            "project": TEXT,
            **dict.fromkeys(("elements", "linked_elements", "by_relation", "tasks", "linked_tasks"), COUNT),
            **dict.fromkeys(("budget", "linked_budget"), FIGURE),
            "unlinked": listed(_LEFT),
            "idle_tasks": listed(obj({"id": TEXT, "name": TEXT, "cost": FIGURE})),
            "idle_rules": listed(COUNT),
            "ambiguous": {"type": "object", "additionalProperties": listed(TEXT)},
            "missing": {"type": "object", "additionalProperties": COUNT},
            "strangers": listed(TEXT),
        }
    ),
    "ResourceUse": obj(
        {
            "as_of": {"type": "string", "format": "date"},
            "known_at": or_null(TIME),
            "city": _ADDED,
            "districts": {"type": "object", "additionalProperties": _ADDED},
            "projects": {"type": "object", "additionalProperties": _OF_PROJECT},
        }
    ),
    "Stages": obj({"lifecycle": _STAGES, "approval": _STAGES}),
    **overview_schemas(JUDGED),
    "RulePacks": obj(
        {
            "default": TEXT,
            "packs": listed(
                obj(
                    {
                        **dict.fromkeys(("id", "version", "title", "period"), TEXT),
                        "sha256": SHA256,
                        **dict.fromkeys(("stale_after", "improving"), COUNT),
                        "rules": listed(_RULE),
                    }
                )
            ),
        }
    ),
}
