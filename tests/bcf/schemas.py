"""buildingSMART's schemas, and bcf-client as a second reader: what other programs would say of a file."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import xmlschema
from bcf.bcfxml import load

from tests.bcf.files import members

SCHEMAS = {"bcf.version": "version", "project.bcfp": "project", "extensions.xml": "extensions"}
ENDINGS = {"markup.bcf": "markup", ".bcfv": "visinfo", "documents.xml": "documents"}


@cache
def schema(folder: Path, version: str, name: str) -> Any:
    """Return a schema; `folder` holds xsd/v2.1 and xsd/v3.0."""
    return xmlschema.XMLSchema(str(folder / "xsd" / f"v{version}" / f"{name}.xsd"))


def faults(content: bytes, version: str, folder: Path) -> list[str]:
    """Return what the schemas have to say against the members of a BCF file."""
    found = []
    for member, text in members(content).items():
        name = SCHEMAS.get(member) or next((n for end, n in ENDINGS.items() if member.endswith(end)), None)
        if name is not None:
            found += [f"{member}: {fault.reason}" for fault in schema(folder, version, name).iter_errors(text)]
    return found


def as_others_read(content: bytes) -> dict[str, Any]:
    """Return topic GUID → what bcf-client makes of it: title, status, comments, viewpoints, snapshots."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.bcf"
        path.write_bytes(content)
        opened = load(path)
        assert opened is not None
        found = {}
        for guid, topic in opened.topics.items():
            found[guid] = {
                "title": topic.topic.title,
                "status": topic.topic.topic_status,
                "comments": [comment.comment for comment in topic.comments],
                "selected": [
                    [c.ifc_guid for c in v.visualization_info.components.selection.component]
                    for v in topic.viewpoints.values()
                    if v.visualization_info.components and v.visualization_info.components.selection
                ],
                "snapshots": [v.snapshot for v in topic.viewpoints.values()],
                "files": topic.reference_files,
            }
        opened.close()
        return found
